"""A small town of two communities, with what refers to its unit grids."""

from __future__ import annotations

from collections.abc import Callable

import geopandas
import pandas
import pytest
import shapely

from gis.editions import Change, commit_changes
from gis.models import DATASETS
from gis.registry import Registry

COMMUNITY = "500113001002"
NEXT_DOOR = "500113001003"
STEP = 0.001
WEST, SOUTH = 106.5, 29.4


def cell(column: float, row: float, columns: float = 1, rows: float = 1) -> shapely.Polygon:
    return shapely.box(
        WEST + column * STEP,
        SOUTH + row * STEP,
        WEST + (column + columns) * STEP,
        SOUTH + (row + rows) * STEP,
    )


def code(number: int, community: str = COMMUNITY) -> str:
    return f"{community}{number:03d}"


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(WEST + x * STEP, SOUTH + y * STEP) for x, y in points])


def rows(dataset: str, values: list[dict[str, object]]) -> pandas.DataFrame:
    return pandas.DataFrame(values, columns=list(DATASETS[dataset].columns), dtype=object)


def placed(
    dataset: str, values: list[dict[str, object]], shapes: list[shapely.Geometry]
) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows(dataset, values), geometry=shapes, crs="EPSG:4490")


def grid_row(number: int, community: str = COMMUNITY) -> dict[str, object]:
    return {
        "code": code(number, community),
        "name": f"格{number}",
        "county": community[:6],
        "street": community[:9],
        "community": community,
        "area_m2": 10_000.0,
        "state": "有效",
        "responsible": "环卫所",
    }


COMPONENT_PLACES = {
    "in-1-west": shapely.Point(WEST + 0.2 * STEP, SOUTH + 0.5 * STEP),
    "in-1-east": shapely.Point(WEST + 0.8 * STEP, SOUTH + 0.5 * STEP),
    "just-outside-1": shapely.Point(WEST + 0.7 * STEP, SOUTH - 0.001 * STEP),
    "line-mostly-east": line((0.4, 0.2), (0.9, 0.2)),
    "area-mostly-west": cell(0.1, 0.6, 0.5, 0.2),
    "nowhere": None,
}


def fill(registry: Registry) -> None:
    """Two communities of 3 by 2 grids side by side, with what refers to them."""
    cells = [(c, r) for r in (1, 0) for c in range(3)]
    grids = [
        *(grid_row(n) for n in range(1, 7)),
        *(grid_row(n, NEXT_DOOR) for n in range(1, 7)),
    ]
    shapes = [*(cell(c, r) for c, r in cells), *(cell(c + 3, r) for c, r in cells)]
    divisions = [
        {"code": COMMUNITY, "name": "甲社区", "level": "community", "parent_code": COMMUNITY[:9]},
        {"code": NEXT_DOOR, "name": "乙社区", "level": "community", "parent_code": COMMUNITY[:9]},
        {"code": COMMUNITY[:9], "name": "鱼洞街道", "level": "street", "parent_code": COMMUNITY[:6]},
        {"code": COMMUNITY[:6], "name": "巴南区", "level": "county", "parent_code": None},
    ]
    grounds = [cell(0, 0, 3, 2), cell(3, 0, 3, 2), cell(0, 0, 6, 2), cell(0, 0, 6, 2)]
    components = [
        {
            "id": f"5001130102{number:06d}",
            "class_code": "0102",
            "standard": "2013",
            "name": name,
            "county": "500113",
            "street": COMMUNITY[:9],
            "community": COMMUNITY,
            "unit_grid": code(4),
        }
        for number, name in enumerate(COMPONENT_PLACES, start=1)
    ]
    loose = dict(components[0], id="5001130102000099", name="loose", unit_grid=None)
    members = [("responsibility-grids", "环卫", "H1", code(n)) for n in (4, 5)] + [
        ("management-grids", "", code(1), code(4)),
        ("evaluation-grids", "", "50011300101A", code(4)),
    ]
    commit_changes(
        registry,
        [
            Change("grids", placed("grids", grids, shapes)),
            Change("divisions", placed("divisions", divisions, grounds)),
            Change(
                "components",
                placed("components", [*components, loose], [*COMPONENT_PLACES.values(), cell(1, 1).centroid]),
            ),
            Change(
                "responsibility-grids",
                placed(
                    "responsibility-grids",
                    [{"line": "环卫", "code": "H1", "name": "环卫一片"}],
                    [cell(0, 0, 2)],
                ),
            ),
            Change("memberships", pandas.DataFrame(members, columns=["kind", "line", "code", "member"])),
            Change(
                "addresses",
                placed(
                    "addresses",
                    [{"code": "A1", "address": "鱼洞路1号", "community": COMMUNITY}],
                    [shapely.Point(WEST, SOUTH)],
                ),
            ),
            Change(
                "organisations",
                rows("organisations", [{"code": "O1", "name": "甲社区居委会", "division_code": COMMUNITY}]),
            ),
        ],
        operation="import",
    )


@pytest.fixture(scope="session")
def fill_town() -> Callable[[Registry], None]:
    """Return the function that fills a registry with the town."""
    return fill


@pytest.fixture
def town(registry: Registry) -> Registry:
    fill(registry)
    return registry
