"""Where rasters are kept: one cloud-optimised GeoTIFF each, in a folder beside the registry.

Files are never changed and are named after their content. One stays as long as any version of any raster,
live or past, refers to it: whatever is taken back can be put in force again.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyproj
import rasterio
from rasterio import shutil
from rasterio._err import CPLE_BaseError
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from sqlalchemy import select, union

from gis.errors import FileProblem, RegistryUnavailable
from gis.models import DATASETS
from gis.rasters.examining import ELEVATION, Examined
from gis.registry import Registry
from gis.text import t

#: Folder of the rasters of a registry in PostGIS.
VARIABLE = "WANGGE_RASTERS"

#: Seconds after which a file that no raster refers to is taken to be left over from a broken import.
LEFT_OVER_AFTER = 24 * 3600

_BLOCK = 512
#: Bytes of blocks that GDAL keeps meanwhile; by itself it takes a twentieth of the machine's memory.
_CACHE = 256_000_000
_PIECE = 1 << 20


def store_of(registry: Registry) -> Path:
    """Return the folder of a registry's rasters: ``city.rasters`` beside ``city.gpkg``.

    Raises
    ------
    RegistryUnavailable
        The registry is in PostGIS and ``WANGGE_RASTERS`` names no folder.
    """
    if registry.kind == "gpkg":
        return Path(registry.location).with_suffix(".rasters")
    folder = os.environ.get(VARIABLE, "")
    if not folder:
        raise RegistryUnavailable(
            t("There is no folder for the rasters of {location}", location=registry.location),
            expected=VARIABLE,
            hint=t("Name one that every server of this registry can read, in WANGGE_RASTERS"),
        )
    return Path(folder)


def keep(examined: Examined, folder: Path, kind: str) -> tuple[str, str]:
    """Write a raster into the store.

    Parameters
    ----------
    examined : Examined
        An accepted one.
    folder : pathlib.Path
        Made when it is not there.
    kind : str
        ``elevation`` is averaged in overviews like imagery, but compressed as numbers.

    Returns
    -------
    (str, str)
        Name of the file in the folder, and its SHA-256.

    Raises
    ------
    FileProblem
        F01: a part of the file cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f".{uuid.uuid4().hex}.tif"
    try:
        with (
            rasterio.Env(GDAL_CACHEMAX=_CACHE),
            rasterio.open(examined.file.source, driver="GTiff") as source,
            _upright(source, examined.crs) as upright,
        ):
            shutil.copy(upright, str(written), driver="COG", **_options(kind))
        checksum = _sha256(written)
        name = f"{checksum[:32]}.tif"
        written.replace(folder / name)
    except (RasterioError, rasterio.RasterioIOError, CPLE_BaseError) as error:
        raise FileProblem(
            t("{path} is damaged: not all of it can be read", path=examined.file.shown),
            code="F01",
            value=examined.file.shown,
            hint=t("Copy or export it again"),
        ) from error
    finally:
        written.unlink(missing_ok=True)
    return name, checksum


def sweep(registry: Registry, folder: Path) -> None:
    """Remove what imports that broke off have left behind."""
    if not folder.is_dir():
        return
    dataset = DATASETS["rasters"]
    tables = union(select(dataset.live.c.path), select(dataset.history.c.path))
    with registry.connect() as connection:
        known = set(connection.scalars(tables))
    for file in folder.glob("*.tif"):
        if file.name not in known and time.time() - file.stat().st_mtime > LEFT_OVER_AFTER:
            file.unlink(missing_ok=True)


def _options(kind: str) -> dict[str, Any]:
    return {
        "compress": "DEFLATE",
        "predictor": "YES",
        "blocksize": _BLOCK,
        "bigtiff": "IF_SAFER",
        "overview_resampling": "AVERAGE" if kind == ELEVATION else "CUBIC",
    }


@contextmanager
def _upright(source: rasterio.DatasetReader, crs: pyproj.CRS | None) -> Iterator[rasterio.DatasetReader]:
    """Give the raster its declared coordinate system, and turn a rotated one so that its rows run east."""
    if crs is None:
        raise ValueError("not examined")
    system = rasterio.CRS.from_wkt(crs.to_wkt())
    rotated = not source.transform.is_rectilinear
    if not rotated and source.crs == system:
        yield source
        return
    grid: dict[str, Any] = (
        {"resampling": Resampling.bilinear, "add_alpha": source.nodata is None and source.count > 1}
        if rotated
        else {"transform": source.transform, "width": source.width, "height": source.height}
    )
    with WarpedVRT(source, src_crs=system, crs=system, **grid) as upright:
        yield upright


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
