"""Rows of real files that are refused as components are kept whole, file by file, and counted."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import pyogrio
import pytest

from gis.importing import ImportReport
from tests.real.foreign import Foreign
from wangge.rejected import write_rejected

MESSY = "messy-shapefiles"
# What is read without or with a declaration, none of it with a class of components.
FILES = {
    "dongli-china/china.shp": {},
    "gpkg-exotic/curvepolygon.gpkg": {},
    "gpkg-exotic/line_zm.gpkg": {},
    "hainan-gbk-csv/hainanWGS_84.csv": {},
    "xiamen-poi/CommercialHousing.shp": {},
    "xiamen-poi/park_polygon.shp": {},
    "xiamen-poi/xiamen_20181128_park.shp": {},
    "xian-road-network-gbk/modifiedConn_node.shp": {},
    "bogus-prj/diquJie_polyline.shp": {"crs": "EPSG:4326"},
    "pyshp-fixtures/blockgroups_multishapefile.zip": {"crs": "EPSG:4326"},
    "pyshp-fixtures/latin1.shp": {"crs": "EPSG:4326", "encoding": "ISO-8859-1"},
}


def kept(foreign: Foreign, report: ImportReport) -> dict[str, gpd.GeoDataFrame]:
    """Write what was refused and read it layer by layer."""
    path = write_rejected(
        report.rejected_rows, "components", [foreign.scratch / "r.json"], findings=report.findings
    )
    assert path is not None
    return {str(name): gpd.read_file(path, layer=name) for name, _ in pyogrio.list_layers(path)}


@pytest.mark.parametrize("name", FILES)
def test_every_row_without_a_class_is_in_the_file_with_its_reason(foreign: Foreign, name: str) -> None:
    report = foreign.check(f"{MESSY}/{name}", standard="2013", **FILES[name])
    assert report.accepted == 0
    layers = kept(foreign, report)
    refused = Counter({file.path: file.rejected for file in report.files})
    assert Counter({frame["_in_layer"][0]: len(frame) for frame in layers.values()}) == refused
    assert all(frame["_why"].notna().all() for frame in layers.values())
    assert report.rejected_rows is not None
    for frame in layers.values():
        source = report.rejected_rows[report.rejected_rows["_layer"] == frame["_in_layer"][0]]
        filled = [name for name in source.columns if source[name].notna().any() and name[0] != "_"]
        assert len(frame.columns) >= len(filled)
        assert frame.geometry.notna().sum() == source.geometry.notna().sum()


@pytest.mark.parametrize("name", ["dongli-china/china.shp", "pyshp-fixtures/blockgroups_multishapefile.zip"])
def test_the_file_is_refused_again_for_as_long_as_nobody_mends_it(foreign: Foreign, name: str) -> None:
    first = foreign.check(f"{MESSY}/{name}", standard="2013", **FILES[name])
    kept(foreign, first)
    again = foreign.check(foreign.scratch / "r.rejected.gpkg", standard="2013")
    assert (again.checked, again.accepted) == (first.rejected, 0)
    mended = foreign.check(
        foreign.scratch / "r.rejected.gpkg", standard="2013", constants={"class_code": "0402"}, partial=True
    )
    assert mended.checked == first.rejected
