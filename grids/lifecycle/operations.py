"""Split, merge, move and retire unit grids.

Rules (GB/T 30428.1, as implementations follow it): a grid whose border changes is retired, and what follows
it gets new numbers at the end of its community's sequence; a number is never used again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import geopandas
import numpy as np
import pandas
import shapely
from numpy.typing import NDArray

from gis.editions import Change
from gis.errors import DataRefused, UsageError
from gis.metres import LocalMetres
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t
from grids.codes import build_grid_code
from grids.groups.memberships import memberships_after
from grids.groups.outlines import outlines_after
from grids.lifecycle.cutting import cut, new_corners, with_corners
from grids.lifecycle.plan import (
    GRIDS,
    Order,
    Plan,
    editions_now,
    live_grids,
    new_grids,
    records_of_end,
    single_polygon,
)
from grids.numbering import next_numbers
from grids.numbering_order import numbering_order
from grids.past.retirements import Operation, retirement_change
from grids.topology import TOLERANCE_M2


def plan_split(registry: Registry, code: str, lines: Sequence[shapely.LineString], order: Order) -> Plan:
    """Split a grid along lines.

    Parameters
    ----------
    registry : Registry
    code : str
        A live unit grid.
    lines : sequence of LineString
        EPSG:4490, from border to border.
    order : Order

    Raises
    ------
    NotFound, UsageError
        The grid is not live; its code is none.
    DataRefused
        A line crosses itself, misses the grid or ends in it; the community has no numbers left.
    """
    based_on = editions_now(registry)
    grid = live_grids(registry, [code])
    area = single_polygon(grid, 0)
    pieces = _in_order(cut(area, lines))
    return _replaced(registry, Operation.SPLIT, grid, pieces, [area], [[0]] * len(pieces), order, based_on)


def plan_merge(registry: Registry, codes: Sequence[str], order: Order) -> Plan:
    """Merge grids of one community into one.

    Raises
    ------
    NotFound, UsageError
        A grid is not live; its code is none; fewer than two are named.
    DataRefused
        They are of several communities, or do not form one area.
    """
    based_on = editions_now(registry)
    grids = _together(registry, codes)
    areas = [single_polygon(grids, at) for at in range(len(grids))]
    whole = _one_area(areas, codes)
    before = [list(range(len(areas)))]
    return _replaced(registry, Operation.MERGE, grids, np.array([whole]), areas, before, order, based_on)


def plan_move(
    registry: Registry, codes: Sequence[str], lines: Sequence[shapely.LineString], order: Order
) -> Plan:
    """Draw the borders between grids of one community anew, along lines through their common area.

    Parameters
    ----------
    registry : Registry
    codes : sequence of str
        Live grids that touch each other.
    lines : sequence of LineString
        EPSG:4490: the new borders between them, cutting their area into as many pieces as there were grids.
    order : Order

    Raises
    ------
    NotFound, UsageError, DataRefused
        As for splitting and merging; or the lines make another number of pieces.
    """
    based_on = editions_now(registry)
    grids = _together(registry, codes)
    areas = [single_polygon(grids, at) for at in range(len(grids))]
    pieces = _in_order(cut(_one_area(areas, codes), lines))
    if len(pieces) != len(areas):
        raise DataRefused(
            t("The lines make {pieces} areas of {grids} grids", pieces=len(pieces), grids=len(areas)),
            field="--by",
            value=len(pieces),
            expected=len(areas),
            hint=t("To change the number of grids, split or merge them"),
        )
    return _replaced(registry, Operation.MOVE, grids, pieces, areas, _sources(pieces, areas), order, based_on)


def plan_retire(registry: Registry, code: str, order: Order) -> Plan:
    """Retire a grid without a successor; its ground is in no grid afterwards.

    Raises
    ------
    NotFound, UsageError
        The grid is not live; its code is none; no reason is given.
    """
    if not (order.why or "").strip():
        raise UsageError(
            t("{code} cannot be retired without a reason", code=code),
            field="--why",
            expected=t("the reason, for the record"),
        )
    based_on = editions_now(registry)
    grid = live_grids(registry, [code])
    notes = [t("{area} m² lie in no unit grid afterwards", area=f"{float(grid['area_m2'].iloc[0]):.0f}")]
    nothing = new_grids([], [], [], order)
    return _plan(registry, Operation.RETIRE, grid, nothing, {code: ()}, order, based_on, notes)


def _together(registry: Registry, codes: Sequence[str]) -> geopandas.GeoDataFrame:
    if len(codes) < 2:
        raise UsageError(
            t("One grid alone cannot be merged or moved"),
            field="CODE",
            value=" ".join(codes),
            expected=t("at least two codes"),
        )
    grids = live_grids(registry, codes)
    communities = sorted(set(grids["community"]))
    if len(communities) > 1:
        raise DataRefused(
            t("The grids belong to several communities: {communities}", communities=", ".join(communities)),
            field="CODE",
            value=" ".join(codes),
            expected=t("grids of one community"),
        )
    return grids


def _one_area(areas: Sequence[shapely.Polygon], codes: Sequence[str]) -> shapely.Polygon:
    """Return the union of grids that hang together."""
    seamless = bool(shapely.coverage_is_valid(areas))
    whole = shapely.get_parts(shapely.coverage_union_all(areas) if seamless else shapely.union_all(areas))
    if len(whole) > 1:
        raise DataRefused(
            t("The grids {codes} do not touch along an edge", codes=", ".join(codes)),
            field="CODE",
            value=" ".join(codes),
            expected=t("neighbours that form one area"),
        )
    return shapely.Polygon(whole[0])


def _in_order(pieces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Order pieces as a community's grids are numbered."""
    ordered = pieces[numbering_order(LocalMetres.around(pieces).forward(pieces))]
    return np.asarray(ordered)


def _sources(pieces: NDArray[np.object_], areas: Sequence[shapely.Polygon]) -> list[list[int]]:
    """Return for each piece the former areas that it has ground of."""
    metres = LocalMetres.around(pieces)
    new, old = metres.forward(pieces), metres.forward(np.array(areas, dtype=object))
    shared = shapely.area(shapely.intersection(new[:, None], old[None, :]))
    return [np.flatnonzero(row > TOLERANCE_M2).tolist() for row in shared]


def _replaced(
    registry: Registry,
    operation: Operation,
    grids: geopandas.GeoDataFrame,
    pieces: NDArray[np.object_],
    areas: Sequence[shapely.Polygon],
    sources: Sequence[Collection[int]],
    order: Order,
    based_on: Mapping[str, int],
) -> Plan:
    """Plan that pieces take the place of grids of one community."""
    community = grids["community"].iloc[0]
    numbers = next_numbers(registry, community, len(pieces))
    codes = [build_grid_code(community, number) for number in numbers]
    before = [grids.iloc[list(source)] for source in sources]
    new = new_grids(codes, list(pieces), before, order)
    successors = {
        old: tuple(code for code, source in zip(codes, sources, strict=True) if at in source)
        for at, old in enumerate(grids["code"])
    }
    return _plan(registry, operation, grids, new, successors, order, based_on, [], areas)


def _plan(
    registry: Registry,
    operation: Operation,
    grids: geopandas.GeoDataFrame,
    new: geopandas.GeoDataFrame,
    successors: Mapping[str, tuple[str, ...]],
    order: Order,
    based_on: Mapping[str, int],
    notes: list[Text],
    areas: Sequence[shapely.Polygon] = (),
) -> Plan:
    """Put the changes of an operation together."""
    neighbours = _neighbours_with_corners(registry, grids, areas, new)
    written = (
        geopandas.GeoDataFrame(pandas.concat([new, neighbours], ignore_index=True))
        if len(neighbours)
        else new
    )
    changes = [
        Change(GRIDS, written, retired=[(code,) for code in grids["code"]]),
        retirement_change(records_of_end(GRIDS, grids, successors, operation, order)),
    ]
    members = memberships_after(registry, successors)
    if members is not None:
        changes.append(members)
    if operation is not Operation.SPLIT:
        # Parts of a split cover the same ground, so only other operations move outlines of groups
        changes += outlines_after(registry, written, successors)
    if len(neighbours):
        notes = [*notes, t("{n} neighbours get the new corners on their borders", n=len(neighbours))]
    return Plan(operation, changes, successors, new, based_on, notes=notes)


def _neighbours_with_corners(
    registry: Registry,
    grids: geopandas.GeoDataFrame,
    areas: Sequence[shapely.Polygon],
    new: geopandas.GeoDataFrame,
) -> geopandas.GeoDataFrame:
    """Return the grids around that need the corners which the new ones have on common borders."""
    corners = new_corners(areas, np.array(new.geometry, dtype=object)) if len(areas) else []
    if not corners:
        return new.iloc[:0]
    columns = [*DATASETS[GRIDS].columns, "geometry"]
    around = read_frame(registry, GRIDS, bbox=_box(grids), columns=columns)
    around = around[~around["code"].isin(list(grids["code"]))].reset_index(drop=True)
    grown = [_grown(geometry, corners) for geometry in around.geometry]
    touched = [new_one is not old for new_one, old in zip(grown, around.geometry, strict=True)]
    grown_grids = geopandas.GeoDataFrame(around.drop(columns="geometry"), geometry=grown, crs="EPSG:4490")
    return grown_grids[np.array(touched, dtype=bool)]


def _grown(geometry: shapely.MultiPolygon, corners: Sequence[shapely.Point]) -> shapely.MultiPolygon:
    parts = list(shapely.get_parts(geometry))
    grown = [with_corners(part, corners) for part in parts]
    if all(new is old for new, old in zip(grown, parts, strict=True)):
        return geometry
    return shapely.MultiPolygon(grown)


def _box(grids: geopandas.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = grids.total_bounds.tolist()
    return west, south, east, north
