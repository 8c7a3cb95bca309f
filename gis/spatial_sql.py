"""SQL expressions about geometry that are written the same for both databases.

Each compiles to PostGIS functions on PostgreSQL, and to the RTree and the functions of
:mod:`gis.gpkg_functions` in a GeoPackage. Columns may be a table's or an alias's.
"""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Alias, Column, ColumnElement, Float, FromClause, Table, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Boolean

from gis.columns import SRID, GeometryColumn
from gis.errors import UsageError
from gis.gpkg_schema import rtree_name
from gis.models import GEOMETRY
from gis.text import t

Bounds = tuple[float, float, float, float]
"""minx, miny, maxx, maxy in degrees, EPSG:4490, longitude before latitude."""


def bbox_clause(table: FromClause, bbox: Bounds, *, exact: bool = True) -> ColumnElement[bool]:
    """Return the condition that a row's geometry and a closed rectangle share a point.

    Parameters
    ----------
    table : Table or Alias
        A live or history table with a geometry, or an alias of one.
    bbox : tuple of float
        minx, miny, maxx, maxy in degrees, EPSG:4490.
    exact : bool
        ``False`` asks the spatial index alone: faster, never misses a row, and gives a few more
        (boxes are compared, in single precision).

    Raises
    ------
    UsageError
        The rectangle is not four finite numbers with minimum before maximum.
    """
    sides = [literal(side, Float()) for side in checked_bounds(bbox)]
    candidates = box_candidates(table, sides)
    return candidates & _IntersectsBox(table.c[GEOMETRY], *sides) if exact else candidates


def box_candidates(table: FromClause, sides: Sequence[ColumnElement[float]]) -> ColumnElement[bool]:
    """Return the condition of :func:`bbox_clause` without the exact test, of SQL expressions.

    Parameters
    ----------
    table : Table or Alias
        As for :func:`bbox_clause`.
    sides : sequence of SQL expressions
        minx, miny, maxx, maxy; with bound parameters a statement is compiled once for all boxes.
    """
    return _BoxCandidates(table.c.fid, table.c[GEOMETRY], *sides)


def checked_bounds(bbox: Bounds) -> Bounds:
    """Return a rectangle as it is, or refuse it.

    Raises
    ------
    UsageError
        It is not four finite numbers with minimum before maximum.
    """
    sides = tuple(float(side) for side in bbox)
    valid = len(sides) == 4 and all(math.isfinite(side) for side in sides)
    if not valid or sides[0] > sides[2] or sides[1] > sides[3]:
        raise UsageError(
            t("The rectangle {bbox} is not valid", bbox=",".join(str(side) for side in bbox)),
            field="bbox",
            value=list(bbox),
            expected="minx,miny,maxx,maxy",
        )
    return sides[0], sides[1], sides[2], sides[3]


class _Condition(GenericFunction[bool]):
    """A function that is a condition as it is.

    For SQLite SQLAlchemy would compare it with 1, and an index is not used through a comparison.
    """

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        return self


class _BoxCandidates(_Condition):
    """Rows that the spatial index finds: fid, geometry, minx, miny, maxx, maxy."""

    inherit_cache = True
    name = "wangge_box_candidates"


class _IntersectsBox(_Condition):
    """Exact test of one geometry: geometry, minx, miny, maxx, maxy."""

    inherit_cache = True
    name = "wangge_intersects_box"


@compiles(_BoxCandidates, "sqlite")
def _rtree(element: _BoxCandidates, compiler: Any, **kw: Any) -> str:
    fid, geometry, *sides = element.clauses
    minx, miny, maxx, maxy = (compiler.process(side, **kw) for side in sides)
    rtree = compiler.preparer.quote(rtree_name(_table_name(geometry)))
    return (
        f"{compiler.process(fid, **kw)} IN (SELECT id FROM {rtree}"
        f" WHERE maxx >= {minx} AND maxy >= {miny} AND minx <= {maxx} AND miny <= {maxy})"
    )


@compiles(_BoxCandidates, "postgresql")
def _gist(element: _BoxCandidates, compiler: Any, **kw: Any) -> str:
    _fid, geometry, *sides = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({geometry} && ST_MakeEnvelope({', '.join(sides)}, {SRID}))"


@compiles(_IntersectsBox, "postgresql")
def _st_intersects(element: _IntersectsBox, compiler: Any, **kw: Any) -> str:
    geometry, *sides = (compiler.process(clause, **kw) for clause in element.clauses)
    # The envelope of the diagonal, as a polygon without an area intersects nothing in PostGIS
    corners = [f"ST_SetSRID(ST_MakePoint({x}, {y}), {SRID})" for x, y in (sides[:2], sides[2:])]
    return f"ST_Intersects({geometry}, ST_Envelope(ST_MakeLine({', '.join(corners)})))"


def _table_name(geometry: ColumnElement[Any]) -> str:
    assert isinstance(geometry, Column)
    assert isinstance(geometry.type, GeometryColumn)
    source: FromClause = geometry.table
    while isinstance(source, Alias):
        source = source.element
    assert isinstance(source, Table)
    return source.name
