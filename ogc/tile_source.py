"""Where the tiles of one application come from: held ones, the database, or counts."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from layers.layer import Layer
from layers.published import Catalogue
from layers.tile_address import TileAddress
from layers.tile_cache import TileCache, cache_from_environment
from layers.tile_counts import Overviews
from layers.tile_versions import DataVersion, DataVersions
from layers.tiles import holds_counts
from ogc.database import Database


@dataclass(frozen=True, slots=True)
class TileRequest:
    """Which tile of which layer, and of which data.

    Attributes
    ----------
    layer : Layer
        As the asker sees it: what he may not see is no part of it.
    address : TileAddress
        Which tile.
    version : DataVersion
        Of the layer's dataset.
    tag : str
        Its ETag, which stands for all of them.
    """

    layer: Layer
    address: TileAddress
    version: DataVersion
    tag: str


class TileSource:
    """Make tiles and hold them.

    Parameters
    ----------
    database : Database
        To ask.
    cache : TileCache, optional
        To hold them in; else one as large as ``WANGGE_TILE_CACHE`` says.
    """

    def __init__(self, database: Database, cache: TileCache | None = None) -> None:
        self.cache = cache_from_environment() if cache is None else cache
        self._database = database
        self._overviews = Overviews(database.registry)
        self._versions = DataVersions(database.registry)

    async def version(self, catalogue: Catalogue, layer: Layer) -> DataVersion:
        """Return the version of a layer's data when a catalogue was read."""
        # What follows the first three differs between those who ask, not with the data
        version = catalogue.version[:3]
        known = self._versions.known(version)
        if known is None:
            known = await run_in_threadpool(self._versions.get, version)
        return known[layer.dataset]

    async def tile(self, wanted: TileRequest) -> bytes:
        """Return a tile; empty when nothing lies there."""
        content = self.cache.get(wanted.tag)
        if content is None:
            content = await self._made(wanted)
            self.cache.put(wanted.tag, content)
        return content

    async def _made(self, wanted: TileRequest) -> bytes:
        layer, address = wanted.layer, wanted.address
        if not holds_counts(layer, address):
            content = await self._database.tile(layer, address)
            if content is not None:
                return content
        return await run_in_threadpool(self._overviews.tile, layer, address, wanted.version)


def tile_source_of(request: Request) -> TileSource:
    """Return the source of the application a request came to."""
    source: TileSource = request.app.state.tiles
    return source
