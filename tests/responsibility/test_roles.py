from __future__ import annotations

import pytest

from responsibility.organisations import Organisation, Organisations
from responsibility.roles import Party, parse_mode, parse_parties, parties_from_json, parties_to_json

CENTRE = Organisation("CENTRE", "市政设施养护中心", short_names=("市政中心",))
GOVERNMENT = Organisation(
    "GOV", "盐河区人民政府", short_names=("盐河区政府",), types=("government",), division_code="140899"
)
TWO_IN_ONE = Organisation("BOTH", "供水、排水集团")
UNITS = Organisations([CENTRE, GOVERNMENT, TWO_IN_ONE])


@pytest.mark.parametrize(
    ("wording", "role"),
    [
        ("各产权单位", "owner"),
        ("产权单位", "owner"),
        ("权属单位", "owner"),
        ("养护单位", "maintainer"),
        ("各管护单位", "maintainer"),
        ("主管部门", "authority"),
        ("各行业主管部门", "authority"),
        ("所属街办", "street"),
        ("所属街道办", "street"),
        ("属地街道", "street"),
        ("属地街道办事处", "street"),
        ("属地行政执法部门", "enforcement"),
        ("各城管执法队", "enforcement"),
        ("综合执法部门", "enforcement"),
        ("区政府", "district"),
        ("属地政府", "district"),
    ],
)
def test_a_wording_is_a_role(wording: str, role: str) -> None:
    assert parse_parties(wording, UNITS) == [Party(role, wording)]


@pytest.mark.parametrize(
    ("wording", "line"),
    [("各环卫部门", "环卫"), ("各绿化养护管理部门", "绿化"), ("属地园林绿化养护单位", "绿化")],
)
def test_a_wording_is_the_contract_of_an_area(wording: str, line: str) -> None:
    assert parse_parties(wording, UNITS) == [Party("area", wording, line=line)]


@pytest.mark.parametrize("wording", ["市政设施养护中心", "市政中心", " 市政 中心 "])
def test_a_known_name_is_that_organisation(wording: str) -> None:
    (party,) = parse_parties(wording, UNITS)

    assert (party.role, party.code) == ("fixed", "CENTRE")


def test_an_unknown_name_is_kept_without_a_code() -> None:
    assert parse_parties("某某集团", UNITS) == [Party("fixed", "某某集团")]


def test_a_named_government_acts_in_its_own_district_only() -> None:
    assert parse_parties("盐河区政府", UNITS) == [Party("district", "盐河区政府", code="GOV")]


@pytest.mark.parametrize("separator", ["、", "，", ",", ";", "；", "\n", "/"])
def test_lists_are_split_at_every_separator(separator: str) -> None:
    parties = parse_parties(f"各产权单位{separator}所属街办", UNITS)

    assert [party.role for party in parties] == ["owner", "street"]


def test_a_name_with_a_separator_in_it_is_one_unit() -> None:
    assert [party.code for party in parse_parties("供水、排水集团", UNITS)] == ["BOTH"]
    assert len(parse_parties("养护所（排水、路灯）", UNITS)) == 1


@pytest.mark.parametrize(
    ("wording", "mode"),
    [
        ("市政中心牵头，属地街道办配合", "joint"),
        ("由市政中心会同主管部门处置", "joint"),
        ("产权单位或养护单位", "alternatives"),
        ("各产权单位、所属街办", "ordered"),
        ("各产权单位", "ordered"),
        (None, "ordered"),
    ],
)
def test_the_wording_says_how_the_work_is_shared(wording: str | None, mode: str) -> None:
    assert parse_mode(wording) == mode


def test_the_unit_that_leads_comes_first() -> None:
    parties = parse_parties("属地街道办配合、市政中心（牵头）", UNITS)

    assert [(party.role, party.code) for party in parties] == [("fixed", "CENTRE"), ("street", None)]


def test_words_of_cooperation_do_not_hide_the_role() -> None:
    parties = parse_parties("由市政中心会同各行业主管部门处置", UNITS)

    assert [(party.role, party.code) for party in parties] == [("fixed", "CENTRE"), ("authority", None)]


@pytest.mark.parametrize("nothing", [None, "", "  ", "、"])
def test_an_empty_cell_names_nobody(nothing: str | None) -> None:
    assert parse_parties(nothing, UNITS) == []


def test_parties_are_stored_and_read_back() -> None:
    parties = parse_parties("市政中心、各环卫部门", UNITS)

    assert parties_from_json(parties_to_json(parties)) == parties
    assert parties_from_json(None) == []
