from __future__ import annotations

import json
from typing import Any

import pytest

from gis.errors import UsageError
from web.basemap import parse_basemaps
from web.page import content_security_policy

XYZ = {"type": "xyz", "url": "https://tiles.example.org:8443/{z}/{x}/{y}.png"}
CITY = {
    "type": "wmts",
    "capabilities": "https://gis.example.org/wmts?request=GetCapabilities",
    "layer": "vec",
    "matrix_set": "city",
    "crs": "EPSG:4524",
}


def test_without_a_setting_there_is_no_base_map() -> None:
    assert parse_basemaps(None) == ()
    assert parse_basemaps("") == ()


def test_one_or_several_base_maps_are_read() -> None:
    assert [basemap.type for basemap in parse_basemaps(json.dumps(XYZ))] == ["xyz"]
    assert [basemap.type for basemap in parse_basemaps(json.dumps([XYZ, CITY]))] == ["xyz", "wmts"]


def test_the_page_may_reach_the_hosts_of_its_base_maps_and_no_other() -> None:
    assert "example" not in content_security_policy([])
    origins = [basemap.origin for basemap in parse_basemaps(json.dumps([XYZ, CITY]))]
    policy = content_security_policy(origins)
    assert "connect-src 'self' https://gis.example.org https://tiles.example.org:8443" in policy
    assert "default-src 'self';" in policy


def test_the_browser_is_told_the_definition_of_a_city_system() -> None:
    (basemap,) = parse_basemaps(json.dumps(CITY))
    assert "+proj=tmerc" in basemap.definition()["EPSG:4524"]
    (mercator,) = parse_basemaps(json.dumps(XYZ))
    assert mercator.definition() == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "wms"}, "basemap.type"),
        ({"url": "ftp://host/{z}"}, "basemap.url"),
        ({"url": "https://host; script-src *"}, "basemap.url"),
        ({"url": None}, "basemap.url"),
        ({"colour": "red"}, "basemap.colour"),
        ({"crs": "EPSG:4524"}, "basemap.crs"),
        ({"crs": "GCJ02"}, "basemap.crs"),
        ({"type": "wmts", "layer": "vec"}, "basemap.matrix_set"),
    ],
)
def test_a_wrong_base_map_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_basemaps(json.dumps({**XYZ, **change}))
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["{", '"https://host"', "[1]"])
def test_what_is_no_base_map_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_basemaps(text)
