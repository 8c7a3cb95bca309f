"""Write features as GeoJSON (RFC 7946), in any of the coordinate systems on offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from gis.columns import JsonText
from gis.crs import STORED, transformer
from layers.layer import Layer
from layers.query import ItemsQuery
from layers.reference_systems import ReferenceSystem
from layers.select import Statement

#: Between the parts of the identifier of things whose key has several columns.
KEY_SEPARATOR = ":"


def features_as_json(
    layer: Layer,
    query: ItemsQuery,
    statement: Statement,
    rows: Sequence[Sequence[Any]],
    geometries: NDArray[np.object_],
) -> bytes:
    """Write rows as a JSON array of GeoJSON features.

    Parameters
    ----------
    layer : Layer
        Whose rows they are.
    query : ItemsQuery
        Which properties and coordinates are wanted.
    statement : Statement
        What the rows came from.
    rows : sequence of rows
        Cursor, columns, stored geometry.
    geometries : ndarray of shapely geometries
        Of the same rows, EPSG:4490, longitude and latitude; not looked at when none is wanted.

    Returns
    -------
    bytes
    """
    wanted = layer.properties if query.properties is None else query.properties
    places = {name: statement.cursor + i for i, name in enumerate(statement.names)}
    key = [places[name] for name in layer.source.key]
    properties = _properties(layer, wanted, statement, rows)
    written = geometries_as_json(geometries, query.crs) if query.geometry else [None] * len(rows)
    features = [
        {
            "type": "Feature",
            "id": row[key[0]] if len(key) == 1 else KEY_SEPARATOR.join(str(row[i]) for i in key),
            "geometry": geometry,
            "properties": values,
        }
        for row, geometry, values in zip(rows, written, properties, strict=True)
    ]
    return orjson.dumps(features)


def _properties(
    layer: Layer, wanted: tuple[str, ...], statement: Statement, rows: Sequence[Sequence[Any]]
) -> list[dict[str, Any]]:
    """Make the properties of each row; lists and objects are taken over as they are stored."""
    first = statement.cursor
    if statement.names == wanted:
        made = [dict(zip(wanted, row[first:-1], strict=True)) for row in rows]
    else:
        places = [(name, first + statement.names.index(name)) for name in wanted]
        made = [{name: row[place] for name, place in places} for row in rows]
    for name in wanted:
        if isinstance(layer.column(name).type, JsonText):
            for properties in made:
                if properties[name] is not None:
                    properties[name] = orjson.Fragment(properties[name])
    return made


def geometries_as_json(geometries: NDArray[np.object_], system: ReferenceSystem) -> list[Any]:
    """Make geometries ready to be written as GeoJSON, in the axis order of their system.

    Parameters
    ----------
    geometries : ndarray of shapely geometries
        EPSG:4490, longitude and latitude.
    system : ReferenceSystem
        Of the result.

    Returns
    -------
    list
        What ``orjson`` writes as geometry objects; ``None`` stays ``None``.
    """
    convert = None if system.is_stored else transformer(STORED, f"EPSG:{system.srid}")

    def columns(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        if convert is not None:
            xy = np.column_stack(convert(xy[:, 0], xy[:, 1]))
        if system.north_first:
            xy = xy[:, ::-1]
        return np.round(xy, system.decimals)

    if (shapely.get_type_id(geometries) == shapely.GeometryType.POINT).all() and not shapely.is_empty(
        geometries
    ).any():
        # Points are most of what a city asks for, and four times as fast without GEOS writing them
        positions = columns(shapely.get_coordinates(geometries)).tolist()
        return [{"type": "Point", "coordinates": position} for position in positions]
    texts = shapely.to_geojson(shapely.transform(geometries, columns))
    return [None if text is None else orjson.Fragment(text) for text in texts]
