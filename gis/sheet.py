"""A sheet of a table: rows of text, with merged cells known."""

from __future__ import annotations

from dataclasses import dataclass, field

from gis.errors import FileProblem
from gis.findings import Finding
from gis.text import Text, t

MOST_CELLS = 50_000_000
"""What the rectangle round the filled cells of a sheet may hold."""


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


def too_many_cells(sheet: Sheet, cells: int) -> FileProblem:
    """Make the error of a sheet whose filled cells lie too far apart (F07)."""
    message = t("{path}, sheet {sheet}: {n} cells are too many", path=sheet.path, sheet=sheet.name, n=cells)
    return FileProblem(message, code="F07", value=sheet.path)
