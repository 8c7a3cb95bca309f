"""Parents, successors, jurisdictions and days of organisations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import commit
from gis.read import read_frame
from gis.sheet import Sheet
from responsibility.model import Kind, Question
from responsibility.organisation_import import prepare_organisations
from responsibility.organisations import Organisation, Organisations, read_organisations
from responsibility.resolver import Resolver

HEADINGS = ["代码", "名称", "类型", "状态", "上级代码", "辖区代码", "继任代码", "成立日期", "撤销日期"]


def row(code: str, **changes: str | None) -> list[str | None]:
    filled = {"代码": code, "名称": f"{code}单位", "状态": "在用"} | changes
    return [filled.get(heading) for heading in HEADINGS]


def sheet(*rows: list[str | None]) -> Sheet:
    return Sheet("组织机构", [HEADINGS, *rows], path="organisations.xlsx")


def found(deliveries: Any, prepared: Any) -> list[tuple[str, str, int | None]]:
    """Return the findings but for R01, which tells that codes as short as these are local ones."""
    return [told for told in deliveries.found(prepared, infos=True) if told[0] != "R01"]


def test_circles_are_refused_with_the_registry_taken_into_account(deliveries: Any) -> None:
    own = deliveries.prepare(prepare_organisations, sheet(row("A", 上级代码="A")))
    assert found(deliveries, own) == [("R22", "error", 2)]
    deliveries.load(prepare_organisations, sheet(row("A", 上级代码="B"), row("B")))
    closed = deliveries.prepare(prepare_organisations, sheet(row("B", 上级代码="A")))
    assert found(deliveries, closed) == [("R22", "error", 2)]
    assert [f.value for f in closed.report.findings if f.code == "R22"] == ["B → A → B"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"状态": "注销", "继任代码": "B"}, []),
        ({"状态": "注销"}, [("R27", "info", 2)]),
        ({"继任代码": "B"}, [("R22", "warning", 2)]),
        ({"成立日期": "2020-01-01", "撤销日期": "2019-01-01"}, [("R15", "error", 2)]),
        ({"成立日期": "去年"}, [("R11", "warning", 2)]),
        ({"成立日期": "2020年1月1日", "撤销日期": "20261231"}, []),
    ],
)
def test_each_fault_is_one_finding(deliveries: Any, changes: dict[str, str], expected: Any) -> None:
    prepared = deliveries.prepare(prepare_organisations, sheet(row("A", **changes), row("B")))
    assert found(deliveries, prepared) == expected


def test_a_division_has_one_street_office_in_use(deliveries: Any) -> None:
    office = {"类型": "街道办", "辖区代码": "500113001"}
    deliveries.load(prepare_organisations, sheet(row("A", **office)))
    again = deliveries.prepare(prepare_organisations, sheet(row("B", **office)))
    assert found(deliveries, again) == [("R23", "warning", 2)]
    after = sheet(row("A", **office, 状态="注销", 继任代码="B"), row("B", **office))
    assert found(deliveries, deliveries.prepare(prepare_organisations, after)) == []


def test_a_unit_is_in_use_on_the_days_it_exists(deliveries: Any) -> None:
    days = {"成立日期": "2020-01-01", "撤销日期": "2026-06-30", "上级代码": "B"}
    deliveries.load(prepare_organisations, sheet(row("A", **days), row("B")))
    units = read_organisations(deliveries.registry)
    assert [units.on(day).get("A").active for day in ("20191231", "20200101", "20260630", "20260701")] == [
        False,
        True,
        True,
        False,
    ]
    assert [unit.code for unit in units.parents(units.get("A"))] == ["B"]
    assert "20260630" in read_frame(deliveries.registry, "organisations")["attributes"].dropna().str.cat()


_LINKS = st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF"), max_size=6)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_LINKS)
def test_exactly_the_units_on_a_circle_are_refused(deliveries: Any, links: dict[str, str]) -> None:
    prepared = deliveries.prepare(
        prepare_organisations, sheet(*(row(code, 上级代码=links.get(code)) for code in "ABCDEF"))
    )

    def returns(code: str) -> bool:
        steps = [code]
        for _ in "ABCDEF":
            steps.append(links.get(steps[-1], ""))
        return code in steps[1:]

    refused = {f.id for f in prepared.report.findings if f.code == "R22"}
    assert refused == {code for code in "ABCDEF" if returns(code)}


@given(_LINKS)
def test_parents_end_however_the_links_run(links: dict[str, str]) -> None:
    units = Organisations([Organisation(code, code, parent_code=links.get(code)) for code in "ABCDEF"])

    for unit in units:
        above = [parent.code for parent in units.parents(unit)]
        assert len(above) == len(set(above))
        assert unit.code not in above


def test_a_unit_whose_days_are_over_is_followed_by_its_successor(own_city: Any, town: Any) -> None:
    """The maintainer of the record ceases on 30 June; until then it acts itself."""
    units = town.tables["organisations"]()
    last = '{"valid_to_date":"21260630"}'
    ceasing = units[units["code"] == "MAINT"].assign(attributes=last, successor_code="CLEAN")
    commit(own_city, "organisations", ceasing)
    lon, lat = town.xy(0.5)
    question = Question(lon=lon, lat=lat, class_text="0101", kind=Kind.COMPONENT, standard="2013")

    days = [datetime(2126, 6, 30, 2, tzinfo=UTC), datetime(2126, 7, 1, 2, tzinfo=UTC)]
    answers = [Resolver(own_city, now=lambda day=day: day).resolve(question) for day in days]

    assert [answer.parties.acting.code for answer in answers] == ["MAINT", "CLEAN"]
