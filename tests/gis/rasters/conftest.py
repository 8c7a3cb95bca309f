"""Small rasters of an invented city, good and bad."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

#: CGCS2000 3-degree zone, central meridian 108° east, and a corner of the city in it.
ZONE, EAST, NORTH = "EPSG:4545", 360_000.0, 3_270_000.0

Writer = Callable[..., Path]


def ramp(height: int, width: int, dtype: str = "uint8") -> np.ndarray:
    """Values that tell where a pixel is: they grow eastward."""
    return np.tile(np.linspace(10, 200, width), (height, 1)).astype(dtype)


@pytest.fixture
def write_raster(tmp_path: Path) -> Writer:
    def write(name: str = "ortho.tif", values: np.ndarray | None = None, **details: object) -> Path:
        values = np.stack([ramp(300, 400)] * 3) if values is None else values
        values = values[np.newaxis] if values.ndim == 2 else values
        profile = {
            "crs": ZONE,
            "transform": Affine(2.0, 0, EAST, 0, -2.0, NORTH),
            "tiled": True,
            "blockxsize": 128,
            "blockysize": 128,
            **details,
        }
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        bands, height, width = values.shape
        if profile["transform"] is None:
            profile.pop("transform")
        # What is written on purpose without a georeference needs no warning
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", height=height, width=width, count=bands, dtype=values.dtype, **profile
        ) as target:
            target.write(values)
        return path

    return write
