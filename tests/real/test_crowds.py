"""A real list that puts hundreds of trees on a few spots."""

from __future__ import annotations

from collections import Counter

import shapely

from components.spots import CROWD
from gis.files import read_layers
from tests.real.foreign import Foreign

TREES = "us-la-trees/arcadia.zip"


def test_every_spot_with_a_crowd_is_one_finding(foreign: Foreign) -> None:
    layers = read_layers([foreign.data / TREES], dataset="components")
    at = Counter(tuple(xy) for layer in layers for xy in shapely.get_coordinates(layer.frame.geometry.array))
    crowds = sorted((count for count in at.values() if count >= CROWD), reverse=True)
    report = foreign.check(TREES, standard="2013", constants={"class_code": "0402"})
    told = [str(finding.message) for finding in report.findings if finding.code == "C25"]
    assert sum(crowds) > 500
    assert len(told) == len(crowds)
    assert all(str(count) in text for count, text in zip(crowds, told, strict=True))
