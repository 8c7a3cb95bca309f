"""Spatial functions of a filter, and geometries brought into the registry's coordinate system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Table, false, true

from gis.crs import STORED, transformer
from gis.errors import UsageError
from gis.spatial_predicates import CONVERSE, related, related_to_itself
from gis.text import t
from layers.cql2.limits import MAX_VERTICES, refuse_beyond, refused
from layers.cql2.tree import Box, Node, Property, Shape
from layers.cql2.values import KIND_NAMES, queryable
from layers.queryables import Kind, Queryables
from layers.reference_systems import ReferenceSystem

PREFIX = "s_"
FUNCTIONS = tuple(PREFIX + relation for relation in CONVERSE)

#: Edges of geometries in a plane are followed by corners that are no farther apart, in metres: between
#: them a straight line of the plane and one of longitude and latitude differ by millimetres.
_STEP = 500.0
_STEPS = 2_000


@dataclass(frozen=True, slots=True)
class SpatialFunctions:
    """The spatial functions on one table.

    Attributes
    ----------
    table : Table
        Live table of a dataset.
    known : mapping
        Its queryables.
    system : ReferenceSystem
        Of the geometries written in the filter.
    """

    table: Table
    known: Queryables
    system: ReferenceSystem

    def condition(self, name: str, arguments: tuple[Node, ...], *, narrowed: bool) -> ColumnElement[bool]:
        """Return the condition a function states.

        Parameters
        ----------
        name : str
            One of :data:`FUNCTIONS`.
        arguments : tuple of nodes
            Two: geometries, or the property ``geometry``.
        narrowed : bool
            See :func:`gis.spatial_predicates.related`.

        Raises
        ------
        UsageError
            Not two geometries, or one that is faulty or lies outside its coordinate system.
        """
        if len(arguments) != 2:
            raise refused(t("{function} takes two geometries", function=name.upper()), name)
        relation = name.removeprefix(PREFIX)
        first, second = (self._geometry(one) for one in arguments)
        if first is not None and second is not None:
            return true() if bool(getattr(shapely, relation)(first, second)) else false()
        if first is None and second is None:
            return related_to_itself(self.table, relation)
        given = first if second is None else second
        assert given is not None
        seen = relation if first is None else CONVERSE[relation]
        return related(self.table, seen, given, narrowed=narrowed)

    def _geometry(self, node: Node) -> shapely.Geometry | None:
        """Return a geometry in EPSG:4490; ``None`` for that of the feature."""
        if isinstance(node, Property):
            if queryable(node.name, self.known).kind != Kind.GEOMETRY:
                raise refused(
                    t("{name} is not a geometry", name=node.name), node.name, _geometries(self.known)
                )
            return None
        if isinstance(node, Box):
            return _box(node, self.system)
        if isinstance(node, Shape):
            return _stored(node.geometry, self.system)
        raise refused(t("A spatial function takes geometries"), expected=KIND_NAMES[Kind.GEOMETRY])


def _box(box: Box, system: ReferenceSystem) -> shapely.Geometry:
    """Return a rectangle; in longitude and latitude it may run across the 180th meridian."""
    numbers = box.numbers
    left, bottom, right, top = (numbers[i] for i in ((1, 0, 3, 2) if system.north_first else (0, 1, 2, 3)))
    across = left > right and system.geographic
    if bottom > top or (left > right and not across):
        raise refused(
            t("The box {bbox} has its minimum above its maximum", bbox=list(numbers)), list(numbers)
        )
    parts = [(left, 180.0), (-180.0, right)] if across else [(left, right)]
    rectangles = [_rectangle(west, bottom, east, top) for west, east in parts]
    whole = rectangles[0] if len(rectangles) == 1 else shapely.union_all(rectangles)
    return _in_degrees(whole, system)


def _rectangle(left: float, bottom: float, right: float, top: float) -> shapely.Geometry:
    """Return a rectangle, a line or a point when it has no area."""
    if left == right and bottom == top:
        return shapely.Point(left, bottom)
    if left == right or bottom == top:
        return shapely.LineString([(left, bottom), (right, top)])
    return shapely.box(left, bottom, right, top)


def _stored(written: shapely.Geometry, system: ReferenceSystem) -> shapely.Geometry:
    if shapely.is_empty(written) or any(shapely.is_empty(part) for part in shapely.get_parts(written)):
        raise refused(t("A geometry in the filter is empty"), shapely.to_wkt(written))
    placed = shapely.transform(written, lambda xy: xy[:, ::-1]) if system.north_first else written
    if not shapely.is_valid(placed):
        reason = shapely.is_valid_reason(placed)
        raise refused(
            t("A geometry in the filter is not valid: {reason}", reason=reason),
            shapely.to_wkt(written),
            t("A geometry of Simple Features (OGC 06-103r4)"),
        )
    return _in_degrees(placed, system)


def _in_degrees(geometry: shapely.Geometry, system: ReferenceSystem) -> shapely.Geometry:
    """Bring a geometry of a coordinate system, x before y, to EPSG:4490."""
    if system.is_stored:
        west, south, east, north = shapely.bounds(geometry).tolist()
        if west < -180 or east > 180 or south < -90 or north > 90:
            raise _outside(geometry, system)
        return geometry
    step = max(_STEP, shapely.length(geometry) / _STEPS)
    dense = shapely.segmentize(geometry, step)
    refuse_beyond("vertices", int(shapely.get_num_coordinates(dense)), 2 * MAX_VERTICES)
    convert = transformer(f"EPSG:{system.srid}", STORED)

    def degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(convert(xy[:, 0], xy[:, 1]))

    placed = shapely.transform(dense, degrees)
    if not np.isfinite(shapely.get_coordinates(placed)).all():
        raise _outside(geometry, system)
    return placed if shapely.is_valid(placed) else shapely.make_valid(placed)


def _outside(geometry: shapely.Geometry, system: ReferenceSystem) -> UsageError:
    return refused(
        t("A geometry in the filter lies outside {crs}", crs=system.uri), shapely.to_wkt(geometry), system.uri
    )


def _geometries(known: Queryables) -> str:
    return ", ".join(name for name, one in known.items() if one.kind == Kind.GEOMETRY)
