"""The one thread on which a process labels, and what becomes of a page that does not end.

Labelling is bound by the processor: a second thread would only make both slower, so jobs run one after the other while
the event loop stays free. A thread cannot be stopped from outside. A job that has run for the whole deadline is left
to its thread and another thread takes over the queue: the caller has its 504, the process goes on serving, and the old
thread ends with its job. The engine's bounds (`blocks.Bounds`) are there so that this never happens; if it happens
`MAX_STUCK` times over, every further thread would only take its share of the processor, so the worker refuses jobs and
`/healthz` fails, for the supervisor to replace the process. The threads are daemons: none keeps the process from
ending.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from app.problems import DeadlineExceeded, NotReady

T = TypeVar("T")

MAX_STUCK: Final = 4


class _Job:
    """A piece of work, when it started, and where its outcome goes."""

    __slots__ = ("future", "started", "work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()
        self.started: float | None = None

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return  # its caller's deadline passed while it waited
        self.started = time.monotonic()
        try:
            result = self.work()
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Worker:
    """Runs jobs one after the other on a thread of its own. Its methods are called from one event loop."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._left: list[threading.Thread] = []

    @property
    def stuck(self) -> int:
        """How many threads are still held by jobs that were left to them."""
        self._left = [thread for thread in self._left if thread.is_alive()]
        return len(self._left)

    @property
    def healthy(self) -> bool:
        """Whether jobs are still taken."""
        return self.stuck < MAX_STUCK

    async def run(self, work: Callable[[], T], *, deadline: bool = True) -> T:
        """Return what `work` returns, or raise what it raises.

        Raises DeadlineExceeded when the answer is not there in time (never with `deadline=False`), NotReady when too
        many threads are stuck.
        """
        if not self.healthy:
            raise NotReady("Too many pages are still being labelled past their deadline.")
        if self._thread is None:
            self._start()
        job = _Job(work)
        self._jobs.put(job)
        try:
            async with asyncio.timeout(self.deadline if deadline else None) as scope:
                result: T = await asyncio.wrap_future(job.future)
                return result
        except TimeoutError:
            if not scope.expired():
                raise
            self._watch(job)
            raise DeadlineExceeded(self.deadline) from None

    def close(self) -> None:
        """Let the thread end after the jobs that it has; waits for none of them."""
        self._jobs.put(None)

    def _watch(self, job: _Job) -> None:
        """Replace the thread once `job` has run for the whole deadline; one that waited for others may need less."""
        if job.started is None:
            return
        left = job.started + self.deadline - time.monotonic()
        asyncio.get_running_loop().call_later(max(left, 0), self._replace, job)

    def _replace(self, job: _Job) -> None:
        if not job.future.done() and self._thread is not None:
            self._left.append(self._thread)
            self._start()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="label", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        this = threading.current_thread()
        while (job := self._jobs.get()) is not None:
            if this is not self._thread:  # replaced in the very moment in which its job ended
                self._jobs.put(job)
                return
            job.run()
            del job
            if this is not self._thread:
                return
