"""Layers and styles of a report's GeoPackage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray

from gis.crs import STORED
from gis.report_styles import LayerStyle, styles_table

GEOPACKAGE_VERSION = "1.3"
"""Of the format: newer ones are not understood by every desktop GIS in use."""


def write_layer(rows: pd.DataFrame, places: NDArray[np.object_], path: Path, layer: str, kind: str) -> None:
    """Add a layer to a GeoPackage, which is made when it is not there.

    Parameters
    ----------
    rows : DataFrame
        Its columns.
    places : ndarray of geometries
        EPSG:4490, longitude and latitude, one per row.
    path : pathlib.Path
    layer : str
    kind : str
        Type of geometry as GDAL names it: ``Point``, ``MultiPolygon``, ``Unknown`` …
    """
    frame = geopandas.GeoDataFrame(rows, geometry=places, crs=STORED)
    frame.to_file(
        path, layer=layer, driver="GPKG", geometry_type=kind, dataset_options={"VERSION": GEOPACKAGE_VERSION}
    )


def write_styles(styles: Sequence[LayerStyle], path: Path) -> None:
    """Add the styles of layers to a GeoPackage, as QGIS looks for them; without any nothing is added."""
    if styles:
        pyogrio.write_dataframe(
            styles_table(styles), path, layer="layer_styles", driver="GPKG", layer_options={"FID": "id"}
        )
