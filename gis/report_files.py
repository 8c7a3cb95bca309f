"""The table of a report's files: what was read and refused of each, its findings, how it was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gis.delivered import DeliveredFile
from gis.findings import Finding, Severity
from gis.report_names import FileNames
from gis.report_tables import escape
from gis.text import t


def files_line(delivered: Sequence[DeliveredFile]) -> str:
    """Return a line that leads to the table, where there are several files."""
    if len(delivered) < 2:
        return ""
    told = t(
        "Row counts, findings, encoding and coordinate system of each of the {count} files",
        count=len(delivered),
    )
    return f'<p><a href="#files">{escape(told)}</a></p>'


def files_section(delivered: Sequence[DeliveredFile], findings: Sequence[Finding]) -> str:
    """Return the table of the files, those with errors first.

    Parameters
    ----------
    delivered : sequence of DeliveredFile
        In the order of the delivery.
    findings : sequence of Finding
        Those that name a file are counted with it.
    """
    if not delivered:
        return ""
    counts: Counter[tuple[str | None, Severity]] = Counter()
    for finding in findings:
        counts[finding.layer, finding.severity] += finding.count
    ranked = sorted(delivered, key=lambda file: tuple(-counts[file.path, severity] for severity in Severity))
    names = FileNames(delivered)
    heads = (t("File"), t("Rows"), t("Accepted"), t("Rejected"), t("Errors"), t("Warnings"))
    head = "".join(f"<th>{escape(name)}" for name in (*heads, t("Encoding"), t("Coordinate system")))
    rows = "".join("".join(_row(file, counts, names)) for file in ranked)
    where = f"<p class=note>{escape(t('All in {folder}', folder=names.folder))}</p>" if names.folder else ""
    return (
        f"<h2 id=files>{escape(t('Files'))}</h2>{where}"
        f"<table class=files><thead><tr>{head}</thead><tbody>{rows}</tbody></table>"
    )


def _row(
    file: DeliveredFile, counts: Counter[tuple[str | None, Severity]], names: FileNames
) -> Iterator[str]:
    yield f"<tr><td class=file>{escape(names.short(file.path))}"
    if file.sample is not None:
        yield f"<details><summary>{escape(t('rows as read'))}</summary>{escape(file.sample)}</details>"
    yield "".join(f"<td class=n>{escape(number)}" for number in (file.checked, file.accepted, file.rejected))
    for severity in (Severity.ERROR, Severity.WARNING):
        yield f'<td class="n {severity}">{counts[file.path, severity] or ""}'
    yield f"<td>{escape(file.encoding)}<td>{escape(file.crs)}"
