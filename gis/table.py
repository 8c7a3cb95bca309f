"""The rows of a layer column by column, small enough for millions of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas
import numpy as np
import pandas
from numpy.typing import NDArray

from gis.places import Places
from gis.texts import Texts, texts_of

Column: TypeAlias = "Texts | pandas.Series[Any]"
"""Texts, or values of another kind in a series with the index 0, 1, 2 …"""

STORED = "EPSG:4490"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows column by column.

    Attributes
    ----------
    columns : mapping of str to Texts or Series
        All of the same length.
    rows : ndarray of int
        1-based position of each row in its source.
    places : Places
        Where each is.
    """

    columns: Mapping[str, Column]
    rows: NDArray[Any]
    places: Places

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of_frame(
        cls, frame: pandas.DataFrame, geometries: NDArray[np.object_], row: str, geometry: str | None = None
    ) -> Table:
        """Take a frame apart; ``row`` names the column with the positions, ``geometry`` one that is none."""
        columns = {str(name): column_of(frame[name]) for name in frame.columns if name not in (row, geometry)}
        return cls(columns, frame[row].to_numpy(dtype=np.int32), Places.of(geometries))

    def take(self, rows: NDArray[Any]) -> Table:
        """Return the rows at some positions."""
        columns: dict[str, Column] = {
            name: column.take(rows) if isinstance(column, Texts) else column.iloc[rows].reset_index(drop=True)
            for name, column in self.columns.items()
        }
        return Table(columns, self.rows[rows], self.places.take(rows))

    def with_places(self, places: Places) -> Table:
        """Return the same rows at other places."""
        return Table(self.columns, self.rows, places)

    def frame(self, row: str | None) -> geopandas.GeoDataFrame:
        """Return all rows as a frame, large, with their positions in the column ``row`` and EPSG:4490."""
        columns: dict[str, Any] = {} if row is None else {row: self.rows}
        for name, column in self.columns.items():
            columns[name] = column.objects() if isinstance(column, Texts) else column
        frame = pandas.DataFrame(columns, index=range(len(self)))
        return geopandas.GeoDataFrame(frame, geometry=self.places.geometries(), crs=STORED)


def column_of(values: pandas.Series[Any]) -> Column:
    """Hold texts as such, and anything else as it is."""
    if values.dtype == object or pandas.api.types.is_string_dtype(values.dtype):
        kind = pandas.api.types.infer_dtype(values, skipna=True)
        if kind in ("string", "empty"):
            try:
                return texts_of(values)
            except (UnicodeEncodeError, ValueError):
                # Halves of surrogate pairs are no Unicode text: the rules for values refuse them by name.
                pass
    return values.reset_index(drop=True)
