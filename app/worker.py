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
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from app.problems import DeadlineExceeded, NotReady

T = TypeVar("T")

MAX_STUCK: Final = 4

_HAND_OVER_SECONDS: Final = 0.005


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


class _Thread(threading.Thread):
    """Runs the jobs of a queue until it takes a None from it, or until another thread has taken its place."""

    def __init__(self, jobs: "SimpleQueue[_Job | None]") -> None:
        super().__init__(name="label", daemon=True)
        self.kept: list[object] = []
        self.jobs = jobs
        self.replaced = False

    def run(self) -> None:
        while True:
            job = self._next()
            if self.replaced:  # in the very moment in which its job ended: this one is for the other thread
                self.jobs.put(job)
            if self.replaced or job is None:
                return
            job.run()
            del job
            if self.replaced:
                return

    def _next(self) -> _Job | None:
        try:
            return self.jobs.get(timeout=_HAND_OVER_SECONDS if self.kept else None)
        except Empty:
            self.kept.clear()
            return self.jobs.get()
        finally:
            self.kept.clear()


def keep(*things: object) -> None:
    """Keep what a job has made until its outcome is on its way; nothing where this is no labelling thread.

    To take a page's tree and elements apart takes a millisecond, in which the interpreter does nothing else: it can
    wait until the thread has nothing to do, or until the next page.
    """
    thread = threading.current_thread()
    if isinstance(thread, _Thread):
        thread.kept.extend(things)


class Worker:
    """Runs jobs one after the other on a thread of its own. Its methods are called from one event loop."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self._thread: _Thread | None = None
        self._left: list[_Thread] = []

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
        thread = self._thread or self._start(SimpleQueue())
        job = _Job(work)
        thread.jobs.put(job)
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
        if self._thread is not None:
            self._thread.jobs.put(None)
            self._thread = None

    def _watch(self, job: _Job) -> None:
        """Replace the thread once `job` has run for the whole deadline; one that waited for others may need less."""
        if job.started is None:
            return
        left = job.started + self.deadline - time.monotonic()
        asyncio.get_running_loop().call_later(max(left, 0), self._replace, job)

    def _replace(self, job: _Job) -> None:
        if self._thread is not None and not job.future.done():
            self._thread.replaced = True
            self._left.append(self._thread)
            self._start(self._thread.jobs)

    def _start(self, jobs: "SimpleQueue[_Job | None]") -> _Thread:
        self._thread = thread = _Thread(jobs)
        thread.start()
        return thread
