"""The model card and the README's figures, written from the metrics."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from app.labels import LABELS
from scripts.markers import fill_file

ROOT: Final = Path(__file__).resolve().parent.parent


def card(version: str, metrics: Mapping[str, Any], trained_on: Mapping[str, Any]) -> str:
    """Return the model card, in Markdown (after Mitchell et al., 2019)."""
    tested = metrics["tested_on"]
    kinds = metrics["kinds"]
    lines = [
        f"# begone's model {version}",
        "",
        "Written by `make train`; every figure is cross-validated by site. Do not edit.",
        "",
        "**What it is.** Two stages of scikit-learn networks, once for pages and once for text without structure. The first",
        "sees a block alone: its words, numbers about it, the names on its chain of elements. The second sees the first",
        "one's opinion of the blocks around it, what the page declares of itself and what it is made of. A logistic",
        "regression calibrates the probabilities; a rule that guards content chooses the label.",
        "",
        "**What it is for.** Telling a page's content from appeals, adverts and navigation. It labels; it deletes nothing. It",
        "is not for judging publishers or readers.",
        "",
        f"**Trained on** {trained_on['pages']:,} pages: the corpus' gold pages, pages of its pool that we read and labelled, and",
        "real appeal texts from translation files (first stage only); copies of these pages cut down to a few blocks, with boxes that",
        f"we wrote ourselves ({trained_on['boxes']:,}, in {trained_on['box_languages']} languages) among them; "
        f"{trained_on['invented']} whole pages that we invented. Seed {trained_on['seed']}, digest of the labels `{trained_on['corpus'][:16]}`.",
        "",
        f"**Tested on** {tested['units']:,} text units of {tested['pages']} pages of {tested['sites']} sites, each by stages that had not seen",
        "the page's site, with calibration and rule from other folds. Intervals: 95 %, bootstrap over sites.",
        "",
        "## Pages",
        "",
        *table(metrics["pages"]),
        "",
        *_small(metrics.get("small")),
        "## Text without structure",
        "",
        *table(metrics["text"]),
        "",
        "## Kinds",
        "",
        "| kind | units | its label is given | kind right, where the label is |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {found['units']:,} | {_percent(found['label_recall'])} | {_percent(found['kind_right'])} |"
            for name, found in kinds.items()
            if "units" in found
        ),
        "",
        f"Over all appeals whose label is right, {_percent(kinds['appeal']['kind_right'])} have the right kind; of content, "
        f"{_percent(kinds['content']['kind_right'])}.",
        "",
        "## Where it errs",
        "",
        "Units by gold label (rows) and given label (columns):",
        "",
        "| | " + " | ".join(LABELS) + " |",
        "| --- |" + " --- |" * len(LABELS),
        *(
            f"| **{label}** | " + " | ".join(f"{count:,}" for count in row) + " |"
            for label, row in zip(LABELS, metrics["confusion"]["rows_gold_columns_given"], strict=True)
        ),
        "",
        f"Expected calibration error of `score`: {metrics['calibration']['expected_error']:.4f} (15 bins).",
        "",
        "## By language and page type",
        "",
        *_groups("language", metrics["languages"]),
        "",
        *_groups("page type", metrics["page_types"]),
        "",
        "## Pages as a whole",
        "",
        *_verdicts(metrics["verdicts"]),
        "",
        *_texts(metrics["texts"]),
        "## Limits",
        "",
        "House adverts and widgets that sell without saying so are often taken for navigation; short furniture inside an",
        "article's box for content. Languages with few pages in training rest on structure and on words that languages",
        "share. The labels are one reader's; two careful readers agree at balanced macro F1 0.974. A language model wrote the",
        "boxes of ours; no native speaker has read them.",
        "",
    ]
    return "\n".join(lines)


def _small(figures: Mapping[str, Any] | None) -> list[str]:
    if figures is None:
        return []
    found = figures["macro_f1"]
    return [
        "Of these pages cut down to a few blocks of each stretch, as fragments and small sites are, balanced macro F1 is "
        f"{found['value']:.4f} ({found['low']:.4f} – {found['high']:.4f}).",
        "",
    ]


def table(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures of one head as a table."""
    rows = ["| figure | value | 95 % interval |", "| --- | --- | --- |"]
    names = {"macro_f1": "balanced macro F1"}
    for label in LABELS:
        for name in ("precision", "recall", "f1"):
            names[f"{label}_{name}"] = f"{label}, balanced {name}"
        names[f"{label}_micro_f1"] = f"{label}, micro F1"
    names |= {
        "content_hit_rate": "content hit rate (content called appeal or advert)",
        "content_lost": "content units not labelled content",
        "appeal_leak": "appeal leak (appeal characters labelled content)",
    }
    for key, name in names.items():
        if key in figures:
            found = figures[key]
            rows.append(f"| {name} | {found['value']:.4f} | {found['low']:.4f} – {found['high']:.4f} |")
    return rows


def _verdicts(found: Mapping[str, Any]) -> list[str]:
    gate, kind, truncated = found["gate"], found["kind"], found["truncated"]
    rows = [
        ("kind right", kind["pages"], kind["accuracy"]),
        ("gated pages found", gate["gated"], gate["found"]),
        ("false alarms on open pages", gate["pages"] - gate["gated"], gate["false_alarms"]),
        ("truncation right, where a wall was possible", truncated["pages"], truncated["right"]),
    ]
    return [
        "| figure | pages | value | 95 % interval |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {pages:,} | {each['value']:.4f} | {each['low']:.4f} – {each['high']:.4f} |"
            if each
            else f"| {name} | {pages:,} | – | – |"
            for name, pages, each in rows
        ),
        "",
        "| kind | pages | found | right, where it is given |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{name}` | {each['pages']:,} | {_percent(each['found'])} | {_percent(each['right'])} |"
            for name, each in kind["kinds"].items()
        ),
        "",
        "The words by which walls are known were written with the gated pages before our eyes, of which there are few: on new",
        "sites fewer will be found. Kinds are learned from pages that are nearly all English. No page tested the rules for ad",
        "blockers and consent.",
    ]


def _texts(found: Mapping[str, Any]) -> list[str]:
    """Return how well the content's text fits the reference; nothing where none was tested."""
    if not found:
        return []
    tools = found["tools"]
    return [
        "## The content's text",
        "",
        f"Held against WCXB's human-reviewed main content (CC-BY-4.0): {found['pages']:,} pages of {found['sites']:,} sites, each",
        "labelled by stages that had not seen its site; words counted as often as they occur, mean over pages. Unwanted snippets",
        f"are WCXB's, too: what should not be in the text. trafilatura {found['trafilatura']} as it comes, on the same pages.",
        "",
        "| tool | pages | word F1 | 95 % interval | precision | recall | unwanted snippets kept |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {tool}{of} | {each['pages']:,} | {each['f1']['value']:.4f} | {each['f1']['low']:.4f} – {each['f1']['high']:.4f} "
            f"| {each['precision']:.3f} | {each['recall']:.3f} | {each['kept']:,} of {each['unwanted']:,} |"
            for tool, held in tools.items()
            for of, each in (("", held), (", pages that show their text", held["shown"]))
            if each["f1"]
        ),
        "",
        f"| kind of page | pages | {' | '.join(tools)} |",
        f"| --- | --- |{' --- |' * len(tools)}",
        *(
            f"| {kind} | {of['pages']:,} | "
            + " | ".join(f"{held['kinds'][kind]['f1']['value']:.3f}" for held in tools.values())
            + " |"
            for kind, of in tools["begone"]["kinds"].items()
        ),
        "",
        "Pages that show their text have at least half of the reference's words in blocks.",
        "",
    ]


def short(metrics: Mapping[str, Any]) -> str:
    """Return the README's figures."""
    found = metrics["pages"]
    text = metrics["text"]
    rows = [
        "| label | precision | recall | F1 | F1, text only |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {label} | {found[f'{label}_precision']['value']:.3f} | {found[f'{label}_recall']['value']:.3f} "
            f"| {found[f'{label}_f1']['value']:.3f} | {text[f'{label}_f1']['value']:.3f} |"
            for label in LABELS
        ),
        "",
        f"Balanced macro F1 **{found['macro_f1']['value']:.3f}** ({found['macro_f1']['low']:.3f} – {found['macro_f1']['high']:.3f}), "
        f"text only {text['macro_f1']['value']:.3f}. Of the content's units {_percent(found['content_hit_rate']['value'])} are called "
        f"an appeal or advert. Cross-validated by site on {metrics['tested_on']['pages']} pages; averaged per page; written by `make train`.",
    ]
    if texts := metrics["texts"]:
        tools = texts["tools"]
        rows += [
            "",
            f"The content's text has word F1 **{tools['begone']['f1']['value']:.3f}** against WCXB's human-reviewed one, "
            f"trafilatura's {tools['trafilatura']['f1']['value']:.3f} on the same {texts['pages']:,} pages, begone's cross-validated "
            "by site.",
        ]
    return "\n".join(rows)


def write(directory: Path, version: str, metrics: Mapping[str, Any], trained_on: Mapping[str, Any]) -> None:
    """Write the model card into the model's directory."""
    (directory / "README.md").write_text(card(version, metrics, trained_on), encoding="utf-8")


def fill_readme(metrics: Mapping[str, Any], readme: Path = ROOT / "README.md") -> None:
    """Write the figures into the project's README."""
    fill_file(readme, "figures", short(metrics))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _groups(what: str, groups: Mapping[str, Any]) -> list[str]:
    rows = [
        f"| {what} | pages | macro F1 | content F1 | appeal recall | advert F1 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, found in sorted(groups.items(), key=lambda item: -item[1]["pages"]):
        cells = [
            found[key]["value"] if key in found else None
            for key in ("macro_f1", "content_f1", "appeal_recall", "advert_f1")
        ]
        rows.append(
            f"| {name} | {found['pages']} | "
            + " | ".join("–" if each is None else f"{each:.3f}" for each in cells)
            + " |"
        )
    return rows
