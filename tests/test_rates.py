import sys
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rates import Rate, Rates
from tests.envelope import application


class Clock:
    """A clock that the library reads in place of the system's."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("throttled.utils.now_mono_f", clock)
    return clock


@pytest.mark.parametrize(
    ("text", "rate"),
    [("600/minute", Rate(600, 60)), ("1/second", Rate(1, 1)), ("9999999/day", Rate(9_999_999, 86_400))],
)
def test_a_rate_is_read(text: str, rate: Rate) -> None:
    assert Rate.read(text) == rate


@pytest.mark.parametrize(
    "text", ["", "0/minute", "600", "600/week", "-1/day", "1.5/day", "6 / day", "10000000/day", "٣/day"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a rate is a number"):
        Rate.read(text)


def test_what_is_left_is_told_in_the_drafts_headers(clock: Clock) -> None:
    rates, rate = Rates(), Rate(3, 60)
    told = [rates.spend("a", rate) for _ in range(4)]
    assert [(one.left, one.full_seconds, one.wait_seconds) for one in told] == [
        (2, 20, 0),
        (1, 40, 0),
        (0, 60, 0),
        (0, 60, 20),
    ]
    assert told[0].headers() == {"ratelimit-policy": '"requests";q=3;w=60', "ratelimit": '"requests";r=2;t=20'}
    clock.now += 20
    assert rates.spend("a", rate).wait_seconds == 0
    clock.now += 60
    assert rates.spend("a", rate).left == 2


def test_callers_count_by_themselves() -> None:
    rates, rate = Rates(), Rate(1, 86_400)
    assert [rates.spend(caller, rate).wait_seconds == 0 for caller in "abab"] == [True, True, False, False]


@given(
    requests=st.integers(1, 20),
    seconds=st.sampled_from([1, 60]),
    pauses=st.lists(st.floats(0, 2), max_size=80),
)
def test_no_stretch_of_time_holds_more_than_its_share_and_who_waits_is_let_in(
    requests: int, seconds: int, pauses: list[float]
) -> None:
    clock, rates, rate = Clock(), Rates(), Rate(requests, seconds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("throttled.utils.now_mono_f", clock)
        passed = []
        for now in accumulate(pauses, initial=clock.now):
            clock.now = now
            standing = rates.spend("a", rate)
            assert 0 <= standing.left < requests
            assert standing.full_seconds <= seconds + 1
            if not standing.wait_seconds:
                passed.append(now)
        for start, since in enumerate(passed):
            for count, until in enumerate(passed[start:], 1):
                assert count <= requests * (1 + (until - since) / seconds) + 1e-6
        standing = rates.spend("a", rate)
        clock.now += standing.wait_seconds
        assert not standing.wait_seconds or not rates.spend("a", rate).wait_seconds


def test_a_crowd_of_callers_is_not_remembered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.rates._MOST_CALLERS", 10)
    rates, rate = Rates(), Rate(1, 86_400)
    assert not any(rates.spend(str(number), rate).wait_seconds for number in range(1000))
    assert len(rates._spent._backend.get_client()) == 10  # no public way tells


def test_a_service_without_rates_does_not_load_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "throttled", None)  # whoever imports it fails
    assert application().state.service
    with pytest.raises(ImportError):
        Rates()
