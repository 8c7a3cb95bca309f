"""Two districts of Hangzhou as delivered, with all their faults: each is found, nothing is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from gis.errors import DataRefused
from gis.importing import ImportOptions, ImportReport, run_import
from gis.read import read_frame
from gis.registry import Registry
from grids.division_imports import prepare_divisions
from grids.imports import prepare_governance_grids
from responsibility.resolver import Resolver

PREPARE = {"divisions": prepare_divisions, "governance-grids": prepare_governance_grids}
XIACHENG, XIHU = "cn-hangzhou-xiacheng-grid", "cn-hangzhou-xihu-grid"
COMMUNITY_FIELDS = {"code": "xzqhbm", "name": "cunshe", "parent_code": "zj_xzqhbm"}


def load(registry: Registry, kind: str, path: Path, **options: object) -> ImportReport:
    report = run_import(registry, kind, [path], ImportOptions(**options), PREPARE[kind])  # type: ignore[arg-type]
    assert report.checked == report.accepted + report.rejected == len(geopandas.read_file(path))
    assert report.rejected == (0 if report.rejected_rows is None else len(report.rejected_rows))
    return report


def counts(report: ImportReport) -> dict[str, int]:
    """Count findings by code and severity, files' findings left out."""
    found = Counter(f"{f.code} {f.severity}" for f in report.findings if not f.code.startswith("F0"))
    return dict(sorted(found.items()))


def areas(path: Path) -> np.ndarray:
    return np.array(list(geopandas.read_file(path).geometry), dtype=object)


def parts_of(frame: geopandas.GeoDataFrame) -> list[bytes]:
    parts = shapely.get_parts(np.array(list(frame.geometry), dtype=object))
    return sorted(shapely.to_wkb(shapely.normalize(parts)).tolist())


@pytest.fixture
def xiacheng(registry: Registry, real_data: Path) -> tuple[Registry, dict[str, ImportReport]]:
    """Import streets, communities and governance grids of the former Xiacheng district."""
    folder = real_data / XIACHENG
    return registry, {
        "street": load(registry, "divisions", folder / "street.geojson", constants={"level": "street"}),
        "community": load(
            registry, "divisions", folder / "community.geojson", constants={"level": "community"}
        ),
        "grid": load(registry, "governance-grids", folder / "grid.geojson"),
    }


def test_xiacheng_each_fault_is_found(xiacheng) -> None:
    _, reports = xiacheng
    # Letters for codes, and six slivers between the borders of streets, all narrower than a millimetre.
    # Of eight pairs of neighbours each has vertices on the common border that the other has not.
    assert counts(reports["street"]) == {"G03 info": 4, "G04 info": 6, "G14 warning": 8, "G20 info": 8}
    # 90 polygons of 75 communities; nine slivers.
    assert counts(reports["community"]) == {
        "G03 info": 6,
        "G04 info": 9,
        "G14 warning": 90,
        "G17 warning": 15,
        "G20 info": 16,
    }
    # 332 polygons of 297 grids: 35 rows repeat a code. One is invalid, three measure less than 1000 m².
    assert counts(reports["grid"]) == {
        "G01 warning": 1,
        "G02 warning": 1,
        "G16 warning": 3,
        "G17 warning": 35,
    }
    smallest = min(f.area_m2 for f in reports["grid"].findings if f.code == "G16")
    assert smallest < 0.001


def test_xiacheng_nothing_is_repaired_or_lost(xiacheng, real_data: Path) -> None:
    registry, reports = xiacheng
    assert [report.rejected for report in reports.values()] == [0, 0, 0]
    grids = read_frame(registry, "governance-grids")
    divisions = read_frame(registry, "divisions")
    assert (len(divisions), len(grids)) == (8 + 75, 297)
    delivered = areas(real_data / XIACHENG / "grid.geojson")
    stored = np.array(list(grids.geometry), dtype=object)
    assert shapely.area(stored).sum() == pytest.approx(shapely.area(delivered).sum(), rel=1e-12)
    invalid = delivered[~shapely.is_valid(delivered)]
    assert len(invalid) == 1
    assert shapely.to_wkb(shapely.normalize(invalid))[0] in parts_of(grids)
    streets = geopandas.GeoDataFrame(geometry=areas(real_data / XIACHENG / "street.geojson"))
    assert parts_of(divisions[divisions["level"] == "street"]) == parts_of(streets)


def test_xiacheng_all_facilities_are_resolved_as_plain_geometry_does(xiacheng, real_data: Path) -> None:
    registry, _ = xiacheng
    folder = real_data / XIACHENG
    facilities = geopandas.read_file(folder / "public_facilities.geojson")
    points = np.array(list(facilities.geometry), dtype=object)
    answered = Resolver(registry).resolve_frame(facilities)
    assert len(answered) == 753
    for column, name, code in (
        ("line:综治", "grid", "网格编号"),
        ("community", "community", "社区编码"),
        ("street", "street", "街道编码"),
    ):
        layer = geopandas.read_file(folder / f"{name}.geojson")
        # The invalid grid is read by parity, as everywhere.
        polygons = shapely.make_valid(np.array(list(layer.geometry), dtype=object))
        point, polygon = shapely.STRtree(polygons).query(points, predicate="within")
        expected = dict(zip(point.tolist(), layer[code].to_numpy()[polygon], strict=True))
        # No polygons of one layer overlap at a facility, and every facility lies in one of each.
        assert len(point) == len(expected) == 753
        assert answered[column].tolist() == [expected[at] for at in range(753)]


@pytest.fixture
def xihu(registry: Registry, real_data: Path) -> tuple[Registry, dict[str, ImportReport]]:
    """Import towns, communities and governance grids of Xihu district, the acceptable rows."""
    folder = real_data / XIHU
    return registry, {
        "town": load(registry, "divisions", folder / "xihu_town.json"),
        "community": load(
            registry,
            "divisions",
            folder / "community.geojson",
            fields=COMMUNITY_FIELDS,
            constants={"level": "community"},
            partial=True,
        ),
        "grid": load(
            registry, "governance-grids", folder / "grid.geojson", fields={"code": "XZQHBM"}, partial=True
        ),
    }


def test_xihu_is_refused_whole_unless_parts_are_asked_for(registry: Registry, real_data: Path) -> None:
    with pytest.raises(DataRefused) as caught:
        load(registry, "governance-grids", real_data / XIHU / "grid.geojson", fields={"code": "XZQHBM"})
    report = caught.value.report
    assert report is not None
    assert report.by_code()["G13"] == 9
    assert len(read_frame(registry, "governance-grids")) == 0


def test_xihu_each_fault_of_the_communities_is_found(xihu) -> None:
    _, reports = xihu
    assert counts(reports["town"]) == {}
    report = reports["community"]
    found = counts(report)
    # Three rows without a code, one with an empty polygon: refused. Two polygons cross themselves.
    assert (found["G13 error"], found["F11 error"], found["G01 warning"]) == (3, 1, 2)
    # A second column of codes disagrees wherever both are given; one code ends like a town's.
    assert (found["G18 warning"], found["G14 warning"]) == (204, 1)
    # Towns are coded by the other system, so most parents are not there.
    assert found["G15 warning"] > 100
    overlaps = sorted((float(f.value) for f in report.findings if f.code == "G03"), reverse=True)
    assert found["G03 warning"] == 1
    assert overlaps[0] == pytest.approx(33_113, abs=1)
    # All others are seams, the longest of them along 2 km of border.
    assert overlaps[1] < 1
    # What the layer encloses and does not cover: two lakes' worth, and slivers.
    enclosed = [float(f.value) for f in report.findings if f.code == "G04" and f.severity == "info"]
    assert len(enclosed) == 39
    assert max(enclosed) < 0.2


def test_xihu_each_fault_of_the_grids_is_found(xihu) -> None:
    _, reports = xihu
    found = counts(reports["grid"])
    assert (found["G13 error"], found["G01 warning"]) == (9, 1)
    # Two code systems side by side that never agree.
    assert found["G18 warning"] == 596
    # One grid in eight names another community than the one it lies in.
    assert 0.08 < found["G19 warning"] / 605 < 0.14
    assert "G03 warning" not in found
    assert "G04 warning" not in found


def test_xihu_refused_rows_are_kept_beside_the_report(xihu) -> None:
    registry, reports = xihu
    assert (reports["community"].rejected, reports["grid"].rejected) == (4, 9)
    rows = reports["grid"].rejected_rows
    assert rows is not None
    assert "yhzzywid" in rows.columns
    assert set(rows["XZQHBM"]) == {""}
    assert len(read_frame(registry, "governance-grids")) == 596
    assert len(read_frame(registry, "divisions")) == 11 + 209


def test_xihu_polygons_are_stored_as_they_were_drawn(xihu, real_data: Path) -> None:
    registry, reports = xihu
    delivered = geopandas.read_file(real_data / XIHU / "grid.geojson")
    rows = reports["grid"].rejected_rows
    assert rows is not None
    kept = delivered.drop(index=[row - 1 for row in rows["_row"]])
    assert parts_of(read_frame(registry, "governance-grids")) == parts_of(kept)
