"""Decisions from the case table: roles resolved at the place, joint work, alternatives."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace as Hand

import pytest

from responsibility.classes import choose_classes
from responsibility.decide import decide
from responsibility.model import Decision, Kind, LineRef, Named, Ownership
from responsibility.organisations import Organisation, Organisations
from responsibility.roles import Party
from responsibility.situation import Units


def test_a_component_that_is_not_there_is_not_surveyed_and_the_table_decides(hand: Hand) -> None:
    verdict = hand.decide(component=None, rules=(hand.rule(hand.FIXED),))

    assert (verdict.ownership, hand.acting(verdict)) == (Ownership.NOT_SURVEYED, "CLEAN")
    assert hand.codes(verdict) == ["component.not_found", "rule.fixed"]


@pytest.mark.parametrize(
    ("party", "code"),
    [
        (Party("fixed", "环卫公司", "CLEAN"), "CLEAN"),
        (Party("owner", "各产权单位"), "OWNER"),
        (Party("maintainer", "养护单位"), "MAINT"),
        (Party("authority", "主管部门"), "AUTH"),
        (Party("street", "所属街办"), "STREET"),
        (Party("enforcement", "属地行政执法部门"), "TEAM"),
        (Party("district", "区政府"), "GOV"),
        (Party("district", "盐河区政府", "GOV"), "GOV"),
        (Party("area", "各环卫部门", line="环卫"), "CLEAN"),
    ],
)
def test_each_role_of_the_table_is_resolved_at_the_place(hand: Hand, party: Party, code: str) -> None:
    matter = choose_classes("0101", None, Kind.MATTER, "2013")
    contract = hand.area("A1", "CLEAN", classes=("-",), ref=LineRef("环卫", "A1", None))
    asked = hand.case(kind=Kind.MATTER, choice=matter, place=hand.at(contract), rules=(hand.rule(party),))
    verdict = decide(asked, hand.UNITS)

    assert (hand.acting(verdict), hand.taken(verdict)) == (code, [f"rule.{party.role}"])
    assert verdict.decision is Decision.DECIDED
    assert verdict.ownership is None


def test_enforcement_of_the_district_stands_in_for_a_street_without_its_own(hand: Hand) -> None:
    units = Units(
        Organisations([Organisation("D", "区执法局", types=("enforcement",), division_code="500199")])
    )
    asked = hand.case(component=None, rules=(hand.rule(Party("enforcement", "执法队")),))

    assert hand.acting(decide(asked, units)) == "D"


def test_a_government_named_in_the_table_does_not_act_elsewhere(hand: Hand) -> None:
    elsewhere = replace(hand.PLACE, county="500198", street="500198001")
    asked = hand.case(
        component=None, place=elsewhere, rules=(hand.rule(Party("district", "盐河区政府", "GOV")),)
    )

    assert decide(asked, hand.UNITS).decision is Decision.UNDECIDED


def test_a_role_nobody_fills_gives_way_to_the_next(hand: Hand) -> None:
    asked = hand.case(
        component=None, rules=(hand.rule(Party("owner", "各产权单位"), Party("street", "所属街办")),)
    )
    verdict = decide(asked, hand.UNITS)

    assert hand.acting(verdict) == "STREET"
    assert [(reason.code, reason.taken) for reason in verdict.reasons] == [
        ("component.not_found", False),
        ("rule.owner", False),
        ("rule.street", True),
    ]


def test_a_table_of_joint_units_names_who_assists(hand: Hand) -> None:
    parties = (
        hand.FIXED,
        Party("street", "所属街办"),
        Party("owner", "产权单位"),
        Party("street", "属地街道"),
    )
    verdict = hand.decide(component=None, rules=(hand.rule(*parties, mode="joint"),))

    assert (verdict.decision, hand.acting(verdict)) == (Decision.JOINT, "CLEAN")
    assert [unit.code for unit in verdict.parties.assisting] == ["STREET"]
    assert hand.taken(verdict) == ["rule.fixed", "rule.street"]
    assert hand.others(verdict) == []


def test_joint_work_of_which_only_one_unit_is_known_is_its_alone(hand: Hand) -> None:
    parties = (hand.FIXED, Party("owner", "产权单位"))
    verdict = hand.decide(component=None, rules=(hand.rule(*parties, mode="joint"),))

    assert (verdict.decision, hand.acting(verdict)) == (Decision.DECIDED, "CLEAN")


def test_a_table_of_alternatives_says_so(hand: Hand) -> None:
    parties = (hand.FIXED, Party("street", "所属街办"))
    verdict = hand.decide(component=None, rules=(hand.rule(*parties, mode="alternatives"),))

    assert verdict.decision is Decision.DECIDED_WITH_ALTERNATIVES
    assert (hand.acting(verdict), hand.others(verdict)) == ("CLEAN", ["STREET"])


def test_one_known_alternative_is_none(hand: Hand) -> None:
    parties = (hand.FIXED, Party("owner", "产权单位"))
    verdict = hand.decide(component=None, rules=(hand.rule(*parties, mode="alternatives"),))

    assert verdict.decision is Decision.DECIDED


def test_the_rest_of_an_ordered_table_are_alternatives_to_a_decision(hand: Hand) -> None:
    verdict = decide(
        hand.case(component=None, rules=(hand.rule(hand.FIXED, Party("street", "所属街办")),)), hand.UNITS
    )

    assert (verdict.decision, hand.others(verdict)) == (Decision.DECIDED, ["STREET"])


def test_the_rule_given_says_who_acts_else_the_first(hand: Hand) -> None:
    rules = (hand.rule(hand.FIXED), hand.rule(Party("street", "所属街办"), number=2))

    assert hand.acting(hand.decide(component=None, rules=rules)) == "CLEAN"
    assert hand.acting(hand.decide(component=None, rules=rules, rule=2)) == "STREET"


def test_the_first_known_supervising_party_supervises(hand: Hand) -> None:
    parties = (Party("fixed", "无此单位"), Party("authority", "主管部门"))
    verdict = hand.decide(rules=(hand.rule(hand.FIXED, supervising=parties),))

    assert verdict.parties.supervising == Named("AUTH", "市政局")


def test_the_record_of_a_component_does_not_decide_a_matter(hand: Hand) -> None:
    matter = choose_classes("0101", None, Kind.MATTER, "2013")
    verdict = hand.decide(kind=Kind.MATTER, choice=matter, rules=(hand.rule(hand.FIXED),))

    assert hand.acting(verdict) == "CLEAN"
    assert "component.maintainer" not in hand.codes(verdict)
