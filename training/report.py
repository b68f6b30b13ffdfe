"""`make report`: a page to look at, from the model's metrics and the list of its worst mistakes."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from training import cases, sections, trained
from training.trained import ROOT, Missing, Trained

STYLE: Final = Path(__file__).with_name("report.css")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""The page fetches nothing and runs nothing, whatever the quoted pages say."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the report; returns the exit code: 2 where there is no model to report on."""
    parser = argparse.ArgumentParser(
        prog="python -m training.report",
        description="Write a page about the model that models/CURRENT names: figures, curves, worst mistakes.",
    )
    build = ROOT / "build"
    parser.add_argument("--models", type=Path, default=trained.MODELS, help="(default: %(default)s)")
    parser.add_argument("--model", type=Path, help="the directory of another model than the current one")
    parser.add_argument("--mistakes", type=Path, default=build / "mistakes.jsonl", help="(default: %(default)s)")
    parser.add_argument("--out", type=Path, default=build / "report.html", help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        model = trained.read(options.model) if options.model else trained.current(options.models)
    except Missing as problem:
        print(f"report: {problem}", file=sys.stderr)
        return 2
    mistakes = cases.read(options.mistakes)
    if mistakes is None:
        print(f"report: there is no {options.mistakes}: `make train` writes it. No mistakes are shown", file=sys.stderr)
    elif not cases.fits(mistakes, model.metrics["confusion"]["rows_gold_columns_given"]):
        print(
            f"report: {options.mistakes} is of another training than the model: `make train` writes it anew. "
            "No mistakes are shown",
            file=sys.stderr,
        )
        mistakes = None
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(document(model, cases.section(mistakes, options.mistakes)), encoding="utf-8")
    print(options.out)
    return 0


def document(model: Trained, mistakes: str) -> str:
    """Return the whole page; `mistakes` is its last section."""
    metrics = model.metrics
    parts = [
        _head(model.manifest, metrics),
        sections.headline(metrics),
        sections.confusion(metrics),
        sections.curves(metrics),
        sections.calibration(metrics),
        sections.groups("Languages", "language", metrics["languages"]),
        sections.groups("Page types", "page type", metrics["page_types"]),
        sections.kinds(metrics),
        sections.texts(metrics["texts"]),
        mistakes,
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>begone: report on the model</title>'
        f"<style>\n{STYLE.read_text(encoding='utf-8')}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _head(manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    tested, on = metrics["tested_on"], manifest["trained_on"]
    labels = escape(str(on["corpus"])[:16])
    return (
        f"<header><h1>begone's model {escape(str(manifest['version']))}</h1>"
        f"<p>Trained on {on['pages']:,} pages (seed {on['seed']}, labels <code>{labels}</code>). "
        f"Tested on {tested['units']:,} text units of {tested['pages']:,} pages of {tested['sites']:,} sites, each by "
        "stages that had not seen the page's site.</p></header>"
    )


if __name__ == "__main__":
    sys.exit(main())
