"""The compiled part of finding plates in texts. Importing this imports numba."""

from __future__ import annotations

import numpy as np

from geocoding.matching._credits import DASH, NUMBER
from gis._coverage_jit import Array, Integer, kernel


@kernel
def find_plates(codes: Array, offsets: Array, mark: Integer, places: Array, hashes: Array) -> None:
    """Find the first number of each text that ``mark`` (号) follows, and a hash of what stands before it.

    A number before ``-`` and another is one, too. ``places`` takes -1 where there is none.
    """
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        places[text] = -1
        value = np.int64(0)
        for at in range(begin, end):
            if at > begin and codes[at] >= NUMBER:
                last = at
                if at + 2 < end and codes[at + 1] == DASH and codes[at + 2] >= NUMBER:
                    last = at + 2
                if last + 1 < end and codes[last + 1] == mark:
                    places[text] = at - begin
                    break
            value = value * np.int64(1099511628211) + np.int64(codes[at])
        hashes[text] = value
