"""What tells whether a tile that was made is still the right one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Hashable, Mapping
from functools import lru_cache

from sqlalchemy import Connection, func, select, text

from gis.models import DATASETS, edition_parts
from gis.registry import Registry
from layers.layer import Layer
from layers.tile_address import TileAddress

DataVersion = tuple[int, str]
"""Latest edition of a dataset; in a GeoPackage also when any program last changed its table."""

_LAST_CHANGES = text("SELECT table_name, last_change FROM gpkg_contents")


class DataVersions:
    """Know the version of each dataset, read again when that of the catalogue changed.

    Parameters
    ----------
    registry : Registry
        Whose datasets.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._known: tuple[Hashable, Mapping[str, DataVersion]] | None = None

    def known(self, catalogue: Hashable) -> Mapping[str, DataVersion] | None:
        """Return the versions by dataset when they were read for this version of the catalogue."""
        known = self._known
        return known[1] if known is not None and known[0] == catalogue else None

    def get(self, catalogue: Hashable) -> Mapping[str, DataVersion]:
        """Return the versions by dataset.

        Parameters
        ----------
        catalogue : hashable
            Version of the catalogue; another one whenever any data changed.
        """
        with self._lock:
            known = self.known(catalogue)
            if known is None:
                with self._registry.connect() as connection:
                    known = read_versions(connection)
                self._known = (catalogue, known)
            return known


def read_versions(connection: Connection) -> dict[str, DataVersion]:
    """Return the version of every dataset."""
    latest = select(edition_parts.c.dataset, func.max(edition_parts.c.edition)).group_by(
        edition_parts.c.dataset
    )
    editions = {row[0]: int(row[1]) for row in connection.execute(latest)}
    changes: dict[str, str] = {}
    if connection.dialect.name == "sqlite":
        changes = {row[0]: str(row[1]) for row in connection.execute(_LAST_CHANGES)}
    return {
        name: (editions.get(name, 0), changes.get(dataset.live.name, ""))
        for name, dataset in DATASETS.items()
    }


def tile_tag(layer: Layer, address: TileAddress, version: DataVersion) -> str:
    """Return the ETag of a tile: another one when the data or the definition of its layer changed.

    Parameters
    ----------
    layer : Layer
        As the asker sees it.
    address : TileAddress
        Which tile.
    version : DataVersion
        Of its dataset.

    Returns
    -------
    str
        Weak: two servers may write the same tile in different bytes.
    """
    place = f"{address.tms.id}/{address.zoom}/{address.row}/{address.column}"
    digest = hashlib.sha256(f"{_fingerprint(layer)}\n{version}\n{place}".encode()).hexdigest()
    return f'W/"{digest[:24]}"'


@lru_cache(maxsize=1024)
def _fingerprint(layer: Layer) -> str:
    return repr(layer)
