import codecs

import pytest
import webencodings
from hypothesis import given, settings
from hypothesis import strategies as st
from webencodings.labels import LABELS

from app.dom import decode, encode, parse, utf8
from tests import strategies

GERMAN = "<p>Die Fähre fährt nicht mehr – „schade“, sagt die Kapitänin.</p>"
RUSSIAN = "<p>Паром между двумя островами сделал последний рейс в воскресенье вечером.</p>\n"
JAPANESE = (
    "<p>二つの島を結ぶ古い渡し船は、日曜の夕方に最後の航海をした。乗客は四十人ほどで、岸では楽隊が演奏していた。</p>\n"
    "<p>船長さんは二十六年間この船を操ってきた。霧が一番恋しいという。橋の建設は一九九八年の冬から議論されていた。</p>\n"
)


def test_utf8_needs_no_declaration() -> None:
    assert decode(GERMAN.encode()) == GERMAN
    assert decode(b"") == ""


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_comes_before_every_other_word(mark: bytes, encoding: str) -> None:
    page = f"<meta charset=koi8-r>{GERMAN}"
    assert decode(mark + page.encode(encoding), "windows-1251") == page


def test_the_headers_charset_comes_before_the_pages_own() -> None:
    page = f"<meta charset=utf-8>{GERMAN}"
    assert decode(page.encode("windows-1252"), "windows-1252") == page


@pytest.mark.parametrize(
    "meta",
    [
        "<meta charset=windows-1251>",
        "<META CHARSET = 'Windows-1251'/>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        "<!-- <meta charset=utf-8> --><meta charset=cp1251>",
        f"<!--{'x' * 4_000}-->\n<title>{'x' * 3_000}</title><meta charset=windows-1251>",
    ],
)
def test_the_pages_own_word_is_read_where_a_browser_reads_it(meta: str) -> None:
    page = meta + RUSSIAN
    assert decode(page.encode("windows-1251")) == page


def test_labels_mean_what_browsers_mean_by_them() -> None:
    for label in ("iso-8859-1", "ISO-8859-1", "latin1", "us-ascii", " windows-1252 "):
        assert decode(GERMAN.encode("windows-1252"), label) == GERMAN
    assert decode("<p>€</p>".encode("cp932", "replace") + b"\x87\x40", "shift_jis").endswith("①")


@pytest.mark.parametrize("label", ["utf-7", "klingon", "", "\x00", "ütf-8", "\ud800"])
def test_an_unknown_label_counts_as_none(label: str) -> None:
    assert decode(GERMAN.encode(), label) == GERMAN
    page = f"<meta charset=windows-1251>{RUSSIAN}"
    assert decode(page.encode("windows-1251"), label) == page


def test_a_meta_that_could_be_read_cannot_be_utf16() -> None:
    page = f"<meta charset=utf-16>{GERMAN}"
    assert decode(page.encode()) == page


def test_bytes_that_do_not_fit_become_replacement_characters() -> None:
    assert decode(b"<p>caf\xe9</p>", "utf-8") == "<p>caf\ufffd</p>"


@pytest.mark.parametrize(
    ("page", "encoding"),
    [(RUSSIAN, "windows-1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "shift_jis"), (JAPANESE, "euc-jp"), (GERMAN, "cp1252")],
)
def test_an_undeclared_encoding_is_detected(page: str, encoding: str) -> None:
    assert decode((page * 4).encode(encoding)) == page * 4


@pytest.mark.parametrize("shift", range(4))
def test_detection_is_not_confused_by_where_its_sample_ends(shift: int) -> None:
    page = "x" * shift + JAPANESE * 600
    assert len(page.encode("shift_jis")) > 32_768
    assert decode(page.encode("shift_jis")) == page


def test_characters_that_only_a_vendor_added_do_not_defeat_detection() -> None:
    page = JAPANESE.replace("四十人", "①")
    assert decode(page.encode("cp932")) == page
    korean = "<p>두 섬 사이의 오래된 나룻배가 일요일 저녁 마지막 항해를 했다. 승객은 마흔 명쯤이었다. 똠방각하</p>"
    assert decode(korean.encode("cp949")) == korean


def test_what_cannot_be_detected_is_western() -> None:
    assert decode(b"<p>\x93caf\xe9\x94 \x81</p>") == "<p>“café” \ufffd</p>"


def test_detection_looks_where_the_text_is() -> None:
    page = f"<script>{'var x = 1;' * 10_000}</script>{RUSSIAN * 20}"
    assert decode(page.encode("windows-1251")) == page


def test_a_page_that_is_cut_off_within_a_character_keeps_its_encoding() -> None:
    assert decode(RUSSIAN.encode() + b"\xd0") == RUSSIAN + "\ufffd"


def test_one_broken_byte_does_not_turn_a_long_utf8_page_into_another_encoding() -> None:
    body = (RUSSIAN * 2_000).encode()
    assert decode(body + b"\xff" + body) == RUSSIAN * 2_000 + "\ufffd" + RUSSIAN * 2_000


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), strategies.PAGES.map(lambda page: page.encode("utf-8", "surrogatepass"))),
    st.none() | st.sampled_from(sorted(LABELS)) | st.text(st.characters(), max_size=12),
)
def test_decoding_never_fails_and_the_parsers_bytes_say_the_same(body: bytes, charset: str | None) -> None:
    page = decode(body, charset)
    assert utf8(body, charset) == encode(page)
    parse(page)


@settings(deadline=None)
@given(st.sampled_from(["utf-8", "windows-1252", "koi8-r", "shift_jis", "euc-kr", "gb18030", "big5"]), strategies.PAGES)
def test_what_an_encoding_can_say_is_read_back(label: str, page: str) -> None:
    encoding = webencodings.lookup(label)
    assert encoding is not None
    said = encoding.codec_info.encode(page, "ignore")[0]
    if said[:2] not in (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE) and said[:3] != codecs.BOM_UTF8:
        assert decode(said, label) == encoding.codec_info.decode(said, "strict")[0]


def test_scripting_is_on_so_that_a_pixel_in_the_head_opens_no_body() -> None:
    tree = parse("<head><noscript><img src=pixel></noscript><meta name=late></head><p>text")
    assert [node.tag for node in tree.css("head > *")] == ["noscript", "meta"]
    assert [node.tag for node in tree.css("body > *")] == ["p"]


@pytest.mark.parametrize("marks", [2, 3])
def test_the_parsers_bytes_are_without_marks_as_the_text_is(marks: int) -> None:
    body = codecs.BOM_UTF8 * marks + b"<p>caf\xc3\xa9"
    assert utf8(body) == encode(decode(body))


def test_lone_surrogates_become_replacement_characters() -> None:
    tree = parse("<p title='\ud83d'>a\udc00b😀</p>")
    paragraph = tree.css_first("p")
    assert paragraph is not None
    assert (paragraph.text(), paragraph.attributes) == ("a\ufffdb😀", {"title": "\ufffd"})
