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
) -> list[bytes]:
    """Write rows as GeoJSON features.

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
        Of the same rows, EPSG:4490, longitude and latitude.

    Returns
    -------
    list of bytes
        One JSON text per feature.
    """
    wanted = layer.properties if query.properties is None else query.properties
    places = {name: statement.cursor + i for i, name in enumerate(statement.names)}
    columns = [(name, places[name], isinstance(layer.column(name).type, JsonText)) for name in wanted]
    plain = all(not is_json for _name, _place, is_json in columns)
    key = [places[name] for name in layer.source.key]
    written = geometries_as_json(geometries, query.crs)
    features = []
    for row, geometry in zip(rows, written, strict=True):
        if plain:
            properties = {name: row[place] for name, place, _json in columns}
        else:
            properties = {name: _value(row[place], is_json) for name, place, is_json in columns}
        feature = {
            "type": "Feature",
            "id": row[key[0]] if len(key) == 1 else KEY_SEPARATOR.join(str(row[i]) for i in key),
            "geometry": None if geometry is None else orjson.Fragment(geometry),
            "properties": properties,
        }
        features.append(orjson.dumps(feature))
    return features


def geometries_as_json(geometries: NDArray[np.object_], system: ReferenceSystem) -> NDArray[np.object_]:
    """Write geometries as GeoJSON, coordinates in the axis order of their system.

    Parameters
    ----------
    geometries : ndarray of shapely geometries
        EPSG:4490, longitude and latitude.
    system : ReferenceSystem
        Of the result.

    Returns
    -------
    ndarray of str or None
    """
    convert = None if system.is_stored else transformer(STORED, f"EPSG:{system.srid}")

    def columns(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        if convert is not None:
            xy = np.column_stack(convert(xy[:, 0], xy[:, 1]))
        if system.north_first:
            xy = xy[:, ::-1]
        return np.round(xy, system.decimals)

    return np.asarray(shapely.to_geojson(shapely.transform(geometries, columns)), dtype=object)


def _value(stored: Any, is_json: bool) -> Any:
    """Return a value ready to be written; JSON is taken over as it is stored."""
    return orjson.Fragment(stored) if is_json and stored is not None else stored
