"""QGIS, headless: its OGC API provider reads, filters and edits a layer; styles and vector tiles are drawn.

It runs with the Python that QGIS is installed for: ``WANGGE_QGIS`` names the command, else it is looked for.
QGIS sends no ``If-Match``, so the server takes edits without one here, as ``docs/editing.md`` tells.
"""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from _city import fill, registry_of, served
from _results import FAILED, PASSED, SKIPPED, Result
from _suites import NotHere
from clients import CLASS, LAYER, RAISED, Truth, require, same

from gis.editions import list_editions
from gis.registry import open_registry
from layers.catalogue import get_layer
from layers.items import get_item
from layers.keys import add_key

COMMAND = "WANGGE_QGIS"
SECONDS = 300
#: Since when QGIS does all that is tried here; what an older one cannot do is skipped.
WHOLE = (3, 40)
ZOOM = 16
NEW = {"class_code": "0101", "standard": "2013", "state": "完好", "county": "500113"}
PLACES = ([106.56, 29.57], [106.561, 29.571])
MOVED, BROKEN = [106.55, 29.56], "破损"

Told = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What QGIS told, and what is there.

    Attributes
    ----------
    told : dict
        By step.
    version : tuple of int
        Of QGIS.
    truth : Truth
    url : str
        Of the registry.
    """

    told: dict[str, Told]
    version: tuple[int, ...]
    truth: Truth
    url: str

    def step(self, name: str) -> Told:
        """Return what a step told."""
        told = self.told[name]
        require("error" not in told, str(told.get("error")))
        return told

    def lacks(self, what: str) -> NotHere:
        """Say that this QGIS is too old for something; a new one that cannot do it has failed."""
        version = ".".join(map(str, self.version))
        require(self.version < WHOLE, f"QGIS {version} cannot {what} here")
        return NotHere(f"QGIS {version} cannot {what}; {COMMAND} may name a newer one")


def qgis(database: str, folder: Path) -> list[Result]:
    """Use a city of its own with QGIS, as an editor with a key, and compare with what is in the registry.

    Raises
    ------
    NotHere
        If PyQGIS is not installed.
    """
    command = _command()
    with _edited_city(database, folder) as (base, url, key):
        truth = Truth(base)
        told = _run(command, _steps(base, key, truth))
        version = tuple(map(int, re.findall(r"\d+", told["version"])[:3]))
        seen = Seen(told["told"], version, truth, url)
        return [_tried(check, seen) for check in CHECKS]


def reads(seen: Seen) -> None:
    """All pages, each feature where it is, easting first inside QGIS."""
    told = seen.step("read")
    same(set(told["places"]), seen.truth.ids)
    for feature in seen.truth.features:
        place, expected = told["places"][feature["id"]], feature["geometry"]["coordinates"]
        require(math.dist(place, expected) < 1e-8, f"{feature['id']}: {place} instead of {expected}")


def reads_in_epsg_4490(seen: Seen) -> None:
    """The system of the registry, whose axes the answer has the other way round."""
    if seen.step("read")["crs"] != "EPSG:4490":
        raise seen.lacks("read in other systems than CRS84")


def box(seen: Seen) -> None:
    told = seen.step("box")
    require(bool(told["asked"]), "the server was not asked for a box")
    same(set(told["ids"]), seen.truth.within)


def expression(seen: Seen) -> None:
    told = seen.step("expression")
    same(set(told["ids"]), seen.truth.of_class)


def expression_asked_as_cql2(seen: Seen) -> None:
    if not any("filter-lang=cql2-text" in address for address in seen.step("expression")["asked"]):
        raise seen.lacks("ask the server for what an expression finds")


def edits(seen: Seen) -> None:
    """Each edit is an edition, and the registry has what QGIS made."""
    if "first" not in seen.told["edit"] and seen.version < WHOLE:
        raise seen.lacks("edit")
    told = seen.step("edit")
    require("first" in told, str(told))
    with open_registry(seen.url) as registry:
        made = [edition.operation for edition in list_editions(registry, LAYER)]
        layer = get_layer(registry, LAYER)
        first = json.loads(get_item(registry, layer, told["first"]))
    operations = ["create", "create", "update", "update", "delete"]
    require(made[: len(operations)] == operations[::-1], str(made))
    require(first["properties"]["state"] == BROKEN, str(first["properties"]))
    require(first["geometry"]["coordinates"] == MOVED, str(first["geometry"]))


def style(seen: Seen) -> None:
    told = seen.step("style")
    require(told["taken"] and told["renderer"] == "RuleRenderer", str(told))
    require(told["drawn"] > 0, "nothing is drawn")


def vector_tiles(seen: Seen) -> None:
    told = seen.step("tiles")
    require(told["valid"] and bool(told["asked"]), str(told))
    require(told["drawn"] > 0, "nothing is drawn")


CHECKS: tuple[Callable[[Seen], None], ...] = (
    reads,
    reads_in_epsg_4490,
    box,
    expression,
    expression_asked_as_cql2,
    edits,
    style,
    vector_tiles,
)


@contextmanager
def _edited_city(database: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the URL of ``/ogc``, that of the registry, and the key of an editor."""
    with ExitStack() as stack:
        url = stack.enter_context(registry_of(database, folder))
        fill(url)
        with open_registry(url) as registry:
            key = add_key(registry, "QGIS", ("editor",))[1]
        yield stack.enter_context(served(url, WANGGE_EDIT_UNVERSIONED="1")), url, key


def _steps(base: str, key: str, truth: Truth) -> list[Told]:
    x, y = truth.features[0]["geometry"]["coordinates"]
    view = _tile(x, y)
    asked = {"base": base, "layer": LAYER}
    tiles = f"{base}/collections/{LAYER}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    return [
        asked | {"step": "read"},
        asked | {"step": "box", "box": truth.box},
        asked | {"step": "expression", "expression": f"\"class_code\" = '{CLASS}'"},
        asked
        | {"step": "style", "qml": httpx.get(f"{base}/styles/{LAYER}?f=qml").raise_for_status().text}
        | {"view": [x - 0.0015, y - 0.0015, x + 0.0015, y + 0.0015]},
        {"step": "tiles", "address": tiles, "zoom": ZOOM, "view": view},
        asked
        | {"step": "edit", "key": key, "new": NEW, "places": PLACES}
        | {"state": BROKEN, "moved": MOVED},
    ]


def _tile(longitude: float, latitude: float) -> list[float]:
    """Return the rectangle (EPSG:3857) of the tile of a place."""
    radius, count = 6_378_137.0, 2**ZOOM
    edge = 2 * math.pi * radius / count
    x = math.radians(longitude) * radius
    y = math.asinh(math.tan(math.radians(latitude))) * radius
    column, row = int((x + math.pi * radius) / edge), int((math.pi * radius - y) / edge)
    left, top = column * edge - math.pi * radius, math.pi * radius - row * edge
    return [left, top - edge, left + edge, top]


def _command() -> list[str]:
    named = os.environ.get(COMMAND, "").strip()
    tried = [shlex.split(named)] if named else [["/usr/bin/python3"], [sys.executable]]
    for command in tried:
        try:
            done = subprocess.run([*command, "-c", "import qgis.core"], capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return command
    raise NotHere("PyQGIS is not installed: install python3-qgis and qgis-providers")


def _run(command: list[str], steps: list[Told]) -> Told:
    program = (Path(__file__).parent / "_in_qgis.py").read_text("utf-8")
    done = subprocess.run(
        [*command, "-c", program],
        input=json.dumps(steps),
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("told:")]
    require(bool(told), f"QGIS ended with {done.returncode}: {done.stderr[-500:]}")
    document: Told = json.loads(told[-1].removeprefix("told:"))
    return document


def _tried(check: Callable[[Seen], None], seen: Seen) -> Result:
    name = check.__name__
    try:
        check(seen)
    except NotHere as missing:
        return Result("QGIS", name, SKIPPED, str(missing))
    except RAISED as error:
        return Result("QGIS", name, FAILED, f"{type(error).__name__}: {str(error)[:400]}")
    return Result("QGIS", name, PASSED)
