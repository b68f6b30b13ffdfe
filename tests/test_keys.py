import hashlib
import logging
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import keys
from app.keys import LOOK_SECONDS, Keys
from app.rates import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_key_is_long_new_and_recognisable() -> None:
    made = {keys.make() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"begone_[A-Za-z0-9_-]{43}", key) for key in made)


def test_an_entry_holds_the_hash_and_not_the_key() -> None:
    key = keys.make()
    line = keys.entry("reader", key, "600/minute")
    assert line == f"reader:{hashlib.sha256(key.encode()).hexdigest()}:600/minute"
    (read,) = keys.read(line)
    assert (read.name, read.rate) == ("reader", Rate(600, 60))


@given(
    names=st.lists(st.from_regex(keys.NAME, fullmatch=True), min_size=1, max_size=4),
    gap=st.sampled_from([" ", "\n", "\r\n", "\t\n", " # of: a comment:\n"]),
)
def test_every_listed_key_is_found_under_its_name_and_no_other(names: list[str], gap: str) -> None:
    made = [(name, keys.make()) for name in names]
    held = Keys(gap.join(keys.entry(*one) for one in made) + gap, None)
    for name, key in made:
        found = held.find(key.encode())
        assert found is not None
        assert found.name == name
    assert held.find(keys.make().encode()) is None
    assert held.find(b"") is None
    assert held.find(made[0][1][:-1].encode()) is None


SECRET = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "no key is listed"),
        ("# reader", "no key is listed"),
        (f"reader:{SECRET} other", "entry 2 is not NAME:SHA256"),
        (SECRET, "entry 1 is not"),
        (f"reader:{SECRET[1:]}", "entry 1 is not"),
        (f"re/der:{SECRET}", "entry 1 is not"),
        (f"{'r' * 65}:{SECRET}", "entry 1 is not"),
        (f"reader:{SECRET}:fast", "entry 1: a rate is"),
        (f"reader:{SECRET} writer:{SECRET}", "entry 2 repeats a key"),
        (" ".join(f"r:{number:064x}" for number in range(1001)), "more than 1,000 keys"),
    ],
)
def test_what_lists_no_keys_is_refused_unquoted(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as caught:
        keys.read(text)
    assert SECRET[1:] not in str(caught.value)


def test_a_name_may_have_two_keys_while_one_replaces_the_other() -> None:
    old, new = keys.make(), keys.make()
    held = Keys(f"{keys.entry('reader', old)} {keys.entry('reader', new)}", None)
    assert [key and key.name for key in map(held.find, (old.encode(), new.encode()))] == ["reader", "reader"]


def known(held: Keys, *given: str) -> list[bool]:
    return [held.find(key.encode()) is not None for key in given]


def test_a_file_is_looked_at_again_when_it_changes(tmp_path: Path, clock: Clock) -> None:
    fixed, first, second = keys.make(), keys.make(), keys.make()
    path = tmp_path / "keys"
    path.write_text(keys.entry("reader", first))
    held = Keys(keys.entry("ops", fixed), path, clock)
    assert known(held, fixed, first, second) == [True, True, False]
    path.write_text(keys.entry("reader", second))
    assert known(held, fixed, first, second) == [True, True, False]  # not before its time
    clock.now += LOOK_SECONDS
    assert known(held, fixed, first, second) == [True, False, True]


def test_a_file_that_is_replaced_by_one_as_old_and_as_long_is_noticed(tmp_path: Path, clock: Clock) -> None:
    first, second = keys.make(), keys.make()
    path, other = tmp_path / "keys", tmp_path / "other"
    path.write_text(keys.entry("reader", first))
    other.write_text(keys.entry("reader", second))
    os.utime(path, (1, 1))
    os.utime(other, (1, 1))
    held = Keys(None, path, clock)
    other.replace(path)
    clock.now += LOOK_SECONDS
    assert known(held, first, second) == [False, True]


def test_a_file_that_does_not_change_is_not_read(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys"
    path.write_text(keys.entry("reader", keys.make()))
    held = Keys(None, path, clock)
    looks: list[Path] = []
    stamp = keys._stamp

    def counting(path: Path) -> keys.Stamp | None:
        looks.append(path)
        return stamp(path)

    monkeypatch.setattr(keys, "_stamp", counting)
    monkeypatch.setattr(keys, "read_file", lambda _: pytest.fail("read though nothing has changed"))
    for _ in range(100):
        clock.now += LOOK_SECONDS / 10
        held.find(b"x")
    assert 8 <= len(looks) <= 11


@pytest.mark.parametrize("broken", [b"", b"reader:half", b"\xff", b"#" * 1_000_001, None])
def test_a_broken_file_takes_nobodys_key_and_says_so_once(
    tmp_path: Path, clock: Clock, broken: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = keys.make(), keys.make()
    path = tmp_path / "keys"
    path.write_text(keys.entry("reader", first))
    held = Keys(None, path, clock)
    if broken is None:
        path.unlink()
    else:
        path.write_bytes(broken)
    for _ in range(3):
        clock.now += LOOK_SECONDS
        assert known(held, first) == [True]
    (warned,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert warned.getMessage() == "API keys not read anew, the old ones stay"
    path.write_text(keys.entry("reader", second))
    clock.now += LOOK_SECONDS
    assert known(held, first, second) == [False, True]


def test_a_file_that_is_broken_from_the_start_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        Keys(None, tmp_path / "none")
