"""Keep the tiles that were asked for last."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Hashable

from gis.errors import UsageError
from gis.text import t

#: Environment variable: MiB of tiles that one process keeps; 0 for none.
CAPACITY = "WANGGE_TILE_CACHE"

_DEFAULT_MIB = 64
#: What a tile takes besides its bytes, about.
_OVERHEAD = 400


class TileCache:
    """Encoded tiles in memory, the least recently asked for thrown out first.

    Parameters
    ----------
    capacity : int
        Bytes to hold at most.
    """

    def __init__(self, capacity: int = _DEFAULT_MIB * 2**20) -> None:
        self.capacity = capacity
        self.nbytes = 0
        self._tiles: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._tiles)

    def get(self, key: Hashable) -> bytes | None:
        """Return a tile; ``None`` when it is not held."""
        with self._lock:
            content = self._tiles.get(key)
            if content is not None:
                self._tiles.move_to_end(key)
            return content

    def put(self, key: Hashable, content: bytes) -> None:
        """Hold a tile, also an empty one; others make room for it."""
        size = len(content) + _OVERHEAD
        if size > self.capacity:
            return
        with self._lock:
            held = self._tiles.pop(key, None)
            self.nbytes += size - (0 if held is None else len(held) + _OVERHEAD)
            self._tiles[key] = content
            while self.nbytes > self.capacity:
                _key, dropped = self._tiles.popitem(last=False)
                self.nbytes -= len(dropped) + _OVERHEAD


def cache_from_environment() -> TileCache:
    """Return a cache as large as ``WANGGE_TILE_CACHE`` says.

    Raises
    ------
    UsageError
        If that is not a whole number of MiB.
    """
    text = os.environ.get(CAPACITY, str(_DEFAULT_MIB))
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise UsageError(
            t("{field} cannot be {value}", field=CAPACITY, value=repr(text)),
            field=CAPACITY,
            value=text,
            expected="0 …",
        )
    return TileCache(int(text) * 2**20)
