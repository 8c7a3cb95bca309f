"""The report of an acceptance (图幅检查验收报告) as one HTML page: to be read, printed and signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.acceptance.faults import Fault
from components.acceptance.inspection import Acceptance, SheetResult
from components.acceptance.positions import positions_of, shift_of
from components.acceptance.report_map import STYLE as MAP_STYLE
from components.acceptance.report_map import overview, sheet_map
from components.acceptance.report_tables import (
    accuracy_table,
    elements_table,
    faults_table,
    majors_table,
    outcome_text,
    score_text,
    settings_table,
    sheets_table,
)
from components.acceptance.strata import STRATUM_NAMES
from gis.notes import told_once
from gis.report_html import STYLE
from gis.report_tables import escape
from gis.text import Text, current_language, t

_SIGNED = """
.verdict { font-size: 1.25rem } .sheet-report { break-before: auto }
dl.about { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0 1rem }
dl.about dt { color: #555 } dl.about dd { margin: 0; overflow-wrap: anywhere }
.sheet-report .map svg { max-width: 560px; margin: 0 }
.signature { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2rem; margin: 2.5rem 0;
  break-inside: avoid }
.signature div { border-bottom: 1px solid #222; padding-bottom: 2.2rem }
"""


def page(acceptance: Acceptance, faults: Sequence[Fault]) -> str:
    """Write the report in the current language; nothing is loaded from outside.

    Parameters
    ----------
    acceptance : Acceptance
        What came out.
    faults : sequence of Fault
        All of them, by sheet.
    """
    heading = escape(t("Acceptance of the component census by map sheets"))
    parts = [
        f'<!doctype html><html lang="{current_language()}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{heading}</title><style>{STYLE}{MAP_STYLE}{_SIGNED}</style></head><body><h1>{heading}</h1>",
        _verdict(acceptance),
        _about(acceptance),
        overview(acceptance),
        _section(t("Sheets"), sheets_table(acceptance)),
        _section(
            t("Quality elements, mean of the sheets"), elements_table(acceptance.verdict, acceptance.settings)
        ),
        _section(t("Position, all inspected sheets"), accuracy_table(acceptance.accuracies)),
        _section(t("Major classes, all inspected sheets"), majors_table(acceptance, _majors(acceptance))),
        *(_sheet(acceptance, result, faults) for result in acceptance.results),
        _section(t("Measured by"), settings_table(acceptance.settings)),
        f"<p class=note>{escape(_honesty())}</p>",
        *(f"<p class=note>{escape(note)}</p>" for note in _notes(acceptance)),
        _signature(),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def headline(acceptance: Acceptance) -> Text:
    """Say in one sentence what came out."""
    verdict = acceptance.verdict
    if verdict.score is None:
        return t("Lot: {outcome}", outcome=outcome_text(verdict))
    return t("Lot: {outcome}, score {score}", outcome=outcome_text(verdict), score=score_text(verdict))


def _verdict(acceptance: Acceptance) -> str:
    verdict = acceptance.verdict
    reasons = "".join(f"<li>{escape(reason)}" for reason in verdict.reasons)
    return (
        f'<p class="verdict {verdict.outcome}">{escape(headline(acceptance))}</p>'
        + (f"<ul>{reasons}</ul>" if reasons else "")
    )  # fmt: skip


def _about(acceptance: Acceptance) -> str:
    sheets, judged = acceptance.sheets, acceptance.judgement
    scales = ", ".join(f"1:{scale}" for scale in sorted(set(sheets.scales), key=int))
    rows: list[tuple[Text, object]] = [
        (t("Data"), acceptance.census.source),
        (
            t("Check points"),
            t("{n} of {files}", n=len(acceptance.points), files=", ".join(acceptance.points.files)),
        ),
        (t("Sheets of the sample"), t("{n}, scale {scales}", n=len(sheets), scales=scales)),
        (t("Seed of the sample"), sheets.seed or "—"),
        (t("Objects judged"), len(judged)),
    ]
    return f"<dl class=about>{''.join(f'<dt>{escape(k)}<dd>{escape(v)}' for k, v in rows)}</dl>"


def _sheet(acceptance: Acceptance, result: SheetResult, faults: Sequence[Fault]) -> str:
    """Write the section of a sheet: verdict with reasons, map, position, faults."""
    own = [fault for fault in faults if fault.sheet == result.position]
    verdict, code = result.verdict, acceptance.sheets.codes[result.position]
    stratum = acceptance.sheets.strata[result.position]
    score = f" {score_text(verdict)}" if verdict.score is not None else ""
    inspected = verdict.score is not None
    parts = [
        f'<section class=sheet-report><h2 id="s{result.position + 1}">{escape(t("Sheet {code}", code=code))}'
        f"{'' if stratum is None else f' · {escape(STRATUM_NAMES[stratum])}'}</h2>",
        f"<p class='verdict {verdict.outcome}'>{escape(outcome_text(verdict))}{score}</p>",
        "".join(f"<p class=note>{escape(reason)}</p>" for reason in verdict.reasons),
        sheet_map(acceptance, result.position, own) if inspected else "",
        accuracy_table(result.accuracies) if inspected and result.accuracies else "",
        faults_table(own) if own else "",
        f"<p class=note>{escape(t('Nothing is wrong in this sheet.'))}</p>" if inspected and not own else "",
        "</section>",
    ]
    return "".join(parts)


def _section(heading: Text, body: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{body}</section>"


def _majors(acceptance: Acceptance) -> dict[str, str]:
    """Return the names of the major classes."""
    census = acceptance.census
    return {code[:2]: info.major for code, info in census.catalogue.classes(census.standard).items()}


def _honesty() -> Text:
    return t(
        "The steps follow the practice of GB/T 24356; its text was not seen, and it fixes no numbers for "
        "components. What is marked as default is to be replaced by what the contract says."
    )


def _notes(acceptance: Acceptance) -> Iterator[str]:
    shift = shift_of(positions_of(acceptance))
    yield from [] if shift is None else [str(shift)]
    yield from told_once([*acceptance.notes, *acceptance.points.notes, *acceptance.census.notes])
    yield from (str(finding.message) for finding in acceptance.points.findings)


def _signature() -> str:
    names = (t("Inspector"), t("Reviewer"), t("Date"))
    return f"<div class=signature>{''.join(f'<div>{escape(name)}</div>' for name in names)}</div>"
