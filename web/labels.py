"""Where the labels of polygons go: one place for each, however many tiles cut it.

A polygon in a vector tile is only the part of it that lies there, so that a label drawn from tiles
stands in every part. The page asks here for the places instead.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select

from gis.errors import UsageError
from gis.models import GEOMETRY
from gis.registry import Registry
from gis.spatial_sql import Bounds, bbox_clause
from gis.text import t
from layers.coarsening import middles, reach
from layers.layer import Layer
from layers.select import layer_clauses

MAX_LABELS = 5000


def label_points(registry: Registry, layer: Layer, bbox: Bounds) -> dict[str, Any]:
    """Return a GeoJSON point inside each polygon whose label stands in a rectangle.

    Parameters
    ----------
    registry : Registry
        Where the polygons lie.
    layer : Layer
        Whose; each point carries its label properties.
    bbox : tuple of float
        West, south, east, north in degrees, EPSG:4490.

    Returns
    -------
    dict
        A FeatureCollection, longitude and latitude; at most 5 000 features.
    """
    table = layer.source.live
    columns = [table.c.fid, *(table.c[name] for name in layer.tile_properties), table.c[GEOMETRY]]
    statement = (
        select(*columns)
        .where(bbox_clause(table, reach(layer, bbox)), *layer_clauses(layer, table))
        .order_by(table.c.fid)
        .limit(MAX_LABELS)
    )
    with registry.connect() as connection:
        rows = connection.execute(statement).all()
    places = shapely.get_coordinates(
        shapely.point_on_surface(np.array([row[-1] for row in rows], dtype=object))
    )
    if layer.coarsen_m is not None:
        places = middles(places, layer.coarsen_m)
    west, south, east, north = bbox
    inside = (
        (places[:, 0] >= west) & (places[:, 0] <= east) & (places[:, 1] >= south) & (places[:, 1] <= north)
    )
    features = [
        _feature(layer, row, place) for row, place, wanted in zip(rows, places, inside, strict=True) if wanted
    ]
    return {"type": "FeatureCollection", "features": features}


def read_bbox(text: str) -> Bounds:
    """Read a rectangle of four numbers.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _not_a_box(text) from None
    if not all(map(math.isfinite, (west, south, east, north))) or west > east or south > north:
        raise _not_a_box(text)
    return west, south, east, north


def _not_a_box(text: str) -> UsageError:
    return UsageError(
        t("The rectangle is {value}", value=text),
        field="bbox",
        value=text,
        expected=t("west,south,east,north in degrees"),
    )


def _feature(layer: Layer, row: Any, place: Any) -> dict[str, Any]:
    values = zip(layer.tile_properties, row[1:-1], strict=True)
    return {
        "type": "Feature",
        "id": row[0],
        "geometry": {"type": "Point", "coordinates": [round(float(place[0]), 7), round(float(place[1]), 7)]},
        "properties": {name: value for name, value in values if value is not None},
    }
