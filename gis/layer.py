"""What reading a file gives: its features, and the evidence of how they were understood."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.findings import Finding
from gis.table import Table
from gis.text import Text

ROW = "_row"
"""Column with the 1-based position of a row in its source."""

LAYER = "_layer"
"""Column that names the source of a row, as shown to people."""


class SourceLayer:
    """One layer of a delivery, in the stored reference system.

    Parameters
    ----------
    path : str
        The file as shown to people; for a member of an archive ``delivery.zip/部件/01.shp``.
    name : str
        Name of the layer: the file's stem, or the layer's name inside a container.
    rows : Table or geopandas.GeoDataFrame
        Places in EPSG:4490, longitude and latitude. A frame has the column :data:`ROW` (int, 1-based
        position in the source) and ``None`` where the source has no geometry.
    crs_evidence : Text
        What the reference system of the source was taken to be, and why.
    encoding_evidence : Text
        What the encoding of the source's text was taken to be, and why.
    findings : list of Finding
        What was wrong with the file itself (codes ``F..``).
    """

    __slots__ = ("_frame", "_table", "crs_evidence", "encoding_evidence", "findings", "name", "path")

    def __init__(
        self,
        path: str,
        name: str,
        rows: Table | geopandas.GeoDataFrame,
        crs_evidence: Text,
        encoding_evidence: Text,
        findings: list[Finding] | None = None,
    ) -> None:
        self.path = path
        self.name = name
        self.crs_evidence = crs_evidence
        self.encoding_evidence = encoding_evidence
        self.findings = [] if findings is None else findings
        self._table = rows if isinstance(rows, Table) else None
        self._frame = None if isinstance(rows, Table) else rows

    def __len__(self) -> int:
        return len(self.frame if self._table is None else self._table)

    @property
    def table(self) -> Table:
        """The rows column by column."""
        if self._table is None:
            frame = self.frame
            shapes = np.array([*frame.geometry, None], dtype=object)[:-1]
            return Table.of_frame(frame, shapes, ROW, str(frame.active_geometry_name))
        return self._table

    @property
    def frame(self) -> geopandas.GeoDataFrame:
        """The rows as a frame, which is large where the table is not."""
        if self._frame is None:
            self._frame = self.table.frame(ROW)
        return self._frame


@dataclass(frozen=True, slots=True)
class StatedCrs:
    """What a source says about its reference system: the words, and where they stand."""

    text: str
    where: Text


@dataclass(slots=True)
class RawLayer:
    """One layer as it stands in its file, before its coordinates are understood.

    Attributes
    ----------
    path, name
        As in :class:`SourceLayer`.
    table : Table
        The original columns, and the places in the source's own coordinates, x first.
    stated : StatedCrs or None
        What the source says about its reference system.
    encoding_evidence : Text
        As in :class:`SourceLayer`.
    findings : list of Finding
        As in :class:`SourceLayer`.
    """

    path: str
    name: str
    table: Table
    stated: StatedCrs | None
    encoding_evidence: Text
    findings: list[Finding] = field(default_factory=list)


def table_of(frame: pd.DataFrame, geometries: NDArray[np.object_]) -> Table:
    """Take a frame with the column :data:`ROW` apart."""
    return Table.of_frame(frame, geometries, ROW)
