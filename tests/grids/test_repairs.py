"""Repairs settle what is drawing, leave what is ground, and open nothing new."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.geodesic import geodesic_area
from gis.metres import LocalMetres
from grids.repairs.mending import mend
from grids.repairs.work import Change
from grids.topology import Defect, Surfaces, find_gaps, find_overlaps, find_protrusions, largest_share
from grids.topology_edges import find_mismatches
from grids.topology_rings import find_ring_faults

METRES = LocalMetres(106.5)
NOTHING = Surfaces([], METRES)
EAST, NORTH = slice(6, 10), slice(11, 15)


def name(at: int) -> str:
    return f"格{at}"


def repair(areas: np.ndarray, parents: Surfaces = NOTHING) -> tuple[np.ndarray, list[Change]]:
    return mend(areas, np.ones(len(areas), dtype=bool), name, parents)


@dataclass
class Faults:
    """What the checks find in a layer, by kind, without what is no fault."""

    areas: np.ndarray
    parents: Surfaces = NOTHING
    found: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        surfaces = Surfaces(self.areas, METRES)
        valid = np.where(shapely.is_valid(self.areas), self.areas, None)
        planar = np.where(shapely.is_valid(self.areas), surfaces.planar, None)
        self.found = {
            "invalid": int((~shapely.is_valid(self.areas)).sum()),
            "rings": len(find_ring_faults(valid, planar)),
            "overlaps": len(find_overlaps(surfaces)),
            "gaps": sum(told(gap) for gap in find_gaps(surfaces, self.parents)),
            "edges": len(find_mismatches(surfaces)),
            "outside": sum(not one.negligible for one in self.protrusions(surfaces)),
        }

    def protrusions(self, surfaces: Surfaces) -> list[Defect]:
        if not len(self.parents):
            return []
        return find_protrusions(surfaces, self.parents, largest_share(surfaces, self.parents))


def told(gap: Defect) -> bool:
    """Seams along the outline of a division are not reported."""
    return gap.enclosed or not gap.negligible


@pytest.fixture
def layer(lattice, to_degrees):
    """Return a function that makes the layer of 4 by 4 grids, some of them changed, in metres."""

    def make(changed: dict[tuple[int, int], object] | None = None) -> np.ndarray:
        rings = lattice(4, 4)
        polygons = shapely.polygons(rings)
        for cell, change in (changed or {}).items():
            polygons[cell] = change(rings[cell].copy()) if callable(change) else change
        return to_degrees(polygons.ravel())

    return make


def pushed(part: slice, x: float, y: float = 0.0):
    def change(ring: np.ndarray) -> shapely.Polygon:
        ring[part] += (x, y)
        return shapely.Polygon(ring)

    return change


def with_vertices(after: int, *offsets: tuple[float, float]):
    """Put vertices behind one, given by their distance from it."""

    def change(ring: np.ndarray) -> shapely.Polygon:
        return shapely.Polygon(np.insert(ring, after + 1, ring[after] + np.array(offsets), axis=0))

    return change


def with_middle(x: float):
    """Put a vertex into the middle of an edge, some metres beside it."""

    def change(ring: np.ndarray) -> shapely.Polygon:
        return shapely.Polygon(np.insert(ring, 8, ring[7:9].mean(axis=0) + np.array([x, 0]), axis=0))

    return change


def test_a_clean_layer_is_left_alone(layer) -> None:
    areas = layer()
    repaired, changes = repair(areas)
    assert changes == []
    assert all(after is before for after, before in zip(repaired, areas, strict=True))


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        (pushed(EAST, 0.004), "overlaps", "G20"),
        (pushed(EAST, -0.004), "gaps", "G20"),
        (pushed(EAST, 0.05), "overlaps", "G03"),
        (pushed(EAST, -0.05), "gaps", "G04"),
        (with_middle(0.0), "edges", "G20"),
        (with_middle(0.006), "edges", "G20"),
        (with_vertices(8, (0, 0)), "rings", "G02"),
        (with_vertices(8, (0, 0.0004)), "rings", "G02"),
        (with_vertices(8, (-3, 0), (0, 0.02)), "rings", "G02"),
        (with_vertices(8, (-0.2, 0.3), (0.2, 0.3), (-0.2, 0.0)), "invalid", "G01"),
    ],
)
def test_each_small_fault_is_settled_and_told(layer, change, kind, code) -> None:
    areas = layer({(1, 1): change})
    assert Faults(areas).found[kind] > 0
    repaired, changes = repair(areas)
    assert Faults(repaired).found == Faults(layer()).found
    assert code in {change.code for change in changes}
    assert all(str(change.text) for change in changes)
    touched = {change.at for change in changes}
    for at in set(range(16)) - touched:
        assert repaired[at] is areas[at]


@pytest.mark.parametrize("size", [0.5, 5.0])
@pytest.mark.parametrize(("sign", "kind"), [(1, "overlaps"), (-1, "gaps")])
def test_what_is_wider_than_a_sliver_is_left_to_people(layer, size, sign, kind) -> None:
    areas = layer({(1, 1): pushed(EAST, sign * size)})
    repaired, _ = repair(areas)
    assert Faults(repaired).found[kind] == Faults(areas).found[kind] == 1
    assert shapely.area(repaired).sum() == pytest.approx(shapely.area(areas).sum(), rel=1e-9)


def test_a_missing_grid_and_one_given_twice_are_left_to_people(layer) -> None:
    areas = layer()
    repaired, changes = repair(np.append(np.delete(areas, 5), areas[0]))
    assert changes == []
    assert Faults(repaired).found["gaps"] == 1


def test_a_bow_that_encloses_ground_both_ways_is_left_to_people(layer) -> None:
    def twisted(ring: np.ndarray) -> shapely.Polygon:
        return shapely.Polygon(ring[[*range(5, 15), *range(4, -1, -1), *range(19, 14, -1)]])

    areas = layer({(1, 1): twisted})
    repaired, _ = repair(areas)
    assert repaired[5].is_valid or repaired[5] is areas[5]


def test_a_ring_that_loses_its_ground_goes_but_no_area_does(layer, to_degrees) -> None:
    speck = shapely.box(150, 150, 150.0005, 150.0005)
    areas = layer({(1, 1): lambda ring: shapely.Polygon(ring, [speck.exterior.coords])})
    areas = np.append(areas, to_degrees(np.array([speck])))
    repaired, changes = repair(areas)
    assert {change.at for change in changes} == {5}
    assert len(repaired[5].interiors) == 0
    assert repaired[16] is areas[16]


def test_neighbours_in_the_registry_stand_fast(layer) -> None:
    areas = layer({(1, 1): pushed(EAST, 0.05)})
    movable = np.ones(16, dtype=bool)
    movable[[5, 6]] = [False, True]
    repaired, changes = mend(areas, movable, name, NOTHING)
    assert repaired[5] is areas[5]
    assert {change.at for change in changes} == {6}
    assert Faults(repaired).found["overlaps"] == 0


def test_a_gap_along_the_parent_is_closed(layer) -> None:
    whole = Surfaces([shapely.union_all(layer())], METRES)
    areas = layer({(3, 1): pushed(NORTH, 0, -0.05)})
    repaired, changes = repair(areas, whole)
    assert {change.code for change in changes} == {"G04"}
    assert shapely.equals(shapely.union_all(repaired), whole.degrees[0])
    assert sum(change.moved_m2 for change in changes) == pytest.approx(4, rel=0.5)


faults = st.builds(
    lambda cell, part, x, y: (cell, part, x, y),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.sampled_from([EAST, NORTH, slice(5, 6), slice(10, 11), slice(7, 8), slice(17, 18)]),
    st.sampled_from([0.0, 0.0004, 0.003, -0.003, 0.008, 0.03, -0.03, 0.09, 0.4, -2.0]),
    st.sampled_from([0.0, -0.0004, 0.002, -0.005, 0.02, -0.07, 0.3]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(faults, min_size=1, max_size=6))
def test_repairs_open_nothing_new_and_move_what_they_say(layer, seeds) -> None:
    changed: dict[tuple[int, int], object] = {}
    for cell, part, x, y in seeds:
        before = changed.get(cell)

        def change(ring, part=part, x=x, y=y, before=before):
            if callable(before):
                ring = shapely.get_coordinates(before(ring))[:-1]
            ring[part] += (x, y)
            return shapely.Polygon(ring)

        changed[cell] = change
    check_repairs(layer(changed))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    amplitude=st.sampled_from([0.0002, 0.002, 0.006, 0.02, 0.08]),
    share=st.sampled_from([0.1, 0.5, 1.0]),
)
def test_a_layer_drawn_area_by_area_is_repaired_too(layer, seed, amplitude, share) -> None:
    random = np.random.default_rng(seed)

    def shaken(ring: np.ndarray) -> shapely.Polygon:
        moved = random.random(len(ring)) < share
        return shapely.Polygon(ring + random.normal(0, amplitude, ring.shape) * moved[:, None])

    check_repairs(layer(dict.fromkeys(np.ndindex(4, 4), shaken)))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), amplitude=st.sampled_from([0.0002, 0.003, 0.006, 0.05]))
def test_repairs_keep_to_the_division_above(layer, seed, amplitude) -> None:
    random = np.random.default_rng(seed)
    whole = shapely.union_all(layer())
    on_outline = np.unique(shapely.get_coordinates(whole), axis=0)

    def shaken(area: shapely.Polygon) -> shapely.Polygon:
        xy = shapely.get_coordinates(area)[:-1]
        inner = ~(xy[:, None] == on_outline).all(axis=2).any(axis=1)
        return shapely.Polygon(xy + random.normal(0, amplitude / 1e5, xy.shape) * inner[:, None])

    check_repairs(np.array([shaken(area) for area in layer()]), Surfaces([whole], METRES))


def check_repairs(areas: np.ndarray, parents: Surfaces = NOTHING) -> None:
    repaired, changes = repair(areas, parents)
    had, has = Faults(areas, parents), Faults(repaired, parents)
    assert all(has.found[kind] <= had.found[kind] for kind in has.found)
    difference = geodesic_area(repaired).sum() - geodesic_area(areas).sum()
    assert abs(difference) <= sum(change.moved_m2 for change in changes) + 1e-3
    again, further = repair(repaired, parents)
    assert further == []
    assert all(after is before for after, before in zip(again, repaired, strict=True))
    for at in set(range(len(areas))) - {change.at for change in changes}:
        assert repaired[at] is areas[at]
