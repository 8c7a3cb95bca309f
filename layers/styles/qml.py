"""A style as QGIS keeps it (``.qml``, QGIS 3): rules by scale, symbols within the file.

Sizes are written in pixels; scales are those of a screen of 96 dots per inch, as QGIS counts them.
"""

from __future__ import annotations

from base64 import b64encode
from xml.etree import ElementTree as ET  # only written here, never parsed

from layers.styles.bands import Band, bands_of
from layers.styles.model import Fill, Label, Line, Marker, Rule, Style
from layers.styles.symbols import symbol_svg

QML = "application/x-qgis-layer-settings"

#: QGIS's pixels are 0.2646 mm wide, those of scales in OGC standards 0.28 mm.
_SCALE = 0.28 / (25.4 / 96)

_GEOMETRY = {"point": "0", "line": "1", "polygon": "2"}
_ANCHORS = {"center": "4", "top": "7"}


def qml_document(style: Style, geometry: str) -> bytes:
    """Write a style.

    Parameters
    ----------
    style : Style
        What to write.
    geometry : str
        ``"point"``, ``"line"`` or ``"polygon"``; a QGIS layer holds only one of them.

    Returns
    -------
    bytes
        XML. Counts that stand for many features in tiles are no part of it.
    """
    root = ET.Element("qgis", {"version": "3.28.0", "styleCategories": "Symbology|Labeling"})
    renderer = ET.SubElement(root, "renderer-v2", {"type": "RuleRenderer", "symbollevels": "0"})
    drawn = ET.SubElement(renderer, "rules", {"key": "{renderer}"})
    symbols = ET.SubElement(renderer, "symbols")
    labeling = ET.SubElement(root, "labeling", {"type": "rule-based"})
    labelled = ET.SubElement(labeling, "rules", {"key": "{labels}"})
    for rule in style.rules:
        for band in () if rule.counted else bands_of(rule):
            _draw(drawn, symbols, style, band, geometry)
            if band.rule.label:
                _label(labelled, style, band, band.rule.label)
    ET.SubElement(root, "layerGeometryType").text = _GEOMETRY[geometry]
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b"<!DOCTYPE qgis>\n" + body


def _draw(rules: ET.Element, symbols: ET.Element, style: Style, band: Band, geometry: str) -> None:
    layers = _layers(band.rule, geometry)
    if not layers:
        return
    number = str(len(symbols))
    attributes = {"symbol": number, **_attributes(style, band)}
    if band.rule.title:
        attributes["label"] = band.rule.title
    ET.SubElement(rules, "rule", attributes)
    kind = {"point": "marker", "line": "line", "polygon": "fill"}[geometry]
    look = {"name": number, "type": kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    symbol = ET.SubElement(symbols, "symbol", look)
    for name, options in layers:
        layer = ET.SubElement(symbol, "layer", {"class": name, "enabled": "1", "locked": "0", "pass": "0"})
        _options(layer, options)


def _layers(rule: Rule, geometry: str) -> list[tuple[str, dict[str, str]]]:
    """Return the symbol layers of a rule, as QGIS calls them, with their options."""
    if geometry == "point":
        return [_marker(rule.marker)] if rule.marker else []
    if geometry == "line":
        return [_line(rule.line)] if rule.line else []
    found = [_fill(rule.fill)] if rule.fill else []
    return found + ([_line(rule.line)] if rule.line else [])


def _fill(fill: Fill) -> tuple[str, dict[str, str]]:
    return "SimpleFill", {"color": _color(fill.color, fill.opacity), "style": "solid", "outline_style": "no"}


def _line(line: Line) -> tuple[str, dict[str, str]]:
    width = line.width.at(0)
    options = {
        "line_color": _color(line.color, line.opacity.at(0)),
        "line_width": f"{width:g}",
        "line_width_unit": "Pixel",
        "line_style": "solid",
        "joinstyle": "round",
        "capstyle": {"butt": "flat"}.get(line.cap, line.cap),
    }
    if line.dash:
        options |= {
            "use_custom_dash": "1",
            "customdash": ";".join(f"{part * width:g}" for part in line.dash),
            "customdash_unit": "Pixel",
        }
    return "SimpleLine", options


def _marker(marker: Marker) -> tuple[str, dict[str, str]]:
    if marker.symbol:
        drawing = b64encode(symbol_svg(marker.symbol).encode()).decode()
        size = f"{marker.size.at(0):g}"
        return "SvgMarker", {"name": f"base64:{drawing}", "size": size, "size_unit": "Pixel"}
    outline = marker.outline.at(0)
    return "SimpleMarker", {
        "name": "circle",
        "color": _color(marker.color, marker.opacity.at(0)),
        "size": f"{2 * marker.radius.at(0):g}",
        "size_unit": "Pixel",
        "outline_style": "solid" if outline else "no",
        "outline_color": _color("#ffffff", 1.0),
        "outline_width": f"{outline:g}",
        "outline_width_unit": "Pixel",
    }


def _label(rules: ET.Element, style: Style, band: Band, label: Label) -> None:
    rule = ET.SubElement(rules, "rule", {"description": band.rule.title, **_attributes(style, band)})
    settings = ET.SubElement(rule, "settings", {"calloutType": "simple"})
    text = ET.SubElement(
        settings,
        "text-style",
        {
            "fieldName": _expression(label),
            "isExpression": "1",
            "fontFamily": "Noto Sans CJK SC",
            "fontSize": f"{label.size.at(0):g}",
            "fontSizeUnit": "Pixel",
            "textColor": _color(label.color, 1.0),
            "textOpacity": "1",
        },
    )
    if label.halo:
        look = {"bufferDraw": "1", "bufferSize": f"{label.halo:g}", "bufferSizeUnits": "Pixel"}
        ET.SubElement(text, "text-buffer", {**look, "bufferColor": _color("#ffffff", 1.0)})
    # placement: 0 around a point, 2 along a line, 1 over a point
    placement = {"placement": "2" if label.along else "1", "quadOffset": _ANCHORS.get(label.anchor, "4")}
    ET.SubElement(settings, "placement", placement)


def _expression(label: Label) -> str:
    names = [_quoted_name(name) for name in label.text]
    value = names[0] if len(names) == 1 else f"coalesce({', '.join(names)})"
    return value if label.last is None else f"right({value}, {label.last})"


def _attributes(style: Style, band: Band) -> dict[str, str]:
    """Return the condition and the scales of a rule."""
    smallest, largest = band.scales
    attributes = {"key": f"{{{band.rule.id}-{band.first:g}}}"}
    condition = _condition(style, band.rule)
    if condition:
        attributes["filter"] = condition
    if smallest is not None:
        attributes["scalemindenom"] = f"{smallest * _SCALE:.0f}"
    if largest is not None:
        attributes["scalemaxdenom"] = f"{largest * _SCALE:.0f}"
    return attributes


def _condition(style: Style, rule: Rule) -> str:
    parts = [f"{_quoted_name(name)} IN ({_texts(values)})" for name, values in rule.where]
    for name, starts in rule.prefix:
        parts.append(f"left({_quoted_name(name)}, {len(starts[0])}) IN ({_texts(starts)})")
    if rule.otherwise:
        others = " OR ".join(f"({_condition(style, one)})" for one in style.rules if one.conditional)
        # Where a property is missing a condition is neither true nor false
        parts.append(f"NOT coalesce({others}, false)")
    return " AND ".join(parts)


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def _quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _options(layer: ET.Element, options: dict[str, str]) -> None:
    """Write options twice: QGIS 3.26 and later reads the first form, what is older the second."""
    held = ET.SubElement(layer, "Option", {"type": "Map"})
    for name, value in options.items():
        ET.SubElement(held, "Option", {"name": name, "value": value, "type": "QString"})
    for name, value in options.items():
        ET.SubElement(layer, "prop", {"k": name, "v": value})


def _color(color: str, opacity: float) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"
