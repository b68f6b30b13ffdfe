from pathlib import Path

import pytest

from scripts.markers import MarkerMissing, filled
from tests.training import measured
from training import card

TRAINED_ON = {
    "corpus": measured.LABELS_DIGEST,
    "pages": 2515,
    "invented": 96,
    "boxes": 3100,
    "box_languages": 24,
    "seed": 7,
}


def rows(text: str) -> dict[str, list[str]]:
    """Return the Markdown tables' rows by their first cell."""
    cells = ([cell.strip() for cell in line.strip("| ").split("|")] for line in text.split("\n") if line[:1] == "|")
    return {row[0]: row[1:] for row in cells}


def test_the_card_says_what_was_trained_and_tested_on() -> None:
    text = card.card("1.2.3", measured.metrics(), TRAINED_ON)
    assert text.startswith("# begone's model 1.2.3\n")
    assert text.endswith("\n")
    assert "2,515 pages" in text
    assert "96 whole pages that we invented" in text
    assert "Seed 7, digest of the labels `5e5e5e5e5e5e5e5e`" in text
    assert "2,000 text units of 40 pages of 21 sites" in text
    assert "Expected calibration error of `score`: 0.0110" in text


def test_the_card_holds_both_heads() -> None:
    pages, _, text = card.card("1", measured.metrics(), TRAINED_ON).partition("## Text without structure")
    assert rows(pages)["balanced macro F1"] == ["0.9000", "0.8600 – 0.9400"]
    assert rows(text)["balanced macro F1"] == ["0.8000", "0.7600 – 0.8400"]
    assert rows(pages)["content hit rate (content called appeal or advert)"] == ["0.0040", "0.0020 – 0.0060"]


def test_the_card_holds_kinds_confusions_and_groups() -> None:
    text = card.card("1", measured.metrics(), TRAINED_ON)
    found = rows(text)
    assert found["appeal/donation"] == ["50", "80.0 %", "90.0 %"]
    assert found["appeal/adblock"] == ["0", "80.0 %", "–"]
    assert "92.0 % have the right kind; of content, 99.0 %" in text
    assert found["**navigation**"] == ["20", "3", "7", "1,170"]
    assert found["en"] == ["30", "0.910", "0.950", "0.850", "–"]
    assert found["article"] == ["25", "0.900", "–", "–", "0.700"]
    assert text.index("| en |") < text.index("| ? |")  # the largest group first


def test_the_card_holds_what_is_said_of_pages_as_a_whole() -> None:
    text = card.card("1", measured.metrics(), TRAINED_ON).partition("## Pages as a whole")[2]
    found = rows(text)
    assert found["kind right"] == ["90", "0.8600", "0.8200 – 0.9000"]
    assert found["gated pages found"] == ["12", "0.7500", "0.5500 – 0.9500"]
    assert found["false alarms on open pages"] == ["288", "0.0060", "0.0020 – 0.0100"]
    assert found["truncation right, where a wall was possible"] == ["0", "–", "–"]
    assert found["`forum`"] == ["30", "70.0 %", "–"]


def test_the_card_holds_the_contents_text_beside_another_tools() -> None:
    found = rows(card.card("1", measured.metrics(), TRAINED_ON).partition("## The content's text")[2])
    assert found["begone"] == ["1,143", "0.8600", "0.8200 – 0.9000", "0.800", "0.900", "3 of 40"]
    assert found["trafilatura, pages that show their text"][:2] == ["1,100", "0.8500"]
    assert found["forum"] == ["87", "0.760", "0.740"]
    assert "word F1 **0.860**" in card.short(measured.metrics())


def test_without_references_the_card_says_nothing_of_texts() -> None:
    metrics = measured.metrics() | {"texts": {}}
    assert "The content's text" not in card.card("1", metrics, TRAINED_ON)
    assert "word F1" not in card.short(metrics)


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    lines = card.card("1", measured.metrics(), TRAINED_ON).split("\n")
    tables = [block.split("\n") for block in "\n".join(lines).split("\n\n") if block.startswith("|")]
    assert len(tables) == 10
    for table in tables:
        assert len({line.count("|") for line in table}) == 1
        assert set(table[1]) == set("| -")


def test_a_figure_that_could_not_be_counted_has_no_row() -> None:
    figures = measured.metrics()["pages"]
    del figures["advert_precision"]
    found = rows("\n".join(card.table(figures)))
    assert "advert, balanced precision" not in found
    assert found["advert, balanced recall"] == ["0.9000", "0.8600 – 0.9400"]


def test_the_readme_gets_the_figures_in_short(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- figures:start -->\nold\n<!-- figures:end -->\nafter\n")
    card.fill_readme(measured.metrics(), readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    figures = filled(text, "figures")
    assert "old" not in figures
    assert rows(figures)["appeal"] == ["0.900", "0.900", "0.900", "0.800"]
    assert "Balanced macro F1 **0.900** (0.860 – 0.940), text only 0.800" in figures
    assert "0.4 % are called" in figures


def test_a_readme_without_a_place_for_figures_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing is marked\n")
    with pytest.raises(MarkerMissing):
        card.fill_readme(measured.metrics(), readme)
    assert readme.read_text() == "nothing is marked\n"


def test_the_card_lies_beside_the_model(tmp_path: Path) -> None:
    card.write(tmp_path, "1.2.3", measured.metrics(), TRAINED_ON)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == card.card("1.2.3", measured.metrics(), TRAINED_ON)
