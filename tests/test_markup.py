import re
from math import isfinite, log1p

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import blocks, dom, links, markup
from app.links import link_words, site
from app.vocabulary import Vocabulary
from tests import strategies

HOST = "paper.test"


def rows(html: str, url: str | None = f"https://{HOST}/") -> list[dict[str, float]]:
    return [row for row, _ in described(html, url)]


def described(html: str, url: str | None = f"https://{HOST}/") -> list[tuple[dict[str, float], set[str]]]:
    """Each block's numbers by name, and the words in its addresses."""
    page = blocks.split(dom.parse(html), url=url)
    vocabulary = Vocabulary(growing=True)
    made = markup.block_rows(page, vocabulary)
    numbers = made.words
    words = list(vocabulary.index["link"])
    # Every word that was looked up stands in some row, but for those that say where a form leads.
    forms = {
        attributes.get("action") or "" for tag, attributes in zip(page.tags, page.attrs, strict=True) if tag == "form"
    }
    of_forms = {word for action in forms for word in link_words(action, page.head.host)[1]}
    found = {words[number] for row in numbers for number in row}
    assert found <= set(words) <= found | of_forms
    return [
        (dict(zip(markup.COLUMNS, row, strict=True)), {words[number] for number in found})
        for row, found in zip(made.numbers.tolist(), numbers, strict=True)
    ]


@pytest.mark.parametrize(
    ("address", "where", "words"),
    [
        ("", "none", ["=none"]),
        ("   ", "none", ["=none"]),
        ("#top", "here", ["=here"]),
        ("mailto:a@b.test", "mail", ["=mailto"]),
        ("TEL:+1234", "mail", ["=tel"]),
        ("javascript:void(0)", "script", ["=javascript"]),
        ("/news/a-story-1234.html?utm_source=x&id=2", "in", ["=in", "news", "story", "html", "?utm_source", "?id"]),
        ("https://paper.test/news", "in", ["=in", "news"]),
        ("https://www.paper.test/news", "in", ["=in", "news"]),
        ("//shop.paper.test/gift", "in", ["=sub", "shop.", "paper.", "test.", "gift"]),
        ("https://tracker.example/c", "out", ["=out", "tracker.", "example."]),
        ("HTTPS://Tracker.Example/", "out", ["=out", "tracker.", "example."]),
        ("http://[broken/", "none", ["=broken"]),
    ],
)
def test_where_a_link_leads(address: str, where: str, words: list[str]) -> None:
    assert link_words(address, HOST) == (where, words)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "https:,HTTP:,x:,//,/,?,#,&,=,[,],:,@,\\,www.,paper.test,shop.,news,a-b_c,é,%20, ,\t,\x00,\x7f".split(",")
        )
    ).map("".join)
)
@example("https://a[b/c")
@example("//\u2100.test/news")
def test_the_fast_reading_of_an_address_is_the_slow_one(address: str) -> None:
    fast = link_words(address, HOST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "_ADDRESS", re.compile(r"(?!)"))
        assert link_words(address, HOST) == fast


def test_without_the_pages_host_an_absolute_link_may_be_an_inner_one() -> None:
    assert link_words("https://paper.test/news", None) == ("in", ["=absolute", "paper.", "test.", "news"])


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("paper.test", "paper.test"),
        ("shop.paper.test", "paper.test"),
        ("www.paper.co.uk", "paper.co.uk"),
        ("a.b.paper.com.au", "paper.com.au"),
        ("localhost", "localhost"),
    ],
)
def test_sites(host: str, name: str) -> None:
    assert site(host) == name


def test_links_of_a_run() -> None:
    (row,) = rows(
        "<p>To <a href=/a>one</a>, <a href=https://other.test/>two</a>, <a href=#x>three</a>, "
        "<a href=mailto:a@b.test>four</a> and <a name=y>five</a></p>"
    )
    assert row["links"] == pytest.approx(log1p(4))
    assert row["links_out"] == row["links_here"] == 0.25
    assert row["links_mail"] == 1
    assert row["link_density"] == pytest.approx(15 / 33)


def test_a_link_counts_for_the_elements_in_it() -> None:
    row, words = described("<p><a href=/deep/down><b>bold</b></a></p>")[0]
    assert row["link_density"] == 1
    assert {"deep", "down"} <= words


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ("<p><a href=/>a <b>b</b> c <i>d</i><img></a></p>", 1),
        ("<p><a href=/><img></a><a href=/><img> text</a></p>", 2),
        ("<p><a href=/a>same</a> and <a href=/a>again</a></p>", 2),
        ("<p><a>a</a> <a name=x><b>b</b></a></p>", 0),
    ],
)
def test_a_link_is_counted_once_whatever_is_in_it(html: str, links: int) -> None:
    (row,) = rows(html)
    assert row["links"] == pytest.approx(log1p(links))


def test_a_link_around_blocks_is_one_of_each_of_them() -> None:
    html = "<a href=https://other.test/deep><div><h2>head</h2><p>text <b>bold</b></p></div></a><p>none</p>"
    (head, head_words), (text, text_words), (none, none_words) = described(html)
    for row, words in ((head, head_words), (text, text_words)):
        assert row["links"] == pytest.approx(log1p(1))
        assert row["links_out"] == row["link_density"] == 1
        assert {"=out", "other.", "deep"} <= words
    assert none["links"] == 0
    assert none_words == set()


def test_a_sponsored_link_around_a_block_is_told() -> None:
    (row,) = rows("<a rel=sponsored href=/shop><p>text</p></a>")
    assert row["sponsored"] == 1


def test_the_words_of_the_first_links_and_images_are_taken() -> None:
    html = "<p><a href=/first/>a</a><a href=/second/>b</a><img src=https://cdn.test/third.jpg></p>"
    _, words = described(html)[0]
    assert {"=in", "first", "second", "^=out", "^cdn.", "^third", "^jpg"} <= words


def test_a_sponsored_link_an_image_a_field_and_a_button() -> None:
    html = (
        "<p><a rel='nofollow sponsored' href=https://x.test>a</a></p><p><img width=300></p>"
        "<form><input type=email><select><option>x</select><button>Go</button></form><p>plain</p>"
    )
    link, image, form, plain = rows(html)
    assert link["sponsored"] == 1
    assert image["images"] == pytest.approx(log1p(1))
    assert image["image_width"] == pytest.approx(log1p(300))
    assert form["inputs"] >= log1p(1)
    assert form["buttons"] == pytest.approx(log1p(1))
    assert not any(plain[name] for name in ("sponsored", "images", "inputs", "buttons", "links", "image_width"))


def test_hidden_depth_and_part() -> None:
    hidden, first, second = rows("<div hidden>a</div><div>b<br><br>c</div>")
    assert [hidden["hidden"], first["hidden"]] == [1, 0]
    assert [hidden["part"], first["part"], second["part"]] == [0, 1, 1]
    assert hidden["depth"] == pytest.approx(log1p(2))


def test_an_empty_slot_is_told_from_an_embedded_document() -> None:
    slot, frame = rows("<div class=ad></div><iframe></iframe>")
    assert [slot["slot"], frame["slot"]] == [1, 0]
    assert [slot["tag_div"], frame["tag_embed"]] == [1, 1]


def test_a_block_has_one_group_of_tags_and_any_number_of_telling_ancestors() -> None:
    html = (
        "<main><article><figure><figcaption>a</figcaption></figure></article></main><nav><ul><li>b</ul></nav>"
        "<my-box>c</my-box>"
    )
    for row, tag, above in zip(
        rows(html),
        ("tag_caption", "tag_li", "tag_other"),
        ({"in_main", "in_article", "in_figure"}, {"in_nav", "in_li"}, set()),
        strict=True,
    ):
        assert [name for name in row if name.startswith("tag_") and row[name]] == [tag]
        assert {name for name in row if name.startswith("in_") and row[name]} == above


@settings(deadline=None)
@given(strategies.PAGES)
def test_every_number_is_finite_whatever_the_page(html: str) -> None:
    for row, words in described(html, None):
        assert all(isfinite(value) for value in row.values())
        assert all(word and "\n" not in word and "\t" not in word for word in words)


@settings(deadline=None)
@given(strategies.WORDS)
def test_addresses_are_read_without_failing(address: str) -> None:
    where, words = link_words(address, HOST)
    assert where in {"here", "in", "out", "mail", "script", "none"}
    assert words
    assert all("\n" not in word and "\t" not in word for word in words)


@pytest.mark.parametrize(
    ("control", "counted"),
    [
        ("<input type=email>", "emails"),
        ("<input type=text name=user_email>", "emails"),
        ("<input placeholder='Votre courriel'>", "emails"),
        ("<input type=PASSWORD name=mail>", "passwords"),
        ("<input type=search>", "searches"),
        ("<input name=q>", "searches"),
        ("<input type=text name=street>", "fields"),
        ("<textarea></textarea>", "fields"),
        ("<input type=radio name=email>", "choices"),
        ("<button>Go</button>", "submits"),
        ("<input type=submit value=Go>", "submits"),
        ("<iframe src=/x></iframe>", "frames"),
    ],
)
def test_what_may_be_filled_in_is_counted_by_what_it_asks_for(control: str, counted: str) -> None:
    (row,) = rows(f"<p>x {control}</p>") if "iframe" not in control else rows(control)
    controls = markup.COUNTS[:6]
    found = [name for name in (*controls, "frames") if row[f"number_of_{name}"] > 0]
    assert found == [counted]


def test_a_form_is_told_of_all_that_stands_in_it() -> None:
    told = rows('<form action="https://pay.test/x"><p>Five $5 or ten $10</p></form><form><p>Find</p></form><p>x</p>')
    assert [row["number_of_in_form"] > 0 for row in told] == [True, True, False]
    assert [row["number_of_in_form_out"] > 0 for row in told] == [True, False, False]
    assert [round(float(np.expm1(row["number_of_currency"]))) for row in told] == [2, 0, 0]
