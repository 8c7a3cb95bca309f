"""Turn the rows of one class of a case table into its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from gis.attributes import ATTRIBUTES
from gis.columns import to_json
from gis.errors import DataRefused
from gis.findings import Severity
from gis.staging import Staging
from gis.text import t
from responsibility.case_table import ClassRows
from responsibility.limits import parse_limit
from responsibility.rule_units import RuleUnits

_TEXTS = ("condition", "limit_text", "closing")
_ITEM = re.compile(
    r"(?:[\u2460-\u249b]|(?:^|\n|(?<=[;；。]))\s*(?:[(（]\d{1,2}[)）]|\d{1,2}[.、．](?!\d)))\s*"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One rule of a row: condition, limit and closing condition, and the limit's steps as JSON."""

    condition: str | None
    limit_text: str | None
    closing: str | None
    steps: str


def rules_of(staging: Staging, one: ClassRows, units: RuleUnits) -> Iterator[dict[str, Any]]:
    """Yield the rules of one class, numbered from 1; what is not understood refuses the rows it concerns.

    A row whose condition and limit are lists of as many items is as many rules.
    """
    number = 0
    seen: dict[tuple[Any, ...], int] = {}
    without = []
    for at in one.positions:
        if not any(staging.values(name)[at] for name in _TEXTS):
            without.append(at)
            continue
        parts = _parts(staging, at)
        duty = units.duty(at)
        if staging.refused[at]:
            continue
        for part in parts:
            told = (part.condition, part.limit_text, part.closing)
            if _is_repeated(staging, at, (told, duty), seen):
                continue
            number += 1
            yield {
                "rule_no": number,
                "condition": part.condition,
                "limit_text": part.limit_text,
                "closing": part.closing,
                "steps": part.steps,
                "acting": duty.acting,
                "mode": duty.mode,
                "supervising": duty.supervising,
                "legal_basis": _legal_basis(staging, at),
                "note": _note(staging, at),
            }
    if number == 0:
        _flag_without(staging, without)


def _parts(staging: Staging, at: int) -> list[Part]:
    condition, limit, closing = (staging.values(name)[at] for name in _TEXTS)
    try:
        steps = parse_limit(limit or "")
    except DataRefused as refused:
        message = t("The time limit {text} is not understood", text=limit or "–")
        staging.flag(at, "R03", Severity.ERROR, message, field="limit_text", expected=refused.expected)
        return []
    conditions = _items(condition)
    if len(conditions) != len(steps) or len(steps) == 1 or any(step.step for step in steps):
        return [Part(condition, limit, closing, to_json([step.to_dict() for step in steps]) or "[]")]
    closings = _items(closing)
    closings = closings if len(closings) == len(steps) else [closing or ""] * len(steps)
    return [
        Part(said, step.limit, done or None, to_json([step.to_dict()]) or "[]")
        for said, step, done in zip(conditions, steps, closings, strict=True)
    ]


def _items(text: str | None) -> list[str]:
    """Return the items of a numbered list, the text itself where it is none."""
    items = [item.strip(" ;；\n") for item in _ITEM.split(text or "")]
    return [item for item in items if item] if len(items) > 2 and not items[0] else [text or ""]


def _is_repeated(staging: Staging, at: int, rule: tuple[Any, ...], seen: dict[tuple[Any, ...], int]) -> bool:
    """Report a rule that the class has already (R21): told twice, or with other units."""
    told, duty = rule
    if rule in seen:
        message = t("The rule stands in {where} already", where=staging.where(seen[rule]))
        staging.flag(at, "R21", Severity.WARNING, message, field="condition")
        return True
    other = next((seen[known] for known in seen if known[0] == told and known[1] != duty), None)
    if other is not None:
        message = t("The rule stands in {where} with other units", where=staging.where(other))
        staging.flag(at, "R21", Severity.WARNING, message, field="acting")
    seen[rule] = at
    return False


def _flag_without(staging: Staging, rows: list[int]) -> None:
    """Report a class of which no row is a rule (R20), once."""
    if rows:
        message = t("Row {row} has neither condition nor limit", row=staging.row_number(rows[0]))
        hint = t("Without a rule the class is decided by component records, areas and the place only")
        name = staging.values("minor_name")[rows[0]]
        staging.flag(rows[0], "R20", Severity.WARNING, message, field="condition", value=name, hint=hint)


def _legal_basis(staging: Staging, at: int) -> str | None:
    texts = (staging.values(name)[at] for name in ("legal_basis", "legal_clause"))
    return " ".join(text for text in texts if text) or None


def _note(staging: Staging, at: int) -> str | None:
    """Return the note with what stands in columns of no field."""
    kept = staging.values(ATTRIBUTES)[at] if staging.has(ATTRIBUTES) else None
    more = [f"{heading}：{value}" for heading, value in orjson.loads(kept).items()] if kept else []
    return "；".join(filter(None, [staging.values("note")[at], *more])) or None
