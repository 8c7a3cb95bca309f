"""A registry with Hong Kong's addresses for the length of a measurement."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from _addresses import fill, read_addresses

from gis.registry import Registry


@contextmanager
def hong_kong() -> Iterator[tuple[Registry, pd.DataFrame]]:
    """Yield an embedded registry filled with all addresses, and the addresses."""
    addresses = read_addresses()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        registry = Registry.open(str(Path(folder) / "hong-kong.gpkg"), create=True)
        registry.init()
        fill(registry, addresses)
        try:
            yield registry, addresses
        finally:
            registry.close()
