"""The application, wired: `create_app` says what a request passes through and in which order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware

from app import __version__, admin, api, docs, feedbin, logs, mercury
from app.access import Access
from app.cors import Cors
from app.keys import Keys
from app.limits import Drain, LastAnswers
from app.observe import Metrics, Observer
from app.rates import Rate
from app.security import SafeHeaders
from app.service import Service
from app.settings import Settings

if TYPE_CHECKING:
    from app.labeller import Labeller


def create_app(settings: Settings, labeller: "Labeller | None" = None) -> FastAPI:
    """Return the application. With a `labeller` it serves that one; else it loads the model when it starts."""
    metrics = Metrics()
    service = Service(settings, metrics, labeller)

    provider = None
    spans = []
    if settings.otel:
        from app import tracing  # its libraries are there only where they are asked for

        provider = tracing.provider()
        spans = [Middleware(tracing.Spans, provider=provider)]

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Settings]]:
        with service.shutdown.watching():
            service.start()
            async with admin.port(app, settings):
                yield {"settings": settings}  # for `connection.Connection`
            service.stop()
            metrics.close()
            if provider is not None:
                await asyncio.to_thread(provider.shutdown)  # sends what it still has

    app = FastAPI(
        title="begone",
        version=__version__,
        summary="Tells a page's content from its pleas.",
        description="Every block of a posted page comes back as content, appeal, advert or navigation. "
        "Errors are RFC 9457 problems; [/problems](/problems) explains each.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        # From the outside in: every answer is safe to show, is marked when it is the last one, reaches a client that
        # still sends, is noted, may be read by the pages that may, and is given to who may ask.
        middleware=[
            Middleware(SafeHeaders),
            Middleware(LastAnswers, last=lambda: service.shutdown.begun),
            Middleware(Drain, seconds=settings.drain_seconds, max_bytes=settings.max_body_bytes),
            *spans,
            Middleware(Observer, metrics=metrics),
            *_guards(settings),
            # A kept connection stays with the process that took it, though others may have nothing to do. Opened again,
            # it is taken by whichever is the quickest to: one with nothing to do.
            *([Middleware(LastAnswers, last=lambda: service.gate.crowded)] if settings.workers > 1 else ()),
        ],
        **admin.FRAMEWORK,
    )
    app.state.service = service
    app.state.metrics = metrics
    app.include_router(api.router)
    app.include_router(api.probes)
    app.include_router(docs.explanations)
    if settings.admin_port is None:
        admin.include(app, settings)
    if settings.mercury:
        app.include_router(mercury.router)
    if settings.feedbin_secrets is not None:
        app.include_router(feedbin.router)
    docs.complete_openapi(app, wants_keys=settings.wants_keys)
    return app


def _guards(settings: Settings) -> list[Middleware]:
    """Return what stands before the routes where the settings ask for it."""
    guards = []
    if settings.cors_origins is not None:
        guards.append(Middleware(Cors, origins=settings.cors_origins))
    if settings.wants_keys or settings.rate is not None:
        keys = Keys(settings.api_keys, settings.api_keys_file) if settings.wants_keys else None
        rate = Rate.read(settings.rate) if settings.rate is not None else None
        guards.append(Middleware(Access, keys=keys, rate=rate, secrets=settings.feedbin_secrets))
    return guards


def serve() -> FastAPI:
    """Return the application as a server process runs it: settings from the environment, logs as JSON."""
    settings = Settings()
    logs.configure(settings.log_level)
    return create_app(settings)
