"""A style as SLD 1.1 with Symbology Encoding 1.1 (OGC 05-078r4, 05-077r4)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET  # only written here, never parsed

from layers.styles.bands import Band, bands_of
from layers.styles.model import Fill, Label, Line, Marker, Rule, Style

SLD = "application/vnd.ogc.sld+xml;version=1.1"

_NAMESPACES = {
    "": "http://www.opengis.net/sld",
    "se": "http://www.opengis.net/se",
    "ogc": "http://www.opengis.net/ogc",
    "xlink": "http://www.w3.org/1999/xlink",
}
_FONT = "Noto Sans CJK SC"


def sld_document(style: Style, layer: str, geometry: str, symbols: str) -> bytes:
    """Write a style.

    Parameters
    ----------
    style : Style
        What to write.
    layer : str
        Name of the layer it is for.
    geometry : str
        ``"point"``, ``"line"`` or ``"polygon"``; ``"point"`` may hold lines and polygons too, which
        get the lines of its rules.
    symbols : str
        Absolute URL below which the symbols are served.

    Returns
    -------
    bytes
        XML. Counts that stand for many features in tiles are no part of it.
    """
    root = ET.Element("StyledLayerDescriptor", _declared())
    named = _add(root, "NamedLayer")
    _add(named, "se:Name", layer)
    user = _add(named, "UserStyle")
    _add(user, "se:Name", style.id)
    description = _add(user, "se:Description")
    _add(description, "se:Title", style.title)
    _add(user, "IsDefault", "1")
    feature_type = _add(user, "se:FeatureTypeStyle")
    for rule in style.rules:
        if not rule.counted:
            for band in bands_of(rule):
                for label in _labels(band.rule.label):
                    _rule(feature_type, style, band, label, geometry, symbols)
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def _labels(label: Label | None) -> Sequence[tuple[Label, tuple[str, ...]] | None]:
    """Return a label for each of its properties, with those that must be empty: SE cannot choose."""
    if label is None:
        return [None]
    return [(label, label.text[: number + 1]) for number in range(len(label.text))]


def _rule(
    parent: ET.Element,
    style: Style,
    band: Band,
    label: tuple[Label, tuple[str, ...]] | None,
    geometry: str,
    symbols: str,
) -> None:
    rule = band.rule
    element = _add(parent, "se:Rule")
    _add(element, "se:Name", f"{rule.id}-{band.first:g}")
    if rule.title:
        _add(_add(element, "se:Description"), "se:Title", rule.title)
    conditions = _conditions(style, rule)
    if label is not None and len(label[0].text) > 1:
        conditions += _chosen(label[1], alone=len(label[1]) == len(label[0].text))
    if conditions:
        _filter(element, conditions)
    smallest, largest = band.scales
    if smallest is not None:
        _add(element, "se:MinScaleDenominator", f"{smallest:.4f}")
    if largest is not None:
        _add(element, "se:MaxScaleDenominator", f"{largest:.4f}")
    _symbolizers(element, rule, label, geometry, symbols)


def _symbolizers(
    element: ET.Element,
    rule: Rule,
    label: tuple[Label, tuple[str, ...]] | None,
    geometry: str,
    symbols: str,
) -> None:
    if geometry == "polygon" and (rule.fill or rule.line):
        _polygon(element, rule.fill, rule.line)
    elif rule.line and geometry == "line":
        _stroke(_add(element, "se:LineSymbolizer"), rule.line)
    if geometry == "point" and rule.marker:
        _point(element, rule.marker, symbols)
    if label is not None:
        _text(element, label[0], label[1][-1], along=label[0].along)


def _polygon(element: ET.Element, fill: Fill | None, line: Line | None) -> None:
    symbolizer = _add(element, "se:PolygonSymbolizer")
    if fill:
        inside = _add(symbolizer, "se:Fill")
        _parameter(inside, "fill", fill.color)
        _parameter(inside, "fill-opacity", f"{fill.opacity:g}")
    if line:
        _stroke(symbolizer, line)


def _stroke(symbolizer: ET.Element, line: Line) -> None:
    stroke, width = _add(symbolizer, "se:Stroke"), line.width.at(0)
    _parameter(stroke, "stroke", line.color)
    _parameter(stroke, "stroke-opacity", f"{line.opacity.at(0):g}")
    _parameter(stroke, "stroke-width", f"{width:g}")
    _parameter(stroke, "stroke-linejoin", "round")
    _parameter(stroke, "stroke-linecap", line.cap)
    if line.dash:
        _parameter(stroke, "stroke-dasharray", " ".join(f"{part * width:g}" for part in line.dash))


def _point(element: ET.Element, marker: Marker, symbols: str) -> None:
    graphic = _add(_add(element, "se:PointSymbolizer"), "se:Graphic")
    if marker.symbol:
        external = _add(graphic, "se:ExternalGraphic")
        address = {"xlink:type": "simple", "xlink:href": f"{symbols}/{marker.symbol}.svg"}
        ET.SubElement(external, "se:OnlineResource", address)
        _add(external, "se:Format", "image/svg+xml")
        _add(graphic, "se:Size", f"{marker.size.at(0):g}")
        return
    mark = _add(graphic, "se:Mark")
    _add(mark, "se:WellKnownName", "circle")
    inside = _add(mark, "se:Fill")
    _parameter(inside, "fill", marker.color)
    _parameter(inside, "fill-opacity", f"{marker.opacity.at(0):g}")
    outline = marker.outline.at(0)
    if outline:
        stroke = _add(mark, "se:Stroke")
        _parameter(stroke, "stroke", "#ffffff")
        _parameter(stroke, "stroke-width", f"{outline:g}")
    _add(graphic, "se:Size", f"{2 * marker.radius.at(0):g}")


def _text(element: ET.Element, label: Label, name: str, *, along: bool) -> None:
    symbolizer = _add(element, "se:TextSymbolizer")
    _value(_add(symbolizer, "se:Label"), label, name)
    font = _add(symbolizer, "se:Font")
    _parameter(font, "font-family", _FONT)
    _parameter(font, "font-size", f"{label.size.at(0):g}")
    placement = _add(symbolizer, "se:LabelPlacement")
    if along:
        _add(placement, "se:LinePlacement")
    else:
        point = _add(_add(placement, "se:PointPlacement"), "se:AnchorPoint")
        _add(point, "se:AnchorPointX", "0.5")
        _add(point, "se:AnchorPointY", "1" if label.anchor == "top" else "0.5")
    if label.halo:
        halo = _add(symbolizer, "se:Halo")
        _add(halo, "se:Radius", f"{label.halo:g}")
        _parameter(_add(halo, "se:Fill"), "fill", "#ffffff")
    _parameter(_add(symbolizer, "se:Fill"), "fill", label.color)


def _value(element: ET.Element, label: Label, name: str) -> None:
    if label.last is None:
        _add(element, "ogc:PropertyName", name)
        return
    part = ET.SubElement(element, "se:Substring", {"fallbackValue": ""})
    _add(_add(part, "se:StringValue"), "ogc:PropertyName", name)
    start = _add(_add(part, "se:Position"), "ogc:Sub")
    length = ET.SubElement(start, "se:StringLength", {"fallbackValue": "0"})
    _add(_add(length, "se:StringValue"), "ogc:PropertyName", name)
    _add(start, "ogc:Literal", str(label.last - 1))


def _conditions(style: Style, rule: Rule) -> list[ET.Element]:
    conditions = [_any([_equal(name, value) for value in values]) for name, values in rule.where]
    conditions += [_any([_like(name, start) for start in starts]) for name, starts in rule.prefix]
    if rule.otherwise:
        others = [_all(_conditions(style, one)) for one in style.rules if one.conditional]
        negated = ET.Element("ogc:Not")
        negated.append(_any(others))
        conditions.append(negated)
    return conditions


def _chosen(names: tuple[str, ...], *, alone: bool) -> list[ET.Element]:
    """Return that the last of some properties has a value and those before it have none."""
    conditions = [_is_null(name) for name in names[:-1]]
    if not alone:
        negated = ET.Element("ogc:Not")
        negated.append(_is_null(names[-1]))
        conditions.append(negated)
    return conditions


def _filter(element: ET.Element, conditions: list[ET.Element]) -> None:
    _add(element, "ogc:Filter").append(_all(conditions))


def _is_null(name: str) -> ET.Element:
    element = ET.Element("ogc:PropertyIsNull")
    _add(element, "ogc:PropertyName", name)
    return element


def _equal(name: str, value: str) -> ET.Element:
    element = ET.Element("ogc:PropertyIsEqualTo")
    _add(element, "ogc:PropertyName", name)
    _add(element, "ogc:Literal", value)
    return element


def _like(name: str, start: str) -> ET.Element:
    element = ET.Element("ogc:PropertyIsLike", {"wildCard": "*", "singleChar": "?", "escapeChar": "\\"})
    _add(element, "ogc:PropertyName", name)
    _add(element, "ogc:Literal", f"{start}*")
    return element


def _any(conditions: list[ET.Element]) -> ET.Element:
    return _joined("ogc:Or", conditions)


def _all(conditions: list[ET.Element]) -> ET.Element:
    return _joined("ogc:And", conditions)


def _joined(name: str, conditions: list[ET.Element]) -> ET.Element:
    if len(conditions) == 1:
        return conditions[0]
    element = ET.Element(name)
    element.extend(conditions)
    return element


def _parameter(parent: ET.Element, name: str, value: str) -> None:
    _add(parent, "se:SvgParameter", value).set("name", name)


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = text
    return element


def _declared() -> dict[str, str]:
    declared = {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in _NAMESPACES.items()}
    return {"version": "1.1.0", **declared}
