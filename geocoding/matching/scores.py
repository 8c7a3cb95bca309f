"""How sure a match is: the probability that the place meant lies within 50 m of an answer.

The weights were fitted by ``script/bench geocode --fit`` (logistic regression) to queries made by its noise
model from addresses of six districts of Hong Kong and to nonsense; they are checked on the other six with
other seeds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEAR = 50.0
"""Metres within which two answers are the same place."""

_TEMPERATURE = 1.0

_UNNAMED = 0.2
"""What is left of the probability of a street whose name the query does not end."""
# Of texts that have all the query says, and of the others; in the order of :func:`evidence`
_WEIGHTS_WHOLE = np.array(
    [
        0.8564,
        -4.5379,
        1.1413,
        13.3316,
        0.0,
        0.0,
        2.5555,
        2.0377,
        3.2094,
        -0.9549,
        -2.511,
        -10.9191,
        2.0052,
        1.1611,
        -7.1944,
    ]
)
_WEIGHTS = np.array(
    [
        0.8023,
        -2.7301,
        -0.8017,
        7.3549,
        3.3602,
        -2.0602,
        0.9991,
        -0.856,
        1.3218,
        -1.1639,
        -1.8479,
        -8.899,
        2.6199,
        -0.0166,
        -0.3883,
    ]
)


@dataclass(frozen=True, slots=True)
class Spots:
    """Where matches lie, each array of shape (queries, kept).

    ``present`` tells which matches there are; ``x``, ``y`` are metres in any plane; ``extents`` metres from
    there to the end of what is no point (a street), 0 for points.
    """

    present: NDArray[np.bool_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    extents: NDArray[np.float64]


def probabilities(features: NDArray[np.float32], spots: Spots) -> NDArray[np.float64]:
    """Return how likely each match is the place meant.

    Parameters
    ----------
    features : ndarray, shape (queries, kept, features)
        As :class:`geocoding.matching.index.Matches` has them.
    spots : Spots
        Where the matches lie.

    Returns
    -------
    ndarray of float64, shape (queries, kept)
    """
    known = evidence(features, spots)
    odds = np.where(is_whole(features), known @ _WEIGHTS_WHOLE, known @ _WEIGHTS)
    likely = 1.0 / (1.0 + np.exp(-odds))
    # 香港 is no street, though 香港仔大道 begins so
    named = (spots.extents == 0) | (features[:, :, 10] > 0.5)
    return np.where(spots.present, np.where(named, likely, _UNNAMED * likely), 0.0)


def is_whole(features: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which texts have all that the query says; what is left of the query is room, shop or direction."""
    return np.asarray((features[:, :, 2] < 0.6) & (features[:, :, 4] == 0) & (features[:, :, 6] == 0))


def evidence(features: NDArray[np.float32], spots: Spots) -> NDArray[np.float64]:
    """Return what the probability is computed from, shape (queries, kept, 15), the last one 1."""
    score, matched, unknown, unasked, conflicts, plates, numbers, words, missed, neighbours, _ = np.moveaxis(
        features.astype(np.float64), 2, 0
    )
    share = np.clip(_shares(score, spots), 1e-3, 1 - 1e-3)
    return np.stack(
        [
            np.log(share / (1.0 - share)),
            matched / np.maximum(matched + unknown, 1e-9),
            np.minimum(unknown, 15.0) / 5.0,
            unasked / np.maximum(matched + unasked, 1e-9),
            np.minimum(conflicts, 2.0),
            np.minimum(numbers, 2.0),
            np.minimum(plates, 1.0),
            (spots.extents > 0).astype(np.float64),
            np.log1p(matched),
            np.minimum(words, 12.0) / 4.0,
            np.log1p(unasked),
            missed / np.maximum(missed + words, 1.0),
            neighbours / np.maximum(missed + words - 1.0, 1.0),
            np.minimum(missed, 6.0),
            np.ones_like(share),
        ],
        axis=2,
    )


def _shares(score: NDArray[np.float64], spots: Spots) -> NDArray[np.float64]:
    """Return the share of each match in the weight of all, with those that mean the same.

    Points near by mean the same; a street stands for the plates in it, not they for the street.
    """
    largest = np.max(np.where(spots.present, score, -np.inf), axis=1, keepdims=True, initial=-1e9)
    weights = np.exp(np.where(spots.present, score - largest, -np.inf) / _TEMPERATURE)
    gaps = np.hypot(spots.x[:, :, None] - spots.x[:, None, :], spots.y[:, :, None] - spots.y[:, None, :])
    areas = spots.extents > 0
    reach = np.maximum(spots.extents[:, :, None] + spots.extents[:, None, :], NEAR)
    same = (gaps <= reach) & (areas[:, :, None] | ~areas[:, None, :])
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray((same * weights[:, None, :]).sum(axis=2) / np.maximum(total, 1e-12))
