"""Censuses, check points and sheets in metres around one place, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from components.acceptance.census import COLUMNS, Census
from components.acceptance.check_points import CheckPoints
from components.acceptance.inspection import Acceptance, inspect
from components.acceptance.sampled import SampledSheets
from components.acceptance.settings import ATTRIBUTES, AcceptanceSettings
from components.catalogue import SHIPPED
from gis.metres import LocalMetres
from gis.text import t

METRES = LocalMetres(106.5)
ORIGIN = shapely.get_coordinates(METRES.forward(np.array([shapely.Point(106.5, 29.4)])))[0]

Thing = tuple[float, float, str]
"""East and north in metres of the origin, and the class code."""


def place(x: float, y: float) -> shapely.Point:
    """Return a place in degrees, given in metres from the origin."""
    return METRES.inverse(np.array([shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y)], dtype=object))[0]


def array(values: Sequence[object]) -> np.ndarray:
    return np.array([*values, None], dtype=object)[:-1]


def census_of(things: Sequence[Thing], **columns: Sequence[Any]) -> Census:
    """Make a census of points; identifiers count from 1."""
    rows = pd.DataFrame({name: [None] * len(things) for name in COLUMNS}, dtype=object)
    rows["class_code"] = array([code for *_, code in things])
    rows["standard"] = "2013"
    rows["id"] = array([f"500113{code}{at:06d}" for at, (*_, code) in enumerate(things, 1)])
    for name, values in columns.items():
        rows[name] = array(values)
    points = array([place(x, y) for x, y, _ in things])
    return Census(rows, points, points, "2013", SHIPPED, t("as given"), [])


def points_of(things: Sequence[Thing], **columns: Sequence[Any]) -> CheckPoints:
    """Make check points, called by their position."""
    none = array([None] * len(things))
    read = {name: array(columns.pop(name)) if name in columns else none for name in ATTRIBUTES}
    codes = array([code for *_, code in things])
    return CheckPoints(
        array([place(x, y) for x, y, _ in things]),
        codes,
        array([SHIPPED.info("2013", code) for code in codes]),
        array(columns.get("identifiers", none)),
        array(columns.get("sheets", none)),
        array([str(at) for at in range(len(things))]),
        read,
        ["points.csv"],
        [],
        [],
    )


def sheets_of(*corners: tuple[float, float], side: float = 250.0) -> SampledSheets:
    """Make square sheets with south-west corners in metres of the origin."""
    squares = [
        shapely.MultiPolygon(
            [
                shapely.Polygon(
                    [
                        place(x, y),
                        place(x + side, y),
                        place(x + side, y + side),
                        place(x, y + side),
                    ]
                )
            ]
        )
        for x, y in corners
    ]
    codes = [f"{y:.0f}-{x:.0f}" for x, y in corners]
    none = [None] * len(codes)
    return SampledSheets(array(["500"] * len(codes)), array(codes), array(squares), array(none), "7")


@dataclass(frozen=True)
class Bench:
    """Judge things given in metres."""

    census = staticmethod(census_of)
    points = staticmethod(points_of)
    sheets = staticmethod(sheets_of)
    place = staticmethod(place)

    def judge(
        self,
        field: Sequence[Thing],
        data: Sequence[Thing],
        settings: AcceptanceSettings | None = None,
        sheets: SampledSheets | None = None,
        inspected: Sequence[str] = (),
        read: dict[str, Sequence[Any]] | None = None,
        recorded: dict[str, Sequence[Any]] | None = None,
    ) -> Acceptance:
        return inspect(
            sheets or sheets_of((0, 0)),
            census_of(data, **(recorded or {})),
            points_of(field, **(read or {})),
            settings or AcceptanceSettings(),
            inspected=inspected,
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()
