"""``GET /api/geocode`` and ``GET /api/reverse``: addresses to places, a point to an address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from geocoding.answers import GeocodeAnswer
from geocoding.geocode import LIMIT, LONGEST_TEXT, geocode
from geocoding.reverse import ALTERNATIVES, reverse
from geocoding.reverse_points import stored_point
from gis.errors import NotFound, UsageError
from gis.registry import Registry
from gis.text import t
from layers.access import Action
from ogc.access import require, require_answer
from ogc.places_told import EVERY_TEXT, answer_told
from responsibility.questions import moment, question_from_params
from web.places_seen import places_seen
from web.scope import SearchScope, seen

MAX_LIMIT = 50
_SHOWN = 40
"""Characters of a refused text that are told."""

_GEOCODE = ("q", "limit", "as_of")
_REVERSE = ("lon", "lat", "crs", "as_of")


def geocode_routes() -> list[Route]:
    """Return the routes of addresses."""
    return [Route("/api/geocode", _geocode), Route("/api/reverse", _reverse)]


def _geocode(request: Request) -> Response:
    """Answer ``{"query": …, "results": […]}``, most likely first; empty where nothing fits."""
    scope = SearchScope(require(request.scope, Action.SEARCH, None), seen(request))
    given = _given(request, _GEOCODE)
    text, limit = _text(given.get("q", "")), _limit(given.get("limit"))
    registry: Registry = request.app.state.registry
    as_of = moment("as_of", given["as_of"]) if "as_of" in given else None
    # Where some may not be told, those behind them may
    found = geocode(registry, text, limit if scope.principal.local else MAX_LIMIT, as_of=as_of)
    told = places_seen(registry, scope, [found])
    results: list[GeocodeAnswer] = [answer for answer in found if told(answer)]
    return _json({"query": text, "results": [answer.to_dict() for answer in results[:limit]]})


def _reverse(request: Request) -> Response:
    """Answer what a point is called; 404 where nothing is near, or nothing that may be told."""
    principal = require(request.scope, Action.SEARCH, None)
    lon, lat, as_of = _place(_given(request, _REVERSE))
    registry: Registry = request.app.state.registry
    alternatives = ALTERNATIVES if principal.local else EVERY_TEXT
    answer = reverse(registry, lon, lat, as_of=as_of, alternatives=alternatives)
    if answer is not None:
        require_answer(principal, answer.to_dict())
        answer = answer_told(registry, principal, seen(request), answer, ALTERNATIVES)
    if answer is None:
        raise NotFound(
            t("Nothing is near {lon}, {lat}", lon=lon, lat=lat),
            field="lon",
            value=f"{lon}, {lat}",
            expected=t("a point in the city"),
        )
    return _json(answer.to_dict())


def _given(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    """Return the parameters of a request; the language of the answer is chosen elsewhere."""
    given = {name: value for name, value in request.query_params.items() if name != "lang"}
    for name, value in given.items():
        if name not in known:
            raise UsageError(
                t("Parameter {name} is not known", name=_shortened(name)),
                field=_shortened(name),
                value=_shortened(value),
                expected=", ".join(known),
            )
    return given


def _text(text: str) -> str:
    if not text.strip():
        raise UsageError(
            t("The address is empty"), field="q", value=text, expected=t("the text of an address")
        )
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            t("The text has {count} characters", count=len(text)),
            field="q",
            value=_shortened(text),
            expected=t("at most {limit}", limit=LONGEST_TEXT),
        )
    return text


def _limit(given: str | None) -> int:
    if given is None:
        return LIMIT
    if not (given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= MAX_LIMIT):
        raise UsageError(
            t("The limit is {value}", value=_shortened(given)),
            field="limit",
            value=_shortened(given),
            expected=f"1..{MAX_LIMIT}",
        )
    return int(given)


def _place(given: Mapping[str, str]) -> tuple[float, float, datetime | None]:
    """Return longitude and latitude in EPSG:4490, and the moment asked about."""
    question = question_from_params(given)
    if question.lon is None or question.lat is None:
        raise UsageError(t("A location needs both lon and lat"), field="lon", expected=t("a number"))
    lon, lat = stored_point(question.lon, question.lat, question.crs)
    return lon, lat, question.as_of


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
