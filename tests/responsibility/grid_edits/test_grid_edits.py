"""Operations on unit grids: everything follows, in one edition that can be undone."""

from __future__ import annotations

from datetime import date

import geopandas
import pandas
import pytest
import shapely

from gis.editions import Change, commit, commit_changes, get_edition, list_editions, revert
from gis.errors import DataRefused, NotFound, RegistryUnavailable, UsageError
from gis.read import read_frame
from gis.registry import Registry
from gis.text import language
from grids.lifecycle.operations import plan_retire, plan_split
from grids.lifecycle.plan import Order
from grids.lifecycle.story import story_of
from responsibility.grid_edits import (
    carry_out,
    merge_grids,
    move_borders,
    recode_division,
    retire_grid,
    split_grid,
)

COMMUNITY = "500113001002"
NEXT_DOOR = "500113001003"
ORDER = Order(date(2026, 11, 20), "边界调整")
STEP = 0.001
WEST, SOUTH = 106.5, 29.4


def cell(column: float, row: float, columns: float = 1, rows: float = 1) -> shapely.Polygon:
    return shapely.box(
        WEST + column * STEP,
        SOUTH + row * STEP,
        WEST + (column + columns) * STEP,
        SOUTH + (row + rows) * STEP,
    )


def code(number: int, community: str = COMMUNITY) -> str:
    return f"{community}{number:03d}"


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(WEST + x * STEP, SOUTH + y * STEP) for x, y in points])


def grids_of(registry: Registry) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(read_frame(registry, "grids"))


def unit_grid_of(registry: Registry) -> dict[str, str | None]:
    frame = read_frame(registry, "components")
    return {n: None if pandas.isna(g) else g for n, g in zip(frame["name"], frame["unit_grid"], strict=True)}


def members(registry: Registry, group: str) -> list[str]:
    frame = read_frame(registry, "memberships")
    return frame.loc[frame["code"] == group, "member"].tolist()


MIDDLE = [line((0.5, -1), (0.5, 3))]


def test_a_split_gives_new_numbers_and_everything_follows(town: Registry) -> None:
    edit = split_grid(town, code(4), MIDDLE, ORDER)
    west, east = code(7), code(8)
    assert edit.successors == {code(4): [west, east]}
    assert edit.references == {"memberships": 5, "components": 6}
    grids = grids_of(town).set_index("code")
    assert code(4) not in grids.index
    assert grids.loc[west, ["community", "state", "responsible", "initial_date"]].tolist() == [
        COMMUNITY, "有效", "环卫所", "20261120",
    ]  # fmt: skip
    assert grids.loc[west].geometry.equals(shapely.MultiPolygon([cell(0, 0, 0.5)]))
    assert grids.loc[[west, east], "area_m2"].sum() == pytest.approx(97.0 * 110.8, rel=0.01)
    assert unit_grid_of(town) == {
        "in-1-west": west,
        "in-1-east": east,
        "just-outside-1": east,
        "line-mostly-east": east,
        "area-mostly-west": west,
        "nowhere": None,
        "loose": None,
    }
    assert members(town, "H1") == [code(5), west, east]
    assert members(town, code(1)) == [west, east]
    assert members(town, "50011300101A") == [code(4)]
    assert shapely.coverage_is_valid(shapely.get_geometry(grids.geometry.to_numpy(), 0))
    edition = get_edition(town, 2)
    assert (edition.operation, edition.source, len(list_editions(town))) == ("split", "边界调整", 2)


def test_the_neighbour_above_gets_the_corner_and_keeps_its_code(town: Registry) -> None:
    split_grid(town, code(4), MIDDLE, ORDER)
    above = grids_of(town).set_index("code").loc[code(1)]
    assert shapely.get_num_coordinates(above.geometry) == 6
    assert above.geometry.equals(shapely.MultiPolygon([cell(0, 1)]))


def test_a_merge_makes_one_grid_of_neighbours(town: Registry) -> None:
    edit = merge_grids(town, [code(4), code(5)], ORDER)
    assert edit.successors == {code(4): [code(7)], code(5): [code(7)]}
    assert grids_of(town).set_index("code").loc[code(7)].geometry.equals(cell(0, 0, 2))
    assert set(unit_grid_of(town).values()) == {code(7), None}
    assert members(town, "H1") == [code(7)]


def test_a_move_draws_the_border_anew(town: Registry) -> None:
    edit = move_borders(town, [code(4), code(5)], [line((0.5, -1), (0.5, 3))], ORDER)
    assert edit.successors == {code(4): [code(7), code(8)], code(5): [code(8)]}
    assert unit_grid_of(town)["in-1-west"] == code(7)
    assert unit_grid_of(town)["in-1-east"] == code(8)


def test_a_retired_grid_leaves_its_things_in_none(town: Registry) -> None:
    edit = retire_grid(town, code(4), ORDER)
    assert edit.successors == {code(4): []}
    assert edit.edition is not None
    assert code(4) not in set(grids_of(town)["code"])
    assert set(unit_grid_of(town).values()) == {None}
    assert set(read_frame(town, "components")["community"]) == {COMMUNITY}
    assert members(town, "H1") == [code(5)]
    assert members(town, code(1)) == []


def outline_of(registry: Registry, group: str) -> shapely.Geometry:
    return (
        geopandas.GeoDataFrame(read_frame(registry, "responsibility-grids")).set_index("code").geometry[group]
    )


def test_outlines_of_groups_follow_their_members(town: Registry) -> None:
    split_grid(town, code(4), MIDDLE, ORDER)
    assert outline_of(town, "H1").equals(cell(0, 0, 2))
    edit = move_borders(town, [code(5), code(6)], [line((2.5, -1), (2.5, 3))], ORDER)
    assert edit.references["responsibility-grids"] == 1
    assert outline_of(town, "H1").equals(cell(0, 0, 2.5))
    retire_grid(town, code(7), ORDER)
    assert outline_of(town, "H1").equals(cell(0.5, 0, 2))
    revert(town, 4)
    revert(town, 3)
    assert outline_of(town, "H1").equals(cell(0, 0, 2))


def test_a_recoded_community_reissues_its_grids_under_their_numbers(town: Registry) -> None:
    new = "500113009001"
    edit = recode_division(town, COMMUNITY, new, ORDER, name="甲新社区")
    assert edit.successors[code(4)] == [code(4, new)]
    assert edit.recoded == {COMMUNITY: new}
    grids = grids_of(town)
    assert sorted(grids["community"].unique()) == [NEXT_DOOR, new]
    assert set(grids.loc[grids["community"] == new, "street"]) == {"500113009"}
    divisions = read_frame(town, "divisions").set_index("code")
    assert divisions.loc[new, ["name", "parent_code"]].tolist() == ["甲新社区", "500113009"]
    assert COMMUNITY not in divisions.index
    components = read_frame(town, "components")
    assert set(components["community"]) == {new}
    assert set(components["street"]) == {"500113009"}
    assert unit_grid_of(town)["loose"] is None
    assert unit_grid_of(town)["nowhere"] == code(4, new)
    assert read_frame(town, "addresses")["community"].tolist() == [new]
    assert read_frame(town, "organisations")["division_code"].tolist() == [new]
    assert any("500113009" in str(note) for note in edit.notes)


def test_a_community_joins_another_and_its_grids_are_appended(town: Registry) -> None:
    edit = recode_division(town, COMMUNITY, NEXT_DOOR, ORDER)
    assert edit.successors[code(1)] == [code(7, NEXT_DOOR)]
    assert edit.successors[code(6)] == [code(12, NEXT_DOOR)]
    divisions = geopandas.GeoDataFrame(read_frame(town, "divisions")).set_index("code")
    assert COMMUNITY not in divisions.index
    assert divisions.loc[NEXT_DOOR].geometry.equals(cell(0, 0, 6, 2))
    assert divisions.loc[NEXT_DOOR, "name"] == "乙社区"


def test_a_street_takes_its_communities_along(town: Registry) -> None:
    recode_division(town, COMMUNITY[:9], "500113015", ORDER)
    divisions = read_frame(town, "divisions").set_index("code")
    assert sorted(divisions.index) == ["500113", "500113015", "500113015002", "500113015003"]
    assert divisions.loc["500113015002", "parent_code"] == "500113015"
    assert divisions.loc["500113015", "parent_code"] == "500113"
    assert set(grids_of(town)["street"]) == {"500113015"}
    assert story_of(town, code(4)).live_successors == ("500113015002004",)


def test_a_county_is_recoded_though_the_registry_has_no_divisions(town: Registry) -> None:
    divisions = [(code,) for code in read_frame(town, "divisions")["code"]]
    nothing = geopandas.GeoDataFrame(read_frame(town, "divisions")).iloc[:0]
    commit_changes(town, [Change("divisions", nothing, retired=divisions)], operation="retire")
    recode_division(town, "500113", "500114", ORDER)
    assert set(grids_of(town)["county"]) == {"500114"}
    components = read_frame(town, "components")
    assert set(components["county"]) == {"500114"}
    assert set(components["community"]) == {"500114001002"}
    assert read_frame(town, "addresses")["community"].tolist() == ["500114001002"]


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        (COMMUNITY, COMMUNITY, UsageError, "cannot become"),
        (COMMUNITY, "500113009", UsageError, "cannot become"),
        ("50011300100", "500113009001", UsageError, "not a division code"),
        ("500113009001", "500113009002", NotFound, "500113009001"),
        (COMMUNITY[:9], "500113009", None, ""),
    ],
)
def test_codes_that_cannot_be_exchanged_are_refused(town: Registry, old, new, error, message) -> None:
    with language("en"):
        if error is None:
            recode_division(town, old, new, ORDER)
            with pytest.raises(DataRefused, match="never used again"):
                recode_division(town, new, old, ORDER)
        else:
            with pytest.raises(error, match=message):
                recode_division(town, old, new, ORDER)


@pytest.mark.parametrize(
    ("codes", "error", "message"),
    [
        ([code(1)], UsageError, "One grid alone"),
        ([code(1), code(1)], DataRefused, "given twice"),
        ([code(1), code(99)], NotFound, code(99)),
        ([code(1), "12"], UsageError, "not a unit grid code"),
        ([code(3), code(1, NEXT_DOOR)], DataRefused, "several communities"),
        ([code(1), code(3)], DataRefused, "do not touch"),
        ([code(1), code(5)], DataRefused, "do not touch"),
    ],
)
def test_grids_that_cannot_be_merged_are_refused(town: Registry, codes, error, message) -> None:
    with language("en"), pytest.raises(error, match=message):
        merge_grids(town, codes, ORDER)
    assert len(list_editions(town)) == 1


def test_a_move_keeps_the_number_of_grids(town: Registry) -> None:
    lines = [line((0.5, -1), (0.5, 3)), line((1.5, -1), (1.5, 3))]
    with language("en"), pytest.raises(DataRefused, match="3 areas of 2 grids"):
        move_borders(town, [code(4), code(5)], lines, ORDER)


def test_a_grid_is_not_retired_without_a_reason(town: Registry) -> None:
    for why in (None, " "):
        with pytest.raises(UsageError):
            retire_grid(town, code(4), Order(date(2026, 11, 20), why))


def test_the_thousandth_grid_of_a_community_is_refused(town: Registry) -> None:
    last = grids_of(town).iloc[[0]].assign(code=code(998), geometry=[shapely.MultiPolygon([cell(0, 5)])])
    commit(town, "grids", last)
    with language("en"), pytest.raises(DataRefused, match="998"):
        split_grid(town, code(4), MIDDLE, ORDER)


def test_a_trial_changes_nothing_and_tells_the_same(town: Registry) -> None:
    trial = split_grid(town, code(4), MIDDLE, ORDER, dry_run=True)
    assert len(list_editions(town)) == 1
    done = split_grid(town, code(4), MIDDLE, ORDER)
    assert trial.to_dict() | {"edition": 2} == done.to_dict()


def test_a_plan_from_another_state_is_not_carried_out(town: Registry) -> None:
    plan = plan_split(town, code(4), MIDDLE, ORDER)
    merge_grids(town, [code(1), code(2)], ORDER)
    with pytest.raises(RegistryUnavailable):
        carry_out(town, plan, ORDER)


def test_a_plan_that_does_not_know_of_a_new_component_is_not_carried_out(town: Registry) -> None:
    plan = plan_retire(town, code(1), ORDER)
    arrived = geopandas.GeoDataFrame(read_frame(town, "components")).iloc[:1]
    commit(town, "components", arrived.assign(id="5001130102000777", unit_grid=code(1)))
    with pytest.raises(RegistryUnavailable):
        carry_out(town, plan, ORDER)


def test_a_retired_code_says_what_followed(town: Registry) -> None:
    split_grid(town, code(4), MIDDLE, ORDER)
    with pytest.raises(NotFound) as caught:
        split_grid(town, code(4), MIDDLE, ORDER)
    assert code(7) in str(caught.value.hint)


def test_the_story_of_a_grid(town: Registry) -> None:
    split_grid(town, code(4), MIDDLE, ORDER)
    merge_grids(town, [code(8), code(5)], Order(date(2026, 11, 21), "合并"))
    first, middle, last = (story_of(town, code(n)) for n in (4, 8, 9))
    assert (first.state, middle.state, last.state) == ("retired", "retired", "live")
    assert first.live_successors == (code(7), code(9))
    assert [r.code for r in last.came_from] == [code(5), code(8), code(4)]
    assert [(v.edition, v.closed_by) for v in middle.versions] == [(2, 3)]
    told = middle.to_dict()
    assert told["predecessors"][0]["code"] == code(4)
    assert told["predecessors"][0]["reason"] == "边界调整"
    assert len(told["story"]) >= 4
    revert(town, 3)
    assert story_of(town, code(9)).state == "withdrawn"
    assert story_of(town, code(8)).state == "live"
    with pytest.raises(NotFound):
        story_of(town, code(55))


def test_codes_of_the_old_rule_lead_to_the_grid(town: Registry) -> None:
    assert story_of(town, f"{COMMUNITY}04").code == code(4)


def test_as_of_a_past_moment_the_old_grid_is_there(town: Registry) -> None:
    before = get_edition(town, 1).committed_at
    split_grid(town, code(4), MIDDLE, ORDER)
    past = read_frame(town, "grids", as_of=before)
    assert code(4) in set(past["code"])
    assert code(7) not in set(past["code"])
    assert unit_grid_of(town)["in-1-west"] == code(7)
    assert set(read_frame(town, "components", as_of=before)["unit_grid"].dropna()) == {code(4)}
