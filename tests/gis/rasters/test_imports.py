"""Rasters are examined, kept as cloud-optimised GeoTIFF and registered as an edition, or refused whole."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from sqlalchemy import select

from gis.editions import revert
from gis.errors import DataRefused, FileProblem, RegistryUnavailable, UsageError
from gis.importing import ImportOptions, ImportReport, run_import
from gis.models import DATASETS
from gis.rasters import store
from gis.rasters.examining import examine
from gis.rasters.files import RasterFile
from gis.rasters.imports import prepare_rasters, read_rasters
from gis.registry import Registry
from tests.gis.rasters.conftest import EAST, NORTH, ramp


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "kept"))


def take(registry: Registry, *paths: Path, **options: object) -> ImportReport:
    given = ImportOptions(**options)
    return run_import(registry, "rasters", paths, given, prepare_rasters, reader=read_rasters)


def rows(registry: Registry) -> list[dict]:
    with registry.connect() as connection:
        return [dict(row) for row in connection.execute(select(DATASETS["rasters"].live)).mappings()]


def codes(report: ImportReport) -> list[str]:
    return [finding.code for finding in report.findings]


def test_an_orthophoto_is_kept_as_it_is_and_found_again(registry: Registry, write_raster) -> None:
    path = write_raster("正射影像 2026.tif")
    report = take(registry, path, constants={"code": "ortho-2026", "date": "2026-05"}, source="市测绘院")
    assert (report.accepted, report.findings, report.edition) == (1, [], 1)
    (row,) = rows(registry)
    assert (row["code"], row["name"], row["kind"]) == ("ortho-2026", "正射影像 2026", "orthophoto")
    assert (row["pixels_x"], row["pixels_y"], row["bands"], row["resolution_m"]) == (400, 300, 3, 2.0)
    assert row["crs"].startswith("EPSG:4545")
    middle = shapely.from_wkb(row["geom"]) if isinstance(row["geom"], bytes) else row["geom"]
    assert middle.centroid.x == pytest.approx(106.55, abs=0.02)
    assert middle.centroid.y == pytest.approx(29.54, abs=0.02)
    kept = store.store_of(registry) / row["path"]
    with rasterio.open(kept) as found, rasterio.open(path) as given:
        assert found.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert found.transform == given.transform
        assert np.array_equal(found.read(), given.read())
    assert store._sha256(kept) == row["checksum"]


def test_an_elevation_model_keeps_its_values_and_its_gaps(registry: Registry, write_raster) -> None:
    values = ramp(300, 400, "int16") * 10
    values[:50, :50] = -32768
    take(registry, write_raster("dem.tif", values, nodata=-32768))
    (row,) = rows(registry)
    assert (row["kind"], row["nodata"], row["value_type"]) == ("elevation", -32768.0, "int16")
    with rasterio.open(store.store_of(registry) / row["path"]) as found:
        assert np.array_equal(found.read(1), values)
        assert found.nodata == -32768


def test_a_rotated_raster_is_turned_upright(registry: Registry, write_raster) -> None:
    along, across = 3**0.5, 1.0
    turned = Affine(along, across, EAST, across, -along, NORTH)
    take(registry, write_raster("turned.tif", transform=turned, nodata=0))
    (row,) = rows(registry)
    with rasterio.open(store.store_of(registry) / row["path"]) as found:
        assert found.transform.is_rectilinear
        x, y = turned.a * 200 + turned.b * 150 + turned.c, turned.d * 200 + turned.e * 150 + turned.f
        assert next(found.sample([(x, y)]))[0] == pytest.approx(ramp(300, 400)[0, 200], abs=2)
        assert found.read(1)[0, 0] == 0


def test_the_declared_system_goes_into_the_file(registry: Registry, write_raster) -> None:
    report = take(registry, write_raster("bare.tif", crs=None), crs="EPSG:4545")
    assert report.edition == 1
    with rasterio.open(store.store_of(registry) / rows(registry)[0]["path"]) as found:
        assert found.crs.to_epsg() == 4545


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"crs": None}, "F03"),
        ({"transform": None, "crs": None}, "F15"),
        ({"transform": Affine(2, 0, 9e9, 0, -2, 9e9)}, "F12"),
        ({"values": np.ones((40, 40), "complex64")}, "F16"),
    ],
)
def test_what_cannot_be_placed_or_read_is_refused(registry: Registry, write_raster, details, code) -> None:
    path = write_raster("bad.tif", **details)
    with pytest.raises(DataRefused) as refused:
        take(registry, path)
    assert codes(refused.value.report) == [code]
    assert rows(registry) == []
    assert not any(store.store_of(registry).glob("*"))


def test_a_model_without_value_for_no_data_is_told_of(registry: Registry, write_raster) -> None:
    assert codes(take(registry, write_raster("dem.tif", ramp(40, 40, "float32")))) == ["F17"]


def test_sizes_that_no_city_has_are_refused_before_anything_is_read(
    registry: Registry, write_raster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis.rasters.examining.MAX_PIXELS", 1000)
    with pytest.raises(DataRefused) as refused:
        take(registry, write_raster())
    assert codes(refused.value.report) == ["F16"]


@pytest.mark.parametrize("kept", [0, 7, 400, 0.3, 0.7, 0.98])
def test_files_cut_off_anywhere_are_refused(write_raster, kept: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3, 300, 400), dtype="uint8")
    path = write_raster("cut.tif", noise)
    whole = path.read_bytes()
    path.write_bytes(whole[: kept if isinstance(kept, int) else int(len(whole) * kept)])
    examined = examine(RasterFile("cut.tif", str(path)))
    assert [finding.code for finding in examined.findings] == ["F01"]


def test_damage_that_samples_miss_refuses_the_whole_delivery(
    registry: Registry, write_raster, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3, 600, 400), dtype="uint8")
    path = write_raster("damaged.tif", noise, compress="deflate")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = bytes(4000)
    path.write_bytes(content)
    monkeypatch.setattr("gis.rasters.examining.SAMPLED", 2)
    with pytest.raises(FileProblem) as refused:
        take(registry, path, write_raster("good.tif"))
    assert refused.value.code == "F01"
    assert rows(registry) == []


def test_what_is_no_raster_is_not_opened_as_one(registry: Registry, tmp_path: Path, write_raster) -> None:
    inner = write_raster("secret/inner.tif")
    disguised = tmp_path / "disguised.tif"
    disguised.write_text(f"<VRTDataset rasterXSize='9' rasterYSize='9'>{inner}</VRTDataset>")
    with pytest.raises(DataRefused) as refused:
        take(registry, disguised)
    assert codes(refused.value.report) == ["F01"]


def test_folders_and_zips_are_looked_through(registry: Registry, tmp_path: Path, write_raster) -> None:
    one, two = write_raster("影像/a.tif"), write_raster("影像/b.TIF")
    report = take(registry, tmp_path / "影像")
    assert report.accepted == 2
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(one, "rasters/c.tif")
        archive.writestr("readme.txt", "x")
    assert take(registry, packed).accepted == 1
    assert [row["code"] for row in rows(registry)] == ["a", "b", "c"]
    with pytest.raises(DataRefused) as refused:
        take(registry, one, two.rename(tmp_path / "A.tif"))
    assert {finding.code for finding in refused.value.report.findings} == {"G08"}


def test_a_check_keeps_nothing(registry: Registry, write_raster) -> None:
    report = take(registry, write_raster(), dry_run=True)
    assert (report.accepted, report.edition) == (1, None)
    assert not store.store_of(registry).exists()


def test_partly_good_deliveries_are_taken_partly_when_asked(registry: Registry, write_raster) -> None:
    good, bad = write_raster("good.tif"), write_raster("bad.tif", crs=None)
    with pytest.raises(DataRefused):
        take(registry, good, bad)
    report = take(registry, good, bad, partial=True)
    assert (report.accepted, report.rejected) == (1, 1)
    assert [row["code"] for row in rows(registry)] == ["good"]


def test_taking_back_keeps_the_file_for_the_past(registry: Registry, write_raster) -> None:
    take(registry, write_raster())
    first = rows(registry)[0]["path"]
    take(registry, write_raster(values=np.stack([ramp(300, 400)[:, ::-1]] * 3)))
    second = rows(registry)[0]["path"]
    assert first != second
    revert(registry, 2)
    folder = store.store_of(registry)
    for name in (first, second):
        os.utime(folder / name, (0, 0))
    left_over = folder / "0123.tif"
    left_over.write_bytes(b"x")
    os.utime(left_over, (0, time.time() - 2 * store.LEFT_OVER_AFTER))
    store.sweep(registry, folder)
    assert rows(registry)[0]["path"] == first
    assert {file.name for file in folder.iterdir()} == {first, second}


@pytest.mark.parametrize("given", [{"code": "A B"}, {"kind": "map"}, {"owner": "x"}])
def test_what_rasters_do_not_state_is_refused(
    registry: Registry, write_raster, given: dict[str, str]
) -> None:
    with pytest.raises(UsageError, match=next(iter(given))):
        take(registry, write_raster(), constants=given)


def test_other_files_are_refused_by_name(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "a.shp").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    for name, error in (("a.shp", UsageError), ("nothing.tif", UsageError), ("empty", FileProblem)):
        with pytest.raises(error, match=name):
            take(registry, tmp_path / name)


def test_a_registry_in_postgis_needs_a_folder(
    registry: Registry, write_raster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(store.VARIABLE)
    if registry.kind == "gpkg":
        assert store.store_of(registry).name.endswith(".rasters")
        return
    with pytest.raises(RegistryUnavailable) as refused:
        take(registry, write_raster())
    assert refused.value.expected == store.VARIABLE
