"""Turn a city's case table into rules: class, condition, limit, units that act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas

from components.catalogue import Catalogue
from components.class_info import ClassInfo, is_local_code
from gis.columns import to_json
from gis.errors import DataRefused, UsageError
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import LAYER
from gis.models import DATASETS
from gis.sheet import Sheet
from gis.sheet_tables import plain_heading, tables_of
from gis.staging import Staging, stage_frames
from gis.text import t
from responsibility.case_table import ClassRows, fill_down, kind_of_sheet, settle_classes
from responsibility.import_fields import RULE_FIELDS
from responsibility.limits import parse_limit
from responsibility.organisation_import import read_organisations
from responsibility.organisations import Organisations
from responsibility.roles import Party, parse_mode, parse_parties, parties_to_json

# Words that end the names of organisations: such a wording means a unit the table lacks.
_LIKE_AN_ORGANISATION = re.compile(
    r".{2,}(局|公司|集团|中心|委员会|委|办公室|办事处|政府|支队|大队|中队|总队|站|所|处|院|厂|社|队|办)"
)
_KINDS = {
    "component": "component",
    "matter": "matter",
    "部件": "component",
    "事件": "matter",
    "事项": "matter",
}


def prepare_rules(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare the rules of a case table.

    Checks R03 (limit), R04 and R06 (units), R05 (class) and R07 (row without class).
    ``--set kind=matter`` says what all sheets are about, ``--standard`` the edition of their codes.
    """
    constants = {name: value for name, value in context.options.constants.items() if name != "kind"}
    frames = tables_of(sheets, RULE_FIELDS)
    staging = stage_frames(
        frames, RULE_FIELDS, _with_constants(context, constants), dataset="rules", key="minor_code"
    )
    catalogue = Catalogue.of(context.registry)
    kinds = _kinds(staging, sheets, frames, context.options.constants.get("kind"), catalogue)
    fill_down(staging)
    standard, classes = settle_classes(staging, kinds, context.options.standard, catalogue)
    organisations = read_organisations(context.registry)
    rows = [row for one in classes for row in _rules(staging, standard, one, organisations, catalogue)]
    columns = list(DATASETS["rules"].columns)
    return staging.prepared(pandas.DataFrame(rows, columns=columns, dtype=object))


def _with_constants(context: ImportContext, constants: dict[str, str]) -> ImportContext:
    """Return the context with other constants."""
    return replace(context, options=replace(context.options, constants=constants))


def _kinds(
    staging: Staging,
    sheets: list[Sheet],
    frames: list[tuple[str, pandas.DataFrame]],
    stated: str | None,
    catalogue: Catalogue,
) -> list[str]:
    """Return the kind of every row: as stated, else as its sheet says."""
    if stated is not None:
        if stated not in _KINDS:
            raise UsageError(
                t("{kind} is not a kind of class", kind=stated),
                field="--set kind",
                value=stated,
                expected="component, matter",
            )
        return [_KINDS[stated]] * len(staging)
    headings = {plain_heading(h) for f in RULE_FIELDS if f.name == "minor_name" for h in (f.name, *f.aliases)}
    by_path = {f"{sheet.path}/{sheet.name}": sheet for sheet in sheets}
    kinds = {}
    for path, table in frames:
        column = next((str(c) for c in table.columns if plain_heading(str(c)) in headings), None)
        kinds[path] = kind_of_sheet(by_path[path], table, column, catalogue)
        words = {"component": t("components"), "matter": t("matters")}
        staging.notes.append(t("{sheet} is read as rules of: {kind}", sheet=path, kind=words[kinds[path]]))
    return [kinds[path] for path in staging.values(LAYER)]


def _rules(
    staging: Staging, standard: str, one: ClassRows, organisations: Organisations, catalogue: Catalogue
) -> Iterator[dict[str, object]]:
    """Yield the rules of one class; what is not understood refuses the rows it concerns."""
    info = catalogue.info(standard, one.code, one.kind)
    _check_class(staging, standard, one, info, catalogue)
    units = _Units(staging, organisations)
    number = 0
    for at in one.positions:
        values = {name: staging.values(name)[at] for name in ("condition", "limit_text", "closing")}
        if not any(values.values()):
            continue
        number += 1
        steps = _steps(staging, at, values["limit_text"])
        acting, supervising = units.parties(at, "acting"), units.parties(at, "supervising")
        if staging.refused[at]:
            continue
        yield {
            "standard": standard,
            "kind": one.kind,
            "class_code": one.code,
            "class_name": one.name or (info.name if info else None),
            "rule_no": number,
            **values,
            "steps": steps,
            "acting": parties_to_json(acting),
            "mode": parse_mode(staging.values("acting")[at]),
            "supervising": parties_to_json(supervising),
            "legal_basis": _joined(staging.values("legal_basis")[at], staging.values("legal_clause")[at]),
            "note": staging.values("note")[at],
        }


def _check_class(
    staging: Staging, standard: str, one: ClassRows, info: ClassInfo | None, catalogue: Catalogue
) -> None:
    """Report classes that the catalogue lacks or calls otherwise (R05), once per class."""
    at = one.positions[0]
    if info is None:
        complete = catalogue.complete(standard, one.kind) and not is_local_code(standard, one.code)
        staging.flag(
            at,
            "R05",
            Severity.WARNING if complete else Severity.INFO,
            t("Class {code} is not in the catalogue of {standard}", code=one.code, standard=standard),
            field="minor_code",
            value=one.code,
        )
    elif one.name is not None and not catalogue.is_called(info, one.name):
        staging.flag(
            at,
            "R05",
            Severity.INFO,
            t("Class {code} is called {name} in the table", code=one.code, name=one.name),
            field="minor_name",
            expected=info.name,
        )


def _steps(staging: Staging, at: int, text: str | None) -> str | None:
    """Return the steps of a limit as JSON; a limit that cannot be read refuses the row (R03)."""
    try:
        return to_json([step.to_dict() for step in parse_limit(text or "")])
    except DataRefused as refused:
        staging.flag(
            at,
            "R03",
            Severity.ERROR,
            t("The time limit {text} is not understood", text=text or "–"),
            field="limit_text",
            expected=refused.expected,
        )
        return None


class _Units:
    """The units of the rows of one class; each wording is judged once."""

    def __init__(self, staging: Staging, organisations: Organisations) -> None:
        self.staging, self.organisations = staging, organisations
        self._judged: dict[tuple[str, str | None], tuple[list[Party], bool]] = {}

    def parties(self, at: int, field: str) -> list[Party]:
        """Return the parties of a row; a wording that is not understood refuses it."""
        text = self.staging.values(field)[at]
        if (field, text) not in self._judged:
            parties = parse_parties(text, self.organisations)
            self._judged[field, text] = parties, self._check(at, field, parties)
        parties, understood = self._judged[field, text]
        if not understood:
            self.staging.refused[at] = True
        return parties

    def _check(self, at: int, field: str, parties: list[Party]) -> bool:
        """Report parties that are nobody (R04), and organisations that the table lacks (R06)."""
        if not parties and field == "acting":
            message = t("Class {code} names no unit that acts", code=self.staging.name_of(at))
            self.staging.flag(at, "R04", Severity.WARNING, message, field=field)
        nobody = [party for party in parties if party.role == "fixed" and party.code is None]
        for party in nobody:
            if not _LIKE_AN_ORGANISATION.fullmatch(party.text):
                self._flag_unknown(at, field, party)
            elif len(self.organisations):
                message = t("{name} is not in the table of organisations", name=party.text)
                hint = t("Import the organisation, or enter this name as a short name of one")
                self.staging.flag(
                    at, "R06", Severity.WARNING, message, field=field, value=party.text, hint=hint
                )
        return all(_LIKE_AN_ORGANISATION.fullmatch(party.text) for party in nobody)

    def _flag_unknown(self, at: int, field: str, party: Party) -> None:
        self.staging.flag(
            at,
            "R04",
            Severity.ERROR,
            t("{text} is neither a role nor an organisation", text=party.text),
            field=field,
            value=party.text,
            expected=t("an organisation, or a role such as 各产权单位, 所属街办, 属地行政执法部门"),
        )


def _joined(*texts: str | None) -> str | None:
    """Join the texts that are there."""
    return " ".join(text for text in texts if text) or None
