"""``POST /api/ticket``: what a ticket of a hotline says, where that is, and who has to act.

The text comes in the body, because addresses of pages end up in logs. It is kept nowhere, and no error
repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.catalogue import Catalogue
from components.class_info import STANDARDS
from geocoding.ticket_answers import TicketAnswer, answer_ticket
from gis.errors import UsageError
from gis.text import t
from layers.access import Action, Principal
from ogc.access import require, require_answer
from responsibility.resolver import Resolver
from responsibility.tickets import resolve_ticket
from web.field import read_body
from web.places_seen import places_seen
from web.scope import SearchScope, seen

_BODY = '{"text": "…", "standard": "2013"}'
_MEMBERS = {"text", "standard"}
_YES_NO = {"true": True, "false": False, "": False}


def ticket_routes() -> list[Route]:
    """Return the route of tickets."""
    return [Route("/api/ticket", ticket, methods=["POST"])]


async def ticket(request: Request) -> Response:
    """Answer what a ticket says; with ``resolve=true`` also who has to act, or what is to be chosen first."""
    wanted = _wanted(request.query_params.get("resolve", ""))
    principal = require(request.scope, Action.SEARCH, None)
    if wanted:
        require(request.scope, Action.RESOLVE)
    body = await read_body(request, _BODY)
    document = await run_in_threadpool(_document, request, principal, body, wanted)
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(document), media_type="application/json", headers=headers)


def _wanted(given: str) -> bool:
    if given not in _YES_NO:
        raise UsageError(
            t("{field} is {text}", field="resolve", text=given),
            field="resolve",
            value=given,
            expected="true | false",
        )
    return _YES_NO[given]


def _document(
    request: Request, principal: Principal, body: Mapping[str, Any], wanted: bool
) -> dict[str, Any]:
    resolver: Resolver = request.app.state.resolver
    answer = _answer(resolver, body)
    scope = SearchScope(principal, None if principal.local else seen(request))
    answer = answer.only(places_seen(resolver.registry, scope, [one.places for one in answer.addresses]))
    if not wanted:
        return answer.to_dict()
    resolved = resolve_ticket(resolver, answer)
    if resolved.resolution is not None:
        require_answer(principal, resolved.resolution.to_dict())
    return resolved.to_dict()


def _answer(resolver: Resolver, body: Mapping[str, Any]) -> TicketAnswer:
    text, standard = body.get("text"), body.get("standard") or resolver.settings.standard
    # What is wrong is not repeated: whatever a ticket is put into may hold personal data
    if not isinstance(text, str):
        raise UsageError(t("The body has no text"), field="text", expected=_BODY)
    if not _MEMBERS.issuperset(body):
        raise UsageError(
            t("The body has members that are not known"), field="body", expected=", ".join(sorted(_MEMBERS))
        )
    if standard not in STANDARDS:
        raise UsageError(
            t("There is no such edition of the class codes"), field="standard", expected=", ".join(STANDARDS)
        )
    catalogue = Catalogue.of(resolver.registry)
    return answer_ticket(resolver.registry, text, catalogue=catalogue, standard=standard)
