"""How areas that were drawn apart from the unit grids share their ground with them.

Governance grids (综治网格, 基层治理网格), areas of responsibility and other lines have borders of their own.
What of each lies in which unit grid is worked out when it is asked for, from what the registry has then.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray

from gis.crs import geodesic_area
from gis.errors import UsageError
from gis.models import DATASETS, dataset_named
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from grids.groups.units import read_units, sound_areas

SMALLEST_M2 = 1.0
"""Smaller common ground is left out: borders that follow the same line were still drawn twice."""

COLUMNS = ("line", "code", "unit_grid", "area_m2", "share_of_group", "share_of_unit_grid")

_PAIRS_AT_A_TIME = 50_000


def area_shares(
    registry: Registry, dataset: str, line: str | None = None, *, smallest_m2: float = SMALLEST_M2
) -> pandas.DataFrame:
    """Relate the areas of a dataset to the live unit grids by the ground they share.

    Parameters
    ----------
    registry : Registry
    dataset : str
        A dataset of areas: ``"governance-grids"``, ``"areas"``, ``"responsibility-grids"`` …
    line : str, optional
        Only areas of this line of business.
    smallest_m2 : float
        Common ground below it is left out.

    Returns
    -------
    DataFrame
        ``line`` (empty where the dataset has none), ``code``, ``unit_grid``, ``area_m2`` (common ground
        on the ellipsoid), ``share_of_group`` and ``share_of_unit_grid`` (that area over the whole area of
        either, 0 to 1), ordered by line, code, and the larger share first. Invalid areas are measured on
        valid copies.

    Raises
    ------
    UsageError
        The dataset does not exist, has no areas, is that of the unit grids, or has no lines.
    """
    _require_areas(dataset, line)
    columns = DATASETS[dataset].live.c
    frame = read_frame(registry, dataset, where=None if line is None else columns.line == line)
    lines = frame["line"].to_numpy(dtype=object) if "line" in frame else np.full(len(frame), "", dtype=object)
    groups = sound_areas(np.array([*frame.geometry, None], dtype=object)[:-1])
    units = read_units(registry, "grids")
    group, unit, area = shared_ground(groups, units.sound)
    keep = area >= smallest_m2
    group, unit, area = group[keep], unit[keep], area[keep]
    shares = pandas.DataFrame(
        {
            "line": lines[group],
            "code": frame["code"].to_numpy(dtype=object)[group],
            "unit_grid": units.codes[unit],
            "area_m2": area,
            "share_of_group": area / geodesic_area(groups)[group],
            "share_of_unit_grid": area / geodesic_area(units.sound)[unit],
        }
    )
    order = ["line", "code", "area_m2", "unit_grid"]
    return shares.sort_values(order, ascending=[True, True, False, True], ignore_index=True)


def _require_areas(dataset: str, line: str | None) -> None:
    chosen = dataset_named(dataset)
    areal = [d.name for d in DATASETS.values() if d.geometry == "MULTIPOLYGON" and d.name != "grids"]
    if dataset not in areal:
        raise UsageError(
            t("{dataset} has no areas to compare with unit grids", dataset=dataset),
            field="DATASET",
            value=dataset,
            expected=", ".join(areal),
        )
    if line is not None and "line" not in chosen.columns:
        raise UsageError(t("{dataset} has no lines of business", dataset=dataset), field="--line", value=line)


def shared_ground(
    groups: NDArray[np.object_], units: NDArray[np.object_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the ground that two layers of areas share, pair by pair.

    Parameters
    ----------
    groups, units : ndarray of geometries
        Valid areas, EPSG:4490.

    Returns
    -------
    group, unit : ndarray of int
        Positions of the pairs that share some ground.
    area_m2 : ndarray of float
        On the ellipsoid.
    """
    tree = shapely.STRtree(units)
    group, unit = tree.query(groups, predicate="intersects")
    whole_group, whole_unit = tree.query(groups, predicate="covers")
    # most units lie wholly in a group, and need no overlay
    inside = np.isin(group * len(units) + unit, whole_group * len(units) + whole_unit)
    area = np.where(inside, geodesic_area(units)[unit], 0.0)
    for some in _chunks(np.flatnonzero(~inside)):
        common = shapely.intersection(groups[group[some]], units[unit[some]])
        area[some] = geodesic_area(common)
    shared = area > 0
    return group[shared], unit[shared], area[shared]


def _chunks(positions: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Cut positions into pieces, so that the overlays of one piece at a time are in memory."""
    for start in range(0, len(positions), _PAIRS_AT_A_TIME):
        yield positions[start : start + _PAIRS_AT_A_TIME]
