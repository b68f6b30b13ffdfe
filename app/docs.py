"""Pages for people: the API's documentation at `/docs` and the explanation of each problem under its `type`.

The documentation can be closed or moved (`router`); the explanations stay where problems point to them.
"""

import html
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import APIRouter, FastAPI, Request
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, JSONResponse

from app import examples, problems
from app.requests import LabelRequest
from app.schemas import Problem

router = APIRouter(include_in_schema=False)
explanations = APIRouter(include_in_schema=False)

# Swagger UI comes from the package fastapi-offline, so that the page works without the network and no other site
# learns who reads it.
_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_START: Final = (
    "SwaggerUIBundle({url: 'openapi.json', dom_id: '#docs', deepLinking: true, displayRequestDuration: true,"
    " presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset]})\n"
)
_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em}"
    "pre{background:#f4f4f4;padding:1em;overflow:auto}td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}"
)

_KEYS: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, which `begone key NAME` makes."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key in another header."},
}
"""How an API key is sent, as OpenAPI security schemes."""


def complete_openapi(app: FastAPI, *, wants_keys: bool) -> None:
    """Put into the OpenAPI document what the framework leaves out.

    That is the models of what it does not read or write itself (a request of raw bytes, errors of another media type),
    the nulls of the example answer, and how a key is sent to the routes that want one.
    """
    build = app.openapi
    ways: list[dict[str, list[str]]] = [{name: []} for name in _KEYS]
    security = ways if wants_keys else [{}, *ways]

    def openapi() -> dict[str, Any]:
        document = build()
        _, found = models_json_schema(
            [(LabelRequest, "validation"), (Problem, "serialization")], ref_template="#/components/schemas/{model}"
        )
        document["components"]["schemas"] |= found["$defs"]
        answered = document["paths"]["/v1/label"]["post"]["responses"]["200"]
        answered["content"]["application/json"]["example"] = examples.ANSWER
        document["components"]["securitySchemes"] = _KEYS
        for item in document["paths"].values():
            for operation in item.values():
                if "401" in operation["responses"]:
                    operation["security"] = security
        return document

    app.openapi = openapi  # type: ignore[method-assign]


@router.get("/openapi.json")
async def openapi(request: Request) -> JSONResponse:
    """Answer with the OpenAPI document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Answer with Swagger UI for this service's OpenAPI document."""
    return HTMLResponse(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>begone</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="docs/swagger/favicon.png"><link rel="stylesheet" href="docs/swagger/swagger-ui.css">'
        '</head><body><div id="docs"></div><script src="docs/swagger/swagger-ui-bundle.js"></script>'
        '<script src="docs/start.js"></script></body></html>',
        headers={"content-security-policy": _PAGE_POLICY},
    )


@router.get("/docs/start.js")
async def start() -> HTMLResponse:
    """Answer with the script that starts Swagger UI; a file of its own, so that the page needs no inline script."""
    return HTMLResponse(_START, media_type="text/javascript")


@router.get("/docs/swagger/{name}")
async def asset(name: str) -> FileResponse:
    """Answer with one of Swagger UI's files."""
    if name not in _ASSETS:
        raise HTTPException(404)
    return FileResponse(_static() / name, media_type=_ASSETS[name], headers={"cache-control": "public, max-age=86400"})


@explanations.get("/problems")
async def index() -> HTMLResponse:
    """Answer with the list of all kinds of problem."""
    rows = "".join(
        f'<tr><td>{kind.status}</td><td><a href="{kind.type}">{kind.slug}</a></td>'
        f"<td>{html.escape(kind.title)}</td></tr>"
        for kind in problems.KINDS
    )
    return _page("Problems", f"<table><tr><th>status</th><th>type</th><th>title</th></tr>{rows}</table>")


@explanations.get("/problems/{slug}")
async def problem(slug: str) -> HTMLResponse:
    """Answer with the explanation of a kind of problem."""
    kind = next((kind for kind in problems.KINDS if kind.slug == slug), None)
    if kind is None:
        raise HTTPException(404)
    shown = "".join(
        f"<pre>{html.escape(orjson.dumps(example, option=orjson.OPT_INDENT_2).decode())}</pre>"
        for example in examples.problem_documents()[kind.slug]
    )
    return _page(
        kind.title,
        f"<p>Status {kind.status}, type <code>{kind.type}</code></p><p>{html.escape(kind.help)}</p>{shown}"
        '<p><a href="/problems">All problems</a></p>',
    )


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)} - begone</title>'
        f"<style>{_STYLE}</style></head><body><h1>{html.escape(title)}</h1>{body}</body></html>",
        headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
    )


def _static() -> Path:
    return Path(str(distribution("fastapi-offline").locate_file("fastapi_offline/static")))
