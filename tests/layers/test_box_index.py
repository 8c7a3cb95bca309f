"""The arrays that tell which rows lie in a box, against looking at each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import box_index
from layers.box_index import BoxIndex, Packed, Stamp

NOW = Stamp(1, 1)


def made(seed: int, count: int, *, points: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return fids in no order and boxes, most of them crowded together and one far away."""
    rng = np.random.default_rng(seed)
    low = np.array([106.5, 29.5]) + 0.1 * rng.random((count, 2))
    low[: min(count, 1)] = (-60.0, 80.0)
    high = low if points else low + 0.01 * rng.random((count, 2)) ** 4
    boxes = np.column_stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]])
    return rng.permutation(3 * count)[:count] + 1, boxes


def touching(boxes: np.ndarray, sides: tuple[float, ...]) -> np.ndarray:
    minx, maxx, miny, maxy = boxes.T
    return (maxx >= sides[0]) & (minx <= sides[2]) & (maxy >= sides[1]) & (miny <= sides[3])


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.sampled_from([0, 1, 63, 64, 65, 300, 4_097, 9_000]),
    points=st.booleans(),
    west=st.floats(106.45, 106.6),
    south=st.floats(29.45, 29.6),
    size=st.sampled_from([0.0, 1e-7, 0.001, 0.02, 0.3]),
    after=st.one_of(st.none(), st.integers(0, 9_000)),
    most=st.sampled_from([1, 10, 100_000]),
)
def test_the_first_rows_of_a_box_are_found_and_few_beside_it(
    seed: int, count: int, points: bool, west: float, south: float, size: float, after: int | None, most: int
) -> None:
    fids, boxes = made(seed, count, points=points)
    index = BoxIndex(NOW, NOW, Packed(fids, boxes.astype(np.float32)))
    sides = (west, south, west + size, south + size)
    found = index.find(sides, after=after, most=most)
    assert found is not None
    later = fids > (after or 0)
    inside = sorted(fids[touching(boxes, sides) & later].tolist())
    margin = 5e-5  # some steps of single precision
    near = touching(boxes, (west - margin, south - margin, west + size + margin, south + size + margin))
    nearby = sorted(fids[near & later].tolist())
    assert found == sorted(found)
    assert set(found) <= set(nearby)
    assert len(found) == min(most, len(found))
    whole = index.find(sides, after=after, most=10**6)
    assert whole is not None
    assert set(inside) <= set(whole)
    assert found == whole[:most]


def test_what_changed_is_found_where_it_is_and_once() -> None:
    fids, boxes = made(1, 500, points=True)
    index = BoxIndex(NOW, NOW, Packed(fids, boxes.astype(np.float32)))
    moved = np.array([[107.5, 107.5, 30.5, 30.5]], np.float32)
    later = index.with_changes(Stamp(2, 2), fids[:1], moved).with_changes(
        Stamp(3, 3), np.array([9_999]), moved
    )
    assert later.stamp == Stamp(3, 3)
    assert later.find((107.4, 30.4, 107.6, 30.6), after=None, most=10) == sorted([int(fids[0]), 9_999])
    whole = later.find((-180.0, -90.0, 180.0, 90.0), after=None, most=10_000)
    assert whole == sorted({*fids.tolist(), 9_999})


def test_a_box_that_holds_a_good_part_of_the_city_is_not_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fids, boxes = made(1, 5_000, points=True)
    index = BoxIndex(NOW, NOW, Packed(fids, boxes.astype(np.float32)))
    whole, small = (106.0, 29.0, 107.0, 30.0), (106.5, 29.5, 106.51, 29.51)
    assert index.find(whole, after=None, most=1) is not None
    monkeypatch.setattr(box_index, "MOST", 1_000)
    assert index.find(whole, after=None, most=1) is None
    assert index.find(small, after=None, most=1) is not None


@pytest.mark.parametrize(("largest", "bytes_of_a_row"), [(2**32 - 1, 12), (2**32, 16)])
def test_points_take_little_memory_and_large_numbers_fit(largest: int, bytes_of_a_row: int) -> None:
    count = 64 * 64
    fids, boxes = np.arange(count) + largest - count + 1, made(1, count, points=True)[1]
    packed = Packed(fids, boxes.astype(np.float32))
    assert len(packed) == count
    assert packed.nbytes == pytest.approx(count * bytes_of_a_row, rel=0.05)
    found = BoxIndex(NOW, NOW, packed).find((-180.0, -90.0, 180.0, 90.0), after=None, most=count)
    assert found == fids.tolist()
