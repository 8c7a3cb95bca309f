"""The best one-to-one assignment, against all assignments there are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from components.acceptance.assignment import assign

WORTH = st.one_of(st.just(0.0), st.integers(1, 40).map(lambda n: n / 8))


def best_worth(worth: np.ndarray) -> float:
    """Try every assignment, row by row."""
    rows, columns = worth.shape

    def rest(row: int, used: int) -> float:
        if row == rows:
            return 0.0
        best = rest(row + 1, used)
        for column in range(columns):
            if not used >> column & 1 and worth[row, column] > 0:
                best = max(best, worth[row, column] + rest(row + 1, used | 1 << column))
        return best

    return rest(0, 0)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.data())
def test_no_assignment_is_worth_more(rows: int, columns: int, data: st.DataObject) -> None:
    worth = np.array(data.draw(st.lists(WORTH, min_size=rows * columns, max_size=rows * columns)))
    worth = worth.reshape(rows, columns)
    left, right = np.nonzero(np.ones_like(worth))
    chosen_left, chosen_right = assign(left, right, worth[left, right])
    assert len(set(chosen_left.tolist())) == len(chosen_left)
    assert len(set(chosen_right.tolist())) == len(chosen_right)
    assert (worth[chosen_left, chosen_right] > 0).all()
    assert worth[chosen_left, chosen_right].sum() == best_worth(worth)


def test_nothing_is_paired_where_nothing_is_worth_anything() -> None:
    left, right = assign(np.array([0, 1]), np.array([0, 1]), np.array([0.0, -1.0]))
    assert len(left) == len(right) == 0
    left, right = assign(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))
    assert len(left) == 0


def test_clusters_do_not_hinder_each_other() -> None:
    """Two thousand pairs far from each other, the candidates in any order."""
    order = np.random.default_rng(3).permutation(2000)
    left, right = assign(order, 1999 - order, np.ones(2000))
    assert left.tolist() == list(range(2000))
    assert (right == 1999 - left).all()


def test_one_large_cluster_is_solved() -> None:
    """A chain in which everybody could take either neighbour."""
    n = 400
    left = np.r_[np.arange(n), np.arange(n - 1)]
    right = np.r_[np.arange(n), np.arange(1, n)]
    worth = np.r_[np.full(n, 1.0), np.full(n - 1, 1.9)]
    chosen_left, chosen_right = assign(left, right, worth)
    assert (chosen_right - chosen_left == 1).sum() == n - 1
    assert len(chosen_left) == n - 1
