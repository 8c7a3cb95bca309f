"""Official addresses of Hong Kong, as a user imports them: with a mapping file."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.importing import ImportOptions, run_import
from gis.read import read_frame
from gis.registry import Registry
from layers.delivery_kinds import KINDS
from wangge.mapping_files import read_mapping

# CSU_ID repeats where several buildings stand on one lot, so codes are issued.
MAPPING = """
[field]
code = ""
district_name = "Chi_District"
town_name = "Chi_StreetLocationName"
street_name = "Chi_StreetName"
number = "Chi_StreetBuildingNoFrom"
number_to = "Chi_StreetBuildingNoTo"
zone_name = "Chi_EstateName"
building = "Chi_BuildingName"
block = "Chi_BlockNo"
village_name = "Chi_VillageName"
village_number = "Chi_VillageBuildingNoFrom"
"""


@pytest.mark.parametrize(
    ("district", "count", "text", "lon", "lat"),
    [
        ("central_and_western", 7008, "中西區嘉咸街46号", 114.15294, 22.28234),
        ("eastern", 3853, "東區英皇道614-628号", 114.20481, 22.2917),
    ],
)
def test_a_district_is_loaded_whole(
    real_data: Path,
    gpkg_registry: Registry,
    tmp_path: Path,
    district: str,
    count: int,
    text: str,
    lon: float,
    lat: float,
) -> None:
    mapping_file = tmp_path / "hk.toml"
    mapping_file.write_text(MAPPING, "utf-8")
    mapping = read_mapping(mapping_file)
    options = ImportOptions(fields=mapping.fields, crs="EPSG:4326", partial=True)
    kind = KINDS["addresses"]
    path = real_data / "hk-address-osm" / "address" / f"als_addresses_{district}.csv.gz"
    report = run_import(gpkg_registry, "addresses", [path], options, kind.prepare, reader=kind.reader)
    stored = read_frame(gpkg_registry, "addresses")
    assert report.checked == count == report.accepted + report.rejected
    assert report.accepted == len(stored) == stored["code"].nunique()
    assert report.rejected <= count * 0.01
    found = stored[stored["address"] == text]
    assert len(found) >= 1
    assert (found.geometry.iloc[0].x, found.geometry.iloc[0].y) == pytest.approx((lon, lat), abs=1e-9)
    assert set(report.by_code()) <= {"P01", "P02", "P04", "P06", "P10", "F08"}
