"""Names of a registry by which tickets are cut up: divisions, streets, places."""

from __future__ import annotations

import threading
from collections import defaultdict
from weakref import WeakKeyDictionary

import numpy as np

from geocoding.levels import Level
from geocoding.matching.things import DATASETS, LEVELS
from geocoding.normal import normalise
from geocoding.parse_dictionary import NameDictionary
from geocoding.place_index import PlaceIndex

_LONGEST = 20
"""Characters of a name: what is longer is a description."""

_kept: WeakKeyDictionary[PlaceIndex, NameDictionary] = WeakKeyDictionary()
_lock = threading.Lock()


def names_of(index: PlaceIndex) -> NameDictionary:
    """Return the names of divisions, streets and places in an index, by level; made once for each index.

    Plates are left out: they are told by their form. A name of digits only is none.
    """
    with _lock:
        if index not in _kept:
            _kept[index] = _read(index)
        return _kept[index]


def _read(index: PlaceIndex) -> NameDictionary:
    names: dict[Level, set[str]] = defaultdict(set)
    things = np.flatnonzero(index.dataset != DATASETS.index("addresses"))
    for thing in things.tolist():
        name = normalise(str(index.names[thing].as_py())).text
        if 1 < len(name) <= _LONGEST and not name.isdigit():
            names[LEVELS[int(index.levels[thing])]].add(name)
    return NameDictionary(names)
