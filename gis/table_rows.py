"""Turn a table into batches of checked values for the database, see :mod:`gis.rows`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import TypeAlias

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from gis.backend import Batch
from gis.columns import JsonText, to_json
from gis.errors import DataRefused
from gis.models import Dataset
from gis.places import Places
from gis.rows import BATCH, Rows
from gis.table import Table
from gis.text import t
from gis.texts import Texts


class TableRows:
    """The rows of a table of texts, in the columns of a dataset.

    Parameters
    ----------
    dataset : Dataset
        All of its columns are texts or JSON.
    table : Table
        Its columns, places in EPSG:4490.

    Raises
    ------
    DataRefused
        A JSON column holds what is no JSON.
    """

    def __init__(self, dataset: Dataset, table: Table) -> None:
        self._dataset = dataset
        self._table = table
        self.places: Places | None = table.places
        self._columns = [_column(dataset, name, table) for name in dataset.columns]

    def __len__(self) -> int:
        return len(self._table)

    def take(self, rows: NDArray[np.intp]) -> TableRows:
        """Return the rows at some positions."""
        taken = copy(self)
        taken._table = Table({}, self._table.rows[rows], self._table.places.take(rows))
        taken.places = taken._table.places
        taken._columns = [column.take(rows) for column in self._columns]
        return taken

    def columns_of(self, names: Sequence[str]) -> Iterator[list[str | None]]:
        """Yield the texts of some columns."""
        for name in names:
            column = self._columns[self._dataset.columns.index(name)]
            yield column.slice(0, len(column))

    def key_batches(self) -> Iterator[Batch]:
        """Yield the rows in order: their position, and the columns of the key."""
        columns = [self._columns[self._dataset.columns.index(name)] for name in self._dataset.key]
        for start in range(0, len(self), BATCH):
            stop = min(start + BATCH, len(self))
            yield [list(range(start, stop)), *(column.part(start, stop) for column in columns)]

    def batches(self, *constants: object, number: bool = False) -> Iterator[Batch]:
        """Yield the rows in order, as :meth:`gis.rows.Rows.batches` does."""
        for start in range(0, len(self), BATCH):
            stop = min(start + BATCH, len(self))
            batch: Batch = [list(range(start, stop))] if number else []
            batch += [column.part(start, stop) for column in self._columns]
            batch.append(self._table.places.slice(start, stop))
            batch += [[constant] * (stop - start) for constant in constants]
            yield batch


AnyRows: TypeAlias = "Rows | TableRows"


def rows_of(dataset: Dataset, rows: pd.DataFrame | Table) -> AnyRows:
    """Take the rows of a frame or of a table."""
    return TableRows(dataset, rows) if isinstance(rows, Table) else Rows(dataset, rows)


def _column(dataset: Dataset, name: str, table: Table) -> Texts:
    column = table.columns[name]
    assert isinstance(column, Texts)
    if not isinstance(dataset.live.c[name].type, JsonText):
        return column

    def canonical(text: str) -> str | None:
        try:
            return to_json(orjson.loads(text))
        except orjson.JSONDecodeError as error:
            raise DataRefused(
                t(
                    "{dataset}: {value} is not valid for {column}",
                    dataset=dataset.name,
                    value=repr(text),
                    column=name,
                ),
                field=name,
                value=repr(text),
                expected="JSON",
            ) from error

    return column.map(canonical)
