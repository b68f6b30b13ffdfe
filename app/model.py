"""The model: a directory of files, checked before anything in it is loaded, and what it says of a page.

A directory `models/<version>/` holds `manifest.json`, `model.skops` (the fitted scikit-learn estimators for blocks),
`pages.skops` (those for a page as a whole), `vocabulary.txt`, `metrics.json` and a model card. The order of the checks
is manifest → digests → schema → library versions → types in the skops files; each refuses with its own reason.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app import context, estimators, text
from app.blocks import Page
from app.boxes import agreed, settle
from app.errors import ModelRefused
from app.features import NUMBERS, SCHEMA, Features
from app.judge import Judge
from app.labels import CLASSES, LABELS, SPANS
from app.network import NAME_LEVELS, FirstStage, by_label, ones, probabilities, scaled, softmax
from app.vocabulary import Vocabulary

Floats = NDArray[np.float32]

MANIFEST: Final = "manifest.json"
ESTIMATORS: Final = "model.skops"
WORDS: Final = "vocabulary.txt"
METRICS: Final = "metrics.json"
VERDICTS: Final = "pages.skops"

PAGE: Final = "page"
TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model says of n blocks.

    `labels` (n, 4) are calibrated probabilities, `classes` (n, 10) their shares per kind; `chosen` (n,) numbers the
    label that the decision rule gives.
    """

    labels: Floats
    classes: Floats
    chosen: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a label is chosen: the greatest log probability plus the label's offset.

    But where content is likelier than `guard`, an appeal or advert becomes content: losing a paragraph is the worst
    mistake.
    """

    offsets: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    guard: float = 1.0


class Head:
    """The stages for one kind of input: pages, or text without structure.

    `firsts` are the first stages whose opinions the second one hears.
    """

    def __init__(self, firsts: Sequence[FirstStage], fitted: Mapping[str, Any], rule: Rule) -> None:
        self.firsts = firsts
        self.words = len(firsts[0].word_weights)
        self.rescaler = fitted["rescaler"]
        self.second = fitted["second"]
        self.calibration = fitted["calibration"]
        self.rule = rule
        for network in self.second:
            _widen(network)

    def __call__(self, features: Features, page: Page | None) -> Opinion:
        """Return what the stages say of a page with at least one block."""
        words = ones(features.words, self.words)
        opinions = [first(features, words, page) for first in self.firsts]
        classes, labels = self.judge(scaled(self.rescaler, second_input(features, opinions)))
        said = agreed(labels, features.around)
        chosen = settle(choose(said, self.rule), labels, features.around)
        return Opinion(labels, shares(classes, labels), chosen)

    def judge(self, rows: Floats) -> tuple[Floats, Floats]:
        """Return the second stage's (n, classes) and the calibrated (n, 4) probabilities for its scaled input."""
        summed: Floats = sum((probabilities(network, rows) for network in self.second), np.zeros(1, dtype=np.float32))
        classes: Floats = summed / np.float32(len(self.second))
        return classes, calibrated(self.calibration, by_label(classes))


def _widen(network: Any) -> None:
    network.coefs_ = [weights.astype(np.float32) for weights in network.coefs_]  # stored in half precision


def _first(fitted: Mapping[str, Any], vocabulary: Vocabulary, *, markup: bool) -> FirstStage:
    """Return a head's own first stage. Raises ModelRefused where it was made with another vocabulary."""
    network, scaler = fitted["first"], fitted["scaler"]
    width = len(NUMBERS) if markup else len(text.COLUMNS)
    names = vocabulary.names if markup else 0
    if len(network.coefs_[0]) != vocabulary.words + width + names * len(NAME_LEVELS) or len(scaler.mean_) != width:
        raise ModelRefused("the vocabulary is not the one that the model was trained with")
    _widen(network)
    return FirstStage(network, scaler, vocabulary.words, names)


def make_heads(
    fitted: Mapping[str, Mapping[str, Any]], vocabulary: Vocabulary, rules: Mapping[str, Rule]
) -> dict[str, Head]:
    """Return the heads. A page is read with its markup, and as if it were nothing but text. Raises ModelRefused."""
    page = _first(fitted[PAGE], vocabulary, markup=True)
    plain = _first(fitted[TEXT], vocabulary, markup=False)
    firsts = {PAGE: (page, plain), TEXT: (plain,)}
    return {name: Head(firsts[name], fitted[name], rules[name]) for name in (PAGE, TEXT)}


def second_input(features: Features, opinions: Sequence[Floats]) -> Floats:
    """Return the second stage's input, not yet scaled.

    A block's numbers, what stands around it, what the first stages say of that, and what all blocks of the page share.
    """
    shared = np.broadcast_to(features.page, (len(features.numbers), len(features.page)))
    return np.hstack((features.numbers, context.context(features.around, opinions), shared))


def logarithms(labels: Floats) -> Floats:
    """Return the logarithms that a calibration is fitted on and sees."""
    result: Floats = np.log(np.maximum(labels, 1e-6))
    return result


def calibrated(calibration: Any, labels: Floats) -> Floats:
    """Return label probabilities after a fitted logistic regression on their logarithms (Platt, 1999)."""
    logits = logarithms(labels) @ calibration.coef_.T.astype(np.float32)
    return softmax(logits + calibration.intercept_.astype(np.float32))


def shares(classes: Floats, labels: Floats) -> Floats:
    """Return class probabilities that sum up to the given label probabilities."""
    result = classes.copy()
    for label, (start, end) in enumerate(SPANS):
        result[:, start:end] *= (labels[:, label] / np.maximum(classes[:, start:end].sum(axis=1), 1e-9))[:, None]
    return result


def choose(labels: Floats, rule: Rule) -> NDArray[np.int64]:
    """Return the number of the label to give to each row of (n, 4) probabilities."""
    logits = np.log(np.maximum(labels, 1e-9)) + np.array(rule.offsets, dtype=np.float32)
    chosen: NDArray[np.int64] = logits.argmax(axis=1)
    chosen[((chosen == 1) | (chosen == 2)) & (labels[:, 0] > rule.guard)] = 0
    return chosen


class Model:
    """A loaded model."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        metrics: Mapping[str, Any],
        vocabulary: Vocabulary,
        heads: Mapping[str, Head],
        judge: Judge | None,
    ) -> None:
        self.manifest = manifest
        self.metrics = metrics
        self.vocabulary = vocabulary
        self.heads = heads
        self.judge = judge
        self.name: str = manifest["name"]
        self.version: str = manifest["version"]

    @classmethod
    def load(cls, directory: Path, *, judging: bool = True) -> "Model":
        """Return the model in `directory`. Raises ModelRefused, which says why, before anything is constructed.

        Without `judging` it may lack the estimators for pages as a whole, which training makes last.
        """
        manifest = _manifest(directory)
        contents = {name: _content(directory, name, digest) for name, digest in manifest["sha256"].items()}
        if manifest["schema"] != SCHEMA:
            raise ModelRefused(f"the model wants features of schema {manifest['schema']}, this version makes {SCHEMA}")
        if manifest["classes"] != [list(each) for each in CLASSES]:
            raise ModelRefused("the model knows other labels than this version")
        made = str(manifest["libraries"].get("scikit-learn"))
        if made.split(".")[:2] != estimators.SCIKIT_LEARN.split("."):
            raise ModelRefused(
                f"the model was made with scikit-learn {made}, this version reads those of {estimators.SCIKIT_LEARN}"
            )
        try:
            if judging and VERDICTS not in contents:
                raise ModelRefused(f"{MANIFEST} has no digest of {VERDICTS}: the model knows nothing of whole pages")
            fitted = estimators.read(contents[ESTIMATORS])
            judge = Judge(estimators.read(contents[VERDICTS])) if judging else None
            vocabulary = Vocabulary.from_text(contents[WORDS].decode())
            heads = make_heads(fitted, vocabulary, {name: _rule(manifest["rules"][name]) for name in (PAGE, TEXT)})
            metrics = json.loads(contents[METRICS])
        except ModelRefused:
            raise
        except Exception as error:  # whatever a crafted file makes of the reader, it is a refusal
            raise ModelRefused(f"the model file cannot be read ({type(error).__name__})") from error
        return cls(manifest, metrics, vocabulary, heads, judge)


def _rule(given: Mapping[str, float]) -> Rule:
    return Rule(tuple(float(given[label]) for label in LABELS), float(given["guard"]))


def _manifest(directory: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
    except OSError as error:
        raise ModelRefused(f"there is no {MANIFEST} in {directory}") from error
    except ValueError as error:
        raise ModelRefused(f"{MANIFEST} is no JSON document") from error
    wanted = {"name", "version", "sha256", "schema", "classes", "libraries", "rules"}
    if not isinstance(manifest, dict) or not wanted <= manifest.keys():
        raise ModelRefused(f"{MANIFEST} lacks some of: {', '.join(sorted(wanted))}")
    if not all(isinstance(manifest[key], dict) for key in ("sha256", "libraries", "rules")):
        raise ModelRefused(f"{MANIFEST} has something else where sha256, libraries or rules should be")
    if not {ESTIMATORS, WORDS, METRICS} <= manifest["sha256"].keys():
        raise ModelRefused(f"{MANIFEST} has no digest of some of: {ESTIMATORS}, {WORDS}, {METRICS}")
    return manifest


def _content(directory: Path, name: str, digest: str) -> bytes:
    if "/" in name or "\\" in name or name.startswith("."):
        raise ModelRefused(f"{MANIFEST} names a file outside its directory")
    try:
        content = (directory / name).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise ModelRefused(f"the model has no {name}") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelRefused(f"{name} is not the file that {MANIFEST} describes (its SHA-256 differs)")
    return content
