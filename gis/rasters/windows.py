"""Read a part of a kept raster in any coordinate system, at the overview that fits what is wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio import Affine
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from gis.errors import FileProblem, RegistryUnavailable
from gis.text import t

Bounds = tuple[float, float, float, float]
FAULTS = (RasterioError, rasterio.RasterioIOError, CPLE_BaseError)

#: Bytes of blocks that GDAL keeps of all rasters; by itself it takes a twentieth of the machine's memory.
_CACHE = 96_000_000

#: Pixels read beyond what is shown, so that the edges are resampled like the rest.
_DENSIFIED = 21


@dataclass(frozen=True, slots=True)
class View:
    """The grid that is wanted.

    Attributes
    ----------
    bounds : tuple of float
        min x, min y, max x, max y; x is longitude or easting.
    crs : rasterio.CRS
        What they are in.
    width, height : int
        Pixels.
    """

    bounds: Bounds
    crs: rasterio.CRS
    width: int
    height: int

    @property
    def transform(self) -> Affine:
        """From columns and rows to coordinates."""
        left, bottom, right, top = self.bounds
        return Affine((right - left) / self.width, 0.0, left, 0.0, (bottom - top) / self.height, top)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a kept raster lies and how fine it is, in its own coordinate system."""

    bounds: Bounds
    crs: rasterio.CRS
    resolution: tuple[float, float]

    def bounds_in(self, crs: rasterio.CRS) -> Bounds:
        """Return a rectangle of another system that holds the raster."""
        return self.bounds if crs == self.crs else _converted(self.crs, crs, self.bounds)


@dataclass(frozen=True, slots=True)
class Pixels:
    """What a view holds.

    Attributes
    ----------
    values : ndarray, (bands, height, width)
        Without the band of transparency.
    shown : ndarray of bool, (height, width)
        Where there are data.
    nodata : float or None
        What stands where there are none.
    """

    values: NDArray[Any]
    shown: NDArray[np.bool_]
    nodata: float | None


def grid_of(path: Path) -> Grid:
    """Return where a kept raster lies.

    Raises
    ------
    RegistryUnavailable
        The file is gone.
    FileProblem
        The file is damaged.
    """
    try:
        with rasterio.open(path, driver="GTiff") as source:
            return Grid(tuple(source.bounds), source.crs, source.res)
    except FAULTS as error:
        raise _unreadable(path) from error


def read_view(path: Path, view: View) -> Pixels:
    """Read what a view shows of a raster; memory is that of the view, whatever the size of the raster.

    Parameters
    ----------
    path : pathlib.Path
        A file of the store.
    view : View
        What is wanted; outside the raster there are no data.

    Raises
    ------
    RegistryUnavailable
        The file is gone.
    FileProblem
        F01: the file is damaged.
    """
    try:
        with rasterio.open(path, driver="GTiff") as whole:
            part = _part(whole, view)
            level = None if part is None else _level(whole, part[1])
            colours = [n for n, one in enumerate(whole.colorinterp, 1) if one is not ColorInterp.alpha]
            nodata, dtype = whole.nodata, np.dtype(whole.dtypes[0])
        values = np.full(
            (len(colours), view.height, view.width), 0 if nodata is None else nodata, dtype=dtype
        )
        shown = np.zeros((view.height, view.width), dtype=np.bool_)
        if part is not None:
            at, wanted = part
            values[:, *at], shown[at] = _warped(path, level, wanted, colours)
    except FAULTS as error:
        raise _unreadable(path) from error
    return Pixels(values, shown, nodata)


def encoded(pixels: NDArray[Any], driver: str, **details: Any) -> bytes:
    """Write pixels as a picture or GeoTIFF, in memory.

    Parameters
    ----------
    pixels : ndarray, (bands, height, width)
        What is written.
    driver : str
        ``PNG``, ``JPEG`` or ``GTiff``.
    **details
        Coordinate system, transformation and the like.
    """
    bands, height, width = pixels.shape
    profile = {"driver": driver, "count": bands, "height": height, "width": width, "dtype": pixels.dtype}
    with MemoryFile() as memory:
        with memory.open(**profile, **details) as target:
            target.write(pixels)
        return bytes(memory.read())


def _part(whole: rasterio.DatasetReader, view: View) -> tuple[tuple[slice, slice], View] | None:
    """Return the rows and columns of the view that the raster reaches into, and the view of them alone."""
    left, bottom, right, top = view.bounds
    x, y = (right - left) / view.width, (top - bottom) / view.height
    west, south, east, north = _converted(whole.crs, view.crs, tuple(whole.bounds))
    first, last = math.floor((west - left) / x), math.ceil((east - left) / x)
    upper, lower = math.floor((top - north) / y), math.ceil((top - south) / y)
    first, last = max(first, 0), min(last, view.width)
    upper, lower = max(upper, 0), min(lower, view.height)
    if first >= last or upper >= lower:
        return None
    bounds = (left + first * x, top - lower * y, left + last * x, top - upper * y)
    return (slice(upper, lower), slice(first, last)), View(bounds, view.crs, last - first, lower - upper)


def _level(whole: rasterio.DatasetReader, view: View) -> int | None:
    """Return the coarsest overview that is still as fine as the view, ``None`` for the raster itself."""
    west, south, east, north = _converted(view.crs, whole.crs, view.bounds)
    x, y = whole.res
    ratio = min((east - west) / x / view.width, (north - south) / y / view.height)
    fitting = [level for level, factor in enumerate(whole.overviews(1)) if factor <= ratio]
    return fitting[-1] if fitting else None


def _converted(source: rasterio.CRS, target: rasterio.CRS, bounds: Bounds) -> Bounds:
    if source == target:
        return bounds
    west, south, east, north = transform_bounds(source, target, *bounds, densify_pts=_DENSIFIED)
    return west, south, east, north


def _warped(
    path: Path, level: int | None, view: View, colours: list[int]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    chosen = {} if level is None else {"overview_level": level}
    with rasterio.Env(GDAL_CACHEMAX=_CACHE), rasterio.open(path, driver="GTiff", **chosen) as source:
        alpha = ColorInterp.alpha in source.colorinterp
        options = {
            "crs": view.crs,
            "transform": view.transform,
            "width": view.width,
            "height": view.height,
            "resampling": Resampling.bilinear,
            "add_alpha": source.nodata is None and not alpha,
        }
        with WarpedVRT(source, **options) as warped:
            return warped.read(colours), warped.dataset_mask() > 0


def _unreadable(path: Path) -> RegistryUnavailable | FileProblem:
    if not path.is_file():
        return RegistryUnavailable(t("The file of a raster is missing: {name}", name=path.name))
    return FileProblem(
        t("The file of a raster is damaged: {name}", name=path.name), code="F01", value=path.name
    )
