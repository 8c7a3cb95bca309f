"""Layers of the catalogue as lines for people."""

from __future__ import annotations

from typing import Any

from gis.text import t
from layers.classification import DEFAULT_LEVELS
from layers.definitions import document_of
from layers.layer import Layer
from layers.publishing import left_out


def layer_line(layer: Layer) -> str:
    """Return a layer in one line."""
    state = t("public") if layer.public else t("not public")
    level = DEFAULT_LEVELS.get(layer.level)
    return f"{layer.id:28}{layer.title} ({state}, {layer.level if level is None else level.title})"


def layer_lines(layer: Layer) -> str:
    """Return all that is known about a layer, a line each."""
    document = document_of(layer)
    profile: dict[str, Any] = document.pop("public_profile")
    lines = [layer_line(layer)]
    lines += [f"  {name}: {_told(value)}" for name, value in document.items() if _is_stated(value)]
    lines += [
        f"  public_profile.{name}: {_told(value)}" for name, value in profile.items() if _is_stated(value)
    ]
    hidden = left_out(layer)
    if hidden:
        names = ", ".join(dict.fromkeys(one.name for one in hidden))
        lines.append("  " + str(t("never public: {classes}", classes=names)))
    return "\n".join(lines)


def _is_stated(value: Any) -> bool:
    return value not in (None, "", [], {})


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
