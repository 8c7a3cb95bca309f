"""Time the search as one types, keystroke by keystroke, against pg_trgm: 1 M addresses and 300 k names.

Names and addresses are invented (seeded) and typed character by character, in Chinese, by pinyin and by
initials. Ours is the whole search with the middle of the map, the rows of the results from the embedded
registry; the peer is ``ILIKE '%…%'`` over the same texts in PostgreSQL with a trigram index, the best dozen
by beginning and length. Pinyin, which the peer cannot answer, is timed for ours alone.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.append(sys.path.pop(0))

import geopandas
import numpy as np
import pandas as pd
import psycopg
from _cluster import cluster

sys.path.pop()

from geocoding.pinyin import initials, readings
from gis.editions import commit
from gis.registry import Registry
from web.search import search
from web.search_names import SearchNames

SEED, LIMIT, CENTRE = 12319, 12, (106.5, 29.5)
WORDS = "金银长安和平中山解放人民建设光明春秋江河东西南北大小新老龙凤云水石桥花木青红白黄天地福寿康宁学文武"
KINDS = [
    "小区",
    "大厦",
    "公园",
    "超市",
    "小学",
    "中学",
    "医院",
    "饭店",
    "药房",
    "广场",
    "市场",
    "公司",
    "派出所",
    "停车场",
    "公厕",
    "幼儿园",
    "加油站",
    "银行",
]
PEER = (
    "SELECT id, name FROM names WHERE name ILIKE %(any)s "
    "ORDER BY name ILIKE %(begin)s DESC, length(name), name LIMIT 12"
)


def main() -> int:
    options = parse_arguments()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    random = np.random.default_rng(SEED)
    names, addresses = made_names(random, options.names), made_addresses(random, options.addresses)
    with registry_of(random, names, addresses) as registry, peer_of([*names, *addresses]) as ask:
        kept = SearchNames(registry)
        before, begun = peak(), time.perf_counter()
        kept.read()
        took = time.perf_counter() - begun
        kept_mib, grown = kept.nbytes / 2**20, peak() - before
        print(f"names read in {took:.1f} s: {kept_mib:.0f} MiB kept, peak grew by {grown:.0f} MiB")
        targets = [*random.choice(names, options.typed), *random.choice(addresses, options.typed)]
        compare(registry, kept, ask, [str(one) for one in targets])
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--names", type=int, default=300_000)
    parser.add_argument("--typed", type=int, default=40, help="names, and as many addresses, that are typed")
    return parser.parse_args()


def compare(registry: Registry, kept: SearchNames, ask: Callable[[str], None], targets: list[str]) -> None:
    """Time every keystroke of all targets."""

    def ours(text: str) -> None:
        search(registry, text, LIMIT, centre=CENTRE, names=kept)

    typed = {
        "Chinese": [text[:end] for text in targets for end in range(1, len(text) + 1)],
        "pinyin": [
            text[:end] for one in targets for text in [pinyin(one)] for end in range(1, len(text) + 1)
        ],
        "initials": [
            text[:end] for one in targets for text in [initials(one)] for end in range(1, len(text) + 1)
        ],
    }
    for text in ("路", "lu", "人民1"):
        ours(text)
    for how, texts in typed.items():
        theirs, times = [], []
        for text in texts:
            times.append(timed(ours, text))
            if how == "Chinese":
                theirs.append(timed(ask, text))
        print(f"{how:9} {len(texts):5} keystrokes, ours    {told(times)}: {texts[int(np.argmax(times))]!r}")
        if theirs:
            ratios = [f"{np.percentile(theirs, p) / np.percentile(times, p):.1f}x" for p in (50, 99)]
            print(f"{how:9} {len(texts):5} keystrokes, pg_trgm {told(theirs)}; ratios {', '.join(ratios)}")


def timed(function: Callable[[str], None], text: str) -> float:
    begun = time.perf_counter()
    function(text)
    return 1000 * (time.perf_counter() - begun)


def told(times: list[float]) -> str:
    half, most = np.percentile(times, (50, 99))
    return f"p50 {half:6.1f} ms, p99 {most:6.1f} ms, max {max(times):6.1f} ms"


def pinyin(text: str) -> str:
    read = zip(text, readings(text), strict=True)
    return "".join(one[0] if one else character.lower() for character, one in read)


def made_names(random: np.random.Generator, count: int) -> list[str]:
    """Return distinct names of places."""
    words = ["".join(pair) for pair in itertools.permutations(WORDS, 2)]
    picked = (
        f"{words[first]}{words[second] if second % 3 else ''}{KINDS[kind]}"
        for first, second, kind in zip(
            random.integers(0, len(words), 2 * count),
            random.integers(0, len(words), 2 * count),
            random.integers(0, len(KINDS), 2 * count),
            strict=True,
        )
    )
    return list(dict.fromkeys(picked))[:count]


def made_addresses(random: np.random.Generator, count: int) -> list[str]:
    """Return addresses on ten thousand streets, some with a building."""
    words = ["".join(pair) for pair in itertools.permutations(WORDS, 2)]
    streets = [
        f"{words[district]}区{words[town]}街道{words[name]}{'路街巷'[name % 3]}"
        for district, town, name in zip(
            random.integers(0, 12, 10_000) * 97,
            random.integers(0, 150, 10_000) * 13,
            random.integers(0, len(words), 10_000),
            strict=True,
        )
    ]
    street, plate, building = (random.integers(0, most, count) for most in (len(streets), 400, 60))
    return [
        f"{streets[on]}{number + 1}号{f'{block}栋' if block > 30 else ''}"
        for on, number, block in zip(street.tolist(), plate.tolist(), building.tolist(), strict=True)
    ]


@contextmanager
def registry_of(random: np.random.Generator, names: list[str], addresses: list[str]) -> Iterator[Registry]:
    """Put all into an embedded registry for the length of the measurement."""
    with (
        tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder,
        Registry.open(str(Path(folder) / "city.gpkg"), create=True) as registry,
    ):
        registry.init()
        for dataset, column, texts in (("places", "name", names), ("addresses", "address", addresses)):
            rows = pd.DataFrame({"code": [f"{number:019}" for number in range(len(texts))], column: texts})
            lon, lat = random.normal(CENTRE[0], 0.1, len(texts)), random.normal(CENTRE[1], 0.1, len(texts))
            points = geopandas.points_from_xy(lon, lat)
            commit(registry, dataset, geopandas.GeoDataFrame(rows, geometry=points, crs="EPSG:4490"))
        yield registry


@contextmanager
def peer_of(texts: list[str]) -> Iterator[Callable[[str], None]]:
    """Put the texts into PostgreSQL with a trigram index; yield what asks it."""
    with cluster() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE names (id integer, name text)")
        with connection.cursor().copy("COPY names FROM STDIN") as copy:
            for row, text in enumerate(texts):
                copy.write_row((row, text))
        connection.execute("CREATE INDEX ON names USING gin (name gin_trgm_ops)")
        connection.execute("VACUUM ANALYZE names")

        def ask(text: str) -> None:
            connection.execute(PEER, {"any": f"%{text}%", "begin": f"{text}%"}).fetchall()

        yield ask


def peak() -> float:
    """Return the most memory this process ever took, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
