"""The eighteen districts of Hong Kong as divisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_districts_are_taken_as_counties(survey: Callable[..., Any]) -> None:
    found = survey(
        "divisions",
        "hk-address-osm/boundary/dc_land_2001.json.gz",
        fields={"code": "DC_CODE", "name": "DC_CHIN"},
        constants={"level": "county"},
    )
    assert found.report.checked == 18
    assert (~found.valid).sum() == len(found.found("G01"))
    assert found.missed_overlaps() == []
    assert found.missed_holes() == []
