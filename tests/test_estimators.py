import functools
import io
import json
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sklearn
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from app import estimators
from app.errors import ModelRefused
from app.model import ESTIMATORS, VERDICTS
from tests.conftest import ROOT

REGRESSION = LogisticRegression().fit([[0.0], [1.0]], [0, 1])


def assert_same(ours: Any, theirs: Any) -> None:
    """Hold what we read of a file against what skops makes of it."""
    if isinstance(ours, SimpleNamespace):
        ours, theirs = vars(ours), vars(theirs)
        ours = {name: value for name, value in ours.items() if name != "_sklearn_version"}  # taken out when loaded
        theirs = {name: value for name, value in theirs.items() if name != "_sklearn_version"}
        assert_same(ours, theirs)
        return
    assert type(ours) is type(theirs)
    if isinstance(ours, dict):
        assert list(ours) == list(theirs)
        for name in ours:
            assert_same(ours[name], theirs[name])
    elif isinstance(ours, list | tuple):
        for one, other in zip(ours, theirs, strict=True):
            assert_same(one, other)
    elif isinstance(ours, np.ndarray):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    else:
        assert ours == theirs or (ours != ours and theirs != theirs)


@pytest.mark.parametrize("name", [ESTIMATORS, VERDICTS])
def test_what_is_read_is_what_skops_reads(name: str) -> None:
    models = ROOT / "models"
    content = (models / (models / "CURRENT").read_text().strip() / name).read_bytes()
    assert_same(estimators.read(content), skops.io.loads(content))


def test_an_estimator_is_read_as_its_attributes() -> None:
    read = estimators.read(skops.io.dumps({"regression": REGRESSION, "many": [1, None, (True, "x")]}))
    assert read["many"] == [1, None, (True, "x")]
    np.testing.assert_array_equal(read["regression"].coef_, REGRESSION.coef_)
    assert not hasattr(read["regression"], "predict")


@pytest.mark.parametrize(
    ("crafted", "named"),
    [
        (functools.partial(print, "run"), "functools.partial (PartialNode)"),
        (Path("model"), "pathlib."),
        (print, "builtins.print (TypeNode)"),
        (OrderedDict(a=1), "collections.OrderedDict (DictNode)"),
        ({1: "a key that is no string"}, "builtins.int (TypeNode)"),
        ([b"bytes"], "builtins.bytes (BytesNode)"),
        (np.array([1]).astype("m8[s]").dtype, "numpy.dtype (DTypeNode)"),
        (RandomForestClassifier(), "sklearn.ensemble._forest.RandomForestClassifier (ObjectNode)"),
    ],
)
def test_what_no_model_holds_is_refused_by_name(crafted: object, named: str) -> None:
    with pytest.raises(ModelRefused, match="types that are not trusted") as caught:
        estimators.read(skops.io.dumps({"first": [REGRESSION, crafted]}))
    assert named in str(caught.value)


def changed(content: bytes, old: str, new: str) -> bytes:
    """Return a skops file whose schema says `new` instead of `old`."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "schema.json":
                part = json.dumps(json.loads(part)).replace(old, new).encode()
            archive.writestr(name, part)
    return target.getvalue()


def test_another_protocol_is_refused() -> None:
    content = changed(skops.io.dumps([1]), '"protocol": 2', '"protocol": 9')
    with pytest.raises(ModelRefused, match="protocol 9"):
        estimators.read(content)


def test_a_trusted_type_by_another_node_is_refused() -> None:
    content = changed(skops.io.dumps(["x"]), "JsonNode", "MethodNode")
    with pytest.raises(ModelRefused, match=r"builtins\.str \(MethodNode\)"):
        estimators.read(content)


def test_arrays_of_objects_are_never_unpickled() -> None:
    array = io.BytesIO()
    np.save(array, np.array([Path("x")], dtype=object))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(np.zeros(1)))) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, array.getvalue() if name.endswith(".npy") else source.read(name))
    with pytest.raises(ValueError, match="allow_pickle"):
        estimators.read(target.getvalue())


def test_a_type_is_no_value() -> None:
    content = changed(skops.io.dumps(["x"]), "JsonNode", "TypeNode")
    with pytest.raises(ValueError, match="stands for a value"):
        estimators.read(content)


def test_the_scikit_learn_that_trains_is_the_one_that_is_read() -> None:
    assert sklearn.__version__.split(".")[:2] == estimators.SCIKIT_LEARN.split(".")


def test_the_service_loads_a_model_without_scikit_learn() -> None:
    code = (
        "import sys, app.main; assert 'numpy' not in sys.modules; from app.service import load;"
        "from app.settings import Settings; load(Settings());"
        "print({'sklearn', 'skops', 'scipy.stats'} & sys.modules.keys())"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
