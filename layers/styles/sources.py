"""Which style a layer is drawn in."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from layers.layer import Layer
from layers.styles.model import Style, read_style

_DATA = Path(__file__).parent / "data"

_KINDS = {"MULTIPOLYGON": "polygon", "MULTILINESTRING": "line", "POINT": "point", "GEOMETRY": "point"}

#: The style of layers that have none of their own.
PLAIN = "default"


def style_names() -> list[str]:
    """Return the names of the shipped styles."""
    return sorted(path.stem for path in _DATA.glob("*.toml"))


@cache
def shipped_style(name: str) -> Style:
    """Read a shipped style by its name."""
    return read_style(name, tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8")))


def style_of(layer: Layer) -> Style:
    """Return the style a layer is drawn in.

    Parameters
    ----------
    layer : Layer
        Its own rules (``style["rules"]``) come first, then the style it names, the one called as
        the layer, the one of its collection, and the plain one.
    """
    if layer.style.get("rules"):
        titles = {"title_zh": layer.title_zh, "title_en": layer.title_en}
        return read_style(layer.id, titles | dict(layer.style))
    names = style_names()
    for name in (layer.style_id, layer.id, layer.source.collection):
        if name in names:
            return shipped_style(str(name))
    return shipped_style(PLAIN)


def style_properties(style: Style) -> set[str]:
    """Return the properties a style looks at."""
    wanted: set[str] = set()
    for rule in style.rules:
        wanted |= {name for name, _values in (*rule.where, *rule.prefix)}
        wanted |= set(rule.label.text if rule.label else ())
    return wanted


def geometry_of(layer: Layer) -> str:
    """Return what a layer mainly consists of: ``"point"``, ``"line"`` or ``"polygon"``."""
    return _KINDS[layer.source.geometry or "GEOMETRY"]
