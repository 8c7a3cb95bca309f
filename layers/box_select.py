"""The SQL that reads rows whose numbers an index of boxes has found already."""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Boolean

from gis.columns import binary
from gis.models import GEOMETRY
from layers.box_reading import stamp_columns
from layers.layer import Layer
from layers.query import ItemsQuery
from layers.select import Statement, layer_clauses, selected_names

#: Where the stamp of the table stands in a row: behind the properties, before the geometry.
STAMP = slice(-3, -1)


def chosen_statement(layer: Layer, query: ItemsQuery, fids: Sequence[int], kind: str) -> Statement:
    """Return the SQL that reads some rows, and in the same moment what their table is like.

    Parameters
    ----------
    layer : Layer
        What is asked.
    query : ItemsQuery
        The question.
    fids : sequence of int
        Of the rows.
    kind : str
        ``"gpkg"`` or ``"postgis"``.
    """
    properties = layer.properties if query.properties is None else query.properties
    return Statement(
        _chosen(layer, properties),
        1,
        selected_names(layer, properties),
        {"fids": orjson.dumps(fids).decode() if kind == "gpkg" else fids},
        steady=True,
    )


@lru_cache(maxsize=1024)
def _chosen(layer: Layer, properties: tuple[str, ...]) -> Select[Any]:
    table = layer.source.live
    stamp = [column.scalar_subquery() for column in stamp_columns(layer.source)]
    names = [table.c[name] for name in selected_names(layer, properties)]
    chosen = [table.c.fid, *names, *stamp, binary(table.c[GEOMETRY])]
    return (
        select(*chosen).where(_AmongNumbers(table.c.fid, bindparam("fids")), *layer_clauses(layer, table))
    ).order_by(table.c.fid)


class _AmongNumbers(GenericFunction[bool]):
    """The condition that a number is one of a list: a column, and the bound list."""

    inherit_cache = True
    name = "wangge_among_numbers"
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        return self


@compiles(_AmongNumbers, "sqlite")
def _in_json(element: _AmongNumbers, compiler: Any, **kw: Any) -> str:
    column, numbers = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"


@compiles(_AmongNumbers, "postgresql")
def _any(element: _AmongNumbers, compiler: Any, **kw: Any) -> str:
    column, numbers = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({numbers}::bigint[])"
