"""Where something lies from a place, as people write it behind it: direction and distance (方位、距离)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from geocoding.normal import NormalText
from geocoding.numerals import chinese_number

_NEARBY_METRES, _BESIDE_METRES = 100.0, 50.0
_NUMERAL = r"\d+|[一二两三四五六七八九十百千]+"
_HINT = re.compile(
    rf"(?P<word>斜?对面|旁边?|附近|隔壁|门[口前]|路口|前面|后面)$"
    rf"|(?P<direction>[东南西北]{{1,2}})(?:侧|面|边|方向?)?(?:约|大约)?(?P<distance>{_NUMERAL})(?:米|公尺|M)(?:处|左右|远)?$"
    r"|(?P<side>[东南西北]{1,2})(?:侧|面|边|方向?)$"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A direction (``西南``) or a word (``对面``), and metres if the text gives some.

    The standards allow distances as a hint, not as a basis for positioning: the point stays that of the
    place, and ``reach_m`` says how much less accurate it is.
    """

    text: str
    direction: str | None
    distance_m: float | None

    @property
    def reach_m(self) -> float:
        """How far from the place what is meant may lie, in metres."""
        if self.distance_m is not None:
            return self.distance_m
        return _NEARBY_METRES if self.text == "附近" else _BESIDE_METRES

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"text": self.text, "direction": self.direction, "distance_m": self.distance_m}


def hint_of(plain: NormalText) -> Hint | None:
    """Return where a text says that something lies from a place.

    Examples
    --------
    >>> hint_of(normalise("尚文大道1398号西南侧约六十米"))
    Hint(text='西南侧约六十米', direction='西南', distance_m=60.0)
    """
    found = _HINT.search(plain.text)
    if found is None or found.start() == 0:
        return None
    start, end = plain.span(found.start(), found.end())
    digits = found["distance"]
    number = digits if digits is None or digits.isdecimal() else chinese_number(digits)
    return Hint(
        plain.original[start:end],
        found["direction"] or found["side"],
        None if number is None else float(number),
    )
