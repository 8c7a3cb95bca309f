"""Communities that can be divided, and those that are refused, each with the reason."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely

from gis.errors import DataRefused, FileProblem, NotFound
from gis.models import DATASETS
from gis.registry import Registry
from grids.division_imports import prepare_divisions
from grids.proposals.communities import communities_of_registry
from grids.proposals.inputs import ANYTHING, LINES, POLYGONS, read_communities, read_features, read_roads

STREET = "500113001"


@pytest.fixture
def write(ground, tmp_path: Path):
    """Return a function that writes shapes in metres, with their columns, to a file."""

    def to_file(shapes, file: str = "communities.geojson", **columns) -> Path:
        path = tmp_path / file
        placed = [None if shape is None else ground.lonlat([shape])[0] for shape in shapes]
        geopandas.GeoDataFrame(columns, geometry=placed, crs="EPSG:4490").to_file(path)
        return path

    return to_file


def cell(column: int, width: float = 100) -> shapely.Polygon:
    return shapely.box(column * 100, 0, column * 100 + width, 100)


def codes(count: int) -> list[str]:
    return [f"{STREET}{number:03d}" for number in range(1, count + 1)]


def test_code_name_and_polygon_are_read(write) -> None:
    path = write([cell(0), cell(1)], 社区代码=codes(2), 社区名称=["东一", None])
    communities = read_communities([path]).accepted(partial=False)
    assert communities.codes.tolist() == codes(2)
    assert communities.names.tolist() == ["东一", None]
    assert communities.label(0) == f"{STREET}001 东一"


def test_rows_of_one_code_are_one_community(write) -> None:
    path = write([cell(0), cell(1), cell(5)], code=[STREET + "001"] * 3)
    communities = read_communities([path]).accepted(partial=False)
    assert len(communities) == 1
    assert shapely.get_num_geometries(communities.geometries[0]) == 2


def test_divisions_of_other_levels_are_left_out(write) -> None:
    path = write([cell(0), cell(0)], code=[STREET, STREET + "001"])
    delivered = read_communities([path])
    assert delivered.accepted(partial=False).codes.tolist() == [STREET + "001"]
    assert any("1" in str(note) for note in delivered.notes)


def test_streets_alone_are_no_communities(write) -> None:
    with pytest.raises(DataRefused, match="没有社区"):
        read_communities([write([cell(0)], code=[STREET])])


@pytest.mark.parametrize(
    ("shapes", "named", "code"),
    [
        ([None, cell(1)], "001", "F11"),
        ([shapely.Point(0, 0), cell(1)], "001", "F11"),
        ([shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]), cell(2)], "001", "G01"),
        ([cell(0, 105), cell(1)], "002", "G03"),
    ],
    ids=["without polygon", "a point", "crossing itself", "overlapping"],
)
def test_a_community_that_cannot_be_divided_is_named(write, shapes, named: str, code: str) -> None:
    delivered = read_communities([write(shapes, code=codes(2))])
    with pytest.raises(DataRefused, match=STREET + named) as refused:
        delivered.accepted(partial=False)
    assert refused.value.report is not None
    assert [finding.code for finding in refused.value.report.findings] == [code]


def test_a_row_without_code_is_refused(write) -> None:
    delivered = read_communities(
        [write([cell(0), cell(1)], code=[None, STREET + "002"], name=["东一", "东二"])]
    )
    with pytest.raises(DataRefused, match="东一"):
        delivered.accepted(partial=False)
    assert delivered.accepted(partial=True).codes.tolist() == [STREET + "002"]


def test_partial_leaves_both_of_an_overlapping_pair_out(write) -> None:
    delivered = read_communities([write([cell(0, 105), cell(1), cell(2)], code=codes(3))])
    assert delivered.accepted(partial=True).codes.tolist() == [STREET + "003"]


def test_nothing_left_is_refused_even_partially(write) -> None:
    delivered = read_communities([write([cell(0, 105), cell(1)], code=codes(2))])
    with pytest.raises(DataRefused):
        delivered.accepted(partial=True)


def test_a_hairline_between_communities_is_no_overlap(write) -> None:
    delivered = read_communities([write([cell(0, 100.0004), cell(1)], code=codes(2))])
    assert len(delivered.accepted(partial=False)) == 2


def test_a_missing_code_column_is_named_and_can_be_given(write) -> None:
    path = write([cell(0)], zone_id=["SQ-3"])
    with pytest.raises(DataRefused, match="code") as refused:
        read_communities([path])
    assert "zone_id" in str(refused.value.hint)
    communities = read_communities([path], fields={"code": "zone_id"}).accepted(partial=False)
    assert communities.codes.tolist() == ["SQ-3"]


def test_communities_come_from_the_registry(registry: Registry, deliveries, ground) -> None:
    with pytest.raises(NotFound):
        communities_of_registry(registry)
    rows = [{"code": code} for code in [STREET, *codes(2)]]
    shapes = ground.lonlat([shapely.box(0, 0, 200, 100), cell(0), cell(1)])
    deliveries.load(prepare_divisions, deliveries.layer(rows, shapes))
    communities = communities_of_registry(registry).accepted(partial=False)
    assert communities.codes.tolist() == codes(2)
    assert DATASETS["divisions"].geometry == "MULTIPOLYGON"


def test_a_layer_of_the_wrong_kind_is_refused(write, ground) -> None:
    within = ground.lonlat([cell(0)])
    path = write([cell(0)], "roads.geojson", name=["不是路"])
    with pytest.raises(DataRefused, match=r"roads\.geojson") as refused:
        read_features(path, LINES, within, "--roads")
    assert refused.value.field == "--roads"
    assert refused.value.value == "Polygon"
    assert len(read_features(path, LINES + POLYGONS, within, "--water")[0]) == 1
    assert len(read_features(path, ANYTHING, within, "--components")[0]) == 1


def test_a_layer_wholly_outside_is_refused(write, ground) -> None:
    far = shapely.LineString([(9_000, 0), (9_500, 0)])
    path = write([far], "roads.geojson", name=["远路"])
    with pytest.raises(DataRefused, match=r"roads\.geojson.*社区范围之外") as refused:
        read_features(path, LINES, ground.lonlat([cell(0)]), "--roads")
    assert "--crs" in str(refused.value.hint)


def test_an_empty_layer_is_refused(tmp_path: Path, ground) -> None:
    path = tmp_path / "roads.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(FileProblem):
        read_features(path, LINES, ground.lonlat([cell(0)]), "--roads")


def test_features_without_geometry_are_left_out_and_counted(write, ground) -> None:
    lines = [shapely.LineString([(0, 50), (100, 50)]), None]
    path = write(lines, "roads.geojson", name=["有", "无"])
    geometries, notes = read_features(path, LINES, ground.lonlat([cell(0)]), "--roads")
    assert len(geometries) == 1
    assert any("没有图形" in str(note) for note in notes)


@pytest.mark.parametrize(
    ("columns", "main", "column"),
    [
        ({"等级": ["主干路", "巷"]}, [True, False], "等级"),
        ({"highway": ["residential", "primary_link"]}, [False, True], "highway"),
        ({"等级": ["巷", "弄"], "宽度": [6.0, 30.0]}, [False, True], "宽度"),
        ({"宽度": [None, "24"]}, [False, True], "宽度"),
        ({"name": ["东大道", "西巷"]}, [False, False], None),
    ],
)
def test_main_roads_are_told_by_class_or_width(write, ground, columns, main, column) -> None:
    lines = [shapely.LineString([(0, y), (100, y)]) for y in (20, 60)]
    path = write(lines, "roads.geojson", **columns)
    geometries, found, notes = read_roads(path, ground.lonlat([cell(0)]))
    assert len(geometries) == 2
    assert found.tolist() == main
    assert any(str(column) in str(note) for note in notes[1:]) is (column is not None)


def test_rows_left_out_do_not_shift_which_roads_are_main(write, ground) -> None:
    lines = [None, shapely.LineString([(0, 50), (100, 50)])]
    path = write(lines, "roads.geojson", 等级=["巷", "主干路"])
    assert read_roads(path, ground.lonlat([cell(0)]))[1].tolist() == [True]


def test_nothing_is_read_without_a_file(ground) -> None:
    assert read_features(None, LINES, ground.lonlat([cell(0)]), "--roads") == (pytest.approx([]), [])
