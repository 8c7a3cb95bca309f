"""Features over HTTP: ours against pygeoapi, tipg and the least that answers, on one table in one run.

All have two workers, answer the same questions on the same components in PostGIS, in turns, over the same
kept connections; the client is lean and shares the machine with whoever is asked. Stock pygeoapi and
tipg run as their documentation says; the least that answers is :mod:`_ogc_prototype`.

Two kindnesses, because otherwise pygeoapi cannot answer at all: it and tipg read a copy of the table, rows,
indexes and order the same, that is declared EPSG:4326 (pygeoapi looks for boxes in EPSG:4490 with axes
swapped), and pygeoapi's provider, which names psycopg2, runs on the psycopg 3 that is installed.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np

# A file beside this one bears the name of a room, which goes first.
sys.path.append(sys.path.pop(0))

import _ogc_processor as processor
from _cluster import cluster
from _ogc_client import Addresses, ask_many, rate
from _ogc_data import boxes, components, copy_for_others, fill, identifier
from _ogc_servers import Server, ours, peers, prototype, stock, tipg

LIMITS = (10, 100, 1000)
OURS, STOCK, TIPG, LEAST, EMBEDDED = "wangge", "pygeoapi", "tipg", "least", "wangge, file"
PARTIES = (OURS, LEAST, STOCK, TIPG, EMBEDDED)

#: How many times as fast as the other we want to be, by question.
WANTED = {
    **{(f"items {limit}", STOCK): ratio for limit, ratio in zip(LIMITS, (20, 20, 8), strict=True)},
    **{(f"items {limit}", TIPG): 8 for limit in LIMITS},
    ("item", STOCK): 5,
}

Rates = dict[tuple[str, str], "Speed"]


@dataclass(frozen=True)
class Speed:
    """How fast somebody answers.

    Attributes
    ----------
    rate : float
        Requests per second, the median of the turns.
    cost : float
        Processor time of server and database in milliseconds per request, over all turns.
    """

    rate: float
    cost: float


@dataclass(frozen=True)
class Line:
    """One line of the result: a ratio and what it was to be, and the same of processor time."""

    name: str
    ratio: float
    least: float
    cost: float

    def __str__(self) -> str:
        verdict = "reached" if self.ratio >= self.least else "MISSED"
        return f"{self.name:44} {self.ratio:8.2f}   >= {self.least:g}: {verdict:8} processor {self.cost:6.2f}"


def main() -> int:
    options = _options()
    frame = components(options.components)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(cluster())
        fill(url, frame)
        copy_for_others(url)
        servers = _start(stack, options, url, folder, frame)
        del frame
        compare(servers)
        options.database = processor.postmaster(url)
        rates = _rates(servers, options)
        lines = [*_peers(rates), *_depth(servers[OURS], options), *_systems(servers[OURS], options)]
        lines += _memory(servers[OURS])
    print()
    for line in lines:
        print(line)
    return 0 if all(line.ratio >= line.least for line in lines) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--components", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of one turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--parties", nargs="+", choices=PARTIES, default=PARTIES)
    parser.add_argument("--venv", type=Path, help="environment of the peers, made where there is none")
    parsed = parser.parse_args()
    parsed.parties = {OURS, *parsed.parties}
    return parsed


def _start(
    stack: ExitStack, options: argparse.Namespace, url: str, folder: Path, frame: object
) -> dict[str, Server]:
    """Start everybody who takes part; those who are not asked cost nothing but memory."""
    asked, workers = options.parties, options.workers
    started: dict[str, Callable[[], object]] = {OURS: partial(ours, url, workers)}
    if STOCK in asked:
        started[STOCK] = partial(stock, url, folder, workers)
    if asked & {TIPG, LEAST}:
        python = peers(options.venv or folder / "peers")
        started |= {
            TIPG: partial(tipg, url, python, workers),
            LEAST: partial(prototype, url, python, workers),
        }
    if EMBEDDED in asked:
        file = str(folder / "bench.gpkg")
        fill(file, frame)
        started[EMBEDDED] = partial(ours, file, workers)
    return {
        name: stack.enter_context(started[name]()) for name in PARTIES if name in asked and name in started
    }


def compare(servers: dict[str, Server]) -> None:
    """Make sure that all give the same answers to the questions that are timed."""
    chosen, features = boxes(-1), 0
    for _ in range(20):
        box = next(chosen)
        places = {}
        for name, server in servers.items():
            page = httpx.get(server.items(box, 100), timeout=60).json()
            places[name] = np.array([f["geometry"]["coordinates"] for f in page["features"]]).reshape(-1, 2)
            same = places[name].shape == places[OURS].shape
            if not (same and np.allclose(places[name], places[OURS], rtol=0, atol=2e-9)):
                shapes = places[OURS].shape, places[name].shape
                raise SystemExit(f"{name} answers otherwise for {box}: {shapes}")
        features += len(places[OURS])
    print(f"20 boxes answered alike, {features / 20:.0f} features each on average")


def _rates(servers: dict[str, Server], options: argparse.Namespace) -> Rates:
    """Ask everybody everything and print the table."""
    rates: Rates = {}
    for question in (*(f"items {limit}" for limit in LIMITS), "item"):
        chosen = {
            name: (server, partial(_addresses, name, server, question, options))
            for name, server in servers.items()
        }
        for name, speed in alternate(chosen, options).items():
            rates[question, name] = speed
            print(f"{question:12} {name:14} {speed.rate:9.1f} requests/s {speed.cost:8.2f} ms", flush=True)
    return rates


def _addresses(
    name: str, server: Server, question: str, options: argparse.Namespace, seed: int
) -> Iterator[str]:
    """Yield the URLs of one question to one server."""
    kind, _, limit = question.partition(" ")
    if kind == "items":
        yield from (server.items(box, int(limit)) for box in boxes(seed))
    chance = random.Random(seed)
    whole = {STOCK: f"{server.collection}-by-id"}.get(name, server.collection)
    form = {STOCK: "?f=json", TIPG: "?f=geojson"}.get(name, "")
    while True:
        number = chance.randrange(options.components)
        feature = str(number + 1) if name == TIPG else identifier(number)
        yield f"{whole}/items/{feature}{form}"


def alternate(chosen: dict[str, tuple[Server, Addresses]], options: argparse.Namespace) -> dict[str, Speed]:
    """Ask one after the other, turn by turn, after a short warm-up."""
    timed = partial(rate, connections=options.connections)
    for _server, addresses in chosen.values():
        timed(addresses, 10_000, seconds=1.5)
    rates: dict[str, list[float]] = {name: [] for name in chosen}
    spent, answered = dict.fromkeys(chosen, 0.0), dict.fromkeys(chosen, 0)
    for turn in range(options.turns):
        for name, (server, addresses) in chosen.items():
            before = processor.seconds([server.process, options.database])
            found, count = timed(addresses, turn, seconds=options.seconds)
            rates[name].append(found)
            spent[name] += processor.seconds([server.process, options.database]) - before
            answered[name] += count
    return {
        name: Speed(statistics.median(rates[name]), 1000 * spent[name] / answered[name]) for name in chosen
    }


def _line(name: str, one: Speed, other: Speed, least: float) -> Line:
    return Line(name, one.rate / other.rate, least, other.cost / one.cost)


def _peers(rates: Rates) -> list[Line]:
    lines = [
        _line(f"{question}: wangge / {other}", rates[question, OURS], rates[question, other], least)
        for (question, other), least in WANTED.items()
        if (question, other) in rates
    ]
    for (question, name), speed in rates.items():
        if name == EMBEDDED:
            lines.append(_line(f"{question}: file / PostGIS", speed, rates[question, OURS], 0.5))
        if name == LEAST:
            lines.append(
                _line(f"{question}: wangge / the least that answers", rates[question, OURS], speed, 0)
            )
    return lines


def _depth(server: Server, options: argparse.Namespace) -> list[Line]:
    """Compare pages near the end of the table with its first ones."""
    deep = options.components * 9 // 10
    page = f"{server.collection}/items?limit=100&after="
    chosen: dict[str, tuple[Server, Addresses]] = {
        "first": (server, lambda seed: (f"{page}{n + seed}" for n in itertools.cycle(range(1000)))),
        "deep": (server, lambda seed: (f"{page}{deep + n + seed}" for n in itertools.cycle(range(1000)))),
    }
    speeds = alternate(chosen, options)
    return [_line(f"page at {deep} / first page", speeds["deep"], speeds["first"], 0.8)]


def _systems(server: Server, options: argparse.Namespace) -> list[Line]:
    """Compare coordinates of other systems with longitude and latitude."""
    codes = ("4490", "4524", "3857")
    chosen: dict[str, tuple[Server, Addresses]] = {"": (server, partial(_in_system, server, ""))}
    for code in codes:
        crs = quote(f"http://www.opengis.net/def/crs/EPSG/0/{code}", safe=":/")
        chosen[code] = (server, partial(_in_system, server, f"&crs={crs}"))
    speeds = alternate(chosen, options)
    return [_line(f"items 100 in EPSG:{code} / in CRS84", speeds[code], speeds[""], 0.9) for code in codes]


def _in_system(server: Server, crs: str, seed: int) -> Iterator[str]:
    return (server.items(box, 100) + crs for box in boxes(seed))


def _memory(server: Server) -> list[Line]:
    """Compare the memory of the workers before and after many requests, and while big pages leave."""
    asked = partial(_in_system, server, "")
    ask_many(asked, 1, 2_000, connections=8)
    before = server.memory()
    ask_many(asked, 2, 10_000, connections=8)
    after = server.memory()
    for page in range(40):
        httpx.get(f"{server.collection}/items?limit=10000&after={page}", timeout=120).raise_for_status()
    most = server.memory("VmHWM:")
    print(f"workers: {_mebibytes(before)} MiB, after 10 000 requests {_mebibytes(after)} MiB,", end=" ")
    print(f"at most, with pages of 10 000 features, {_mebibytes(most)} MiB")
    return [
        Line("memory before / after 10 000 requests", sum(before) / sum(after), 0.95, 1.0),
        Line("memory / at most with pages of 10 000", sum(after) / sum(most), 0.9, 1.0),
    ]


def _mebibytes(sizes: list[int]) -> str:
    return " + ".join(f"{size >> 20}" for size in sizes)


if __name__ == "__main__":
    sys.exit(main())
