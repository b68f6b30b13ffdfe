"""The README says what the code says: `make readme` writes its tables and its example."""

import json
from typing import Any

import pytest

from app.settings import settings_table
from scripts import readme
from scripts.markers import filled


@pytest.fixture(scope="module")
def text() -> str:
    return readme.README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("place", "content"),
    [
        ("labels", readme.labels_table()),
        ("settings", settings_table()),
        ("errors", readme.errors_table()),
        ("command", readme.example_command()),
    ],
)
def test_what_the_readme_says_is_what_the_code_says(text: str, place: str, content: str) -> None:
    assert filled(text, place).strip() == content.strip(), "run `make readme`"


def test_the_example_is_answered_as_the_readme_says(text: str) -> None:
    shown = json.loads(filled(text, "answer").strip().removeprefix("```json").removesuffix("```"))
    assert _lasting(shown) == _lasting(readme.example_answer()), "run `make readme`"


def test_the_example_shows_a_story_its_pleas_and_its_furniture() -> None:
    labels = [block["label"] for block in readme.example_answer()["blocks"]]
    assert {"content", "appeal", "navigation"} <= set(labels)


def _lasting(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what differs from run to run."""
    return {name: value for name, value in answer.items() if name != "timings_ms"}
