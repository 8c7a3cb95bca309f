"""Let components follow when unit grids or divisions change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import geopandas
import numpy as np
import pandas
import shapely
from numpy.typing import NDArray
from sqlalchemy import or_

from gis.coverage import Coverage
from gis.editions import Change
from gis.metres import LocalMetres
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from grids.lifecycle.plan import Plan

_CODES_AT_A_TIME = 200
_DIGITS = {"county": 6, "street": 9, "community": 12}

Geometries = NDArray[np.object_]


def components_after(registry: Registry, plan: Plan) -> Change | None:
    """Assign the components of retired unit grids to those that follow.

    A component goes to the new grid it lies in (a line or an area: that holds most of it); one outside of
    all, because its position was measured less exactly than the border, to the nearest. Where no grid
    follows, or several do and it has no position, it is in none.

    Parameters
    ----------
    registry : Registry
    plan : Plan
        What happens to the grids.

    Returns
    -------
    Change or None
        Of the dataset ``components``; None when none is concerned.
    """
    frames = [*_of_grids(registry, plan), *_of_divisions(registry, plan)]
    if not frames:
        return None
    return Change("components", geopandas.GeoDataFrame(pandas.concat(frames, ignore_index=True)))


def _of_grids(registry: Registry, plan: Plan) -> Iterator[geopandas.GeoDataFrame]:
    """Return the components of the retired grids with their new grid and its divisions."""
    areas = dict(zip(plan.new["code"], plan.new.geometry, strict=True))
    column = DATASETS["components"].live.c.unit_grid
    retired = sorted(plan.successors)
    for start in range(0, len(retired), _CODES_AT_A_TIME):
        codes = retired[start : start + _CODES_AT_A_TIME]
        frame = read_frame(registry, "components", where=column.in_(codes))
        if len(frame):
            yield _in_new_grids(geopandas.GeoDataFrame(frame), plan.successors, areas)


def _in_new_grids(
    frame: geopandas.GeoDataFrame,
    successors: Mapping[str, Sequence[str]],
    areas: Mapping[str, shapely.Geometry],
) -> geopandas.GeoDataFrame:
    old = frame["unit_grid"].to_numpy(dtype=object)
    geometries = np.array([*frame.geometry, None], dtype=object)[:-1]
    found = np.full(len(frame), None, dtype=object)
    for code in sorted(set(old)):
        rows = np.flatnonzero(old == code)
        found[rows] = _assigned(geometries[rows], {new: areas[new] for new in successors[code]})
    derived = {
        name: [stated if grid is None else grid[:n] for stated, grid in zip(frame[name], found, strict=True)]
        for name, n in _DIGITS.items()
    }
    return frame.assign(unit_grid=found, **derived)


def _assigned(geometries: Geometries, areas: Mapping[str, shapely.Geometry]) -> Geometries:
    """Return the code of the area each geometry belongs to."""
    result = np.full(len(geometries), None, dtype=object)
    if len(areas) <= 1:
        result[:] = next(iter(areas), None)
        return result
    codes, grounds = np.array(list(areas), dtype=object), np.array(list(areas.values()), dtype=object)
    points = shapely.get_type_id(geometries) == shapely.GeometryType.POINT
    at = Coverage.build(grounds, codes.tolist()).locate(
        shapely.get_x(geometries[points]), shapely.get_y(geometries[points])
    )
    result[np.flatnonzero(points)[at >= 0]] = codes[at[at >= 0]]
    left = np.flatnonzero((result == None) & ~shapely.is_missing(geometries))  # noqa: E711 - elementwise
    result[left] = codes[_most_or_nearest(geometries[left], grounds)]
    return result


def _most_or_nearest(geometries: Geometries, grounds: Geometries) -> NDArray[np.intp]:
    """Return the ground that holds most of each geometry, or the nearest; of equals the first."""
    metres = LocalMetres.around(grounds)
    things, places = metres.forward(geometries)[:, None], metres.forward(grounds)[None, :]
    shared = shapely.intersection(things, places)
    size = np.where(shapely.get_dimensions(things) == 2, shapely.area(shared), shapely.length(shared))
    away = shapely.distance(things, places)
    chosen: NDArray[np.intp] = np.lexsort((away, -size.round(3)), axis=-1)[:, 0]
    return chosen


def _of_divisions(registry: Registry, plan: Plan) -> Iterator[geopandas.GeoDataFrame]:
    """Return the components that name a recoded division without being in one of its grids."""
    if not plan.recoded:
        return
    columns = DATASETS["components"].live.c
    top = min(plan.recoded, key=len)
    elsewhere = columns.unit_grid.is_(None) | ~columns.unit_grid.startswith(top, autoescape=True)
    named = or_(*(columns[name].in_(list(plan.recoded)) for name in _DIGITS))
    frame = read_frame(registry, "components", where=elsewhere & named)
    if len(frame):
        for name, digits in reversed(_DIGITS.items()):
            _recode(frame, name, digits, plan.recoded)
        yield geopandas.GeoDataFrame(frame)


def _recode(frame: pandas.DataFrame, name: str, digits: int, recoded: Mapping[str, str]) -> None:
    """Give rows the new code of a division, and the codes above it that it begins with."""
    concerned = frame[name].isin(list(recoded))
    new = frame.loc[concerned, name].map(recoded)
    for above, length in _DIGITS.items():
        if length <= digits:
            frame.loc[concerned, above] = new.str[:length]
