"""What can be asked of a layer: one model for HTTP, exports and Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement

from gis.crs import STORED, transformer
from gis.errors import UsageError
from gis.text import t
from layers.layer import Layer
from layers.reference_systems import CRS84, Bounds, ReferenceSystem

DEFAULT_LIMIT = 10
MAX_LIMIT = 10_000

#: Properties that features can be sorted by at once.
MAX_SORT_TERMS = 5

#: Beyond what either database can hold.
MAX_INTEGER = 2**63

_SIDE_POINTS = 21


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A rectangle of a coordinate system; what touches it is inside.

    Attributes
    ----------
    bounds : Bounds
        min x, min y, max x, max y; x is longitude or easting whatever the axis order.
    system : ReferenceSystem
        What the numbers are.
    """

    bounds: Bounds
    system: ReferenceSystem = CRS84

    def envelope(self) -> Bounds:
        """Return a rectangle of EPSG:4490 that holds the box, itself for longitude and latitude.

        Raises
        ------
        UsageError
            If the box lies outside what its coordinate system covers.
        """
        if self.system.is_stored:
            return self.bounds
        x, y = _outline(self.bounds)
        longitude, latitude = transformer(f"EPSG:{self.system.srid}", STORED)(x, y)
        if not (np.isfinite(longitude).all() and np.isfinite(latitude).all()):
            raise UsageError(
                t("The box {bbox} lies outside {crs}", bbox=list(self.bounds), crs=self.system.uri),
                field="bbox",
                value=list(self.bounds),
            )
        # The outline of the box is curved between the points that were transformed.
        margin = 0.01 * max(np.ptp(longitude), np.ptp(latitude)) + 1e-9
        return (
            float(longitude.min() - margin),
            float(latitude.min() - margin),
            float(longitude.max() + margin),
            float(latitude.max() + margin),
        )


@dataclass(frozen=True, slots=True)
class Period:
    """A moment, or a closed interval that may be open at one end.

    Things are shown as they were at its end, those retired within it as they were last.

    Attributes
    ----------
    start, end : datetime or None
        With a time zone; equal for a moment, ``None`` for an open end.
    """

    start: datetime | None
    end: datetime | None

    @property
    def is_moment(self) -> bool:
        """Whether both ends are the same."""
        return self.start is not None and self.start == self.end


@dataclass(frozen=True, slots=True)
class SortTerm:
    """One property that features are sorted by; those without a value come last.

    Attributes
    ----------
    name : str
        The property.
    descending : bool
        Greatest first.
    """

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsQuery:
    """One page of a layer's features.

    Attributes
    ----------
    limit : int
        Features on a page, 1 to 10 000.
    after : str or None
        Where the page before ended, as it said.
    bbox : BoundingBox or None
        Only what intersects it.
    filters : tuple of (str, object)
        Property and the value it must have, in the property's own type.
    period : Period or None
        When; ``None`` means now.
    terms : tuple of str
        Free text, of which one term has to be found, see :mod:`layers.searching`.
    where : ColumnElement or None
        A further condition, on columns of the dataset's live table; of the past it is asked alike.
    sort : tuple of SortTerm
        Most important first; what is alike comes in an order that does not change.
    properties : tuple of str or None
        Properties to return; ``None`` means all published ones.
    geometry : bool
        Whether to return the geometry.
    crs : ReferenceSystem
        Of the coordinates returned.
    """

    limit: int = DEFAULT_LIMIT
    after: str | None = None
    bbox: BoundingBox | None = None
    filters: tuple[tuple[str, Any], ...] = ()
    period: Period | None = None
    terms: tuple[str, ...] = ()
    where: ColumnElement[bool] | None = None
    sort: tuple[SortTerm, ...] = ()
    properties: tuple[str, ...] | None = None
    geometry: bool = True
    crs: ReferenceSystem = CRS84


def chosen_properties(layer: Layer, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the properties somebody wants, in the layer's order.

    Raises
    ------
    UsageError
        If the layer does not publish one of them.
    """
    for name in names:
        if name not in layer.properties:
            raise unknown_name(name, layer, layer.properties, field="properties")
    return tuple(name for name in layer.properties if name in names)


def sort_terms(layer: Layer, text: str) -> tuple[SortTerm, ...]:
    """Read ``sortby``: properties separated by commas, ``-`` before one turns its order round.

    Parameters
    ----------
    layer : Layer
        Whose properties they are.
    text : str
        As it was written; a ``+`` that was not escaped arrives as a blank.

    Returns
    -------
    tuple of SortTerm

    Raises
    ------
    UsageError
        If one is not a queryable of the layer, comes twice, or there are too many.
    """
    terms = []
    for part in text.split(","):
        name = part.strip().removeprefix("+")
        term = SortTerm(name.removeprefix("-"), name.startswith("-"))
        if term.name not in layer.queryables:
            raise unknown_name(term.name, layer, layer.queryables, field="sortby")
        terms.append(term)
    if len({term.name for term in terms}) < len(terms) or len(terms) > MAX_SORT_TERMS:
        raise UsageError(
            t("Features cannot be sorted by {value}", value=repr(text)),
            field="sortby",
            value=text,
            expected=t("Up to {count} different properties", count=MAX_SORT_TERMS),
        )
    return tuple(terms)


def unknown_name(name: str, layer: Layer, known: tuple[str, ...], *, field: str | None = None) -> UsageError:
    """Return the error that a layer has no property of that name."""
    return UsageError(
        t("{layer} has no property {name}", layer=layer.id, name=name),
        field=field or name,
        value=name,
        expected=", ".join(known),
    )


def _outline(bounds: Bounds) -> tuple[np.ndarray, np.ndarray]:
    """Return points along the four sides of a rectangle."""
    left, bottom, right, top = bounds
    along = np.linspace(left, right, _SIDE_POINTS)
    up = np.linspace(bottom, top, _SIDE_POINTS)
    x = np.concatenate([along, along, np.full_like(up, left), np.full_like(up, right)])
    y = np.concatenate([np.full_like(along, bottom), np.full_like(along, top), up, up])
    return x, y
