"""What reading a file gives: its features, and the evidence of how they were understood."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.findings import Finding
from gis.text import Text

ROW = "_row"
"""Column with the 1-based position of a row in its source."""

LAYER = "_layer"
"""Column that names the source of a row, as shown to people."""


@dataclass(slots=True)
class SourceLayer:
    """One layer of a delivery, in the stored reference system.

    Attributes
    ----------
    path : str
        The file as shown to people; for a member of an archive ``delivery.zip/部件/01.shp``.
    name : str
        Name of the layer: the file's stem, or the layer's name inside a container.
    frame : geopandas.GeoDataFrame
        The original columns, the column :data:`ROW` (int, 1-based position in the source), and
        ``geometry`` in EPSG:4490, longitude and latitude; ``None`` where the source has none.
    crs_evidence : Text
        What the reference system of the source was taken to be, and why.
    encoding_evidence : Text
        What the encoding of the source's text was taken to be, and why.
    findings : list of Finding
        What was wrong with the file itself (codes ``F..``).
    """

    path: str
    name: str
    frame: geopandas.GeoDataFrame
    crs_evidence: Text
    encoding_evidence: Text
    findings: list[Finding] = field(default_factory=list)


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
    frame : pandas.DataFrame
        The original columns and :data:`ROW`.
    geometries : ndarray of shapely.Geometry
        In the source's own coordinates, x first; ``None`` where there is none.
    stated : StatedCrs or None
        What the source says about its reference system.
    encoding_evidence : Text
        As in :class:`SourceLayer`.
    findings : list of Finding
        As in :class:`SourceLayer`.
    """

    path: str
    name: str
    frame: pd.DataFrame
    geometries: NDArray[np.object_]
    stated: StatedCrs | None
    encoding_evidence: Text
    findings: list[Finding] = field(default_factory=list)
