"""How often somebody may ask: token buckets in the memory of one process."""

from __future__ import annotations

import math
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from gis.errors import UsageError
from gis.text import t

RATE_LIMIT = "WANGGE_RATE_LIMIT"
BODY_LIMIT = "WANGGE_BODY_LIMIT"

DEFAULT_BODY = 64_000_000

#: Callers remembered at a time; the one not heard of for longest is forgotten.
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second on average, so many at once.

    Attributes
    ----------
    per_second : float
        How fast a bucket fills.
    burst : int
        How much it holds.
    """

    per_second: float
    burst: int


#: A page of the map asks for some hundred tiles at once.
DEFAULT_RATE = Rate(100.0, 1_000)

#: Wrong keys of one address.
FAILURES = Rate(0.2, 10)


class Buckets:
    """One bucket of tokens for each caller; a request takes one.

    Parameters
    ----------
    rate : Rate
        Of every bucket.
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> int | None:
        """Take a token; return ``None``, or in how many seconds to ask again when there is none."""
        now = self._clock()
        with self._lock:
            level, since = self._levels.pop(caller, (float(self.rate.burst), now))
            level = min(self.rate.burst, level + (now - since) * self.rate.per_second)
            taken = level >= 1.0
            self._levels[caller] = (level - 1.0 if taken else level, now)
            if len(self._levels) > _REMEMBERED:
                self._levels.popitem(last=False)
        return None if taken else max(1, math.ceil((1.0 - level) / self.rate.per_second))


def network_of(address: str) -> str:
    """Return what callers of one network have in common: an IPv4 address, the first half of an IPv6 one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> 64)


def rate_from_environment() -> Rate | None:
    """Read ``WANGGE_RATE_LIMIT``: ``requests per second/burst``, or ``off``.

    Raises
    ------
    UsageError
        If it is neither.
    """
    text = os.environ.get(RATE_LIMIT, "").strip()
    if not text:
        return DEFAULT_RATE
    if text == "off":
        return None
    per_second, slash, burst = text.partition("/")
    try:
        rate = Rate(float(per_second), int(burst) if slash else max(1, math.ceil(2 * float(per_second))))
        if math.isfinite(rate.per_second) and rate.per_second > 0 and rate.burst >= 1:
            return rate
    except (ValueError, OverflowError):
        pass
    raise UsageError(
        t("{variable} cannot be {value}", variable=RATE_LIMIT, value=repr(text)),
        field=RATE_LIMIT,
        value=text,
        expected="100/1000, off",
    )


def body_limit_from_environment() -> int:
    """Read ``WANGGE_BODY_LIMIT``, bytes of a request's body at most.

    Raises
    ------
    UsageError
        If it is not a positive whole number.
    """
    text = os.environ.get(BODY_LIMIT, "").strip()
    if not text:
        return DEFAULT_BODY
    if not (text.isascii() and text.isdecimal() and len(text) <= 15 and int(text)):
        raise UsageError(
            t("{variable} cannot be {value}", variable=BODY_LIMIT, value=repr(text[:50])),
            field=BODY_LIMIT,
            value=text[:50],
            expected="64000000",
        )
    return int(text)
