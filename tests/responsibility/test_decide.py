"""Decisions from records, areas and agreements, and what is done where there are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace as Hand
from typing import Any

import pytest

from gis.text import language
from responsibility.classes import ClassChoice, choose_classes
from responsibility.decide import decide
from responsibility.model import Decision, Kind, Named, Ownership, Status
from responsibility.organisations import Organisations
from responsibility.records import Boundary
from responsibility.roles import Party
from responsibility.situation import Surroundings, Units


def test_the_maintainer_of_the_record_acts_before_its_owner(hand: Hand) -> None:
    verdict = hand.decide()

    assert (verdict.decision, hand.acting(verdict)) == (Decision.DECIDED, "MAINT")
    assert hand.codes(verdict) == ["component.maintainer", "component.owner"]
    assert hand.taken(verdict) == ["component.maintainer"]
    assert hand.others(verdict) == ["OWNER"]
    assert verdict.ownership is Ownership.RECORDED
    assert verdict.reasons[0].ref == "5001990101000001"
    assert verdict.reasons[0].edition == 3


def test_the_owner_acts_where_no_maintainer_is_recorded(hand: Hand) -> None:
    verdict = hand.decide(component=hand.component(maintainer=None))

    assert (hand.acting(verdict), hand.taken(verdict)) == ("OWNER", ["component.owner"])


def test_the_parties_of_the_record_are_named_whoever_acts(hand: Hand) -> None:
    parties = hand.decide().parties

    assert (parties.authority, parties.owner, parties.maintainer) == (
        Named("AUTH", "市政局"),
        Named("OWNER", "排水集团"),
        Named("MAINT", "排水养护公司"),
    )


def test_a_closed_unit_is_followed_by_its_successor_which_the_reason_says(hand: Hand) -> None:
    verdict = hand.decide(component=hand.component(maintainer=Named("OLD", None)))

    assert (hand.acting(verdict), hand.taken(verdict)) == ("MAINT", ["component.maintainer"])
    assert "老养护所" not in str(verdict.parties.acting)
    assert "已撤销，由排水养护公司承接" in str(verdict.reasons[0].why)
    assert verdict.parties.maintainer == Named("OLD", "老养护所")


def test_a_closed_unit_without_successor_is_passed_over_and_told(hand: Hand) -> None:
    verdict = hand.decide(component=hand.component(maintainer=Named("GONE", None)))

    assert hand.acting(verdict) == "OWNER"
    assert [(reason.code, reason.taken) for reason in verdict.reasons] == [
        ("component.maintainer", False),
        ("component.owner", True),
    ]
    assert "已撤销" in str(verdict.reasons[0].why)
    assert hand.others(verdict) == []


def test_a_unit_recorded_by_name_alone_is_looked_up(hand: Hand) -> None:
    verdict = hand.decide(component=hand.component(maintainer=Named(None, "排水养护公司")))

    assert hand.acting(verdict) == "MAINT"


def test_a_unit_that_is_not_in_the_table_is_passed_over_and_told(hand: Hand) -> None:
    verdict = hand.decide(component=hand.component(maintainer=Named(None, "某某公司")))

    assert hand.acting(verdict) == "OWNER"
    assert "不在单位名录中" in str(verdict.reasons[0].why)


def test_without_any_organisations_the_record_is_taken_as_it_is(hand: Hand) -> None:
    verdict = decide(
        hand.case(component=hand.component(maintainer=Named(None, "某某公司"))), Units(Organisations([]))
    )

    assert verdict.parties.acting == Named(None, "某某公司")


def test_a_place_out_of_scope_is_not_ours_and_says_whose_it_is(hand: Hand) -> None:
    verdict = hand.decide(place=hand.at(hand.area("R1", "RAIL", in_scope=False)))

    assert (verdict.decision, hand.acting(verdict)) == (Decision.NOT_OURS, None)
    assert hand.codes(verdict) == ["area.out_of_scope"]
    assert hand.others(verdict) == ["RAIL"]
    assert verdict.reasons[0].ref == "R1"


def test_a_place_out_of_scope_need_not_say_whose_it_is(hand: Hand) -> None:
    verdict = hand.decide(place=hand.at(hand.area("R1", None, in_scope=False)))

    assert (verdict.decision, hand.others(verdict)) == (Decision.NOT_OURS, [])


def test_a_place_out_of_scope_outside_all_grids_is_still_not_ours(hand: Hand) -> None:
    place = hand.at(hand.area("R1", "RAIL", in_scope=False), status=Status.OUTSIDE)

    assert hand.decide(place=place).decision is Decision.NOT_OURS


def test_a_boundary_agreement_beats_the_record(hand: Hand) -> None:
    agreed = Boundary("B1", "滨河路", "PARK", 5.0, (), 6)
    verdict = hand.decide(place=replace(hand.PLACE, boundaries=(agreed,)))

    assert (verdict.decision, hand.acting(verdict)) == (Decision.DECIDED, "PARK")
    assert hand.codes(verdict) == ["boundary.agreement", "component.maintainer", "component.owner"]
    assert hand.others(verdict) == ["MAINT", "OWNER"]


def test_a_boundary_agreement_on_other_classes_does_not_count(hand: Hand) -> None:
    agreed = Boundary("B1", "滨河路", "PARK", 5.0, ("02", "0301"), 6)

    assert hand.acting(hand.decide(place=replace(hand.PLACE, boundaries=(agreed,)))) == "MAINT"


@pytest.mark.parametrize("state", ["未移交", "质保期", "在建"])
def test_what_is_not_handed_over_is_the_builders(hand: Hand, state: str) -> None:
    verdict = hand.decide(place=hand.at(hand.area("H1", "BUILD", handover=state)))

    assert (hand.acting(verdict), hand.taken(verdict)) == ("BUILD", ["area.handover"])
    assert state in str(verdict.reasons[0].why)


def test_an_area_contract_comes_after_the_record(hand: Hand) -> None:
    verdict = hand.decide(place=hand.at(hand.area("A1", "CLEAN")))

    assert hand.acting(verdict) == "MAINT"
    assert hand.others(verdict) == ["OWNER", "CLEAN"]
    assert hand.codes(verdict)[-1] == "area.contract"


@pytest.mark.parametrize(
    ("classes", "matches"),
    [((), True), (("0101",), True), (("01",), True), (("0102", "02"), False), (("-",), False)],
)
def test_an_area_holds_for_its_classes(hand: Hand, classes: tuple[str, ...], matches: bool) -> None:
    place = hand.at(hand.area("A1", "CLEAN", classes=classes, handover="已移交"))
    verdict = hand.decide(component=None, place=place)

    assert (hand.acting(verdict) == "CLEAN") is matches


def test_the_smallest_area_whose_unit_can_act_is_taken(hand: Hand) -> None:
    place = hand.at(hand.area("A1", "GONE"), hand.area("A2", "CLEAN"), hand.area("A3", "PARK"))
    verdict = hand.decide(component=None, place=place)

    assert (hand.acting(verdict), verdict.reasons[-1].ref) == ("CLEAN", "A2")
    assert "PARK" not in hand.others(verdict)


def test_an_ownerless_component_waits_for_its_owner_while_the_street_acts(hand: Hand) -> None:
    ownerless = hand.case(
        ownerless=True, rules=(hand.rule(hand.FIXED),), place=hand.at(hand.area("A1", "PARK"))
    )
    verdict = decide(ownerless, hand.UNITS)

    assert (verdict.decision, hand.acting(verdict)) == (Decision.PENDING_OWNERSHIP, None)
    assert verdict.parties.interim == Named("STREET", "河东街道办")
    assert verdict.ownership is Ownership.UNKNOWN
    assert hand.taken(verdict) == ["ownership.unknown"]
    assert hand.others(verdict) == ["CLEAN"]


def test_the_district_acts_in_the_meantime_where_there_is_no_street_office(hand: Hand) -> None:
    verdict = hand.decide(ownerless=True, place=replace(hand.PLACE, street="500199002"))

    assert verdict.parties.interim == Named("GOV", "盐河区政府")


def test_nobody_acts_in_the_meantime_where_nobody_is_known(hand: Hand) -> None:
    verdict = hand.decide(Units(Organisations([])), ownerless=True)

    assert (verdict.decision, verdict.parties.interim) == (Decision.PENDING_OWNERSHIP, None)


def test_a_component_without_owner_and_maintainer_waits_too(hand: Hand) -> None:
    verdict = hand.decide(component=hand.NOBODYS)

    assert (verdict.decision, verdict.ownership) == (Decision.PENDING_OWNERSHIP, Ownership.UNKNOWN)


@pytest.mark.parametrize(
    ("place", "unit"),
    [
        (lambda hand: hand.at(hand.area("A1", "CLEAN")), "CLEAN"),
        (lambda hand: hand.at(hand.area("H1", "BUILD", handover="在建")), "BUILD"),
        (lambda hand: hand.at(boundaries=(Boundary("B1", None, "PARK", 5.0, (), 6),)), "PARK"),
    ],
)
def test_the_place_decides_for_a_component_without_owner_where_it_can(
    hand: Hand, place: Callable[[Any], Surroundings], unit: str
) -> None:
    verdict = decide(
        hand.case(component=hand.NOBODYS, place=place(hand), rules=(hand.rule(Party("street", "所属街办")),)),
        hand.UNITS,
    )

    assert (verdict.decision, hand.acting(verdict)) == (Decision.DECIDED, unit)
    assert verdict.ownership is Ownership.UNKNOWN
    assert hand.others(verdict)[-1] == "STREET"


def test_a_removed_component_is_no_evidence(hand: Hand) -> None:
    verdict = decide(
        hand.case(component=hand.component(state="移除"), rules=(hand.rule(hand.FIXED),)), hand.UNITS
    )

    assert hand.acting(verdict) == "CLEAN"
    assert hand.codes(verdict)[0] == "component.removed"


@pytest.mark.parametrize(
    ("changes", "unit", "code"),
    [
        ({}, "AUTH", "fallback.authority"),
        ({"authority": None}, "STREET", "fallback.street"),
        ({"authority": Named("GONE", None)}, "STREET", "fallback.street"),
        ({"authority": None, "street": None}, "GOV", "fallback.district"),
    ],
)
def test_authority_street_and_district_answer_where_nothing_else_is_known(
    hand: Hand, changes: dict[str, Any], unit: str, code: str
) -> None:
    place = replace(hand.PLACE, street=changes.pop("street", hand.PLACE.street))
    recorded = hand.component(maintainer=Named("GONE", None), owner=None, **changes)
    verdict = hand.decide(component=recorded, place=place)

    assert (verdict.decision, hand.acting(verdict)) == (Decision.FALLBACK, unit)
    assert hand.taken(verdict) == [code]
    assert "rule.none" in hand.codes(verdict)


def test_nothing_known_at_all_goes_to_the_desk(hand: Hand) -> None:
    verdict = hand.decide(Units(Organisations([])), component=None)

    assert (verdict.decision, hand.acting(verdict)) == (Decision.UNDECIDED, None)
    assert hand.codes(verdict)[-1] == "fallback.none"


def test_a_place_outside_everything_is_undecided(hand: Hand) -> None:
    verdict = hand.decide(place=Surroundings(Status.OUTSIDE))

    assert (verdict.decision, hand.acting(verdict)) == (Decision.UNDECIDED, None)
    assert hand.codes(verdict) == ["location.outside"]


def test_without_a_class_nobody_is_named(hand: Hand) -> None:
    verdict = hand.decide(choice=None, component=None)

    assert (verdict.decision, verdict.ownership) == (Decision.UNDECIDED, None)
    assert hand.codes(verdict) == ["class.missing"]


def test_a_class_the_incomplete_catalogue_lacks_is_told_and_used(hand: Hand) -> None:
    verdict = hand.decide(choice=choose_classes("0199", None, Kind.COMPONENT, "2013"))

    assert hand.codes(verdict)[0] == "class.unknown"
    assert hand.acting(verdict) == "MAINT"


@pytest.mark.parametrize("text", ["01", "井盖"])
def test_several_classes_without_a_component_leave_the_table_aside(hand: Hand, text: str) -> None:
    choice: ClassChoice = choose_classes(text, None, Kind.COMPONENT, "2013")
    verdict = hand.decide(choice=choice, component=None)

    assert (verdict.decision, hand.acting(verdict)) == (Decision.FALLBACK, "STREET")
    assert "class.ambiguous" in hand.codes(verdict)


@pytest.mark.parametrize("changes", [{}, {"ownerless": True}, {"component": None}, {"choice": None}])
def test_every_reason_reads_in_both_languages(hand: Hand, changes: dict[str, Any]) -> None:
    verdict = hand.decide(**{"rules": (hand.rule(hand.FIXED),), **changes})
    chinese = [str(reason.why) for reason in verdict.reasons]
    with language("en"):
        english = [str(reason.why) for reason in verdict.reasons]

    assert all(left != right for left, right in zip(chinese, english, strict=True))
    assert not any("{" in text for text in chinese + english)
