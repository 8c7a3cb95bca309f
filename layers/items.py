"""Read features of a layer with a blocking driver: the embedded database, exports, Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from gis.errors import NotFound
from gis.registry import Registry
from gis.text import t
from layers.coarsening import shown
from layers.features import KEY_SEPARATOR, features_as_json
from layers.layer import Layer
from layers.pages import Page, PageReader
from layers.query import MAX_LIMIT, ItemsQuery
from layers.reference_systems import CRS84, ReferenceSystem
from layers.select import Statement, count_statement, item_statement
from layers.shapes import read_shapes


def query_items(registry: Registry, layer: Layer, query: ItemsQuery) -> Page:
    """Read one page of features.

    Parameters
    ----------
    registry : Registry
        Where they lie.
    layer : Layer
        What is asked; whether it is public is the caller's business.
    query : ItemsQuery
        The question.

    Returns
    -------
    Page
    """
    with registry.connect() as connection:
        return read_page(connection, layer, query, registry.kind)


def read_page(connection: Connection, layer: Layer, query: ItemsQuery, kind: str) -> Page:
    """Read one page over an open connection to a registry of a kind, see :func:`query_items`."""
    reader = PageReader(layer, query, kind)
    read_all(connection, reader)
    return reader.page()


def read_all(connection: Connection, reader: PageReader) -> None:
    """Give a reader what it asks for, over an open connection."""
    while not reader.done:
        reader.feed(_run(connection, reader.statement()))


def get_item(registry: Registry, layer: Layer, feature_id: str, *, crs: ReferenceSystem = CRS84) -> bytes:
    """Read one feature.

    Parameters
    ----------
    registry : Registry
        Where it lies.
    layer : Layer
        What is asked.
    feature_id : str
        The business code; for things identified by several columns these joined by ``:``, or the
        ``fid``.
    crs : ReferenceSystem
        Of the coordinates returned.

    Returns
    -------
    bytes
        GeoJSON feature.

    Raises
    ------
    NotFound
        If there is none, or the layer's filter leaves it out.
    """
    query = ItemsQuery(crs=crs)
    with registry.connect() as connection:
        for statement in item_statements(layer, feature_id):
            rows = _run(connection, statement)
            if rows:
                return item_as_json(layer, query, statement, rows[0], registry.kind)
    raise no_such_item(layer, feature_id)


def count_items(registry: Registry, layer: Layer, query: ItemsQuery) -> int:
    """Count what a question finds on all its pages.

    Parameters
    ----------
    registry : Registry
        Where the features lie.
    layer : Layer
        What is asked.
    query : ItemsQuery
        The question; its limit and cursor do not matter.

    Returns
    -------
    int
    """
    coarsened = layer.coarsen_m is not None
    if query.period is None and (query.bbox is None or (query.bbox.system.is_stored and not coarsened)):
        with registry.connect() as connection:
            return int(connection.scalar(*count_statement(layer, query)) or 0)
    total, after = 0, None
    while True:
        page = query_items(
            registry,
            layer,
            replace(query, properties=(), geometry=False, sort=(), limit=MAX_LIMIT, after=after),
        )
        total += page.count
        after = page.next
        if after is None:
            return total


def item_statements(layer: Layer, feature_id: str) -> list[Statement]:
    """Return the statements that may find a feature, in the order they are to be tried."""
    return [item_statement(layer, layer.properties, identity) for identity in _identities(layer, feature_id)]


def item_as_json(
    layer: Layer, query: ItemsQuery, statement: Statement, row: Sequence[Any], kind: str
) -> bytes:
    """Write the row that an item's statement found."""
    shapes = shown(layer, read_shapes([row[-1]], kind))
    return features_as_json(layer, query, statement, [row], shapes)[1:-1]


def no_such_item(layer: Layer, feature_id: str) -> NotFound:
    """Return the error that a layer has no such feature."""
    return NotFound(
        t("{layer} has no feature {id}", layer=layer.id, id=feature_id), field="featureId", value=feature_id
    )


def _identities(layer: Layer, feature_id: str) -> list[dict[str, Any]]:
    key = layer.source.key
    if "\0" in feature_id:  # which no text of either database holds
        return []
    if len(key) == 1:
        return [{key[0]: feature_id}]
    if feature_id.isdecimal() and feature_id.isascii() and len(feature_id) < 19:
        return [{"fid": int(feature_id)}]
    parts = feature_id.split(KEY_SEPARATOR)
    # The separator may occur within either part
    return [
        dict(zip(key, (KEY_SEPARATOR.join(parts[:cut]), KEY_SEPARATOR.join(parts[cut:])), strict=True))
        for cut in range(1, len(parts))
    ]


def _run(connection: Connection, statement: Statement) -> Sequence[Sequence[Any]]:
    return connection.execute(statement.select, statement.values).all()
