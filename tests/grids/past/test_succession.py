"""What stands for codes of the past: chains, loops, several successors, and the numbers they used."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.editions import Change, commit, commit_changes, list_editions, revert
from gis.errors import DataRefused, UsageError
from gis.registry import Registry
from gis.text import language
from grids.numbering import next_numbers
from grids.past.retirements import Operation, Retirement, records_of, retirement_change
from grids.past.succession import leading_to, predecessors, successors, trails
from grids.reference import used_sequences


def grid(code: str, *following: str, operation: Operation = Operation.MERGE) -> Retirement:
    return Retirement("grids", code, operation, following)


def write(registry: Registry, *records: Retirement) -> None:
    commit_changes(registry, [retirement_change(records)], operation="import")


def code(number: int) -> str:
    return f"500113001000{number:03d}"


def live_division(registry: Registry, code: str, name: str) -> None:
    rows = {"code": [code], "name": [name], "level": ["county"]}
    frame = gpd.GeoDataFrame(rows, geometry=[shapely.box(120, 30, 120.1, 30.1)], crs=4490)
    commit(registry, "divisions", frame)


def test_a_live_code_stands_for_itself(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(1, first=1))
    assert successors(registry, "grids", code(1)) == (code(1),)
    assert predecessors(registry, "grids", code(1)) == ()


def test_an_unknown_code_leads_nowhere(registry: Registry) -> None:
    trail = trails(registry, "grids", [code(1)])[code(1)]
    assert (trail.records, trail.live, trail.lost) == ((), (), (code(1),))


def test_chains_are_followed_to_live_codes_in_order(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(3, first=7))
    write(
        registry,
        grid(code(1), code(2), code(9), operation=Operation.SPLIT),
        grid(code(2), code(8), code(7), code(3)),
        grid(code(3)),
    )
    trail = trails(registry, "grids", [code(1)])[code(1)]
    assert trail.live == (code(9), code(8), code(7))
    assert trail.lost == (code(3),)
    assert [record.code for record in trail.records] == [code(1), code(2), code(3)]
    assert predecessors(registry, "grids", code(8)) == (code(2), code(1))
    assert [record.operation for record in leading_to(registry, "grids", code(9))] == [Operation.SPLIT]


def test_kinds_are_kept_apart(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(1, first=2))
    write(registry, Retirement("divisions", code(1), Operation.MERGE, (code(2),)))
    assert successors(registry, "grids", code(1)) == ()
    assert predecessors(registry, "grids", code(2)) == ()


def test_a_loop_ends(registry: Registry) -> None:
    write(registry, grid(code(1), code(2)), grid(code(2), code(1)))
    assert successors(registry, "grids", code(1)) == ()
    assert predecessors(registry, "grids", code(1)) == (code(2),)


def test_a_renamed_division_goes_on(registry: Registry) -> None:
    live_division(registry, "330105", "拱墅区")
    write(
        registry,
        Retirement("divisions", "330105", Operation.RENAME, name="拱野区"),
        Retirement("divisions", "330103", Operation.MERGE, ("330105",), name="下城区", date="20210409"),
    )
    assert successors(registry, "divisions", "330105") == ("330105",)
    assert successors(registry, "divisions", "330103") == ("330105",)
    assert predecessors(registry, "divisions", "330105") == ("330103",)


def test_records_come_back_as_they_were_written(registry: Registry) -> None:
    record = Retirement(
        "divisions",
        "330103",
        Operation.MERGE,
        ("330105",),
        name="下城区",
        former_names=("下城",),
        reason="国函〔2021〕35号",
        date="20210409",
        attributes={"备注": "文晖街道等"},
    )
    write(registry, record)
    with registry.connect() as connection:
        assert records_of(connection, "divisions", ["330103", "330104"]) == {"330103": record}
    assert record.names == ("下城区", "下城")


def test_records_tell_in_both_languages_what_happened() -> None:
    record = Retirement("divisions", "330103", Operation.MERGE, ("330105",), "下城区", date="20210409")
    assert str(record) == "区县 330103（下城区） 已于 2021-04-09 并入 330105"
    with language("en"):
        assert str(record) == "county 330103 (下城区) was merged into 330105 on 2021-04-09"
    split = grid(code(1), code(2), code(3), operation=Operation.SPLIT)
    assert str(split) == f"单元网格 {code(1)} 已拆分为 {code(2)}、{code(3)}"


def test_operations_of_another_kind_are_not_written() -> None:
    with pytest.raises(ValueError, match="abolish"):
        retirement_change([grid(code(1), operation=Operation.ABOLISH)])


COMMUNITY = "500113001000"


def test_the_first_number_of_a_community_is_one(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(5, first=1001))
    assert next_numbers(registry, COMMUNITY, 3) == [1, 2, 3]
    assert next_numbers(registry, COMMUNITY, 0) == []


def test_numbers_go_on_after_the_highest_ever_used(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(3, first=1))
    assert next_numbers(registry, COMMUNITY, 2) == [4, 5]
    commit(registry, "grids", grid_frame(1, first=9))
    commit_changes(registry, [Change("grids", grid_frame(0), retired=[(code(9),)])], operation="retire")
    assert next_numbers(registry, COMMUNITY, 1) == [10]
    write(registry, grid(code(20)))
    assert next_numbers(registry, COMMUNITY, 1) == [21]
    write(registry, grid("500113001001001", code(30)))
    assert next_numbers(registry, COMMUNITY, 1) == [31]
    assert used_sequences(registry)[COMMUNITY] == {1, 2, 3, 9, 20, 30}


def test_numbers_of_reverted_imports_and_records_are_not_given_again(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(1, first=4))
    write(registry, grid(code(6)))
    for number in (2, 1):
        revert(registry, number)
    assert next_numbers(registry, COMMUNITY, 1) == [7]


def test_numbers_like_those_of_another_community_are_not_counted(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(1, first=1007))
    write(registry, grid("500113001001008", "500113001001009"))
    assert next_numbers(registry, COMMUNITY, 1) == [1]


def test_the_thousandth_grid_is_refused_with_the_reason(registry: Registry, grid_frame) -> None:
    commit(registry, "grids", grid_frame(1, first=998))
    assert next_numbers(registry, COMMUNITY, 1) == [999]
    with pytest.raises(DataRefused, match=r"500113001000.*998.*2") as caught:
        next_numbers(registry, COMMUNITY, 2)
    assert "新代码" in str(caught.value.hint)


def test_no_numbers_are_given_for_what_is_no_community(registry: Registry) -> None:
    with pytest.raises(UsageError, match="50011300100"):
        next_numbers(registry, "50011300100", 1)


LETTERS = "abcdefgh"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(LETTERS), st.lists(st.sampled_from(LETTERS), max_size=3), max_size=8),
    st.sets(st.sampled_from(LETTERS), max_size=4),
)
def test_trails_agree_with_walking_all_paths(
    gpkg_registry: Registry, following: dict[str, list[str]], live: set[str]
) -> None:
    """Compare with the set of live codes reachable by any path through codes that are not live."""

    def walk(code: str, path: frozenset[str]) -> set[str]:
        if code in live:
            return {code}
        ahead = [step for step in following.get(code, []) if step not in path]
        return {end for step in ahead for end in walk(step, path | {step})}

    shapes = [shapely.box(0, 0, 1, 1)] * len(live)
    frame = gpd.GeoDataFrame({"code": sorted(live)}, geometry=shapes, crs=4490)
    records = [grid(code, *steps) for code, steps in following.items()]
    commit_changes(gpkg_registry, [Change("grids", frame), retirement_change(records)], operation="import")
    try:
        for code, trail in trails(gpkg_registry, "grids", LETTERS).items():
            assert set(trail.live) == walk(code, frozenset(code))
            assert len(set(trail.live)) == len(trail.live)
    finally:
        revert(gpkg_registry, list_editions(gpkg_registry)[0].id)
