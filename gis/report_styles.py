"""Styles of a report's layers for QGIS: QML documents, and how a GeoPackage stores them.

QGIS reads the table ``layer_styles`` of a GeoPackage and gives each layer the style marked as default. A
style draws one kind of geometry, so the layers are split by kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import pandas as pd

from gis.findings import Severity
from gis.text import Text, t

_SEVERITIES: tuple[tuple[str, Text, str], ...] = (
    (Severity.ERROR, t("error"), "176,0,32"),
    (Severity.WARNING, t("warning"), "176,106,0"),
    (Severity.INFO, t("note"), "74,111,165"),
)
_STATES: tuple[tuple[str, Text, str], ...] = (
    ("accepted", t("accepted"), "255,255,255,0"),
    ("rejected", t("rejected"), "246,212,216,160"),
)


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """The style of one layer."""

    layer: str
    qml: str


def point_style(layer: str) -> LayerStyle:
    """Draw findings as numbered dots in the colour of their severity."""
    symbols = [
        ("marker", "SimpleMarker", {"name": "circle", "color": f"{rgb},255", "size": "2.6"})
        for *_, rgb in _SEVERITIES
    ]
    return LayerStyle(layer, _document("severity", _SEVERITIES, symbols, label="number"))


def line_style(layer: str) -> LayerStyle:
    """Draw findings that are lines in the colour of their severity."""
    symbols = [
        ("line", "SimpleLine", {"line_color": f"{rgb},255", "line_width": "0.8"}) for *_, rgb in _SEVERITIES
    ]
    return LayerStyle(layer, _document("severity", _SEVERITIES, symbols))


def area_style(layer: str) -> LayerStyle:
    """Fill findings that are areas with the colour of their severity."""
    symbols = [
        ("fill", "SimpleFill", {"color": f"{rgb},90", "outline_color": f"{rgb},255", "outline_width": "0.6"})
        for *_, rgb in _SEVERITIES
    ]
    return LayerStyle(layer, _document("severity", _SEVERITIES, symbols))


def delivery_style(layer: str) -> LayerStyle:
    """Draw what was delivered as light outlines, rejected rows shaded."""
    symbols = [
        ("fill", "SimpleFill", {"color": fill, "outline_color": "120,120,130,255", "outline_width": "0.2"})
        for *_, fill in _STATES
    ]
    return LayerStyle(layer, _document("state", _STATES, symbols, preview="id"))


def category_style(
    layer: str,
    kind: str,
    attribute: str,
    categories: Sequence[tuple[str, Text, str]],
    *,
    label: str | None = None,
    preview: str = "code",
) -> LayerStyle:
    """Draw a layer in one colour for each value of an attribute.

    Parameters
    ----------
    layer : str
        Its name.
    kind : str
        ``"marker"``, ``"line"`` or ``"fill"``: what the layer's geometry is drawn with.
    attribute : str
        Column with the values.
    categories : sequence of (str, Text, str)
        Value, name for people, and colour ``"red,green,blue"``.
    label : str, optional
        Column that is written beside.
    preview : str
        Column that names a feature in lists and tips.
    """
    makers: dict[str, tuple[str, Callable[[str], dict[str, str]]]] = {
        "marker": ("SimpleMarker", lambda rgb: {"name": "circle", "color": f"{rgb},255", "size": "2.6"}),
        "line": ("SimpleLine", lambda rgb: {"line_color": f"{rgb},255", "line_width": "0.8"}),
        "fill": (
            "SimpleFill",
            lambda rgb: {"color": f"{rgb},60", "outline_color": f"{rgb},255", "outline_width": "0.6"},
        ),
    }
    name, properties = makers[kind]
    symbols = [(kind, name, properties(rgb)) for *_, rgb in categories]
    return LayerStyle(layer, _document(attribute, categories, symbols, label=label, preview=preview))


def styles_table(styles: Sequence[LayerStyle]) -> pd.DataFrame:
    """Return the rows of the table ``layer_styles`` as QGIS lays it out.

    QGIS sorts by ``update_time``, so the column has to be there; it is left empty, for a report of the same
    data to be the same file.
    """
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": style.layer,
            "f_geometry_column": "geom",
            "styleName": style.layer,
            "styleQML": style.qml,
            "styleSLD": "",
            "useAsDefault": True,
            "description": "",
            "owner": "",
            "ui": None,
        }
        for style in styles
    ]
    never = pd.Series([pd.NaT] * len(rows), dtype="datetime64[ms, UTC]")
    return pd.DataFrame(rows).assign(update_time=never)


def _document(
    attribute: str,
    categories: Sequence[tuple[str, Text, str]],
    symbols: Sequence[tuple[str, str, Mapping[str, str]]],
    *,
    label: str | None = None,
    preview: str = "message",
) -> str:
    """Write a QML document with one symbol for each value of an attribute."""
    root = ElementTree.Element(
        "qgis",
        version="3.22.0",
        styleCategories="Symbology|Labeling|MapTips",
        labelsEnabled="1" if label else "0",
    )
    renderer = ElementTree.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=attribute)
    listed = ElementTree.SubElement(renderer, "categories")
    drawn = ElementTree.SubElement(renderer, "symbols")
    for number, ((value, name, _), symbol) in enumerate(zip(categories, symbols, strict=True)):
        ElementTree.SubElement(
            listed, "category", value=value, symbol=str(number), label=str(name), render="true"
        )
        _add_symbol(drawn, str(number), *symbol)
    if label:
        labeling = ElementTree.SubElement(root, "labeling", type="simple")
        settings = ElementTree.SubElement(labeling, "settings")
        ElementTree.SubElement(settings, "text-style", fieldName=label, fontSize="8", isExpression="0")
    ElementTree.SubElement(root, "previewExpression").text = f'"{preview}"'
    ElementTree.SubElement(root, "mapTip").text = f'[% "{preview}" %]'
    return "<!DOCTYPE qgis>\n" + ElementTree.tostring(root, encoding="unicode")


def _add_symbol(
    parent: ElementTree.Element, name: str, kind: str, layer: str, properties: Mapping[str, str]
) -> None:
    """Add a symbol of one layer; properties in both spellings, as QGIS changed them in 3.20."""
    symbol = ElementTree.SubElement(parent, "symbol", type=kind, name=name, alpha="1")
    drawn = ElementTree.SubElement(symbol, "layer", {"class": layer, "enabled": "1", "pass": "0"})
    options = ElementTree.SubElement(drawn, "Option", type="Map")
    for key, value in properties.items():
        ElementTree.SubElement(options, "Option", name=key, value=value, type="QString")
        ElementTree.SubElement(drawn, "prop", k=key, v=value)
