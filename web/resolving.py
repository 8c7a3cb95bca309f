"""``POST /api/resolve``: many questions in a body."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gis.errors import AccessRefused, UsageError, WanggeError
from gis.text import t
from layers.access import Action, Principal
from ogc.access import require, require_answer
from ogc.problems import problem, problem_of
from responsibility.model import Question, Resolution
from responsibility.questions import question_from_params
from responsibility.resolver import Resolver

MAX_CASES = 10_000
MAX_BODY = 20_000_000
JSON = "application/json"


async def resolve_many(request: Request) -> Response:
    """Answer ``POST /api/resolve`` with ``{"cases": […]}`` by ``{"resolutions": […]}``, in order.

    A case that cannot be answered has ``{"problem": {…}}`` in the place of its resolution; the others
    are answered all the same.
    """
    principal = require(request.scope, Action.RESOLVE)
    body = await _body(request)
    if body is None:
        return problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            t("The body is larger than {limit} bytes", limit=MAX_BODY),
            expected=t("at most {limit} bytes", limit=MAX_BODY),
        )
    resolver: Resolver = request.app.state.resolver
    cases = _cases(body)
    return Response(await run_in_threadpool(_answers, resolver, cases, principal), media_type=JSON)


async def _body(request: Request) -> bytes | None:
    """Read the body; ``None`` when it is too large, however it is announced."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _cases(body: bytes) -> list[Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UsageError(
            t("The body is not JSON: {why}", why=str(error)), field="body", expected='{"cases": […]}'
        ) from None
    cases = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(cases, list):
        raise UsageError(t("The body has no list of cases"), field="cases", expected='{"cases": […]}')
    if len(cases) > MAX_CASES:
        raise UsageError(
            t("There are {count} cases", count=len(cases)),
            field="cases",
            value=len(cases),
            expected=t("at most {limit}", limit=MAX_CASES),
        )
    return cases


def _answers(resolver: Resolver, cases: list[Any], principal: Principal) -> bytes:
    """Answer the cases that are questions, and put everything back into the order of the cases."""
    questions = [_question(case) for case in cases]
    answers = iter(resolver.answers([one for one in questions if isinstance(one, Question)]))
    entries = [_entry(next(answers) if isinstance(one, Question) else one, principal) for one in questions]
    return orjson.dumps({"resolutions": entries})


def _question(case: Any) -> Question | UsageError:
    if not isinstance(case, dict):
        return UsageError(
            t("A case is an object"), field="cases", value=case, expected='{"lon": …, "lat": …, "class": …}'
        )
    try:
        return question_from_params({name: _text(value) for name, value in case.items()})
    except UsageError as error:
        return error


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _entry(answer: Resolution | WanggeError, principal: Principal) -> Any:
    if isinstance(answer, Resolution):
        try:
            require_answer(principal, answer.to_dict())
            return orjson.Fragment(answer.to_json())
        except AccessRefused as refusal:
            answer = refusal
    return {"problem": orjson.Fragment(bytes(problem_of(answer).body))}
