import unicodedata
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from app import concepts
from app.concepts import CONCEPTS, concepts_of
from app.text import split_words

WORDS = Path(concepts.__file__).with_name("concepts.txt").read_text(encoding="utf-8")


def entries() -> Iterator[tuple[str, str]]:
    """Concept and entry, as written."""
    concept = ""
    for line in WORDS.splitlines():
        if line.startswith("["):
            concept = line.strip("[]")
        else:
            yield from ((concept, entry) for entry in line.split())


def meant(word: str) -> set[str]:
    return {CONCEPTS[number] for number in concepts_of(word)}


def test_every_concept_has_a_name_of_its_own_and_words_of_many_languages() -> None:
    assert len(set(CONCEPTS)) == len(CONCEPTS)
    listed = {concept: list(found) for concept, found in groupby(entries(), key=lambda entry: entry[0])}
    assert tuple(listed) == CONCEPTS
    assert min(map(len, listed.values())) > 30


def test_a_whole_word_is_matched_as_a_whole_and_a_stem_by_what_begins_with_it() -> None:
    assert meant("emails") == {"email"}
    assert meant("emailsx") == meant("emailss") == set()
    assert meant("newsletter") == meant("newsletters") == meant("newsletterabo") == {"newsletter"}
    assert meant("newslette") == set()


def test_a_word_may_stand_for_several_concepts_and_most_stand_for_none() -> None:
    assert meant("promoted") == {"offer", "sponsor"}
    assert concepts_of("promoted") == tuple(sorted(concepts_of("promoted")))
    assert concepts_of("") == concepts_of("ferry") == concepts_of("0000") == ()


@pytest.mark.parametrize(
    ("given_text", "concept"),
    [
        ("Abonnez-vous", "subscribe"),
        ("Оформите подписку", "subscribe"),
        ("ABONE OL", "subscribe"),
        ("Εγγραφείτε", "subscribe"),
        ("無料で購読する", "subscribe"),
        ("구독하기", "subscribe"),
        ("सदस्यता लें", "subscribe"),
        ("اشترك الآن", "subscribe"),
        ("Wesprzyj nas", "donate"),
        ("Spendenkonto", "donate"),
        ("לתרומה: תרומות", "donate"),
        ("โฆษณา", "advert"),
        ("Werbung", "advert"),
        ("विज्ञापन", "advert"),
    ],
)
def test_texts_of_many_languages_hold_words_of_the_concept(given_text: str, concept: str) -> None:
    assert concept in set().union(*map(meant, split_words(given_text)))


def test_every_entry_is_a_word_as_texts_are_split_into() -> None:
    """Another could never be found: `split_words` makes the words that are looked up."""
    assert not {entry: made for _, entry in entries() if (made := split_words(stem(entry))) != [stem(entry)]}


def test_every_entry_stands_for_its_concept() -> None:
    assert not [(concept, entry) for concept, entry in entries() if concept not in meant(stem(entry))]
    assert not [
        (concept, entry) for concept, entry in entries() if entry[-1] == "*" and concept not in meant(f"{stem(entry)}x")
    ]


def test_no_entry_is_listed_twice_and_stems_are_long_enough_to_tell_something() -> None:
    listed = list(entries())
    assert len(set(listed)) == len(listed)
    assert min(len(entry) for _, entry in listed if entry[-1] == "*") > 3  # three letters and the asterisk


def test_every_entry_is_in_one_script_as_people_write_it() -> None:
    """A letter of another script that only looks alike is on no page."""
    together = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}
    for _, entry in entries():
        scripts = {unicodedata.name(each).split()[0] for each in stem(entry)}
        assert len(scripts) == 1 or scripts <= together, (entry, scripts)
        assert unicodedata.normalize("NFC", entry) == unicodedata.normalize("NFC", entry.lower()), entry


ORDINARY = (
    "a about acceptance accident across act admiral adult after aide air all along also although always amount and"
    " angry another answer any apart appeal appear apple area arm army around arrive art as ask at attack away back"
    " bad ball bank be beautiful because bed before began behind believe best better between big bird black blood"
    " blue board body book both boy bridge bring brother build but by call came can capital car card carry case"
    " castle cat catch cause central centre century chair change child church city clear climb clock close cloud"
    " coast cold come commander common company complete condition contain content contents contest context continue"
    " cool corner cost could country course court cover create cross cup cut dark daughter day dead death decide"
    " deep did die dig dinner discover distance do doctor does dog door down draw dream dress drive drop dry during"
    " each ear early earth east eat edge egg eight either end enemy engine enough enter even evening event ever"
    " every example eye face fact fall family far farm father feel few field fight figure fill film find fine fire"
    " first fish five floor fly food foot for force foreign forest form former found four friend from front fruit"
    " full game garden gas gave general get girl give glass go god gold good government grand grass great green"
    " ground group grow guard had hair half hand happen harbour hard has have he head hear heart heat heavy her here"
    " high hill him his history hold hole home hope horse hospital hot hour house how human hundred husband i ice"
    " idea if in include industry inside interest into iron island issue it its just keep kill kind king kitchen"
    " knee knew know lady lake land language large last late law lawyer lay lead learn leave leer left leg less"
    " letter level lie life light like line list little live local long look lost lot love low machine made main"
    " major make man many map mark market master material may me mean measure meet memory mere message metal middle"
    " might mile milk mind mine minister mother mountain mouth move much music must my name narrow nation nature"
    " near neck need neither never new news night no noise none nor north nose not note nothing now number object of"
    " off office often oil old on once one only open or orange order other out over own pain paint pair paper"
    " parliament part particular party pass past path pattern peace people perhaps person picture piece place plain"
    " plan plant play point police political poor position possible power president press pressure pretty prime"
    " prince princess prison private prize probe problem produce proper prose prove province public pull push put"
    " question quick quiet quite race rain raise ran rather reach read ready real red region religion remember"
    " report reserve rest result rice rich ride right ring rise river road rock roll roof room round rule run safe"
    " said salt same sand save saw say school science sea season seat second see seem send sense series serious"
    " serve set seven several shall sharp she ship shirt shoe short should shoulder show side silence silver simple"
    " since sing sister sit six size skin sky sleep slow small smoke snow so social society soft soldier some son"
    " song soon sound south space speak special spend spring square stage stand star state station stay step stick"
    " still stone stop storm story strange street strong such sudden sugar summer sun sure surface sweet table tack"
    " tail take talk tall tank tea teacher tell ten than that the their them then there these they thing think third"
    " this those though thought thousand three through time tired to together told tomorrow ton tongue too took"
    " tooth top town tree trouble true trust try turn two type uncle under union until up upon usual valley very"
    " victory view village visit voice wait walk wall war warm was wash watch water way weather weight well went"
    " were west wet what wheel when where which while white who whole whose why wide wife wild will win wind window"
    " winter wish with without woman wonder wood word work world would write wrong yard year yellow yes yesterday"
    " yet young"
).split()
"""English words that are everywhere and ask for nothing."""

FRIENDS = {"aide", "commander", "dig", "leer", "mere", "probe", "tack", "ton"}
"""Of these, words that another language spells alike and means something else by; they are put up with."""


def test_hardly_an_ordinary_english_word_stands_for_anything() -> None:
    assert {word for word in ORDINARY if meant(word)} == FRIENDS


def stem(entry: str) -> str:
    return entry.removesuffix("*")
