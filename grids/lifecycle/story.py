"""The story of one unit grid (沿革): since when, out of what, changed how, until when, into what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import select

from gis.edition_records import Edition, list_editions
from gis.errors import NotFound
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import Text, t
from grids.codes import LEGACY_GRID_CODE, from_legacy, parse_grid_code
from grids.lifecycle.plan import GRIDS
from grids.past.retirements import Retirement
from grids.past.succession import Trail, leading_to, trails

State: TypeAlias = Literal["live", "retired", "withdrawn"]


@dataclass(frozen=True)
class GridVersion:
    """What a unit grid was from one edition to another.

    Attributes
    ----------
    edition, closed_by : int or None
        The editions that wrote and ended it; 0 stands for another program.
    valid_from, valid_to : datetime or None
        UTC; None while it holds.
    name : str or None
    area_m2 : float or None
    """

    edition: int
    valid_from: datetime
    name: str | None
    area_m2: float | None
    closed_by: int | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True)
class GridStory:
    """All that the registry knows of the life of one code.

    Attributes
    ----------
    code : str
    state : str
        ``"live"``, ``"retired"``, or ``"withdrawn"`` when what brought it was reverted.
    versions : tuple of GridVersion
        Oldest first; empty for a code known from records only.
    came_from : tuple of Retirement
        Records of the grids that led to this one, nearest first.
    became : tuple of Retirement
        Records from this grid on, nearest first.
    live_successors : tuple of str
        Grids that stand for it now; itself when it is live.
    editions : dict of int to Edition
        Those that the versions name.
    """

    code: str
    state: State
    versions: tuple[GridVersion, ...]
    came_from: tuple[Retirement, ...]
    became: tuple[Retirement, ...]
    live_successors: tuple[str, ...]
    editions: dict[int, Edition]

    def lines(self) -> list[Text]:
        """Tell the story, one event a line, oldest first."""
        return [*(record.told() for record in reversed(self.came_from)), *self._own(), *self._after()]

    def to_dict(self) -> dict[str, Any]:
        """Return the story as JSON types."""
        return {
            "code": self.code,
            "state": self.state,
            "versions": [
                {
                    "edition": version.edition,
                    "operation": self._operation(version.edition),
                    "valid_from": version.valid_from.isoformat(),
                    "closed_by": version.closed_by,
                    "valid_to": None if version.valid_to is None else version.valid_to.isoformat(),
                    "name": version.name,
                    "area_m2": version.area_m2,
                }
                for version in self.versions
            ],
            "predecessors": [_document(record) for record in self.came_from],
            "successors": [_document(record) for record in self.became],
            "live_successors": list(self.live_successors),
            "story": [str(line) for line in self.lines()],
        }

    def _operation(self, edition: int) -> str | None:
        return self.editions[edition].operation if edition in self.editions else None

    def _own(self) -> list[Text]:
        """Tell of the versions that the registry had, and of a withdrawal."""
        told = []
        for at, version in enumerate(self.versions):
            first = at == 0 or self.versions[at - 1].valid_to != version.valid_from
            happened = t("entered the registry") if first else t("changed")
            told.append(self._event(version.valid_from, version.edition, happened, version.area_m2))
        last = self.versions[-1] if self.versions else None
        if last is not None and last.valid_to is not None and last.closed_by is not None:
            happened = t("withdrawn") if self.state == "withdrawn" else t("ended")
            told.append(self._event(last.valid_to, last.closed_by, happened, None))
        return told

    def _event(self, when: datetime, edition: int, happened: Text, area_m2: float | None) -> Text:
        day = when.astimezone().strftime("%Y-%m-%d %H:%M")
        by = t("another program") if edition == 0 else self._edition(edition)
        if area_m2 is None:
            return t("{day} {code} {happened} ({by})", day=day, code=self.code, happened=happened, by=by)
        return t(
            "{day} {code} {happened} with {area} m² ({by})",
            day=day,
            code=self.code,
            happened=happened,
            area=f"{area_m2:.0f}",
            by=by,
        )

    def _edition(self, number: int) -> Text:
        edition = self.editions.get(number)
        if edition is None or edition.source is None:
            return t("edition {number}", number=number)
        return t("edition {number}: {source}", number=number, source=edition.source)

    def _after(self) -> list[Text]:
        told = [record.told() for record in self.became]
        reasons = [t("Reason: {reason}", reason=r.reason) for r in self.became[:1] if r.reason]
        return [*told[:1], *reasons, *told[1:]]


def story_of(registry: Registry, code: str) -> GridStory:
    """Collect the story of a unit grid.

    Parameters
    ----------
    registry : Registry
    code : str
        15 digits, or the 14 of the older rule.

    Raises
    ------
    UsageError
        It is no code of a unit grid.
    NotFound
        The registry never had it.
    """
    plain = from_legacy(code) if LEGACY_GRID_CODE.fullmatch(code) else parse_grid_code(code).code
    versions = _versions(registry, plain)
    trail = trails(registry, GRIDS, [plain])[plain]
    if not versions and not trail.records:
        raise NotFound(t("The registry never had a unit grid {code}", code=plain), field="CODE", value=code)
    named = {n for v in versions for n in (v.edition, v.closed_by) if n}
    editions = {edition.id: edition for edition in list_editions(registry) if edition.id in named}
    came_from = leading_to(registry, GRIDS, plain)
    state = _state(plain, trail, versions, editions)
    return GridStory(plain, state, versions, came_from, trail.records, trail.live, editions)


def _state(
    code: str, trail: Trail, versions: Sequence[GridVersion], editions: Mapping[int, Edition]
) -> State:
    if code in trail.live:
        return "live"
    closing = None if trail.records else editions.get(versions[-1].closed_by or 0)
    return "withdrawn" if closing is not None and closing.operation == "revert" else "retired"


def _versions(registry: Registry, code: str) -> tuple[GridVersion, ...]:
    """Read what a grid was, oldest version first."""
    live, history = DATASETS[GRIDS].live.c, DATASETS[GRIDS].history.c
    columns = ("edition", "valid_from", "name", "area_m2")
    ended = select(history.closed_by, history.valid_to, *(history[n] for n in columns))
    now = select(*(live[n] for n in columns)).where(live.code == code)
    with registry.connect() as connection:
        versions = [
            *(GridVersion(**row._mapping) for row in connection.execute(ended.where(history.code == code))),
            *(GridVersion(**row._mapping) for row in connection.execute(now)),
        ]
    return tuple(sorted(versions, key=lambda version: version.valid_from))


def _document(record: Retirement) -> dict[str, Any]:
    return {
        "code": record.code,
        "name": record.name,
        "operation": str(record.operation),
        "successors": list(record.successors),
        "reason": record.reason,
        "date": record.date,
    }
