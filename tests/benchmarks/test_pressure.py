import threading
import time
from collections.abc import Iterator

import pytest

from benchmarks import pressure
from benchmarks.client import post
from tests.envelope import application, serving

PAGES = [post(f"<p>page {number}".encode()) for number in range(3)]


@pytest.fixture
def port() -> Iterator[int]:
    with serving(application(max_waiting=3)) as port:
        yield port


def test_connections_are_kept_busy_until_there_are_no_more_pages(port: int) -> None:
    load = pressure.closed(port, PAGES, 3, seconds=60, most=20)
    assert len(load.accepted) == 20
    assert (load.refused, load.lost) == ([], 0)
    assert load.probed
    assert 0 < load.own_seconds < load.seconds + 1
    assert load.per_second == pytest.approx(20 / load.seconds)


def test_time_ends_a_run_too(port: int) -> None:
    assert pressure.closed(port, PAGES, 1, seconds=0.2).accepted


def test_pages_come_at_their_rate_whatever_becomes_of_them() -> None:
    held = threading.Event()
    with serving(application(lambda _: held.wait(), max_waiting=2)) as port:
        threading.Timer(0.6, held.set).start()
        load = pressure.opened(port, PAGES, 40, seconds=0.5)
    assert len(load.accepted) + len(load.refused) == 20
    assert len(load.accepted) >= 2
    assert load.refused
    assert load.lost == 0


def test_requests_and_work_take_turns(port: int) -> None:
    asked, worked = pressure.in_turns(port, PAGES, ["a", "b", "c"], lambda _: time.sleep(0.01))
    assert len(asked) == 3
    assert min(worked) >= 10


def test_what_is_neither_accepted_nor_refused_is_lost() -> None:
    with serving(application(max_body_bytes=1)) as port:
        assert pressure.closed(port, PAGES, 1, seconds=0.01, most=1).lost == 1
