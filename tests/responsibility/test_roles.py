from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from responsibility.organisations import Organisation, Organisations
from responsibility.roles import Party, parse_mode, parse_parties, parties_from_json, parties_to_json

CENTRE = Organisation("CENTRE", "市政设施养护中心", short_names=("市政中心",))
GOVERNMENT = Organisation(
    "GOV", "盐河区人民政府", short_names=("盐河区政府",), types=("government",), division_code="140899"
)
ZONE = Organisation(
    "ZONE", "经济开发区管委会", short_names=("经济开发区",), types=("government",), division_code="140897"
)
OFFICE = Organisation(
    "OFFICE", "城关街道办事处", short_names=("城关街办",), types=("street",), division_code="140899001"
)
TWO_IN_ONE = Organisation("BOTH", "供水、排水集团")
GARDENS = Organisation("GARDENS", "园林处")
PEACE = Organisation("PEACE", "和平区城管局")
UNITS = Organisations([CENTRE, GOVERNMENT, ZONE, OFFICE, TWO_IN_ONE, GARDENS, PEACE])


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
        ("县（市、区）人民政府", "district"),
        ("街道（乡镇）", "street"),
        ("各镇街", "street"),
        ("所属街道办事处（乡镇人民政府）", "street"),
        ("各管线产权单位", "owner"),
        ("业主", "owner"),
        ("管理单位", "maintainer"),
        ("行业监管部门", "authority"),
        ("属地行政\n执法部门", "enforcement"),
    ],
)
def test_a_wording_is_a_role(wording: str, role: str) -> None:
    (party,) = parse_parties(wording, UNITS)

    assert (party.role, party.code, party.condition) == (role, None, None)


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
    assert parse_parties("经济开发区", UNITS) == [Party("district", "经济开发区", code="ZONE")]
    assert parse_parties("城关街办", UNITS) == [Party("district", "城关街办", code="OFFICE")]


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


@pytest.mark.parametrize(
    ("wording", "mode", "units"),
    [
        ("牵头单位：市政中心\n配合单位：所属街办、园林处", "joint", ["CENTRE", "street", "GARDENS"]),
        ("配合单位：所属街办\n牵头单位：市政中心", "joint", ["CENTRE", "street"]),
        ("市政中心（园林处、属地街道办配合）", "joint", ["CENTRE", "GARDENS", "street"]),
        ("市政中心为主，园林处为辅", "joint", ["CENTRE", "GARDENS"]),
        ("市政中心与属地街道办共同负责", "joint", ["CENTRE", "street"]),
        ("市政中心、园林处按职责分工负责", "alternatives", ["CENTRE", "GARDENS"]),
        ("1.各产权单位；2.所属街办", "ordered", ["owner", "street"]),
        ("①各产权单位②所属街办", "ordered", ["owner", "street"]),
        ("各产权单位\n属地行政\n执法部门", "ordered", ["owner", "enforcement"]),
        ("市政中心和园林处", "ordered", ["CENTRE", "GARDENS"]),
        ("和平区城管局", "ordered", ["PEACE"]),
        ("由各产权单位负责", "ordered", ["owner"]),
        ("责任单位：各产权单位", "ordered", ["owner"]),
    ],
)
def test_lists_are_read_however_they_are_written(wording: str, mode: str, units: list[str]) -> None:
    assert [party.code or party.role for party in parse_parties(wording, UNITS)] == units
    assert parse_mode(wording, UNITS) == mode


@pytest.mark.parametrize(
    ("wording", "units"),
    [
        ("主次干道：市政中心；背街小巷：所属街办", [("CENTRE", "主次干道"), ("street", "背街小巷")]),
        ("市政中心（主次干道）、所属街办（背街小巷）", [("CENTRE", "主次干道"), ("street", "背街小巷")]),
        ("城区由市政中心负责，乡镇由属地乡镇负责", [("CENTRE", "城区"), ("street", "乡镇")]),
        ("产权单位（无主的由属地街道）", [("owner", None), ("street", "无主的")]),
        ("城区：某某集团", [("fixed", "城区")]),
    ],
)
def test_units_on_conditions_are_alternatives(wording: str, units: list[tuple[str, str | None]]) -> None:
    parties = parse_parties(wording, UNITS)

    assert [(party.code or party.role, party.condition) for party in parties] == units
    assert parse_mode(wording, UNITS) == "alternatives"
    assert parties_from_json(parties_to_json(parties)) == parties


_WORDINGS = {
    "各产权单位": "owner", "所属街办": "street", "属地行政执法部门": "enforcement", "各环卫部门": "area",
    "市政中心": "CENTRE", "园林处": "GARDENS", "盐河区政府": "GOV", "某某集团": "fixed",
    "养护单位": "maintainer",
}  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from(sorted(_WORDINGS)), min_size=1, max_size=5, unique=True),
    st.lists(st.sampled_from(["、", "，", "；", "\n", "、\n", "/", "或", "；2."]), min_size=5, max_size=5),
    st.sampled_from(["", "由", "1、", "责任单位："]),
    st.sampled_from(["", "负责", "。", "、"]),
)
def test_every_unit_of_a_list_is_a_party_in_its_order(
    wordings: list[str], separators: list[str], before: str, after: str
) -> None:
    text = before + "".join(
        w + s for w, s in zip(wordings, [*separators[1 : len(wordings)], after], strict=True)
    )

    parties = parse_parties(text, UNITS)

    assert [party.code or party.role for party in parties] == [_WORDINGS[word] for word in wordings]


@settings(deadline=None, max_examples=300)
@given(st.text("市政中心各产权单位、，；\n（）配合牵头或和等由：1.某局", min_size=1, max_size=24))
@example("某：或")
def test_whatever_stands_in_a_cell_is_a_party_or_words_of_sharing(text: str) -> None:
    said = "".join(party.text + (party.condition or "") for party in parse_parties(text, UNITS))

    assert {"某", "局"} & set(text) <= set(said)
