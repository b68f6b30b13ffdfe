"""The application, wired: `create_app` says what a request passes through and in which order."""

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware

from app import __version__, api, docs, feedbin, logs, mercury
from app.limits import Drain, Spread
from app.observe import Metrics, Observer
from app.problems import HANDLERS
from app.security import SafeHeaders
from app.service import Service
from app.settings import Settings

if TYPE_CHECKING:
    from app.labeller import Labeller


def create_app(settings: Settings, labeller: "Labeller | None" = None) -> FastAPI:
    """Return the application. With a `labeller` it serves that one; else it loads the model when it starts."""
    metrics = Metrics()
    service = Service(settings, metrics, labeller)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Settings]]:
        service.start()
        yield {"settings": settings}  # for `connection.Connection`
        service.stop()
        metrics.close()

    app = FastAPI(
        title="begone",
        version=__version__,
        summary="Tells a page's content from its pleas.",
        description="Every block of a posted page comes back as content, appeal, advert or navigation. "
        "Errors are RFC 9457 problems; [/problems](/problems) explains each.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers=HANDLERS,
        # From the outside in: every answer is safe to show, reaches a client that still sends, and is noted.
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Drain, seconds=settings.drain_seconds, max_bytes=settings.max_body_bytes),
            Middleware(Observer, metrics=metrics),
            *([Middleware(Spread, gate=service.gate)] if settings.workers > 1 else ()),
        ],
        # The framework's own tracing would export exceptions' messages and query strings, which may quote a page.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.service = service
    app.state.metrics = metrics
    app.include_router(api.router)
    if settings.mercury:
        app.include_router(mercury.router)
    if settings.feedbin_secrets is not None:
        app.include_router(feedbin.router)
    app.include_router(docs.router)
    docs.complete_openapi(app)
    return app


def serve() -> FastAPI:
    """Return the application as a server process runs it: settings from the environment, logs as JSON."""
    settings = Settings()
    logs.configure(settings.log_level)
    return create_app(settings)
