"""What an operation on unit grids is going to do, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas
import numpy as np
import pandas
import shapely

from gis.crs import geodesic_area
from gis.dates import compact
from gis.editions import Change, basis
from gis.errors import DataRefused, NotFound
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t
from grids.codes import parse_grid_code
from grids.past.retirements import Operation, Retirement
from grids.past.succession import successors

GRIDS, DIVISIONS = "grids", "divisions"


@dataclass(frozen=True)
class Order:
    """Who wants what: the reason and the day of an operation.

    Attributes
    ----------
    why : str or None
        Reason, kept with every code that is retired.
    day : date
        On which the operation takes effect for people; written to dates of grids and retirements.
    """

    day: date
    why: str | None = None


@dataclass(frozen=True)
class Plan:
    """Changes of one operation, complete in this room; other rooms add theirs.

    Attributes
    ----------
    operation : Operation
    changes : list of Change
        Of ``grids`` first, then of what refers to them here.
    successors : dict of str to tuple of str
        For each retired grid the grids that follow it; empty where nothing does.
    new : GeoDataFrame
        The grids that follow, columns of the dataset, EPSG:4490.
    recoded : dict of str to str
        Divisions that get another code, old to new.
    based_on : dict of str to int
        Editions the plan was worked out from.
    notes : list of Text
        What a person should know before agreeing.
    """

    operation: Operation
    changes: list[Change]
    successors: Mapping[str, tuple[str, ...]]
    new: geopandas.GeoDataFrame
    based_on: Mapping[str, int]
    recoded: Mapping[str, str] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)


def editions_now(registry: Registry) -> dict[str, int]:
    """Return what the registry holds now, to be compared when the plan is carried out."""
    with registry.connect() as connection:
        return basis(connection)


def live_grids(registry: Registry, codes: Sequence[str]) -> geopandas.GeoDataFrame:
    """Read live unit grids in the order of some codes.

    Raises
    ------
    UsageError
        A code is none of unit grids, or is given twice.
    NotFound
        There is no live grid of a code; the message names what followed a retired one.
    """
    for code in codes:
        parse_grid_code(code)
    _refuse_repeated(codes)
    column = DATASETS[GRIDS].live.c.code
    frame = read_frame(registry, GRIDS, where=column.in_(list(codes))).set_index("code", drop=False)
    for code in codes:
        if code not in frame.index:
            raise _not_live(registry, code)
    return geopandas.GeoDataFrame(frame.loc[list(codes)].reset_index(drop=True), crs="EPSG:4490")


def single_polygon(grids: geopandas.GeoDataFrame, at: int) -> shapely.Polygon:
    """Return the one polygon of a grid.

    Raises
    ------
    DataRefused
        The grid is invalid or consists of several polygons.
    """
    geometry = grids.geometry.iloc[at]
    if not geometry.is_valid or shapely.get_num_geometries(geometry) != 1:
        raise DataRefused(
            t("{code} is not one valid polygon", code=grids["code"].iloc[at]),
            field="code",
            value=grids["code"].iloc[at],
            hint=t("Correct its polygon with an import first"),
        )
    return shapely.Polygon(geometry.geoms[0])


def new_grids(
    codes: Sequence[str],
    polygons: Sequence[shapely.Polygon],
    predecessors: Sequence[geopandas.GeoDataFrame],
    order: Order,
    *,
    inherited: Sequence[str] = ("responsible", "attributes"),
) -> geopandas.GeoDataFrame:
    """Make the rows of new unit grids.

    Parameters
    ----------
    codes, polygons, predecessors : sequences of equal length
        Code, polygon in EPSG:4490 and the grids that each follows.
    order : Order
        Its day becomes the initial date.
    inherited : sequence of str
        Columns that a grid takes over from its predecessors when these agree.
    """
    taken_over = [_shared(before, inherited) for before in predecessors]
    areas = np.asarray(geodesic_area(np.array([*polygons, None], dtype=object)[:-1]))
    rows = [
        {
            **shared,
            "code": code,
            "county": code[:6],
            "street": code[:9],
            "community": code[:12],
            "area_m2": round(float(area), 2),
            "initial_date": compact(order.day),
            "state": "有效",
        }
        for code, shared, area in zip(codes, taken_over, areas, strict=True)
    ]
    frame = pandas.DataFrame(rows, columns=list(DATASETS[GRIDS].columns), dtype=object)
    return geopandas.GeoDataFrame(frame, geometry=list(polygons), crs="EPSG:4490")


def records_of_end(
    kind: str,
    things: pandas.DataFrame,
    successors: Mapping[str, Sequence[str]],
    operation: Operation,
    order: Order,
) -> list[Retirement]:
    """Write down which codes end and what follows each.

    Parameters
    ----------
    kind : str
        ``"grids"`` or ``"divisions"``.
    things : DataFrame
        What ends, columns ``code`` and ``name``.
    successors : mapping of str to sequence of str
        Codes that follow, by code.
    operation : Operation
    order : Order
    """
    return [
        Retirement(
            kind,
            code,
            operation,
            tuple(successors.get(code, ())),
            name=None if pandas.isna(name) else str(name),
            reason=order.why,
            date=compact(order.day),
        )
        for code, name in zip(things["code"], things["name"], strict=True)
    ]


def _shared(before: pandas.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """Return the values of some columns that all predecessors have in common."""
    shared = {}
    for name in columns:
        values = set(before[name].dropna())
        shared[name] = values.pop() if len(values) == 1 and before[name].notna().all() else None
    return shared


def _refuse_repeated(codes: Sequence[str]) -> None:
    for at, code in enumerate(codes):
        if code in codes[:at]:
            raise DataRefused(t("{code} is given twice", code=code), field="CODE", value=code)


def _not_live(registry: Registry, code: str) -> NotFound:
    following = successors(registry, GRIDS, code)
    return NotFound(
        t("There is no live unit grid {code}", code=code),
        field="CODE",
        value=code,
        hint=t("It was followed by {codes}", codes=", ".join(following)) if following else None,
    )
