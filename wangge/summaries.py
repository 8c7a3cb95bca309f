"""Reports in a few lines, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gis.change_words import change_lines
from gis.finding_codes import title
from gis.finding_meanings import meaning
from gis.findings import Finding, Report, Severity
from gis.notes import told_once
from gis.report_listing import RANK
from gis.report_names import FileNames
from gis.report_tables import SEVERITIES
from gis.text import t

SHOWN = 3


def summary(report: Report) -> str:
    """Return a report in a few lines: counts, and each code with its first findings, the worst first."""
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
    names = FileNames(report.files)
    for group in _groups(report.findings):
        lines += _group_lines(group, names)
    if report.changes is not None:
        lines += change_lines(report.changes, committed=report.edition is not None)
    if report.edition is not None:
        lines.append(str(t("Committed as edition {edition}.", edition=report.edition)))
    return "\n".join(lines)


def _groups(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings of each code and severity, the worst first."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((RANK[finding.severity], finding.code), []).append(finding)
    return [groups[key] for key in sorted(groups)]


def _group_lines(group: Sequence[Finding], names: FileNames) -> Iterator[str]:
    severity, code = SEVERITIES[group[0].severity], group[0].code
    yield f"  {severity} {code} {title(code)}: {sum(finding.count for finding in group)}"
    for finding in group[:SHOWN]:
        yield f"      {_told(finding, names)}"
    advice = _advice(group)
    if advice is not None:
        yield f"      → {advice}"


def _advice(group: Sequence[Finding]) -> str | None:
    """Return the advice that all share; where errors have none, what their code means."""
    hints = {str(finding.hint) for finding in group}
    if len(hints) == 1 and group[0].hint is not None:
        return str(group[0].hint)
    return meaning(group[0].code) if group[0].severity is Severity.ERROR else None


def _told(finding: Finding, names: FileNames) -> str:
    """Return where a finding is and what it says; messages often name the thing themselves."""
    message = str(finding.message)
    name = "" if finding.id is None or finding.id in message else finding.id
    said = f"{name} {message}" if name else message
    if finding.row is None:
        return said
    told = said.startswith(str(t("row {row}", row=finding.row)))
    if not names.several or finding.layer is None:
        return said if told else f"#{finding.row} {said}"
    if told:
        return str(t("{file}: {said}", file=names.short(finding.layer), said=said))
    return str(t("{file} row {row}: {said}", file=names.short(finding.layer), row=finding.row, said=said))
