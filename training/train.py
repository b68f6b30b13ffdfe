"""`make train`: corpus in, model directory out."""

import argparse
import gc
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

import app
from app import features
from app.labels import LABELS
from app.model import PAGE, TEXT
from app.vocabulary import Vocabulary
from training import boxes, card, dataset, evaluate, firsts, invented, order, save, splits, stages, verdicts
from training.augment import Plea
from training.corpus import CLASS_OF, Corpus, json_lines
from training.decision import RULES
from training.stages import LABEL_OF

ROOT: Final = Path(__file__).resolve().parent.parent
CORPUS: Final = ROOT.parent / "shared" / "corpus"
_ANONYMOUS: Final = 0.15
_PLEA_WEIGHT: Final = 0.3
_TELLING: Final = {LABELS.index("appeal"), LABELS.index("advert")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, evaluate and write a model; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.train",
        description="Train begone's model on the labelled pages, test it by site, and write it with its figures.",
    )
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="the corpus' directory (default: %(default)s)")
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "models" / app.__version__,
        help="where the model goes (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="for everything that is drawn by chance (default: 0)")
    parser.add_argument("--jobs", type=int, default=2, help="processes that fit at a time (default: 2)")
    parser.add_argument("--limit", type=int, help="read only so many label files: to try things out")
    options = parser.parse_args(arguments)
    if not (options.corpus / "index.jsonl").exists():
        print(f"There is no corpus in {options.corpus}: name its directory with --corpus.", file=sys.stderr)
        return 2
    train(options.corpus, options.out, seed=options.seed, jobs=options.jobs, limit=options.limit)
    return 0


def train(root: Path, out: Path, *, seed: int, jobs: int, limit: int | None = None) -> dict[str, Any]:
    """Train on the corpus in `root`, write the model to `out`, and return its metrics."""
    began = time.monotonic()
    corpus = Corpus(root)
    labelled, ours = corpus.examples(limit=limit), invented.invented()
    examples = [*labelled, *ours]
    grown = Vocabulary(growing=True)
    described = dataset.collect(examples, grown)
    # Pages that we invented teach what boxes look like. As text, a page that is a plea is hardly told from a plea: with
    # them, the model took one of the seed's for content.
    lines, line_features = dataset.text_examples(labelled, grown)
    by_language, own = _pleas(root), boxes.boxes()
    reader, reader_features = dataset.text_examples(labelled, grown, reader=seed, pleas=by_language)
    pleas = [
        (features.text_features([text], grown), kind) for language in by_language.values() for text, kind in language
    ]
    written = [box for each in own.values() for box in each]
    told = [(features.text_features([text for _, text in box.lines], grown), box) for box in written]
    thinned, thinned_features = dataset.thinned_examples(examples, grown, own, seed=seed)
    real = {each.id for each in labelled}
    cut, cut_features = dataset.text_examples([each for each in thinned if each.id in real], grown)
    reader, reader_features = [*reader, *cut], [*reader_features, *cut_features]
    tell = [seen for seen, box in told if box.telling]
    known = dataset.known_words(labelled, described[: len(labelled)], grown, tell)
    short = [seen for seen, _ in (*pleas, *told)]
    for group in (described, line_features, reader_features, thinned_features, short):
        dataset.translate(group, grown, known)
    print(f"{len(examples)} pages, {known.words} words and {known.names} names known", file=sys.stderr)
    data = dataset.build(
        [*examples, *thinned], [*described, *thinned_features], known, markup=True, anonymous=_ANONYMOUS, seed=seed
    )
    # Most lines of pleas and adverts say by themselves what they are; those of content and furniture do not.
    lone = [(seen, box.number) for seen, box in told if box.telling and LABEL_OF[box.number] in _TELLING]
    extra = _extra([*pleas, *lone], known)
    of_site = splits.folds(examples)
    marked = firsts.fit(data, of_site, extra=extra, seed=seed, jobs=jobs, title="pages")
    # What reads a page as text hears of its addresses too, so it is trained on pages, and on what a reader app leaves.
    seen = [*described[: len(labelled)], *reader_features]
    plain_data = dataset.build([*labelled, *reader], seen, known, markup=False, seed=seed)
    plain = firsts.fit(plain_data, of_site, extra=extra, seed=seed, jobs=jobs, title="text")
    del plain_data
    text_data = dataset.build([*lines, *reader], [*line_features, *reader_features], known, markup=False, seed=seed)
    heads = {
        PAGE: stages.fit(data, of_site, [marked, plain], RULES[PAGE], seed=seed, jobs=jobs, title="pages"),
        TEXT: stages.fit(text_data, of_site, [plain], RULES[TEXT], seed=seed, jobs=jobs, title="text"),
    }
    metrics = evaluate.evaluate(corpus, data, heads[PAGE], text_data, heads[TEXT])
    trained_on = {
        "corpus": corpus.digest(),
        "pages": len(labelled),
        "invented": len(ours),
        "boxes": len(written),
        "box_languages": len(own),
        "seed": seed,
    }
    save.write(out, app.__version__, *order.frequent_first(known, data, heads), metrics, trained_on)
    gc.collect()
    gc.freeze()  # else the collector looks through gigabytes of examples over and over
    large = corpus.large({each.site for each in labelled}, limit=limit)
    known_of, cuts_of = verdicts.opinions(data, heads[PAGE]), verdicts.cuts(data, heads[PAGE])
    verdicts.add(out, corpus, known_of, metrics, cuts_of, large, jobs=jobs)
    card.write(out, app.__version__, metrics, trained_on)
    if out.resolve().parent == ROOT / "models":
        (out.parent / "CURRENT").write_text(f"{out.name}\n", encoding="utf-8")
        card.fill_readme(metrics)
    evaluate.mistakes(ROOT / "build" / "mistakes.jsonl", data, heads[PAGE])
    print(evaluate.summary(metrics), file=sys.stderr)
    print(f"written to {out} in {(time.monotonic() - began) / 60:.1f} minutes", file=sys.stderr)
    return metrics


def _pleas(root: Path) -> dict[str, list[Plea]]:
    """Return the corpus' real appeal texts from translation files, by language."""
    found: dict[str, list[Plea]] = {}
    for entry in json_lines(root / "appeal_texts.jsonl"):
        text = " ".join(entry["text"].split())
        if len(text) > 3:
            language = entry["lang"].lower().replace("_", "-").split("-")[0]
            found.setdefault(language, []).append((text, CLASS_OF["appeal", entry["kind"]]))
    return found


def _extra(
    pleas: list[tuple[features.Features, int]], known: Vocabulary
) -> tuple[csr_matrix, NDArray[np.int64], NDArray[np.float64]] | None:
    if not pleas:
        return None
    words = dataset.ones([row for seen, _ in pleas for row in seen.words], known.words)
    classes = np.array([kind for seen, kind in pleas for _ in seen.words])
    return words, classes, np.full(len(classes), _PLEA_WEIGHT)


if __name__ == "__main__":
    sys.exit(main())
