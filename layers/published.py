"""The catalogue as each principal sees it, read once for each of its versions."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, func, select

from gis.models import DATASETS, edition_parts, editions
from gis.registry import Registry
from layers.access import LOCAL, Principal
from layers.catalogue import Version, catalogue_version, no_such_layer, read_layers
from layers.classification import DEFAULT_LEVELS, INTERNAL, Level, read_classifications, read_levels
from layers.coarsening import coarse_extent
from layers.extents import dataset_extent
from layers.layer import Layer
from layers.reference_systems import Bounds, ReferenceSystem, systems_for
from layers.views import view_of

#: Seconds for which a change may go unnoticed.
CHECK_EVERY = 1.0

#: How many principals' views of one version are kept.
_VIEWS = 256


@dataclass(frozen=True, slots=True)
class PublishedLayer:
    """A layer as somebody sees it, and what is known about its data.

    Attributes
    ----------
    layer : Layer
        The layer.
    extent : Bounds or None
        EPSG:4490, longitude and latitude.
    since : datetime or None
        When its dataset was first imported.
    systems : tuple of ReferenceSystem
        Coordinate systems on offer.
    """

    layer: Layer
    extent: Bounds | None
    since: datetime | None
    systems: tuple[ReferenceSystem, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What somebody sees at one moment.

    Attributes
    ----------
    version : tuple
        Changes with the catalogue and with the data, and differs between those who see different things.
    layers : dict
        By identifier, in their order.
    levels : mapping
        Classifications by identifier.
    dataset_levels : mapping
        Classifications of those datasets that somebody classified.
    """

    version: Version
    layers: dict[str, PublishedLayer]
    levels: Mapping[str, Level] = field(default_factory=lambda: DEFAULT_LEVELS)
    dataset_levels: Mapping[str, Level] = field(default_factory=dict)

    def __getitem__(self, layer_id: str) -> PublishedLayer:
        try:
            return self.layers[layer_id]
        except KeyError:
            raise no_such_layer(layer_id, [entry.layer for entry in self.layers.values()]) from None

    def seen_by(self, principal: Principal) -> Catalogue:
        """Return what somebody sees of the whole catalogue."""
        seen = {}
        for name, entry in self.layers.items():
            dataset_level = self.dataset_levels.get(entry.layer.dataset, INTERNAL)
            layer = view_of(entry.layer, principal, self.levels, dataset_level)
            if layer is not None:
                seen[name] = replace(entry, layer=layer, extent=coarse_extent(layer, entry.extent))
        version = (*self.version, _fingerprint(principal))
        return Catalogue(version, seen, self.levels, self.dataset_levels)


class PublishedCatalogue:
    """Keep the catalogue of a registry and look now and then whether it changed.

    Parameters
    ----------
    registry : Registry
        Where it lies.
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, registry: Registry, clock: Callable[[], float] = time.monotonic) -> None:
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()
        self._whole: Catalogue | None = None
        self._views: OrderedDict[Principal, Catalogue] = OrderedDict()
        self._checked = 0.0

    def fresh(self, principal: Principal = LOCAL) -> Catalogue | None:
        """Return what somebody sees when it was looked at a moment ago, else ``None``; never waits."""
        if self._whole is None or self._clock() - self._checked >= CHECK_EVERY:
            return None
        return self._views.get(principal)

    def look_again(self) -> None:
        """Look at the next question whether something changed: this process just changed it."""
        self._checked = float("-inf")

    def get(self, principal: Principal = LOCAL) -> Catalogue:
        """Return what somebody sees of the catalogue, read again when its version changed."""
        with self._lock:
            fresh = self.fresh(principal)
            if fresh is not None:
                return fresh
            whole = self._looked_at()
            if principal not in self._views:
                self._views[principal] = whole.seen_by(principal)
            if len(self._views) > _VIEWS:
                self._views.popitem(last=False)
            return self._views[principal]

    def _looked_at(self) -> Catalogue:
        """Return the whole catalogue, read again when its version changed."""
        now = self._clock()
        if self._whole is not None and now - self._checked < CHECK_EVERY:
            return self._whole
        with self._registry.connect() as connection:
            version = catalogue_version(connection)
            if self._whole is None or self._whole.version != version:
                self._views.clear()
                self._whole = read_catalogue(connection, version)
        self._checked = now
        return self._whole


def read_catalogue(connection: Connection, version: Version) -> Catalogue:
    """Read all layers, whoever may see them.

    Parameters
    ----------
    connection : Connection
        To the registry.
    version : tuple
        Of the same snapshot.
    """
    first = (
        select(edition_parts.c.dataset, func.min(editions.c.committed_at))
        .join(editions, editions.c.id == edition_parts.c.edition)
        .group_by(edition_parts.c.dataset)
    )
    since = {row[0]: row[1] for row in connection.execute(first)}

    @cache
    def facts(dataset: str) -> tuple[Bounds | None, tuple[ReferenceSystem, ...]]:
        extent = dataset_extent(connection, DATASETS[dataset])
        return extent, systems_for(extent)

    entries = {}
    for layer in read_layers(connection, public_only=False):
        extent, systems = facts(layer.dataset)
        entries[layer.id] = PublishedLayer(layer, extent, since.get(layer.dataset), systems)
    levels, classified = read_levels(connection), read_classifications(connection, "dataset")
    return Catalogue(version, entries, levels, classified)


def _fingerprint(principal: Principal) -> str:
    """Return a short text that differs between principals who may see different things."""
    parts = [sorted(part) if part is not None else None for part in _scope(principal)]
    return hashlib.sha256(repr((principal.local, parts)).encode()).hexdigest()[:12]


def _scope(principal: Principal) -> tuple[frozenset[str] | None, ...]:
    return frozenset(map(str, principal.roles)), principal.counties, principal.layers
