"""What operators look at, and where: on the service's own port, or on another one that others do not reach."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware

from app import api, docs
from app.connection import SERVER
from app.observe import Observer
from app.problems import HANDLERS
from app.security import SafeHeaders
from app.settings import Settings

logger = logging.getLogger("begone")

FRAMEWORK: Final[dict[str, Any]] = {
    "docs_url": None,
    "openapi_url": None,
    "redoc_url": None,
    "redirect_slashes": False,
    "exception_handlers": HANDLERS,
    # The framework's own tracing would export exceptions' messages and query strings, which may quote a page.
    "telemetry": {"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
}
"""What both applications ask of FastAPI."""

_PATIENCE: Final = 2  # seconds that a request on this port may still take when the process ends


def include(app: FastAPI, settings: Settings) -> None:
    """Give `app` the routes that can be closed or moved: the metrics and the documentation."""
    if settings.metrics:
        app.include_router(api.figures)
    if settings.docs:
        app.include_router(docs.router)


def application(app: FastAPI, settings: Settings) -> FastAPI:
    """Return the application for the other port: what operators look at of `app`, without keys and rates."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Settings]]:
        yield {"settings": settings}  # for `connection.Connection`

    other = FastAPI(
        lifespan=lifespan,
        middleware=[Middleware(SafeHeaders), Middleware(Observer, metrics=app.state.metrics)],
        **FRAMEWORK,
    )
    other.state.service = app.state.service
    other.state.metrics = app.state.metrics
    other.openapi = app.openapi  # type: ignore[method-assign]
    other.include_router(api.probes)
    other.include_router(docs.explanations)
    include(other, settings)
    return other


@contextlib.asynccontextmanager
async def port(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Serve the other port, if the settings name one, on the event loop that serves `app`.

    Each of several processes listens, and the system hands a connection to one of them, as it does on the service's own
    port: nobody has to be chosen, and none is missed when it dies. Raises OSError if the port is taken.
    """
    if settings.admin_port is None:
        yield
        return
    listening = _listen(settings.admin_host, settings.admin_port, shared=settings.workers > 1)
    server = _Server(
        uvicorn.Config(
            application(app, settings),
            proxy_headers=False,
            timeout_keep_alive=settings.keep_alive_seconds,
            timeout_graceful_shutdown=_PATIENCE,
            **SERVER,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        # After the service's own port: who watches sees it drain.
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """A second server in a process whose signals belong to the first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(host: str, number: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, number), family=family, reuse_port=shared)
    except OSError as error:
        fields = {"host": host, "port": number, "reason": error.strerror}
        logger.error("the port for operators cannot be opened", extra={"fields": fields})
        raise
