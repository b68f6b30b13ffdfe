from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app import context, features, reasons, wording
from app.labeller import Labeller, Result
from app.labels import CLASSES, LABELS
from app.model import TEXT, Model, second_input
from app.network import ones, scaled
from app.reasons import Reason
from app.wishes import Override, Wishes
from tests import smallpage

PLEA = (
    '<body><nav class="main-nav"><a href="/news">news</a></nav><div class="story-body"><p>Bade fi golu ma.</p></div>'
    '<div class="support-box"><p>please donate</p><p>give thanks monthly</p></div></body>'
)


@pytest.fixture(scope="module")
def labeller(tiny_model: Path) -> Labeller:
    return Labeller(Model.load(tiny_model))


def explained(labeller: Labeller, result: Result) -> list[list[Reason]]:
    found = reasons.reasons(labeller.model, result)
    assert len(found) == len(result.blocks)
    return [each or [] for each in found]


def relabelled(result: Result, label: str) -> Result:
    return replace(result, blocks=[replace(block, label=label) for block in result.blocks])


def test_reasons_name_words_names_and_surroundings(labeller: Labeller) -> None:
    result = labeller.label_html(PLEA)
    both = [relabelled(result, label) for label in ("appeal", "content")]
    said = " ".join(one.reason for result in both for each in explained(labeller, result) for one in each)
    assert "the word “" in said
    assert "an enclosing element is <" in said
    assert "the page as a whole (all appeal)" in said


def test_reasons_are_few_and_the_weightiest_come_first(labeller: Labeller) -> None:
    for found in explained(labeller, labeller.label_html(smallpage.NEWS)):
        weights = [abs(one.weight) for one in found]
        assert 0 < len(found) <= reasons.MOST_REASONS
        assert weights == sorted(weights, reverse=True)
        assert len({one.reason for one in found}) == len(found)


def test_a_weight_is_what_the_label_loses_without_the_word(labeller: Labeller) -> None:
    """The word, its stem and its pairs are taken out of the features, and the model is asked again."""
    lines = ["bade fi golu ma ne", "sale offer discount buy mattress", "please donate support gift monthly", "wizo kra"]
    result = labeller.label_text("\n".join(lines))
    vocabulary, head = labeller.model.vocabulary, labeller.model.heads[TEXT]
    seen, less = (features.text_features(lines, vocabulary) for _ in range(2))
    (first,) = head.firsts
    second = second_input(seen, [first(seen, ones(seen.words, head.words), None)])
    own = seen.numbers.shape[1] + len(context.PLACE_COLUMNS)
    weighed = 0
    for row, found in enumerate(explained(labeller, result)):
        words = lines[row].split()
        label = LABELS.index(result.blocks[row].label)
        for one in found:
            if not one.reason.startswith("the word"):
                continue
            word = one.reason.split("“")[1].rstrip("”")
            gone = vocabulary.numbers("word", [word]) + vocabulary.numbers("stem", [word[:5]])
            gone += vocabulary.numbers("pair", [" ".join(pair) for pair in pairwise(words) if word in pair])
            less.words[row] = [number for number in seen.words[row] if number not in gone]
            changed = second.copy()
            scores = first(less, ones(less.words, head.words), None)
            changed[row, own : own + len(CLASSES)] = np.log(np.maximum(scores[row], 1e-4))
            before, after = (head.judge(scaled(head.rescaler, rows))[1][row, label] for rows in (second, changed))
            expected = np.log(before / (1 - before)) - np.log(after / (1 - after))
            assert one.weight == pytest.approx(expected, abs=0.02)
            weighed += 1
    assert weighed


def test_a_reason_against_the_label_has_a_negative_weight(labeller: Labeller) -> None:
    result = labeller.label_html(PLEA)
    ours = explained(labeller, relabelled(result, "appeal"))
    others = explained(labeller, relabelled(result, "content"))
    assert any(one.weight > 0 for one in ours[2])
    assert any(one.weight < 0 for one in others[2])


def test_appeals_and_adverts_are_explained_first(labeller: Labeller) -> None:
    result = labeller.label_html("<body class=x>" + "<p>word</p>" * (reasons.MOST_BLOCKS + 20))
    blocks = [replace(block, label="content") for block in result.blocks]
    blocks[-1] = replace(blocks[-1], label="advert")
    found = reasons.reasons(labeller.model, replace(result, blocks=blocks))
    assert found[-1] is not None
    assert sum(each is not None for each in found) == reasons.MOST_BLOCKS
    assert found[reasons.MOST_BLOCKS - 2] is not None
    assert found[reasons.MOST_BLOCKS - 1] is None


def test_a_bare_page_is_explained_as_text_and_its_pictures_are_not(labeller: Labeller) -> None:
    result = labeller.label_html("<p>please donate monthly</p><p><img src=a></p><p>bade fi</p>")
    found = reasons.reasons(labeller.model, result)
    assert [each is None for each in found] == [False, True, False]
    assert not any("link" in one.reason for each in found for one in each or ())


NOTICE = "<div role=dialog><p>Your privacy: we and our partners use cookies for these purposes.</p></div>"


@pytest.mark.parametrize(
    ("html", "label", "said"),
    [
        (NOTICE, "navigation", wording.NOTICE),
        (NOTICE.replace("</p>", "</p><p>Or pay $2 to go without tracking.</p>"), "appeal", wording.CHOICE),
        ("<aside><p>Sponsored by the bank</p></aside>", "advert", wording.CARD),
    ],
)
def test_a_label_that_comes_from_a_rule_names_it_first(labeller: Labeller, html: str, label: str, said: str) -> None:
    wishes = Wishes(overrides=(Override("aside", "advert"),))
    result = labeller.label_html(f"{PLEA}{html}", wishes=wishes)
    assert result.blocks[-1].label == label
    (last,) = explained(labeller, result)[-1:]
    assert last[0] == Reason(said, 20.0)
    assert len(last) <= reasons.MOST_REASONS


@pytest.mark.parametrize("html", ["", "<p> </p>"])
def test_a_page_without_blocks_has_no_reasons(labeller: Labeller, html: str) -> None:
    assert reasons.reasons(labeller.model, labeller.label_html(html)) == []
    assert reasons.reasons(labeller.model, labeller.label_text(html.strip("<p> /"))) == []
