"""Workbooks of case tables, written and prepared for the registry as a delivery is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas

from gis.editions import commit
from gis.models import DATASETS
from gis.workbook import read_workbook
from responsibility.rule_import import prepare_rules

Row = Sequence[Any]

UNITS = {
    "CENTRE": ("云渡区市政设施管理中心", "市政中心"),
    "BUREAU": ("云渡区城市管理局", "区城管局"),
    "GARDENS": ("云渡区园林处", "园林处"),
    "CLEAN": ("云渡区环卫所", "环卫所"),
}


def with_units(deliveries: Any) -> Any:
    """Put the organisations that the tables name into the registry."""
    frame = pandas.DataFrame({name: [None] * 4 for name in DATASETS["organisations"].columns}, dtype=object)
    frame["code"] = list(UNITS)
    frame["name"] = [name for name, _ in UNITS.values()]
    frame["short_names"] = [json.dumps([short], ensure_ascii=False) for _, short in UNITS.values()]
    frame["state"] = "active"
    commit(deliveries.registry, "organisations", frame)
    return deliveries


def prepare_workbook(
    city: Any, path: Path, sheets: dict[str, tuple[list[Row], list[str]]], **options: Any
) -> SimpleNamespace:
    """Write sheets, each rows and merged blocks, to a workbook and prepare what is read from it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (rows, merges) in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for block in merges:
            sheet.merge_cells(block)
    book.save(path)
    prepared = city.prepare(prepare_rules, *read_workbook(path, path.name, "rules"), **options)
    rules = prepared.frame.to_dict("records")
    columns = ("kind", "class_code", "rule_no", "condition", "limit_text")
    return SimpleNamespace(
        rules=rules,
        told=[tuple(rule[column] for column in columns) for rule in rules],
        findings=city.found(prepared, infos=True),
    )


def units(rule: dict[str, Any], column: str = "acting") -> list[str]:
    """Return the codes, else the roles, of the parties of a rule."""
    return [party["code"] or party["role"] for party in json.loads(rule[column])]
