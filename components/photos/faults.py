"""What is wrong with photos, and how much of it is told one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from gis.findings import Finding, Severity
from gis.text import Text, t

AT_MOST = 200
"""Findings of one kind that are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class PhotoFault:
    """Something wrong with a photo of a row.

    Attributes
    ----------
    at : int
        Position of the row among those given.
    code, severity, message, value, hint
        As in :class:`gis.findings.Finding`.
    """

    at: int
    code: str
    severity: Severity
    message: Text
    value: str
    hint: Text | None = None


@dataclass(slots=True)
class Telling:
    """How many findings of each kind there were so far."""

    counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    def has_room(self, code: str, severity: Severity) -> bool:
        """Tell whether the next would be told."""
        return self.counts[code, severity] < AT_MOST

    def is_told(self, code: str, severity: Severity) -> bool:
        """Count one more, and tell whether it is among those told one by one."""
        self.counts[code, severity] += 1
        return self.counts[code, severity] <= AT_MOST

    def others(self, dataset: str) -> Iterator[Finding]:
        """Yield one finding for each kind of which more were counted than told."""
        for (code, severity), count in sorted(self.counts.items()):
            if count > AT_MOST:
                message = t(
                    "{n} in all; {more} of them are not told one by one", n=count, more=count - AT_MOST
                )
                yield Finding(code, severity, dataset, message, count=count - AT_MOST)
