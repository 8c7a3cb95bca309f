"""What Python users see: open, read, check, load, resolve, explore."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wangge
from gis.errors import DataRefused, NotFound, RegistryUnavailable, UsageError
from wangge.demo.run import DemoResult


def test_read_by_collection_or_dataset(city: DemoResult) -> None:
    with wangge.open(city.registry_url) as opened:
        grids = opened.read("unit-grids")
        assert (len(grids), grids.crs.to_epsg()) == (530, 4490)
        assert len(opened.read("organisations")) == 48
        with pytest.raises(NotFound, match="unicorns"):
            opened.read("unicorns")


def test_resolve_and_resolve_frame_agree(city: DemoResult) -> None:
    with wangge.open(city.registry_url) as opened:
        covers = opened.read("components", columns=["id", "class_code", "geometry"])
        covers = covers[covers["class_code"] == "0102"].head(20)
        answers = opened.resolve_frame(covers, class_column="class_code", source="gps")
        for row, point in zip(answers.itertuples(), covers.geometry, strict=True):
            one = opened.resolve(point.x, point.y, class_code="0102", source="gps")
            assert one.component is not None
            assert row.component == one.component.id


def test_check_reports_and_load_refuses(city_in_file: DemoResult, tmp_path: Path) -> None:
    dirty = city_in_file.directory / "dirty.zip" / "单元网格.shp"
    clean = city_in_file.directory / "clean.zip" / "单元网格.shp"
    with wangge.open(tmp_path / "own.gpkg", create=True) as opened:
        assert opened.check("grids", dirty).by_code()["G08"] >= 1
        with pytest.raises(DataRefused):
            opened.load("grids", dirty)
        edition = opened.load("grids", clean, source="lot 3")
        assert (edition.added, edition.source) == (530, "lot 3")


def test_a_missing_registry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryUnavailable):
        wangge.open(tmp_path / "nothing.gpkg")


def test_explore_draws_a_map_that_loads_nothing_from_outside(city_in_file: DemoResult) -> None:
    with wangge.open(city_in_file.registry_url) as opened:
        page = opened.explore("unit-grids").get_root().render()
        sources = re.findall(r"""(?:src|href)=["'](?!data:)([^"']+)""", page)
        assert [source for source in sources if source.startswith(("http", "//"))] == []
        assert "500113001001001" in page
        with pytest.raises(UsageError, match="27775"):
            opened.explore("components")
        with pytest.raises(UsageError, match="organisations"):
            opened.explore("organisations")
