from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz import inputs, seeds
from fuzz.target import ANSWERED, Target
from tests.envelope import fake_labeller


@given(st.binary(max_size=40))
def test_all_bytes_stand_for_an_input(data: bytes) -> None:
    taken = inputs.read(data)
    assert taken.kind in range(5)
    assert taken.post.media_type in {"text/html", "text/plain", "application/json"}


def test_a_page_says_its_charset_and_what_it_asks() -> None:
    post = inputs.read(inputs.write(inputs.PAGE, b"<p>x", include=0x80 | 2, charset=1)).post
    assert (post.media_type, post.charset, post.body, post.include) == ("text/html", "utf-8", b"<p>x", ("scores",))
    assert inputs.read(inputs.write(inputs.PAGE, b"<p>x", include=2)).post.include == ()


def test_fields_become_a_request() -> None:
    body = b"p\x1fhttps://x.test/\x1fTitle\x1f<p>a\x1fb"
    request = orjson.loads(inputs.read(inputs.write(inputs.WISHES, body, charset=8 | 4 | 1)).post.body)
    assert request["html"] == "<p>a\x1fb"
    assert request["overrides"][0]["selector"] == "p"
    assert (request["url"], request["id_attribute"]) == ("https://x.test/", "data-bl-id")
    assert request["context"]["title"] == "Title"
    assert request["thresholds"]["preset"] == "strict"


def test_without_fields_all_is_the_page() -> None:
    assert orjson.loads(inputs.read(inputs.write(inputs.WISHES, b"<p>a")).post.body) == {"html": "<p>a", "include": []}


def test_seeds_are_of_every_kind_and_short() -> None:
    found = list(seeds.seeds())
    assert {seed[0] for seed in found} == set(range(5))
    assert len(found) > 100
    assert max(map(len, found)) < 1_000


@pytest.mark.parametrize("bodies", [True, False])
def test_seeds_are_laid_out_by_kind(tmp_path: Path, bodies: bool) -> None:
    seeds.lay_out(tmp_path / "corpus", bodies=bodies)
    kinds = {path.read_bytes()[0] for path in (tmp_path / "corpus").iterdir()}
    assert kinds <= (set(inputs.BODIES) if bodies else {inputs.PAGE, inputs.WISHES, inputs.LINES})
    assert '"<p>"' in (tmp_path / "words.dict").read_text(encoding="ascii").splitlines()


@pytest.mark.parametrize("kind", [inputs.PAGE, inputs.LINES])
def test_the_target_answers(kind: int) -> None:
    outcome = Target(fake_labeller())(inputs.write(kind, b"<p>Hello"))
    assert (outcome.name, outcome.error, outcome.server_error) == (ANSWERED, None, False)


def test_a_refusal_is_no_crash() -> None:
    outcome = Target(fake_labeller())(inputs.write(inputs.DOCUMENT, b"{"))
    assert (outcome.name, outcome.error, outcome.server_error) == ("malformed-json", None, False)
    assert Target(fake_labeller())(inputs.write(inputs.DROP_IN, b"{")).name == "invalid-request"


def test_what_the_engine_does_not_raise_on_purpose_is_a_crash() -> None:
    def broken(_html: str) -> None:
        raise RecursionError("deep")

    outcome = Target(fake_labeller(broken))(inputs.write(inputs.PAGE, b"<p>x"))
    assert outcome.name == "crash"
    assert outcome.server_error
    assert isinstance(outcome.error, RecursionError)


def test_of_two_turns_that_begin_at_once_one_lays_the_seeds_out(tmp_path: Path) -> None:
    seeds.lay_out(tmp_path / "corpus", bodies=True)
    first = sorted(path.name for path in (tmp_path / "corpus").iterdir())
    (tmp_path / "corpus" / "found").write_bytes(b"x")
    seeds.lay_out(tmp_path / "corpus", bodies=True)
    assert sorted(path.name for path in (tmp_path / "corpus").iterdir()) == ["found", *first]
    assert {path.name for path in tmp_path.iterdir()} == {"corpus", "words.dict"}
