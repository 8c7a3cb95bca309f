"""What a component states of its divisions where no unit grid says otherwise."""

from __future__ import annotations

import pytest
import shapely

from components.imports import prepare_components
from tests.conftest import Deliveries


@pytest.mark.parametrize(
    ("field", "stated", "found"),
    [
        ("street", "GAGE AV", True),
        ("street", "５００１１３００１", True),
        ("street", "500113001", False),
        ("street", "500113001000", False),
        ("community", "尚文社区", True),
        ("community", "500113001002", False),
        ("community", None, False),
    ],
)
def test_a_name_is_no_code_of_a_division(
    deliveries: Deliveries, field: str, stated: str | None, found: bool
) -> None:
    rows: list[dict[str, object]] = [{"id": "5001130137000001", field: stated}]
    layer = deliveries.layer(rows, [shapely.Point(106.5, 29.4)])
    prepared = deliveries.prepare(prepare_components, layer, standard="2013")
    told = [(f.field, f.value, f.severity) for f in prepared.report.findings if f.code == "C12"]
    assert told == ([(field, stated, "warning")] if found else [])
    assert prepared.frame[field].tolist() == [stated]
