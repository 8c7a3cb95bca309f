"""The tables of an acceptance report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import shapely

from components.acceptance.accuracy import Accuracy
from components.acceptance.faults import ATTRIBUTE_NAMES, KIND_NAMES, Fault
from components.acceptance.inspection import Acceptance, SheetResult
from components.acceptance.rates import RATE_NAMES, Rate
from components.acceptance.settings import ELEMENTS, RATES, AcceptanceSettings
from components.acceptance.strata import STRATUM_NAMES
from components.acceptance.verdict import GRADE_NAMES, OUTCOME_NAMES, Verdict
from gis.report_tables import escape
from gis.text import Text, t

SHOWN_PER_SHEET = 200

ELEMENT_NAMES: Mapping[str, Text] = {
    "completeness": t("completeness"),
    "class": t("classification"),
    "attributes": t("attributes"),
    "position": t("position"),
}
SETTING_NAMES: Mapping[str, Text] = {
    "accuracy_m": t("permitted mean square error by accuracy class, m"),
    "reach_m": t("reach of a check point by accuracy class, m"),
    "identifier_m": t("reach where the identifier was read, m"),
    "gross_factor": t("an error is gross beyond so many times the accuracy"),
    "mean_below": t("with fewer errors their mean is taken"),
    "equal_accuracy": t("the check is no more accurate than the survey"),
    "limits": t("limits of the rates"),
    "grades": t("least scores of the grades"),
    "elements": t("weights of the quality elements"),
    "major_weights": t("weights of major classes; 1 where none is given"),
    "lot_share": t("share of sheets that have to qualify"),
    "inspected": t("classes inspected; all where none is given"),
    "attributes": t("attributes compared"),
}


def table(heads: Iterable[object], rows: Iterable[str], style: str = "") -> str:
    """Return a table of rows that are written already."""
    head = "".join(f"<th>{escape(name)}" for name in heads)
    return f"<table class='{style}'><thead><tr>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def sheets_table(acceptance: Acceptance) -> str:
    """Return one row per sheet, and one of all inspected together."""
    heads = (
        t("No."), t("Sheet"), t("Density"), t("In the field"), t("In the data"),
        *(RATE_NAMES[name] for name in RATES), t("Position, m"), t("Score"), t("Verdict"),
    )  # fmt: skip
    rows = []
    for result in acceptance.results:
        code = escape(acceptance.sheets.codes[result.position])
        stratum = acceptance.sheets.strata[result.position]
        number = result.position + 1
        first = f'<td class=n>{number}<td class=id><a href="#s{number}">{code}</a>'
        density = escape(STRATUM_NAMES[stratum]) if stratum is not None else ""
        rows.append(_sheet_row(acceptance.settings, first, density, result))
    whole = f"<td colspan=2>{escape(t('all inspected sheets'))}"
    rows.append(_sheet_row(acceptance.settings, whole, "", acceptance))
    return table(heads, rows, "sheets")


def _sheet_row(
    settings: AcceptanceSettings, first: str, density: str, result: SheetResult | Acceptance
) -> str:
    """Write a row; rates beyond their limits are marked, of a sheet nobody inspected there are none."""
    verdict = result.verdict
    judged = verdict.score is not None
    cells = "".join(
        _rate_cell(rate, settings.limits[name]) if judged else "<td>" for name, rate in result.rates.items()
    )
    position = "<br>".join(escape(_short(accuracy)) for accuracy in result.accuracies)
    field = result.rates["missed"].base if judged else ""
    return (
        f"<tr>{first}<td>{density}<td class=n>{field}<td class=n>{result.rates['surplus'].base}{cells}"
        f"<td>{position}<td class=n>{score_text(verdict)}"
        f"<td class='{verdict.outcome}'>{escape(outcome_text(verdict))}"
    )


def _rate_cell(rate: Rate, limit: float) -> str:
    beyond = rate.share is not None and rate.share > limit
    return f"<td class='n{' beyond' if beyond else ''}'>{rate_text(rate)}"


def _bases(rates: Mapping[str, Rate]) -> str:
    return f"<td class=n>{rates['missed'].base}<td class=n>{rates['surplus'].base}"


def rate_text(rate: Rate) -> str:
    """Write a rate: how many, and the share."""
    return f"{rate.count}" if rate.share is None else f"{rate.count} ({100 * rate.share:.1f} %)"


def score_text(verdict: Verdict) -> str:
    """Write a score, nothing where there is none."""
    return "" if verdict.score is None else f"{verdict.score:.1f}"


def outcome_text(verdict: Verdict) -> Text:
    """Return the verdict in words, with its grade where it qualifies."""
    if verdict.grade in (None, "qualified", "unqualified"):
        return OUTCOME_NAMES[verdict.outcome]
    return t("{outcome} ({grade})", outcome=OUTCOME_NAMES[verdict.outcome], grade=GRADE_NAMES[verdict.grade])


def _short(accuracy: Accuracy) -> str:
    return f"{accuracy.name} {'—' if accuracy.error_m is None else f'{accuracy.error_m:.2f}'}"


def majors_table(acceptance: Acceptance, names: Mapping[str, str]) -> str:
    """Return the rates by major class."""
    heads = (
        t("Major class"), t("Weight"), t("In the field"), t("In the data"),
        *(RATE_NAMES[name] for name in RATES),
    )  # fmt: skip
    rows = (
        f"<tr><td>{escape(f'{major} {names.get(major, str())}')}"
        f"<td class=n>{acceptance.settings.weight(major):g}{_bases(rates)}"
        + "".join(f"<td class=n>{rate_text(rates[name])}" for name in RATES)
        for major, rates in acceptance.majors.items()
    )
    return table(heads, rows)


def accuracy_table(accuracies: Sequence[Accuracy]) -> str:
    """Return the accuracy of position by accuracy class."""
    heads = (
        t("Accuracy class"), t("Points"), t("Gross errors"), t("Gross beyond, m"), t("Measure"),
        t("Error, m"), t("Permitted, m"), t("Largest, m"),
    )  # fmt: skip
    rows = (
        f"<tr><td>{escape(one.name)}<td class=n>{one.count}<td class=n>{one.gross}"
        f"<td class=n>{one.gross_m:.2f}"
        f"<td>{escape(t('mean error') if one.is_mean else t('mean square error'))}"
        f"<td class=n>{_metres(one.error_m)}<td class=n>{one.permitted_m:g}"
        f"<td class=n>{_metres(one.largest_m)}"
        for one in accuracies
    )
    return table(heads, rows)


def elements_table(verdict: Verdict, settings: AcceptanceSettings) -> str:
    """Return the scores of the quality elements."""
    heads = (t("Quality element"), t("Weight"), t("Score"))
    rows = (
        f"<tr><td>{escape(ELEMENT_NAMES[name])}<td class=n>{settings.elements[name]:g}"
        f"<td class=n>{verdict.elements[name]:.1f}"
        for name in ELEMENTS
        if name in verdict.elements
    )
    return table(heads, rows)


def faults_table(faults: Sequence[Fault]) -> str:
    """Return the faults of a sheet."""
    heads = (
        t("No."), t("Fault"), t("Check point"), t("Component"), t("What is wrong"), t("Distance, m"),
        t("Longitude, latitude"),
    )  # fmt: skip
    rows = (
        f'<tr id="f{one.number}" class="{one.kind}"><td class=n>{one.number}'
        f"<td class=kind>{escape(KIND_NAMES[one.kind])}<td class=id>{escape(one.point)}"
        f"<td class=id>{escape(one.component)}<td class=message>{escape(one.message)}"
        f"<td class=n>{_metres(one.distance_m)}<td class=place>{_place(one)}"
        for one in faults[:SHOWN_PER_SHEET]
    )
    more = ""
    if len(faults) > SHOWN_PER_SHEET:
        text = t("and {count} more: see the CSV or GeoPackage report", count=len(faults) - SHOWN_PER_SHEET)
        more = f"<p class=note>{escape(text)}</p>"
    return table(heads, rows, "findings") + more


def settings_table(settings: AcceptanceSettings) -> str:
    """Return all settings, those that nobody gave marked as defaults."""
    heads = (t("Setting"), t("Value"), t("From"))
    rows = (
        f"<tr><td>{escape(SETTING_NAMES[name])}<td>{escape(_value(name, value))}"
        f"<td>{escape(t('settings file') if name in settings.changed else t('default, unverified'))}"
        for name, value in settings.to_dict().items()
        if name != "changed"
    )
    return table(heads, rows)


def _value(name: str, value: object) -> str:
    """Write a setting as people read it, shares in per cent."""
    words: Mapping[str, Text] = {**RATE_NAMES, **ELEMENT_NAMES, **GRADE_NAMES, **ATTRIBUTE_NAMES}
    if isinstance(value, bool):
        return str(t("yes") if value else t("no"))
    if isinstance(value, tuple):
        return "、".join(str(words.get(key, key)) for key in value) or "—"
    if isinstance(value, Mapping):
        pairs = (f"{words.get(key, key)} {_number(name, number)}" for key, number in value.items())
        return "、".join(pairs) or "—"
    return _number(name, value)


def _number(name: str, value: object) -> str:
    assert isinstance(value, int | float)
    return f"{100 * value:g} %" if name in ("limits", "lot_share") else f"{value:g}"


def _metres(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _place(fault: Fault) -> str:
    return f"{shapely.get_x(fault.place):.7f}, {shapely.get_y(fault.place):.7f}"
