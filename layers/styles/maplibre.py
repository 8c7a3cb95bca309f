"""A style as a MapLibre style: expressions for conditions and sizes, rules alike drawn as one layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from layers.styles.model import Fill, Label, Line, Marker, Rule, Stops, Style

Json = dict[str, Any]
Part = TypeVar("Part", Fill, Line, Marker)

#: Chinese characters are drawn with fonts of the machine; of others the glyphs are served.
FONT = ["Noto Sans CJK SC"]

_POINT: list[Any] = ["==", ["geometry-type"], "Point"]
_NO_POINT: list[Any] = ["!=", ["geometry-type"], "Point"]
_POLYGON: list[Any] = ["==", ["geometry-type"], "Polygon"]


def maplibre_layers(style: Style, *, symbols: bool = True) -> list[Json]:
    """Return the layers of a style, without their source.

    Parameters
    ----------
    style : Style
        What to write.
    symbols : bool
        Draw symbols of the sprite sheet; without, discs at every zoom.
    """
    layers = [
        *_grouped(style, lambda rule: rule.fill, _fill_layer),
        *_grouped(style, lambda rule: rule.line, _line_layer),
        *_grouped(style, lambda rule: rule.marker, lambda *given: _disc_layer(*given, symbols=symbols)),
    ]
    if symbols:
        layers += _grouped(style, lambda rule: rule.marker, _symbol_layer)
    layers += [_label_layer(style, rule, rule.label) for rule in style.rules if rule.label]
    return [layer for layer in layers if layer]


def condition_of(style: Style, rule: Rule) -> list[Any] | None:
    """Return the expression that a feature is one of a rule's; ``None`` for all features."""
    parts = _conditions(rule)
    if rule.otherwise:
        parts.append(["!", ["any", *(_all(_conditions(one)) for one in style.rules if one.conditional)]])
    if rule.counted:
        parts.append(["has", "count"])
    elif any(one.counted for one in style.rules):
        parts.append(["!", ["has", "count"]])
    return _all(parts) if parts else None


def number(stops: Stops) -> Any:
    """Return a number or the expression for one that depends on the zoom."""
    if stops.constant:
        return stops.stops[0][1]
    if stops.stepped:
        (_zoom, first), *others = stops.stops
        return ["step", ["zoom"], first, *(value for stop in others for value in stop)]
    kind: list[Any] = ["linear"] if stops.base == 1.0 else ["exponential", stops.base]
    return ["interpolate", kind, ["zoom"], *(value for stop in stops.stops for value in stop)]


def _grouped(
    style: Style,
    part_of: Callable[[Rule], Part | None],
    write: Callable[[Style, Sequence[tuple[Rule, Part]]], Json],
) -> list[Json]:
    """Write one layer for rules that differ in nothing but condition, colour and symbol."""
    groups: dict[Any, list[tuple[Rule, Part]]] = {}
    for rule in style.rules:
        part = part_of(rule)
        if part is not None:
            shape = replace(part, color="")
            if isinstance(shape, Marker):
                shape = replace(shape, symbol="" if shape.symbol else None)
            key = (shape, rule.zooms, rule.counted, None if rule.conditional or rule.otherwise else rule.id)
            groups.setdefault(key, []).append((rule, part))
    return [write(style, group) for group in groups.values()]


def _fill_layer(style: Style, group: Sequence[tuple[Rule, Fill]]) -> Json:
    rule, fill = group[0]
    paint = {"fill-color": _choice(style, group, lambda one: one.color), "fill-opacity": fill.opacity}
    return _layer(style, group, f"{rule.id}-fill", "fill", _POLYGON) | {"paint": paint}


def _line_layer(style: Style, group: Sequence[tuple[Rule, Line]]) -> Json:
    rule, line = group[0]
    paint = {
        "line-color": _choice(style, group, lambda one: one.color),
        "line-width": number(line.width),
        "line-opacity": number(line.opacity),
    }
    if line.dash:
        paint["line-dasharray"] = list(line.dash)
    layout = {"line-cap": line.cap, "line-join": "round"}
    layer = _layer(style, group, f"{rule.id}-line", "line", _NO_POINT)
    return layer | {"layout": layout, "paint": paint}


def _disc_layer(style: Style, group: Sequence[tuple[Rule, Marker]], *, symbols: bool) -> Json:
    rule, marker = group[0]
    layer = _layer(style, group, f"{rule.id}-disc", "circle", _POINT)
    if marker.symbol and symbols:
        layer["maxzoom"] = marker.symbol_from
        if marker.symbol_from <= layer.get("minzoom", 0):
            return {}
    paint = {
        "circle-color": _choice(style, group, lambda one: one.color),
        "circle-radius": number(marker.radius),
        "circle-opacity": number(marker.opacity),
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": number(marker.outline),
    }
    return layer | {"paint": paint}


def _symbol_layer(style: Style, group: Sequence[tuple[Rule, Marker]]) -> Json:
    rule, marker = group[0]
    if not marker.symbol:
        return {}
    layer = _layer(style, group, f"{rule.id}-symbol", "symbol", _POINT)
    layer["minzoom"] = max(marker.symbol_from, layer.get("minzoom", 0))
    layout = {
        "icon-image": _choice(style, group, lambda one: one.symbol),
        "icon-size": number(replace(marker.size, stops=tuple((z, v / 16) for z, v in marker.size.stops))),
        "icon-allow-overlap": True,
        "icon-ignore-placement": True,
    }
    return layer | {"layout": layout}


def _label_layer(style: Style, rule: Rule, label: Label) -> Json:
    layer = _layer(style, [(rule, label)], f"{rule.id}-label", "symbol", None)
    first, last = rule.label_zooms
    layer |= _zooms(first, last)
    layout: Json = {"text-field": _text(label), "text-font": FONT, "text-size": number(label.size)}
    if label.along:
        layout["symbol-placement"] = "line"
    if label.anchor != "center":
        layout |= {"text-anchor": label.anchor, "text-offset": list(label.offset)}
    if rule.counted:
        layout |= {"text-allow-overlap": True}
    paint: Json = {"text-color": label.color}
    if label.halo:
        paint |= {"text-halo-color": "#ffffff", "text-halo-width": label.halo}
    return layer | {"layout": layout, "paint": paint}


def _text(label: Label) -> list[Any]:
    values = [["get", name] for name in label.text]
    text: list[Any] = ["to-string", values[0] if len(values) == 1 else ["coalesce", *values]]
    if label.last is None:
        return text
    return ["step", ["zoom"], ["slice", text, -label.last], label.whole_from, text]


def _layer(
    style: Style, group: Sequence[tuple[Rule, Any]], name: str, kind: str, geometry: list[Any] | None
) -> Json:
    rules = [rule for rule, _part in group]
    conditions = [condition_of(style, rule) for rule in rules]
    parts = [] if geometry is None else [geometry]
    if None not in conditions:
        parts.append(["any", *conditions] if len(conditions) > 1 else conditions[0] or [])
    layer: Json = {"id": name, "type": kind}
    if parts:
        layer["filter"] = _all(parts)
    return layer | _zooms(*rules[0].zooms)


def _choice(style: Style, group: Sequence[tuple[Rule, Part]], value: Callable[[Part], Any]) -> Any:
    """Return a value, or the expression that chooses it by the rule a feature belongs to."""
    last = value(group[-1][1])
    if len(group) == 1:
        return last
    chosen: list[Any] = ["case"]
    for rule, part in group[:-1]:
        chosen += [condition_of(style, rule), value(part)]
    return [*chosen, last]


def _conditions(rule: Rule) -> list[list[Any]]:
    found: list[list[Any]] = [
        ["match", ["get", name], list(values), True, False] for name, values in rule.where
    ]
    for name, beginnings in rule.prefix:
        start = ["slice", ["to-string", ["get", name]], 0, len(beginnings[0])]
        found.append(["match", start, list(beginnings), True, False])
    return found


def _all(parts: Iterable[list[Any]]) -> list[Any]:
    listed = list(parts)
    return listed[0] if len(listed) == 1 else ["all", *listed]


def _zooms(first: float, last: float) -> Json:
    return {**({"minzoom": first} if first > 0 else {}), **({"maxzoom": last} if last < 24 else {})}
