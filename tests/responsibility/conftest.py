"""Cases and registries made by hand, for the tests of responsibility."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from responsibility import decide as deciding
from responsibility.classes import choose_classes
from responsibility.decide import Verdict
from responsibility.model import Kind, LineRef, Named, Status
from responsibility.organisations import Organisation, Organisations
from responsibility.records import Area, Component, Rule
from responsibility.roles import Party
from responsibility.situation import Case, Surroundings, Units

UNITS = Units(
    Organisations(
        [
            Organisation("MAINT", "排水养护公司"),
            Organisation("OWNER", "排水集团"),
            Organisation("AUTH", "市政局"),
            Organisation("BUILD", "建设公司"),
            Organisation("CLEAN", "环卫公司"),
            Organisation("PARK", "公园管理处"),
            Organisation("STREET", "河东街道办", types=("street",), division_code="500199001"),
            Organisation("TEAM", "河东执法队", types=("enforcement",), division_code="500199001"),
            Organisation("GOV", "盐河区政府", types=("government",), division_code="500199"),
            Organisation("RAIL", "铁路局"),
            Organisation("OLD", "老养护所", active=False, successor_code="MAINT"),
            Organisation("GONE", "撤销单位", active=False),
        ]
    )
)
COVER = choose_classes("0101", None, Kind.COMPONENT, "2013")
PLACE = Surroundings(Status.INSIDE, county="500199", street="500199001", community="500199001002")


def area(code: str, unit: str | None, **changes: Any) -> Area:
    made = Area(
        ref=LineRef("市政", code, f"{code}片区"),
        unit=Named(unit, None) if unit else None,
        classes=(),
        handover=None,
        in_scope=True,
        valid_from=None,
        valid_to=None,
        size_m2=1000.0,
        edition=4,
    )
    return replace(made, **changes)


def component(**changes: Any) -> Component:
    made = Component(
        id="5001990101000001",
        class_code="0101",
        standard="2013",
        name="上水井盖",
        state="完好",
        authority=Named("AUTH", "市政局"),
        owner=Named("OWNER", "排水集团"),
        maintainer=Named("MAINT", "排水养护公司"),
        edition=3,
    )
    return replace(made, **changes)


def rule(
    *parties: Party, mode: str = "ordered", number: int = 1, supervising: tuple[Party, ...] = ()
) -> Rule:
    return Rule(number, "破损", "2紧急工作时", (), "修复", None, parties, mode, supervising, 5)


def case(**changes: Any) -> Case:
    made = Case(kind=Kind.COMPONENT, choice=COVER, place=PLACE, component=component())
    return replace(made, **changes)


def decide(units: Units | None = None, **changes: Any) -> Verdict:
    return deciding.decide(case(**changes), units or UNITS)


def at(*areas: Area, **changes: Any) -> Surroundings:
    return replace(PLACE, areas=areas, **changes)


def acting(verdict: Verdict) -> str | None:
    return verdict.parties.acting.code if verdict.parties.acting else None


def taken(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons if reason.taken]


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def others(verdict: Verdict) -> list[str | None]:
    return [alternative.unit.code for alternative in verdict.alternatives]


FIXED = Party("fixed", "环卫公司", "CLEAN")
NOBODYS = component(owner=None, maintainer=None)


@pytest.fixture
def hand() -> SimpleNamespace:
    """Return what cases are made with by hand, and what verdicts are read with."""
    return SimpleNamespace(
        UNITS=UNITS,
        PLACE=PLACE,
        FIXED=FIXED,
        NOBODYS=NOBODYS,
        area=area,
        component=component,
        rule=rule,
        case=case,
        decide=decide,
        at=at,
        acting=acting,
        taken=taken,
        codes=codes,
        others=others,
    )
