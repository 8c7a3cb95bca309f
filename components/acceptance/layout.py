"""Rectangular map sheets (矩形分幅) 1:500 and 1:1 000 in a 3-degree zone of CGCS2000, and their numbers.

A sheet is 50 × 50 cm or 40 × 50 cm (height × width) of paper. Its number (图号) is the northing and the
easting of its south-west corner in kilometres, joined by a hyphen: to 0.01 km at 1:500 (``10.40-27.75``), to
0.1 km at 1:1 000 (``10.0-21.0``). Both are what textbooks say of GB/T 20257.1; its text was not seen. A city
that writes only the last digits, or counts from an origin of its own, imports its sheets instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import STORED, gauss_kruger_zone_code, transform_geometries
from gis.errors import DataRefused, UsageError
from gis.text import t

SCALES = (500, 1000)
DECIMALS = {500: 2, 1000: 1}
"""Decimals of the kilometres in a sheet's number."""

HEIGHTS_CM, WIDTH_CM = (50, 40), 50
MOST_SHEETS = 200_000
_FALSE_EASTING_M = 500_000.0
_NUMBER = re.compile(r"\d+\.(\d+)-\d+\.(\d+)", re.ASCII)
_WESTMOST, _EASTMOST = 73.6, 136.4
_LEAST_NORTHING_M = 1_000_000.0
_EDGE_STEPS = 8
"""Parts a sheet's edge is cut into before it is brought to degrees: 250 m of it bend by 0.05 mm there."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How ground is cut into sheets.

    Attributes
    ----------
    scale : int
        Denominator of the scale, 500 or 1000.
    height_cm : int
        Height of the paper, 50 or 40; its width is 50 cm.
    crs : str
        The zone, ``EPSG:4534`` (75° E) to ``EPSG:4554`` (135° E): easting without the zone's number.
    """

    scale: int
    height_cm: int
    crs: str

    def __post_init__(self) -> None:
        """Refuse what no sheet is made of."""
        if self.scale not in SCALES:
            raise _impossible("--scale", self.scale, "500, 1000")
        if self.height_cm not in HEIGHTS_CM:
            raise _impossible("--size", f"{self.height_cm}x{WIDTH_CM}", "50x50, 40x50")
        if self.crs not in ZONES:
            raise _impossible("--zone", self.crs, f"{ZONES[0]} … {ZONES[-1]}")

    @property
    def width_m(self) -> float:
        """Width of a sheet on the ground, metres."""
        return WIDTH_CM * self.scale / 100

    @property
    def height_m(self) -> float:
        """Height of a sheet on the ground, metres."""
        return self.height_cm * self.scale / 100

    def number(self, northing_m: float, easting_m: float) -> str:
        """Return the number of the sheet with a south-west corner (metres in the zone).

        Examples
        --------
        >>> SheetLayout(1000, 50, "EPSG:4546").number(10_000.0, 21_000.0)
        '10.0-21.0'
        """
        digits = DECIMALS[self.scale]
        return f"{northing_m / 1000:.{digits}f}-{easting_m / 1000:.{digits}f}"


ZONES = tuple(f"EPSG:{4534 + step}" for step in range(21))
"""CGCS2000 3-degree zones without the zone's number in the easting."""


def zone_of(geometry: BaseGeometry) -> str:
    """Return the 3-degree zone in whose middle a place lies.

    Parameters
    ----------
    geometry : BaseGeometry
        EPSG:4490, longitude and latitude.

    Raises
    ------
    UsageError
        The place is not between 73.5° and 136.5° E.
    """
    west, _, east, _ = geometry.bounds
    meridian = 3.0 * round((west + east) / 2 / 3.0)
    code = gauss_kruger_zone_code(meridian, _FALSE_EASTING_M)
    if code is None:
        raise UsageError(
            t("No 3-degree zone of CGCS2000 covers longitude {longitude}", longitude=f"{west:.2f}"),
            field="--zone",
            value=f"{west:.4f}",
            expected=t("73.5° to 136.5° east"),
        )
    return f"EPSG:{code}"


def sheets_over(district: BaseGeometry, layout: SheetLayout) -> geopandas.GeoDataFrame:
    """Cut a district into sheets.

    Parameters
    ----------
    district : BaseGeometry
        Polygon or multipolygon, EPSG:4490, longitude and latitude.
    layout : SheetLayout
        Scale, size and zone.

    Returns
    -------
    GeoDataFrame
        Rows of the dataset ``sheets``: every sheet that shares ground with the district, from north to
        south and west to east; geometry in EPSG:4490.

    Raises
    ------
    DataRefused
        The district is empty, or would be cut into more than 200 000 sheets.
    """
    if district.is_empty or shapely.get_dimensions(district) != 2:
        raise DataRefused(t("There is no district to cut into sheets"), expected=t("an area"))
    ground = transform_geometries(np.array([district], dtype=object), STORED, layout.crs)[0]
    corners = _corners(ground, layout)
    boxes = shapely.box(
        corners[:, 0], corners[:, 1], corners[:, 0] + layout.width_m, corners[:, 1] + layout.height_m
    )
    shapely.prepare(ground)
    used = shapely.intersects(ground, boxes) & ~shapely.touches(ground, boxes)
    corners, boxes = corners[used], boxes[used]
    numbers = [layout.number(y, x) for x, y in corners.tolist()]
    rows = {
        "scale": str(layout.scale),
        "code": numbers,
        "name": None,
        "crs": layout.crs,
        "attributes": None,
    }
    return geopandas.GeoDataFrame(rows, geometry=_to_degrees(boxes, layout), crs=STORED)


def scale_in_number(number: str) -> int | None:
    """Return the scale that the decimals of a sheet's number tell, None when they tell none.

    Examples
    --------
    >>> scale_in_number("10.40-27.75")
    500
    """
    match = _NUMBER.fullmatch(number)
    if match is None or len(match[1]) != len(match[2]):
        return None
    return {digits: scale for scale, digits in DECIMALS.items()}.get(len(match[1]))


def corner_in_number(number: str) -> tuple[float, float] | None:
    """Return northing and easting in metres that a sheet's number tells.

    None for numbers of another form, and for shortened ones: a northing in China has four digits of
    kilometres.
    """
    if scale_in_number(number) is None:
        return None
    northing, easting = (float(part) * 1000 for part in number.split("-"))
    return (northing, easting) if northing >= _LEAST_NORTHING_M else None


def distances_from_numbers(numbers: Sequence[str | None], sheets: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how far the south-west corners of sheets are from where their numbers put them, in metres.

    The zone is the one that fits best of the three nearest; a zone's number in front of the easting is
    passed over.

    Parameters
    ----------
    numbers : sequence of str or None
        Of the sheets.
    sheets : ndarray of geometries
        EPSG:4490, longitude and latitude, of one region.

    Returns
    -------
    ndarray of float64
        NaN where a number does not tell a place, a sheet is missing, or none of the zones is for it.
    """
    places = [corner_in_number(number) if number is not None else None for number in numbers]
    told = np.array([place or (np.nan, np.nan) for place in places], dtype=np.float64).reshape(-1, 2)
    west, _, east, _ = shapely.total_bounds(sheets).tolist()
    if not _WESTMOST <= (west + east) / 2 <= _EASTMOST:
        return np.full(len(told), np.nan)
    middle = ZONES.index(zone_of(shapely.box(west, 0, east, 1)))
    away = [
        np.hypot(bounds[:, 1] - told[:, 0], bounds[:, 0] - told[:, 1] % 1_000_000)
        for zone in ZONES[max(middle - 1, 0) : middle + 2]
        for bounds in (shapely.bounds(transform_geometries(sheets, STORED, zone)),)
    ]
    return np.asarray(np.min(away, axis=0), dtype=np.float64)


def _corners(ground: BaseGeometry, layout: SheetLayout) -> NDArray[np.float64]:
    """Return the south-west corners of all sheets in the bounds, easting first, north to south."""
    west, south, east, north = ground.bounds
    columns = np.arange(np.floor(west / layout.width_m), np.ceil(east / layout.width_m))
    rows = np.arange(np.floor(south / layout.height_m), np.ceil(north / layout.height_m))[::-1]
    if len(columns) * len(rows) > MOST_SHEETS:
        raise DataRefused(
            t("The district would be cut into {count} sheets", count=len(columns) * len(rows)),
            value=len(columns) * len(rows),
            expected=t("at most {limit}: take a smaller district", limit=MOST_SHEETS),
        )
    y, x = np.meshgrid(rows * layout.height_m, columns * layout.width_m, indexing="ij")
    return np.column_stack([x.ravel(), y.ravel()])


def _to_degrees(boxes: NDArray[np.object_], layout: SheetLayout) -> NDArray[np.object_]:
    """Bring sheets to longitude and latitude; neighbours keep the same vertices on a shared edge."""
    cut = shapely.transform(shapely.segmentize(boxes, layout.height_m / _EDGE_STEPS), _to_millimetres)
    polygons = transform_geometries(cut, layout.crs, STORED)
    return np.asarray(shapely.multipolygons(polygons, indices=np.arange(len(polygons))), dtype=object)


def _to_millimetres(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(xy, 3)


def _impossible(option: str, value: object, expected: str) -> UsageError:
    return UsageError(
        t("{option} cannot be {value}", option=option, value=str(value)),
        field=option,
        value=value,
        expected=expected,
    )
