"""Committing, comparing and listing editions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from gis import edition_records
from gis.editions import basis, commit, diff_editions, get_edition, list_editions, revert
from gis.errors import DataRefused, NotFound, UsageError
from gis.models import DATASETS, editions
from gis.read import read_frame
from gis.registry import Registry

Make = Callable[..., gpd.GeoDataFrame]
GRIDS = DATASETS["grids"]


def counts(edition: Any) -> tuple[int, int, int, int]:
    return edition.added, edition.changed, edition.retired, edition.unchanged


def names(registry: Registry, **options: Any) -> list[str]:
    return list(read_frame(registry, "grids", columns=["name"], **options)["name"])


def rows_of(registry: Registry, table: Any) -> list[Any]:
    with registry.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.fid)))


def test_a_first_delivery_is_added_in_its_order(registry: Registry, grid_frame: Make) -> None:
    frame = grid_frame(5).iloc[::-1]
    edition = commit(registry, "grids", frame, source="2026 survey", report={"checked": 5})
    assert (edition.id, edition.dataset, edition.operation) == (1, "grids", "import")
    assert counts(edition) == (5, 0, 0, 0)
    rows = rows_of(registry, GRIDS.live)
    assert [row.code for row in rows] == list(frame["code"])
    assert {row.edition for row in rows} == {1}
    assert {row.valid_from for row in rows} == {edition.committed_at}
    assert get_edition(registry, 1) == edition
    assert edition.report == {"checked": 5}


def test_the_same_delivery_again_changes_nothing_but_is_an_edition(
    registry: Registry, grid_frame: Make
) -> None:
    commit(registry, "grids", grid_frame(5))
    before = rows_of(registry, GRIDS.live)
    assert counts(commit(registry, "grids", grid_frame(5))) == (0, 0, 0, 5)
    assert rows_of(registry, GRIDS.live) == before
    assert rows_of(registry, GRIDS.history) == []


def test_a_changed_thing_keeps_its_fid_and_its_past_is_in_the_history(
    registry: Registry, grid_frame: Make
) -> None:  # fmt: skip
    first = commit(registry, "grids", grid_frame(3))
    frame = grid_frame(3)
    frame.loc[1, "name"] = "新名"
    second = commit(registry, "grids", frame)
    assert counts(second) == (0, 1, 0, 2)
    live = {row.code: row for row in rows_of(registry, GRIDS.live)}[frame["code"][1]]
    [past] = rows_of(registry, GRIDS.history)
    assert (live.fid, live.name, live.edition, live.valid_from) == (2, "新名", 2, second.committed_at)
    assert (past.code, past.name, past.edition) == (live.code, "格1", 1)
    assert (past.valid_from, past.closed_by, past.valid_to) == (first.committed_at, 2, second.committed_at)
    assert past.geom.equals(live.geom)


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"note": "新"},
        {"area_m2": 1001.500001},
        {"attributes": {"floor": 2, "kind": None}},
    ],
    ids=["to null", "from null", "number", "json"],
)
def test_a_difference_in_any_column_is_a_change(
    registry: Registry, grid_frame: Make, change: dict[str, Any]
) -> None:
    frame = grid_frame(2).assign(note=None)
    commit(registry, "grids", frame)
    for column, value in change.items():
        frame[column] = frame[column].astype(object)
        frame.at[1, column] = value
    assert counts(commit(registry, "grids", frame)) == (0, 1, 0, 1)


def test_the_smallest_difference_of_a_coordinate_is_a_change(registry: Registry, grid_frame: Make) -> None:
    frame = grid_frame(2)
    commit(registry, "grids", frame)
    frame.loc[0, "geometry"] = shapely.transform(frame.geometry[0], lambda c: np.nextafter(c, 0))
    assert counts(commit(registry, "grids", frame)) == (0, 1, 0, 1)


def test_equal_json_in_another_spelling_is_no_change(registry: Registry, grid_frame: Make) -> None:
    frame = grid_frame(1)
    frame["attributes"] = ['{"b": 1,  "a": [1, 2]}']
    commit(registry, "grids", frame)
    frame["attributes"] = [{"a": [1, 2], "b": 1}]
    assert counts(commit(registry, "grids", frame)) == (0, 0, 0, 1)
    assert read_frame(registry, "grids")["attributes"][0] == '{"a":[1,2],"b":1}'


def test_a_partial_delivery_retires_nothing(registry: Registry, grid_frame: Make) -> None:
    commit(registry, "grids", grid_frame(5))
    assert counts(commit(registry, "grids", grid_frame(2))) == (0, 0, 0, 2)
    assert len(names(registry)) == 5


def test_a_polygon_is_stored_as_multipolygon_and_heights_are_dropped(
    registry: Registry, grid_frame: Make
) -> None:
    frame = grid_frame(1)
    commit(registry, "grids", frame.set_geometry(shapely.force_3d(frame.geometry.values, 7.0), crs=4490))
    stored = read_frame(registry, "grids").geometry[0]
    assert (stored.geom_type, stored.has_z) == ("MultiPolygon", False)
    assert stored.equals_exact(shapely.MultiPolygon([frame.geometry[0]]), 0)


def test_rows_without_geometry_and_with_an_empty_one_are_kept(registry: Registry) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["a", "b", "c"]}, geometry=[None, shapely.Point(), shapely.Point(1, 2)], crs=4490
    )
    commit(registry, "addresses", frame)
    assert counts(commit(registry, "addresses", frame)) == (0, 0, 0, 3)
    stored = read_frame(registry, "addresses").geometry
    assert stored.isna().tolist() == [True, False, False]
    assert stored[1].is_empty
    assert stored[2] == shapely.Point(1, 2)


def rules(numbers: list[int], class_code: str = "0101", limit: str = "2紧急工作时") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "standard": "2013",
            "kind": "component",
            "class_code": class_code,
            "rule_no": numbers,
            "limit_text": limit,
        }
    )


def test_within_a_scope_what_the_delivery_lacks_is_retired(registry: Registry) -> None:
    commit(registry, "rules", pd.concat([rules([1, 2, 3]), rules([1], "0102"), rules([1], "0103")]))
    edition = commit(registry, "rules", pd.concat([rules([2, 4]), rules([1], "0102", "1工作日")]))
    assert counts(edition) == (1, 1, 2, 1)
    left = read_frame(registry, "rules")[["class_code", "rule_no", "limit_text"]]
    assert [tuple(row) for row in left.itertuples(index=False)] == [
        ("0101", 2, "2紧急工作时"),
        ("0101", 4, "2紧急工作时"),
        ("0102", 1, "1工作日"),
        ("0103", 1, "2紧急工作时"),
    ]


def test_editions_are_one_sequence_over_all_datasets(registry: Registry, grid_frame: Make) -> None:
    commit(registry, "grids", grid_frame(1))
    commit(registry, "rules", rules([1]))
    commit(registry, "grids", grid_frame(1))
    assert [(e.id, e.dataset) for e in list_editions(registry)] == [(3, "grids"), (2, "rules"), (1, "grids")]
    assert [e.id for e in list_editions(registry, "grids")] == [3, 1]
    with registry.connect() as connection:
        assert basis(connection) == {"grids": 3, "rules": 2}


def test_the_basis_of_an_empty_registry_is_empty(registry: Registry) -> None:
    with registry.connect() as connection:
        assert basis(connection) == {}


def test_time_goes_on_when_the_clock_is_set_back(
    registry: Registry, grid_frame: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = commit(registry, "grids", grid_frame(1))

    class Past(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(edition_records, "datetime", Past)
    second = commit(registry, "grids", grid_frame(1))
    assert second.committed_at == first.committed_at + timedelta(milliseconds=1)


def test_progress_is_told_in_rows(registry: Registry, grid_frame: Make) -> None:
    seen: list[tuple[int, int]] = []
    commit(registry, "grids", grid_frame(20_001), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(20_000, 20_001), (20_001, 20_001)]


def test_an_empty_delivery_is_an_edition(registry: Registry, grid_frame: Make) -> None:
    assert counts(commit(registry, "grids", grid_frame(0))) == (0, 0, 0, 0)
    commit(registry, "grids", grid_frame(1))
    assert counts(commit(registry, "grids", grid_frame(0))) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", None),
        ("name", 5),
        ("name", "a\0b"),
        ("name", "\ud800"),
        ("area_m2", "big"),
        ("attributes", "{"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_committed(
    registry: Registry, grid_frame: Make, column: str, value: Any
) -> None:
    frame = grid_frame(3).astype({column: object})
    frame.at[1, column] = value
    with pytest.raises(DataRefused) as caught:
        commit(registry, "grids", frame)
    assert caught.value.field == column
    assert list_editions(registry) == []


def test_a_key_that_occurs_twice_is_refused_by_name(registry: Registry, grid_frame: Make) -> None:
    with pytest.raises(DataRefused, match="500113001000001"):
        commit(registry, "grids", pd.concat([grid_frame(3), grid_frame(1, first=1)]))


def test_a_geometry_of_another_type_is_refused_by_name(registry: Registry, grid_frame: Make) -> None:
    frame = grid_frame(2)
    frame.loc[1, "geometry"] = shapely.Point(106, 29)
    with pytest.raises(DataRefused, match="500113001000001"):
        commit(registry, "grids", frame)


def test_a_frame_in_another_crs_or_with_unknown_columns_is_a_fault(
    registry: Registry, grid_frame: Make
) -> None:
    with pytest.raises(ValueError, match="EPSG:4490"):
        commit(registry, "grids", grid_frame(1).to_crs(4479).set_crs(4524, allow_override=True))
    with pytest.raises(ValueError, match="colour"):
        commit(registry, "grids", grid_frame(1).assign(colour="red"))
    with pytest.raises(UsageError):
        commit(registry, "colours", grid_frame(1))


def test_an_unknown_edition_is_not_found(registry: Registry) -> None:
    for call in (get_edition, revert):
        with pytest.raises(NotFound):
            call(registry, 7)
    with pytest.raises(NotFound):
        diff_editions(registry, 0, 7)


def test_a_difference_names_things_and_columns(registry: Registry, grid_frame: Make) -> None:
    commit(registry, "grids", grid_frame(3))
    frame = grid_frame(4)
    frame.loc[0, "name"] = "甲"
    frame.loc[1, "geometry"] = shapely.box(0, 0, 1, 1)
    commit(registry, "grids", frame)
    forward = [(d.key[0][-1], d.change, d.columns) for d in diff_editions(registry, 1, 2)]
    assert forward == [("0", "changed", ("name",)), ("1", "changed", ("geometry",)), ("3", "added", ())]
    backward = [(d.key[0][-1], d.change, d.columns) for d in diff_editions(registry, 2, 1)]
    assert backward == [("0", "changed", ("name",)), ("1", "changed", ("geometry",)), ("3", "retired", ())]
    assert [d.change for d in diff_editions(registry, 0, 1)] == ["added"] * 3
    assert diff_editions(registry, 2, 2) == []


def test_what_was_undone_in_between_is_no_difference(registry: Registry, grid_frame: Make) -> None:
    commit(registry, "grids", grid_frame(2))
    commit(registry, "grids", grid_frame(2, name="x"))
    commit(registry, "grids", grid_frame(2))
    assert diff_editions(registry, 1, 3) == []


def test_reverting_restores_what_was_changed_added_and_retired(registry: Registry) -> None:
    commit(registry, "rules", pd.concat([rules([1, 2, 3]), rules([1], "0102")]))
    before = read_frame(registry, "rules")
    commit(registry, "rules", pd.concat([rules([1], limit="x"), rules([4])]))
    edition = revert(registry, 2)
    assert (edition.operation, edition.reverts) == ("revert", 2)
    assert counts(edition)[:3] == (2, 1, 1)
    pd.testing.assert_frame_equal(read_frame(registry, "rules"), before)
    pd.testing.assert_frame_equal(read_frame(registry, "rules", as_of=edition.committed_at), before)
    assert get_edition(registry, 3) == edition


def test_a_first_edition_can_be_reverted_to_nothing(registry: Registry, grid_frame: Make) -> None:
    commit(registry, "grids", grid_frame(3))
    assert counts(revert(registry, 1)) == (0, 0, 3, 0)
    assert names(registry) == []
    assert counts(commit(registry, "grids", grid_frame(3))) == (3, 0, 0, 0)


def test_editions_can_be_reverted_one_after_the_other_and_back(registry: Registry, grid_frame: Make) -> None:
    for name in ("a", "b", "c"):
        commit(registry, "grids", grid_frame(1, name=name))
    revert(registry, 3)
    revert(registry, 2)
    assert names(registry) == ["a0"]
    revert(registry, 5)
    assert names(registry) == ["b0"]


def test_a_revert_is_refused_when_a_later_edition_touched_the_same_thing(
    registry: Registry, grid_frame: Make
) -> None:
    commit(registry, "grids", grid_frame(2))
    commit(registry, "grids", grid_frame(2, name="x"))
    commit(registry, "grids", grid_frame(1, first=1, name="y"))
    with pytest.raises(DataRefused, match=r"500113001000001.*3") as caught:
        revert(registry, 2)
    assert "500113001000000" not in str(caught.value)
    assert len(list_editions(registry)) == 3


def test_a_revert_is_refused_twice(registry: Registry, grid_frame: Make) -> None:
    commit(registry, "grids", grid_frame(1))
    revert(registry, 1)
    with pytest.raises(DataRefused, match="500113001000000"):
        revert(registry, 1)


def test_a_retired_thing_that_came_back_otherwise_stands_in_the_way(registry: Registry) -> None:
    commit(registry, "rules", rules([1, 2]))
    commit(registry, "rules", rules([1]))
    commit(registry, "rules", rules([1, 2], limit="x"))
    with pytest.raises(DataRefused, match="0101 2"):
        revert(registry, 2)


def test_a_revert_of_one_dataset_leaves_others_alone(registry: Registry, grid_frame: Make) -> None:
    commit(registry, "grids", grid_frame(1))
    commit(registry, "rules", rules([1]))
    revert(registry, 1)
    assert len(read_frame(registry, "rules")) == 1


Deliveries = st.lists(
    st.one_of(
        st.dictionaries(st.integers(0, 5), st.sampled_from(["a", "b"]), min_size=1, max_size=4),
        st.just("revert the last"),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(deliveries=Deliveries)
def test_every_past_state_can_be_read_again(registry: Registry, deliveries: list[Any]) -> None:
    """Compare with a dictionary per edition; a scope of its own per example keeps one registry."""
    with registry.connect() as connection:
        example = f"E{connection.scalar(select(func.count()).select_from(editions))}"
    states: list[dict[int, str]] = [{}]
    moments: list[datetime] = []
    undoable: list[tuple[int, dict[int, str]]] = []
    for delivery in deliveries:
        if isinstance(delivery, dict):
            frame = rules(list(delivery), example).assign(limit_text=list(delivery.values()))
            edition = commit(registry, "rules", frame)
            undoable.append((edition.id, states[-1]))
            states.append(delivery)
        elif undoable:
            number, before = undoable.pop()
            edition = revert(registry, number)
            states.append(before)
        else:
            continue
        moments.append(edition.committed_at)
    for moment, state in zip(moments, states[1:], strict=True):
        scope = DATASETS["rules"].live.c.class_code == example
        read = read_frame(registry, "rules", where=scope, as_of=moment)
        assert dict(zip(read["rule_no"], read["limit_text"], strict=True)) == state
