"""The catalogue as the public sees it, read once for each of its versions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from gis.models import edition_parts, editions
from gis.registry import Registry
from layers.catalogue import Version, catalogue_version, no_such_layer, read_layers
from layers.extents import dataset_extent
from layers.layer import Layer
from layers.reference_systems import Bounds, ReferenceSystem, systems_for

#: Seconds for which a change may go unnoticed.
CHECK_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class PublishedLayer:
    """A public layer and what is known about its data.

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
    """What is published at one moment.

    Attributes
    ----------
    version : tuple
        Changes with the catalogue and with the data.
    layers : dict
        By identifier, in their order.
    """

    version: Version
    layers: dict[str, PublishedLayer]

    def __getitem__(self, layer_id: str) -> PublishedLayer:
        try:
            return self.layers[layer_id]
        except KeyError:
            raise no_such_layer(layer_id, [entry.layer for entry in self.layers.values()]) from None


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
        self._catalogue: Catalogue | None = None
        self._checked = 0.0

    def fresh(self) -> Catalogue | None:
        """Return the catalogue when it was looked at a moment ago, else ``None``; never waits."""
        if self._catalogue is None or self._clock() - self._checked >= CHECK_EVERY:
            return None
        return self._catalogue

    def get(self) -> Catalogue:
        """Return the catalogue, read again when its version changed."""
        with self._lock:
            fresh = self.fresh()
            if fresh is not None:
                return fresh
            now = self._clock()
            with self._registry.connect() as connection:
                version = catalogue_version(connection)
                if self._catalogue is None or self._catalogue.version != version:
                    self._catalogue = read_catalogue(connection, version)
            self._checked = now
            return self._catalogue


def read_catalogue(connection: Connection, version: Version) -> Catalogue:
    """Read what is published.

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
    entries = {}
    for layer in read_layers(connection):
        extent = dataset_extent(connection, layer.source)
        entries[layer.id] = PublishedLayer(layer, extent, since.get(layer.dataset), systems_for(extent))
    return Catalogue(version, entries)
