from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from app import shape, walls
from app.errors import ModelRefused
from app.judge import KINDS, SCHEMA, Judge
from app.walls import Box

WORDS = ["title:bell", "name:thread"]


@pytest.fixture(scope="module")
def estimators() -> dict[str, Any]:
    chance = np.random.default_rng(0)
    width = len(shape.COLUMNS)
    rows = chance.normal(3, 2, (60, width))
    kinds = np.arange(60) % len(KINDS)
    wide = np.hstack((StandardScaler().fit_transform(rows), chance.integers(0, 2, (60, len(WORDS)))))
    boxes = chance.normal(1, 2, (60, len(walls.COLUMNS)))
    return {
        "schema": SCHEMA,
        "kind": {
            "words": "\n".join(WORDS),
            "scaler": StandardScaler().fit(rows),
            "regression": LogisticRegression().fit(wide, kinds),
        },
        "gate": {
            "scaler": StandardScaler().fit(boxes),
            "regression": LogisticRegression().fit(StandardScaler().fit_transform(boxes), kinds == 0),
        },
    }


def test_kinds_are_what_scikit_learn_says(estimators: dict[str, Any]) -> None:
    row = np.random.default_rng(1).normal(3, 1, len(shape.COLUMNS))
    said = Judge(estimators).kinds(row.tolist(), {"name:": {"thread", "unknown"}, "text:": {"bell"}})
    kind = estimators["kind"]
    wide = np.hstack((kind["scaler"].transform([row]), [[0, 1]]))
    np.testing.assert_allclose(said, kind["regression"].predict_proba(wide)[0], atol=1e-4)


def test_the_order_of_the_words_does_not_matter(estimators: dict[str, Any]) -> None:
    words = [f"{number}" for number in range(300)]
    width = len(shape.COLUMNS) + len(words)
    weights = np.random.default_rng(1).normal(0, 1, (len(KINDS), width))
    regression = SimpleNamespace(coef_=weights, intercept_=np.zeros(len(KINDS)))
    kind = {**estimators["kind"], "words": "\n".join(f"main:{word}" for word in words), "regression": regression}
    judge = Judge({**estimators, "kind": kind})
    row = [1.0] * len(shape.COLUMNS)
    one, other = ({"main:": dict.fromkeys(each).keys()} for each in (words, words[::-1]))
    assert judge.kinds(row, one).tolist() == judge.kinds(row, other).tolist()


def test_an_unknown_address_counts_as_the_mean_one(estimators: dict[str, Any]) -> None:
    judge = Judge(estimators)
    row = [3.0] * len(shape.COLUMNS)
    mean = estimators["kind"]["scaler"].mean_[-4:].tolist()
    np.testing.assert_allclose(
        judge.kinds([*row[:-4], *[np.nan] * 4], {}), judge.kinds([*row[:-4], *mean], {}), atol=1e-6
    )


def test_walls_are_what_scikit_learn_says(estimators: dict[str, Any]) -> None:
    rows = np.random.default_rng(2).normal(1, 1, (3, len(walls.COLUMNS)))
    said = Judge(estimators).walls([Box([0], "subscription", row.tolist(), 0, 0) for row in rows])
    gate = estimators["gate"]
    np.testing.assert_allclose(said, gate["regression"].predict_proba(gate["scaler"].transform(rows))[:, 1], atol=1e-4)
    assert Judge(estimators).walls([]).shape == (0,)


def test_estimators_for_other_columns_are_refused(estimators: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused, match="columns of schema old, this version makes"):
        Judge({**estimators, "schema": "old"})
    with pytest.raises(ModelRefused, match="not those that the model was trained with"):
        Judge({**estimators, "kind": {**estimators["kind"], "words": "one"}})
