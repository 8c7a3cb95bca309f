"""What of a registry addresses are composed from, in memory: all of it, or what is around one point."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from geocoding.near_shapes import NearShapes
from geocoding.reverse_crossings import find_crossings
from geocoding.reverse_ground import Ground
from geocoding.reverse_settings import ReverseSettings, load_reverse_settings
from geocoding.reverse_things import DATASETS, Reading, Streets, read_named
from gis.degrees import metres_per_degree
from gis.edition_records import basis
from gis.errors import WanggeError
from gis.point_index import PointIndex
from gis.read import Bounds
from gis.registry import Registry

OFTEN = 20
"""After so many single questions everything is read, by a thread, and kept; until then each reads around
its point."""

_log = logging.getLogger(__name__)

_READ_DATASETS = (*DATASETS, "divisions", "grids")
_MARGIN = 1.05


class ReverseIndex:
    """Plates, points of interest, streets, crossings, divisions and unit grids of a registry.

    Parameters
    ----------
    registry : Registry
    as_of : datetime, optional
        Moment whose rows are read; now by default.
    bounds : tuple of float, optional
        West, south, east, north in degrees: what meets this rectangle is read.
    settings : ReverseSettings, optional
        By default those of the configuration file.

    Notes
    -----
    Immutable once made; it may be shared by threads.
    """

    def __init__(
        self,
        registry: Registry,
        as_of: datetime | None = None,
        bounds: Bounds | None = None,
        settings: ReverseSettings | None = None,
    ) -> None:
        self.settings = settings or load_reverse_settings()
        reading = Reading(registry, as_of, bounds)
        self.ground = Ground.read(registry, as_of, bounds)
        self.streets = Streets.read(reading)
        self.street_lines = NearShapes(self.streets.shapes)
        self.crossings = find_crossings(self.streets)
        self.plates, self.pois = read_named(reading, self.ground, self.streets)
        self.plate_points = PointIndex(self.plates.lon, self.plates.lat, np.zeros(len(self.plates)))
        self.poi_shapes = NearShapes(self.pois.shapes)


@dataclass(slots=True)
class _Kept:
    """The state of a registry, how often it was asked about, and its index once there is one."""

    state: object
    asked: int = 0
    index: ReverseIndex | None = None
    making: threading.Thread | None = None


_kept: WeakKeyDictionary[Registry, _Kept] = WeakKeyDictionary()
_lock = threading.Lock()


def reverse_index(registry: Registry, as_of: datetime | None = None) -> ReverseIndex:
    """Return the index of a whole registry; that of now is kept until an edition or the day changes it."""
    if as_of is not None:
        return ReverseIndex(registry, as_of)
    with _lock:
        kept = _state_of(registry)
        if kept.index is None:
            kept.index = ReverseIndex(registry)
        return kept.index


def reverse_index_at(
    registry: Registry, lon: float, lat: float, as_of: datetime | None = None
) -> ReverseIndex:
    """Return an index that holds what lies around a point: a part of a registry, or the one that is kept."""
    if as_of is None:
        with _lock:
            kept = _state_of(registry)
            if kept.index is not None:
                return kept.index
            kept.asked += 1
            if kept.asked > OFTEN and kept.making is None:
                kept.making = threading.Thread(target=_make, args=(registry, kept), daemon=True)
                kept.making.start()
    settings = load_reverse_settings()
    return ReverseIndex(registry, as_of, _around(lon, lat, settings.reach_m), settings)


def wait_until_kept(registry: Registry) -> None:
    """Wait for the thread that reads all of a registry, if there is one."""
    kept = _kept.get(registry)
    if kept is not None and kept.making is not None:
        kept.making.join()


def _make(registry: Registry, kept: _Kept) -> None:
    """Read all of a registry; a million addresses take half a minute, for which nobody has to wait."""
    try:
        kept.index = ReverseIndex(registry)
    except (WanggeError, SQLAlchemyError) as error:
        _log.warning("what points are called is not kept in memory: %s", error)
        kept.asked, kept.making = 0, None


def _state_of(registry: Registry) -> _Kept:
    with registry.connect() as connection:
        editions = basis(connection)
    today: date = datetime.now(UTC).date()
    state = (today, load_reverse_settings(), *(editions.get(dataset) for dataset in _READ_DATASETS))
    kept = _kept.get(registry)
    if kept is None or kept.state != state:
        kept = _kept[registry] = _Kept(state)
    return kept


def _around(lon: float, lat: float, radius_m: float) -> Bounds:
    """Return a rectangle that holds everything within a radius of a point."""
    per_lon, per_lat = metres_per_degree(min(abs(lat) + 0.01, 89.99))
    wide, high = min(radius_m / per_lon * _MARGIN, 1.0), radius_m / per_lat * _MARGIN
    return (max(lon - wide, -180.0), max(lat - high, -90.0), min(lon + wide, 180.0), min(lat + high, 90.0))
