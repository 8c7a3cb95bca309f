"""The streets of the registry, and which of them door plates name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geocoding.checks.numbers import plain, plate_number
from geocoding.checks.street_lines import StreetLines
from geocoding.names import read_names
from gis.read import read_frame
from gis.registry import Registry


@dataclass(frozen=True, slots=True)
class KnownStreets:
    """Live streets.

    Attributes
    ----------
    codes, names : ndarray of object
        Of each.
    ranges : ndarray of int, shape (n, 2)
        Least and greatest plate number, -1 where that is not known.
    lines : StreetLines
        Where they run.
    """

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    ranges: NDArray[np.int64]
    lines: StreetLines
    _by_code: dict[str, int]
    _by_name: dict[str, tuple[int, ...]]
    _by_other_name: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, registry: Registry) -> KnownStreets | None:
        """Read the streets of a registry; ``None`` when it has none."""
        columns = ["code", "name", "aliases", "former_names", "min_number", "max_number", "geometry"]
        frame = read_frame(registry, "streets", columns=columns)
        if frame.empty:
            return None
        own: dict[str, list[int]] = defaultdict(list)
        other: dict[str, list[int]] = defaultdict(list)
        for at, (name, *more) in enumerate(
            zip(frame["name"], frame["aliases"], frame["former_names"], strict=True)
        ):
            if isinstance(name, str):
                own[plain(name)].append(at)
            for one in (one for text in more if isinstance(text, str) for one in read_names(text)):
                other[plain(one.name)].append(at)
        ranges = np.array([[_number(text) for text in frame[name]] for name in columns[4:6]], np.int64).T
        return cls(
            frame["code"].to_numpy(dtype=object),
            frame["name"].to_numpy(dtype=object),
            ranges,
            StreetLines(np.array(list(frame.geometry), dtype=object)),
            {code: at for at, code in enumerate(frame["code"])},
            {name: tuple(found) for name, found in own.items()},
            {name: tuple(dict.fromkeys(found)) for name, found in other.items()},
        )

    def named(self, code: str | None, name: str | None) -> tuple[int, ...]:
        """Return the streets that a plate names: by code, else by name, else by another name they have."""
        if code in self._by_code:
            return (self._by_code[code],)
        if name is None:
            return ()
        if name in self._by_code:
            return (self._by_code[name],)
        text = plain(name)
        return self._by_name.get(text) or self._by_other_name.get(text, ())


def _number(text: object) -> int:
    return plate_number(text) if isinstance(text, str) else -1
