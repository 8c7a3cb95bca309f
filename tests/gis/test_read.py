"""Reading frames, now and as of a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import select

from gis.columns import from_json
from gis.editions import commit
from gis.errors import UsageError
from gis.models import DATASETS, dataset_of_collection
from gis.read import read_frame
from gis.registry import Registry
from gis.spatial_sql import bbox_clause

Make = Callable[..., gpd.GeoDataFrame]
GRIDS = DATASETS["grids"].live
BEIJING = timezone(timedelta(hours=8))


@pytest.fixture
def grids(registry: Registry, grid_frame: Make) -> gpd.GeoDataFrame:
    """Commit ten grids and return them as they were delivered."""
    frame = grid_frame(10)
    commit(registry, "grids", frame.sample(frac=1, random_state=1))
    return frame


def test_a_frame_comes_back_as_it_was_delivered(registry: Registry, grids: gpd.GeoDataFrame) -> None:
    frame = read_frame(registry, "grids")
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs.to_epsg() == 4490
    assert list(frame.columns) == [*DATASETS["grids"].columns, "geometry"]
    assert list(frame["code"]) == list(grids["code"])
    assert list(frame["area_m2"]) == list(grids["area_m2"])
    assert [from_json(text) for text in frame["attributes"]] == list(grids["attributes"])
    assert frame["note"].isna().all()
    assert shapely.equals_exact(
        frame.geometry.values, [shapely.MultiPolygon([g]) for g in grids.geometry]
    ).all()


def test_types_do_not_depend_on_the_rows(registry: Registry, grids: gpd.GeoDataFrame) -> None:
    full = read_frame(
        registry, "grids", columns=["fid", "valid_from", *DATASETS["grids"].columns, "geometry"]
    )
    none = read_frame(registry, "grids", columns=list(full.columns), where=GRIDS.c.code == "none")
    assert len(none) == 0
    assert isinstance(none, gpd.GeoDataFrame)
    assert none.crs == full.crs
    pd.testing.assert_series_equal(none.dtypes, full.dtypes)
    assert full["valid_from"].dt.tz is not None
    assert full["fid"].dtype == np.int64


def test_columns_are_chosen_in_their_order(registry: Registry, grids: gpd.GeoDataFrame) -> None:
    frame = read_frame(registry, "grids", columns=["name", "edition", "code"])
    assert list(frame.columns) == ["name", "edition", "code"]
    assert not isinstance(frame, gpd.GeoDataFrame)
    assert set(frame["edition"]) == {1}


def test_a_plain_dataset_is_a_plain_frame(registry: Registry) -> None:
    commit(
        registry,
        "organisations",
        pd.DataFrame({"code": ["x"], "name": ["城管局"], "types": [["owner", "street"]]}),
    )
    frame = read_frame(registry, "organisations")
    assert type(frame) is pd.DataFrame
    assert from_json(frame["types"][0]) == ["owner", "street"]
    assert from_json(frame["lines"][0]) is None


def test_booleans_keep_missing_apart_from_false(registry: Registry) -> None:
    areas = gpd.GeoDataFrame(
        {"line": "环卫", "code": ["a", "b", "c"], "in_scope": [True, None, False]},
        geometry=[None] * 3,
        crs=4490,
    )
    commit(registry, "areas", areas)
    assert read_frame(registry, "areas")["in_scope"].tolist() == [True, pd.NA, False]


def test_a_condition_selects_rows(registry: Registry, grids: gpd.GeoDataFrame) -> None:
    where = (GRIDS.c.area_m2 > 1005) & GRIDS.c.name.like("格%")
    assert list(read_frame(registry, "grids", where=where)["name"]) == ["格5", "格6", "格7", "格8", "格9"]


def test_as_of_reads_live_and_closed_versions(registry: Registry, grid_frame: Make) -> None:
    first = commit(registry, "grids", grid_frame(3, name="a"))
    second = commit(registry, "grids", grid_frame(1, first=1, name="b"))
    third = commit(registry, "grids", grid_frame(1, first=3, name="c"))

    def names(moment: datetime | None, **options: Any) -> list[str]:
        return list(read_frame(registry, "grids", as_of=moment, **options)["name"])

    a_moment = timedelta(milliseconds=1)
    assert names(first.committed_at - a_moment) == []
    assert names(first.committed_at) == ["a0", "a1", "a2"]
    assert names(second.committed_at - a_moment) == ["a0", "a1", "a2"]
    assert names(second.committed_at.astimezone(BEIJING)) == ["a0", "b1", "a2"]
    assert names(third.committed_at) == names(None) == ["a0", "b1", "a2", "c3"]
    assert names(first.committed_at, where=GRIDS.c.name == "a1") == ["a1"]
    box = (106.5015, 29.5, 106.5016, 29.6)
    assert names(first.committed_at, bbox=box) == ["a1"]
    assert names(third.committed_at, bbox=box) == ["b1"]


def test_a_moment_without_zone_is_refused(registry: Registry) -> None:
    with pytest.raises(UsageError):
        read_frame(registry, "grids", as_of=datetime(2026, 1, 1))


def test_an_unknown_column_or_dataset_is_refused(registry: Registry) -> None:
    with pytest.raises(UsageError, match="colour"):
        read_frame(registry, "grids", columns=["colour"])
    with pytest.raises(UsageError, match="colours"):
        read_frame(registry, "colours")


@pytest.mark.parametrize(
    "bbox", [(1, 0, 0, 1), (0, 1, 1, 0), (0, 0, float("nan"), 1), (0, 0, float("inf"), 1)]
)
def test_a_rectangle_without_sense_is_refused(
    registry: Registry, bbox: tuple[float, float, float, float]
) -> None:
    with pytest.raises(UsageError):
        read_frame(registry, "grids", bbox=bbox)


def triangles_and_points(count: int) -> gpd.GeoDataFrame:
    random = np.random.default_rng(5)
    corners = 106.5 + random.random((count, 1, 2)) + random.random((count, 3, 2)) * 0.2
    shapes = [shapely.Polygon(c) if i % 2 else shapely.Point(c[0]) for i, c in enumerate(corners)]
    return gpd.GeoDataFrame(
        {"code": [f"{i:04d}" for i in range(count)]}, geometry=[*shapes[:-1], None], crs=4490
    )


def test_a_rectangle_gives_what_intersects_it(registry: Registry) -> None:
    frame = triangles_and_points(400)
    commit(registry, "places", frame)
    random = np.random.default_rng(6)
    low = 106.5 + random.random((40, 2))
    boxes = np.hstack([low, low + random.random((40, 2)) * 0.2])
    corner = shapely.get_coordinates(frame.geometry[1])[0]
    point = shapely.get_coordinates(frame.geometry[0])[0]
    touching = [(*corner, *(corner + 0.01)), (*(point - 0.01), *point), (*point, *point)]
    for box in [*map(tuple, boxes), *touching, (0, 0, 1, 1)]:
        expected = frame["code"][frame.geometry.intersects(shapely.box(*box)).fillna(False)]
        assert list(read_frame(registry, "places", bbox=box)["code"]) == list(expected)


def test_the_clause_works_on_aliases_and_its_quick_form_misses_nothing(registry: Registry) -> None:
    frame = triangles_and_points(200)
    # Its box meets the rectangle, the triangle does not
    frame.loc[0, "geometry"] = shapely.Polygon([(106.0, 106.9), (106.0, 106.0), (106.9, 106.0)])
    commit(registry, "places", frame)
    places = DATASETS["places"].live.alias("p")
    box = (106.8, 106.8, 107.0, 107.0)
    with registry.connect() as connection:
        exact, quick = (
            set(connection.scalars(select(places.c.code).where(bbox_clause(places, box, exact=exact))))
            for exact in (True, False)
        )
    assert exact == set(frame["code"][frame.geometry.intersects(shapely.box(*box)).fillna(False)])
    assert exact | {"0000"} == quick < set(frame["code"])


@pytest.mark.parametrize("exact", [True, False])
def test_a_rectangle_is_searched_by_the_spatial_index(registry: Registry, exact: bool) -> None:
    commit(registry, "places", triangles_and_points(2000))
    places = DATASETS["places"].live
    statement = select(places.c.code).where(bbox_clause(places, (106.8, 106.8, 106.81, 106.81), exact=exact))
    with registry.connect() as connection:
        sql = str(
            statement.order_by(places.c.fid).compile(connection, compile_kwargs={"literal_binds": True})
        )
        prefix = "EXPLAIN QUERY PLAN" if registry.kind == "gpkg" else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{prefix} {sql}").all())
    expected = "SEARCH places USING INTEGER PRIMARY KEY" if registry.kind == "gpkg" else "ix_places_geom"
    assert expected in plan


def test_shapely_geometries_go_in_and_out_of_plain_statements(registry: Registry) -> None:
    places = DATASETS["places"].live
    shape = shapely.Point(106.5, 29.5)
    with registry.begin() as connection:
        connection.execute(places.insert().values(code="a", geom=shape))
        connection.execute(places.insert().values(code="b", geom=None))
    with registry.connect() as connection:
        rows = connection.execute(select(places).order_by(places.c.code)).all()
        found = connection.scalars(select(places.c.code).where(places.c.geom == shape)).all()
    assert [row.geom for row in rows] == [shape, None]
    assert {row.edition for row in rows} == {0}
    assert all(row.valid_from.tzinfo is UTC for row in rows)
    assert found == ["a"]


def test_text_sorts_by_code_point(registry: Registry) -> None:
    codes = ["b", "B", "a", "_", "号", "丁", "10", "9"]
    commit(registry, "places", gpd.GeoDataFrame({"code": codes}, geometry=[None] * len(codes), crs=4490))
    assert list(read_frame(registry, "places")["code"]) == sorted(codes)


def test_collections_name_their_dataset() -> None:
    found = dataset_of_collection("unit-grids")
    assert found is not None
    assert found.name == "grids"
    assert dataset_of_collection("organisations") is None
