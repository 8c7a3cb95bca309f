"""Components on one spot: crowds, and things of different classes at one place."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.imports import prepare_components
from components.plane import close_pairs
from components.spots import CROWD, SPOT_M
from gis.editions import commit

METRE = 1 / 111_320


def census(deliveries, *things: tuple[str, float, float]):
    """Prepare components: class, and metres east and north of a corner."""
    rows = [
        {"ObjID": f"500113{code}{n:06d}", "ObjName": {"0101": "上水井盖", "0137": "路灯"}[code]}
        | {
            "DeptCode1": "C",
            "DeptName1": "城管局",
            "DeptName2": "公司",
            "ObjState": "完好",
            "ORDate": "20230915",
        }
        for n, (code, _, _) in enumerate(things, 1)
    ]
    places = [shapely.Point(106.5 + x * METRE, 29.4 + y * METRE) for _, x, y in things]
    return deliveries.prepare(prepare_components, deliveries.layer(rows, places), standard="2013")


def of(prepared, *codes: str):
    return [finding for finding in prepared.report.findings if finding.code in codes]


def test_thousands_on_one_spot_are_one_finding(deliveries) -> None:
    things = [(code, 0.0, 0.0) for code in ("0101", "0137") for _ in range(1500)]
    prepared = census(deliveries, *things, ("0137", 50.0, 0.0))
    (crowd,) = of(prepared, "C14", "C25", "C28")
    assert (crowd.code, crowd.severity, crowd.row) == ("C25", "warning", None)
    assert "3000" in str(crowd.message)
    assert "5001130101000001" in str(crowd.message)
    assert crowd.geometry.equals(shapely.Point(106.5, 29.4))
    assert prepared.report.accepted == 3001


def test_fewer_than_a_crowd_are_compared_as_ever(deliveries) -> None:
    prepared = census(deliveries, *[("0137", 0.0, 0.0)] * (CROWD - 1))
    assert [finding.code for finding in of(prepared, "C14", "C25")] == ["C14"] * (CROWD - 2)


def test_many_crowds_are_told_in_few_findings(deliveries) -> None:
    things = [("0137", 20.0 * n, 0.0) for n in range(103) for _ in range(CROWD)]
    found = of(census(deliveries, *things, *[("0137", 0.0, 0.0)] * 5), "C14", "C25")
    assert [finding.code for finding in found] == ["C25"] * 101
    assert "15" in str(found[0].message)
    assert "30" in str(found[-1].message)


def test_different_classes_at_one_place_are_one_note_of_the_pair(deliveries) -> None:
    pairs = [(code, 20.0 * n, 0.005 * (code == "0101")) for n in range(7) for code in ("0101", "0137")]
    prepared = census(deliveries, *pairs, ("0101", 200.0, 0.0), ("0137", 200.0, 0.02))
    (note,) = of(prepared, "C14", "C25", "C28")
    assert (note.code, note.severity, note.row) == ("C28", "info", None)
    assert all(word in str(note.message) for word in ("0101 上水井盖", "0137 路灯", "7", "5001130137000002"))
    assert len(note.geometry.geoms) == 7


def test_a_component_of_the_registry_is_not_compared_with_a_crowd(deliveries) -> None:
    commit(deliveries.registry, "components", census(deliveries, ("0101", 0.0, 0.0)).frame)
    prepared = census(deliveries, ("0137", 9.0, 0.0), *[("0101", 0.0, 0.0)] * CROWD)
    assert [finding.code for finding in of(prepared, "C14", "C25", "C28")] == ["C25"]


coordinates = st.lists(
    st.tuples(st.integers(-40, 40), st.integers(-40, 40)).map(lambda xy: (xy[0] * 0.003, xy[1] * 0.003)),
    max_size=40,
)


@given(coordinates)
@settings(deadline=None, max_examples=60)
def test_close_pairs_are_all_and_only_those_within_reach(places) -> None:
    xy = np.array(places, dtype=float).reshape(-1, 2)
    earlier, later = close_pairs(xy[:, 0], xy[:, 1], SPOT_M)
    found = list(zip(earlier.tolist(), later.tolist(), strict=True))
    expected = [
        (a, b) for a in range(len(xy)) for b in range(a + 1, len(xy)) if np.hypot(*(xy[a] - xy[b])) <= SPOT_M
    ]
    assert found == expected
