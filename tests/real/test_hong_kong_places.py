"""Places and all addresses of Hong Kong, imported from the command line as a user would."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from gis.read import read_frame
from gis.registry import Registry
from tests.real.test_hong_kong_addresses import MAPPING
from wangge.cli import run

DATA = "hk-address-osm"


@pytest.fixture
def imported(
    real_data: Path, gpkg_registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Return a function that imports files into a registry with the districts, and returns the report."""
    url = re.sub("^.*:///", "", str(gpkg_registry.url))

    def load(kind: str, *sources: str, code: int = 0) -> dict[str, Any]:
        report = tmp_path / f"{kind}.json"
        # An option begins with a dash, whatever else is a file of the set
        files = [one if one.startswith("-") or "=" in one else str(real_data / DATA / one) for one in sources]
        done = run(["import", kind, "--registry", url, "--report", str(report), "--partial", *files])
        said = capsys.readouterr()
        assert done == code, said.err
        read: dict[str, Any] = json.loads(report.read_text("utf-8"))
        assert read["checked"] == read["accepted"] + read["rejected"]
        return read

    load(
        "divisions",
        *("boundary/dc_land_2001.json.gz", "--field=code=DC_CODE", "--field=name=DC_CHIN"),
        "--set=level=county",
    )
    return load


def by_code(report: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in report["findings"]:
        found[finding["code"]].append(finding)
    return found


def test_all_addresses_are_imported(imported: Any, gpkg_registry: Registry, tmp_path: Path) -> None:
    mapping = tmp_path / "hk.toml"
    mapping.write_text(MAPPING, "utf-8")
    report = imported("addresses", "address", f"--map={mapping}", "--crs=EPSG:4326")
    assert (report["checked"], report["rejected"]) == (103_693, 30)
    assert len(read_frame(gpkg_registry, "addresses", columns=["code"])) == report["accepted"]
    found = by_code(report)
    assert {code for code, findings in found.items() if findings[0]["severity"] == "error"} == {"P02"}
    assert set(found) == {"F08", "P01", "P02", "P03", "P04", "P07"}
    # 543 addresses lie across a border that was moved since, others on land reclaimed since 2001
    assert 0.005 < len(found["P07"]) / report["checked"] < 0.02
    assert 0.005 < len(found["P03"]) / report["checked"] < 0.015
    # Several buildings without a name share one plate
    assert len(found["P01"]) / report["checked"] < 0.03


def test_places_of_a_map_are_imported(imported: Any, gpkg_registry: Registry) -> None:
    files = ("osm/gis_osm_places_free_1.geojson.gz", "osm/gis_osm_pois_free_1.geojson.gz")
    report = imported("places", *files, "--field=code=osm_id", "--field=type=fclass")
    assert report["checked"] == 2_747 + 18_788
    found = by_code(report)
    assert report["rejected"] == len(found["P02"]) + len(found["P01"])
    assert set(found) == {"F08", "P01", "P02", "P03", "P10"}
    assert all(finding["value"] is None or finding["value"].isdigit() for finding in found["P10"])
    stored = read_frame(gpkg_registry, "places")
    assert len(stored) == report["accepted"]
    assert set(stored["type"]) == {"兴趣点", "区域"}
    assert {"suburb", "supermarket", "attraction"} <= set(stored["poi_type"])
    # The same places, delivered again, change nothing
    assert imported("places", *files, "--field=code=osm_id", "--field=type=fclass")["accepted"] == len(stored)
    assert len(read_frame(gpkg_registry, "places", columns=["code"])) == len(stored)


def test_a_register_of_streets_without_coordinates_is_refused_in_words(imported: Any) -> None:
    report = imported("streets", "road/td_road.csv.gz", code=3)
    assert [finding["code"] for finding in report["findings"]] == ["F05"]
    assert report["accepted"] == 0
