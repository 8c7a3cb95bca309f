"""Explain a code to a person: what its parts say, whether it holds, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from gis.models import DATASETS, editions
from gis.registry import Registry
from gis.text import Text, t
from grids.coding.forms import FORM_TEXTS, CodeForm, Form, Part, identify
from grids.past.hints import told
from grids.past.retirements import Retirement, records_of
from grids.past.succession import Trail, leading_to_in, live_among, trails_in


class State(StrEnum):
    """What the registry knows of a code.

    ``LIVE``: something has it now. ``RETIRED``: something had it. ``VALID``: it is in the table of valid
    codes, and nothing in the registry has it. ``UNKNOWN``: none of these.
    """

    LIVE = "live"
    RETIRED = "retired"
    VALID = "valid"
    UNKNOWN = "unknown"


STATE_TEXTS: dict[State, Text] = {
    State.LIVE: t("in use"),
    State.RETIRED: t("no longer in use"),
    State.VALID: t("valid by the table of codes; the registry has nothing under it"),
    State.UNKNOWN: t("not known"),
}


@dataclass(frozen=True)
class Explanation:
    """A code, explained.

    Attributes
    ----------
    form : CodeForm
        What it is by its form, and its parts.
    state : State
    name : str or None
        Of what has it, had it, or is entered under it.
    standard : str or None
        System of the table of valid codes that has it: ``statistics``, ``civil`` or ``local``.
    names : mapping of str to str
        Names of the divisions its parts name, by their codes.
    trail : Trail
        What happened to it, and what stands for it now.
    came_from : tuple of Retirement
        What led to it, nearest first.
    above : tuple of Trail
        What became of divisions above it that ended.
    """

    form: CodeForm
    state: State
    name: str | None
    standard: str | None
    names: Mapping[str, str]
    trail: Trail
    came_from: tuple[Retirement, ...]
    above: tuple[Trail, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON types, in the current language."""
        return {
            "given": self.form.given,
            "code": self.form.code,
            "form": str(self.form.form),
            "form_text": str(FORM_TEXTS[self.form.form]),
            "state": str(self.state),
            "name": self.name,
            "standard": self.standard,
            "parts": [self._part(part) for part in self.form.parts],
            "became": [_record(record) for record in self.trail.records],
            "today": list(self.trail.live),
            "came_from": [_record(record) for record in self.came_from],
            "above": [
                {"code": one.code, "text": str(told(one)), "today": list(one.live)} for one in self.above
            ],
        }

    def _part(self, part: Part) -> dict[str, Any]:
        return {
            "level": part.level,
            "digits": part.digits,
            "code": part.code,
            "name": self.names.get(part.code or ""),
            "range": None if part.range is None else str(part.range.kind),
            "source": None if part.range is None else part.range.source,
        }


def explain(registry: Registry, text: str) -> Explanation:
    """Explain a code.

    Parameters
    ----------
    registry : Registry
    text : str
        A code of a unit grid (15, 14 or 20 digits), an evaluation grid or a division, also with full-width
        digits or blanks.

    Raises
    ------
    UsageError
        The text is no such code.
    """
    form = identify(text)
    dataset = _DATASETS[form.form]
    kind = dataset if dataset in ("grids", "divisions") else None
    divisions = [part.code for part in form.parts if part.code and part.code != form.code]
    with registry.connect() as connection:
        names = _names(connection, [*divisions, form.code])
        standard = _standard(connection, form.code)
        trail = _trail(connection, kind, form.code)
        return Explanation(
            form,
            _state(connection, dataset, trail, standard),
            names.get(form.code) or _name(connection, dataset, form.code) or _last_name(trail),
            standard,
            names,
            trail,
            () if kind is None else tuple(leading_to_in(connection, kind, form.code)),
            tuple(above for above in trails_in(connection, "divisions", divisions).values() if above.records),
        )


_DATASETS = {
    Form.GRID: "grids",
    Form.LEGACY_GRID: "grids",
    Form.COMMUNITY_GRID: "grids",
    Form.EVALUATION_GRID: "evaluation-grids",
    Form.DIVISION: "divisions",
}


def _trail(connection: Connection, kind: str | None, code: str) -> Trail:
    """Follow a code; kinds without records have no trail."""
    return Trail(code, (), (), ()) if kind is None else trails_in(connection, kind, [code])[code]


def _state(connection: Connection, dataset: str, trail: Trail, standard: str | None) -> State:
    if live_among(connection, dataset, [trail.code]):
        return State.LIVE
    if trail.records or _was_live(connection, dataset, trail.code):
        return State.RETIRED
    return State.UNKNOWN if standard is None else State.VALID


def _names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return names of divisions: as they are live, else as they ended, else by the table of valid codes."""
    wanted = list(codes)
    found: dict[str, str] = {}
    for dataset in ("division-codes", "divisions"):
        table = DATASETS[dataset].live.c
        ended = records_of(connection, "divisions", wanted) if dataset == "divisions" else {}
        found |= {code: record.name for code, record in ended.items() if record.name and record.retires}
        rows = connection.execute(select(table.code, table.name).where(table.code.in_(wanted)))
        found |= {code: name for code, name in rows if name}
    return found


def _standard(connection: Connection, code: str) -> str | None:
    table = DATASETS["division-codes"].live.c
    standard: str | None = connection.scalar(select(table.standard).where(table.code == code))
    return standard


def _was_live(connection: Connection, dataset: str, code: str) -> bool:
    """Tell whether something had a code; what a reverted import brought never was."""
    history = DATASETS[dataset].history.c
    reverts = select(editions.c.id).where(editions.c.operation == "revert")
    closed = select(history.code).where(history.code == code, history.closed_by.not_in(reverts))
    return connection.scalar(closed.limit(1)) is not None


def _name(connection: Connection, dataset: str, code: str) -> str | None:
    """Return the name of what has a code, else of what had it last."""
    live, history = DATASETS[dataset].live.c, DATASETS[dataset].history.c
    last = select(history.name).where(history.code == code).order_by(history.valid_to.desc()).limit(1)
    name: str | None = connection.scalar(select(live.name).where(live.code == code)) or connection.scalar(
        last
    )
    return name


def _last_name(trail: Trail) -> str | None:
    return next((record.name for record in trail.records if record.code == trail.code), None)


def _record(record: Retirement) -> dict[str, Any]:
    return {
        "code": record.code,
        "operation": str(record.operation),
        "successors": list(record.successors),
        "name": record.name,
        "former_names": list(record.former_names),
        "date": record.date,
        "reason": record.reason,
        "text": str(record),
    }
