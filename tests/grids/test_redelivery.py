"""A second delivery of the same unit grids."""

from __future__ import annotations

import pytest
import shapely

from grids.imports import prepare_grids

STEP = 0.001
COMMUNITY = "500113001002"


def cell(column: int, east: float = 1, west: float = 0) -> shapely.Polygon:
    return shapely.box(106.5 + (column + west) * STEP, 29.4, 106.5 + (column + east) * STEP, 29.401)


def rows(*numbers: int) -> list[dict[str, object]]:
    return [{"DYWGBSM": f"{COMMUNITY}{number:03d}"} for number in numbers]


@pytest.fixture
def filled(deliveries):
    deliveries.load(prepare_grids, deliveries.layer(rows(1, 2, 3), [cell(0), cell(1), cell(2)]))
    return deliveries


def codes(prepared) -> list[tuple[str, str, str | None]]:
    return [(f.code, str(f.severity), f.id) for f in prepared.report.findings]


def test_the_same_delivery_again_has_no_findings(filled) -> None:
    again = filled.layer(rows(1, 2, 3), [cell(0), cell(1), shapely.MultiPolygon([cell(2)])])
    assert codes(filled.prepare(prepare_grids, again)) == []


def test_a_border_that_moved_under_its_old_codes_is_a_warning(filled) -> None:
    moved = filled.layer(rows(1, 2, 3), [cell(0, east=1.1), cell(1, west=0.1), cell(2)])
    prepared = filled.prepare(prepare_grids, moved)
    assert codes(prepared) == [("G33", "warning", f"{COMMUNITY}{n:03d}") for n in (1, 2)]
    first = prepared.report.findings[0]
    assert float(str(first.value)) == pytest.approx(0.1 * 97.0 * 110.8, rel=0.01)
    assert first.geometry.equals_exact(cell(0, east=1.1, west=1), 1e-9) or first.geometry.area > 0
    assert prepared.report.rejected == 0


def test_a_border_measured_again_is_none(filled) -> None:
    again = filled.layer(rows(1, 2, 3), [cell(0, east=1 + 5e-5), cell(1, west=5e-5), cell(2)])
    assert codes(filled.prepare(prepare_grids, again)) == []


def test_grids_in_force_that_are_left_out_are_told_and_stay(filled) -> None:
    prepared = filled.load(prepare_grids, filled.layer(rows(1), [cell(0)]))
    assert codes(prepared) == [("G34", "info", COMMUNITY)]
    (finding,) = prepared.report.findings
    assert finding.value == "2"
    assert f"{COMMUNITY}002" in str(finding.message)


def test_new_grids_beside_those_in_force_are_no_redelivery(filled) -> None:
    assert codes(filled.prepare(prepare_grids, filled.layer(rows(4), [cell(3)]))) == []


def test_a_grid_that_is_refused_is_not_left_out(filled) -> None:
    bow = shapely.Polygon([(106.501, 29.4), (106.502, 29.401), (106.502, 29.4), (106.501, 29.401)])
    prepared = filled.prepare(prepare_grids, filled.layer(rows(1, 2, 3), [cell(0), bow, cell(2)]))
    assert "G34" not in prepared.report.by_code()
    assert prepared.report.rejected == 1
