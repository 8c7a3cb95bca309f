"""What reading a file gives: its features, and the evidence of how they were understood."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas

from gis.findings import Finding
from gis.text import Text


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


ROW = "_row"
