"""What the drop-in routes share: a place, the body, the labelling thread; and errors in the shape that callers know."""

from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from app import extract
from app.answers import JSON, Post
from app.errors import EngineError
from app.extract import Page
from app.observe import Record
from app.problems import RETRY_AFTER, InvalidRequest, Refusal, document, kind_of
from app.service import Service

Model = TypeVar("Model", bound=BaseModel)


def told(error: Exception) -> dict[str, Any]:
    """Return an error in the callers' shape."""
    return {"error": True, "messages": document(error)["detail"]}


async def respond(
    request: Request,
    read: Callable[[bytes], Page],
    *,
    refusals: int,
    shape: Callable[[Exception], dict[str, Any]] = told,
) -> Response:
    """Answer a post with the page's extract, or with an error of that `shape`.

    An error about the page or the request has the status `refusals`; one about the service (full, not ready, too slow)
    keeps its own, so that who calls knows when to try again.
    """
    service: Service = request.app.state.service
    record: Record = request.scope["begone.record"]
    try:
        body = await service.body(request.headers, request.receive)
        record.bytes_sent, record.bytes_held, record.input = body.sent, len(body.data), JSON
        with service.place():
            made = await service.label(
                Post(JSON, None, body.data), lambda labeller, post: extract.answer(labeller, post, read)
            )
    except (Refusal, EngineError) as error:
        return refuse(request, error, refusals, shape(error))
    record.input, record.counts = made.input, made.counts
    record.stages |= made.stages
    return Response(made.body, media_type=JSON)


def refuse(request: Request, error: Exception, refusals: int, body: dict[str, Any]) -> Response:
    """Return the response for an error, and note it in the request's record."""
    kind = kind_of(error)
    request.scope["begone.record"].refusal = kind.slug
    status = kind.status if kind.status >= 500 or kind.status == 408 else refusals
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else None
    return Response(orjson.dumps(body), status_code=status, headers=headers, media_type=JSON)


def read_json(model: type[Model], body: bytes, wanted: str) -> Model:
    """Return the body as `model`; raises InvalidRequest, which says what is `wanted` and quotes nothing."""
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise InvalidRequest(wanted, errors=[]) from None
