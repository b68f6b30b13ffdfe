"""The service of one process: its model, its places and its labelling thread."""

import asyncio
import contextlib
import dataclasses
import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.types import Receive

from app import canary
from app.answers import Answer, Post, answer
from app.errors import ModelRefused
from app.intake import Body, Intake
from app.limits import Gate
from app.observe import Metrics
from app.problems import NotReady
from app.settings import MODELS, Settings
from app.shutdown import Shutdown
from app.worker import Worker

if TYPE_CHECKING:
    from app.labeller import Labeller

logger = logging.getLogger("begone")

# A process labels on one thread. More threads in numpy's libraries only wait for each other when several pages are
# waiting: p95 566 ms against 7.5 with one.
_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# How long the labelling thread may keep the interpreter when the event loop wants it. An answer of the loop needs it a
# few times over: with Python's 5 ms the slowest of a hundred `/healthz` under load took 15 to 26 ms, with 1 ms 8 to 9;
# pages were labelled as fast.
_SWITCH_SECONDS: Final = 0.001
_REFUSED: Final = "The model was refused when it was loaded; the log says why."


class Service:
    """Labels posts, one after the other; loads its model first, unless it is given a labeller.

    The model is loaded on the labelling thread, as its first job: the process answers `/healthz` meanwhile, and pages
    that are posted this early wait their turn.
    """

    def __init__(self, settings: Settings, metrics: Metrics, labeller: "Labeller | None" = None) -> None:
        self.settings = settings
        self.metrics = metrics
        self.gate = Gate(settings.max_in_flight, settings.max_waiting)
        self.intake = Intake(
            max_bytes=settings.max_body_bytes,
            max_arriving_bytes=max(settings.max_arriving_bytes, settings.max_body_bytes),
            seconds=settings.body_timeout_seconds,
            least_rate=settings.min_body_bytes_per_second,
        )
        self.shutdown = Shutdown(settings.shutdown_delay_seconds)
        self.worker = Worker(settings.deadline_seconds, self.shutdown.fail)
        self.labeller: Labeller | None = None
        self.failed = False
        self._loading: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[str | None] | None = None
        if labeller is not None:
            self._take(labeller)

    def start(self) -> None:
        """Begin to load the model. Called on the event loop that serves."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        if self.labeller is None:
            self._loading = asyncio.create_task(self._load())

    def stop(self) -> None:
        """Take no more jobs; wait for none."""
        self.worker.close()

    async def body(self, headers: Headers, receive: Receive) -> Body:
        """Return a request's body once it has arrived; it holds no place until then, but one must be free.

        Raises Saturated and what `Intake.read` raises.
        """
        self.gate.check()
        with self.metrics.arriving.track_inprogress():
            return await self.intake.read(headers, receive)

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places for pages; raises Saturated when none is free."""
        with self.gate.place(), self.metrics.in_flight.track_inprogress():
            yield

    async def label(self, post: Post, make: Callable[["Labeller", Post], Answer] = answer) -> Answer:
        """Return the answer to `post`; raises what `make` raises, NotReady, DeadlineExceeded."""
        if self.failed:
            raise NotReady(_REFUSED)
        handed = time.perf_counter()

        def work() -> Answer:
            waited = time.perf_counter() - handed
            made = make(self.ready(), post)
            made.stages["wait"] = waited
            return made

        try:
            with self.gate.in_line():
                return await self.worker.run(work)
        finally:
            self.metrics.stuck.set(self.worker.stuck)

    async def check(self) -> "Labeller":
        """Label the canary page; return the labeller if all is well, else raise NotReady or DeadlineExceeded.

        Those who ask at the same time share one labelling.
        """
        if self.shutdown.begun:
            raise NotReady("The process is about to end.")
        labeller = self.ready()
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self.worker.run(lambda: canary.check(labeller)))
        wrong = await asyncio.shield(self._checking)
        if wrong:
            raise NotReady(f"The canary page was answered with {wrong}.")
        return labeller

    def ready(self) -> "Labeller":
        """Return the labeller; raises NotReady while there is none."""
        if self.labeller is None:
            raise NotReady(_REFUSED if self.failed else "The model is being loaded.")
        return self.labeller

    def _take(self, labeller: "Labeller") -> None:
        self.labeller = labeller
        self.metrics.model.labels(labeller.model.name, labeller.model.version).set(1)

    async def _load(self) -> None:
        started = time.perf_counter()
        try:
            # Taken on the labelling thread itself, so that the job after this one finds it.
            await self.worker.run(lambda: self._take(load(self.settings)), deadline=False)
        except ModelRefused as error:
            self.failed = True
            logger.error("model refused", extra={"fields": {"reason": str(error)}})
        except Exception:
            self.failed = True
            logger.exception("model not loaded")
        else:
            model = self.ready().model
            spent = round((time.perf_counter() - started) * 1000)
            fields = {"model": model.name, "version": model.version, "ms": spent}
            logger.info("model loaded", extra={"fields": fields})


def model_directory(settings: Settings) -> Path:
    """Return the directory of the model to serve. Raises ModelRefused when nothing says which."""
    if settings.model_dir is not None:
        return settings.model_dir
    try:
        return MODELS / (MODELS / "CURRENT").read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ModelRefused(f"{MODELS / 'CURRENT'} cannot be read; set BEGONE_MODEL_DIR") from error


def load(settings: Settings) -> "Labeller":
    """Return a labeller with the model and the bounds that the settings name. Raises ModelRefused."""
    directory = model_directory(settings)
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")  # read when the libraries are loaded, which is now
    # Imported here: numpy must not come before the line above, and the process should answer meanwhile.
    from app.bounds import Bounds
    from app.labeller import Labeller
    from app.model import Model

    bounds = Bounds(**{field.name: getattr(settings, field.name) for field in dataclasses.fields(Bounds)})
    labeller = Labeller(Model.load(directory), bounds)
    # What has been loaded stays: looked through again with every hundredth page, it held all threads up for 60 ms.
    gc.collect()
    gc.freeze()
    return labeller
