"""Tell whether a few rows of the embedded database come so quickly that no thread is worth its while."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Mean seconds of an answer above which threads are used: the file lies on a slow disk, or is not in memory.
TOO_LONG = 0.005

#: Seconds after which it is tried again without.
CAUTION = 10.0

#: Share of the last answer in the mean; one that was held up by chance says little.
_LAST = 0.125


class Promptness:
    """What the last answers say of the next.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._mean = 0.0
        self._doubted_until = float("-inf")

    def __bool__(self) -> bool:
        return self._clock() >= self._doubted_until

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Measure how long the body takes."""
        begun = self._clock()
        yield
        ended = self._clock()
        self._mean += _LAST * (ended - begun - self._mean)
        if self._mean > TOO_LONG:
            self._mean, self._doubted_until = 0.0, ended + CAUTION
