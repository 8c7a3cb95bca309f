"""The tables of a report: one of the codes, and one of the findings of each code."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gis.change_words import column_name
from gis.delivered import DeliveredFile
from gis.finding_codes import title
from gis.finding_meanings import meaning
from gis.findings import Finding, Severity
from gis.report_details import Surroundings, size_text
from gis.report_listing import SHAPE, CodeGroup, Listing
from gis.report_names import FileNames
from gis.text import Text, t

SHOWN_PER_CODE = 50
SEVERITIES: dict[Severity, Text] = {
    Severity.ERROR: t("error"),
    Severity.WARNING: t("warning"),
    Severity.INFO: t("note"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of findings: its heading, its class, and what it says of a finding."""

    heading: Text
    style: str
    cell: Callable[[Listing, int], str]


def escape(value: object) -> str:
    """Write a value for a page; nothing of it is taken for markup."""
    return "" if value is None else html.escape(str(value))


def summary(listing: Listing) -> str:
    """Return the table of codes, the worst first, with what each means."""
    sized = any(group.largest_m2 is not None for group in listing.groups)
    sizes = (t("Largest, m²"), t("Together, m²")) if sized else ()
    names = (t("Code"), t("Severity"), t("Finding"), t("Count"), *sizes, t("What it means, what to do"))
    head = "".join(f"<th>{escape(name)}" for name in names)
    rows = "".join(_summary_row(listing, group, sized=sized) for group in listing.groups)
    return f"<table class=summary><thead><tr>{head}</thead><tbody>{rows}</tbody></table>"


def _summary_row(listing: Listing, group: CodeGroup, *, sized: bool) -> str:
    sizes = "".join(
        f"<td class=n>{'' if size is None else escape(size_text(size))}"
        for size in ((group.largest_m2, group.total_m2) if sized else ())
    )
    return (
        f'<tr class="{group.severity}"><td><a href="#{escape(group.code)}">{escape(group.code)}</a>'
        f"<td class=severity>{escape(SEVERITIES[group.severity])}<td>{escape(title(group.code))}"
        f"<td class=n>{group.count}{sizes}<td>{escape(_explained(listing, group))}"
    )


def _explained(listing: Listing, group: CodeGroup) -> str | None:
    """Return what a code means, else the advice that all its findings share."""
    hints = {listing.findings[at].hint for at in group.positions}
    return meaning(group.code) or (str(*hints) if len(hints) == 1 and None not in hints else None)


def sections(listing: Listing, surroundings: Surroundings, files: Sequence[DeliveredFile]) -> Iterator[str]:
    """Yield for each code its largest findings drawn, and its first ones as a table.

    Parameters
    ----------
    listing : Listing
        The findings.
    surroundings : Surroundings
        What was delivered around them.
    files : sequence of DeliveredFile
        Of the delivery: where there are several, a row number needs its file.
    """
    names = FileNames(files)
    for group in listing.groups:
        code = escape(group.code)
        yield f'<section><h2 id="{code}">{code} {escape(title(group.code))} ({group.count})</h2>'
        yield f"<p class=note>{escape(meaning(group.code))}</p>" if meaning(group.code) else ""
        yield _details(listing, group, surroundings)
        chosen = _chosen(listing, group)
        yield _table(listing, chosen, names)
        if len(group.positions) > len(chosen):
            rest = len(group.positions) - len(chosen)
            more = t("and {count} more: see the CSV or GeoPackage report", count=rest)
            yield f"<p class=note>{escape(more)}</p>"
        yield "</section>"


def shown(listing: Listing) -> frozenset[int]:
    """Return the positions of the findings that the tables show."""
    return frozenset(at for group in listing.groups for at in _chosen(listing, group))


def _chosen(listing: Listing, group: CodeGroup) -> list[int]:
    """Return the first findings of a code, and of the others those that stand for many."""
    first, others = group.positions[:SHOWN_PER_CODE], group.positions[SHOWN_PER_CODE:]
    return first + [at for at in others if listing.findings[at].count > 1][:SHOWN_PER_CODE]


def _details(listing: Listing, group: CodeGroup, surroundings: Surroundings) -> str:
    """Draw the worst few defects that have a shape or a size."""
    chosen = set(listing.close_ups)
    drawn = "".join(surroundings.close_up(listing, at) for at in group.positions if at in chosen)
    return f"<div class=details>{drawn}</div>" if drawn else ""


def _table(listing: Listing, positions: Sequence[int], names: FileNames) -> str:
    """Write findings of one code; what is empty or the same in every row has no column."""
    findings = [listing.findings[at] for at in positions]
    hints = {str(finding.hint) for finding in findings if finding.hint is not None}
    columns = [
        column
        for column in _columns(findings, names, hints=len(hints) > 1)
        if any(column.cell(listing, at) for at in positions)
    ]
    head = "".join(f"<th>{escape(column.heading)}" for column in columns)
    rows = "".join(
        f'<tr id="n{at + 1}" class="{listing.findings[at].severity}">'
        + "".join(f"<td class={column.style}>{column.cell(listing, at)}" for column in columns)
        for at in positions
    )
    advice = (
        f"<p class=hint>{escape(t('What to do: {hint}', hint=next(iter(hints))))}</p>"
        if len(hints) == 1
        else ""
    )
    return f"{advice}<table class=findings><thead><tr>{head}</thead><tbody>{rows}</tbody></table>"


def _columns(findings: Sequence[Finding], names: FileNames, *, hints: bool) -> list[Column]:
    """Return the columns of findings; shapes, the sizes of them and identifiers are not told twice."""

    def of(field: Callable[[Finding], object]) -> Callable[[Listing, int], str]:
        return lambda listing, at: escape(field(listing.findings[at]))

    def size(field: Callable[[Finding], float | None]) -> Callable[[Listing, int], str]:
        return of(lambda f: None if (number := field(f)) is None else size_text(number))

    named = any(finding.field != SHAPE for finding in findings)
    sized = any(finding.area_m2 is None for finding in findings)
    valued = sized and any(finding.value != finding.id for finding in findings)
    counted = any(finding.count > 1 for finding in findings)
    columns = [
        (True, Column(t("No."), "n", lambda _, at: str(at + 1))),
        (True, Column(t("Severity"), "severity", of(lambda f: SEVERITIES[f.severity]))),
        (names.several, Column(t("File"), "file", lambda listing, at: _file(listing.findings[at], names))),
        (True, Column(t("Row"), "n", of(lambda f: f.row))),
        (True, Column(t("Identifier"), "id", of(lambda f: f.id))),
        (True, Column(t("What is wrong"), "message", of(lambda f: f.message))),
        (counted, Column(t("Count"), "n", of(lambda f: f.count))),
        (True, Column(t("Area, m²"), "n", size(lambda f: f.area_m2))),
        (True, Column(t("Width, m"), "n", size(lambda f: f.width_m))),
        (True, Column(t("Longitude, latitude"), "place", _place)),
        (named, Column(t("Field"), "field", of(lambda f: None if f.field is None else column_name(f.field)))),
        (valued, Column(t("Value"), "value", of(lambda f: f.value))),
        (sized, Column(t("Expected"), "value", of(lambda f: f.expected))),
        (hints, Column(t("What to do"), "hint", of(lambda f: f.hint))),
    ]
    return [column for wanted, column in columns if wanted]


def _place(listing: Listing, at: int) -> str:
    place = listing.place_of(at)
    return "" if place is None else f"{place[0]:.7f}, {place[1]:.7f}"


def _file(finding: Finding, names: FileNames) -> str:
    return "" if finding.layer is None else escape(names.short(finding.layer))
