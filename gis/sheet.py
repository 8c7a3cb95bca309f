"""A sheet of a table: rows of text, with merged cells known."""

from __future__ import annotations

from dataclasses import dataclass, field

from gis.findings import Finding
from gis.text import Text


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged block of cells: 0-based first and last row and column, both included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet of a table.

    Attributes
    ----------
    name : str
        Name of the sheet; the file's stem for a CSV.
    rows : list of list of (str or None)
        Cells as text, row 0 being row 1 of the sheet; every row has the same length. A merged
        block holds its value in every cell it covers.
    merges : list of Merge
        The merged blocks.
    path : str
        The file as shown to people.
    encoding_evidence : Text or None
        How the encoding was found; ``None`` where the format fixes it.
    findings : list of Finding
        What was wrong with the file itself.
    """

    name: str
    rows: list[list[str | None]]
    merges: list[Merge] = field(default_factory=list)
    path: str = ""
    encoding_evidence: Text | None = None
    findings: list[Finding] = field(default_factory=list)
