"""Thematic layers (专题图层) that come with the program, for sector applications and evaluation.

A theme names classes of components; here they become their codes in every edition that has them. The
sample layers of the evaluation work (综合评价样本图层) select divisions by their level, places by the end of
their names, and what only a city can say (which roads are main roads) by the line of areas it imports:
until then they are empty.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import orjson

from components.catalogue import SHIPPED
from components.class_info import STANDARDS
from gis.errors import NotFound
from gis.text import Text, t
from layers.definitions import FIRST_POSITION, new_layer
from layers.layer import Layer

TITLES: Mapping[str, Text] = {
    "municipal": t("municipal facilities"),
    "sanitation": t("sanitation"),
    "greening": t("parks and trees"),
    "lighting": t("street lighting"),
    "parking": t("parking"),
    "drainage": t("drainage"),
    "water-supply": t("water supply"),
    "traffic": t("traffic facilities"),
    "advertising": t("outdoor advertising"),
    "evaluation": t("sample layers of the evaluation"),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """Some layers for one line of work.

    Attributes
    ----------
    name : str
        What commands call it.
    title : Text
        What people call it.
    layers : tuple of Layer
        None of them public.
    """

    name: str
    title: Text
    layers: tuple[Layer, ...]


@cache
def themes() -> Mapping[str, Theme]:
    """Return the themes by their names."""
    text = files("layers").joinpath("data", "themes.csv").read_text(encoding="utf-8")
    found: dict[str, list[Layer]] = {name: [] for name in TITLES}
    for place, row in enumerate(csv.DictReader(text.splitlines())):
        found[row["theme"]].append(_layer(row, FIRST_POSITION + place))
    return MappingProxyType({name: Theme(name, TITLES[name], tuple(of)) for name, of in found.items()})


def theme_named(name: str) -> Theme:
    """Return a theme.

    Raises
    ------
    NotFound
        If there is none of that name.
    """
    known = themes()
    if name not in known:
        raise NotFound(
            t("There is no theme {name}", name=name), field="NAME", value=name, expected=", ".join(known)
        )
    return known[name]


def classes_called(names: Iterable[str]) -> list[str]:
    """Return the classes of components with some names, edition by edition (``2013:0137``)."""
    wanted = list(names)
    return [
        f"{standard}:{info.code}"
        for standard in STANDARDS
        for name in wanted
        for info in SHIPPED.called(standard, name)
    ]


def _layer(row: Mapping[str, str], position: int) -> Layer:
    document = {
        "id": row["layer"],
        "dataset": row["dataset"],
        "title_zh": row["title_zh"],
        "title_en": row["title_en"],
        "classes": classes_called(filter(None, row["classes"].split(";"))),
        "filter": orjson.loads(row["filter"] or "{}"),
        "cql2": row["cql2"] or None,
        "position": position,
    }
    return new_layer(document)
