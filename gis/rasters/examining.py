"""Examine a GeoTIFF: whether it can be read, where it lies, what its values are."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pyproj
import rasterio
import shapely
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from gis.crs import transformer
from gis.crs_names import CrsRefused, System, label
from gis.findings import Finding, Severity
from gis.gcj import ChinaShift
from gis.local_system import LocalSystem
from gis.rasters.files import RasterFile
from gis.text import Text, t

DATASET = "rasters"

#: Pixels and bands of one file. An orthophoto of 60 by 60 km at 0.2 m has 90 thousand million pixels.
MAX_PIXELS, MAX_BANDS = 100_000_000_000, 16

#: Pixels of a block, which is always read as a whole.
MAX_BLOCK = 1 << 28

#: Blocks that are read to see whether a file is whole.
SAMPLED = 64

ORTHOPHOTO, ELEVATION = "orthophoto", "elevation"

_SIDE_POINTS = 21
_STATISTICS_SIDE = 1024
_PHOTO_TYPES = ("uint8", "uint16")
_TYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")


@dataclass(slots=True)
class Examined:
    """What is known of one file.

    Attributes
    ----------
    file : RasterFile
        Which one.
    facts : dict
        Columns of the dataset, as far as known.
    footprint : MultiPolygon or None
        EPSG:4490, longitude and latitude.
    crs : pyproj.CRS or None
        What its coordinates are.
    findings : list of Finding
        What is wrong with it.
    evidence : Text
        Why that is its coordinate system.
    """

    file: RasterFile
    facts: dict[str, Any] = field(default_factory=dict)
    footprint: shapely.MultiPolygon | None = None
    crs: pyproj.CRS | None = None
    findings: list[Finding] = field(default_factory=list)
    evidence: Text = field(default_factory=lambda: t("coordinate system unknown"))

    @property
    def accepted(self) -> bool:
        """Whether nothing refuses it."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def complain(self, code: str, message: Text, severity: Severity = Severity.ERROR, **more: Any) -> None:
        """Add a finding about the file."""
        self.findings.append(Finding(code, severity, DATASET, message, layer=self.file.shown, **more))


def examine(file: RasterFile, declared: System | None = None) -> Examined:
    """Examine a file without reading all of it.

    Parameters
    ----------
    file : RasterFile
        Opened as GeoTIFF and nothing else.
    declared : System, optional
        What a person says its coordinates are; it counts more than the file.

    Returns
    -------
    Examined
        With findings F01 (unreadable, truncated), F03 and F04 (coordinate system), F12 (position), F15
        (no georeference), F16 (too large, values of an unknown kind), F17 (no value for no data).
    """
    examined = Examined(file)
    try:
        with warnings.catch_warnings():
            # What has no georeference is told as a finding
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(file.source, driver="GTiff") as source:
                for look in (_describe, _sample, partial(_locate, declared=declared), _measure):
                    if examined.accepted:
                        look(examined, source)
    except (RasterioError, rasterio.RasterioIOError, ValueError, OverflowError):
        examined.complain("F01", t("{path} cannot be read as GeoTIFF", path=file.shown), value=file.shown)
    return examined


def _describe(examined: Examined, source: rasterio.DatasetReader) -> None:
    shown, kinds = examined.file.shown, set(source.dtypes)
    examined.facts |= {
        "pixels_x": source.width,
        "pixels_y": source.height,
        "bands": source.count,
        "value_type": source.dtypes[0],
        "nodata": None if source.nodata is None else float(source.nodata),
    }
    block_height, block_width = source.block_shapes[0]
    whole = source.width * source.height
    if whole > MAX_PIXELS or source.count > MAX_BANDS or block_height * block_width > MAX_BLOCK:
        examined.complain(
            "F16",
            t("{path} says it has {width} × {height} pixels in {bands} bands",
              path=shown, width=source.width, height=source.height, bands=source.count),
            expected=t("{pixels} pixels and {bands} bands at most", pixels=MAX_PIXELS, bands=MAX_BANDS),
        )  # fmt: skip
    elif len(kinds) > 1 or not kinds <= set(_TYPES):
        examined.complain(
            "F16",
            t("The values of {path} are of type {kind}", path=shown, kind=", ".join(sorted(kinds))),
            expected=", ".join(_TYPES),
        )


def _locate(examined: Examined, source: rasterio.DatasetReader, declared: System | None) -> None:
    shown = examined.file.shown
    if source.transform.is_identity or not abs(source.transform.determinant) > 0:
        examined.complain(
            "F15",
            t("{path} does not say where it lies", path=shown),
            hint=t("Deliver it georeferenced: rectified, with an affine transformation in the file"),
        )
        return
    system = declared if declared is not None else _stated(source)
    if system is None:
        examined.complain(
            "F03",
            t("{path} does not say which coordinate system it is in", path=shown),
            hint=t("Declare it: --crs EPSG:4524"),
        )
        return
    if isinstance(system, ChinaShift | LocalSystem):
        examined.complain(
            "F04",
            t("{path}: rasters in {crs} are not converted", path=shown, crs=label(system)),
            expected=t("a projected or geographic coordinate system"),
        )
        return
    origin = t("declared") if declared is not None else t("stated in the file")
    examined.crs = system
    examined.evidence = t("{crs}, {origin}", crs=label(system), origin=origin)
    examined.facts["crs"] = label(system)
    try:
        _outline(examined, source, system)
    except CrsRefused as refused:
        examined.complain("F04", t("{path}: {reason}", path=shown, reason=refused.message))


def _stated(source: rasterio.DatasetReader) -> pyproj.CRS | None:
    if source.crs is None:
        return None
    crs = pyproj.CRS.from_wkt(source.crs.to_wkt())
    return crs if crs.is_projected or crs.is_geographic else None


def _outline(examined: Examined, source: rasterio.DatasetReader, crs: pyproj.CRS) -> None:
    """Work out the footprint and the size of a pixel on the ground."""
    along = np.linspace(0.0, 1.0, _SIDE_POINTS)
    zeros, ones = np.zeros_like(along), np.ones_like(along)
    columns = np.concatenate([along, ones, along[::-1], zeros]) * source.width
    rows = np.concatenate([zeros, along, ones, along[::-1]]) * source.height
    affine = source.transform
    x = affine.a * columns + affine.b * rows + affine.c
    y = affine.d * columns + affine.e * rows + affine.f
    longitude, latitude = transformer(crs)(x, y)
    plausible = (
        np.isfinite(longitude) & np.isfinite(latitude) & (abs(longitude) <= 180) & (abs(latitude) <= 90)
    )
    if not plausible.all():
        examined.complain(
            "F12",
            t("{path} lies outside what its coordinate system covers", path=examined.file.shown),
            value=str([round(float(value), 3) for value in source.bounds]),
        )
        return
    ring = shapely.Polygon(np.column_stack([longitude, latitude]))
    examined.footprint = shapely.MultiPolygon([ring])
    unit = 111_320.0 if crs.is_geographic else float(crs.axis_info[0].unit_conversion_factor)
    examined.facts["resolution_m"] = round(float(abs(source.transform.determinant) ** 0.5 * unit), 4)


def _sample(examined: Examined, source: rasterio.DatasetReader) -> None:
    """Read some blocks, the first and the last among them."""
    for window in _windows(source):
        try:
            source.read(1, window=window)
        except (RasterioError, rasterio.RasterioIOError, MemoryError):
            examined.complain(
                "F01",
                t("{path} is damaged or cut off at row {row}, column {column}",
                  path=examined.file.shown, row=int(window.row_off), column=int(window.col_off)),
                hint=t("Copy or export it again"),
            )  # fmt: skip
            return


def _windows(source: rasterio.DatasetReader) -> Iterator[rasterio.windows.Window]:
    height, width = source.block_shapes[0]
    down, across = -(-source.height // height), -(-source.width // width)
    chosen = np.unique(np.linspace(0, down * across - 1, min(SAMPLED, down * across)).astype(np.int64))
    for number in chosen:
        row, column = divmod(int(number), across)
        yield rasterio.windows.Window(
            column * width,
            row * height,
            min(width, source.width - column * width),
            min(height, source.height - row * height),
        )


def _measure(examined: Examined, source: rasterio.DatasetReader) -> None:
    """Tell elevation from imagery, and between which values the first band lies, looked at coarsely."""
    photo = source.dtypes[0] == "uint8" or (source.dtypes[0] in _PHOTO_TYPES and source.count >= 3)
    examined.facts["kind"] = ORTHOPHOTO if photo else ELEVATION
    if not photo and source.nodata is None:
        examined.complain(
            "F17",
            t("{path} has no value that stands for no data", path=examined.file.shown),
            Severity.WARNING,
        )
    step = max(1, -(-max(source.width, source.height) // _STATISTICS_SIDE))
    shape = (-(-source.height // step), -(-source.width // step))
    windows = list(_windows(source))
    whole = len(windows) * windows[0].width * windows[0].height >= source.width * source.height
    parts = (
        [source.read(1, out_shape=shape, masked=True)]
        if whole or source.overviews(1)
        else [source.read(1, window=window, masked=True) for window in windows]
    )
    values = np.concatenate([part.compressed() for part in parts]).astype(np.float64)
    values = values[np.isfinite(values)]
    if values.size:
        examined.facts["attributes"] = {"minimum": float(values.min()), "maximum": float(values.max())}
