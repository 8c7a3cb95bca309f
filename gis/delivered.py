"""What a report keeps of a delivery: its areas, its files with what became of their rows, what is around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.text import Text


@dataclass(frozen=True, slots=True)
class DeliveredAreas:
    """The areas of a delivery, row by row, whether accepted or not.

    Attributes
    ----------
    layer, id : ndarray of object
        File or layer of each row, and its code (``None`` without one).
    row : ndarray of int
        1-based position in the layer.
    refused : ndarray of bool
        Rows with an error.
    geometries : ndarray of geometries
        EPSG:4490, longitude and latitude, as delivered: missing and invalid ones among them.
    """

    layer: NDArray[np.object_]
    row: NDArray[np.int64]
    id: NDArray[np.object_]
    refused: NDArray[np.bool_]
    geometries: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.geometries)

    def drawable(self) -> NDArray[np.intp]:
        """Return the positions of the rows that have a shape with finite coordinates."""
        present = ~(shapely.is_missing(self.geometries) | shapely.is_empty(self.geometries))
        bounds = shapely.bounds(self.geometries)
        return np.flatnonzero(present & np.isfinite(bounds).all(axis=1))


@dataclass(frozen=True, slots=True)
class Background:
    """What a registry has around findings, to draw them on.

    Attributes
    ----------
    divisions : ndarray of geometries
        EPSG:4490, longitude and latitude: those of one level around all findings.
    grids : ndarray of geometries
        Unit grids around the places that close-ups show, EPSG:4490.
    codes : ndarray of object
        Of the unit grids.
    """

    divisions: NDArray[np.object_]
    grids: NDArray[np.object_]
    codes: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file or layer of a delivery and how it was understood.

    Attributes
    ----------
    path, name : str
        As shown to people.
    checked, rejected : int or None
        Rows read and refused; ``None`` for tables, whose rows are counted over the whole delivery.
    encoding, crs : Text or None
        What was taken for the encoding and the reference system, and why.
    sample : Text or None
        A few rows as they were read.
    """

    path: str
    name: str
    checked: int | None
    rejected: int | None
    encoding: Text | None
    crs: Text | None
    sample: Text | None = None

    @property
    def accepted(self) -> int | None:
        """Rows that were not refused."""
        return None if self.checked is None or self.rejected is None else self.checked - self.rejected

    def to_dict(self) -> dict[str, Any]:
        """Return the file as plain values, in the current language."""
        return {
            "path": self.path,
            "name": self.name,
            "checked": self.checked,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "encoding": None if self.encoding is None else str(self.encoding),
            "crs": None if self.crs is None else str(self.crs),
            "sample": None if self.sample is None else str(self.sample),
        }
