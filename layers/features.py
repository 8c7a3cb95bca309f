"""Write features as GeoJSON (RFC 7946), in any of the coordinate systems on offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from gis.columns import JsonText
from layers.layer import Layer
from layers.query import ItemsQuery
from layers.select import Statement
from layers.shapes import Shapes

#: Between the parts of the identifier of things whose key has several columns.
KEY_SEPARATOR = ":"


def features_as_json(
    layer: Layer,
    query: ItemsQuery,
    statement: Statement,
    rows: Sequence[Sequence[Any]],
    shapes: Shapes | None,
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
        Cursor, columns, perhaps others, stored geometry.
    shapes : Shapes or None
        Of the same rows; ``None`` when no geometry is wanted.

    Returns
    -------
    bytes
    """
    wanted = layer.properties if query.properties is None else query.properties
    places = {name: statement.cursor + i for i, name in enumerate(statement.names)}
    key = [places[name] for name in layer.source.key]
    properties = _properties(layer, wanted, statement, rows)
    written = [None] * len(rows) if shapes is None else shapes.as_json(query.crs)
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
        last = first + len(wanted)
        made = [dict(zip(wanted, row[first:last], strict=True)) for row in rows]
    else:
        places = [(name, first + statement.names.index(name)) for name in wanted]
        made = [{name: row[place] for name, place in places} for row in rows]
    for name in wanted:
        if isinstance(layer.column(name).type, JsonText):
            for properties in made:
                if properties[name] is not None:
                    properties[name] = orjson.Fragment(properties[name])
    return made
