"""Every path of a decision, from cases made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gis.text import language
from responsibility.classes import ClassChoice, choose_classes
from responsibility.decide import Verdict, decide
from responsibility.model import Decision, Kind, LineRef, Named, Ownership, Status
from responsibility.organisations import Organisation, Organisations
from responsibility.records import Area, Boundary, Component, Rule
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


def test_the_maintainer_of_the_record_acts_before_its_owner() -> None:
    verdict = decide(case(), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.DECIDED, "MAINT")
    assert codes(verdict) == ["component.maintainer", "component.owner"]
    assert taken(verdict) == ["component.maintainer"]
    assert others(verdict) == ["OWNER"]
    assert verdict.ownership is Ownership.RECORDED
    assert verdict.reasons[0].ref == "5001990101000001"
    assert verdict.reasons[0].edition == 3


def test_the_owner_acts_where_no_maintainer_is_recorded() -> None:
    verdict = decide(case(component=component(maintainer=None)), UNITS)

    assert (acting(verdict), taken(verdict)) == ("OWNER", ["component.owner"])


def test_the_parties_of_the_record_are_named_whoever_acts() -> None:
    parties = decide(case(), UNITS).parties

    assert (parties.authority, parties.owner, parties.maintainer) == (
        Named("AUTH", "市政局"),
        Named("OWNER", "排水集团"),
        Named("MAINT", "排水养护公司"),
    )


def test_a_closed_unit_is_followed_by_its_successor_which_the_reason_says() -> None:
    verdict = decide(case(component=component(maintainer=Named("OLD", None))), UNITS)

    assert (acting(verdict), taken(verdict)) == ("MAINT", ["component.maintainer"])
    assert "老养护所" not in str(verdict.parties.acting)
    assert "已撤销，由排水养护公司承接" in str(verdict.reasons[0].why)
    assert verdict.parties.maintainer == Named("OLD", "老养护所")


def test_a_closed_unit_without_successor_is_passed_over_and_told() -> None:
    verdict = decide(case(component=component(maintainer=Named("GONE", None))), UNITS)

    assert acting(verdict) == "OWNER"
    assert [(reason.code, reason.taken) for reason in verdict.reasons] == [
        ("component.maintainer", False),
        ("component.owner", True),
    ]
    assert "已撤销" in str(verdict.reasons[0].why)
    assert others(verdict) == []


def test_a_unit_recorded_by_name_alone_is_looked_up() -> None:
    verdict = decide(case(component=component(maintainer=Named(None, "排水养护公司"))), UNITS)

    assert acting(verdict) == "MAINT"


def test_a_unit_that_is_not_in_the_table_is_passed_over_and_told() -> None:
    verdict = decide(case(component=component(maintainer=Named(None, "某某公司"))), UNITS)

    assert acting(verdict) == "OWNER"
    assert "不在单位名录中" in str(verdict.reasons[0].why)


def test_without_any_organisations_the_record_is_taken_as_it_is() -> None:
    verdict = decide(case(component=component(maintainer=Named(None, "某某公司"))), Units(Organisations([])))

    assert verdict.parties.acting == Named(None, "某某公司")


def test_a_place_out_of_scope_is_not_ours_and_says_whose_it_is() -> None:
    verdict = decide(case(place=at(area("R1", "RAIL", in_scope=False))), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.NOT_OURS, None)
    assert codes(verdict) == ["area.out_of_scope"]
    assert others(verdict) == ["RAIL"]
    assert verdict.reasons[0].ref == "R1"


def test_a_place_out_of_scope_need_not_say_whose_it_is() -> None:
    verdict = decide(case(place=at(area("R1", None, in_scope=False))), UNITS)

    assert (verdict.decision, others(verdict)) == (Decision.NOT_OURS, [])


def test_a_place_out_of_scope_outside_all_grids_is_still_not_ours() -> None:
    place = at(area("R1", "RAIL", in_scope=False), status=Status.OUTSIDE)

    assert decide(case(place=place), UNITS).decision is Decision.NOT_OURS


def test_a_boundary_agreement_beats_the_record() -> None:
    agreed = Boundary("B1", "滨河路", "PARK", 5.0, (), 6)
    verdict = decide(case(place=replace(PLACE, boundaries=(agreed,))), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.DECIDED, "PARK")
    assert codes(verdict) == ["boundary.agreement", "component.maintainer", "component.owner"]
    assert others(verdict) == ["MAINT", "OWNER"]


def test_a_boundary_agreement_on_other_classes_does_not_count() -> None:
    agreed = Boundary("B1", "滨河路", "PARK", 5.0, ("02", "0301"), 6)

    assert acting(decide(case(place=replace(PLACE, boundaries=(agreed,))), UNITS)) == "MAINT"


@pytest.mark.parametrize("state", ["未移交", "质保期", "在建"])
def test_what_is_not_handed_over_is_the_builders(state: str) -> None:
    verdict = decide(case(place=at(area("H1", "BUILD", handover=state))), UNITS)

    assert (acting(verdict), taken(verdict)) == ("BUILD", ["area.handover"])
    assert state in str(verdict.reasons[0].why)


def test_an_area_contract_comes_after_the_record() -> None:
    verdict = decide(case(place=at(area("A1", "CLEAN"))), UNITS)

    assert acting(verdict) == "MAINT"
    assert others(verdict) == ["OWNER", "CLEAN"]
    assert codes(verdict)[-1] == "area.contract"


@pytest.mark.parametrize(
    ("classes", "matches"),
    [((), True), (("0101",), True), (("01",), True), (("0102", "02"), False), (("-",), False)],
)
def test_an_area_holds_for_its_classes(classes: tuple[str, ...], matches: bool) -> None:
    place = at(area("A1", "CLEAN", classes=classes, handover="已移交"))
    verdict = decide(case(component=None, place=place), UNITS)

    assert (acting(verdict) == "CLEAN") is matches


def test_the_smallest_area_whose_unit_can_act_is_taken() -> None:
    place = at(area("A1", "GONE"), area("A2", "CLEAN"), area("A3", "PARK"))
    verdict = decide(case(component=None, place=place), UNITS)

    assert (acting(verdict), verdict.reasons[-1].ref) == ("CLEAN", "A2")
    assert "PARK" not in others(verdict)


def test_a_component_that_is_not_there_is_not_surveyed_and_the_table_decides() -> None:
    verdict = decide(case(component=None, rules=(rule(FIXED),)), UNITS)

    assert (verdict.ownership, acting(verdict)) == (Ownership.NOT_SURVEYED, "CLEAN")
    assert codes(verdict) == ["component.not_found", "rule.fixed"]


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
def test_each_role_of_the_table_is_resolved_at_the_place(party: Party, code: str) -> None:
    matter = choose_classes("0101", None, Kind.MATTER, "2013")
    contract = area("A1", "CLEAN", classes=("-",), ref=LineRef("环卫", "A1", None))
    asked = case(kind=Kind.MATTER, choice=matter, place=at(contract), rules=(rule(party),))
    verdict = decide(asked, UNITS)

    assert (acting(verdict), taken(verdict)) == (code, [f"rule.{party.role}"])
    assert verdict.decision is Decision.DECIDED
    assert verdict.ownership is None


def test_enforcement_of_the_district_stands_in_for_a_street_without_its_own() -> None:
    units = Units(
        Organisations([Organisation("D", "区执法局", types=("enforcement",), division_code="500199")])
    )
    asked = case(component=None, rules=(rule(Party("enforcement", "执法队")),))

    assert acting(decide(asked, units)) == "D"


def test_a_government_named_in_the_table_does_not_act_elsewhere() -> None:
    elsewhere = replace(PLACE, county="500198", street="500198001")
    asked = case(component=None, place=elsewhere, rules=(rule(Party("district", "盐河区政府", "GOV")),))

    assert decide(asked, UNITS).decision is Decision.UNDECIDED


def test_a_role_nobody_fills_gives_way_to_the_next() -> None:
    asked = case(component=None, rules=(rule(Party("owner", "各产权单位"), Party("street", "所属街办")),))
    verdict = decide(asked, UNITS)

    assert acting(verdict) == "STREET"
    assert [(reason.code, reason.taken) for reason in verdict.reasons] == [
        ("component.not_found", False),
        ("rule.owner", False),
        ("rule.street", True),
    ]


def test_a_table_of_joint_units_names_who_assists() -> None:
    parties = (FIXED, Party("street", "所属街办"), Party("owner", "产权单位"), Party("street", "属地街道"))
    verdict = decide(case(component=None, rules=(rule(*parties, mode="joint"),)), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.JOINT, "CLEAN")
    assert [unit.code for unit in verdict.parties.assisting] == ["STREET"]
    assert taken(verdict) == ["rule.fixed", "rule.street"]
    assert others(verdict) == []


def test_joint_work_of_which_only_one_unit_is_known_is_its_alone() -> None:
    parties = (FIXED, Party("owner", "产权单位"))
    verdict = decide(case(component=None, rules=(rule(*parties, mode="joint"),)), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.DECIDED, "CLEAN")


def test_a_table_of_alternatives_says_so() -> None:
    parties = (FIXED, Party("street", "所属街办"))
    verdict = decide(case(component=None, rules=(rule(*parties, mode="alternatives"),)), UNITS)

    assert verdict.decision is Decision.DECIDED_WITH_ALTERNATIVES
    assert (acting(verdict), others(verdict)) == ("CLEAN", ["STREET"])


def test_one_known_alternative_is_none() -> None:
    parties = (FIXED, Party("owner", "产权单位"))
    verdict = decide(case(component=None, rules=(rule(*parties, mode="alternatives"),)), UNITS)

    assert verdict.decision is Decision.DECIDED


def test_the_rest_of_an_ordered_table_are_alternatives_to_a_decision() -> None:
    verdict = decide(case(component=None, rules=(rule(FIXED, Party("street", "所属街办")),)), UNITS)

    assert (verdict.decision, others(verdict)) == (Decision.DECIDED, ["STREET"])


def test_the_rule_given_says_who_acts_else_the_first() -> None:
    rules = (rule(FIXED), rule(Party("street", "所属街办"), number=2))

    assert acting(decide(case(component=None, rules=rules), UNITS)) == "CLEAN"
    assert acting(decide(case(component=None, rules=rules, rule=2), UNITS)) == "STREET"


def test_the_first_known_supervising_party_supervises() -> None:
    parties = (Party("fixed", "无此单位"), Party("authority", "主管部门"))
    verdict = decide(case(rules=(rule(FIXED, supervising=parties),)), UNITS)

    assert verdict.parties.supervising == Named("AUTH", "市政局")


def test_the_record_of_a_component_does_not_decide_a_matter() -> None:
    matter = choose_classes("0101", None, Kind.MATTER, "2013")
    verdict = decide(case(kind=Kind.MATTER, choice=matter, rules=(rule(FIXED),)), UNITS)

    assert acting(verdict) == "CLEAN"
    assert "component.maintainer" not in codes(verdict)


def test_an_ownerless_component_waits_for_its_owner_while_the_street_acts() -> None:
    ownerless = case(ownerless=True, rules=(rule(FIXED),), place=at(area("A1", "PARK")))
    verdict = decide(ownerless, UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.PENDING_OWNERSHIP, None)
    assert verdict.parties.interim == Named("STREET", "河东街道办")
    assert verdict.ownership is Ownership.UNKNOWN
    assert taken(verdict) == ["ownership.unknown"]
    assert others(verdict) == ["CLEAN"]


def test_the_district_acts_in_the_meantime_where_there_is_no_street_office() -> None:
    verdict = decide(case(ownerless=True, place=replace(PLACE, street="500199002")), UNITS)

    assert verdict.parties.interim == Named("GOV", "盐河区政府")


def test_nobody_acts_in_the_meantime_where_nobody_is_known() -> None:
    verdict = decide(case(ownerless=True), Units(Organisations([])))

    assert (verdict.decision, verdict.parties.interim) == (Decision.PENDING_OWNERSHIP, None)


NOBODYS = component(owner=None, maintainer=None)


def test_a_component_without_owner_and_maintainer_waits_too() -> None:
    verdict = decide(case(component=NOBODYS), UNITS)

    assert (verdict.decision, verdict.ownership) == (Decision.PENDING_OWNERSHIP, Ownership.UNKNOWN)


@pytest.mark.parametrize(
    ("place", "unit"),
    [
        (at(area("A1", "CLEAN")), "CLEAN"),
        (at(area("H1", "BUILD", handover="在建")), "BUILD"),
        (replace(PLACE, boundaries=(Boundary("B1", None, "PARK", 5.0, (), 6),)), "PARK"),
    ],
)
def test_the_place_decides_for_a_component_without_owner_where_it_can(place: Surroundings, unit: str) -> None:
    verdict = decide(case(component=NOBODYS, place=place, rules=(rule(Party("street", "所属街办")),)), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.DECIDED, unit)
    assert verdict.ownership is Ownership.UNKNOWN
    assert others(verdict)[-1] == "STREET"


def test_a_removed_component_is_no_evidence() -> None:
    verdict = decide(case(component=component(state="移除"), rules=(rule(FIXED),)), UNITS)

    assert acting(verdict) == "CLEAN"
    assert codes(verdict)[0] == "component.removed"


@pytest.mark.parametrize(
    ("changes", "unit", "code"),
    [
        ({"component": component(maintainer=Named("GONE", None), owner=None)}, "AUTH", "fallback.authority"),
        ({"component": None}, "STREET", "fallback.street"),
        ({"component": None, "place": replace(PLACE, street=None)}, "GOV", "fallback.district"),
    ],
)
def test_authority_street_and_district_answer_where_nothing_else_is_known(
    changes: dict[str, Any], unit: str, code: str
) -> None:
    verdict = decide(case(**changes), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.FALLBACK, unit)
    assert taken(verdict) == [code]
    assert "rule.none" in codes(verdict)


def test_nothing_known_at_all_goes_to_the_desk() -> None:
    verdict = decide(case(component=None), Units(Organisations([])))

    assert (verdict.decision, acting(verdict)) == (Decision.UNDECIDED, None)
    assert codes(verdict)[-1] == "fallback.none"


def test_a_place_outside_everything_is_undecided() -> None:
    verdict = decide(case(place=Surroundings(Status.OUTSIDE)), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.UNDECIDED, None)
    assert codes(verdict) == ["location.outside"]


def test_without_a_class_nobody_is_named() -> None:
    verdict = decide(case(choice=None, component=None), UNITS)

    assert (verdict.decision, verdict.ownership) == (Decision.UNDECIDED, None)
    assert codes(verdict) == ["class.missing"]


def test_a_class_the_incomplete_catalogue_lacks_is_told_and_used() -> None:
    verdict = decide(case(choice=choose_classes("0199", None, Kind.COMPONENT, "2013")), UNITS)

    assert codes(verdict)[0] == "class.unknown"
    assert acting(verdict) == "MAINT"


@pytest.mark.parametrize("text", ["01", "井盖"])
def test_several_classes_without_a_component_leave_the_table_aside(text: str) -> None:
    choice: ClassChoice = choose_classes(text, None, Kind.COMPONENT, "2013")
    verdict = decide(case(choice=choice, component=None), UNITS)

    assert (verdict.decision, acting(verdict)) == (Decision.FALLBACK, "STREET")
    assert "class.ambiguous" in codes(verdict)


@pytest.mark.parametrize("changes", [{}, {"ownerless": True}, {"component": None}, {"choice": None}])
def test_every_reason_reads_in_both_languages(changes: dict[str, Any]) -> None:
    verdict = decide(case(**{"rules": (rule(FIXED),), **changes}), UNITS)
    chinese = [str(reason.why) for reason in verdict.reasons]
    with language("en"):
        english = [str(reason.why) for reason in verdict.reasons]

    assert all(left != right for left, right in zip(chinese, english, strict=True))
    assert not any("{" in text for text in chinese + english)
