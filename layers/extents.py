"""Where the data of a layer lie, without looking at every row."""

from __future__ import annotations

from sqlalchemy import Connection, text

from gis.models import GEOMETRY, Dataset
from layers.reference_systems import Bounds

_OF_GEOPACKAGE = text("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = :table")
_OF_POSTGIS = text(
    "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)"
    " FROM (SELECT ST_EstimatedExtent(current_schema, :table, :column) AS box) AS estimated"
)


def dataset_extent(connection: Connection, dataset: Dataset) -> Bounds | None:
    """Return a rectangle that holds all live geometries of a dataset.

    Parameters
    ----------
    connection : Connection
        To the registry.
    dataset : Dataset
        With a geometry.

    Returns
    -------
    Bounds or None
        EPSG:4490, longitude and latitude; ``None`` when there are none. From the table of contents
        of a GeoPackage; from the root of the spatial index in PostGIS, which may reach a little
        further where things were retired.
    """
    values = {"table": dataset.live.name}
    if connection.dialect.name == "postgresql":
        row = connection.execute(_OF_POSTGIS, {**values, "column": GEOMETRY}).first()
    else:
        row = connection.execute(_OF_GEOPACKAGE, values).first()
    if row is None or row[0] is None:
        return None
    return float(row[0]), float(row[1]), float(row[2]), float(row[3])
