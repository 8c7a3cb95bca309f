"""Metres to a degree: one expression for arrays, for numbers, and for compiled code.

Sines are summed here because those of numpy, Python and compiled code differ in their last bits, and
with them whether a polygon lies within a radius. Sums, products and roots of IEEE 754 do not differ.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])

# GRS 80, the ellipsoid of CGCS2000: semi-major axis in metres and first eccentricity squared.
_SEMI_MAJOR = 6378137.0
_FLATTENING = 1 / 298.257222101
_ECCENTRICITY2 = _FLATTENING * (2 - _FLATTENING)

_RADIANS = math.pi / 180.0

# Taylor's terms of the sine from the last to that of the first power: right to the rounding of 1 up to 90°.
_LAST_TERM = 1.0 / math.factorial(21)
_TERMS = tuple((-1.0) ** (n // 2) / math.factorial(n) for n in range(19, 0, -2))


def metres_per_degree(latitudes: Number) -> tuple[Number, Number]:
    """Return the length of a degree of longitude and of latitude on GRS 80.

    Parameters
    ----------
    latitudes : float or ndarray of float64
        Degrees.

    Returns
    -------
    along_parallel, along_meridian : float or ndarray of float64
        Metres per degree, from the radii of curvature in the prime vertical and in the meridian.
    """
    sine = _sine(latitudes)
    shrink = 1.0 - _ECCENTRICITY2 * (sine * sine)
    prime_vertical = _SEMI_MAJOR / np.sqrt(shrink)
    meridian = prime_vertical * (1.0 - _ECCENTRICITY2) / shrink
    return prime_vertical * _sine(90.0 - np.abs(latitudes)) * _RADIANS, meridian * _RADIANS


def _sine(degrees: Number) -> Number:
    """Return the sine of up to 90 degrees of either sign."""
    angle = degrees * _RADIANS
    square = angle * angle
    total = square * _LAST_TERM + _TERMS[0]
    for term in _TERMS[1:]:
        total = total * square + term
    return total * angle
