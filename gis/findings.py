"""Findings (质检问题) and reports: what checks and imports have to say about data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.delivered import Background, DeliveredAreas, DeliveredFile
from gis.text import Text


class Severity(StrEnum):
    """How much a finding matters: an error refuses the row, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place of a delivery.

    ``row`` is the 1-based position in the source, ``layer`` the file or layer it counts in (a census
    brings one file per class), ``geometry`` (EPSG:4490, longitude and latitude) the place of the
    defect. ``code`` is stable: ``G..`` grids and divisions, ``C..`` components, ``P..`` places and
    addresses, ``R..`` responsibility data, ``F..`` files. ``area_m2`` and ``width_m`` (square metres,
    metres) tell how large a defect of areas is, where that is measured. ``count`` is how many there are of
    the kind where one stands for all.
    """

    code: str
    severity: Severity
    dataset: str
    message: Text
    row: int | None = None
    id: str | None = None
    field: str | None = None
    value: str | None = None
    expected: Text | str | None = None
    hint: Text | None = None
    geometry: BaseGeometry | None = None
    layer: str | None = None
    area_m2: float | None = None
    width_m: float | None = None
    count: int = 1

    def to_dict(self, *, geometries: bool = True) -> dict[str, Any]:
        """Return the finding in the contract's shape, in the current language.

        Parameters
        ----------
        geometries : bool
            Whether ``geometry`` is filled in, which takes most of the time.
        """
        return {
            "code": self.code,
            "severity": str(self.severity),
            "dataset": self.dataset,
            "row": self.row,
            "id": self.id,
            "field": self.field,
            "value": self.value,
            "expected": None if self.expected is None else str(self.expected),
            "message": str(self.message),
            "hint": None if self.hint is None else str(self.hint),
            "geometry": mapping(self.geometry) if geometries and self.geometry is not None else None,
            "layer": self.layer,
            "area_m2": self.area_m2,
            "width_m": self.width_m,
            **({"count": self.count} if self.count > 1 else {}),
        }


@dataclass(slots=True)
class Report:
    """What came of checking or importing one dataset.

    ``edition`` is the number of the edition written, ``None`` when nothing was committed. ``files`` are
    those of the delivery; ``areas`` its areas, for the map of a report, ``background`` what the registry has
    there; ``changes`` what became of the live things, a :class:`gis.change_report.ChangeReport`, ``None``
    where it was not worked out.
    """

    dataset: str
    checked: int = 0
    accepted: int = 0
    rejected: int = 0
    findings: list[Finding] = field(default_factory=list)
    edition: int | None = None
    notes: list[Text] = field(default_factory=list)
    files: list[DeliveredFile] = field(default_factory=list)
    areas: DeliveredAreas | None = None
    background: Background | None = None
    changes: Any = None

    def add(self, findings: Iterable[Finding]) -> None:
        """Append findings."""
        self.findings.extend(findings)

    @property
    def errors(self) -> list[Finding]:
        """The findings that refuse a row or the whole delivery."""
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]

    def by_code(self) -> dict[str, int]:
        """Count findings by code, in order of the codes."""
        counts: Counter[str] = Counter()
        for finding in self.findings:
            counts[finding.code] += finding.count
        return dict(sorted(counts.items()))

    def to_dict(self, *, geometries: bool = True) -> dict[str, Any]:
        """Return the report in the contract's shape, in the current language, see :meth:`Finding.to_dict`."""
        return {
            "dataset": self.dataset,
            "checked": self.checked,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "findings": [finding.to_dict(geometries=geometries) for finding in self.findings],
            "by_code": self.by_code(),
            "edition": self.edition,
            "notes": [str(note) for note in self.notes],
            "files": [file.to_dict() for file in self.files],
            "changes": None if self.changes is None else self.changes.to_dict(),
        }
