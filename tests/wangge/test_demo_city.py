"""The sample city: deterministic, exactly tiled, its components where they say, its answers true."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import Point

from components.catalogue import SHIPPED
from gis.credit_codes import is_credit_code
from responsibility.limits import parse_limit
from wangge.demo import case_table, cases, city, inputs, organisations
from wangge.demo.areas import HANDOVER
from wangge.demo.city import SampleCity, build, imagine
from wangge.demo.delivery import City
from wangge.demo.ground import ACCURACY, Ground
from wangge.demo.scenarios import SCENARIOS


@pytest.fixture(scope="module")
def sample() -> City:
    return imagine()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SampleCity:
    return build(tmp_path_factory.mktemp("small"), scale="small")


@pytest.fixture(scope="module")
def case_rows(sample: City, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    ground = Ground(sample)
    path = tmp_path_factory.mktemp("cases") / "cases.csv"
    cases.write(path, cases.make(cases.Maker(ground, case_table.rules(), 2026), SCENARIOS), ground)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def places_of(rows: list[dict[str, str]]) -> list[Point]:
    project = Transformer.from_crs("EPSG:4490", inputs.city().crs, always_xy=True).transform
    return [Point(*project(float(row["lon"]), float(row["lat"]))) for row in rows]


def test_the_same_seed_writes_the_same_bytes(small: SampleCity, tmp_path: Path) -> None:
    again = build(tmp_path, scale="small")
    names = sorted(path.name for path in small.directory.iterdir())
    assert names == sorted(path.name for path in again.directory.iterdir())
    assert [
        name for name in names if (small.directory / name).read_bytes() != (tmp_path / name).read_bytes()
    ] == []


def test_another_seed_makes_another_city() -> None:
    one, two = (imagine(seed, scale="small") for seed in (1, 2))
    assert [grid.polygon.wkb for grid in one.territory.grids] != [
        grid.polygon.wkb for grid in two.territory.grids
    ]


def test_the_city_is_as_large_as_promised(sample: City) -> None:
    assert len(sample.territory.streets) >= 3
    assert len(sample.territory.communities) >= 12
    assert 400 <= len(sample.territory.grids) <= 600
    assert len(sample.components) >= 20_000
    assert len({component.code for component in sample.components}) >= 30
    assert len(sample.organisations) >= 25
    assert len(case_table.rules()) >= 100
    assert len({rule.code for rule in case_table.rules() if rule.kind == "matter"}) >= 20


def test_unit_grids_tile_their_community_exactly(sample: City) -> None:
    ground = sample.territory
    polygons = [grid.polygon for grid in ground.grids]
    assert shapely.coverage_is_valid(polygons)
    for divisions, digits in ((ground.streets, 9), (ground.communities, 12)):
        for division in divisions:
            inside = [grid.polygon for grid in ground.grids if grid.code[:digits] == division.code]
            assert shapely.equals(shapely.union_all(inside), division.polygon)
            assert sum(p.area for p in inside) == pytest.approx(division.polygon.area, abs=1e-6)
    assert sum(p.area for p in polygons) == pytest.approx(ground.county.polygon.area, abs=1e-5)
    assert not ground.county.polygon.interiors


def test_vertices_lie_on_whole_millimetres(sample: City) -> None:
    for grid in sample.territory.grids:
        xy = shapely.get_coordinates(grid.polygon)
        assert np.abs(xy - np.round(xy, 3)).max() < 1e-8


def test_grid_codes_run_without_gaps_in_every_community(sample: City) -> None:
    for community in sample.territory.communities:
        codes = [grid.code for grid in sample.territory.grids if grid.community == community.code]
        assert codes == [f"{community.code}{n:03d}" for n in range(1, len(codes) + 1)]


def test_unit_grids_are_no_lattice(sample: City) -> None:
    polygons = [grid.polygon for grid in sample.territory.grids if grid.use == "city"]
    areas = np.array([polygon.area for polygon in polygons])
    fill = np.array([polygon.area / polygon.minimum_rotated_rectangle.area for polygon in polygons])
    assert 7_000 < np.median(areas) < 15_000
    assert areas.std() > 2_500
    assert (fill < 0.93).mean() > 0.3


def test_every_component_stands_in_the_grid_it_names(sample: City) -> None:
    grids = {grid.code: grid.polygon for grid in sample.territory.grids}
    homes = np.array([grids[component.grid] for component in sample.components])
    things = np.array([component.geometry for component in sample.components])
    assert shapely.contains_properly(homes, things).all()
    assert shapely.distance(shapely.boundary(homes), things).min() >= 0.3 - 1e-6


def test_components_of_one_class_keep_their_distance(sample: City) -> None:
    by_class: dict[str, list[shapely.Geometry]] = {}
    for component in sample.components:
        by_class.setdefault(component.code, []).append(component.geometry)
    for code, things in by_class.items():
        pairs = shapely.STRtree(things).query(np.array(things), predicate="dwithin", distance=2.5)
        assert pairs.shape[1] == len(things), code


def test_component_classes_are_sure_classes_of_the_2013_edition(sample: City) -> None:
    for code, name, kind in {(c.code, c.name, c.geometry.geom_type) for c in sample.components}:
        info = SHIPPED.info("2013", code)
        assert info is not None
        assert info.name == name
        assert info.confidence != "unverified"
        assert info.geometry == {"Point": "point", "LineString": "line", "Polygon": "polygon"}[kind]


def test_component_identifiers_are_unique_and_well_formed(sample: City) -> None:
    identifiers = [component.id for component in sample.components]
    assert len(set(identifiers)) == len(identifiers)
    assert all(len(i) == 16 and i.startswith("500113") for i in identifiers)
    assert all(component.id[6:10] == component.code for component in sample.components)


def test_organisations_have_valid_credit_codes_and_known_relations(sample: City) -> None:
    units = organisations.load()
    codes = [unit.code for unit in units.values()]
    assert all(map(is_credit_code, codes))
    assert len(set(codes)) == len(codes)
    for unit in units.values():
        assert {unit.parent, unit.successor} <= {*units, ""}
    assert any(not unit.active and unit.successor for unit in units.values())
    used = {u for c in sample.components for u in (c.authority, c.owner, c.maintainer)}
    assert used <= {*units, ""}


def test_every_limit_of_the_case_table_can_be_read() -> None:
    assert all(parse_limit(rule.limit) for rule in case_table.rules())


def test_the_case_table_has_the_layout_and_the_habits_of_real_ones(small: SampleCity) -> None:
    book = openpyxl.load_workbook(small.case_table)
    assert book.sheetnames == ["部件", "事件"]
    for sheet in book:
        assert [cell.value for cell in sheet[2]] == list(case_table.HEADINGS)
        assert sum(row[0].value == "大类代码" for row in sheet.iter_rows(min_row=3)) >= 1
        codes = [row[2].value for row in sheet.iter_rows(min_row=3)]
        assert any(isinstance(code, int) for code in codes)
        assert any(isinstance(code, str) and code.startswith("0") for code in codes)
        assert len(sheet.merged_cells.ranges) > 10
    units = [row[8].value for row in book["部件"].iter_rows(min_row=3)]
    assert any(unit and "\n" in unit for unit in units)


def test_shapefiles_are_gbk_and_say_so_the_way_real_ones_do(small: SampleCity) -> None:
    with zipfile.ZipFile(small.clean, metadata_encoding="gbk") as archive:
        names = archive.namelist()
        divisions = archive.read("社区.dbf")
        assert "社区.cpg" not in names
        assert divisions[29] == 0x4D
        assert "古槐社区".encode("gbk") in divisions
        assert archive.read("门牌.cpg") == b"GBK"
        assert b"CGCS2000_3_Degree_GK_Zone_36" in archive.read("单元网格.prj")
        assert not any(info.flag_bits & 0x800 for info in archive.infolist())
        assert "部件/01公用设施/0101上水井盖.shp" in names


def test_the_dirty_twin_lists_one_fault_of_every_kind(small: SampleCity) -> None:
    listed = json.loads(small.faults.read_text("utf-8"))
    codes = Counter(fault["code"] for fault in listed["faults"] if not fault["standing"])
    assert [fault["code"] for fault in listed["refused"]] == ["F03"]
    of_grids = "G01 G03 G04 G06 G07 G08 G12 G13 G14 G33 G34"
    of_components = "C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C14 C15 C16 F09 F12"
    of_plates = "P01 P02 P05 P06 P07 P13 P16 P20"
    others = {*of_plates.split(), "R03", "R04", "R05"}
    assert set(codes) == {*of_grids.split(), *of_components.split(), *others}
    with zipfile.ZipFile(small.dirty) as archive:
        assert archive.read("部件/01公用设施/0154充电站（桩）.cpg") == b"UTF-8"
        assert "单元网格.prj" in archive.namelist()
    with zipfile.ZipFile(small.dirty_without_prj, metadata_encoding="gbk") as archive:
        assert sorted(archive.namelist()) == ["单元网格.dbf", "单元网格.shp", "单元网格.shx"]


def test_the_manifest_counts_what_was_written(small: SampleCity) -> None:
    manifest = json.loads(small.manifest.read_text("utf-8"))
    assert manifest["counts"] == small.counts
    assert all((small.directory / name).is_file() for name in manifest["files"].values())
    west, south, east, north = manifest["bbox"]
    assert 106.4 < west < 106.53 < east < 106.6
    assert 29.3 < south < 29.40 < north < 29.5


def test_inputs_are_read_from_the_wheel_before_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "wangge"
    package.mkdir()
    for folder, word in ((tmp_path / "data", "repository"), (package / "data", "wheel")):
        folder.mkdir(parents=True)
        (folder / "words.txt").write_text(f"# remark\n{word}\n", "utf-8")
        monkeypatch.setattr(inputs.resources, "files", lambda _name: package)
        assert inputs.lines("words.txt") == [word]
    with pytest.raises(FileNotFoundError, match=r"nothing\.txt"):
        inputs.lines("nothing.txt")


def test_progress_runs_from_start_to_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build(tmp_path, scale="small", progress=lambda done, total: told.append((done, total)))
    assert told == [(n, city._STEPS) for n in range(1, city._STEPS + 1)]


def test_there_are_200_cases_of_every_kind(case_rows: list[dict[str, str]]) -> None:
    assert len(case_rows) == 200
    assert {row["decision"] for row in case_rows} == {
        "decided",
        "decided_with_alternatives",
        "joint",
        "pending_ownership",
        "not_ours",
        "fallback",
        "undecided",
    }
    assert {row["location_status"] for row in case_rows} == {
        "inside",
        "near_boundary",
        "outside",
        "gap_snapped",
    }
    assert {row["ownership"] for row in case_rows} == {"recorded", "unknown", "not_surveyed", ""}


def test_cases_lie_in_exactly_the_grid_they_state(sample: City, case_rows: list[dict[str, str]]) -> None:
    polygons = {grid.code: grid.polygon for grid in sample.territory.grids}
    for row, place in zip(case_rows, places_of(case_rows), strict=True):
        containing = [code for code, polygon in polygons.items() if polygon.intersects(place)]
        assert row["street"] == row["unit_grid"][:9]
        assert row["community"] == row["unit_grid"][:12]
        if row["location_status"] in ("outside", "gap_snapped"):
            assert containing == []
            distance, nearest = min((polygon.distance(place), code) for code, polygon in polygons.items())
            assert (distance < 5) == (row["location_status"] == "gap_snapped")
            assert row["unit_grid"] == (nearest if distance < 5 else "")
        else:
            assert containing == [row["unit_grid"]]


def test_cases_near_a_boundary_are_those_with_another_grid_within_accuracy(
    sample: City, case_rows: list[dict[str, str]]
) -> None:
    polygons = {grid.code: grid.polygon for grid in sample.territory.grids}
    for row, place in zip(case_rows, places_of(case_rows), strict=True):
        if row["location_status"] in ("inside", "near_boundary"):
            accuracy = float(row["accuracy_m"] or ACCURACY[row["source"]])
            others = min(p.distance(place) for code, p in polygons.items() if code != row["unit_grid"])
            assert (others <= accuracy) == (row["location_status"] == "near_boundary")


def test_cases_name_the_only_component_of_the_class_within_reach(
    sample: City, case_rows: list[dict[str, str]]
) -> None:
    by_class: dict[str, list[tuple[str, shapely.Geometry]]] = {}
    for component in sample.components:
        if component.state != "移除":
            by_class.setdefault(component.code, []).append((component.id, component.geometry))
    for row, place in zip(case_rows, places_of(case_rows), strict=True):
        if row["kind"] != "component" or not row["class"]:
            assert row["component"] == ""
            continue
        info = SHIPPED.info("2013", row["class"])
        assert info is not None
        reach = info.accuracy_m + float(row["accuracy_m"] or ACCURACY[row["source"]])
        near = [i for i, thing in by_class[row["class"]] if thing.distance(place) <= reach]
        assert near == ([row["component"]] if row["component"] else [])


def facts_of(sample: City, row: dict[str, str], place: Point) -> dict[str, Any]:
    """Whom the records at a place name, by plain lookups."""
    units = sample.organisations
    record = next((c for c in sample.components if c.id == row["component"]), None)
    here = [area for area in sample.areas if area.geometry.intersects(place)]
    maintainer = units[record.maintainer] if record and record.maintainer else None
    return {
        "component.maintainer": {maintainer.successor or maintainer.key} if maintainer else set(),
        "component.owner": {record.owner} if record and not (maintainer and maintainer.active) else set(),
        "area.contract": {a.unit for a in here if a.in_scope and a.covers(place, row["class"])},
        "area.handover": {a.unit for a in here if a.handover in HANDOVER},
        "boundary.agreement": {a.unit for a in sample.agreements if a.line.distance(place) <= a.width},
        "rule.street": {u.key for u in units.values() if (u.types, u.division) == ("街道办", row["street"])},
        "rule.enforcement": {
            u.key for u in units.values() if u.types == "执法" and row["street"].startswith(u.division)
        },
        "fallback.authority": {record.authority} if record else set(),
        "rule.district": {"district"},
    }


def test_acting_units_are_those_the_records_name(sample: City, case_rows: list[dict[str, str]]) -> None:
    keys = {unit.code: unit.key for unit in sample.organisations.values()}
    for row, place in zip(case_rows, places_of(case_rows), strict=True):
        if not row["acting"]:
            assert row["decision"] in ("pending_ownership", "not_ours", "undecided")
            continue
        unit = sample.organisations[keys[row["acting"]]]
        assert unit.active
        assert unit.name == row["acting_name"]
        facts = facts_of(sample, row, place)
        facts["fallback.street"] = facts["rule.street"]
        assert unit.key in facts.get(row["path"], {unit.key}), row


def test_ownership_is_unknown_where_nobody_is_recorded(sample: City, case_rows: list[dict[str, str]]) -> None:
    records = {component.id: component for component in sample.components}
    for row in case_rows:
        record = records.get(row["component"])
        nobody = record is not None and not record.owner and not record.maintainer
        assert (row["ownership"] == "unknown") == nobody
        assert (row["ownership"] == "recorded") == (record is not None and not nobody)


def test_what_is_not_ours_lies_on_railway_land(sample: City, case_rows: list[dict[str, str]]) -> None:
    railway = [area.geometry for area in sample.areas if not area.in_scope]
    for row, place in zip(case_rows, places_of(case_rows), strict=True):
        assert (row["decision"] == "not_ours") == any(shape.intersects(place) for shape in railway)
