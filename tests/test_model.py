import functools
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from app import blocks, context, dom, estimators, features, text
from app.errors import ModelRefused
from app.features import SCHEMA, Features
from app.labels import CLASSES, LABELS, SPANS
from app.model import ESTIMATORS, MANIFEST, METRICS, PAGE, TEXT, VERDICTS, WORDS, Model, Rule, choose, shares
from tests import smallpage
from tests.spoil import replace, rewrite
from training import dataset, firsts
from training.corpus import Example


@pytest.fixture
def directory(tiny_model: Path, tmp_path: Path) -> Path:
    """A model's directory to spoil."""
    return shutil.copytree(tiny_model, tmp_path / "model")


def reason(directory: Path, monkeypatch: pytest.MonkeyPatch, *, opened: bool = False) -> str:
    """Why the model is refused; its estimators must not have been constructed, nor looked at unless `opened`."""

    def fail(*_: object, **__: object) -> None:
        pytest.fail("the file was read before it was checked")

    with monkeypatch.context() as patch:
        patch.setattr(np.lib.format, "read_array", fail)
        if not opened:
            patch.setattr(estimators, "read", fail)
        with pytest.raises(ModelRefused) as caught:
            Model.load(directory)
    return str(caught.value)


def test_a_model_that_training_wrote_is_loaded(tiny_model: Path) -> None:
    loaded = Model.load(tiny_model)
    assert loaded.name == "begone"
    assert loaded.version == loaded.manifest["version"]
    assert loaded.metrics["pages"]["macro_f1"]["value"] > 0.8
    assert set(loaded.heads) == {PAGE, TEXT}
    assert loaded.vocabulary.words > 100


def test_a_directory_without_a_manifest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(tmp_path, monkeypatch) == f"there is no manifest.json in {tmp_path}"
    assert reason(tmp_path / "nowhere", monkeypatch) == f"there is no manifest.json in {tmp_path / 'nowhere'}"


@pytest.mark.parametrize("content", ["", "{", "\x00", "\udc80"])
def test_a_manifest_that_is_no_json_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (directory / MANIFEST).write_bytes(content.encode("utf-8", "surrogateescape"))
    assert reason(directory, monkeypatch) == "manifest.json is no JSON document"


def test_a_manifest_that_lacks_something_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("name", "version", "sha256", "schema", "classes", "libraries", "rules"):
        before = (directory / MANIFEST).read_bytes()
        rewrite(directory, lambda manifest, key=key: manifest.pop(key))  # type: ignore[misc]
        assert "manifest.json lacks some of" in reason(directory, monkeypatch)
        (directory / MANIFEST).write_bytes(before)
    for other in ("[]", "null", '"begone"'):
        (directory / MANIFEST).write_text(other)
        assert "manifest.json lacks some of" in reason(directory, monkeypatch)


@pytest.mark.parametrize("key", ["sha256", "libraries", "rules"])
@pytest.mark.parametrize("value", [[], None, "x", 3])
def test_a_manifest_with_something_else_in_it_is_refused(
    directory: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: object
) -> None:
    rewrite(directory, lambda manifest: manifest.update({key: value}))
    assert "manifest.json has something else" in reason(directory, monkeypatch)


@pytest.mark.parametrize("name", [ESTIMATORS, WORDS, METRICS, VERDICTS])
def test_a_changed_byte_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    content = bytearray((directory / name).read_bytes())
    content[len(content) // 2] ^= 1
    (directory / name).write_bytes(content)
    assert reason(directory, monkeypatch) == (
        f"{name} is not the file that manifest.json describes (its SHA-256 differs)"
    )


@pytest.mark.parametrize("name", [ESTIMATORS, WORDS, METRICS, VERDICTS])
def test_a_missing_file_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (directory / name).unlink()
    assert reason(directory, monkeypatch) == f"the model has no {name}"


def test_a_model_that_knows_nothing_of_whole_pages_is_refused_but_by_training(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(directory, lambda manifest: manifest["sha256"].pop(VERDICTS))
    assert "has no digest of pages.skops: the model knows nothing of whole pages" in reason(directory, monkeypatch)
    assert Model.load(directory, judging=False).judge is None


@pytest.mark.parametrize("name", [ESTIMATORS, WORDS, METRICS])
def test_a_file_without_a_digest_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    rewrite(directory, lambda manifest: manifest["sha256"].pop(name))
    assert "manifest.json has no digest of some of" in reason(directory, monkeypatch)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "..", ".hidden", "a/b", "..\\secret"])
def test_a_path_outside_the_directory_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (directory.parent / "secret").write_text("not yours")
    digest = hashlib.sha256(b"not yours").hexdigest()
    rewrite(directory, lambda manifest: manifest["sha256"].update({name: digest}))
    assert reason(directory, monkeypatch) == "manifest.json names a file outside its directory"


def test_a_name_that_no_file_can_have_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(directory, lambda manifest: manifest["sha256"].update({"\0": "0" * 64}))
    assert reason(directory, monkeypatch) == "the model has no \0"


def test_another_schema_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(directory, lambda manifest: manifest.update(schema="0123456789abcdef"))
    assert reason(directory, monkeypatch) == (
        f"the model wants features of schema 0123456789abcdef, this version makes {SCHEMA}"
    )


def test_other_classes_are_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(directory, lambda manifest: manifest["classes"].reverse())
    assert reason(directory, monkeypatch) == "the model knows other labels than this version"


@pytest.mark.parametrize("made", ["0.24.2", "2.0.0", "1", "", None, 19])
def test_another_version_of_scikit_learn_is_refused(
    directory: Path, monkeypatch: pytest.MonkeyPatch, made: object
) -> None:
    rewrite(directory, lambda manifest: manifest["libraries"].update({"scikit-learn": made}))
    assert reason(directory, monkeypatch).startswith(
        f"the model was made with scikit-learn {made}, this version reads "
    )


def test_a_patch_release_of_the_same_scikit_learn_is_not(directory: Path) -> None:
    rewrite(
        directory,
        lambda manifest: manifest["libraries"].update(
            {"scikit-learn": ".".join(manifest["libraries"]["scikit-learn"].split(".")[:2]) + ".99"}
        ),
    )
    assert Model.load(directory).name == "begone"


@pytest.mark.parametrize(
    ("crafted", "named"),
    [
        (functools.partial(print, "run"), "functools.partial"),
        (Path("model"), "pathlib"),
        (DecisionTreeClassifier().fit([[0], [1]], [0, 1]), "sklearn.tree"),
    ],
    ids=["partial", "path", "tree"],
)
def test_a_type_that_is_not_trusted_is_refused_and_named(
    directory: Path, monkeypatch: pytest.MonkeyPatch, crafted: object, named: str
) -> None:
    replace(directory, ESTIMATORS, skops.io.dumps({PAGE: crafted, TEXT: crafted}))
    said = reason(directory, monkeypatch, opened=True)
    assert said.startswith("the model file holds types that are not trusted: ")
    assert named in said


@pytest.mark.parametrize("crafted", [functools.partial(print, "run"), {}, {"schema": "old"}, {"schema": SCHEMA}])
def test_crafted_estimators_for_whole_pages_are_refused(directory: Path, crafted: object) -> None:
    replace(directory, VERDICTS, skops.io.dumps(crafted))
    with pytest.raises(ModelRefused):
        Model.load(directory)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04\x95N.", b"not a zip file"])
def test_a_file_that_is_no_model_is_refused(directory: Path, content: bytes) -> None:
    replace(directory, ESTIMATORS, content)
    with pytest.raises(ModelRefused, match="the model file cannot be read"):
        Model.load(directory)


@pytest.mark.parametrize("crafted", [{}, [1], {PAGE: {}, TEXT: {}}, {PAGE: {"first": 1}, TEXT: {"first": 1}}])
def test_a_file_that_holds_something_else_is_refused(directory: Path, crafted: object) -> None:
    replace(directory, ESTIMATORS, skops.io.dumps(crafted))
    with pytest.raises(ModelRefused, match="the model file cannot be read"):
        Model.load(directory)


def test_another_vocabulary_is_refused(directory: Path) -> None:
    lines = (directory / WORDS).read_bytes().splitlines(keepends=True)
    for fewer in (lines[1:], lines[:-1]):
        replace(directory, WORDS, b"".join(fewer))
        with pytest.raises(ModelRefused, match="not the one that the model was trained with"):
            Model.load(directory)
    replace(directory, WORDS, b"\xff\xff")
    with pytest.raises(ModelRefused, match="cannot be read"):
        Model.load(directory)


@pytest.mark.parametrize("rules", [{}, {PAGE: {}, TEXT: {}}, {PAGE: {"content": "much"}, TEXT: []}])
def test_rules_that_cannot_be_read_are_refused(directory: Path, rules: object) -> None:
    rewrite(directory, lambda manifest: manifest.update(rules=rules))
    with pytest.raises(ModelRefused, match="cannot be read"):
        Model.load(directory)


def test_what_a_model_says_are_probabilities_and_their_labels(tiny_model: Path) -> None:
    loaded = Model.load(tiny_model)
    page = blocks.split(dom.parse(smallpage.NEWS))
    said = loaded.heads[PAGE](features.page_features(page, loaded.vocabulary), page)
    count = len(page.blocks)
    assert said.labels.shape == (count, len(LABELS))
    assert said.classes.shape == (count, len(CLASSES))
    np.testing.assert_allclose(said.labels.sum(axis=1), 1, atol=1e-5)
    for label, (start, end) in enumerate(SPANS):
        np.testing.assert_allclose(said.classes[:, start:end].sum(axis=1), said.labels[:, label], atol=1e-4)
    assert (said.classes >= 0).all()
    assert set(said.chosen.tolist()) <= set(range(len(LABELS)))


def by_scikit_learn(head: Mapping[str, Any], seen: Features, opinions: list[NDArray[np.float64]]) -> NDArray[Any]:
    """What a head's second stage and calibration make of the first stages' opinions, by scikit-learn's functions."""
    around = context.context(seen.around, [each.astype(np.float32) for each in opinions])
    shared = np.tile(seen.page, (len(seen.numbers), 1))
    rows = np.clip(head["rescaler"].transform(np.hstack((seen.numbers, around, shared))), -4, 4).astype(np.float32)
    second = np.mean([network.predict_proba(rows) for network in head["second"]], axis=0)
    by_label = np.stack([second[:, start:end].sum(axis=1) for start, end in SPANS], axis=1)
    labels: NDArray[Any] = head["calibration"].predict_proba(np.log(np.maximum(by_label, 1e-6)))
    return labels


def plain_opinion(head: Mapping[str, Any], seen: Features, words: int) -> NDArray[np.float64]:
    """What the stage that reads text says, on rows written out."""
    count = len(seen.words)
    numbers = np.clip(head["scaler"].transform(seen.numbers[:, : len(text.COLUMNS)]), -4, 4)
    rows = np.zeros((count, words))
    for row, known in enumerate(seen.words):
        np.add.at(rows[row], known, 1)
    result: NDArray[np.float64] = head["first"].predict_proba(np.hstack((rows, numbers)).astype(np.float32))
    return result


def test_the_text_head_agrees_with_scikit_learn(tiny_model: Path) -> None:
    """The whole of a head, with scikit-learn's own functions in place of ours."""
    loaded = Model.load(tiny_model)
    head = skops.io.load(tiny_model / ESTIMATORS)[TEXT]
    seen = features.text_features(smallpage.LINES, loaded.vocabulary)
    opinion = plain_opinion(head, seen, loaded.vocabulary.words)
    said = loaded.heads[TEXT](seen, None)
    np.testing.assert_allclose(said.labels, by_scikit_learn(head, seen, [opinion]), atol=1e-4)


def test_the_page_head_hears_both_first_stages_and_agrees_with_scikit_learn(tiny_model: Path) -> None:
    loaded = Model.load(tiny_model)
    saved = skops.io.load(tiny_model / ESTIMATORS)
    page = blocks.split(dom.parse(smallpage.NEWS))
    seen = features.page_features(page, loaded.vocabulary)
    classes = np.zeros(len(page.blocks), dtype=np.int64)
    example = Example("page", "a.test", "en", None, None, "full", page, classes)
    data = dataset.build([example], [seen], loaded.vocabulary, markup=True)
    own = saved[PAGE]["first"].predict_proba(firsts.rows_for(data, saved[PAGE]["scaler"]))
    plain = plain_opinion(saved[TEXT], seen, loaded.vocabulary.words)
    said = loaded.heads[PAGE](seen, page)
    assert len(loaded.heads[PAGE].firsts) == 2
    np.testing.assert_allclose(said.labels, by_scikit_learn(saved[PAGE], seen, [own, plain]), atol=1e-4)
    swapped = by_scikit_learn(saved[PAGE], seen, [plain, own])
    assert np.abs(said.labels - swapped).max() > 1e-3, "the stages' order would not matter"


def test_numbers_that_are_not_scaled_as_the_stage_wants_are_refused(directory: Path) -> None:
    saved = skops.io.load(directory / ESTIMATORS)
    saved[PAGE]["scaler"] = saved[TEXT]["scaler"]
    replace(directory, ESTIMATORS, skops.io.dumps(saved))
    with pytest.raises(ModelRefused, match="not the one that the model was trained with"):
        Model.load(directory)


def test_a_label_is_chosen_by_its_probability_and_offset() -> None:
    labels = np.array([[0.4, 0.35, 0.05, 0.2], [0.1, 0.1, 0.1, 0.7]], dtype=np.float32)
    assert choose(labels, Rule()).tolist() == [0, 3]
    assert choose(labels, Rule((0.0, 0.5, 0.0, 0.0))).tolist() == [1, 3]
    assert choose(labels, Rule((0.0, 3.0, 0.0, 0.0))).tolist() == [1, 1]


def test_where_content_is_likely_enough_nothing_becomes_an_appeal_or_advert() -> None:
    labels = np.array([[0.3, 0.6, 0.1, 0], [0.1, 0.8, 0.1, 0], [0.3, 0.1, 0.6, 0], [0.3, 0, 0, 0.7]], dtype=np.float32)
    assert choose(labels, Rule(guard=0.2)).tolist() == [0, 1, 0, 3]
    assert choose(labels, Rule()).tolist() == [1, 1, 2, 3]


def test_shares_sum_up_to_their_labels_and_keep_their_proportions() -> None:
    classes = np.array([[0.2, 0.1, *[0.05] * 6, 0.3, 0.1], [0, 0, *[0] * 6, 0.5, 0.5]], dtype=np.float32)
    labels = np.array([[0.6, 0.2, 0.1, 0.1], [0, 0, 1, 0]], dtype=np.float32)
    split = shares(classes, labels)
    np.testing.assert_allclose(split[0], [0.4, 0.2, *[0.2 / 6] * 6, 0.1, 0.1], atol=1e-6)
    np.testing.assert_allclose(split[1], [0, 0, *[0] * 6, 1, 0], atol=1e-6)
