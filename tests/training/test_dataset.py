import numpy as np
import pytest

from app import pagewide, text
from app.features import NUMBERS
from app.network import NAME_LEVELS
from app.vocabulary import Vocabulary
from tests.training.conftest import Make
from training import dataset
from training.corpus import CLASS_OF, UNKNOWN, Example
from training.dataset import Dataset, weigh

MAIN, PLEA, NAVIGATION = CLASS_OF["content", "main"], CLASS_OF["appeal", "donation"], CLASS_OF["navigation", None]


def test_a_matrix_has_a_one_at_every_listed_column() -> None:
    matrix = dataset.ones([[0, 2], [], [1]], 4)
    assert matrix.toarray().tolist() == [[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0]]
    assert matrix.dtype == np.float32


def test_rows_follow_the_pages_blocks(data: Dataset, examples: list[Example]) -> None:
    count = sum(len(example.page.blocks) for example in examples)
    assert data.classes.shape == data.pages.shape == data.texts.shape == data.weights.shape == (count,)
    assert data.numbers.shape == (count, len(NUMBERS))
    assert data.words.shape[0] == data.names.shape[0] == count
    assert data.names.shape[1] % len(NAME_LEVELS) == 0
    assert data.starts[0] == 0
    assert data.starts[-1] == count
    for number, example in enumerate(examples):
        rows = slice(data.starts[number], data.starts[number + 1])
        assert (data.pages[rows] == number).all()
        assert data.classes[rows].tolist() == example.classes.tolist()
        assert data.chars[rows].tolist() == [len(block.text) for block in example.page.blocks]
    assert (data.texts == (data.chars > 0)).all()


def test_a_word_must_stand_on_pages_of_several_sites_to_be_known(make: Make) -> None:
    examples = [
        make(f"<p class=box>everywhere {'once' if number == 0 else ''}</p>", MAIN, site=f"{number}.test")
        for number in range(12)
    ]
    examples += [make("<p class=mine>here often</p>", MAIN, site="0.test", name=f"{at}") for at in range(12)]
    grown = Vocabulary(growing=True)
    described = dataset.collect(examples, grown)
    known = dataset.known_words(examples, described, grown)
    words = set(known.entries())
    assert {("word", "everywhere"), ("stem", "every"), ("name", "box"), ("name", "<p")} <= words
    assert not words & {("word", "once"), ("word", "often"), ("pair", "here often"), ("name", "mine")}
    assert not known.growing


def test_translating_keeps_what_is_known_and_drops_the_rest(make: Make) -> None:
    example = make("<p class='box mine'>tea milk</p>", MAIN)
    grown = Vocabulary(growing=True)
    (seen,) = dataset.collect([example], grown)
    known = Vocabulary([("word", "milk"), ("name", "box")])
    dataset.translate([seen], grown, known)
    assert seen.words == [[0]]
    assert [row for row in seen.names.values() if row] == [[0]]
    (again,) = dataset.collect([example], known)
    assert (again.words, again.names) == (seen.words, seen.names)


def test_names_of_some_pages_are_left_out_as_if_they_were_hashed(examples: list[Example]) -> None:
    grown = Vocabulary(growing=True)
    described = dataset.collect(examples, grown)
    told = dataset.build(examples, described, grown, markup=True)
    hidden = dataset.build(examples, described, grown, markup=True, anonymous=1.0)
    some = dataset.build(examples, described, grown, markup=True, anonymous=0.5)
    assert (dataset.build(examples, described, grown, markup=True, anonymous=0.5).names != some.names).nnz == 0
    assert hidden.names.nnz < some.names.nnz < told.names.nnz
    plain = [number for word, number in grown.index["name"].items() if word[0] in "<@"]
    left = np.unique(hidden.names.indices % grown.names)
    assert set(left.tolist()) <= set(plain)
    assert (hidden.words != told.words).nnz == 0


def test_names_stand_in_the_columns_of_their_level(make: Make) -> None:
    example = make("<main><ul><li>a <b>c</b></li></ul></main>", MAIN)
    known = Vocabulary([("name", f"<{tag}") for tag in ("html", "body", "main", "ul", "li", "b")])
    data = dataset.build([example], dataset.collect([example], known), known, markup=True)
    row = data.names.toarray().reshape(len(NAME_LEVELS), known.names)
    found = {level: {"html body main ul li b".split()[at] for at in np.flatnonzero(row[number])}
             for number, level in enumerate(NAME_LEVELS)}  # fmt: skip
    assert found == {
        "own": {"li"}, "parent": {"ul"}, "grandparent": {"main"}, "above": {"body", "html"}, "inner": {"b"},
    }  # fmt: skip


def test_without_markup_a_page_is_its_words_addresses_included_and_the_numbers_of_a_text(make: Make) -> None:
    example = make("<main class=box><h1>tea</h1><p>milk <a href=/gift>more</a></p></main>", MAIN, MAIN)
    known = Vocabulary(growing=True)
    described = dataset.collect([example], known)
    page = dataset.build([example], described, known, markup=True)
    plain = dataset.build([example], described, known, markup=False)
    assert (plain.words != page.words).nnz == 0
    assert plain.words.toarray()[1, known.index["link"]["gift"]] == 1
    np.testing.assert_array_equal(plain.numbers, page.numbers[:, : len(text.COLUMNS)])
    assert plain.names.shape == (2, 0)
    assert (plain.classes == page.classes).all()
    np.testing.assert_array_equal(plain.weights, page.weights)


def test_pages_and_lines_of_text_are_rows_of_one_matrix(examples: list[Example]) -> None:
    known = Vocabulary(growing=True)
    described = dataset.collect(examples, known)
    reader, read = dataset.text_examples(examples, known, reader=3)
    both = dataset.build([*examples, *reader], [*described, *read], known, markup=False)
    count = sum(len(one.classes) for one in examples)
    alone = dataset.build(examples, described, known, markup=False)
    assert len(both.classes) == count + sum(len(one.classes) for one in reader)
    np.testing.assert_array_equal(both.numbers[:count], alone.numbers)
    assert (both.words[:count] != alone.words).nnz == 0
    assert both.pages[-1] == len(examples) + len(reader) - 1


def test_text_examples_are_the_pages_lines(examples: list[Example], make: Make) -> None:
    vocabulary = Vocabulary(growing=True)
    lines, described = dataset.text_examples(examples, vocabulary)
    assert [one.id for one in lines] == [one.id for one in examples]
    for line, example, seen in zip(lines, examples, described, strict=True):
        shown = [bool(block.text) for block in example.page.blocks]
        assert line.classes.tolist() == example.classes[shown].tolist()
        assert seen.numbers.shape == (sum(shown), len(text.COLUMNS))
        assert line.how == example.how
    data = dataset.build(lines, described, vocabulary, markup=False)
    assert data.names.shape == (len(data.classes), 0)
    assert data.texts.all()
    assert dataset.text_examples([make("<p><img></p>", MAIN)], vocabulary) == ([], [])


def test_a_readers_lines_are_fewer_never_tested_on_and_the_same_for_a_seed(examples: list[Example]) -> None:
    vocabulary = Vocabulary(growing=True)
    lines, _ = dataset.text_examples(examples, vocabulary)
    reader, described = dataset.text_examples(examples, vocabulary, reader=3)
    again, _ = dataset.text_examples(examples, vocabulary, reader=3)
    assert [one.classes.tolist() for one in reader] == [one.classes.tolist() for one in again]
    assert sum(len(one.classes) for one in reader) < sum(len(one.classes) for one in lines)
    assert all(len(one.classes) == len(seen.words) for one, seen in zip(reader, described, strict=True))
    assert not any(one.full for one in reader)


def test_of_pages_cut_down_some_have_lost_their_head_and_none_of_the_whole_ones(examples: list[Example]) -> None:
    vocabulary = Vocabulary(growing=True)
    whole = dataset.collect(examples, vocabulary)
    cut, described = dataset.thinned_examples(examples, vocabulary, {}, seed=0)
    again, _ = dataset.thinned_examples(examples, vocabulary, {}, seed=0)
    declared = [bool(seen.page[pagewide.COLUMNS.index("address_address")]) for seen in described]
    assert 0.2 < np.mean(declared) < 0.8
    assert declared == [each.declared.address is not None for each in again]
    assert len(cut) == len(described)
    assert all(seen.page[pagewide.COLUMNS.index("address_address")] for seen in whole)


def weights(classes: list[int], texts: list[bool] | None = None, pages: list[int] | None = None) -> list[float]:
    count = len(classes)
    found = weigh(np.array(classes), np.array(texts or [True] * count), np.array(pages or [0] * count), 0)
    assert found[found > 0].mean() == pytest.approx(1)
    result: list[float] = found.tolist()
    return result


def test_alike_blocks_of_a_page_share_the_square_root_of_their_number() -> None:
    one, *four = weights([PLEA, MAIN, MAIN, MAIN, MAIN])
    assert one == pytest.approx(2 * four[0])
    assert len(set(four)) == 1
    assert len(set(weights([MAIN] * 4, pages=[0, 1, 2, 3]))) == 1


def test_blocks_without_text_count_half_and_unlabelled_ones_nothing() -> None:
    shown, empty, unknown = weights([MAIN, MAIN, UNKNOWN], [True, False, True])
    assert shown == pytest.approx(2 * empty)
    assert unknown == 0


def test_unlabelled_blocks_take_nothing_from_the_weight_of_others() -> None:
    main, plea, *_ = weights([MAIN, PLEA, UNKNOWN, UNKNOWN, UNKNOWN])
    assert main == pytest.approx(plea)


def test_of_a_long_menu_some_rows_stand_for_all() -> None:
    found = np.array(weights([NAVIGATION] * 100 + [MAIN]))
    menu, story = found[:100], found[100]
    assert 0 < (menu > 0).sum() < 100
    assert menu.sum() == pytest.approx(np.sqrt(100) * story, rel=1e-6)
    assert (np.array(weights([MAIN] * 100)) > 0).all()
    assert (np.array(weights([NAVIGATION] * 100, pages=list(range(100)))) > 0).all()
