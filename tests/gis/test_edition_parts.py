"""Editions that change several datasets together."""

from __future__ import annotations

import pandas as pd
import pytest

from gis import schema
from gis.edition_diff import diff_editions
from gis.editions import Change, basis, commit, commit_changes, get_edition, list_editions, revert
from gis.errors import DataRefused, RegistryUnavailable
from gis.migrations.versions import v0001_first, v0012_place_data
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

_OF_LAYERS = ("classes", "roles", "metadata", "public_profile", "cql2", "style_id", "classification")


def members(*codes: str) -> pd.DataFrame:
    columns = {"kind": "management-grids", "line": "", "code": "M1", "member": list(codes)}
    return pd.DataFrame(columns)


def codes(registry: Registry, dataset: str) -> list[str]:
    key = DATASETS[dataset].key[-1]
    return read_frame(registry, dataset)[key].tolist()


@pytest.fixture
def filled(registry: Registry, grid_frame) -> Registry:
    commit(registry, "grids", grid_frame(4))
    commit(registry, "memberships", members(*grid_frame(4)["code"]))
    return registry


def split(grid_frame) -> list[Change]:
    """Retire the first grid, add two, and let the group follow."""
    first, new = grid_frame(1), grid_frame(2, first=10)
    kept = grid_frame(3, first=1)["code"]
    return [
        Change("grids", new, retired=[(first["code"][0],)]),
        Change("memberships", members(*kept, *new["code"])),
    ]


def test_one_edition_changes_several_datasets(filled: Registry, grid_frame) -> None:
    edition = commit_changes(filled, split(grid_frame), operation="split", report={"of": "1"})
    assert (edition.id, edition.dataset, edition.operation) == (3, "grids", "split")
    assert [(p.dataset, p.added, p.retired, p.unchanged) for p in edition.parts] == [
        ("grids", 2, 1, 0),
        ("memberships", 2, 1, 3),
    ]
    assert (edition.added, edition.retired) == (4, 2)
    assert get_edition(filled, 3) == edition
    assert codes(filled, "grids") == codes(filled, "memberships")
    with filled.connect() as connection:
        assert basis(connection) == {"grids": 3, "memberships": 3}
    assert [e.id for e in list_editions(filled, "memberships")] == [3, 2]
    assert list_editions(filled)[0].parts == edition.parts


def test_reverting_undoes_all_parts(filled: Registry, grid_frame) -> None:
    before = codes(filled, "grids"), codes(filled, "memberships")
    commit_changes(filled, split(grid_frame), operation="split")
    undone = revert(filled, 3)
    assert undone.datasets == ("grids", "memberships")
    assert (codes(filled, "grids"), codes(filled, "memberships")) == before
    assert diff_editions(filled, 2, 4) == []


def test_a_later_change_of_any_part_stands_in_the_way_of_reverting(filled: Registry, grid_frame) -> None:
    commit_changes(filled, split(grid_frame), operation="split")
    commit(filled, "memberships", members(*grid_frame(1, first=10)["code"]))
    with pytest.raises(DataRefused, match="4"):
        revert(filled, 3)
    assert codes(filled, "grids") == sorted(
        [*grid_frame(3, first=1)["code"], *grid_frame(2, first=10)["code"]]
    )


def test_a_difference_shows_all_parts(filled: Registry, grid_frame) -> None:
    commit_changes(filled, split(grid_frame), operation="split")
    changes = {(d.dataset, d.change) for d in diff_editions(filled, 2, 3)}
    assert changes == {(name, change) for name in ("grids", "memberships") for change in ("added", "retired")}


@pytest.mark.parametrize("gone", ["500113001999999", "500113001000010"])
def test_what_is_not_there_or_just_added_cannot_be_retired(filled: Registry, grid_frame, gone: str) -> None:
    before = codes(filled, "grids")
    with pytest.raises(DataRefused, match=gone):
        commit_changes(
            filled, [Change("grids", grid_frame(1, first=10), retired=[(gone,)])], operation="retire"
        )
    assert codes(filled, "grids") == before
    assert len(list_editions(filled)) == 2


def test_a_thing_cannot_be_changed_and_retired_at_once(filled: Registry, grid_frame) -> None:
    renamed = grid_frame(1, name="新")
    with pytest.raises(DataRefused, match=renamed["code"][0]):
        commit_changes(
            filled, [Change("grids", renamed, retired=[(renamed["code"][0],)])], operation="retire"
        )
    assert len(list_editions(filled)) == 2


def test_a_failing_second_part_leaves_the_first_unwritten(filled: Registry, grid_frame) -> None:
    changes = [Change("grids", grid_frame(1, first=20)), Change("memberships", members("a", "a"))]
    with pytest.raises(DataRefused):
        commit_changes(filled, changes, operation="split")
    nothing = Change("memberships", members(), retired=[("x", "", "y", "z")])
    with pytest.raises(DataRefused):
        commit_changes(filled, [changes[0], nothing], operation="split")
    assert len(codes(filled, "grids")) == 4


def test_changes_worked_out_from_another_state_are_refused(filled: Registry, grid_frame) -> None:
    with filled.connect() as connection:
        seen = basis(connection)
    commit(filled, "memberships", members("500113001000001"))
    with pytest.raises(RegistryUnavailable, match="memberships"):
        commit_changes(filled, split(grid_frame), operation="split", based_on=seen)
    commit_changes(filled, split(grid_frame)[:1], operation="split", based_on=seen)


def test_editions_of_the_first_schema_get_their_part(filled: Registry) -> None:
    """Bring a registry back to the first schema, then forward again."""
    editions = list_editions(filled)
    tables = (dataset.live.name for dataset in DATASETS.values())
    new = tuple(name for name in tables if name not in v0001_first._DATASETS)
    others = ("edition_parts", "outcomes", "change_proposals", "api_keys", "classifications", "jobs")
    widened = [("layers", column) for column in _OF_LAYERS]
    for table, columns in v0012_place_data._ADDED.items():
        widened += [(one, column) for column in columns.split() for one in (table, f"{table}_history")]
    with filled.begin() as connection:
        for table in (*new, *(f"{name}_history" for name in new), *others):
            if filled.kind == "gpkg":
                for metadata in ("gpkg_geometry_columns", "gpkg_extensions", "gpkg_contents"):
                    connection.exec_driver_sql(f"DELETE FROM {metadata} WHERE table_name = '{table}'")
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS rtree_{table}_geom")
                connection.exec_driver_sql(f"DROP TABLE {table}")
            else:
                connection.exec_driver_sql(f"DROP TABLE {table} CASCADE")
                connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS guard_{table}")
        for table, column in widened:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        for table in v0001_first._DATASETS:
            connection.exec_driver_sql(f"DROP INDEX ix_{table}_edition")
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0001'")
    filled.init()
    assert list_editions(filled) == editions
    assert codes(filled, "memberships") == []
