"""Classes that a unit grid lacks although nearly every other has several of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from components.class_column import ClassColumn
from components.known import in_parts
from components.plane import Rows, shown_places
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.models import DATASETS
from gis.places import Coordinates
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from gis.texts import Coded

FEWEST_GRIDS = 30
"""A delivery of fewer unit grids says nothing about what is usual."""
RARE = 0.02
"""Where more of the unit grids lack a class, and more than one, lacking it is not unusual."""
SEVERAL = 5
"""Half of the unit grids have so many of it: one that has none is hardly chance."""
SURVEYED = 0.75
"""A unit grid with less than this part of the median number of other components may be a park."""
_NAMED = 5


def check_completeness(
    staging: CompactStaging, classes: ClassColumn, points: Coordinates, registry: Registry
) -> None:
    """Note classes unexpectedly absent in unit grids (C29), one finding per class.

    What the registry already has of the class in a unit grid counts as there.

    Parameters
    ----------
    staging : CompactStaging
        Components with their unit grids.
    classes : ClassColumn
        Their classes.
    points : ndarray of float, shape (n, 2)
        Their positions (longitude, latitude; EPSG:4490), not a number where there is none.
    registry : Registry
        Its live components are looked up where a class seems to be absent.
    """
    rows = np.flatnonzero(~staging.refused & staging.column("unit_grid").present())
    grid_of, codes = _numbered(staging.column("unit_grid").take(rows).coded())
    class_of, class_codes = _numbered(staging.column("class_code").take(rows).coded())
    names = classes.names()
    first_row = np.zeros(len(codes), dtype=np.intp)
    first_row[grid_of[::-1]] = rows[::-1]
    for number, lacking, median in absences(grid_of, class_of):
        code = class_codes[number]
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


def absences(grid_of: NDArray[Any], class_of: NDArray[Any]) -> Iterator[tuple[int, Rows, int]]:
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


def _places(points: Coordinates, rows: Rows) -> shapely.MultiPoint | None:
    placed = rows[~np.isnan(points[rows, 0])]
    return shown_places(points, placed) if len(placed) else None


def _numbered(column: Coded) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    """Number the texts that occur in their order; all rows have one."""
    words = np.array([*sorted(column.distinct()), None], dtype=object)[:-1]
    numbers = {word: number for number, word in enumerate(words)}
    return np.array([numbers.get(word, -1) for word in column.words], np.int32)[column.codes], words
