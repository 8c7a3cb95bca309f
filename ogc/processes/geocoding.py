"""The processes ``geocode`` (地址定位) and ``reverse-geocode`` (逆地址定位)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson

from geocoding.answers import GeocodeAnswer
from geocoding.geocode import LONGEST_TEXT, geocode
from geocoding.nearest import MAX_RADIUS, NearPlace, nearest_places
from geocoding.reverse import ALTERNATIVES, reverse
from gis.errors import UsageError
from gis.job_worker import Progress
from gis.text import t
from layers.access import Action, may
from ogc.access import require_answer
from ogc.places_told import EVERY_TEXT, Code, answer_told, codes_told
from ogc.processes.inputs import Schema, number_input, text_input
from ogc.processes.process import Caller, Process

MAX_LIMIT = 50
DEFAULT_LIMIT = 10
DEFAULT_RADIUS = 100.0


def _geocode(caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    progress(0)
    text = inputs["q"]
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise UsageError(
            t("The address has {count} characters", count=len(text.strip())),
            field="q",
            value=text[:40],
            expected=t("1 to {most} characters", most=LONGEST_TEXT),
        )
    limit = inputs.get("limit", DEFAULT_LIMIT)
    found = geocode(caller.state.registry, text, limit if caller.principal.local else MAX_LIMIT)
    told = _told(caller, [(one.dataset, one.code) for one in found if one.code is not None])
    results = [one.to_dict() for one in found if _may_be_told(caller, one, told)]
    return orjson.dumps({"results": [{**one, "text": one["address"]} for one in results[:limit]]})


def _may_be_told(caller: Caller, answer: GeocodeAnswer, told: set[Code]) -> bool:
    """Tell whether who asks may be told of an answer.

    What plates imply, which no layer shows, is told to nobody but at the machine itself.
    """
    if caller.principal.local:
        return True
    county = answer.divisions["county"]
    in_scope = may(caller.principal, Action.RESOLVE, county=county.code if county else "")
    return in_scope and (answer.dataset, answer.code) in told


def _reverse(caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    progress(0)
    lon, lat = inputs["lon"], inputs["lat"]
    near = nearest_places(caller.state.registry, lon, lat, radius_m=inputs.get("radius", DEFAULT_RADIUS))
    told = _told(caller, [(one.dataset, one.code) for one in near])
    results = [one for one in near if (one.dataset, one.code) in told]
    return orjson.dumps({"address": _address(caller, lon, lat), "results": _shown(results, inputs)})


def _address(caller: Caller, lon: float, lat: float) -> dict[str, Any] | None:
    """Return what a point is called, as far as who asks may be told."""
    state, principal = caller.state, caller.principal
    answer = reverse(state.registry, lon, lat, alternatives=EVERY_TEXT)
    if answer is None:
        return None
    require_answer(principal, answer.to_dict())
    told = answer_told(state.registry, principal, state.published.get(principal), answer, ALTERNATIVES)
    return told.to_dict() if told else None


def _shown(results: Sequence[NearPlace], inputs: dict[str, Any]) -> list[dict[str, Any]]:
    return [asdict(one) for one in results[: inputs.get("limit", DEFAULT_LIMIT)]]


def _told(caller: Caller, wanted: Sequence[Code]) -> set[Code]:
    """Return what of this the layers that show it let who asks see."""
    principal = caller.principal
    return codes_told(caller.state.registry, principal, caller.state.published.get(principal), wanted)


def _schema(texts: Sequence[str], numbers: Sequence[str], **further: Schema) -> Schema:
    members = {name: {"type": "string"} for name in texts} | {name: {"type": "number"} for name in numbers}
    result = {"type": "object", "required": list(members), "properties": members}
    return {
        "type": "object",
        "required": ["results", *further],
        "properties": {"results": {"type": "array", "items": result}, **further},
    }


_LIMIT = number_input(
    "limit", t("How many results at most"), least=1, most=MAX_LIMIT, default=DEFAULT_LIMIT, whole=True
)

GEOCODE = Process(
    id="geocode",
    title=t("Geocode"),
    description=t(
        "Places that an address text may mean, most likely first, with the probability of each: levels may "
        "be missing, characters wrong, simplified or traditional; floor, room and direction may follow"
    ),
    action=Action.SEARCH,
    inputs=(text_input("q", t("An address, a street or the name of a place"), required=True), _LIMIT),
    output="geocode",
    output_title=t("Places, best first"),
    output_schema=_schema(
        ("address", "text", "dataset", "level", "match"), ("lon", "lat", "accuracy_m", "score")
    ),
    work=_geocode,
    example={"q": "尚文大道1398号"},
)

REVERSE_GEOCODE = Process(
    id="reverse-geocode",
    title=t("Reverse geocode"),
    description=t(
        "The address text of a point, from the nearest door plate, point of interest, crossing or street; "
        "and registered addresses and places within a radius, nearest first"
    ),
    action=Action.SEARCH,
    inputs=(
        number_input("lon", t("Longitude, EPSG:4490"), least=-180, most=180, required=True),
        number_input("lat", t("Latitude, EPSG:4490"), least=-90, most=90, required=True),
        number_input("radius", t("Metres to look around"), least=0, most=MAX_RADIUS, default=DEFAULT_RADIUS),
        _LIMIT,
    ),
    output="reverse-geocode",
    output_title=t("The address, and places, nearest first"),
    output_schema=_schema(
        ("dataset", "code", "text"), ("lon", "lat", "distance_m"), address={"type": ["object", "null"]}
    ),
    work=_reverse,
    example={"lon": 106.55, "lat": 29.56},
)
