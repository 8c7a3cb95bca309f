"""Resolve over HTTP: our ``GET /api/resolve`` against tipg's single item, same registry, machine and run.

Both serve one registry in PostGIS with one uvicorn process each and are asked in turns by the same client
over kept connections: ours for a component or a matter at a place, located and decided with all reasons;
tipg for one component by its key, which it reads from its table. tipg is installed into an environment of its
own. Before anything is timed, answers of both are looked at: ours name the unit grid in which a brute-force
search finds the place, those of tipg the component that was asked for.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

# The benchmarks' own modules come last: one of them is called like a room.
sys.path.append(sys.path.pop(0))

import httpx
import numpy as np
import pandas as pd
import psycopg
import shapely
from _answering import STANDARD, made, questions
from _cluster import cluster
from _district import ROWS, District
from _serving import Server, Turn, ask, free_port, served

sys.path.pop()

TARGET = 4.0
GRIDS_OF_COMMUNITY = 130
CHECKED = 200
MANY = 5_000


def main() -> int:
    options = parse_arguments()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with ExitStack() as stack:
        folder = Path(options.venv or stack.enter_context(TemporaryDirectory()))
        program = with_tipg(folder)
        url = stack.enter_context(cluster())
        asked, items = filled(url, options)
        sides = {
            "wangge": (stack.enter_context(wangge(url)), paths_of(asked)),
            "tipg": (stack.enter_context(tipg(url, program)), items),
        }
        look_at_ours(sides["wangge"][0].base, asked)
        look_at_theirs(sides["tipg"][0].base, items)
        turns = alternate(sides, options)
    return report(turns)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grids", type=int, default=5_000)
    parser.add_argument("--components", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=20_000, help="different ones, asked again and again")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--venv", help="folder in which tipg is installed, kept for the next run")
    parser.add_argument("--seed", type=int, default=20260701)
    return parser.parse_args()


def with_tipg(folder: Path) -> Path:
    """Return the Python of an environment that has tipg and the fast parts of uvicorn; make it if need be."""
    program = folder / "bin" / "python"
    if not program.exists():
        venv.create(folder, with_pip=True)
    if subprocess.run([program, "-c", "import tipg, httptools, uvloop"], capture_output=True).returncode:
        subprocess.run([program, "-m", "pip", "install", "-q", "tipg", "uvicorn[standard]"], check=True)
    return program


def filled(url: str, options: argparse.Namespace) -> tuple[pd.DataFrame, list[str]]:
    """Fill the registry; return the questions for ours, with their unit grids, and the paths for tipg."""
    random = np.random.default_rng(options.seed)
    communities = max(1, round(options.grids / GRIDS_OF_COMMUNITY))
    pieces = made(url, communities, options.components, random)
    asked = questions(pieces, options.questions, random)
    asked = asked.round({"lon": 7, "lat": 7}).assign(standard=STANDARD)
    asked["grid"] = grids_of(asked, communities)
    asked = asked[asked["grid"].notna()].reset_index(drop=True)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE components")
        rows = connection.execute(
            "SELECT fid, id FROM components ORDER BY md5(id) LIMIT %s", [options.questions]
        )
        items = [f"/collections/public.components/items/{fid}#{key}" for fid, key in rows]
    return asked, items


def grids_of(asked: pd.DataFrame, communities: int) -> list[str | None]:
    """Return the unit grid each place lies within by a search of our own, None where there is none."""
    grids = District(communities * ROWS, 500101, 0.0, 1).grids()
    points = shapely.points(asked["lon"], asked["lat"])
    at, rows = shapely.STRtree(grids.geometry.to_numpy()).query(points, predicate="within")
    codes = grids["code"].to_numpy(dtype=object)
    found: list[str | None] = [None] * len(points)
    for place, row in zip(at.tolist(), rows.tolist(), strict=True):
        found[place] = codes[row]
    return found


@contextmanager
def wangge(url: str) -> Iterator[Server]:
    """Serve the registry as ``wangge serve`` does, in one process."""
    port = free_port()
    code = f"from web.server import serve; serve({url!r}, port={port})"
    with served([sys.executable, "-c", code], {}, f"http://127.0.0.1:{port}/readyz") as server:
        yield server


@contextmanager
def tipg(url: str, program: Path) -> Iterator[Server]:
    """Serve the tables of the registry with tipg's own application, in one process."""
    port = free_port()
    command = [str(program), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning"]
    environment = {"DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["public"]'}
    with served(command, environment, f"http://127.0.0.1:{port}/healthz") as server:
        yield server


def paths_of(asked: pd.DataFrame) -> list[str]:
    """Return what ours is asked for."""
    return [f"/api/resolve?{urlencode(row)}" for row in asked.drop(columns="grid").to_dict("records")]


def look_at_ours(base: str, asked: pd.DataFrame) -> None:
    """Stop unless the answers to single questions are right, and those to many at once name the same grids.

    Asking many at once also lets the server read the components of all classes, as it does in the course of
    a day.
    """
    cases = asked.drop(columns="grid").head(MANY).to_dict("records")
    answer = httpx.post(f"{base}/api/resolve", json={"cases": cases}, timeout=600).raise_for_status()
    together = [one["unit_grid"]["code"] for one in answer.json()["resolutions"]]
    if together != asked["grid"].head(MANY).to_list():
        raise SystemExit("many questions at once are not answered as a search does")
    for path, grid in zip(paths_of(asked.head(CHECKED)), asked["grid"], strict=False):
        response = httpx.get(f"{base}{path}", timeout=120).raise_for_status()
        answered = response.json()
        if answered["unit_grid"]["code"] != grid or answered["decision"] == "undecided":
            raise SystemExit(f"{path} lies in {grid}, the answer is {answered}")
    print(f"wangge: {CHECKED} answers are right, the last has {len(response.content)} bytes")


def look_at_theirs(base: str, items: list[str]) -> None:
    """Stop unless items are the components asked for."""
    for path in items[:CHECKED]:
        response = httpx.get(f"{base}{path}", timeout=60).raise_for_status()
        answer = response.json()
        if answer["properties"]["id"] != path.partition("#")[2] or not answer["geometry"]:
            raise SystemExit(f"{path} is answered by {answer}")
    print(f"tipg: {CHECKED} answers are right, the last has {len(response.content)} bytes")


def alternate(
    sides: dict[str, tuple[Server, list[str]]], options: argparse.Namespace
) -> dict[str, list[Turn]]:
    """Ask one after the other, turn by turn, after one short turn each that does not count."""
    turns: dict[str, list[Turn]] = {name: [] for name in sides}
    asked = {name: cycle(path.partition("#")[0] for path in paths) for name, (_, paths) in sides.items()}
    for name, (server, _) in sides.items():
        ask(server, asked[name], 2.0, options.connections)
    for _ in range(options.turns):
        for name, (server, _) in sides.items():
            turns[name].append(ask(server, asked[name], options.seconds, options.connections))
    return turns


def report(turns: dict[str, list[Turn]]) -> int:
    rates = {name: [turn.rate for turn in taken] for name, taken in turns.items()}
    for name, taken in turns.items():
        busy, cost = max(turn.busy for turn in taken), statistics.median(turn.cost for turn in taken)
        print(
            f"{name:7} {statistics.median(rates[name]):8.1f} requests/s, {cost * 1e6:.0f} µs of the server "
            f"each, client busy {busy:.0%}   turns: {[round(rate, 1) for rate in rates[name]]}"
        )
    ratio = statistics.median(
        ours / theirs for ours, theirs in zip(rates["wangge"], rates["tipg"], strict=True)
    )
    print(f"ratio   {ratio:8.2f}   target >= {TARGET:g}: {'reached' if ratio >= TARGET else 'MISSED'}")
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
