"""Streets of a registry by their exact names, at the end of texts that say upper levels before them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from geocoding.matching.things import DATASETS
from geocoding.normal import normalise
from geocoding.place_index import PlaceIndex

_SHORTEST = 2
_kept: WeakKeyDictionary[PlaceIndex, dict[str, tuple[int, ...]]] = WeakKeyDictionary()


def streets_ending(index: PlaceIndex, text: str) -> tuple[int, ...]:
    """Return the streets whose name a text ends with, the longest such name, as things of the index.

    Retired streets are among them only where no other has the name.
    """
    known = _names(index)
    plain = normalise(text).text
    for start in range(len(plain) - _SHORTEST + 1):
        found = known.get(plain[start:])
        if found:
            return found
    return ()


def _names(index: PlaceIndex) -> dict[str, tuple[int, ...]]:
    known = _kept.get(index)
    if known is None:
        known = {}
        of_registry = np.flatnonzero(index.dataset == DATASETS.index("streets"))
        # Those in force first, so that the rest find their name taken
        for thing in of_registry[np.argsort(index.retired[of_registry], kind="stable")].tolist():
            name = normalise(index.name(thing)).text
            others = known.get(name, ())
            if not (others and index.retired[thing] and not index.retired[others[0]]):
                known[name] = (*others, thing)
        _kept[index] = known
    return known
