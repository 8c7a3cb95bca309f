"""Components that a delivery of unit grids leaves in no grid, or in another than they are recorded in (G12).

A registry may have ten million components. They are read piece by piece, and what is found is summed up: one
finding for all components of a recorded grid that lie in the same other grid, or in none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from sqlalchemy import select

from gis.coverage import Coverage
from gis.findings import Severity
from gis.metres import LocalMetres
from gis.models import DATASETS
from gis.read import CHUNK, read_chunks
from gis.registry import Registry
from gis.representative import representative_points
from gis.staging import Staging
from gis.text import Text, t
from grids.contents.buildings import cut_finding
from grids.contents.cuts import find_cuts
from grids.contents.resulting_grids import ResultingGrids
from grids.groups.units import sound_areas

NEAR_M = 1.0
"""A component this close to the grid it is recorded in is not said to lie in another: that of a component of
the middle accuracy class is 1 m, and the class does not matter to whoever draws grids."""

IDS_SHOWN = 10
PLACES_KEPT = 200
"""Points in the geometry of a finding."""

_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def has_components(registry: Registry) -> bool:
    """Tell whether a registry has any component."""
    with registry.connect() as connection:
        return connection.execute(select(DATASETS["components"].live.c.fid).limit(1)).first() is not None


def check_components(
    staging: Staging, grids: ResultingGrids, registry: Registry, *, chunk: int = CHUNK
) -> None:
    """Compare the components on the ground of a delivery with the grids as they will be (G12, G10).

    Of those in a grid it is said which are recorded in another, when either grid is in the delivery. A
    component without a recorded grid is reported only where no grid is: on its import it gets the one it
    lies in.

    Parameters
    ----------
    staging : Staging
        Unit grids; findings and notes go to it.
    grids : ResultingGrids
        Those of the delivery and around it.
    registry : Registry
        Has the components.
    chunk : int
        Components read at a time.
    """
    if grids.bounds is None:
        return
    coverage = Coverage.build(grids.units.geometries, list(grids.units.codes))
    tallies: dict[tuple[str, str], _Tally] = {}
    looked_at = 0
    columns = ["id", "unit_grid", "geometry"]
    chunks = read_chunks(registry, "components", bbox=grids.bounds, columns=columns, exact=False, size=chunk)
    for frame in chunks:
        looked_at += len(frame)
        for key, misplaced in _misplaced(frame, coverage, grids):
            tallies.setdefault(key, _Tally()).add(misplaced)
        _check_cuts(staging, frame, grids)
    staging.notes.append(t("{n} components of the registry compared with the grids", n=looked_at))
    for (recorded, found), tally in sorted(tallies.items()):
        _report(staging, recorded, found, tally)


@dataclass(slots=True)
class _Tally:
    """How many components are misplaced in one way, and the first of them by id."""

    count: int = 0
    first: list[tuple[str, shapely.Point]] = field(default_factory=list)

    def add(self, frame: pandas.DataFrame) -> None:
        """Count the components of a piece."""
        self.count += len(frame)
        new = frame.sort_values("id").head(PLACES_KEPT)
        pairs = [*self.first, *zip(new["id"], new["point"], strict=True)]
        self.first = sorted(pairs, key=lambda pair: pair[0])[:PLACES_KEPT]


def _misplaced(
    frame: pandas.DataFrame, coverage: Coverage, grids: ResultingGrids
) -> Iterator[tuple[tuple[str, str], pandas.DataFrame]]:
    """Group the components of a piece that are misplaced by the grid recorded and the grid found.

    Empty codes stand for none.
    """
    points = representative_points(_geometries(frame))
    here = np.flatnonzero(~shapely.is_missing(points))
    at = coverage.locate(shapely.get_x(points[here]), shapely.get_y(points[here]))
    found = np.array([*coverage.codes, ""], dtype=object)[at]
    recorded = frame["unit_grid"].fillna("").to_numpy(dtype=object)[here]
    suspect = np.flatnonzero((found == "") | ((recorded != "") & (recorded != found)))
    here = here[suspect]
    table = pandas.DataFrame(
        {
            "id": frame["id"].to_numpy(dtype=object)[here],
            "point": points[here],
            "recorded": recorded[suspect],
            "found": found[suspect],
        },
        dtype=object,
    )
    delivered = list(grids.delivered)
    concerned = table["recorded"].isin(delivered) | table["found"].isin(delivered)
    table = table[(table["found"] == "") | concerned]
    table = table[~_near(table, grids)]
    for key, rows in table.groupby(["recorded", "found"]):
        yield (str(key[0]), str(key[1])), rows


def _geometries(frame: pandas.DataFrame) -> NDArray[np.object_]:
    return np.array(frame["geometry"].array, dtype=object)


def _near(table: pandas.DataFrame, grids: ResultingGrids) -> NDArray[np.bool_]:
    """Tell which components are within the tolerance of the grid they are recorded in."""
    at = grids.units.positions(table["recorded"].to_numpy(dtype=object))
    known = np.flatnonzero(at >= 0)
    near = np.zeros(len(table), dtype=bool)
    if len(known):
        points = table["point"].to_numpy(dtype=object)[known]
        metres = LocalMetres.around(points)
        distance = shapely.distance(metres.forward(points), metres.forward(grids.units.sound[at[known]]))
        near[known] = distance <= NEAR_M
    return near


def _check_cuts(staging: Staging, frame: pandas.DataFrame, grids: ResultingGrids) -> None:
    """Report components with an extent that a border cuts (G10)."""
    geometries = _geometries(frame)
    areal = np.flatnonzero(np.isin(shapely.get_type_id(geometries), _AREAL))
    if not len(areal):
        return
    ids = frame["id"].to_numpy(dtype=object)[areal]
    for cut in find_cuts(sound_areas(geometries[areal]), grids.units.sound, grids.tree):
        name = t("Component {id}", id=ids[cut.area])
        staging.findings.append(cut_finding(staging.dataset, name, cut, grids.units.codes))


def _report(staging: Staging, recorded: str, found: str, tally: _Tally) -> None:
    ids = [name for name, _ in tally.first[:IDS_SHOWN]]
    more = " …" if tally.count > len(ids) else ""
    staging.add(
        "G12",
        Severity.WARNING,
        _message(recorded, found, tally.count, ", ".join(ids) + more),
        id=recorded or None,
        field="unit_grid",
        value=str(tally.count),
        expected=found or None,
        hint=t("Assign them to the grids they lie in, or correct the border"),
        geometry=shapely.MultiPoint([place for _, place in tally.first]),
    )


def _message(recorded: str, found: str, count: int, ids: str) -> Text:
    if not recorded:
        return t("{n} components lie in no unit grid: {ids}", n=count, ids=ids)
    if not found:
        return t("{n} components of {code} lie in no unit grid: {ids}", n=count, code=recorded, ids=ids)
    return t("{n} components of {code} lie in {found}: {ids}", n=count, code=recorded, found=found, ids=ids)
