"""The class of a component, where nothing tells it."""

from __future__ import annotations

import shapely

from components.imports import prepare_components
from tests.conftest import Deliveries


def test_a_class_that_cannot_be_told_is_shown_as_it_was_stated(deliveries: Deliveries) -> None:
    rows: list[dict[str, object]] = [{"class_code": "crossing"}, {"class_code": None}]
    layer = deliveries.layer(rows, [shapely.Point(106.5, 29.4), shapely.Point(106.6, 29.4)])
    prepared = deliveries.prepare(prepare_components, layer, standard="2013")
    untold = [(finding.row, finding.value) for finding in prepared.report.findings if finding.code == "C04"]
    assert untold == [(1, "crossing"), (2, None)]
