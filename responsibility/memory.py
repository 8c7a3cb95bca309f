"""What a resolver keeps in memory of a registry, by the state it was read in."""

from __future__ import annotations

import threading
from datetime import date
from functools import cache
from importlib.metadata import version

import numpy as np

from gis.registry import Registry
from gis.text import current_language
from responsibility.bulk import Bulk
from responsibility.bulk_ground import Ground
from responsibility.catalogues import Catalogues
from responsibility.compose import Composer
from responsibility.current import Editions
from responsibility.model import Basis
from responsibility.proximity import Floats, boxes_around
from responsibility.quick import Quick
from responsibility.settings import ResolveSettings
from responsibility.snapshot import Moment, Snapshot

# How many states of the registry are kept whole.
_KEPT = 2


class Memory:
    """The data of a registry, read once for each of its states.

    Parameters
    ----------
    registry : Registry
        What is read.
    settings : ResolveSettings
        Reach of the classes, what answers rest on.
    editions : Editions
        Says whether the registry changed while it was read.
    """

    def __init__(self, registry: Registry, settings: ResolveSettings, editions: Editions) -> None:
        self.catalogues = Catalogues(registry)
        self._registry, self._settings, self._editions = registry, settings, editions
        self._kept: dict[tuple[tuple[str, int], ...], Snapshot] = {}
        self._lock = threading.Lock()
        self._quick: tuple[tuple[tuple[str, int], ...], Quick] | None = None
        self._bulk: tuple[tuple[Snapshot, int, str], Bulk] | None = None

    def basis(self, moment: Moment) -> Basis:
        """Return what answers about a moment rest on."""
        return Basis(moment.editions, self._settings.hash, _version())

    def holds(self, moment: Moment) -> bool:
        """Tell whether all data of a moment is in memory."""
        return moment.editions in self._kept

    def whole(self, moment: Moment) -> Snapshot:
        """Return all data of a moment."""
        with self._lock:
            kept = self._kept.get(moment.editions)
            if kept is None:
                kept = self._read(moment)
                # What holds now may have changed while it was read.
                if moment.read_at is not None or self._editions.are_still(moment.editions):
                    self._kept = {**dict(list(self._kept.items())[1 - _KEPT :]), moment.editions: kept}
            return kept

    def _read(self, moment: Moment) -> Snapshot:
        return Snapshot(self._registry, moment, self._settings, self.catalogues.at(moment))

    def around(self, moment: Moment, lon: Floats, lat: Floats, accuracy_m: Floats) -> Snapshot:
        """Return what lies around points, EPSG:4490 and metres; all data of the moment where it is kept."""
        kept = self._kept.get(moment.editions)
        if kept is not None:
            return kept
        reach = np.maximum(accuracy_m, self._settings.snap_m)
        west, south, east, north = boxes_around(lon, lat, reach)
        bounds = (float(west.min()), float(south.min()), float(east.max()), float(north.max()))
        catalogue = self.catalogues.at(moment)
        return Snapshot(self._registry, moment, self._settings, catalogue, bounds)

    def composer(self, snapshot: Snapshot, moment: Moment) -> Composer:
        """Return what puts answers about a moment together."""
        return Composer(snapshot, self._settings, self.basis(moment))

    def quick(self, moment: Moment, day: int, *, make: bool = True) -> Quick | None:
        """Return what answers single questions about a day, as ``date.toordinal`` counts.

        None where the data of the moment is not in memory, or nothing is ready and none is to be made.
        """
        if self._quick is not None:
            editions, quick = self._quick
            if quick.day == day and editions == moment.editions:
                return quick
        snapshot = self._kept.get(moment.editions) if make else None
        if snapshot is None:
            return None
        quick = Quick(snapshot, self.composer(snapshot, moment), day, self._settings.border_m)
        self._quick = moment.editions, quick
        return quick

    def bulk(self, moment: Moment, day: int) -> Bulk | None:
        """Return what answers many questions about a day, None where there are no unit grids.

        It is kept for the language its reasons are in.
        """
        snapshot = self.whole(moment)
        written = f"{date.fromordinal(day):%Y%m%d}"
        if not Ground.serves(snapshot, written):
            return None
        key = (snapshot, day, current_language())
        if self._bulk is None or self._bulk[0] != key:
            bulk = Bulk(snapshot, self.composer(snapshot, moment), written, self._settings.snap_m)
            self._bulk = (key, bulk)
        return self._bulk[1]


@cache
def _version() -> str:
    return version("wangge")
