"""Complete hits: what they are called, where they lie, what tells them from others of their name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from gis.models import DATASETS, GEOMETRY
from gis.text import t
from web.search_sources import Hit, Look, Searched

_LEVELS = {"county": t("County"), "street": t("Street"), "community": t("Community")}


@dataclass(frozen=True, slots=True)
class Location:
    """A place inside a thing and the rectangle around it, EPSG:4490; points have no rectangle."""

    lon: float | None
    lat: float | None
    bbox: tuple[float, float, float, float] | None


NOWHERE = Location(None, None, None)

Locations = MutableMapping[tuple[str, int, int], Location]
"""What is known of where things lie, by dataset, ``fid`` and edition."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One thing found.

    Attributes
    ----------
    kind : str
        ``division``, ``street``, ``place``, ``organisation``, ``area``, ``grid``, ``address`` or
        ``component``.
    code, name, detail : str or None
        Its identifier, its name, and what tells it from others of that name.
    lon, lat : float or None
        A place inside it, EPSG:4490; an organisation's is that of the division it works for.
    bbox : tuple of float or None
        West, south, east, north; ``None`` for points.
    """

    kind: str
    code: str | None
    name: str | None
    detail: str | None
    lon: float | None
    lat: float | None
    bbox: tuple[float, float, float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Return the result in the shape of ``/api/search``."""
        box = None if self.bbox is None else list(self.bbox)
        return {
            "kind": self.kind,
            "code": self.code,
            "name": self.name,
            "detail": self.detail,
            "lon": self.lon,
            "lat": self.lat,
            "bbox": box,
        }


def completed(look: Look, hits: Iterable[Hit], known: Locations) -> list[SearchResult]:
    """Return the results of hits, in their order, without those that are no longer there or not to be seen.

    Parameters
    ----------
    look : Look
    hits : iterable of Hit
    known : mutable mapping
        Where things lie; what is looked up is added.
    """
    hits = list(hits)
    of_dataset: dict[str, list[Hit]] = {}
    for hit in hits:
        of_dataset.setdefault(hit.searched.dataset, []).append(hit)
    results: dict[Hit, SearchResult] = {}
    for some in of_dataset.values():
        results |= _of_one_kind(look, some[0].searched, some, known)
    return [results[hit] for hit in hits if hit in results]


def _of_one_kind(
    look: Look, searched: Searched, hits: list[Hit], known: Locations
) -> dict[Hit, SearchResult]:
    rows = _rows(look, searched, [hit.fid for hit in hits])
    current = [(hit, rows[hit.fid]) for hit in hits if hit.fid in rows and _is_current(hit, rows[hit.fid])]
    locations = _locations(look.connection, searched, [row for _, row in current], known)
    communities = _community_names(look.connection, searched, [row for _, row in current])
    return {
        hit: SearchResult(
            kind=searched.kind,
            code=row[searched.code],
            name=row[searched.name],
            detail=hit.detail or _detail(searched, row, communities),
            lon=locations[hit.fid].lon,
            lat=locations[hit.fid].lat,
            bbox=locations[hit.fid].bbox,
        )
        for hit, row in current
    }


def _is_current(hit: Hit, row: RowMapping) -> bool:
    edition = row["edition"]
    return hit.newest is None or hit.oldest <= edition <= hit.newest


def _rows(look: Look, searched: Searched, fids: list[int]) -> dict[int, RowMapping]:
    columns = [
        column for column in searched.table.c if column.name not in (_geometry(searched), "attributes")
    ]
    statement = select(*columns).where(searched.table.c.fid.in_(fids), *look.seen(searched))
    return {row["fid"]: row for row in look.connection.execute(statement).mappings()}


def _geometry(searched: Searched) -> str | None:
    return searched.table.c[GEOMETRY].name if DATASETS[searched.dataset].geometry else None


def _locations(
    connection: Connection, searched: Searched, rows: list[RowMapping], known: Locations
) -> Mapping[int, Location]:
    if not DATASETS[searched.dataset].geometry:
        return _of_divisions(connection, rows)
    keys = {row["fid"]: (searched.dataset, row["fid"], row["edition"]) for row in rows}
    found = {fid: known[key] for fid, key in keys.items() if key in known}
    table = searched.table
    missing = [fid for fid in keys if fid not in found]
    if missing:
        statement = select(table.c.fid, table.c[GEOMETRY]).where(table.c.fid.in_(missing))
        for fid, geometry in connection.execute(statement):
            found[fid] = _location(geometry)
    known.update({key: found[fid] for fid, key in keys.items() if fid in found})
    return {fid: found.get(fid, NOWHERE) for fid in keys}


def _of_divisions(connection: Connection, rows: list[RowMapping]) -> Mapping[int, Location]:
    """Return where the divisions lie that organisations work for."""
    codes = {row["division_code"] for row in rows} - {None}
    divisions = DATASETS["divisions"].live.c
    statement = select(divisions.code, divisions[GEOMETRY]).where(divisions.code.in_(codes))
    places = {code: _location(geometry) for code, geometry in connection.execute(statement)} if codes else {}
    return {row["fid"]: places.get(row["division_code"], NOWHERE) for row in rows}


def _location(geometry: BaseGeometry | None) -> Location:
    if geometry is None or geometry.is_empty:
        return NOWHERE
    place = geometry.representative_point()
    if geometry.geom_type == "Point":
        return Location(place.x, place.y, None)
    west, south, east, north = geometry.bounds
    return Location(place.x, place.y, (west, south, east, north))


def _community_names(connection: Connection, searched: Searched, rows: list[RowMapping]) -> dict[str, str]:
    if "community" not in searched.detail:
        return {}
    codes = {row["community"] for row in rows} - {None}
    divisions = DATASETS["divisions"].live.c
    statement = select(divisions.code, divisions.name).where(divisions.code.in_(codes))
    return {code: name for code, name in connection.execute(statement) if name} if codes else {}


def _detail(searched: Searched, row: RowMapping, communities: Mapping[str, str]) -> str | None:
    """Join what says more; codes of communities are shown by their names."""
    parts: list[Any] = [row[name] for name in searched.detail]
    for at, name in enumerate(searched.detail):
        if name == "level":
            parts[at] = _LEVELS.get(parts[at], parts[at])
        elif name == "community":
            parts[at] = communities.get(parts[at], parts[at])
    return " · ".join(str(part) for part in parts if part) or None
