"""The registry's file is a GeoPackage that other programs read and write."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis import gpkg_functions
from gis.editions import commit, list_editions, revert
from gis.errors import DataRefused
from gis.gpkg_geometry import bounds, decode, encode, encode_one
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry

Make = Callable[..., gpd.GeoDataFrame]


@contextmanager
def opened(path: str | Path, *, functions: bool = False) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        if functions:
            gpkg_functions.register(connection)
        yield connection
        connection.commit()


def gdal(program: str, *arguments: str | Path) -> str:
    """Run a program of GDAL; whatever it complains about is a failure."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed: install gdal-bin")
    done = subprocess.run([found, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_file_says_that_it_is_a_geopackage_1_3(gpkg_registry: Registry) -> None:
    with opened(gpkg_registry.url) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert connection.execute("PRAGMA user_version").fetchone() == (10300,)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_spatial_reference_systems_are_defined(gpkg_registry: Registry) -> None:
    from pyproj import CRS

    with opened(gpkg_registry.url) as connection:
        rows = connection.execute(
            "SELECT srs_id, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
        ).fetchall()
    systems = {row[0]: row[1:] for row in rows}
    assert systems[-1] == ("NONE", -1, "undefined")
    assert systems[0] == ("NONE", 0, "undefined")
    for code in (4326, 4490):
        assert systems[code][:2] == ("EPSG", code)
        assert CRS.from_wkt(systems[code][2]) == CRS.from_epsg(code)


def test_contents_list_every_table_of_the_datasets(gpkg_registry: Registry) -> None:
    with opened(gpkg_registry.url) as connection:
        contents = dict(connection.execute("SELECT table_name, data_type FROM gpkg_contents"))
        geometries = dict(
            connection.execute(
                "SELECT table_name, geometry_type_name FROM gpkg_geometry_columns WHERE srs_id = 4490"
            )
        )
        extended = connection.execute(
            "SELECT table_name, column_name, scope FROM gpkg_extensions"
            " WHERE extension_name = 'gpkg_rtree_index'"
        ).fetchall()
    expected = {"editions": "attributes"}
    for dataset in DATASETS.values():
        for table in (dataset.live, dataset.history):
            expected[table.name] = "features" if dataset.geometry else "attributes"
            if dataset.geometry:
                assert geometries[table.name] == dataset.geometry
    assert contents == expected
    assert sorted(extended) == sorted((name, "geom", "write-only") for name in geometries)


def test_column_types_are_those_of_geopackage(gpkg_registry: Registry) -> None:
    allowed = {"TEXT", "INTEGER", "DOUBLE", "DATETIME", "BOOLEAN"}
    allowed |= {"GEOMETRY", "POINT", "MULTIPOLYGON", "MULTILINESTRING"}
    with opened(gpkg_registry.url) as connection:
        for (table,) in connection.execute("SELECT table_name FROM gpkg_contents").fetchall():
            columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            assert {column[2] for column in columns} <= allowed
            assert [column[2] for column in columns if column[5]] == ["INTEGER"]


def test_an_edition_brings_extent_and_time_of_contents_up_to_date(
    gpkg_registry: Registry, grid_frame: Make
) -> None:
    query = (
        "SELECT last_change, min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'unit_grids'"
    )
    with opened(gpkg_registry.url) as connection:
        assert connection.execute(query).fetchone()[1:] == (None,) * 4
        connection.execute("UPDATE gpkg_contents SET last_change = '2020-01-01T00:00:00.000Z'")
    frame = grid_frame(5)
    commit(gpkg_registry, "grids", frame)
    with opened(gpkg_registry.url) as connection:
        change, *extent = connection.execute(query).fetchone()
    assert change > "2026"
    assert pd.Timestamp(change).tz is not None
    exact = frame.total_bounds
    assert np.allclose(extent, exact, atol=2e-5)
    assert (extent[0] <= exact[0], extent[1] <= exact[1], extent[2] >= exact[2], extent[3] >= exact[3]) == (
        True,
    ) * 4
    revert(gpkg_registry, 1)
    with opened(gpkg_registry.url) as connection:
        assert connection.execute(query).fetchone()[1:] == (None,) * 4


def test_ogrinfo_lists_layers_in_4490_without_complaint(gpkg_registry: Registry, grid_frame: Make) -> None:
    commit(gpkg_registry, "grids", grid_frame(3))
    commit(
        gpkg_registry,
        "rules",
        pd.DataFrame({"standard": ["2013"], "kind": "component", "class_code": "0101", "rule_no": 1}),
    )
    gpkg_registry.close()
    layers = gdal("ogrinfo", "-al", "-so", gpkg_registry.url).split("Layer name: ")[1:]
    described = {layer.split("\n")[0]: layer for layer in layers}
    assert set(described) >= {d.live.name for d in DATASETS.values()} | {"unit_grids_history", "editions"}
    grids = described["unit_grids"]
    assert 'ID["EPSG",4490]' in grids
    assert "Geometry: Multi Polygon" in grids
    assert "Feature Count: 3" in grids
    assert "Extent: (106.5" in grids
    assert "Geometry: None" in described["rules"]


def test_gdal_reads_the_same_geometries(gpkg_registry: Registry, grid_frame: Make) -> None:
    commit(gpkg_registry, "grids", grid_frame(50))
    gpkg_registry.close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = pyogrio.read_dataframe(
            gpkg_registry.url, layer="unit_grids", bbox=(106.5005, 29, 106.5015, 30)
        )
    assert frame.crs.to_epsg() == 4490
    assert list(frame["name"]) == ["格0", "格1"]
    assert frame.geometry[0] == shapely.MultiPolygon([grid_frame(1).geometry[0]])


def test_rows_that_gdal_appends_are_indexed_and_carry_edition_0(
    gpkg_registry: Registry, grid_frame: Make, tmp_path: Path
) -> None:
    commit(gpkg_registry, "grids", grid_frame(20))
    gpkg_registry.close()
    source = tmp_path / "new.geojson"
    source.write_text(grid_frame(30, first=20)[["code", "name", "geometry"]].to_json(), "utf-8")
    target = ("-append", "-nln", "unit_grids", "-nlt", "MULTIPOLYGON", "-a_srs", "EPSG:4490")
    gdal("ogr2ogr", *target, gpkg_registry.url, source)
    with opened(gpkg_registry.url) as connection:
        assert connection.execute("SELECT rtreecheck('rtree_unit_grids_geom')").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM rtree_unit_grids_geom").fetchone() == (50,)
    frame = read_frame(gpkg_registry, "grids", columns=["code", "edition", "valid_from", "geometry"])
    assert frame["edition"].value_counts().to_dict() == {0: 30, 1: 20}
    assert frame["valid_from"].notna().all()
    assert len(read_frame(gpkg_registry, "grids", bbox=(106.5405, 29, 106.5415, 30))) == 2
    edition = commit(gpkg_registry, "grids", grid_frame(50))
    assert (edition.added, edition.changed, edition.unchanged) == (0, 30, 20)


def test_what_gdal_changes_and_deletes_goes_to_the_history(gpkg_registry: Registry, grid_frame: Make) -> None:
    first = commit(gpkg_registry, "grids", grid_frame(4))
    gpkg_registry.close()
    run = ("ogrinfo", "-q", gpkg_registry.url, "-sql")
    gdal(*run, "UPDATE unit_grids SET name = '外改' WHERE fid = 1")
    gdal(*run, "DELETE FROM unit_grids WHERE fid IN (2, 3)")
    live = read_frame(gpkg_registry, "grids", columns=["name", "edition"])
    assert list(live.itertuples(index=False, name=None)) == [("外改", 0), ("格3", 1)]
    before = read_frame(gpkg_registry, "grids", as_of=first.committed_at)
    assert list(before["name"]) == ["格0", "格1", "格2", "格3"]
    with opened(gpkg_registry.url) as connection:
        closed = connection.execute("SELECT name, closed_by FROM unit_grids_history ORDER BY fid").fetchall()
        assert connection.execute("SELECT rtreecheck('rtree_unit_grids_geom')").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM rtree_unit_grids_history_geom").fetchone() == (3,)
    assert closed == [("格0", 0), ("格1", 0), ("格2", 0)]
    with pytest.raises(DataRefused):
        revert(gpkg_registry, 1)


def test_our_own_editions_do_not_trip_the_guard(gpkg_registry: Registry, grid_frame: Make) -> None:
    commit(gpkg_registry, "grids", grid_frame(4))
    commit(gpkg_registry, "grids", grid_frame(4, name="x"))
    revert(gpkg_registry, 2)
    with opened(gpkg_registry.url) as connection:
        closed = connection.execute(
            "SELECT closed_by, count(*) FROM unit_grids_history GROUP BY 1"
        ).fetchall()
    assert closed == [(2, 4), (3, 4)]
    assert len(list_editions(gpkg_registry)) == 3


@pytest.mark.parametrize(
    "change", ["geom = NULL", "geom = other", "fid = fid + 100", "fid = fid + 100, geom = NULL"]
)
def test_the_triggers_keep_the_tree_through_every_kind_of_update(
    gpkg_registry: Registry, grid_frame: Make, change: str
) -> None:
    commit(gpkg_registry, "grids", grid_frame(5))
    gpkg_registry.close()
    with opened(gpkg_registry.url, functions=True) as connection:
        connection.create_function("other", 0, lambda: encode_one(shapely.box(100, 20, 101, 21)))
        connection.execute(f"UPDATE unit_grids SET {change.replace('other', 'other()')} WHERE fid < 4")
    with opened(gpkg_registry.url) as connection:
        assert connection.execute("SELECT rtreecheck('rtree_unit_grids_geom')").fetchone() == ("ok",)
        indexed = connection.execute("SELECT id FROM rtree_unit_grids_geom ORDER BY id").fetchall()
        filled = connection.execute("SELECT fid FROM unit_grids WHERE geom NOTNULL ORDER BY fid").fetchall()
    assert indexed == filled


SHAPES = [
    shapely.Point(106.5, 29.5),
    shapely.Point(),
    shapely.LineString([(1, 2), (3, 4)]),
    shapely.box(1, 2, 3, 4),
    shapely.MultiPolygon(),
    shapely.MultiPoint([(1, 2), (0, 5)]),
    shapely.GeometryCollection([shapely.Point(7, 8), shapely.box(1, 2, 3, 4)]),
]


def test_geometry_blobs_come_back_as_they_were() -> None:
    blobs = encode(np.array([*SHAPES, None], dtype=object))
    assert list(decode(blobs)) == [*SHAPES, None]
    for shape, blob in zip(SHAPES, blobs, strict=False):
        assert blob is not None
        assert blob[:3] == b"GP\0"
        assert int.from_bytes(blob[4:8], "little") == 4490
        assert bool(blob[3] & 0x10) == shape.is_empty
        assert bounds(blob) == (None if shape.is_empty else shape.bounds)


@pytest.mark.parametrize(("kind", "numbers"), [(0, 0), (1, 4), (2, 6), (3, 6), (4, 8)])
@pytest.mark.parametrize("order", ["little", "big"])
def test_blobs_of_other_writers_are_read(kind: int, numbers: int, order: str) -> None:
    """Any envelope and byte order that the standard allows; Z and M bounds follow those of x and y."""
    shape = shapely.LineString([(1, 2), (3, 5)])
    envelope = np.array(
        [1, 3, 2, 5, 0, 9, 0, 9][:numbers], dtype="<f8" if order == "little" else ">f8"
    ).tobytes()
    flags = kind << 1 | (order == "little")
    wkb = shapely.to_wkb(shape, byte_order=1 if order == "little" else 0)
    blob = b"GP\0" + bytes([flags]) + (4490).to_bytes(4, order) + envelope + wkb
    assert decode([blob])[0] == shape
    assert bounds(blob) == (1, 2, 3, 5)


def test_a_blob_that_is_no_geometry_is_refused() -> None:
    with pytest.raises(ValueError, match="GP"):
        decode([b"\x01\x01\0\0\0"])
