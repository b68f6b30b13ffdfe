import copy
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
import skops.io

from app.features import SCHEMA
from app.labels import CLASSES, LABELS
from app.model import ESTIMATORS, MANIFEST, METRICS, PAGE, TEXT, WORDS
from app.vocabulary import Vocabulary
from training import save
from training.stages import Fitted


@pytest.fixture(scope="module")
def content(fitted: Fitted) -> bytes:
    return save.estimators({PAGE: fitted, TEXT: fitted})


def test_the_same_estimators_give_the_same_bytes(fitted: Fitted, content: bytes) -> None:
    assert save.estimators({PAGE: fitted, TEXT: fitted}) == content
    moved = copy.deepcopy(fitted)  # the same values at other addresses
    assert save.estimators({PAGE: moved, TEXT: moved}) == content


def test_other_estimators_give_other_bytes(fitted: Fitted, content: bytes) -> None:
    changed = copy.deepcopy(fitted)
    changed.first.coefs_[0][0, 0] += 1
    assert save.estimators({PAGE: changed, TEXT: changed}) != content


def test_the_file_says_nothing_of_the_machine_and_the_day(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
        schema = archive.read("schema.json").decode()
    assert names[0] == "schema.json"
    assert all(re.fullmatch(r"\d{4}\.\w+", name) for name in names[1:])
    assert max(map(int, re.findall(r'"__id__": (\d+)', schema))) < 10_000


def test_what_is_read_back_is_what_was_written(fitted: Fitted, content: bytes) -> None:
    read: dict[str, Any] = skops.io.loads(content)  # refuses types that are not on its own list
    assert set(read) == {PAGE, TEXT}
    for head in read.values():
        assert set(head) == {"scaler", "first", "rescaler", "second", "calibration"}
        np.testing.assert_array_equal(head["scaler"].mean_, fitted.scaler.mean_)
        np.testing.assert_array_equal(head["calibration"].coef_, fitted.calibration.coef_)
        for found, network in zip((head["first"], *head["second"]), (fitted.first, *fitted.second), strict=True):
            for weights, wanted in zip(found.coefs_, network.coefs_, strict=True):
                assert weights.dtype == np.float16
                np.testing.assert_array_equal(weights.astype(np.float32), wanted)


def test_writing_leaves_the_estimators_as_they_were(fitted: Fitted) -> None:
    before = [weights.copy() for weights in fitted.first.coefs_]
    save.estimators({PAGE: fitted, TEXT: fitted})
    for weights, wanted in zip(fitted.first.coefs_, before, strict=True):
        assert weights.dtype == np.float32
        np.testing.assert_array_equal(weights, wanted)


def test_a_directory_holds_the_files_and_a_manifest_of_them(fitted: Fitted, content: bytes, tmp_path: Path) -> None:
    vocabulary = Vocabulary([("word", "tea"), ("name", "box")])
    heads, metrics = {PAGE: fitted, TEXT: fitted}, {"pages": {"macro_f1": 0.9}, "alignment": 1}
    save.write(tmp_path / "new" / "1.2.3", "1.2.3", vocabulary, heads, metrics, {"seed": 7})
    save.write(tmp_path / "again", "1.2.3", vocabulary, heads, metrics, {"seed": 7})
    files = {path.name: path.read_bytes() for path in (tmp_path / "new" / "1.2.3").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert set(files) == {ESTIMATORS, WORDS, METRICS, MANIFEST}
    assert files[ESTIMATORS] == content
    assert files[WORDS] == b"word\ttea\nname\tbox\n"
    assert json.loads(files[METRICS]) == metrics
    manifest = json.loads(files[MANIFEST])
    assert manifest["sha256"] == {
        name: hashlib.sha256(files[name]).hexdigest() for name in (METRICS, ESTIMATORS, WORDS)
    }
    assert (manifest["name"], manifest["version"], manifest["schema"]) == ("begone", "1.2.3", SCHEMA)
    assert [tuple(each) for each in manifest["classes"]] == list(CLASSES)
    assert manifest["libraries"]["scikit-learn"] == sklearn.__version__
    assert manifest["trained_on"] == {"seed": 7}
    for rule in manifest["rules"].values():
        assert rule == {**dict(zip(LABELS, fitted.rule.offsets, strict=True)), "guard": fitted.rule.guard}
