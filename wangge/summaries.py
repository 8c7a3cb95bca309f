"""Reports in a few lines, for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gis.finding_codes import title
from gis.findings import Finding, Report
from gis.text import Text, t

SHOWN = 3
# What differs between layers that are alike: counts and quoted samples, not codes such as EPSG:4524.
_PARTICULAR = re.compile(r"(?<![\w:])\d+|“[^”]*”|\"[^\"]*\"")


def summary(report: Report) -> str:
    """Return a report in a few lines: counts, and each code with its first findings."""
    lines = [
        str(
            t(
                "{dataset}: {checked} rows checked, {accepted} accepted, {rejected} rejected",
                dataset=report.dataset,
                checked=report.checked,
                accepted=report.accepted,
                rejected=report.rejected,
            )
        )
    ]
    lines += _notes(report.notes)
    for code, count in report.by_code().items():
        lines.append(f"  {code} {title(code)}: {count}")
        first = [finding for finding in report.findings if finding.code == code][:SHOWN]
        lines += [f"      {_told(finding)}" for finding in first]
    if report.edition is not None:
        lines.append(str(t("Committed as edition {edition}.", edition=report.edition)))
    return "\n".join(lines)


def _told(finding: Finding) -> str:
    """Return where a finding is and what it says; messages often name the thing themselves."""
    message = str(finding.message)
    row = "" if finding.row is None else f"#{finding.row}"
    name = "" if finding.id is None or finding.id in message else finding.id
    return " ".join(part for part in (row, name, message) if part)


def _notes(notes: Sequence[Text]) -> list[str]:
    """Return the notes, those that say the same of many layers once with their number."""
    alike: dict[str, list[Text]] = {}
    for note in notes:
        evidence = str(note.params.get("evidence", note))
        alike.setdefault(_PARTICULAR.sub("", evidence), []).append(note)
    lines = []
    for group in alike.values():
        more = t("(and {count} more alike)", count=len(group) - 1) if len(group) > 1 else ""
        lines.append(f"{group[0]} {more}".rstrip())
    return lines
