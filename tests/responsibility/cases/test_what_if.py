"""What-if: the answers that changes would give are those they give once they are committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace as Town
from typing import Any

import geopandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import Change, commit, commit_changes, revert
from gis.errors import RegistryUnavailable, UsageError
from gis.registry import Registry, open_registry
from responsibility import settled_book
from responsibility.cases import what_if as module
from responsibility.cases.asking import answers_to, cases_of
from responsibility.cases.proposed import ProposedResolver
from responsibility.cases.what_if import Difference, what_if
from responsibility.model import Question
from responsibility.resolver import Resolver
from responsibility.roles import Party

LATER = datetime.fromisoformat("2126-11-20T09:30:00+08:00")
UNITS = ("MAINT", "CLEAN", "BUILD", "EAST", "AUTH")
few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

AREAS = st.lists(
    st.tuples(
        st.sampled_from(["A1", "A2", "N1"]),
        st.integers(0, 5),
        st.integers(1, 3),
        st.sampled_from(UNITS),
        st.sampled_from([None, "质保期"]),
        st.sampled_from([True, True, False]),
    ),
    max_size=3,
    unique_by=lambda area: area[0],
)
PARTIES = st.lists(
    st.sampled_from(
        [Party("street", "所属街办"), Party("owner", "各产权单位"), *(Party("fixed", u, u) for u in UNITS)]
    ),
    min_size=1,
    max_size=2,
    unique=True,
)
PLACES = st.lists(st.integers(-20, 620).map(lambda at: at / 100), min_size=1, max_size=6)
CLASSES = st.sampled_from([None, "0101", "0102", "0123", "9999x"])


def areas(town: Town, area_row: Callable[..., Any], made: list[Any]) -> Any:
    rows = [
        area_row(code, town.cells(west, west + width), unit_code=unit, handover=handover, in_scope=ours)
        for code, west, width, unit, handover, ours in made
    ]
    columns = ["line", "code", "name", "unit_code", "classes", "in_scope", "handover", "geometry"]
    return town.frame(rows)[columns] if rows else town.frame([area_row("Z", town.cells(50, 51))])[:0]


def rules(town: Town, parties: list[Party], limit: str = "3工作日") -> Any:
    table = town.tables["rules"]()
    changed = table[(table["class_code"] == "0101") & (table["kind"] == "component")].iloc[:1].copy()
    changed["acting"] = [[party.to_dict() for party in parties]]
    changed["limit_text"] = limit
    return changed


@pytest.fixture(scope="module")
def writable(blank_url: Callable[[], str], town: Town, area_row: Callable[..., Any]) -> Iterator[Registry]:
    """Open a town with two areas that each example leaves as it found it."""
    with open_registry(blank_url()) as opened:
        town.build(opened)
        commit(opened, "areas", areas(town, area_row, [("A1", 0, 1, "CLEAN", None, True)]))
        yield opened


@few
@given(AREAS, PARTIES, PLACES, CLASSES, st.booleans())
def test_what_would_be_is_what_then_is(
    writable: Registry,
    town: Town,
    area_row: Callable[..., Any],
    made: list[Any],
    parties: list[Party],
    places: list[float],
    code: str | None,
    retired: bool,
) -> None:
    gone = [("环卫", "A1")] if retired and "A1" not in {area[0] for area in made} else []
    changes = [Change("areas", areas(town, area_row, made), gone), Change("rules", rules(town, parties))]
    asked = [
        Question(lon=lon, lat=lat, class_text=code, as_of=LATER, at=LATER, rule=1)
        for lon, lat in (town.xy(place) for place in places)
    ]

    foreseen = ProposedResolver(writable, changes).answers(asked)
    edition = commit_changes(writable, changes, operation="import")
    then = Resolver(writable).answers(asked)
    revert(writable, edition.id)

    assert [plain(answer) for answer in foreseen] == [plain(answer) for answer in then]


FACILITIES = st.lists(
    st.tuples(
        st.sampled_from(["F1", "F2", "F3"]),
        st.sampled_from([None, "5001990101000001", "5001990101000005"]),
        st.sampled_from([None, *UNITS]),
        st.sampled_from([None, *UNITS]),
        st.sampled_from([None, "未移交"]),
        st.sampled_from([0.5, 1.5, 2.5]),
    ),
    max_size=3,
    unique_by=lambda entry: entry[0],
)


def facilities(town: Town, made: list[Any]) -> Any:
    rows = [
        {
            "code": code,
            "component_id": component,
            "maintainer_code": maintainer,
            "builder_code": builder,
            "handover": handover,
            "radius_m": None if component else 30.0,
            "geometry": None if component else shapely.Point(*town.xy(at)),
        }
        for code, component, maintainer, builder, handover, at in made
    ]
    names = ["code", "component_id", "maintainer_code", "builder_code", "handover", "radius_m", "geometry"]
    return geopandas.GeoDataFrame(rows, columns=names, geometry="geometry", crs=4490)


@few
@given(FACILITIES, FACILITIES, PLACES, st.sampled_from([0, 2000]))
def test_a_facility_list_would_do_what_it_then_does(
    writable: Registry, town: Town, first: list[Any], second: list[Any], places: list[float], many: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settled_book, "MANY", many)
        before = commit(writable, "facilities", facilities(town, first))
        gone = [(entry[0],) for entry in first if entry[0] not in {one[0] for one in second}]
        change = Change("facilities", facilities(town, second), gone)
        asked = [
            Question(lon=lon, lat=lat, class_text="0101", as_of=LATER, at=LATER, rule=1)
            for lon, lat in (town.xy(place) for place in [0.5, 1.5, *places])
        ]
        foreseen = ProposedResolver(writable, [change]).answers(asked)
        edition = commit_changes(writable, [change], operation="import")
        then = Resolver(writable).answers(asked)
        for number in (edition.id, before.id):
            revert(writable, number)

    assert [plain(answer) for answer in foreseen] == [plain(answer) for answer in then]


def plain(answer: Any) -> Any:
    """Return an answer without what says which registry it is from."""
    if not hasattr(answer, "to_dict"):
        return str(answer)
    document = answer.to_dict()
    del document["answer_id"], document["basis"]
    for reason in document["reasons"]:
        del reason["edition"]
    return document


def test_cases_that_go_elsewhere_are_told_with_from_to_and_why(
    own_city: Registry, town: Town, area_row: Callable[..., Any], case_rows: Callable[..., Any], digest: Any
) -> None:
    acted = {"acting_code": "CLEAN", "acting_name": "环卫公司", "kind": "matter"}
    commit(own_city, "cases", case_rows(("M1", 0.5, "0101", acted), ("M2", 5.5, "0101", acted)))
    table = town.tables["rules"]()
    matter = table[table["kind"] == "matter"].copy()
    matter["acting"] = [[Party("street", "所属街办").to_dict()]]
    before, seen = digest(own_city), []

    found = what_if(own_city, [Change("rules", matter)], on_difference=seen.append)

    assert digest(own_city) == before
    assert (found.cases, found.not_answered, dict(found.different)) == (2, 0, {"unit": 2})
    assert found.to_dict()["transfers"] == [
        {
            "from": {"code": "CLEAN", "name": "环卫公司"},
            "to": {"code": "EAST", "name": "河东街道办"},
            "cases": 1,
        },
        {
            "from": {"code": "CLEAN", "name": "环卫公司"},
            "to": {"code": "WEST", "name": "河西街道办"},
            "cases": 1,
        },
    ]
    assert (found.known, found.right_before, found.right_after, found.gained, found.lost) == (2, 2, 0, 0, 2)
    assert found.streets == {"500199001": 1, "500199002": 1}
    first = next(one for one in seen if one.case == "M1")
    assert (first.before.reason_code, first.after.reason_code) == ("rule.fixed", "rule.street")
    assert "河东街道办" in str(first.after.reason)


def test_other_limits_and_other_decisions_are_told_apart_from_other_units(
    own_city: Registry, town: Town, case_rows: Callable[..., Any]
) -> None:
    cases = case_rows(("C1", 0.5, "0101", {}), ("C2", 3.5, "0102", {}))
    same_party = [Party("owner", "各产权单位"), Party("street", "所属街办")]

    found = what_if(own_city, [Change("rules", rules(town, same_party, "7工作日"))], cases=cases)

    assert dict(found.different) == {"limit": 1}
    assert "7工作日" in str(found.differences[0].after.limits)


def test_a_change_of_nothing_moves_nothing(
    own_city: Registry, town: Town, case_rows: Callable[..., Any]
) -> None:
    cases = case_rows(*((f"C{at}", at / 2, "0101", {}) for at in range(12)))

    found = what_if(own_city, [Change("rules", town.tables["rules"]())], cases=cases)

    assert (found.cases, dict(found.different), found.differences) == (12, {}, [])


def test_a_contract_that_begins_later_is_tried_out_as_of_then(
    own_city: Registry, town: Town, area_row: Callable[..., Any], case_rows: Callable[..., Any]
) -> None:
    cases = case_rows(("C1", 5.5, "0123", {"kind": "component"}))
    area = area_row("N1", town.cells(5, 6), valid_from_date="21300101")
    change = [Change("areas", town.frame([area]))]

    now = what_if(own_city, change, cases=cases)
    then = what_if(own_city, change, cases=cases, as_of=datetime.fromisoformat("2130-06-01T00:00:00+08:00"))

    assert dict(now.different) == {}
    assert [one.after.code for one in then.differences] == ["CLEAN"]
    with pytest.raises(UsageError, match="2020"):
        what_if(own_city, change, cases=cases, as_of=datetime.fromisoformat("2020-06-01T00:00:00+08:00"))


def test_a_case_without_its_component_is_asked_about_by_its_place(
    own_city: Registry, case_rows: Callable[..., Any]
) -> None:
    known, gone = "5001990101000001", "5001990101999999"
    frame = case_rows(
        ("C1", 3.5, "0101", {"component_id": known}),
        ("C2", 0.5, "0101", {"component_id": gone}),
        ("C3", None, "0101", {"component_id": gone}),
    )
    resolver = Resolver(own_city)

    first, second, third = answers_to(resolver, cases_of(frame, LATER))

    assert first.component.id == known
    assert second.component.id == known
    assert "5001990101999999" in str(third)


def test_changes_that_are_not_read_whole_are_refused(own_city: Registry, town: Town) -> None:
    with pytest.raises(UsageError, match="components"):
        what_if(own_city, [Change("components", town.pieces())])


def test_a_registry_that_changes_meanwhile_is_told(
    own_city: Registry, town: Town, case_rows: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = town.tables["rules"]()

    def another(*_: Any) -> None:
        commit(own_city, "organisations", town.tables["organisations"]())

    with pytest.raises(RegistryUnavailable):
        what_if(own_city, [Change("rules", table)], cases=case_rows(("C1", 0.5, None, {})), progress=another)


def test_cases_are_asked_piece_by_piece(
    own_city: Registry, town: Town, case_rows: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("responsibility.cases.asking.CHUNK", 3)
    monkeypatch.setattr(module, "EXAMPLES", 2)
    commit(own_city, "cases", case_rows(*((f"C{at}", at / 2, "0101", {}) for at in range(8))))
    done: list[int] = []
    seen: list[Difference] = []

    found = what_if(
        own_city,
        [Change("rules", rules(town, [Party("street", "所属街办")], "9工作日"))],
        progress=lambda cases, _: done.append(cases),
        on_difference=seen.append,
    )

    assert done == [3, 6, 8]
    assert len(seen) == sum(found.different.values()) > len(found.differences) == 2
