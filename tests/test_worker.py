import asyncio
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable

import pytest

from app.problems import DeadlineExceeded, NotReady
from app.worker import MAX_STUCK, Worker, keep
from tests.envelope import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker(deadline=0.05)
    yield worker
    worker.close()


@pytest.fixture
def held() -> threading.Event:
    """What keeps a stuck job stuck until the test lets it go."""
    return threading.Event()


async def leave_stuck(worker: Worker, held: threading.Event, number: int = 1) -> None:
    for stuck in range(worker.stuck + 1, worker.stuck + number + 1):
        with pytest.raises(DeadlineExceeded):
            await worker.run(held.wait)
        await until(lambda stuck=stuck: worker.stuck == stuck)  # type: ignore[misc]


async def test_results_and_errors_come_back(worker: Worker) -> None:
    assert await worker.run(lambda: 6 * 7) == 42
    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 // 0)
    assert await worker.run(lambda: "still there") == "still there"


async def test_a_jobs_own_time_out_is_its_error(worker: Worker) -> None:
    def work() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await worker.run(work)


async def test_jobs_run_on_one_thread_in_order_off_the_loop(worker: Worker) -> None:
    ran: list[tuple[int, int]] = []

    def work(number: int) -> Callable[[], None]:
        return lambda: ran.append((number, threading.get_ident()))

    await asyncio.gather(*(worker.run(work(number)) for number in range(20)))
    assert [number for number, _ in ran] == list(range(20))
    assert len({thread for _, thread in ran}) == 1
    assert ran[0][1] != threading.get_ident()


async def test_the_thread_keeps_no_process_from_ending(worker: Worker) -> None:
    assert await worker.run(lambda: threading.current_thread().daemon)


async def test_a_stuck_job_is_answered_and_left_behind(worker: Worker, held: threading.Event) -> None:
    first = await worker.run(threading.get_ident)
    await leave_stuck(worker, held)
    second = await worker.run(threading.get_ident)
    assert second != first
    held.set()
    await until(lambda: worker.stuck == 0)
    assert await worker.run(threading.get_ident) == second


async def test_a_job_that_waited_too_long_never_runs(worker: Worker, held: threading.Event) -> None:
    ran: list[bool] = []
    outcomes = await asyncio.gather(worker.run(held.wait), worker.run(lambda: ran.append(True)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [DeadlineExceeded, DeadlineExceeded]
    held.set()
    assert await worker.run(lambda: "next") == "next"
    assert ran == []


async def test_a_job_that_only_waited_long_does_not_cost_the_thread() -> None:
    # The second job's caller gives up while it runs, but it has not run for the whole deadline itself.
    worker = Worker(deadline=0.6)
    first, second = threading.Event(), threading.Event()
    thread = await worker.run(threading.get_ident)
    outcomes = asyncio.gather(worker.run(first.wait), worker.run(second.wait), return_exceptions=True)
    await asyncio.sleep(0.4)
    first.set()
    done, given_up = await outcomes
    assert done is True
    assert isinstance(given_up, DeadlineExceeded)
    second.set()
    await asyncio.sleep(0.6)
    assert worker.stuck == 0
    assert await worker.run(threading.get_ident) == thread
    worker.close()


async def test_a_job_without_deadline_may_take_its_time(worker: Worker) -> None:
    await worker.run(lambda: time.sleep(0.08), deadline=False)
    assert worker.stuck == 0


async def test_too_many_stuck_threads_are_said_and_got_over(worker: Worker, held: threading.Event) -> None:
    await leave_stuck(worker, held, MAX_STUCK)
    assert not worker.healthy
    with pytest.raises(NotReady):
        await worker.run(lambda: None)
    held.set()
    await until(lambda: worker.healthy)
    assert await worker.run(lambda: "again") == "again"


async def test_a_closed_worker_ends_its_thread(worker: Worker) -> None:
    thread = await worker.run(threading.current_thread)
    worker.close()
    await until(lambda: not thread.is_alive())
    assert await worker.run(threading.current_thread) is not thread  # and begins anew when it is asked again


async def test_closing_leaves_no_job_undone(worker: Worker) -> None:
    jobs = [asyncio.ensure_future(worker.run(lambda number=number: number)) for number in range(5)]  # type: ignore[misc]
    await asyncio.sleep(0)
    worker.close()
    assert await asyncio.gather(*jobs) == [0, 1, 2, 3, 4]


async def test_a_thread_that_was_replaced_just_as_its_job_ended_hands_the_next_one_on(worker: Worker) -> None:
    # The moment cannot be hit from outside: the mark is set by hand on a thread that waits for its next job.
    old = await worker.run(threading.current_thread)
    old.replaced = True  # type: ignore[attr-defined]
    job = asyncio.ensure_future(worker.run(threading.current_thread))
    await until(lambda: not old.is_alive())
    worker._start(old.jobs)  # type: ignore[attr-defined]
    assert await job is worker._thread


class Tree:
    """What a job makes on its way."""


def make_and_keep() -> tuple["weakref.ref[Tree]", bool]:
    """Make a tree and keep it; return a reference, and whether the tree is still there once nobody else has it."""
    tree = Tree()
    seen = weakref.ref(tree)
    keep(tree)
    del tree
    return seen, seen() is not None


async def test_what_a_job_keeps_goes_before_the_next_job_or_when_there_is_none(worker: Worker) -> None:
    seen, there = await worker.run(make_and_keep)
    assert there
    assert await worker.run(lambda: seen() is None)
    seen, _ = await worker.run(make_and_keep)
    await until(lambda: seen() is None)


def test_nothing_is_kept_on_other_threads() -> None:
    assert make_and_keep()[1] is False
