"""Read the small text files the sample city is made from."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from pyproj import Transformer


@dataclass(frozen=True)
class City:
    """What the whole district shares.

    ``origin`` is the centre in metres of ``crs``, easting (with zone number) and northing, on whole
    metres; drawings in the data files are relative to it.
    """

    name: str
    county: str
    crs: str
    origin: tuple[float, float]
    surveyed: str
    blocks: dict[str, Any]
    plate: dict[str, Any]


@cache
def city() -> City:
    """Read ``city.toml``."""
    raw = tomllib.loads(_file("city.toml").read_text("utf-8"))
    project = Transformer.from_crs("EPSG:4490", raw["crs"], always_xy=True).transform
    east, north = project(raw["longitude"], raw["latitude"])
    return City(
        name=raw["name"],
        county=raw["county"],
        crs=raw["crs"],
        origin=(float(round(east)), float(round(north))),
        surveyed=raw["surveyed"],
        blocks=raw["blocks"],
        plate=raw["plate"],
    )


def rows(name: str) -> list[dict[str, str]]:
    """Read a comma-separated file with a heading line; blank cells are empty strings."""
    text = _file(name).read_text("utf-8")
    return [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(text.splitlines())]


def lines(name: str) -> list[str]:
    """Read the words of a text file, in order; lines starting with ``#`` are remarks."""
    text = _file(name).read_text("utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def points(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Turn ``"x y;x y"``, metres from the centre, into coordinates of the city's system, shape (n, 2)."""
    pairs = [[float(number) for number in pair.split()] for pair in text.split(";")]
    return np.array(pairs) + city().origin


def _file(name: str) -> Traversable:
    """Find a data file in the wheel (``wangge/data``) or, for an editable install, in the repository."""
    package = resources.files("wangge")
    for folder in (package / "data", package / ".." / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"data file {name!r} of the sample city is not part of this installation")
