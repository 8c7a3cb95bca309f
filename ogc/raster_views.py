"""Read what part of a raster is wanted: where, in which coordinate system, how large."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import rasterio
from rasterio.warp import transform_bounds

from gis.errors import TooLarge, UsageError
from gis.rasters.windows import FAULTS, Bounds, Grid, View
from gis.text import Text, t
from layers.reference_systems import CRS84, ReferenceSystem, reference_system
from ogc.parameters import box_of

#: Values (pixels times bands) of one answer.
MAX_VALUES = 16_000_000

#: Pixels along the longer side unless said.
DEFAULT_SIDE = 1024

PLACING = ("bbox", "bbox-crs", "crs", "subset", "width", "height", "scale-factor", "scale-size")

_SUBSET = re.compile(r"(?P<axis>[A-Za-z]+)\((?P<low>[^:()]+):(?P<high>[^:()]+)\)")
_SIZE = re.compile(r"(?P<axis>[A-Za-z]+)\((?P<count>[0-9]{1,6})\)")
_AXES = {"e": 0, "lon": 0, "x": 0, "n": 1, "lat": 1, "y": 1}
_MAX_SIDE = 32_768


def system_of(
    given: Mapping[str, str], own: ReferenceSystem | None, *, native: bool
) -> ReferenceSystem | None:
    """Return the coordinate system of an answer.

    Parameters
    ----------
    given : mapping
        Parameters of the request.
    own : ReferenceSystem or None
        That of the raster, when it is one that answers are given in.
    native : bool
        Whether a raster in another system is answered in it all the same, ``None`` being returned; a map
        is drawn in CRS84 then (20-058, ``/req/core/map-response``).
    """
    if "crs" in given:
        return reference_system(given["crs"])
    return own if own is not None or native else CRS84


def view_of(
    given: Mapping[str, str], grid: Grid, system: ReferenceSystem | None, bands: int, *, native: bool
) -> View:
    """Return the grid that is wanted.

    Parameters
    ----------
    given : mapping
        Parameters of the request.
    grid : Grid
        Of the raster; what is not said is as it is there.
    system : ReferenceSystem or None
        Of :func:`system_of`; ``None`` for that of the raster.
    bands : int
        How many values a pixel of the answer has.
    native : bool
        Whether pixels are wanted as they are unless said, rather than a picture of the usual size.

    Raises
    ------
    UsageError
        If a parameter is not understood or contradicts another.
    TooLarge
        If more is wanted than one answer holds.
    """
    crs = grid.crs if system is None else rasterio.CRS.from_epsg(system.srid)
    bounds = _bounds(given, grid, crs)
    width, height = _size(given, grid, bounds, crs, native=native)
    if width * height * bands > MAX_VALUES or max(width, height) > _MAX_SIDE:
        raise TooLarge(
            t("{width} × {height} pixels are more than one answer holds", width=width, height=height),
            field="width",
            value=width,
            expected=t("{count} values at most", count=MAX_VALUES),
            hint=t("Ask for a smaller box, a smaller width or height, or a greater scale-factor"),
        )
    return View(bounds, crs, width, height)


def _bounds(given: Mapping[str, str], grid: Grid, crs: rasterio.CRS) -> Bounds:
    if "bbox" in given and "subset" in given:
        raise UsageError(t("bbox and subset are given together"), field="subset", value=given["subset"])
    if "bbox-crs" in given and "bbox" not in given:
        raise UsageError(t("bbox-crs is given without bbox"), field="bbox-crs", value=given["bbox-crs"])
    if "bbox" in given:
        system = reference_system(given["bbox-crs"], field="bbox-crs") if "bbox-crs" in given else CRS84
        box = box_of(given["bbox"], system)
        bounds = _converted(rasterio.CRS.from_epsg(system.srid), crs, box, given["bbox"], "bbox")
    elif "subset" in given:
        box = _subset(given["subset"], grid)
        bounds = _converted(grid.crs, crs, box, given["subset"], "subset")
    else:
        bounds = grid.bounds_in(crs)
    if not (bounds[0] < bounds[2] and bounds[1] < bounds[3]):
        field = "subset" if "subset" in given else "bbox"
        raise _not_read(field, given.get(field, ""), t("a box with a width and a height"))
    return bounds


def _converted(source: rasterio.CRS, target: rasterio.CRS, box: Bounds, text: str, field: str) -> Bounds:
    if source == target:
        return box
    try:
        west, south, east, north = transform_bounds(source, target, *box, densify_pts=21)
    except FAULTS:
        west = south = east = north = math.inf
    if not all(map(math.isfinite, (west, south, east, north))):
        raise _not_read(field, text, t("a box within what the coordinate system covers"))
    return west, south, east, north


def _subset(text: str, grid: Grid) -> Bounds:
    """Read ``E(low:high),N(low:high)`` in the raster's own system; an axis left out is whole."""
    box = list(grid.bounds)
    expected = "E(360000:361000),N(3270000:3271000), Lon(106.5:106.6),Lat(29.5:29.6)"
    for part in text.split(","):
        match = _SUBSET.fullmatch(part.strip())
        axis = _AXES.get(match["axis"].lower()) if match else None
        if match is None or axis is None:
            raise _not_read("subset", text, expected)
        low, high = _number(match["low"]), _number(match["high"])
        if low is None or high is None or low >= high:
            raise _not_read("subset", text, expected)
        box[axis], box[axis + 2] = max(box[axis], low), min(box[axis + 2], high)
    return box[0], box[1], box[2], box[3]


def _size(
    given: Mapping[str, str], grid: Grid, bounds: Bounds, crs: rasterio.CRS, *, native: bool
) -> tuple[int, int]:
    asked = _asked(given)
    across, up = bounds[2] - bounds[0], bounds[3] - bounds[1]
    width, height = asked
    if width is not None and height is not None:
        return width, height
    if width is not None:
        return width, max(1, min(round(width * up / across), _MAX_SIDE + 1))
    if height is not None:
        return max(1, min(round(height * across / up), _MAX_SIDE + 1)), height
    if not native:
        side = DEFAULT_SIDE / max(across, up)
        return max(1, round(across * side)), max(1, round(up * side))
    factor = _factor(given)
    west, south, east, north = transform_bounds(crs, grid.crs, *bounds) if crs != grid.crs else bounds
    columns, rows = (east - west) / grid.resolution[0], (north - south) / grid.resolution[1]
    if not (math.isfinite(columns) and math.isfinite(rows)):
        columns = rows = float(_MAX_SIDE + 1)
    return (
        max(1, round(min(columns * factor, 1e9))),
        max(1, round(min(rows * factor, 1e9))),
    )


def _asked(given: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Read ``width`` and ``height``, or ``scale-size``."""
    sizes: list[int | None] = [
        _count(given[name], name) if name in given else None for name in ("width", "height")
    ]
    if "scale-size" in given:
        for part in given["scale-size"].split(","):
            match = _SIZE.fullmatch(part.strip())
            axis = _AXES.get(match["axis"].lower()) if match else None
            if match is None or axis is None or sizes[axis] is not None:
                raise _not_read("scale-size", given["scale-size"], "E(400),N(300)")
            sizes[axis] = _count(match["count"], "scale-size")
    if "scale-factor" in given and sizes != [None, None]:
        raise UsageError(
            t("{name} is given together with a size", name="scale-factor"),
            field="scale-factor",
            value=given["scale-factor"],
        )
    return sizes[0], sizes[1]


def _factor(given: Mapping[str, str]) -> float:
    if "scale-factor" not in given:
        return 1.0
    factor = _number(given["scale-factor"])
    if factor is None or not 0 < factor <= 1000:
        raise _not_read("scale-factor", given["scale-factor"], t("How many times coarser, such as 4"))
    return 1.0 / factor


def _count(text: str, field: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) > 0):
        raise _not_read(field, text, f"1..{_MAX_SIDE}")
    return int(text)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _not_read(field: str, value: str, expected: Text | str) -> UsageError:
    return UsageError(
        t("{field} cannot be {value}", field=field, value=repr(value[:200])),
        field=field,
        value=value[:200],
        expected=expected,
    )
