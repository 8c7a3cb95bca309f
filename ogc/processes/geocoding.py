"""The processes ``geocode`` (地址定位) and ``reverse-geocode`` (逆地址定位)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol, TypeVar

import orjson
from sqlalchemy import select

from geocoding.lookup import find_places
from geocoding.nearest import MAX_RADIUS, nearest_places
from gis.job_worker import Progress
from gis.models import DATASETS
from gis.text import t
from layers.access import Action
from layers.access_clauses import access_clauses
from layers.views import reads_all_columns
from ogc.processes.inputs import Schema, number_input, text_input
from ogc.processes.process import Caller, Process

MAX_LIMIT = 50
DEFAULT_LIMIT = 10
DEFAULT_RADIUS = 100.0

#: Codes asked about in one statement.
_TOGETHER = 500


class _Found(Protocol):
    @property
    def dataset(self) -> str: ...

    @property
    def code(self) -> str: ...


Found = TypeVar("Found", bound=_Found)


def _geocode(caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    progress(0)
    found = _seen(caller, find_places(caller.state.registry, inputs["q"]))
    return _told(found, inputs)


def _reverse(caller: Caller, inputs: dict[str, Any], progress: Progress) -> bytes:
    progress(0)
    radius = inputs.get("radius", DEFAULT_RADIUS)
    found = nearest_places(caller.state.registry, inputs["lon"], inputs["lat"], radius_m=radius)
    return _told(_seen(caller, found), inputs)


def _told(found: Sequence[Any], inputs: dict[str, Any]) -> bytes:
    best = found[: inputs.get("limit", DEFAULT_LIMIT)]
    return orjson.dumps({"results": [asdict(place) for place in best]})


def _seen(caller: Caller, found: Sequence[Found]) -> list[Found]:
    """Keep what the layers that show it let who asks see."""
    if caller.principal.local:
        return list(found)
    seen = {
        (dataset, code)
        for dataset in {place.dataset for place in found}
        for code in _codes_seen(caller, dataset, [place.code for place in found if place.dataset == dataset])
    }
    return [place for place in found if (place.dataset, place.code) in seen]


def _codes_seen(caller: Caller, dataset: str, codes: Sequence[str]) -> set[str]:
    catalogue = caller.state.published.get(caller.principal)
    entry = catalogue.layers.get(DATASETS[dataset].collection or "")
    if entry is None or not reads_all_columns(entry.layer, caller.principal):
        return set()
    table = DATASETS[dataset].live
    query = select(table.c.code).where(*access_clauses(entry.layer, table))
    with caller.state.registry.connect() as connection:
        return {
            code
            for start in range(0, len(codes), _TOGETHER)
            for code in connection.scalars(query.where(table.c.code.in_(codes[start : start + _TOGETHER])))
        }


def _schema(**further: Schema) -> Schema:
    texts = {name: {"type": "string"} for name in ("dataset", "code", "text")}
    members = texts | {name: {"type": "number"} for name in ("lon", "lat")} | further
    result = {"type": "object", "required": list(members), "properties": members}
    return {
        "type": "object",
        "required": ["results"],
        "properties": {"results": {"type": "array", "items": result}},
    }


_LIMIT = number_input(
    "limit", t("How many results at most"), least=1, most=MAX_LIMIT, default=DEFAULT_LIMIT, whole=True
)

GEOCODE = Process(
    id="geocode",
    title=t("Geocode"),
    description=t(
        "Places registered under exactly this text: a full address, else the name of a place, else a further "
        "name; width and blanks do not matter. Parts of addresses and misspelt ones are not found"
    ),
    action=Action.SEARCH,
    inputs=(text_input("q", t("Full address or name of a place"), required=True), _LIMIT),
    output="geocode",
    output_title=t("Places, best first"),
    output_schema=_schema(),
    work=_geocode,
    example={"q": "尚文大道1398号"},
)

REVERSE_GEOCODE = Process(
    id="reverse-geocode",
    title=t("Reverse geocode"),
    description=t(
        "Registered addresses and places within a radius of a point, nearest first; nothing is interpolated"
    ),
    action=Action.SEARCH,
    inputs=(
        number_input("lon", t("Longitude, EPSG:4490"), least=-180, most=180, required=True),
        number_input("lat", t("Latitude, EPSG:4490"), least=-90, most=90, required=True),
        number_input("radius", t("Metres to look around"), least=0, most=MAX_RADIUS, default=DEFAULT_RADIUS),
        _LIMIT,
    ),
    output="reverse-geocode",
    output_title=t("Places, nearest first"),
    output_schema=_schema(distance_m={"type": "number"}),
    work=_reverse,
    example={"lon": 106.55, "lat": 29.56},
)
