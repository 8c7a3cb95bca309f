"""A small table of facilities with every kind of value, and with none, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry, open_registry
from layers.layer import Layer
from tests.layers.conftest import frame
from tests.layers.cql2.brute_force import Row
from tests.layers.cql2.trees import DATES, DAYS, RADII, SOUTH, TEXTS, WEST

LAYER = Layer(
    id="facilities",
    dataset="facilities",
    title_zh="设施",
    title_en="Facilities",
    properties=("code", "name", "evidence", "radius_m", *DATES),
)


@dataclass(frozen=True)
class Facilities:
    """A registry, its layer, and the rows as plain Python has them."""

    registry: Registry
    layer: Layer
    rows: dict[str, Row]


def _geometries() -> list[shapely.Geometry]:
    corners = [
        (round(WEST + x / 1000, 6), round(SOUTH + y / 1000, 6))
        for x, y in ((0, 0), (3, 0), (3, 3), (0, 3), (5, 5), (7, 2))
    ]
    bow = shapely.Polygon([corners[0], corners[2], corners[1], corners[3]])
    return [
        *map(shapely.Point, corners),
        shapely.LineString(corners[:2]),
        shapely.LineString([corners[1], corners[4], corners[5]]),
        shapely.box(*corners[0], *corners[2]),
        shapely.box(*corners[2], *corners[4]),
        shapely.MultiPolygon(
            [shapely.box(*corners[0], *corners[2]), shapely.box(*corners[4], WEST + 0.01, SOUTH + 0.01)]
        ),
        bow,
    ]


def _rows() -> list[dict[str, object]]:
    rng = np.random.default_rng(11)

    def pick(values: list) -> object:
        place = int(rng.integers(0, len(values) + 1))
        return None if place == len(values) else values[place]

    return [
        {
            "code": f"F{n:03d}",
            "name": pick(TEXTS),
            "evidence": pick(TEXTS),
            "radius_m": pick(RADII),
            **{name: day and f"{day:%Y%m%d}" for name in DATES for day in [pick(DAYS)]},
        }
        for n in range(60)
    ]


@pytest.fixture(scope="session", params=["gpkg", "postgis"])
def facilities(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Facilities]:
    """Registry with facilities; no test changes it."""
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("facilities") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    rows, known = _rows(), _geometries()
    shapes = [known[n % (len(known) + 1)] if n % (len(known) + 1) < len(known) else None for n in range(60)]
    with open_registry(url, create=True) as registry:
        commit(
            registry, "facilities", frame("facilities", rows, np.array(shapes, dtype=object)), source="test"
        )
        yield Facilities(
            registry,
            LAYER,
            {str(row["code"]): _plain(row, one) for row, one in zip(rows, shapes, strict=True)},
        )


def _plain(row: dict[str, object], geometry: shapely.Geometry | None) -> Row:
    dates = {day.strftime("%Y%m%d"): day for day in DAYS}
    mended = geometry if geometry is None or geometry.is_valid else shapely.make_valid(geometry)
    return {
        "name": row["name"],
        "evidence": row["evidence"],
        "radius_m": row["radius_m"],
        "geometry": mended,
        **{name: dates.get(str(row[name])) for name in DATES},
    }
