"""Classes that a unit grid lacks although nearly every other has several of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray

from components.known import in_parts
from components.plane import Rows
from gis.findings import Severity
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.representative import Points
from gis.staging import Staging
from gis.text import t

FEWEST_GRIDS = 30
"""A delivery of fewer unit grids says nothing about what is usual."""
RARE = 0.02
"""Where more of the unit grids lack a class, and more than one, lacking it is not unusual."""
SEVERAL = 5
"""Half of the unit grids have so many of it: one that has none is hardly chance."""
SURVEYED = 0.75
"""A unit grid with less than this part of the median number of other components may be a park."""
_NAMED = 5
_PLACES_SHOWN = 50


def check_completeness(
    staging: Staging, infos: NDArray[np.object_], points: Points, registry: Registry
) -> None:
    """Note classes unexpectedly absent in unit grids (C29), one finding per class.

    What the registry already has of the class in a unit grid counts as there.

    Parameters
    ----------
    staging : Staging
        Components with their unit grids.
    infos : ndarray of ClassInfo or None
        Their classes.
    points : ndarray of Point
        Their positions (EPSG:4490), None where there is none.
    registry : Registry
        Its live components are looked up where a class seems to be absent.
    """
    grids = staging.values("unit_grid")
    rows = np.flatnonzero(~staging.refused & ~pandas.isna(grids))
    grid_of, codes = pandas.factorize(grids[rows], sort=True)
    class_of, classes = pandas.factorize(staging.values("class_code")[rows], sort=True)
    names = {info.code: f"{info.code} {info.name}" for info in set(infos) if info is not None}
    first_row = rows[np.unique(grid_of, return_index=True)[1]]
    for number, lacking, median in absences(grid_of, class_of):
        code = classes[number]
        lacking = lacking[~np.isin(codes[lacking], list(_registered(registry, code, codes[lacking])))]
        if not len(lacking):
            continue
        more = " …" if len(lacking) > _NAMED else ""
        message = t(
            "{count} of {total} unit grids have no {name}: {grids}",
            count=len(lacking),
            total=len(codes),
            name=names.get(code, code),
            grids=", ".join(codes[lacking[:_NAMED]]) + more,
        )
        staging.add(
            "C29",
            Severity.INFO,
            message,
            field="class_code",
            value=code,
            expected=t("half of the unit grids have {n} or more", n=median),
            hint=t("Overlooked there? Right where the place has none"),
            geometry=_places(points, first_row[lacking]),
        )


def absences(grid_of: Rows, class_of: Rows) -> Iterator[tuple[int, Rows, int]]:
    """Find unit grids without a class that is usual.

    Parameters
    ----------
    grid_of, class_of : ndarray of int
        Unit grid and class of each component, numbered from 0.

    Yields
    ------
    number, lacking, median
        A class that all but a few unit grids have (:data:`RARE`) and half of them :data:`SEVERAL` times; the
        unit grids without it that are otherwise surveyed; and the median number of it in a unit grid.
    """
    if not len(grid_of) or grid_of.max() + 1 < FEWEST_GRIDS:
        return
    grids = int(grid_of.max()) + 1
    totals = np.bincount(grid_of, minlength=grids)
    few = max(1, int(RARE * grids))
    for number in np.flatnonzero(np.bincount(class_of) >= grids - few).tolist():
        counts = np.bincount(grid_of[class_of == number], minlength=grids)
        median = int(np.median(counts))
        others = totals - counts
        lacking = np.flatnonzero((counts == 0) & (others >= SURVEYED * np.median(others)))
        if len(lacking) and median >= SEVERAL and (counts == 0).sum() <= few:
            yield number, lacking, median


def _registered(registry: Registry, class_code: str, grids: NDArray[np.object_]) -> set[str]:
    """Return those of some unit grids in which the registry has a class."""
    table = DATASETS["components"].live
    found: set[str] = set()
    for part in in_parts(grids.tolist()):
        where = (table.c.class_code == class_code) & table.c.unit_grid.in_(part)
        found.update(read_frame(registry, "components", where=where, columns=["unit_grid"])["unit_grid"])
    return found


def _places(points: Points, rows: Rows) -> shapely.MultiPoint | None:
    places = [point for point in points[rows] if point is not None]
    return shapely.MultiPoint(places[:_PLACES_SHOWN]) if places else None
