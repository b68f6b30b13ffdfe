"""A model's estimators, read from the files that skops saved them to.

skops' own reader imports the whole of scikit-learn to know which types it may trust, and that again to construct them:
two thirds of a start's time and half of a process' memory, for arrays and little else. This reader knows the few kinds
of nodes that a model of ours is made of, and refuses every other one by name. It imports nothing that a file names: an
estimator comes out as its attributes alone. A test holds that they are those that skops reads.
"""

import io
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final
from zipfile import ZipFile

import numpy as np

from app.errors import ModelRefused

SCIKIT_LEARN: Final = "1.9"
"""The version whose fitted attributes the model's arithmetic reads."""

PROTOCOL: Final = 2
"""The version of skops' format that is read here; another one may mean something else by the same nodes."""

TRUSTED: Final = frozenset(
    {
        ("DictNode", "builtins.dict"),
        ("ListNode", "builtins.list"),
        ("TupleNode", "builtins.tuple"),
        ("JsonNode", "builtins.str"),  # numbers, truth values, None and strings, as JSON
        ("TypeNode", "builtins.str"),  # of a dictionary's keys
        ("NdArrayNode", "numpy.ndarray"),
        ("NdArrayNode", "numpy.float64"),
        ("ObjectNode", "sklearn.linear_model._logistic.LogisticRegression"),
        ("ObjectNode", "sklearn.neural_network._multilayer_perceptron.MLPClassifier"),
        ("ObjectNode", "sklearn.preprocessing._data.StandardScaler"),
        ("ObjectNode", "sklearn.preprocessing._label.LabelBinarizer"),
    }
)
"""All that a model file may hold: kinds of nodes, each with the types it may stand for."""


def read(content: bytes) -> Any:
    """Return what a skops file holds; of an estimator its attributes.

    Raises ModelRefused where it holds what is not trusted, before anything is made of it; and whatever zipfile, json
    and numpy raise where it is no such file.
    """
    with ZipFile(io.BytesIO(content)) as archive:
        root = json.loads(archive.read("schema.json"))
        if root["protocol"] != PROTOCOL:
            raise ModelRefused(
                f"the model file is of skops' protocol {root['protocol']}, this version reads {PROTOCOL}"
            )
        unknown = {f"{name} ({loader})" for loader, name in _kinds(root) if (loader, name) not in TRUSTED}
        if unknown:
            raise ModelRefused(f"the model file holds types that are not trusted: {', '.join(sorted(unknown))}")
        return _made(root, archive)


def _kinds(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if "__loader__" in node:
            yield node["__loader__"], f"{node['__module__']}.{node['__class__']}"
        for value in node.values():
            yield from _kinds(value)
    elif isinstance(node, list):
        for value in node:
            yield from _kinds(value)


def _made(node: Any, archive: ZipFile) -> Any:
    match node["__loader__"]:
        case "DictNode":
            return {key: _made(value, archive) for key, value in node["content"].items()}
        case "ListNode":
            return [_made(value, archive) for value in node["content"]]
        case "TupleNode":
            return tuple(_made(value, archive) for value in node["content"])
        case "JsonNode":
            return json.loads(node["content"])
        case "NdArrayNode":
            with archive.open(node["file"]) as file:
                return np.lib.format.read_array(file, allow_pickle=False)[()]  # an array of no dimension: its number
        case "ObjectNode":
            return SimpleNamespace(**_made(node["content"], archive))
    raise ValueError("not a node that stands for a value")
