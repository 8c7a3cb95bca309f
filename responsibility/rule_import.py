"""Turn a city's case table into rules: class, condition, limit, units that act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas

from components.catalogue import Catalogue
from components.class_info import ClassInfo, is_local_code
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.models import DATASETS
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage_frames
from gis.text import t
from responsibility.case_kinds import kinds_of
from responsibility.case_sheets import CaseSheet, tidy_sheet
from responsibility.case_table import (
    ClassRows,
    fill_down,
    sections_of,
    settle_classes,
    take_codes_apart,
)
from responsibility.import_fields import RULE_FIELDS
from responsibility.organisations import read_organisations
from responsibility.rule_rows import rules_of
from responsibility.rule_units import RuleUnits


def prepare_rules(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare the rules of a case table.

    Checks R03 (limit), R04 and R06 (units), R05 (class), R07 (row without class), R20 (lines that are no
    rule) and R21 (rules given twice). ``--set kind=matter`` says what all rows are about, ``--standard``
    the edition of their codes.
    """
    catalogue = Catalogue.of(context.registry)
    tidied = [tidy_sheet(sheet, catalogue) for sheet in sheets]
    staging = _stage(tidied, context)
    sections = sections_of(staging, tidied)
    take_codes_apart(staging)
    fill_down(staging)
    kinds = kinds_of(staging, sections, context.options.constants.get("kind"), catalogue)
    standard, classes = settle_classes(staging, kinds, sections, context.options.standard, catalogue)
    organisations = read_organisations(context.registry)
    rows = []
    for one in classes:
        info = catalogue.info(standard, one.code, one.kind)
        _check_class(staging, standard, one, info, catalogue)
        named = {
            "standard": standard,
            "kind": one.kind,
            "class_code": one.code,
            "class_name": one.name or (info.name if info else None),
        }
        rows += [named | rule for rule in rules_of(staging, one, RuleUnits(staging, organisations))]
    _tell_asides(staging, tidied)
    columns = list(DATASETS["rules"].columns)
    return staging.prepared(pandas.DataFrame(rows, columns=columns, dtype=object))


def _stage(tidied: Sequence[CaseSheet], context: ImportContext) -> Staging:
    frames = [(sheet.layer, frame) for sheet in tidied for frame in sheet.frames]
    if not frames:
        # says which headings are missing
        frames = tables_of([sheet.sheet for sheet in tidied], RULE_FIELDS)
    constants = {name: value for name, value in context.options.constants.items() if name != "kind"}
    options = replace(context.options, constants=constants)
    context = replace(context, options=options)
    return stage_frames(frames, RULE_FIELDS, context, dataset="rules", key="minor_code")


def _tell_asides(staging: Staging, tidied: Sequence[CaseSheet]) -> None:
    """Report every line between the rows that is none (R20): notes, sub-totals, signatures."""
    for sheet in tidied:
        for aside in sheet.asides:
            message = t("Row {row} is no row of the table: {text}", row=aside.row, text=aside.text)
            staging.add("R20", Severity.INFO, message, row=aside.row, layer=sheet.layer, value=aside.text)


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
