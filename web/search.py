"""Find things by what a dispatcher types: codes by their beginning, names by any part.

Results are ranked by how well they match (the whole, the beginning, a part), then by how little else
there is in the code or name that matched, then by kind. Wildcards of the database in the text are
taken literally. Codes and names of the past find what stands for them today.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Column, ColumnElement, Connection, Table, and_, case, func, or_, select
from sqlalchemy.engine import RowMapping

from gis.models import DATASETS, GEOMETRY
from gis.registry import Registry
from gis.text import t
from web.alias_search import alias_hits
from web.past_search import PastHit, code_of_today, past_hits
from web.scope import EVERYTHING, SearchScope

MAX_LIMIT = 50
DEFAULT_LIMIT = 10
MAX_LENGTH = 100

_LEVELS = {"county": t("County"), "street": t("Street"), "community": t("Community")}
_LIST_MARKS = frozenset('[]",\\')
_SHORTEST_CODE = 3
_LONGEST_NUMBER_IN_A_NAME = 5
_WHOLE, _BEGINNING, _PART = range(3)


@dataclass(frozen=True, slots=True)
class _Searched:
    """Where one kind of result comes from.

    ``codes`` are matched by their beginning through an index, ``lists`` are JSON lists of further
    names, ``detail`` says more about a result.
    """

    kind: str
    dataset: str
    code: str
    name: str
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        return DATASETS[self.dataset].live


_SEARCHED = (
    _Searched(
        "grid", "grids", "code", "name", ("code", "legacy_code"), ("name",), (), ("community", "state")
    ),
    _Searched("component", "components", "id", "name", ("id",), (), (), ("class_code", "state")),
    _Searched("division", "divisions", "code", "name", ("code",), ("name",), ("former_names",), ("level",)),
    _Searched(
        "organisation", "organisations", "code", "name", ("code",), ("name",), ("short_names", "former_names")
    ),
    _Searched("street", "streets", "code", "name", (), ("name",), ("aliases",), ("from_name", "to_name")),
    _Searched("place", "places", "code", "name", (), ("name",), ("aliases",), ("type", "address")),
    _Searched("address", "addresses", "code", "address", (), ("address",), (), ("community",)),
)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One thing found.

    Attributes
    ----------
    kind : str
        ``grid``, ``component``, ``division``, ``organisation``, ``street``, ``place`` or ``address``.
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


def search(
    registry: Registry, text: str, limit: int = DEFAULT_LIMIT, scope: SearchScope = EVERYTHING
) -> list[SearchResult]:
    """Search a registry.

    Parameters
    ----------
    registry : Registry
        Where to look.
    text : str
        A code or the beginning of one, a name or a part of one.
    limit : int
        Results wanted, 1 to 50.
    scope : SearchScope
        What whoever asks may find.

    Returns
    -------
    list of SearchResult
        Best first; empty for a blank text.
    """
    wanted = plain_query(text)
    if not wanted:
        return []
    with registry.connect() as connection:
        look = _Look(connection, wanted, limit, scope)
        hits = [hit for one in _SEARCHED for hit in _hits(look, one)]
        hits += _of_the_past(look, {(hit.searched.dataset, hit.fid) for hit in hits})
        best = sorted(hits, key=lambda hit: hit.order)[:limit]
        return [_located(connection, hit) for hit in best]


def plain_query(text: str) -> str:
    """Return a query without differences of width and surrounding blanks, codes without inner ones."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    joined = plain.replace(" ", "")
    return joined if joined.isascii() and joined.isdigit() else plain


@dataclass(frozen=True, slots=True)
class _Look:
    """One search; ``seen`` are the conditions that a row may be found."""

    connection: Connection
    wanted: str
    limit: int
    scope: SearchScope

    def seen(self, searched: _Searched) -> list[ColumnElement[bool]]:
        return self.scope.clauses(searched.dataset, searched.table)


@dataclass(frozen=True, slots=True)
class _Hit:
    searched: _Searched
    fid: int
    code: str | None
    name: str | None
    rank: int
    matched: str
    detail: str | None = None

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        return self.rank, len(self.matched), _SEARCHED.index(self.searched), self.matched, self.code or ""


def _hits(look: _Look, searched: _Searched) -> Iterator[_Hit]:
    """Look by code and by name; the better of two hits on one thing counts."""
    found: dict[int, _Hit] = {}
    for looked in (_by_code, _by_name):
        for hit in looked(look, searched):
            if hit.fid not in found or hit.order < found[hit.fid].order:
                found[hit.fid] = hit
    yield from found.values()


def _of_the_past(look: _Look, found: set[tuple[str, int]]) -> Iterator[_Hit]:
    """Look among codes and names of the past, and aliases; what was found already is not found again."""
    connection, wanted, limit = look.connection, look.wanted, look.limit
    if len(wanted) < _SHORTEST_CODE and wanted.isascii():
        return
    today = code_of_today(wanted)
    of_older_form = [PastHit("grids", today, wanted, t("Unit grid code of an older form"))] if today else []
    past_codes = past_hits(connection, today or wanted, limit)
    for past in (*of_older_form, *past_codes, *alias_hits(connection, wanted, limit)):
        searched = next(one for one in _SEARCHED if one.dataset == past.dataset)
        row = connection.execute(
            select(*_shown(searched)).where(
                searched.table.c[searched.code] == past.code, *look.seen(searched)
            )
        ).first()
        if row is not None and (past.dataset, row[0]) not in found:
            found.add((past.dataset, row[0]))
            whole = past.matched in (wanted, today)
            rank = _WHOLE if whole else _BEGINNING if past.matched.startswith(wanted) else _PART
            yield _Hit(searched, row[0], row[1], row[2], rank, past.matched, str(past.told))


def _by_code(look: _Look, searched: _Searched) -> Iterator[_Hit]:
    if len(look.wanted) < _SHORTEST_CODE or not look.wanted.isascii():
        return
    prefix = look.wanted.upper()
    for name in searched.codes:
        column = searched.table.c[name]
        statement = select(*_shown(searched), column).where(_begins(column, prefix), *look.seen(searched))
        for row in look.connection.execute(statement.order_by(column).limit(look.limit)):
            yield _Hit(searched, *row[:3], rank=_WHOLE if row[3] == prefix else _BEGINNING, matched=row[3])


def _begins(column: Column[Any], prefix: str) -> ColumnElement[bool]:
    """Compare as a range, which the index answers on either database."""
    return and_(column >= prefix, column < prefix + "\U0010ffff")


def _by_name(look: _Look, searched: _Searched) -> Iterator[_Hit]:
    wanted = look.wanted
    if not searched.names or (wanted.isdigit() and len(wanted) > _LONGEST_NUMBER_IN_A_NAME):
        return
    table = searched.table
    names = [table.c[name] for name in searched.names]
    lists = [] if _LIST_MARKS & set(wanted) else [table.c[name] for name in searched.lists]
    quality = _quality(names, wanted)
    statement = (
        select(*_shown(searched), quality)
        .where(or_(*(_contains(column, wanted) for column in (*names, *lists))), *look.seen(searched))
        .order_by(quality, func.length(table.c[searched.name]), table.c[searched.name], table.c.fid)
        .limit(look.limit)
    )
    for row in look.connection.execute(statement):
        yield _Hit(searched, *row[:3], rank=row[3], matched=row[2] or "")


def _quality(names: Sequence[Column[Any]], wanted: str) -> ColumnElement[int]:
    whole = or_(*(func.lower(column) == wanted.lower() for column in names))
    beginning = or_(*(func.lower(column).startswith(wanted.lower(), autoescape=True) for column in names))
    return case((whole, _WHOLE), (beginning, _BEGINNING), else_=_PART)


def _contains(column: Column[Any], wanted: str) -> ColumnElement[bool]:
    return func.lower(column).contains(wanted.lower(), autoescape=True)


def _shown(searched: _Searched) -> tuple[Column[Any], ...]:
    table = searched.table
    return table.c.fid, table.c[searched.code], table.c[searched.name]


def _located(connection: Connection, hit: _Hit) -> SearchResult:
    """Complete a hit by its place and what tells it from others."""
    searched = hit.searched
    row = connection.execute(select(searched.table).where(searched.table.c.fid == hit.fid)).mappings().one()
    geometry = _geometry(connection, searched, row)
    place = None if geometry is None or geometry.is_empty else geometry.representative_point()
    return SearchResult(
        kind=searched.kind,
        code=hit.code,
        name=hit.name,
        detail=hit.detail or _detail(connection, searched, row),
        lon=None if place is None else place.x,
        lat=None if place is None else place.y,
        bbox=_bbox(geometry),
    )


def _geometry(connection: Connection, searched: _Searched, row: RowMapping) -> BaseGeometry | None:
    if DATASETS[searched.dataset].geometry:
        geometry: BaseGeometry | None = row[GEOMETRY]
        return geometry
    divisions = DATASETS["divisions"].live
    return connection.scalar(select(divisions.c[GEOMETRY]).where(divisions.c.code == row["division_code"]))


def _bbox(geometry: BaseGeometry | None) -> tuple[float, float, float, float] | None:
    if geometry is None or geometry.is_empty or geometry.geom_type == "Point":
        return None
    west, south, east, north = geometry.bounds
    return west, south, east, north


def _detail(connection: Connection, searched: _Searched, row: RowMapping) -> str | None:
    """Join what says more; codes of communities are shown by their names."""
    parts = [_LEVELS.get(row[name], row[name]) if name == "level" else row[name] for name in searched.detail]
    if "community" in searched.detail and row["community"]:
        divisions = DATASETS["divisions"].live
        named = connection.scalar(select(divisions.c.name).where(divisions.c.code == row["community"]))
        parts[searched.detail.index("community")] = named or row["community"]
    return " · ".join(str(part) for part in parts if part) or None
