"""The memory that the index of a million addresses takes while it is built, and when it is there.

The addresses are Hong Kong's, ten times over, each time in another town. One process fills an embedded
registry, another builds the index; its peak (resident memory) counts from when all libraries are loaded.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from _addresses import fill, read_addresses

from geocoding.geocode import geocode
from geocoding.place_index import place_index
from gis.registry import Registry

_TIMES = 10


def main(_: argparse.Namespace) -> int:
    fresh = get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        path = str(Path(folder) / "million.gpkg")
        for work in (_fill, _build):
            process = fresh.Process(target=work, args=(path,))
            process.start()
            process.join()
            if process.exitcode != 0:
                return 1
    return 0


def _fill(path: str) -> None:
    addresses = read_addresses()
    towns = [addresses.assign(text=f"第{number}鎮" + addresses["text"]) for number in range(1, _TIMES + 1)]
    with Registry.open(path, create=True) as registry:
        registry.init()
        fill(registry, pd.concat(towns, ignore_index=True))


def _build(path: str) -> None:
    with Registry.open(path) as registry, tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        _warm(str(Path(folder) / "small.gpkg"))
        before, began = _peak(), time.process_time()
        index = place_index(registry)
        took, grew = time.process_time() - began, _peak() - before
        print(
            f"index of {len(index)} addresses: {took:.0f} s of one core,"
            f" peak {grew / len(index):.0f} bytes an address, {index.nbytes / len(index):.0f} kept"
        )


def _warm(path: str) -> None:
    """Load and compile what building an index takes."""
    with Registry.open(path, create=True) as registry:
        registry.init()
        row = pd.DataFrame({"text": ["尚文大道8号"], "lon": np.array([106.5]), "lat": np.array([29.5])})
        fill(registry, row)
        geocode(registry, "尚文大道8号")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
