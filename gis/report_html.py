"""A report as one HTML page: to be read, printed and sent on, with nothing loaded from outside."""

from __future__ import annotations

from pathlib import Path

from gis.findings import Report, Severity
from gis.notes import told_once
from gis.report_changes import changes_line, changes_section
from gis.report_details import Surroundings
from gis.report_files import files_line, files_section
from gis.report_listing import Listing
from gis.report_map import overview
from gis.report_tables import escape, sections, shown, summary
from gis.text import Text, current_language, t

STYLE = (Path(__file__).parent / "report.css").read_text("utf-8")
DATASETS: dict[str, Text] = {
    "divisions": t("divisions"),
    "grids": t("unit grids"),
    "responsibility-grids": t("responsibility grids"),
    "governance-grids": t("governance grids"),
    "components": t("components"),
    "sheets": t("map sheets"),
    "organisations": t("organisations"),
    "rules": t("case table"),
    "areas": t("areas"),
    "boundaries": t("boundary agreements"),
    "streets": t("streets"),
    "addresses": t("addresses"),
    "places": t("places"),
}


def page(report: Report, listing: Listing) -> str:
    """Write a report as a page.

    Parameters
    ----------
    report : Report
        What a check or an import found.
    listing : Listing
        Its findings.
    """
    heading = t("Quality report: {dataset}", dataset=DATASETS.get(report.dataset, report.dataset))
    notes = [note for note in report.notes if not (report.files and {"evidence", "rows"} & set(note.params))]
    parts = [
        f'<!doctype html><html lang="{current_language()}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(heading)}</title><style>{STYLE}</style></head><body><h1>{escape(heading)}</h1>",
        f"<p>{escape(_outcome(report))}</p><p class=verdict>{escape(_verdict(report))}</p>",
        changes_line(report.changes, committed=report.edition is not None),
        files_line(report.files),
        summary(listing) if len(listing) else "",
        overview(listing, report.areas, shown(listing), report.background),
        *sections(listing, Surroundings(report.areas, report.background), report.files),
        changes_section(report.changes, committed=report.edition is not None),
        files_section(report.files, report.findings),
        *(f"<p class=note>{escape(note)}</p>" for note in told_once(notes)),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def _outcome(report: Report) -> str:
    counts = t(
        "{checked} rows checked, {accepted} accepted, {rejected} rejected.",
        checked=report.checked,
        accepted=report.accepted,
        rejected=report.rejected,
    )
    if report.edition is None:
        return f"{counts} {t('Nothing was committed.')}"
    return f"{counts} {t('Committed as edition {edition}.', edition=report.edition)}"


def _verdict(report: Report) -> Text:
    """Say in a sentence what is to be done now."""
    errors, warnings = (
        sum(finding.count for finding in report.findings if finding.severity is severity)
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    if not report.findings:
        return t("Nothing was found wrong.")
    if errors:
        return t(
            "Errors to correct first, their rows are refused: {errors}. Warnings to look at: {warnings}.",
            errors=errors,
            warnings=warnings,
        )
    if warnings:
        return t("Nothing is refused. Warnings to look at: {warnings}.", warnings=warnings)
    return t("Nothing is refused; there are only notes.")
