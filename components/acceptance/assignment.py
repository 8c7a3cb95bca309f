"""Pair two sets one to one, as near as possible in sum: the optimal assignment within a reach.

A pair at distance *d* is worth ``reach − d``; the set of pairs that is worth most in sum is taken. So pairs
are made only within the reach, and a row of lamps with one missing at the end is not shifted by one to make
up for it, as the largest number of pairs would ask for.

Pairs that could compete are few, so the candidates fall apart into small clusters; each is solved exactly by
shortest augmenting paths (the Hungarian method, cubic in the size of the cluster).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.intp]
Floats = NDArray[np.float64]


def assign(left: Integers, right: Integers, worth: Floats) -> tuple[Integers, Integers]:
    """Choose the pairs that are worth most in sum, each thing in one pair at most.

    Parameters
    ----------
    left, right : ndarray of int
        Candidates: position of a thing of one set, and of the other.
    worth : ndarray of float64
        What each candidate is worth; those of 0 or less are never taken.

    Returns
    -------
    left, right : ndarray of int
        The chosen pairs, in the order of ``left``.
    """
    useful = worth > 0
    left, right, worth = left[useful], right[useful], worth[useful]
    pairs = sorted(
        pair
        for cluster in _clusters(left, right)
        for pair in _best(left[cluster], right[cluster], worth[cluster])
    )
    chosen = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return chosen[:, 0], chosen[:, 1]


def _clusters(left: Integers, right: Integers) -> Iterator[Integers]:
    """Yield the candidates of each cluster: those that share things, directly or through others."""
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = parent[above]
            node = parent[node]
        return node

    ends = list(zip(left.tolist(), right.tolist(), strict=True))
    for a, b in ends:
        parent[root((0, a))] = root((1, b))
    members: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, (a, _) in enumerate(ends):
        members[root((0, a))].append(at)
    for candidates in members.values():
        yield np.array(candidates, dtype=np.intp)


def _best(left: Integers, right: Integers, worth: Floats) -> list[tuple[int, int]]:
    """Solve one cluster."""
    if len(left) == 1:
        return [(int(left[0]), int(right[0]))]
    rows, row = np.unique(left, return_inverse=True)
    columns, column = np.unique(right, return_inverse=True)
    # a column of its own for each row, worth nothing: the row stays alone
    gain = np.zeros((len(rows), len(columns) + len(rows)))
    np.maximum.at(gain, (row, column), worth)
    taken = _hungarian(gain.max() - gain)
    return [
        (int(rows[at]), int(columns[to]))
        for at, to in enumerate(taken.tolist())
        if to < len(columns) and gain[at, to] > 0
    ]


def _hungarian(cost: Floats) -> Integers:
    """Return the column of each row in the cheapest assignment of all rows; no more rows than columns."""
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    row_of = np.full(columns, -1, dtype=np.intp)
    for start in range(rows):
        _augment(start, cost, row_price, column_price, row_of)
    column_of = np.empty(rows, dtype=np.intp)
    used = np.flatnonzero(row_of >= 0)
    column_of[row_of[used]] = used
    return column_of


def _augment(start: int, cost: Floats, row_price: Floats, column_price: Floats, row_of: Integers) -> None:
    """Give one more row a column, moving others along the shortest alternating path."""
    columns = cost.shape[1]
    distance, before = np.full(columns, np.inf), np.full(columns, -1, dtype=np.intp)
    seen = np.zeros(columns, dtype=bool)
    row, last, reached = start, -1, 0.0
    reached_rows = {start: 0.0}
    while True:
        slack = reached + cost[row] - row_price[row] - column_price
        nearer = ~seen & (slack < distance)
        distance[nearer], before[nearer] = slack[nearer], last
        open_distance = np.where(seen, np.inf, distance)
        last = int(open_distance.argmin())
        reached = float(open_distance[last])
        seen[last] = True
        if row_of[last] < 0:
            break
        row = int(row_of[last])
        reached_rows[row] = reached
    for visited, at in reached_rows.items():
        row_price[visited] += reached - at
    column_price[seen] -= reached - distance[seen]
    while last >= 0:
        previous = int(before[last])
        row_of[last] = start if previous < 0 else row_of[previous]
        last = previous
