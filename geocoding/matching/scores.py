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

LEAST = 0.5
"""Probability from which a text is taken to mean a place of the registry: noise and nonsense part there."""

_TEMPERATURE = 1.0

_UNNAMED = 0.2
"""What is left of the probability of a street whose name the query does not end."""
# Of texts that have all the query says, and of the others; in the order of :func:`evidence`
_WEIGHTS_WHOLE = np.array(
    [
        0.8717,
        -5.2978,
        -0.4543,
        13.1969,
        0.0,
        0.0,
        2.6201,
        1.7987,
        3.0691,
        -0.9165,
        -2.5763,
        -6.1169,
        2.4385,
        0.7511,
        -6.3821,
    ]
)
_WEIGHTS = np.array(
    [
        0.6554,
        -0.6837,
        -0.0054,
        10.836,
        -3.0771,
        -2.3858,
        1.5415,
        -1.3966,
        2.2496,
        -0.5352,
        -2.9791,
        -4.5215,
        0.9616,
        -0.0197,
        -4.295,
    ]
)
# Whether a text means anything registered: if its best match has all it says, and if not
_MEANT_WHOLE = np.array(
    [
        0.4527,
        -0.7458,
        -1.8194,
        -0.2006,
        0.0,
        0.0,
        1.5552,
        0.0325,
        1.7356,
        -0.7649,
        -0.5846,
        -5.5352,
        2.181,
        0.6724,
        -2.455,
    ]
)
_MEANT = np.array(
    [
        0.3767,
        2.7324,
        -0.1945,
        0.2918,
        -5.0047,
        0.7418,
        1.4978,
        0.0631,
        2.345,
        -1.22,
        -1.0867,
        -4.0577,
        2.7711,
        -0.1604,
        -5.1843,
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


def meant(features: NDArray[np.float32], spots: Spots) -> NDArray[np.float64]:
    """Return how likely it is that what each query means is among its first five matches at all.

    It depends on the best match alone; many places that fit equally well make each of them unlikely, but not
    the query nonsense.

    Returns
    -------
    ndarray of float64, shape (queries,)
    """
    known = evidence(features, spots)[:, 0]
    whole = is_whole(features)[:, 0]
    odds = np.where(whole, known @ _MEANT_WHOLE, known @ _MEANT)
    return np.where(spots.present[:, 0], 1.0 / (1.0 + np.exp(-odds)), 0.0)


def is_whole(features: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which texts have all that the query says; what is left of the query is room, shop or direction."""
    return np.asarray((features[:, :, 2] < 0.6) & (features[:, :, 4] == 0) & (features[:, :, 6] == 0))


def evidence(features: NDArray[np.float32], spots: Spots) -> NDArray[np.float64]:
    """Return what the probability is computed from, shape (queries, kept, 15), the last one 1."""
    score, matched, unknown, unasked, conflicts, plates, numbers, words, missed, neighbours, _ = np.moveaxis(
        features.astype(np.float64), 2, 0
    )
    share = np.clip(_shares(score, conflicts, spots), 1e-3, 1 - 1e-3)
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


def _shares(score: NDArray[np.float64], conflicts: NDArray[np.float64], spots: Spots) -> NDArray[np.float64]:
    """Return the share of each match in the weight of all, with those that mean the same.

    Points near by mean the same; a street stands for the plates in it, not they for the street. A plate of
    another number than the query's is not supported by that which has it.
    """
    largest = np.max(np.where(spots.present, score, -np.inf), axis=1, keepdims=True, initial=-1e9)
    weights = np.exp(np.where(spots.present, score - largest, -np.inf) / _TEMPERATURE)
    gaps = np.hypot(spots.x[:, :, None] - spots.x[:, None, :], spots.y[:, :, None] - spots.y[:, None, :])
    areas = spots.extents > 0
    reach = np.maximum(spots.extents[:, :, None] + spots.extents[:, None, :], NEAR)
    same = (gaps <= reach) & (areas[:, :, None] | ~areas[:, None, :])
    same &= conflicts[:, :, None] <= conflicts[:, None, :]
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray((same * weights[:, None, :]).sum(axis=2) / np.maximum(total, 1e-12))
