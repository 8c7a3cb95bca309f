"""Findings about the encoding of a file."""

from __future__ import annotations

from gis.encoding import Decision
from gis.findings import Finding, Severity
from gis.text import t


def contradicted(decision: Decision, path: str, dataset: str) -> list[Finding]:
    """Report a statement about the encoding that the bytes contradict (F09)."""
    if decision.contradicted is None:
        return []
    message = t("{path}: {evidence}", path=path, evidence=decision.evidence)
    return [Finding("F09", Severity.WARNING, dataset, message, value=decision.contradicted.said)]
