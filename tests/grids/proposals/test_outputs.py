"""Files and the report: what is written comes back, is accepted by an import, and is the same every time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

from gis.errors import UsageError
from gis.importing import ImportContext, ImportOptions, read_spatial
from gis.read import read_frame
from gis.registry import Registry
from gis.text import language
from grids.division_imports import prepare_divisions
from grids.imports import prepare_grids
from grids.proposals.report import check_report, page, write_report
from grids.proposals.writing import check_out, write_proposals

LEFT, RIGHT = shapely.box(0, 0, 200, 300), shapely.box(200, 0, 420, 300)
ROAD = shapely.LineString([(-10, 100), (430, 130)])
HOUSE = shapely.box(90, 80, 140, 160)


@pytest.fixture(scope="module")
def proposals(ground):
    points = [shapely.Point(x, 150) for x in range(5, 400, 10)]
    return ground.proposed(LEFT, RIGHT, roads=[ROAD], buildings=[HOUSE], components=points)


@pytest.mark.parametrize("name", ["out.gpkg", "out.geojson", "out.shp"])
def test_what_is_written_comes_back(proposals, tmp_path: Path, name: str) -> None:
    write_proposals(proposals, tmp_path / name)
    back = geopandas.read_file(tmp_path / name, layer="unit-grids" if name.endswith("gpkg") else None)
    assert len(back) == len(proposals)
    assert shapely.coverage_is_valid(back.geometry.to_numpy())
    assert back.crs.to_epsg() == 4490
    code = "DYWGBSM" if name.endswith("shp") else "code"
    assert back[code].tolist() == proposals.frame()["code"].tolist()


@pytest.mark.parametrize("name", ["out.gpkg", "out.geojson", "out.shp"])
def test_an_import_takes_proposals_without_error_or_warning(
    registry: Registry, deliveries, ground, proposals, tmp_path: Path, name: str
) -> None:
    codes = [{"code": code} for code in ["500113001", *proposals.request.communities.codes]]
    divisions = ground.lonlat([LEFT.union(RIGHT), LEFT, RIGHT])
    deliveries.load(prepare_divisions, deliveries.layer(codes, divisions))
    write_proposals(proposals, tmp_path / name)
    context = ImportContext(registry, "grids", ImportOptions())
    layers = read_spatial([tmp_path / name], context)
    prepared = deliveries.load(prepare_grids, *layers)
    assert deliveries.found(prepared) == []
    stored = read_frame(registry, "grids")
    assert stored["code"].tolist() == proposals.frame()["code"].tolist()
    assert stored["area_m2"].to_numpy() == pytest.approx(proposals.frame()["area_m2"].to_numpy())


@pytest.mark.parametrize("name", ["out.gpkg", "out.geojson", "out.shp"])
def test_the_same_proposals_are_the_same_bytes(proposals, tmp_path: Path, name: str) -> None:
    def written(folder: str) -> dict[str, str]:
        (tmp_path / folder).mkdir()
        write_proposals(proposals, tmp_path / folder / name)
        files = sorted((tmp_path / folder).iterdir())
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert written("one") == written("two")


def test_a_geopackage_has_the_quality_table(proposals, tmp_path: Path) -> None:
    write_proposals(proposals, tmp_path / "out.gpkg")
    assert pyogrio.list_layers(tmp_path / "out.gpkg").tolist() == [
        ["unit-grids", "Polygon"],
        ["quality", None],
    ]
    table = pyogrio.read_dataframe(tmp_path / "out.gpkg", layer="quality", read_geometry=False)
    assert table["grids"].tolist()[-1] == len(proposals) == sum(table["grids"].tolist()[:-1])
    assert table["components"].tolist()[-1] == len(proposals.request.components)


def test_an_older_file_is_replaced_and_nothing_else_is_left(proposals, tmp_path: Path) -> None:
    (tmp_path / "out.gpkg").write_text("older")
    write_proposals(proposals, tmp_path / "out.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["out.gpkg"]
    assert len(pyogrio.list_layers(tmp_path / "out.gpkg")) == 2


def test_unknown_formats_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "out.dwg", tmp_path / "nowhere" / "out.gpkg"):
        with pytest.raises(UsageError):
            check_out(path)
    for path in (tmp_path / "out.pdf", tmp_path / "nowhere" / "out.html"):
        with pytest.raises(UsageError):
            check_report(path)


def test_the_quality_table_adds_up(proposals) -> None:
    quality = proposals.quality
    assert sum(row.grids for row in quality.communities) == quality.whole.grids
    assert quality.area_m2.sum() == pytest.approx(LEFT.area + RIGHT.area, rel=2e-3)
    total = shapely.length(shapely.union_all(shapely.boundary(proposals.division.metres)))
    assert quality.whole.borders.total == pytest.approx(total, rel=1e-6)
    assert quality.whole.borders.community > 0
    assert 0 < quality.whole.borders.inner_on_features < 1


def test_the_report_speaks_both_languages_and_needs_no_network(proposals, tmp_path: Path) -> None:
    write_report(proposals, tmp_path / "report.html")
    chinese = (tmp_path / "report.html").read_text("utf-8")
    with language("en"):
        english = page(proposals)
    assert "单元网格划分方案" in chinese
    assert "Proposals for the division into unit grids" in english
    for text in (chinese, english):
        assert "http" not in text
        assert text.count('<path class="fits"') == proposals.quality.whole.in_range
        assert "500113001001 第1社区" in text


def test_names_are_escaped_in_the_report(ground) -> None:
    proposals = ground.proposed(LEFT)
    proposals.request.communities.names[0] = "<b>东&西</b>"
    assert "<b>东" not in page(proposals)
