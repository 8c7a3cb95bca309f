"""The way in: a filter as somebody wrote it becomes a condition."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Table

from gis.errors import UsageError
from gis.models import Dataset
from gis.text import t
from layers.cql2.compiling import Compiler
from layers.cql2.document import parse_json
from layers.cql2.text import parse_text
from layers.cql2.tree import Node
from layers.layer import Layer
from layers.queryables import Queryables, dataset_queryables, queryables_of
from layers.reference_systems import CRS84, ReferenceSystem

TEXT = "cql2-text"

_READERS: dict[str, Callable[[str], Node]] = {TEXT: parse_text, "cql2-json": parse_json}

#: Encodings by the names that ``filter-lang`` has for them (OGC 19-079r2), the usual one first.
LANGUAGES = tuple(_READERS)


def filter_condition(
    layer: Layer, text: str, *, language: str = TEXT, system: ReferenceSystem = CRS84
) -> ColumnElement[bool]:
    """Return a filter of a layer's features as a condition.

    Parameters
    ----------
    layer : Layer
        As its asker sees it: what he does not see he cannot filter by.
    text : str
        The filter.
    language : str
        One of :data:`LANGUAGES`.
    system : ReferenceSystem
        Of the geometries in the filter.

    Returns
    -------
    ColumnElement
        On the live table of the layer's dataset, with its values in it.

    Raises
    ------
    UsageError
        What is not understood, unknown, of the wrong kind, faulty or too large; its field is ``filter``.
    """
    return _condition(text, language, layer.source.live, queryables_of(layer), system)


def dataset_condition(
    dataset: Dataset, text: str, *, language: str = TEXT, system: ReferenceSystem = CRS84
) -> ColumnElement[bool]:
    """Return a filter of a dataset's rows as a condition, for those who may read all of it.

    Parameters and errors are those of :func:`filter_condition`.
    """
    return _condition(text, language, dataset.live, dataset_queryables(dataset), system)


def layer_condition(layer: Layer) -> ColumnElement[bool] | None:
    """Return the filter in CQL2 text that a layer itself has, on the live table of its dataset.

    Raises
    ------
    UsageError
        As for :func:`dataset_condition`; its field is ``cql2``.
    """
    if layer.cql2 is None:
        return None
    try:
        return dataset_condition(layer.source, layer.cql2)
    except UsageError as error:
        error.field = "cql2"
        raise


def _condition(
    text: str, language: str, table: Table, known: Queryables, system: ReferenceSystem
) -> ColumnElement[bool]:
    if language not in _READERS:
        raise UsageError(
            t("{value} is no language of filters", value=language),
            field="filter-lang",
            value=language,
            expected=", ".join(LANGUAGES),
        )
    return Compiler(table, known, system).condition(_READERS[language](text))
