"""Answer ``GET /api/search``."""

from __future__ import annotations

import math

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from geocoding.names_index_marks import matched_span
from gis.errors import UsageError
from gis.text import t
from layers.access import Action
from ogc.access import require
from web.scope import SearchScope, seen
from web.search import DEFAULT_LIMIT, MAX_LENGTH, MAX_LIMIT, SearchResult, search
from web.search_sources import Centre

_SIDES = {"lon": 180.0, "lat": 90.0}


def answer_search(request: Request) -> Response:
    """Return what is found for ``q``: ``results``, and in ``marks`` which part of each name was met.

    Raises
    ------
    UsageError
        A parameter is wrong.
    NotAllowed
        The key may not search.
    """
    scope = SearchScope(require(request.scope, Action.SEARCH, None), seen(request))
    given = request.query_params
    text, limit, centre = _text(given.get("q", "")), _limit(given.get("limit")), _centre(given)
    state = request.app.state
    found = search(state.registry, text, limit, scope, centre=centre, names=state.search_names)
    document = {
        "query": text,
        "results": [result.to_dict() for result in found],
        "marks": [_mark(result, text) for result in found],
    }
    return Response(orjson.dumps(document), media_type="application/json")


def _mark(result: SearchResult, text: str) -> tuple[int, int] | None:
    return None if result.name is None else matched_span(result.name, text)


def _text(text: str) -> str:
    if not text.strip():
        raise UsageError(
            t("There is nothing to search for"), field="q", value=text, expected=t("a code or a name")
        )
    if len(text) > MAX_LENGTH:
        raise UsageError(
            t("The text has {count} characters", count=len(text)),
            field="q",
            value=text,
            expected=t("at most {limit}", limit=MAX_LENGTH),
        )
    return text


def _limit(given: str | None) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= MAX_LIMIT):
        raise UsageError(
            t("The limit is {value}", value=given), field="limit", value=given, expected=f"1..{MAX_LIMIT}"
        )
    return int(given)


def _centre(given: QueryParams) -> Centre | None:
    """Read the middle of the map; both numbers or none."""
    if not any(given.get(name) for name in _SIDES):
        return None
    lon, lat = (_degrees(name, given.get(name, ""), most) for name, most in _SIDES.items())
    return lon, lat


def _degrees(name: str, text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -most <= value <= most:
        raise UsageError(
            t("{field} of the middle of the map is {value}", field=name, value=text or "–"),
            field=name,
            value=text,
            expected=t("degrees from -{most} to {most}, both lon and lat", most=f"{most:g}"),
        )
    return value
