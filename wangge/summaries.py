"""Reports in a few lines, for a terminal."""

from __future__ import annotations

from gis.change_words import change_lines
from gis.finding_codes import title
from gis.findings import Finding, Report
from gis.notes import told_once
from gis.text import t

SHOWN = 3


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
    lines += told_once(report.notes)
    for code, count in report.by_code().items():
        lines.append(f"  {code} {title(code)}: {count}")
        first = [finding for finding in report.findings if finding.code == code][:SHOWN]
        lines += [f"      {_told(finding)}" for finding in first]
    if report.changes is not None:
        lines += change_lines(report.changes, committed=report.edition is not None)
    if report.edition is not None:
        lines.append(str(t("Committed as edition {edition}.", edition=report.edition)))
    return "\n".join(lines)


def _told(finding: Finding) -> str:
    """Return where a finding is and what it says; messages often name the thing themselves."""
    message = str(finding.message)
    row = "" if finding.row is None else f"#{finding.row}"
    name = "" if finding.id is None or finding.id in message else finding.id
    return " ".join(part for part in (row, name, message) if part)
