"""Map sheets: their size, their numbers, and that they cover a district without a gap."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.acceptance.layout import SheetLayout, scale_in_number, sheets_over, zone_of
from gis.crs import STORED, transform_geometries
from gis.errors import DataRefused, UsageError

ZONE = "EPSG:4545"  # 108° E


def district(x: float, y: float, wide: float, tall: float) -> shapely.Polygon:
    """Return a rectangle given in metres of the zone, in degrees."""
    box = shapely.segmentize(shapely.box(x, y, x + wide, y + tall), 100)
    return transform_geometries(np.array([box], dtype=object), ZONE, STORED)[0]


@pytest.mark.parametrize(
    ("scale", "height", "numbers"),
    [
        (500, 50, ["3250.25-500.00", "3250.25-500.25", "3250.00-500.00", "3250.00-500.25"]),
        (1000, 50, ["3250.0-500.0"]),
        (500, 40, [f"{n}-500.{e}" for n in ("3250.40", "3250.20", "3250.00") for e in ("00", "25")]),
        (1000, 40, ["3250.4-500.0", "3250.0-500.0"]),
    ],
)
def test_sheets_are_numbered_by_their_south_west_corners(scale: int, height: int, numbers: list[str]) -> None:
    ground = district(500_010, 3_250_010, 480, 470)
    sheets = sheets_over(ground, SheetLayout(scale, height, ZONE))
    assert sheets["code"].tolist() == numbers
    assert set(sheets["scale"]) == {str(scale)}
    bounds = shapely.bounds(transform_geometries(sheets.geometry.to_numpy(), STORED, ZONE))
    told = [[float(part) * 1000 for part in number.split("-")] for number in numbers]
    assert bounds[:, [1, 0]] == pytest.approx(np.array(told), abs=0.001)


def test_sheets_that_only_touch_the_district_are_left_out() -> None:
    sheets = sheets_over(district(500_000.5, 3_250_000.5, 249, 249), SheetLayout(500, 50, ZONE))
    assert sheets["code"].tolist() == ["3250.00-500.00"]


@settings(max_examples=15, deadline=None)
@given(
    st.integers(400_000, 600_000),
    st.integers(2_000_000, 5_000_000),
    st.floats(50, 3000),
    st.floats(50, 3000),
    st.sampled_from([(500, 50), (500, 40), (1000, 50), (1000, 40)]),
)
def test_sheets_tile_the_district(x: int, y: int, wide: float, tall: float, kind: tuple[int, int]) -> None:
    layout = SheetLayout(*kind, ZONE)
    ground = district(x, y, wide, tall)
    sheets = sheets_over(ground, layout)
    shapes = sheets.geometry.to_numpy()
    union = shapely.union_all(shapes)
    assert shapely.area(ground - union) < 1e-10  # a square metre
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(union), rel=1e-9)
    # neighbours share their vertices, so that nothing falls between them
    assert shapely.coverage_is_valid(np.array([shapely.get_geometry(s, 0) for s in shapes]))
    assert sheets["code"].is_unique
    metres = transform_geometries(shapes, STORED, ZONE)
    assert shapely.area(metres) == pytest.approx(layout.width_m * layout.height_m, rel=1e-6)


def test_the_zone_is_the_one_in_whose_middle_a_place_lies() -> None:
    assert zone_of(shapely.box(106.51, 29.3, 106.6, 29.4)) == "EPSG:4545"
    assert zone_of(shapely.box(106.3, 29.3, 106.4, 29.4)) == "EPSG:4544"
    with pytest.raises(UsageError, match="2"):
        zone_of(shapely.box(2, 48, 3, 49))


@pytest.mark.parametrize("kind", [(2000, 50, ZONE), (500, 60, ZONE), (500, 50, "EPSG:4490")])
def test_other_sheets_are_refused(kind: tuple[int, int, str]) -> None:
    with pytest.raises(UsageError):
        SheetLayout(*kind)


def test_a_district_that_is_none_or_too_large_is_refused() -> None:
    layout = SheetLayout(500, 50, ZONE)
    with pytest.raises(DataRefused):
        sheets_over(shapely.Polygon(), layout)
    with pytest.raises(DataRefused, match="1048828"):
        sheets_over(shapely.box(107, 28, 109, 31), layout)


@pytest.mark.parametrize(
    ("number", "scale"),
    [("10.40-27.75", 500), ("10.0-21.0", 1000), ("10-21", None), ("10.0-21.00", None), ("J-50-1", None)],
)
def test_the_decimals_of_a_number_tell_the_scale(number: str, scale: int | None) -> None:
    assert scale_in_number(number) == scale
