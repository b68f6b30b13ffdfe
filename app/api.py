"""The routes: what is asked and answered over HTTP."""

import time
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.datastructures import Headers

from app import answers, examples, schemas
from app.answers import MEDIA_TYPES, Post
from app.labels import KINDS
from app.observe import Metrics, Record
from app.problems import NotReady, UnsupportedMediaType
from app.requests import read_include
from app.service import Service


class _Direct(APIRoute):
    """A route whose function takes the request and returns the response: there is nothing for FastAPI to work out."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return self.endpoint


router = APIRouter(route_class=_Direct)
probes = APIRouter(route_class=_Direct)
figures = APIRouter()


@router.post(
    "/v1/label",
    summary="Label every block of a page",
    description=examples.LABEL,
    response_model=schemas.LabelAnswer,
    responses=examples.label_responses(),
    openapi_extra={"requestBody": examples.request_body(), "parameters": examples.label_parameters()},
    tags=["label"],
)
async def label(request: Request) -> Response:
    """Answer a posted page: body, place, labelling thread, answer; each may refuse."""
    service: Service = request.app.state.service
    record: Record = request.scope["begone.record"]
    headers = request.headers
    media_type, charset = content_type(headers)
    include = read_include(request.query_params.getlist("include"))
    started = time.perf_counter()
    body = await service.body(headers, request.receive)
    record.bytes_sent, record.bytes_held = body.sent, len(body.data)
    record.input = media_type
    record.stages["read"] = time.perf_counter() - started
    gzip_from = service.settings.gzip_min_bytes if accepts_gzip(headers) else None
    with service.place():
        answer = await service.label(Post(media_type, charset, body.data, gzip_from, include))
    record.input = answer.input
    record.counts = answer.counts
    record.stages |= answer.stages
    sent_headers = {"vary": "Accept-Encoding"}
    if answer.gzipped:
        sent_headers["content-encoding"] = "gzip"
    return Response(answer.body, headers=sent_headers, media_type="application/json")


@router.get(
    "/v1/model",
    summary="Say which model answers, and how well it does",
    response_model=schemas.ModelAnswer,
    responses=examples.model_responses(),
    tags=["label"],
)
async def model(request: Request) -> Response:
    """Answer with the model's name, labels, manifest and training figures."""
    service: Service = request.app.state.service
    labeller = service.ready()
    shown = {
        "name": labeller.model.name,
        "version": labeller.model.version,
        "labels": KINDS,
        "manifest": dict(labeller.model.manifest),
        "metrics": dict(labeller.model.metrics),
    }
    return _json(shown)


@probes.head("/healthz", include_in_schema=False)
@probes.get(
    "/healthz",
    summary="Say whether the process is alive",
    response_model=schemas.Health,
    responses=examples.health_responses(),
    tags=["operation"],
)
async def healthz(request: Request) -> Response:
    """Answer from the event loop, whatever the labelling thread does; fail when only a restart helps."""
    service: Service = request.app.state.service
    if not service.worker.healthy:
        raise NotReady("Too many threads are held by pages past their deadline; the process should be restarted.")
    return _json({"status": "ok"})


@probes.head("/readyz", include_in_schema=False)
@probes.get(
    "/readyz",
    summary="Say whether pages can be labelled",
    response_model=schemas.Ready,
    responses=examples.ready_responses(),
    tags=["operation"],
)
async def readyz(request: Request) -> Response:
    """Label the canary page with the loaded model and look at the answer."""
    service: Service = request.app.state.service
    labeller = await service.check()
    return _json({"status": "ready", "model": {"name": labeller.model.name, "version": labeller.model.version}})


@figures.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses=examples.metrics_responses(),
    tags=["operation"],
)
async def metrics(request: Request) -> Response:
    """Answer with the metrics in Prometheus' text format."""
    kept: Metrics = request.app.state.metrics
    return Response(kept.render(), headers={"content-type": CONTENT_TYPE_LATEST})


def content_type(headers: Headers) -> tuple[str, str | None]:
    """Return the body's media type, one of MEDIA_TYPES, and its charset. Raises UnsupportedMediaType."""
    media_type, charset = answers.content_type(headers.get("content-type", ""))
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMediaType(
            f"The content types taken are {', '.join(MEDIA_TYPES)}.", {"Accept": ", ".join(MEDIA_TYPES)}
        )
    return media_type, charset


def accepts_gzip(headers: Headers) -> bool:
    """Return whether the client takes gzip (RFC 9110, Accept-Encoding): named, or by `*`, with a weight above 0."""
    weights: dict[str, float] = {}
    for value in headers.getlist("accept-encoding"):
        for item in value.split(","):
            coding, *parameters = item.split(";")
            weight = 1.0
            for parameter in parameters:
                name, _, number = parameter.partition("=")
                if name.strip().lower() == "q":
                    try:
                        weight = float(number)
                    except ValueError:
                        weight = 0.0
            weights[coding.strip().lower()] = weight
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _json(content: object) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")
