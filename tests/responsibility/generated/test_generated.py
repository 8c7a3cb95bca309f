"""Two thousand generated cases against what a person would work out by the order of evidence, on paper."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pyproj
import pytest

from gis.registry import Registry
from responsibility.model import Kind, Question, Resolution
from responsibility.resolver import Resolver

CASES = 2000
MOMENT = datetime.fromisoformat("2126-11-20T09:30:00+08:00")
SNAP_M, REACH_M = 5.0, 0.5  # of a gap; of a component of accuracy class A
# Nothing is asked that rounding could decide.
MARGIN_M = 0.05
GEOD = pyproj.Geod(ellps="GRS80")
Box = tuple[float, float, float, float]


class TooClose(Exception):
    """The case would be decided by rounding."""


@dataclass(frozen=True)
class Ask:
    """A case: place in cells, metres, class and kind."""

    column: float
    row: float
    accuracy: float
    code: str | None
    kind: str


class Paper:
    """What holds in the town, worked out by going through everything there is."""

    def __init__(self, data: SimpleNamespace, town: SimpleNamespace) -> None:
        self.data = data
        (lon, lat), (east, _), (_, north) = town.xy(0, 0.5), town.xy(1, 0.5), town.xy(0, 1.5)
        self.wide = GEOD.inv(lon, lat, east, lat)[2]
        self.high = GEOD.inv(lon, lat, lon, north)[2]

    def covering(self, boxes: list[tuple[Box, Any]], ask: Ask) -> list[Any]:
        """A point on an edge belongs to the east and to the north; on the outer rim to the first there."""
        x, y = ask.column, ask.row
        inside = [it for (w, e, s, n), it in boxes if w <= x < e and s <= y < n]
        touching = [it for (w, e, s, n), it in boxes if w <= x <= e and s <= y <= n]
        return inside or touching[:1]

    def metres(self, box: Box, ask: Ask) -> float:
        west, east, south, north = box
        dx = max(west - ask.column, 0.0, ask.column - east) * self.wide
        dy = max(south - ask.row, 0.0, ask.row - north) * self.high
        return float((dx * dx + dy * dy) ** 0.5)

    def to_edge(self, box: Box, ask: Ask) -> float:
        west, east, south, north = box
        if self.metres(box, ask) > 0:
            return self.metres(box, ask)
        across = min(ask.column - west, east - ask.column) * self.wide
        return float(min(across, min(ask.row - south, north - ask.row) * self.high))

    def within(self, metres: float, limit: float) -> bool:
        if abs(metres - limit) < MARGIN_M and not metres == limit == 0:
            raise TooClose
        return metres <= limit

    def grid(self, ask: Ask) -> tuple[str, str | None, list[str]]:
        """Return status, grid and the other grids within the accuracy."""
        boxes = self.data.GRIDS
        own = self.covering(boxes, ask)
        covering = len(own)
        if not own:
            near = sorted((self.metres(box, ask), code) for box, code in boxes)
            if self.within(near[0][0], SNAP_M):
                if near[1][0] - near[0][0] < MARGIN_M:
                    raise TooClose
                own = [near[0][1]]
        others = [code for box, code in boxes if self.within(self.metres(box, ask), ask.accuracy)]
        others = [code for code in others if code not in own]
        if not own:
            return "outside", None, others
        seldom = {0: "gap_snapped", 1: "near_boundary" if others else "inside"}
        return seldom.get(covering, "overlap"), own[0], others

    def areas(self, ask: Ask) -> tuple[list[Any], list[Any], list[Any]]:
        """Return the areas there, smallest first; those near; and those that end near."""
        valid = [area for area in self.data.AREAS if area[7] is None]
        here, near, ending = [], [], []
        for line in sorted({area[0] for area in valid}):
            boxes = [(area[2], area) for area in valid if area[0] == line]
            own = self.covering(boxes, ask)
            here += own
            near += [
                a for box, a in boxes if a not in own and self.within(self.metres(box, ask), ask.accuracy)
            ]
            ending += [area for area in own if self.within(self.to_edge(area[2], ask), ask.accuracy)]
        return by_size(here), near, ending

    def agreement(self, ask: Ask) -> float:
        """Return the metres to the line of the agreement."""
        _, west, east, row, *_ = self.data.AGREEMENT
        return self.metres((west, east, row, row), ask)

    def precedent(self, ask: Ask) -> float:
        _, _, _, column, row, *_ = self.data.PRECEDENT
        return self.metres((column, column, row, row), ask)

    def component(self, ask: Ask) -> dict[str, Any] | None:
        """Return the nearest component of the class within reach, the first identifier of equals."""
        if ask.kind != "component" or ask.code is None:
            return None
        found = []
        for one in self.data.components:
            if one["class_code"] == ask.code and one["state"] != "移除":
                column, row = one["at"]
                metres = self.metres((column, column, row, row), ask)
                if self.within(metres, ask.accuracy + REACH_M):
                    found.append((metres, one["id"], one))
        found.sort(key=lambda each: each[:2])
        if len(found) > 1 and found[1][0] - found[0][0] < MARGIN_M:
            raise TooClose
        return found[0][2] if found else None

    def able(self, unit: str | None) -> str | None:
        """Return who acts for a unit: itself, its successor, or nobody."""
        if unit is None or unit not in self.data.UNITS:
            return None
        successor = self.data.UNITS[unit][1]
        return unit if successor == "" else successor

    def charge(self, duty: str, grid: str | None, digits: int) -> str | None:
        return self.data.IN_CHARGE.get((duty, grid[:digits])) if grid else None

    def fits(self, classes: list[str], ask: Ask) -> bool:
        return not classes or (ask.code is not None and (ask.code in classes or ask.code[:2] in classes))

    def party(self, party: Any, grid: str | None, areas: list[Any], piece: Any) -> str | None:
        role, _, code, line = party
        if role == "fixed":
            return str(code)
        if role == "district":
            return str(code) if grid and grid[:6] == "500199" else None
        if role == "street":
            return self.charge("street", grid, 9)
        if role == "enforcement":
            return self.charge("enforcement", grid, 9) or self.charge("enforcement", grid, 6)
        if role == "area":
            return next((a[3] for a in areas if a[0] == line and a[6] and a[5] is None), None)
        return piece[role] if piece else None

    def evidence(self, ask: Ask, at: SimpleNamespace) -> Iterator[tuple[str, str | None]]:
        """Yield reason and able unit, the strongest evidence first, without that of a record."""
        if at.agreed and self.fits(self.data.AGREEMENT[4], ask):
            yield "boundary.agreement", self.able(self.data.AGREEMENT[6])
        for area in at.areas:
            if area[6] and area[5] is not None and self.fits(area[4], ask):
                yield "area.handover", self.able(area[3])
        if at.settled and ask.kind == "component" and self.fits(self.data.PRECEDENT[2], ask):
            yield "precedent.settled", self.able(self.data.PRECEDENT[6])

    def contracts(self, ask: Ask, at: SimpleNamespace) -> Iterator[tuple[str, str | None]]:
        for area in at.areas:
            if area[6] and area[5] is None and self.fits(area[4], ask):
                yield "area.contract", self.able(area[3])
                if self.able(area[3]):
                    return

    def records(self, at: SimpleNamespace) -> Iterator[tuple[str, str | None]]:
        if at.listed and at.listed[2]:
            yield "facility.owner", self.able(at.listed[2])
        if at.piece:
            for role in ("maintainer", "owner"):
                if at.piece[role]:
                    yield f"component.{role}", self.able(at.piece[role])

    def table(self, ask: Ask, at: SimpleNamespace) -> list[tuple[str, str | None]]:
        _, parties = self.data.RULES.get((ask.kind, ask.code), ("", []))
        found = [(party[0], self.party(party, at.grid, at.areas, at.piece)) for party in parties]
        return [(f"rule.{role}", self.able(unit)) for role, unit in found]

    def ownership(self, ask: Ask, at: SimpleNamespace) -> str | None:
        if ask.kind != "component" or ask.code is None:
            return None
        if at.piece is None:
            return "not_surveyed"
        if at.listed and at.listed[3]:
            return str(at.listed[3])
        on_list = bool(at.listed and at.listed[2])
        nobody = not at.piece["owner"] and not at.piece["maintainer"] and not on_list
        return "unknown" if nobody or (ask.code == "0123" and not on_list) else "recorded"

    def decide(self, ask: Ask, at: SimpleNamespace) -> dict[str, Any]:
        owned = self.ownership(ask, at)
        if ask.code is None:
            return verdict("undecided", owned)
        for area in at.areas:
            if not area[6] and self.fits(area[4], ask):
                return verdict("not_ours", owned, reason="area.out_of_scope")
        if at.status == "outside":
            return verdict("undecided", owned)
        if owned in ("unknown", "disputed"):
            return self.without_owner(ask, at, owned)
        before = [*self.evidence(ask, at), *self.records(at), *self.contracts(ask, at)]
        for reason, unit in before:
            if unit:
                settled = reason == "precedent.settled" and owned is not None
                return verdict("decided", "settled" if settled else owned, unit, reason)
        table = [(reason, unit) for reason, unit in self.table(ask, at) if unit]
        if table:
            reason, unit = table[0]
            mode = self.data.RULES[ask.kind, ask.code][0] if {u for _, u in table} != {unit} else ""
            word = {"joint": "joint", "alternatives": "decided_with_alternatives"}.get(mode, "decided")
            return verdict(word, owned, unit, reason)
        return self.fallback(at, owned)

    def without_owner(self, ask: Ask, at: SimpleNamespace, owned: str) -> dict[str, Any]:
        found = list(self.evidence(ask, at))
        if ask.code == "0123":
            found = [(reason, unit) for reason, unit in found if reason == "precedent.settled"]
        else:
            found += self.contracts(ask, at)
        for reason, unit in found:
            if unit:
                return verdict("decided", "settled" if reason == "precedent.settled" else owned, unit, reason)
        return verdict("pending_ownership", owned, reason=f"ownership.{owned}")

    def fallback(self, at: SimpleNamespace, owned: str | None) -> dict[str, Any]:
        authority = self.able(at.piece["authority"]) if at.piece else None
        street, district = self.charge("street", at.grid, 9), self.charge("government", at.grid, 6)
        for role, unit in (("authority", authority), ("street", street), ("district", district)):
            if unit:
                return verdict("fallback", owned, unit, f"fallback.{role}")
        return verdict("undecided", owned)

    def answer(self, ask: Ask) -> dict[str, Any]:
        """Work out a case."""
        status, grid, others = self.grid(ask)
        areas, near, ending = self.areas(ask)
        piece = self.component(ask)
        listed = [
            one for one in self.data.LISTED if piece and self.data.components[one[1]]["id"] == piece["id"]
        ]
        at = SimpleNamespace(
            status=status, grid=grid, areas=areas, piece=piece, listed=listed[0] if listed else None,
            agreed=self.within(self.agreement(ask), self.data.AGREEMENT[5]),
            settled=self.within(self.precedent(ask), self.data.PRECEDENT[5]),
        )  # fmt: skip
        here = self.decide(ask, at)
        acting = {
            self.decide(ask, other)["acting"] for other in self.elsewhere(ask, at, others, near, ending)
        }
        lines = sorted({area[0] for area in (*near, *ending)})
        differs = ["unit_grid"] if others else []
        for level, digits in (("county", 6), ("street", 9), ("community", 12)):
            own = grid[:digits] if grid else None
            differs += [level] if any(other[:digits] != own for other in others) else []
        differs += [f"line:{line}" for line in lines] + (["acting"] if acting - {here["acting"]} else [])
        ruled = (ask.kind, ask.code if piece is None else piece["class_code"]) in self.data.RULES
        return {
            "status": status, "grid": grid, "component": piece["id"] if piece else None, "differs": differs,
            "due": MOMENT + timedelta(hours=2) if ruled else None, **here,
        }  # fmt: skip

    def elsewhere(
        self, ask: Ask, at: SimpleNamespace, others: list[str], near: list[Any], ending: list[Any]
    ) -> Iterator[SimpleNamespace]:
        """Yield what would hold on the other side of each edge within the accuracy."""
        for other in others:
            yield changed(at, grid=other)
        for area in near:
            yield changed(at, areas=by_size([a for a in at.areas if a[0] != area[0]] + [area]))
        for area in ending:
            yield changed(at, areas=[a for a in at.areas if a is not area])
        if self.within(abs(self.agreement(ask) - self.data.AGREEMENT[5]), ask.accuracy):
            yield changed(at, agreed=not at.agreed)
        if self.within(abs(self.precedent(ask) - self.data.PRECEDENT[5]), ask.accuracy):
            yield changed(at, settled=not at.settled)


def by_size(areas: list[Any]) -> list[Any]:
    def size(area: Any) -> tuple[float, str, str]:
        west, east, south, north = area[2]
        return (east - west) * (north - south), area[0], area[1]

    return sorted(areas, key=size)


def changed(at: SimpleNamespace, **changes: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(at), **changes})


def verdict(
    decision: str, ownership: str | None, acting: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    return {"decision": decision, "ownership": ownership, "acting": acting, "reason": reason}


def generated(paper: Paper) -> list[tuple[Ask, dict[str, Any]]]:
    """Return the cases, with what is right; one that rounding would decide is not asked."""
    choose = random.Random(20260701)
    cases: list[tuple[Ask, dict[str, Any]]] = []
    while len(cases) < CASES:
        ask = one_case(choose, paper.data)
        try:
            cases.append((ask, paper.answer(ask)))
        except TooClose:
            continue
    return cases


def one_case(choose: random.Random, data: SimpleNamespace) -> Ask:
    kind = choose.choice(["component", "component", "matter"])
    codes = data.COMPONENT_CLASSES if kind == "component" else data.MATTER_CLASSES
    code = choose.choice([*codes, *codes, None])
    column, row = choose.uniform(-0.2, 6.2), choose.uniform(-0.15, 1.15)
    where = choose.random()
    if where < 0.35 and kind == "component" and code is not None:
        piece = choose.choice([one for one in data.components if one["class_code"] == code])
        column, row = piece["at"][0] + choose.uniform(-0.02, 0.02), piece["at"][1]
    elif where < 0.6:
        column = choose.choice([0, 1, 1.5, 2, 3, 3.5, 4, 4.02, 4.04, 4.95, 5, 6]) + choose.choice(
            [0, 0, 0.03]
        )
        row = choose.choice([0, 0.5, 1, row])
    elif where < 0.7:
        column, row = choose.uniform(2.9, 3.3), choose.uniform(0.75, 1)
    elif where < 0.8:
        column, row = choose.uniform(2.4, 3.6), choose.uniform(0.4, 0.6)
    return Ask(column, row, choose.choice([0.0, 5.0, 30.0]), code, kind)


def told(answer: Resolution) -> dict[str, Any]:
    taken = [reason.code for reason in answer.reasons if reason.taken]
    return {
        "status": answer.location.status.value,
        "grid": answer.unit_grid.code if answer.unit_grid else None,
        "component": answer.component.id if answer.component else None,
        "differs": list(answer.differs_within_accuracy),
        "due": answer.deadline.due if answer.deadline else None,
        "decision": answer.decision.value,
        "ownership": answer.ownership.value if answer.ownership else None,
        "acting": answer.parties.acting.code if answer.parties.acting else None,
        "reason": taken[0] if taken else None,
    }


@pytest.fixture(scope="module")
def cases(data: SimpleNamespace, town: SimpleNamespace) -> list[tuple[Ask, dict[str, Any]]]:
    return generated(Paper(data, town))


def test_the_cases_cover_every_status_decision_and_kind_of_evidence(
    cases: list[tuple[Ask, dict[str, Any]]],
) -> None:
    counts = {name: Counter(right[name] for _, right in cases) for name in cases[0][1] if name != "differs"}
    assert set(counts["status"]) == {"inside", "near_boundary", "gap_snapped", "overlap", "outside"}
    assert set(counts["decision"]) == {
        "decided", "decided_with_alternatives", "joint", "pending_ownership", "not_ours", "fallback",
        "undecided",
    }  # fmt: skip
    assert set(counts["ownership"]) == {None, "recorded", "settled", "unknown", "disputed", "not_surveyed"}
    assert set(counts["reason"]) >= {
        "area.out_of_scope", "boundary.agreement", "area.handover", "precedent.settled", "facility.owner",
        "component.maintainer", "component.owner", "area.contract", "rule.fixed", "rule.street",
        "rule.enforcement", "rule.district", "fallback.authority", "fallback.street",
        "ownership.unknown", "ownership.disputed",
    }  # fmt: skip


def test_every_case_is_answered_as_worked_out_by_hand(
    everything: Registry, town: SimpleNamespace, cases: list[tuple[Ask, dict[str, Any]]]
) -> None:
    questions = [question(town, ask) for ask, _ in cases]
    answers = Resolver(everything, preload=True).resolve_many(questions)
    wrong = [
        (ask, right, told(answer))
        for (ask, right), answer in zip(cases, answers, strict=True)
        if told(answer) != right
    ]
    assert not wrong[:3], len(wrong)


def question(town: SimpleNamespace, ask: Ask) -> Question:
    lon, lat = town.xy(ask.column, ask.row)
    return Question(
        lon=lon, lat=lat, accuracy_m=ask.accuracy, class_text=ask.code, kind=Kind(ask.kind),
        standard="2013", as_of=MOMENT, at=MOMENT,
    )  # fmt: skip
