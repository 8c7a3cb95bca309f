"""A large raster: how long its import takes, and time and memory of parts of it over HTTP.

An invented orthophoto of ``--side`` pixels squared is imported as ``wangge import rasters`` does, and served
as ``wangge serve`` does. Each question is asked alone, best of three; then as many maps as there are
clients at once, to see that memory stays bounded and that those beyond the bound are told to come again.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import httpx
import numpy as np
import rasterio
from rasterio.windows import Window

# A file beside this one bears the name of a room, which goes first.
sys.path.append(sys.path.pop(0))

from _serving import Server, free_port, served

from gis.importing import ImportOptions, run_import
from gis.rasters.imports import prepare_rasters, read_rasters
from gis.registry import open_registry
from layers.catalogue import seed_layers
from layers.classifying import classify_other

WEST, NORTH, PIXEL = 355_000.0, 3_275_000.0, 0.2
BLOCK = 512
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
HERE = "/ogc/collections/raster:photo"


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-", dir=options.folder) as name:
        folder = Path(name)
        source = folder / "photo.tif"
        began = time.perf_counter()
        # In a process of its own, whose memory is not that of the import
        with ProcessPoolExecutor(1, get_context("spawn")) as writer:
            writer.submit(_write, source, options.side).result()
        _tell("written for the test", began, source.stat().st_size)
        url = str(folder / "city.gpkg")
        kept = _import(url, source)
        began = time.perf_counter()
        with _site(url) as server:
            for title, path in _questions(options.side).items():
                _ask_alone(server, title, path)
            _ask_together(server, options.clients)
        print(f"kept as {kept / 1e6:.0f} MB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=30_000, help="pixels of a side")
    parser.add_argument("--clients", type=int, default=32, help="that ask for a map at once")
    parser.add_argument("--folder", type=Path, help="that has room for some times the raster")
    return parser.parse_args()


def _write(path: Path, side: int) -> None:
    """Write an orthophoto row of blocks by row of blocks: slopes, roofs and some noise."""
    rng = np.random.default_rng(1)
    profile = {"count": 3, "height": side, "width": side, "dtype": "uint8", "crs": "EPSG:4545"}
    tiled = {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "photometric": "RGB", "bigtiff": "YES"}
    place = rasterio.Affine(PIXEL, 0, WEST, 0, -PIXEL, NORTH)
    with rasterio.open(path, "w", driver="GTiff", transform=place, **profile, **tiled) as target:
        for row in range(0, side, BLOCK):
            height = min(BLOCK, side - row)
            y, x = np.mgrid[row : row + height, 0:side].astype("float32")
            ground = 120 + 60 * np.sin(x / 900) * np.cos(y / 700) + 30 * ((x // 80 + y // 60) % 5 == 0)
            noise = rng.integers(0, 8, (3, height, side), "uint8")
            bands = np.clip(ground, 0, 240).astype("uint8") + noise
            target.write(bands, window=Window(0, row, side, height))


def _import(url: str, source: Path) -> int:
    began = time.perf_counter()
    with open_registry(url, create=True) as registry:
        seed_layers(registry)
        run_import(registry, "rasters", [source], ImportOptions(), prepare_rasters, reader=read_rasters)
        classify_other(registry, "raster", "photo", "public")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    _tell("import", began, peak)
    return sum(file.stat().st_size for file in Path(url).with_suffix(".rasters").glob("*.tif"))


@contextmanager
def _site(url: str) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-c", "from wangge.cli import main; main()", "serve", "--registry", url]
    environment = {"WANGGE_RATE_LIMIT": "off"}
    with served([*command, "--port", str(port)], environment, f"http://127.0.0.1:{port}/ogc") as server:
        yield server


def _questions(side: int) -> dict[str, str]:
    metres = side * PIXEL
    middle = f"subset=E({WEST + metres / 2}:{WEST + metres / 2 + 512 * PIXEL})"
    middle += f",N({NORTH - metres / 2 - 512 * PIXEL}:{NORTH - metres / 2})"
    return {
        "map of all, 1024 pixels": f"{HERE}/map?f=png",
        "map of all, EPSG:3857": f"{HERE}/map?f=jpeg&crs={MERCATOR}",
        "512 x 512 as they are": f"{HERE}/coverage?f=tiff&{middle}",
        "512 x 512, EPSG:3857": f"{HERE}/coverage?f=tiff&{middle}&crs={MERCATOR}",
        "all, 2300 x 2300 (16 million values)": f"{HERE}/coverage?f=tiff&width=2300&height=2300",
        "all, 2000 x 2000 as PNG": f"{HERE}/map?f=png&width=2000&height=2000&crs={MERCATOR}",
    }


def _ask_alone(server: Server, title: str, path: str) -> None:
    _forget_peak(server)
    before, took = _memory(server)[0], []
    for _ in range(3):
        began = time.perf_counter()
        answer = httpx.get(_root(server) + path, timeout=300).raise_for_status()
        took.append(time.perf_counter() - began)
    size = f"{len(answer.content) / 1e6:.1f} MB"
    print(
        f"{title:38} {min(took) * 1e3:7.0f} ms  {size:>9}  memory {before / 1e6:.0f} MB,"
        f" at most {_memory(server)[1] / 1e6:.0f} MB"
    )


def _ask_together(server: Server, clients: int) -> None:
    path = f"{_root(server)}{HERE}/map?f=png&width=2000&height=2000&crs={MERCATOR}"
    _forget_peak(server)
    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(lambda _: httpx.get(path, timeout=300), range(clients)))
    counts = Counter(answer.status_code for answer in answers)
    waits = {answer.headers.get("retry-after") for answer in answers if answer.status_code == 503}
    took = statistics.median(
        answer.elapsed.total_seconds() for answer in answers if answer.status_code == 200
    )
    print(
        f"{clients} clients at once: {dict(counts)}, Retry-After {waits or '-'}, {took:.1f} s in the middle,"
        f" at most {_memory(server)[1] / 1e6:.0f} MB"
    )


def _root(server: Server) -> str:
    return server.base


def _memory(server: Server) -> tuple[int, int]:
    """Return what a process holds, and what it held at most, in bytes."""
    lines = Path(f"/proc/{server.process}/status").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    held, most = (int(told[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return held, most


def _forget_peak(server: Server) -> None:
    """Let the most a process held be counted from now on."""
    Path(f"/proc/{server.process}/clear_refs").write_text("5")


def _tell(title: str, began: float, size: int) -> None:
    print(f"{title:38} {time.perf_counter() - began:7.1f} s  {size / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    main()
