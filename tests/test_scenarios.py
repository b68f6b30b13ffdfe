"""What each scenario of the project's user research asks for, no more and no less, posted over HTTP; all of it holds.

The pages show more than that, and `test_pages.py` counts what of it comes back otherwise. Scenario 25 is hostile input:
`test_hostile.py`, `test_hostile_clients.py`, `test_growth.py`.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests import pages, posting
from tests.pages import Accepted, Page
from tests.posting import Answers


@dataclass(frozen=True, slots=True)
class Asked:
    """What a scenario asks of one page.

    Of the blocks whose only accepted label is one of `labels` (`appeal/donation` asks for the kind too) each must have
    it; after a space, only those whose selector or text holds what stands there. `facts` are members of the answer's
    `page`.
    """

    page: str
    labels: tuple[str, ...]
    facts: tuple[tuple[str, Any], ...] = ()


OPEN = (("gate", "none"), ("truncated", "no"))

SCENARIOS = {
    1: [Asked("s01_en_newsletter_midtext", ("content", "appeal/newsletter", "navigation"))],
    2: [Asked("s02_en_support_essay", ("content", "appeal/donation sp-island"))],
    3: [
        Asked(
            "s03_de_plus_preisbox",
            ("content", "appeal/subscription"),
            (("gate", "subscription"), ("truncated", "yes")),
        )
    ],
    4: [Asked("s04_en_class_paywall", ("content",), OPEN)],
    5: [Asked("s05_en_already_subscriber", ("content", "appeal/subscription"), OPEN)],
    6: [Asked("s06_fr_abonne_connecte", ("content",), (*OPEN, ("declared_free", False)))],
    7: [Asked("s07_de_pur_abo_wand", ("content", "appeal/subscription"), (("gate", "consent"),))],
    8: [
        Asked("s08a_nl_cookiebalk", ("content", "navigation body:nth-child(2) > div:nth-child(1)")),
        Asked("s08b_nb_informasjonskapsler", ("content", "navigation body:nth-child(2) > div:nth-child(1)")),
        Asked("s08c_fr_recette_cookies", ("content", "navigation body:nth-child(2) > div:nth-child(1)")),
    ],
    9: [
        Asked(
            "s09_it_muro_consenso",
            ("appeal/subscription",),
            (("kind", "consent_wall"), ("warnings", ["no_article"])),
        )
    ],
    10: [Asked("s10_en_about_paywalls", ("content",))],
    11: [Asked("s11_sv_mediekronika_citat", ("content",))],
    12: [Asked("s12_en_charity_donation", ("content", "appeal/donation"), (("kind", "appeal_page"),))],
    13: [Asked("s13_en_plans_page", ("content", "navigation"), (("kind", "appeal_page"),))],
    14: [
        Asked("s14a_en_advertorial", ("content", "advert"), (("sponsored", True),)),
        Asked("s14b_de_partnerkarte", ("content", "advert")),
    ],
    15: [
        Asked("s15a_es_publicidad", ("content", "advert")),
        Asked("s15b_pt_publicidade", ("content", "advert")),
        Asked("s15c_de_anzeige_erstatten", ("content", "advert")),
    ],
    16: [Asked("s16_en_affiliate_review", ("content", "advert"))],
    17: [Asked("s17_en_blog_bio", ("content/main", "content/comment", "appeal/newsletter"))],
    18: [Asked("s18_en_forum", ("content", "advert", "appeal/registration", "navigation"))],
    19: [
        Asked(
            "s19_en_wiki",
            (
                "content",
                "appeal/donation",
                "navigation [edit]",
                "navigation div:nth-child(3) > div:nth-child(1) > ul:nth-child(6)",
            ),
        )
    ],
    20: [
        Asked("s20a_en_docs_page", ("content", "navigation")),
        Asked("s20b_en_docs_landing", ("content", "navigation")),
    ],
    21: [Asked("s21_en_liveblog", ("content", "appeal/newsletter", "advert"))],
    22: [
        Asked("s22_fr_accueil", ("content article", "advert article"), (("kind", "listing"), ("truncated", "unknown")))
    ],
    23: [Asked("s23a_en_plain_old", ("content",)), Asked("s23b_zh_table_old", ("content",))],
    24: [
        Asked(name, ("content", "appeal"))
        for name in (
            "s24a_ja_shift_jis",
            "s24b_zh_gb18030",
            "s24c_ru_windows1251",
            "s24d_ar_misdeclared",
            "s24e_hi_news",
        )
    ],
}
ALL = [pytest.param(asked, id=f"{number} {asked.page}") for number, each in SCENARIOS.items() for asked in each]


@pytest.fixture(scope="module")
def answers() -> Answers:
    named = {asked.page for each in SCENARIOS.values() for asked in each}
    return posting.post_all([page for page in pages.load() if page.name in named], {})


PAGES = {page.name: page for page in pages.load()}


def wrong(page: Page, blocks: list[dict[str, Any]], wanted: str) -> list[str]:
    """The blocks that are asked to have a label, and have another; AssertionError where none is asked."""
    label, _, where = wanted.partition(" ")
    accepted = Accepted.parse(label)
    asked = []
    for block in blocks:
        expected = page.accepted(block["selector"])
        if expected is None or len(expected.labels) != 1 or not accepted.labels >= expected.labels:
            continue
        if accepted.kinds and not accepted.kinds >= expected.kinds:
            continue
        if where in block["selector"] or where in block["text"]:
            asked.append(block)
    assert asked
    return [
        f"{block['label']}/{block['kind']} {block['score']}: {block['text'][:70]!r} {block['selector'][-60:]}"
        for block in asked
        if not accepted.takes(block["label"]) or not accepted.takes_kind(block["label"], block["kind"])
    ]


@pytest.mark.parametrize("asked", ALL)
def test_every_block_that_a_scenario_asks_for_has_its_label(asked: Asked, answers: Answers) -> None:
    page, blocks = PAGES[asked.page], answers.pages[asked.page]
    assert [(wanted, miss) for wanted in asked.labels for miss in wrong(page, blocks, wanted)] == []


@pytest.mark.parametrize("asked", ALL)
def test_the_page_as_a_whole_is_what_the_scenario_says(asked: Asked, answers: Answers) -> None:
    said = answers.facts[asked.page]
    found = {**said, "gate": said["gate"]["kind"]}
    assert {name: found[name] for name, _ in asked.facts} == dict(asked.facts)


def test_all_scenarios_are_here_but_the_hostile_one() -> None:
    assert set(SCENARIOS) == set(range(1, 25))


def test_the_evidence_of_the_price_box_is_the_price_box(answers: Answers) -> None:  # scenario 3
    name = "s03_de_plus_preisbox"
    shown = [each["index"] for each in answers.facts[name]["gate"]["evidence"] if each["source"] == "block"]
    assert shown
    assert {answers.pages[name][at]["label"] for at in shown} == {"appeal"}


def test_a_hidden_template_is_no_evidence(answers: Answers) -> None:  # scenario 4
    assert not answers.facts["s04_en_class_paywall"]["gate"]["evidence"]


def test_a_consent_page_has_no_content(answers: Answers) -> None:  # scenario 9
    assert "content" not in {block["label"] for block in answers.pages["s09_it_muro_consenso"] if block["text"]}


def test_what_the_wall_leaves_behind_is_listed(answers: Answers) -> None:  # scenario 7
    fixes = answers.whole["s07_de_pur_abo_wand"]["fixes"]
    assert fixes["scroll_lock"]
    assert fixes["backdrop"]
