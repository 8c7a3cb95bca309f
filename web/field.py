"""What comes back from the field: ``/api/resolve/{answer_id}/outcome`` and ``/api/changes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gis.errors import TooLarge, UsageError
from gis.text import t
from layers.access import Action
from ogc.access import require
from responsibility.cases.outcomes import record_outcome
from responsibility.cases.proposals import propose
from responsibility.model import Named
from web.scope import require_place

MAX_BODY = 100_000

_OUTCOME = '{"question": {…}, "result": "accepted|changed|returned", "to": {…}, "reason": …, "evidence": …}'
_FIELDS = ("question", "result", "to", "reason", "evidence", "basis")
_CHANGE = '{"change": "moved|missing|new|gone", "component": …, "lon": …, "lat": …}'


def field_routes() -> list[Route]:
    """Return the routes of what comes back from the field."""
    return [
        Route("/api/resolve/{answer_id}/outcome", outcome, methods=["POST"]),
        Route("/api/changes", change, methods=["POST"]),
    ]


async def outcome(request: Request) -> Response:
    """Keep what became of an answer; the body repeats the question it belongs to."""
    principal = require(request.scope, Action.OUTCOME)
    answer_id = request.path_params["answer_id"]

    def keep(body: Mapping[str, Any]) -> dict[str, Any]:
        for name in body:
            if name not in _FIELDS:
                raise _unknown(name, ", ".join(_FIELDS))
        recorded = record_outcome(
            request.app.state.resolver,
            answer_id,
            question=_object(body, "question") or {},
            result=str(body.get("result") or ""),
            to=_named(_object(body, "to")),
            reason=_text(body, "reason"),
            evidence=_text(body, "evidence"),
            basis=_object(body, "basis"),
        )
        return recorded.to_dict()

    body = await read_body(request, _OUTCOME)
    await require_place(request, principal, _object(body, "question") or {})
    return await _created(keep, body)


async def change(request: Request) -> Response:
    """Keep a change of a component for review."""
    principal = require(request.scope, Action.PROPOSE)

    def keep(body: Mapping[str, Any]) -> dict[str, Any]:
        return propose(request.app.state.registry, body).to_dict()

    body = await read_body(request, _CHANGE)
    await require_place(request, principal, body)
    return await _created(keep, body)


async def _created(keep: Callable[[Mapping[str, Any]], dict[str, Any]], body: Mapping[str, Any]) -> Response:
    document = await run_in_threadpool(keep, body)
    return Response(orjson.dumps(document), HTTPStatus.CREATED, media_type="application/json")


async def read_body(request: Request, expected: str) -> Mapping[str, Any]:
    """Return the JSON object a request carries.

    Raises
    ------
    TooLarge
        If it has more than :data:`MAX_BODY` bytes.
    UsageError
        If it is no JSON object; ``expected`` is told then.
    """
    parts: list[bytes] = []
    async for part in request.stream():
        parts.append(part)
        if sum(map(len, parts)) > MAX_BODY:
            raise TooLarge(
                t("The body is larger than {limit} bytes", limit=MAX_BODY),
                field="body",
                expected=t("at most {limit} bytes", limit=MAX_BODY),
            )
    return _read(b"".join(parts), expected)


def _read(body: bytes, expected: str) -> Mapping[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UsageError(
            t("The body is not JSON: {why}", why=str(error)), field="body", expected=expected
        ) from None
    if not isinstance(document, dict):
        raise UsageError(t("The body is no object"), field="body", expected=expected)
    return document


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise UsageError(
            t("{name} is no object", name=name), field=name, value=str(value)[:200], expected="{…}"
        )
    return value


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise UsageError(
            t("{name} is no text", name=name), field=name, value=str(value)[:200], expected='"…"'
        )
    return value


def _named(unit: Mapping[str, Any] | None) -> Named | None:
    if unit is None:
        return None
    for name in unit:
        if name not in ("code", "name"):
            raise _unknown(f"to.{name}", "code, name")
    return Named(_text(unit, "code"), _text(unit, "name"))


def _unknown(name: str, expected: str) -> UsageError:
    return UsageError(t("Parameter {name} is not known", name=name), field=name, expected=expected)
