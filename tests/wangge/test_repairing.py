"""``wangge check … --out``: repairs are proposed in a file that can be imported, and told."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from wangge.cli import run

NORTH = 29.4


def square(column: int, row: int = 0, *, east: float = 0.0) -> shapely.Polygon:
    """A square of 0.001 degrees, with the very corners of its neighbours; its east side moved by some."""
    x = [round(106.5 + (column + step) * 0.001, 6) for step in (0, 1)]
    y = [round(NORTH + (row + step) * 0.001, 6) for step in (0, 1)]
    return shapely.box(x[0], y[0], x[1] + east, y[1])


def deliver(path: Path, polygons: list[shapely.Geometry], codes: list[str], **columns: object) -> Path:
    frame = geopandas.GeoDataFrame({"DYWGBSM": codes, **columns}, geometry=polygons, crs="EPSG:4490")
    frame.to_file(path, driver="GPKG", layer="grids")
    return path


def codes(*numbers: int) -> list[str]:
    return [f"500113001002{number:03d}" for number in numbers]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def faulty(folder: Path) -> Path:
    """Six grids: a sliver of overlap, an overlap of 10 m, a row twice, a grid that is sound."""
    polygons = [
        square(0, east=5e-7),
        square(1),
        square(2, east=1e-4),
        square(3),
        square(4),
        square(4),
        square(9),
    ]
    names = ["甲", "乙", "丙", "丁", "戊", "戊", "己"]
    return deliver(folder / "grids.gpkg", polygons, codes(1, 2, 3, 4, 5, 5, 6), 备注=names, note="")


def read(path: Path, layer: str) -> geopandas.GeoDataFrame:
    return geopandas.read_file(path, layer=layer)


def test_repairs_are_written_and_only_what_was_changed_differs(faulty: Path) -> None:
    delivered, as_file = read(faulty, "grids"), faulty.read_bytes()
    assert run(["check", "grids", str(faulty), "--out", "fixed.gpkg"]) == 3
    assert faulty.read_bytes() == as_file
    fixed, changes = read(Path("fixed.gpkg"), "fixed"), read(Path("fixed.gpkg"), "changes")
    assert list(fixed.columns) == list(delivered.columns)
    assert fixed["备注"].tolist() == ["甲", "乙", "丙", "丁", "戊", "己"]
    assert set(changes["code"]) == {"G03", "G08", "G20"}
    touched = set(changes["id"])
    # The overlap of 10 m is left as it is, but the corners on the border are given to both
    assert touched == set(codes(1, 2, 3, 4, 5))
    assert set(changes[changes["id"].isin(codes(3, 4))]["code"]) == {"G20"}
    before = delivered.drop_duplicates("DYWGBSM").set_index("DYWGBSM").geometry
    after = fixed.set_index("DYWGBSM").geometry
    for code in set(before.index) - (touched - set(codes(5))):
        assert shapely.to_wkb(before[code]) == shapely.to_wkb(after[code])
    sliver = changes[changes["code"] == "G03"].iloc[0]
    assert sliver["moved_m2"] == pytest.approx(0.0485 * 110.8, rel=0.05)
    assert sliver["before_m2"] - sliver["after_m2"] == pytest.approx(sliver["moved_m2"], rel=1e-3)
    assert "重叠" in sliver["change"]
    assert not sliver.geometry.is_empty


def test_the_summary_tells_what_is_settled_and_what_is_left_and_why(
    faulty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", "grids", str(faulty), "--out", "fixed.gpkg"])
    said = capsys.readouterr().out
    assert "G03 重叠：可解决 1 处，剩余 1 处" in said
    assert "须人工处理：宽度超过 0.1 米" in said
    run(["check", "grids", str(faulty), "--out", "fixed.gpkg", "--json", "--lang", "en"])
    document = json.loads(capsys.readouterr().out)
    assert document["repairs"]["path"] == "fixed.gpkg"
    assert document["repairs"]["changes"] == len(read(Path("fixed.gpkg"), "changes")) == 6
    by_code = {one["code"]: one for one in document["repairs"]["findings"]}
    assert (by_code["G03"]["settled"], by_code["G03"]["remaining"], by_code["G03"]["new"]) == (1, 1, 0)
    assert (by_code["G08"]["settled"], by_code["G08"]["remaining"]) == (1, 0)
    assert by_code["G08"]["why"] is None
    assert "people decide" in by_code["G03"]["why"]


def test_the_repaired_file_is_imported_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    polygons = [square(0, east=5e-7), square(1), square(2), square(2)]
    path = deliver(folder / "grids.gpkg", polygons, codes(1, 2, 3, 3), BZ=list("甲乙丙丙"))
    assert run(["init"]) == 0
    assert run(["import", "grids", str(path)]) == 3
    assert run(["check", "grids", str(path), "--out", "fixed.gpkg"]) == 3
    assert run(["import", "grids", "fixed.gpkg"]) == 0
    capsys.readouterr()
    assert run(["check", "grids", "fixed.gpkg", "--out", "again.gpkg", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["checked"], document["accepted"]) == (3, 3)
    assert document["repairs"]["changes"] == 0


def test_rows_that_share_a_code_and_polygon_but_not_all_columns_are_left(folder: Path) -> None:
    path = deliver(folder / "grids.gpkg", [square(0), square(0)], codes(1, 1), BZ=["甲", "乙"])
    run(["check", "grids", str(path), "--out", "fixed.gpkg"])
    assert len(read(Path("fixed.gpkg"), "fixed")) == 2
    assert read(Path("fixed.gpkg"), "changes").empty


def test_grids_of_the_registry_stand_fast(folder: Path) -> None:
    run(["init"])
    assert run(["import", "grids", str(deliver(folder / "first.gpkg", [square(0)], codes(1)))]) == 0
    path = deliver(folder / "second.gpkg", [shapely.box(106.5009995, 29.4, 106.502, 29.401)], codes(2))
    run(["check", "grids", str(path), "--out", "fixed.gpkg"])
    (mended,) = read(Path("fixed.gpkg"), "fixed").geometry
    assert shapely.area(shapely.intersection(mended, square(0))) == 0
    assert mended.bounds[0] == square(0).bounds[2]


def test_divisions_are_repaired_level_by_level(folder: Path) -> None:
    rows = [
        ("500113001", shapely.box(106.5, 29.4, 106.504, 29.401)),
        ("500113001001", shapely.box(106.5, 29.4, 106.5020005, 29.401)),
        ("500113001002", shapely.box(106.502, 29.4, 106.504, 29.401)),
    ]
    frame = geopandas.GeoDataFrame(
        {"QHDM": [code for code, _ in rows]}, geometry=[area for _, area in rows], crs="EPSG:4490"
    )
    frame.to_file(folder / "divisions.gpkg", driver="GPKG")
    run(["check", "divisions", "divisions.gpkg", "--out", "fixed.gpkg"])
    fixed, changes = read(Path("fixed.gpkg"), "fixed"), read(Path("fixed.gpkg"), "changes")
    assert set(changes["code"]) >= {"G03"}
    street, first, second = fixed.geometry
    assert shapely.area(shapely.intersection(first, second)) == 0
    assert shapely.equals(shapely.union(first, second), street)


def test_governance_grids_are_repaired_line_by_line(folder: Path) -> None:
    columns = {
        "TX": ["综治", "综治", "环卫"],
        "WGBM": ["330103010001", "330103010002", "HW-1"],
        "wgbm": ["a", "b", "c"],
        "fid": [7.5, 8.5, 9.5],
    }
    polygons = [square(0, east=5e-7), square(1), square(0, east=5e-4)]
    frame = geopandas.GeoDataFrame(columns, geometry=polygons, crs="EPSG:4490")
    frame.to_file(folder / "grids.geojson", driver="GeoJSON")
    run(["check", "governance-grids", "grids.geojson", "--out", "fixed.gpkg", "--field", "code=WGBM"])
    fixed, changes = read(Path("fixed.gpkg"), "fixed"), read(Path("fixed.gpkg"), "changes")
    assert set(changes["id"]) <= {"330103010001", "330103010002"}
    assert len(changes) >= 1
    assert fixed["fid"].tolist() == [7.5, 8.5, 9.5]
    assert {"WGBM", "wgbm_"} <= set(fixed.columns)
    delivered = geopandas.read_file("grids.geojson").geometry
    assert shapely.to_wkb(fixed.geometry[2]) == shapely.to_wkb(delivered[2])


@pytest.mark.parametrize(
    ("kind", "out", "words"),
    [
        ("components", "fixed.gpkg", "governance-grids"),
        ("grids", "fixed.shp", "gpkg"),
        ("grids", "nowhere/fixed.gpkg", "gpkg"),
        ("grids", "grids.gpkg", "grids.gpkg"),
    ],
)
def test_a_place_that_repairs_cannot_go_to_is_refused(
    faulty: Path, kind: str, out: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in faulty.parent.iterdir())
    assert run(["check", kind, str(faulty), "--out", out]) == 2
    assert words in capsys.readouterr().err
    assert sorted(path.name for path in faulty.parent.iterdir()) == before


def test_layers_with_other_columns_stay_layers_of_their_own(folder: Path) -> None:
    deliver(folder / "a.gpkg", [square(0, east=5e-7)], codes(1))
    frame = geopandas.GeoDataFrame({"BGID": codes(2)}, geometry=[square(1)], crs="EPSG:4490")
    frame.to_file(folder / "b.gpkg", driver="GPKG", layer="grids")
    run(["check", "grids", "a.gpkg", "b.gpkg", "--out", "fixed.gpkg"])
    assert read(Path("fixed.gpkg"), "fixed")["DYWGBSM"].tolist() == codes(1)
    assert read(Path("fixed.gpkg"), "fixed_2")["BGID"].tolist() == codes(2)
    assert run(["check", "grids", "fixed.gpkg"]) == 0
    assert np.isfinite(read(Path("fixed.gpkg"), "changes")["moved_m2"]).all()
