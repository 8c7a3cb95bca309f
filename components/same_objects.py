"""Components surveyed twice: two of one class where only one can stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely

from components.class_column import ClassColumn
from components.class_info import ClassInfo
from components.delivered_twice import tell_known, tell_twice
from components.grid_reference import accuracy_of
from components.identifier_column import IdentifierColumn
from components.plane import crowded_rows, rough_metres
from components.positions import MARGIN_DEGREES
from gis.compact_staging import CompactStaging, Rows
from gis.findings import Severity
from gis.metres import LocalMetres
from gis.places import Coordinates
from gis.read_places import places_of, read_columns
from gis.registry import Registry
from gis.representative import Points
from gis.spatial_sql import Bounds
from gis.text import Text, t

# Rough metres are right to a percent.
_ROUGHLY = 1.03
SAME_PLACE_LIMIT_M = 1.0
"""Two things of a class with accuracy C may well stand closer than its 10 m."""


def check_same_objects(
    staging: CompactStaging,
    identifiers: IdentifierColumn,
    classes: ClassColumn,
    points: Coordinates,
    registry: Registry,
) -> None:
    """Report components of one class nearer to each other than its accuracy (C14).

    Compared are the rows of the delivery, and the registry's components that the delivery does not update.
    """
    by_class = _rows_by_class(staging, points)
    if not by_class:
        return
    metres = LocalMetres.around_points(points)
    keys = identifiers.keys()
    known = _known_around(identifiers, points, sorted(by_class), registry)
    met: dict[int, int] = {}
    for rows in by_class.values():
        reach = _reach(classes[rows[0]])
        near = _near_rows(points, rows, reach, metres)
        met |= {at: other for at, other in near if keys[at] < 0 or keys[at] != keys[other]}
    twice = tell_twice(staging, met)
    _flag_same(staging, [at for at in met if at not in twice], lambda at: staging.name_of(met[at]))
    beside: dict[int, str] = {}
    for code, rows in by_class.items():
        beside |= _beside_known(points, rows, known.get(code), _reach(classes[rows[0]]), metres)
    again = tell_known(staging, beside)
    _flag_same(staging, [at for at in beside if at not in again], beside.__getitem__)


def _rows_by_class(staging: CompactStaging, points: Coordinates) -> dict[str, Rows]:
    """Return the rows that can be compared, class by class."""
    column = staging.column("class_code").coded()
    rows = np.flatnonzero(~np.isnan(points[:, 0]) & ~staging.refused & column.present())
    order = rows[np.argsort(column.codes[rows], kind="stable")]
    borders = np.flatnonzero(np.diff(column.codes[order], prepend=0))
    parts = [part for part in np.split(order, borders) if len(part)]
    return dict(sorted((str(column[part[0]]), part) for part in parts))


def _near_rows(points: Coordinates, rows: Rows, reach: float, metres: LocalMetres) -> list[tuple[int, int]]:
    """Return each row that has an earlier one within reach, with such a one."""
    close = rows[crowded_rows(*rough_metres(*points[rows].T), _ROUGHLY * reach)]
    planar = metres.forward(np.asarray(shapely.points(points[close]), dtype=object))
    # Half the world away from the others there are no metres.
    finite = np.isfinite(shapely.get_x(planar))
    close, planar = close[finite], planar[finite]
    pairs = _near_pairs(planar, reach) if len(close) else []
    return [(int(close[later]), int(close[earlier])) for later, earlier in pairs]


def _reach(info: ClassInfo | None) -> float:
    return min(accuracy_of(info), SAME_PLACE_LIMIT_M)


def _near_pairs(planar: Points, reach: float) -> list[tuple[int, int]]:
    """Return each point that has an earlier one within reach, with such a one.

    Real lists have thousands on one spot, which would be millions of pairs. The diagonal of a cell is shorter
    than the reach: within a cell all points go with the first, and only the first ones look around.
    """
    x, y = np.floor(shapely.get_coordinates(planar) / (reach / 1.5)).astype(np.int64).T
    _, heads, cells = np.unique((x << 32) + y, return_index=True, return_inverse=True)
    others = heads[cells]
    left, right = shapely.STRtree(planar).query(planar[heads], predicate="dwithin", distance=reach)
    np.minimum.at(others, heads[left], right)
    later = np.flatnonzero(others < np.arange(len(others)))
    return list(zip(later.tolist(), others[later].tolist(), strict=True))


def _flag_same(staging: CompactStaging, rows: list[int], other: Callable[[int], Text | str]) -> None:
    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t(
                "{name} stands where {other} of the same class stands",
                name=staging.name_of(at),
                other=other(at),
            ),
            "field": "geometry",
            "hint": t("Surveyed twice? Delete one of the two"),
        }

    staging.flag_rows(np.array(rows, dtype=np.intp), "C14", Severity.WARNING, tell)


def _beside_known(
    points: Coordinates,
    rows: Rows,
    known: tuple[list[str], Coordinates] | None,
    reach: float,
    metres: LocalMetres,
) -> dict[int, str]:
    """Find rows next to a component of the registry that the delivery does not update, once each."""
    if known is None:
        return {}
    names, places = known
    both = np.concatenate([points[rows], places])
    close = crowded_rows(*rough_metres(*both.T), _ROUGHLY * reach)
    here, there = close[close < len(rows)], close[close >= len(rows)]
    if not len(here) or not len(there):
        return {}
    planar, standing = (
        metres.forward(np.asarray(shapely.points(both[part]), dtype=object)) for part in (here, there)
    )
    near, other = shapely.STRtree(standing).query_nearest(planar, max_distance=reach, all_matches=False)
    found = zip(rows[here[near]].tolist(), (there[other] - len(rows)).tolist(), strict=True)
    return {at: names[number] for at, number in found}


def _known_around(
    identifiers: IdentifierColumn, points: Coordinates, codes: Sequence[str], registry: Registry
) -> dict[str, tuple[list[str], Coordinates]]:
    """Read the components around the delivery that have one of its classes, without those it updates."""
    (west, south), (east, north) = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    margin = MARGIN_DEGREES
    bbox = (west - margin, south - margin, east + margin, north + margin)
    class_of = _others(identifiers, bbox, set(codes), registry)
    names, places = defaultdict[str, list[str]](list), defaultdict[str, list[Coordinates]](list)
    for part in places_of(registry, "components", class_of):
        for identifier, xy in zip(part.columns[0], part.xy, strict=True):
            if not np.isnan(xy[0]):
                names[class_of[identifier]].append(identifier)
                places[class_of[identifier]].append(xy)
    return {code: (names[code], np.array(places[code])) for code in names}


def _others(
    identifiers: IdentifierColumn, bbox: Bounds, codes: set[str], registry: Registry
) -> dict[str, str]:
    """Return the classes of components in a rectangle that are not delivered: as a rule, of a few."""
    found: dict[str, str] = {}
    for part, classes in read_columns(registry, "components", bbox=bbox, columns=["id", "class_code"]):
        for at in np.flatnonzero(~identifiers.contain(part)).tolist():
            if classes[at] in codes:
                found[part[at]] = classes[at]
    return found
