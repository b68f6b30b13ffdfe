"""The report's sections, from metrics to HTML."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from app.labels import LABELS
from training import charts

_RATES: Final = {
    "content_hit_rate": "content called appeal or advert",
    "content_lost": "content not labelled content",
    "appeal_leak": "appeal characters labelled content",
}
"""Figures where less is better."""

_OF_GROUPS: Final = ("macro_f1", "content_f1", "appeal_f1", "appeal_recall", "advert_f1", "navigation_f1")
_LOWEST: Final = 0.5  # where the strips of shares begin, unless an interval reaches lower


def headline(metrics: Mapping[str, Any]) -> str:
    """Return the main figures of both heads, with intervals."""
    names = {"macro_f1": "balanced macro F1"}
    for label in LABELS:
        names |= {f"{label}_{each}": f"{label}, {each.replace('f1', 'F1')}" for each in ("precision", "recall", "f1")}
    shares = [metrics[head][name] for head in ("pages", "text") for name in names if name in metrics[head]]
    rates = [metrics[head][name] for head in ("pages", "text") for name in _RATES if name in metrics[head]]
    start = 0.0 if any(each["low"] < _LOWEST for each in shares) else _LOWEST
    most = max((each["high"] for each in rates), default=1.0) or 1.0
    rows = [*_pair(metrics, names, start, 1.0), *_pair(metrics, _RATES, 0.0, most, digits=4)]
    return _section(
        "Figures",
        f"Averaged per page; 95 % intervals by bootstrap over sites. Strips run from {start:g} to 1; those of the last "
        f"three rows, where less is better, from 0 to {most:.2g}.",
        _table(["figure", "pages", "", "text only", ""], rows),
    )


def _pair(
    metrics: Mapping[str, Any], names: Mapping[str, str], start: float, end: float, digits: int = 3
) -> Iterable[list[str]]:
    for key, name in names.items():
        row = [escape(name)]
        for head in ("pages", "text"):
            found = metrics[head].get(key)
            row += ["–", ""] if found is None else [_figure(found, digits), charts.interval(found, start, end)]
        yield row


def confusion(metrics: Mapping[str, Any]) -> str:
    """Return the confusion matrix; a cell is as strongly coloured as its share of the row."""
    rows = []
    for row, (label, counts) in enumerate(zip(LABELS, metrics["confusion"]["rows_gold_columns_given"], strict=True)):
        whole = sum(counts)
        cells = [f"<th scope=row>{label}</th>"]
        for column, count in enumerate(counts):
            share = count / whole if whole else 0.0
            name = "right" if row == column else "wrong"
            strength = f"--share:{60 * share**0.5:.0f}%"
            cells.append(f'<td class="cell {name}" style="{strength}">{count:,}<small>{share:.1%}</small></td>')
        rows.append(f"<tr>{''.join(cells)}<td>{whole:,}</td></tr>")
    head = "".join(f"<th scope=col>{label}</th>" for label in ("gold \\ given", *LABELS, "all"))
    return _section(
        "Confusion",
        "Text units by gold label (rows) and given label (columns), with their share of the row.",
        f'<div class="wide"><table class="confusion"><tr>{head}</tr>{"".join(rows)}</table></div>',
    )


def curves(metrics: Mapping[str, Any]) -> str:
    """Return the precision-recall curves; where the metrics hold none, what to do about it."""
    if "curves" not in metrics:
        body = "<p class=missing>This model's metrics hold no curves: it was trained before they were. Run "
        return _section("Precision and recall", "", f"{body}<code>make train</code>.</p>")
    figures = []
    for label in LABELS:
        points = metrics["curves"].get(label, [])
        if points:
            names = ("precision", "recall")
            known = all(f"{label}_micro_{name}" in metrics["pages"] for name in names)
            chosen = {name: metrics["pages"][f"{label}_micro_{name}"]["value"] for name in names} if known else None
            body = charts.curve(points, chosen, label)
        else:
            body = "<p class=missing>no units to test on</p>"
        figures.append(f"<figure><figcaption>{label}</figcaption>{body}</figure>")
    return _section(
        "Precision and recall",
        "Per label over thresholds of its calibrated probability, all units alike (micro). The ring is what the "
        "decision rule gives.",
        f'<div class="charts">{"".join(figures)}</div>',
    )


def calibration(metrics: Mapping[str, Any]) -> str:
    """Return the reliability diagram and its bins."""
    found = metrics["calibration"]
    bins = found["bins"]
    rows = [[f"{each['score']:.3f}", f"{each['right']:.3f}", f"{each['units']:,}"] for each in bins]
    return _section(
        "Reliability of the score",
        f"Expected calibration error {found['expected_error']:.4f}. On the dashed line a score says exactly how often "
        "it is right; larger dots hold more units.",
        f'<div class="charts"><figure>{charts.reliability(bins)}</figure>'
        f"{_table(['mean score', 'share right', 'units'], rows)}</div>",
    )


def kinds(metrics: Mapping[str, Any]) -> str:
    """Return the figures per kind of content and appeal."""
    rows = [
        [
            escape(name),
            f"{found['units']:,}",
            *_share(found["label_recall"]),
            *_share(found["kind_right"]),
        ]
        for name, found in sorted(metrics["kinds"].items())
        if "units" in found
    ]
    rows += [
        [f"all {label}", "", "", "", *_share(metrics["kinds"][label]["kind_right"])]
        for label in ("content", "appeal")
        if label in metrics["kinds"]
    ]
    return _section(
        "Kinds",
        "The share of a kind's units that get its label, and of those the share with the right kind.",
        _table(["kind", "units", "label given", "", "kind right", ""], rows),
    )


def texts(found: Mapping[str, Any]) -> str:
    """Return how well the content's text fits WCXB's, beside another tool's, over all pages and by kind of page."""
    if not found:
        return _section("The content's text", "The corpus has no reference text.", "")
    tools = found["tools"]
    kinds = ["all", *next(iter(tools.values()))["kinds"]]
    rows = []
    for kind in kinds:
        held = [tool if kind == "all" else tool["kinds"][kind] for tool in tools.values()]
        cells = [f"{_figure(each['f1'])}<br>{charts.interval(each['f1'], 0.0, 1.0)}" for each in held]
        rows.append([escape(kind), f"{held[0]['pages']:,}", *cells, *(f"{each['kept']:,}" for each in held)])
    names = [escape(tool) for tool in tools]
    return _section(
        "The content's text",
        "Word F1 against WCXB's human-reviewed text, mean over pages, and how many snippets are kept that should not "
        "be in it. Strips run from 0 to 1.",
        _table(["kind of page", "pages", *names, *(f"kept, {name}" for name in names)], rows),
    )


def groups(title: str, what: str, found: Mapping[str, Any]) -> str:
    """Return the figures per group of pages, the largest group first."""
    if not found:
        return _section(title, "No group has enough pages to speak of.", "")
    names = [name for name in _OF_GROUPS if any(name in each for each in found.values())]
    rows = []
    for group, each in sorted(found.items(), key=lambda item: (-item[1]["pages"], item[0])):
        cells = (
            f"{_figure(each[name])}<br>{charts.interval(each[name], 0.0, 1.0)}" if name in each else "–"
            for name in names
        )
        rows.append([escape(group), f"{each['pages']:,}", *cells])
    head = [what, "pages", *(name.replace("_", " ").replace("f1", "F1") for name in names)]
    return _section(title, "Groups of at least five pages. Strips run from 0 to 1.", _table(head, rows))


def _figure(found: Mapping[str, float], digits: int = 3) -> str:
    low, high = f"{found['low']:.{digits}f}", f"{found['high']:.{digits}f}"
    return f"<b>{found['value']:.{digits}f}</b> <small>{low} – {high}</small>"


def _share(share: float | None) -> tuple[str, str]:
    return ("–", "") if share is None else (f"{share:.1%}", charts.bar(share))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already; the first of a row names it."""
    names = "".join(f"<th scope=col>{name}</th>" for name in head)
    body = "".join(
        f"<tr><th scope=row>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}</tr>" for row in rows
    )
    return f'<div class="wide"><table><tr>{names}</tr>{body}</table></div>'


def _section(title: str, note: str, body: str) -> str:
    said = f"<p>{note}</p>" if note else ""
    return f"<section><h2>{escape(title)}</h2>{said}{body}</section>"
