"""Writes a model's directory; the same estimators give the same bytes."""

import hashlib
import io
import json
import pickle
import platform
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy
import sklearn
import skops
import skops.io
from sklearn.neural_network import MLPClassifier

from app.features import SCHEMA
from app.labels import CLASSES, LABELS
from app.model import ESTIMATORS, MANIFEST, METRICS, VERDICTS, WORDS
from app.vocabulary import Vocabulary
from training.stages import Fitted

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can say


def estimators(heads: Mapping[str, Fitted]) -> bytes:
    """Return the heads' estimators as a skops file."""
    tree = {
        name: {
            "scaler": head.scaler,
            "first": _halved(head.first),
            "rescaler": head.rescaler,
            "second": [_halved(network) for network in head.second],
            "calibration": head.calibration,
        }
        for name, head in heads.items()
    }
    return _stable(skops.io.dumps(tree))


def _halved(network: MLPClassifier) -> MLPClassifier:
    """Return a copy of the network with its weights as half floats, to which `networks` has rounded them.

    The copy shares no object with another network, whichever process fitted it: skops notes which objects are one and
    the same, so that the file would tell one process from two.
    """
    small: MLPClassifier = pickle.loads(pickle.dumps(network))  # noqa: S301 (written just now)
    small.coefs_ = [weights.astype(np.float16) for weights in network.coefs_]
    return small


def _stable(content: bytes) -> bytes:
    """Return the same skops file without what differs from run to run: memory addresses and the time of day.

    skops names objects and array files by their address in memory; they are numbered by first appearance instead.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(files.pop("schema.json"))
    numbers: dict[Any, int] = {}
    renamed: dict[str, str] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "__id__" in node:
                node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
            if isinstance(node.get("file"), str) and node["file"] in files:
                file = node["file"]
                renamed.setdefault(file, f"{len(renamed):04d}{Path(file).suffix}")
                node["file"] = renamed[file]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr(zipfile.ZipInfo("schema.json", _EPOCH), json.dumps(schema, indent=1), zipfile.ZIP_DEFLATED, 6)
        for name in sorted(files, key=lambda name: renamed.get(name, name)):
            archive.writestr(zipfile.ZipInfo(renamed.get(name, name), _EPOCH), files[name], zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()


def write(
    directory: Path,
    version: str,
    vocabulary: Vocabulary,
    heads: Mapping[str, Fitted],
    metrics: Mapping[str, Any],
    trained_on: Mapping[str, Any],
) -> None:
    """Write the model's files and its manifest into `directory`, all but what it knows of whole pages (`add`)."""
    directory.mkdir(parents=True, exist_ok=True)
    contents = {
        ESTIMATORS: estimators(heads),
        WORDS: vocabulary.to_text().encode(),
        METRICS: (json.dumps(metrics, indent=1, sort_keys=True) + "\n").encode(),
    }
    manifest = {
        "name": "begone",
        "version": version,
        "schema": SCHEMA,
        "classes": [list(each) for each in CLASSES],
        "rules": {
            name: {**dict(zip(LABELS, head.rule.offsets, strict=True)), "guard": head.rule.guard}
            for name, head in heads.items()
        },
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())},
        "libraries": {
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "skops": skops.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "trained_on": dict(trained_on),
    }
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def add(directory: Path, verdicts: Mapping[str, Any], metrics: Mapping[str, Any]) -> None:
    """Add estimators for whole pages to the model in `directory`, and put `metrics` in the place of its own."""
    contents = {
        VERDICTS: _stable(skops.io.dumps(dict(verdicts))),
        METRICS: (json.dumps(metrics, indent=1, sort_keys=True) + "\n").encode(),
    }
    manifest = json.loads((directory / MANIFEST).read_bytes())
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest["sha256"] = dict(sorted((manifest["sha256"] | digests).items()))
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
