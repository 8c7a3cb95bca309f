"""What one principal may see of a layer, as conditions of its queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, Table, and_, false, literal, not_, or_

from layers.classes import class_clause, refused_classes
from layers.layer import Layer

_InCounty = Callable[[Table, str], ColumnElement[bool]]

#: After every digit, before everything else a code goes on with.
_AFTER_DIGITS = ":"


def access_clauses(layer: Layer, table: Table) -> list[ColumnElement[bool]]:
    """Return the classes a layer is made of, and what its asker may see, as conditions.

    Parameters
    ----------
    layer : Layer
        As its asker sees it, see :func:`layers.views.view_of`.
    table : Table
        The live or the history table of its dataset.

    Returns
    -------
    list of ColumnElement
        Conditions that do not hold hide a row; so do those that cannot be told.
    """
    clauses = [class_clause(table, layer.classes)] if layer.classes else []
    seen = layer.restriction
    if seen is None:
        return clauses
    if seen.counties is not None:
        clauses.append(county_clause(layer.dataset, table, seen.counties))
    if seen.classes is not None:
        clauses.append(class_clause(table, seen.classes))
    if seen.without_refused:
        clauses.append(not_(class_clause(table, refused_classes())))
    return clauses


def tells_county(dataset: str) -> bool:
    """Tell whether the rows of a dataset say in which district they lie."""
    return dataset in _IN_COUNTY


def county_clause(dataset: str, table: Table, counties: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a row lies in one of some districts; no row of a dataset that does not say.

    Parameters
    ----------
    dataset : str
        Whose table it is.
    table : Table
        Live or history.
    counties : tuple of str
        Six-digit codes.
    """
    in_county = _IN_COUNTY.get(dataset)
    if in_county is None:
        return false()
    return or_(false(), *(in_county(table, county) for county in counties))


def _equal(column: str) -> _InCounty:
    return lambda table, county: table.c[column] == literal(county)


def _begins(column: str) -> _InCounty:
    """A range, which an index answers."""
    return lambda table, county: and_(
        table.c[column] >= literal(county), table.c[column] < literal(county + _AFTER_DIGITS)
    )


_IN_COUNTY: Mapping[str, _InCounty] = {
    "components": _equal("county"),
    "grids": _begins("code"),
    "divisions": _begins("code"),
    "management-grids": _begins("community"),
    "evaluation-grids": _begins("street"),
    "addresses": _begins("community"),
    "places": _equal("county"),
    "streets": _equal("county"),
    "organisations": _begins("division_code"),
}
