"""What can be searched, and in which order equal matches are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table

from gis.models import DATASETS
from web.scope import SearchScope


@dataclass(frozen=True, slots=True)
class Searched:
    """Where one kind of result comes from.

    ``codes`` are matched by their beginning through an index, ``lists`` are JSON lists of further
    names, ``detail`` says more about a result.
    """

    kind: str
    dataset: str
    code: str
    name: str
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """Return its live table."""
        return DATASETS[self.dataset].live

    @property
    def shown(self) -> tuple[Column[Any], ...]:
        """Return the columns that a hit is made of."""
        return self.table.c.fid, self.table.c[self.code], self.table.c[self.name]


#: In the order of geocoding.names_index_book.KINDS.
SEARCHED = (
    Searched("division", "divisions", "code", "name", ("code",), ("name",), ("former_names",), ("level",)),
    Searched(
        "street",
        "streets",
        "code",
        "name",
        (),
        ("name",),
        ("aliases", "former_names"),
        ("from_name", "to_name"),
    ),
    Searched(
        "place", "places", "code", "name", (), ("name",), ("aliases", "former_names"), ("type", "address")
    ),
    Searched(
        "organisation", "organisations", "code", "name", ("code",), ("name",), ("short_names", "former_names")
    ),
    Searched("area", "areas", "code", "name", ("code",), ("name",), (), ("line", "unit_name")),
    Searched("grid", "grids", "code", "name", ("code", "legacy_code"), ("name",), (), ("community", "state")),
    Searched("address", "addresses", "code", "address", (), ("address",), ("former_names",), ("community",)),
    Searched("component", "components", "id", "name", ("id",), (), (), ("class_code", "state")),
)

OF_DATASET = {searched.dataset: searched for searched in SEARCHED}

Centre = tuple[float, float]
"""Longitude and latitude of the middle of the map, EPSG:4490."""


@dataclass(frozen=True, slots=True)
class Look:
    """One search of somebody."""

    connection: Connection
    wanted: str
    limit: int
    scope: SearchScope
    centre: Centre | None = None

    def seen(self, searched: Searched) -> list[ColumnElement[bool]]:
        """Return the conditions that a row may be found."""
        return self.scope.clauses(searched.dataset, searched.table)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found.

    Attributes
    ----------
    searched : Searched
        What kind of thing.
    fid : int
        Which.
    rank : int
        0 the whole, 1 the beginning, 2 the beginning of a word, 3 any part.
    length : int
        Of what matched.
    metres : float
        From the middle of the map, where that is known.
    detail : str, optional
        What is told of it, where that is not its own.
    newest, oldest : int, optional
        Editions that its row must be of, where it was found in memory.
    """

    searched: Searched
    fid: int
    rank: int
    length: int
    metres: float = 0.0
    detail: str | None = None
    oldest: int = 0
    newest: int | None = None

    @property
    def order(self) -> tuple[int, int, float, int, int]:
        """Return what hits are sorted by, best first."""
        return self.rank, SEARCHED.index(self.searched), self.metres, self.length, self.fid
