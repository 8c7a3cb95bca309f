"""``coverage`` and ``map`` of a raster (OGC API - Coverages, draft, and Maps Part 1, 20-058)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gis.rasters.windows import Pixels, View, encoded, grid_of, read_view
from gis.registry import Registry
from layers.reference_systems import ReferenceSystem
from ogc.negotiation import chosen_format
from ogc.parameters import COMMON, query_of
from ogc.raster_turns import RasterTurns
from ogc.raster_views import PLACING, system_of, view_of
from ogc.rasters import PublishedRaster, in_axis_order, raster_of
from ogc.records.record import instant
from ogc.state import is_known, state_of

TIFF, PNG, JPEG = "image/tiff; application=geotiff", "image/png", "image/jpeg"

#: How hard a PNG is compressed: 3 takes a fifth of the time of 6, for an eighth more bytes.
PNG_LEVEL = 3

COVERAGES = {"tiff": (TIFF, "image/tiff"), "png": (PNG,)}
MAPS = {"png": (PNG,), "jpeg": (JPEG,)}

MAP_PLACING = ("bbox", "bbox-crs", "crs", "width", "height")

Written = Callable[[Registry, PublishedRaster, Mapping[str, str], str], tuple[bytes, View]]


async def coverage(request: Request) -> Response:
    """Answer ``/collections/raster:{code}/coverage``: values as they are, resampled to the grid wanted."""
    return await _answer(request, PLACING, COVERAGES, _coverage, native=True)


async def picture(request: Request) -> Response:
    """Answer ``/collections/raster:{code}/map``: a picture."""
    return await _answer(request, MAP_PLACING, MAPS, _picture, native=False)


async def _answer(
    request: Request,
    placing: tuple[str, ...],
    forms: Mapping[str, tuple[str, ...]],
    write: Written,
    *,
    native: bool,
) -> Response:
    given = query_of(request.scope, (*COMMON, *placing))
    form = chosen_format(request.scope, given, forms)
    raster = await raster_of(request)
    # The file of a raster never changes: another import is another file
    tag = f'"{raster.facts["checksum"][:24]}-{form}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if is_known(request.scope, tag):
        return Response(status_code=304, headers=headers)
    turns: RasterTurns = request.app.state.raster_turns
    async with turns.taken():
        content, view = await run_in_threadpool(write, state_of(request).registry, raster, given, form)
    headers |= _placed(raster, view, system_of(given, raster.system, native=native))
    return Response(content, headers=headers, media_type=forms[form][0])


def _placed(raster: PublishedRaster, view: View, system: ReferenceSystem | None) -> dict[str, str]:
    """Return the headers that say what is shown: where, in which system, and as of when (20-058, 7.2)."""
    headers = {"Content-Datetime": instant(raster.facts["valid_from"])}
    if system is not None:
        bounds = in_axis_order(view.bounds, system)
        headers |= {"Content-Crs": f"<{system.uri}>", "Content-Bbox": ",".join(map(repr, bounds))}
    return headers


def _coverage(
    registry: Registry, raster: PublishedRaster, given: Mapping[str, str], form: str
) -> tuple[bytes, View]:
    path = raster.file(registry)
    system = system_of(given, raster.system, native=True)
    view = view_of(given, grid_of(path), system, raster.facts["bands"], native=True)
    pixels = read_view(path, view)
    if form == "png":
        return encoded(_coloured(pixels, raster), "PNG", transform=view.transform, zlevel=PNG_LEVEL), view
    return encoded(pixels.values, "GTiff", **_georeference(view, pixels)), view


def _picture(
    registry: Registry, raster: PublishedRaster, given: Mapping[str, str], form: str
) -> tuple[bytes, View]:
    path = raster.file(registry)
    system = system_of(given, raster.system, native=False)
    view = view_of(given, grid_of(path), system, 4, native=False)
    coloured = _coloured(read_view(path, view), raster)
    if form == "png":
        return encoded(coloured, "PNG", transform=view.transform, zlevel=PNG_LEVEL), view
    # A picture without transparency is white where there are no data
    white = np.where(coloured[3] > 0, coloured[:3], np.uint8(255))
    return encoded(white, "JPEG", transform=view.transform), view


def _georeference(view: View, pixels: Pixels) -> dict[str, Any]:
    return {
        "crs": view.crs,
        "transform": view.transform,
        "nodata": pixels.nodata,
        "compress": "deflate",
    }


def _coloured(pixels: Pixels, raster: PublishedRaster) -> NDArray[np.uint8]:
    """Return red, green, blue and transparency; other values than bytes are stretched to greys."""
    values = pixels.values[:3] if len(pixels.values) >= 3 else np.repeat(pixels.values[:1], 3, axis=0)
    if values.dtype != np.uint8:
        low, high = raster.span
        with np.errstate(invalid="ignore"):
            scaled = (values.astype(np.float64) - low) * (255.0 / max(high - low, 1e-9))
        values = np.nan_to_num(np.clip(scaled, 0, 255)).astype(np.uint8)
    alpha = np.where(pixels.shown, np.uint8(255), np.uint8(0))
    return np.concatenate([values, alpha[np.newaxis]])
