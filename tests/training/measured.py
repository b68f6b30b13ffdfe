"""Figures as `training.evaluate` gives them, made up, and a model's directory around them."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from app.labels import LABELS

LABELS_DIGEST: Final = "5e" * 32


def figure(value: float, width: float = 0.04) -> dict[str, float]:
    """Return a figure whose interval is `width` to either side."""
    return {"value": value, "low": round(value - width, 4), "high": round(value + width, 4)}


def _head(value: float) -> dict[str, Any]:
    found = {"macro_f1": figure(value)}
    for label in LABELS:
        for name in ("precision", "recall", "f1", "micro_precision", "micro_recall", "micro_f1"):
            found[f"{label}_{name}"] = figure(value)
    return {
        **found,
        "content_hit_rate": figure(0.004, 0.002),
        "content_lost": figure(0.05, 0.02),
        "appeal_leak": figure(0.1),
    }


def _kind(units: int, right: float | None) -> dict[str, Any]:
    return {"units": units, "label_recall": 0.8, "kind_right": right}


def _text(f1: float, pages: int) -> dict[str, Any]:
    return {"pages": pages, "f1": figure(f1), "precision": 0.8, "recall": 0.9, "kept": 3, "unwanted": 40}


def _tool(f1: float) -> dict[str, Any]:
    return {**_text(f1, 1143), "shown": _text(f1 + 0.01, 1100), "kinds": {"forum": _text(f1 - 0.1, 87)}}


_METRICS: Final[dict[str, Any]] = {
    "pages": _head(0.9),
    "text": _head(0.8),
    "calibration": {
        "expected_error": 0.011,
        "bins": [{"score": 0.42, "right": 0.5, "units": 40}, {"score": 0.97, "right": 0.98, "units": 1960}],
    },
    "curves": {
        "content": [
            {"threshold": 0.9, "precision": 0.99, "recall": 0.5},
            {"threshold": 0.2, "precision": 0.9, "recall": 1.0},
        ],
        "appeal": [{"threshold": 0.8, "precision": 0.95, "recall": 0.4}],
        "advert": [],
        "navigation": [{"threshold": 0.5, "precision": 0.97, "recall": 0.98}],
    },
    "confusion": {
        "labels": list(LABELS),
        "rows_gold_columns_given": [[470, 1, 2, 27], [10, 180, 0, 10], [5, 0, 90, 5], [20, 3, 7, 1170]],
    },
    "kinds": {
        "content/main": _kind(450, 1.0),
        "appeal/adblock": _kind(0, None),
        "appeal/donation": _kind(50, 0.9),
        "content": {"kind_right": 0.99},
        "appeal": {"kind_right": 0.92},
    },
    "languages": {
        "en": {"pages": 30, "macro_f1": figure(0.91), "content_f1": figure(0.95), "appeal_recall": figure(0.85)},
        "?": {"pages": 6, "macro_f1": figure(0.9), "appeal_recall": figure(0.7)},
    },
    "page_types": {"article": {"pages": 25, "macro_f1": figure(0.9), "advert_f1": figure(0.7)}},
    "verdicts": {
        "kind": {
            "accuracy": figure(0.86),
            "pages": 90,
            "kinds": {
                "article": {"pages": 60, "found": 0.9, "right": 0.88},
                "forum": {"pages": 30, "found": 0.7, "right": None},
            },
        },
        "gate": {
            "pages": 300,
            "gated": 12,
            "false_alarms": figure(0.006, 0.004),
            "found": figure(0.75, 0.2),
            "kind_right": 0.8,
        },
        "truncated": {"pages": 0, "right": {}},
    },
    "texts": {
        "pages": 1143,
        "sites": 700,
        "trafilatura": "2.3.1",
        "tools": {name: _tool(f1) for name, f1 in (("begone", 0.86), ("trafilatura", 0.84))},
    },
    "alignment": {"units": 2000, "matched": 0.999},
    "tested_on": {"pages": 40, "sites": 21, "units": 2000},
}


def metrics() -> dict[str, Any]:
    """Return a fresh copy of the figures."""
    return copy.deepcopy(_METRICS)


def model(models: Path, figures: dict[str, Any], *, labels: str = LABELS_DIGEST, version: str = "1.2.3") -> Path:
    """Write a model's directory with these figures, name it in CURRENT, and return it. Its estimators are a fake."""
    directory = models / version
    directory.mkdir(parents=True, exist_ok=True)
    contents = {
        "model.skops": b"estimators",
        "vocabulary.txt": b"words",
        "metrics.json": json.dumps(figures).encode(),
    }
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    manifest = {
        "version": version,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        "trained_on": {"corpus": labels, "pages": 50, "invented": 9, "boxes": 40, "box_languages": 2, "seed": 0},
    }
    (directory / "manifest.json").write_text(json.dumps(manifest))
    (models / "CURRENT").write_text(f"{version}\n")
    return directory
