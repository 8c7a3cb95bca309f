"""Vector tiles over HTTP: ours, made anew and held, against tipg, on the same components in one run.

Both have the same number of workers and answer the same questions in turns: tiles of WebMercatorQuad
in which components lie, with the same five properties; tipg also with all it sends by default. Ours is
asked without its cache, and with it once every tile is held. tipg reads a copy of the table, rows,
indexes and order the same, that is declared EPSG:4326.

The HTTP server alone, which answers with as many bytes as a tile has on average, is the most that held tiles
can reach.

Then tiles of low zooms, which hold counts, are made for the first time, on PostGIS and in a file, and after
an edition that moved one component.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import geopandas as gpd
import httpx
import mapbox_vector_tile
import numpy as np

# A file beside this one bears the name of a room, which goes first.
sys.path.append(sys.path.pop(0))

from _cluster import cluster
from _ogc_client import rate
from _ogc_data import components, copy_for_others, fill
from _ogc_servers import Server, bare, ours, peers, tipg
from sqlalchemy import update

from gis.editions import commit
from gis.models import layers
from gis.registry import open_registry
from layers.catalogue import get_layer
from layers.tile_address import TileAddress, limits_at
from layers.tile_cache import CAPACITY
from layers.tile_counts import Overviews
from layers.tilematrix import tile_matrix_set
from layers.tiles import MAX_BYTES

ZOOMS = (14, 15, 16)
MADE, HELD, TIPG, TIPG_ALL = "wangge", "wangge, held", "tipg", "tipg, all it has"
BARE = "HTTP server alone"
WANTED = {MADE: 2.0, HELD: 20.0}
PROPERTIES = "id,class_code,standard,name,state"


def main() -> int:
    options = _options()
    frame = components(options.components)
    places = np.column_stack([frame.geometry.x, frame.geometry.y])
    with ExitStack() as stack:
        url = stack.enter_context(cluster())
        fill(url, frame)
        _draw_singly_from(url, min(ZOOMS))
        copy_for_others(url)
        servers = _start(stack, options, url)
        compare(servers, places)
        missed = sum([_zoom(servers, places, zoom, options) for zoom in ZOOMS])
    _overviews(frame)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--components", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="length of one turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peers", type=Path, default=Path(tempfile.gettempdir()) / "wangge-bench-peers")
    return parser.parse_args()


def _draw_singly_from(url: str, zoom: int) -> None:
    """Let tiles of the zooms that are compared hold components, not counts."""
    with open_registry(url) as registry, registry.begin() as connection:
        connection.execute(update(layers).where(layers.c.id == "components").values(min_zoom=zoom))


def _start(stack: ExitStack, options: argparse.Namespace, url: str) -> dict[str, Server]:
    python = peers(options.peers)
    started = {}
    for name, capacity in ((MADE, "0"), (HELD, "256")):
        os.environ[CAPACITY] = capacity
        started[name] = stack.enter_context(ours(url, options.workers))
    started[BARE] = stack.enter_context(bare(options.workers))
    started[TIPG] = started[TIPG_ALL] = stack.enter_context(tipg(url, python, options.workers))
    return started


def tiles(name: str, server: Server, places: np.ndarray, zoom: int, seed: int) -> Iterator[str]:
    """Yield addresses of tiles in which components lie, the same for everybody."""
    chance = random.Random(seed)
    while True:
        lon, lat = places[chance.randrange(len(places))]
        x = int((lon + 180) / 360 * 2**zoom)
        y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
        root = f"{server.collection}/tiles/WebMercatorQuad/{zoom}"
        if name in (TIPG, TIPG_ALL):
            yield f"{root}/{x}/{y}" + (f"?properties={PROPERTIES}" if name == TIPG else "")
        else:
            yield f"{root}/{y}/{x}?f=mvt"


def compare(servers: dict[str, Server], places: np.ndarray) -> None:
    """Make sure that the tiles which are timed hold the same components at the same places."""
    chosen = {name: tiles(name, servers[name], places, 15, -1) for name in (MADE, HELD, TIPG)}
    total = 0
    for _ in range(10):
        found = [_components(next(addresses)) for addresses in chosen.values()]
        if found[0] != found[1] or found[0].keys() != found[2].keys():
            raise SystemExit("the tiles differ")
        for key, (x, y) in found[0].items():
            if max(abs(x - found[2][key][0]), abs(y - found[2][key][1])) > 1:
                raise SystemExit(f"component {key} lies elsewhere")
        total += len(found[0])
    print(f"10 tiles of zoom 15 alike, {total / 10:.0f} components each on average")


def _components(address: str) -> dict[str, tuple[int, int]]:
    (layer,) = mapbox_vector_tile.decode(httpx.get(address, timeout=60).content).values()
    inside = {}
    for feature in layer["features"]:
        x, y = feature["geometry"]["coordinates"]
        if 0 < x < 4096 and 0 < y < 4096:
            inside[feature["properties"]["id"]] = (x, y)
    return inside


def _mean_bytes(server: Server, places: np.ndarray, zoom: int) -> int:
    """Return how many bytes tiles have on average."""
    chosen = tiles(HELD, server, places, zoom, -1)
    return round(statistics.mean(len(httpx.get(next(chosen), timeout=60).content) for _ in range(50)))


def _zoom(servers: dict[str, Server], places: np.ndarray, zoom: int, options: argparse.Namespace) -> int:
    """Print the rates at a zoom; return how many ratios miss what they were to be."""
    rates: dict[str, list[float]] = {name: [] for name in servers}
    plain = f"{servers[BARE].collection}/bytes/{_mean_bytes(servers[HELD], places, zoom)}"
    for turn in range(-1, options.turns):
        for name, server in servers.items():
            # Before the first turn that counts, all tiles are asked for once, and more than once
            addresses = partial(tiles, name, server, places, zoom)
            if name == BARE:
                addresses = partial(_numbered, plain)
            seconds = 4 * options.seconds if turn < 0 and name == HELD else options.seconds
            got, _answered = rate(addresses, max(turn, 0), seconds=seconds, connections=8)
            if turn >= 0:
                rates[name].append(got)
    middle = {name: statistics.median(turns) for name, turns in rates.items()}
    missed = 0
    for name, value in middle.items():
        ratio = value / middle[TIPG]
        least = WANTED.get(name)
        verdict = "" if least is None else f">= {least:g}: {'reached' if ratio >= least else 'MISSED'}"
        missed += least is not None and ratio < least
        print(f"z{zoom} {name:18} {value:9.1f} tiles/s {ratio:7.2f} x tipg   {verdict}")
    return missed


def _numbered(address: str, seed: int) -> Iterator[str]:
    return (f"{address}/{number}" for number in itertools.count(seed))


def _overviews(frame: gpd.GeoDataFrame) -> None:
    """Print how long tiles of counts take, the first of an edition and those after it."""
    for kind in ("postgis", "file"):
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = stack.enter_context(cluster()) if kind == "postgis" else f"{folder}/city.gpkg"
            fill(url, frame)
            _overview(url, kind, frame.iloc[:1].copy())


def _overview(url: str, kind: str, one: gpd.GeoDataFrame) -> None:
    matrix = tile_matrix_set("WebMercatorQuad")
    with open_registry(url) as registry:
        overviews, layer = Overviews(registry), get_layer(registry, "components")
        taken, largest = [], 0
        for zoom in range(14):
            place = limits_at(zoom, (106.6, 29.5, 106.6, 29.5), matrix)
            started = time.perf_counter()
            content = overviews.tile(layer, TileAddress(matrix, zoom, place.min_row, place.min_column), 1)
            taken.append(time.perf_counter() - started)
            largest = max(largest, len(content))
        one.geometry = one.geometry.translate(0.001, 0.001)
        commit(registry, "components", one)
        started = time.perf_counter()
        overviews.tile(layer, TileAddress(matrix, zoom, place.min_row, place.min_column), 2)
        taken_again = time.perf_counter() - started
    assert largest <= MAX_BYTES
    print(
        f"counts, {kind}: first tile {taken[0]:.2f} s, later ones at most {1000 * max(taken[1:]):.0f} ms,"
        f" largest {largest / 1024:.1f} KiB; the first after another edition {1000 * taken_again:.0f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
