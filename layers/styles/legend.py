"""The legend of a style: what each of its rules looks like, and its title."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from layers.styles.model import Label, Line, Marker, Rule, Style
from layers.styles.pictures import FAMILIES, png_of, require_chinese_font
from layers.styles.symbols import PIXELS, symbol_content

#: Width of a swatch, height of a row, margin, size of the text; all in pixels.
_SWATCH, _ROW, _MARGIN, _TEXT = 28, 22, 6, 13

#: The zoom whose sizes a legend shows.
_ZOOM = 17.0


def legend_rules(style: Style) -> list[Rule]:
    """Return the rules that have a title in the current language."""
    return [rule for rule in style.rules if rule.title]


def legend_entries(style: Style, geometry: str) -> list[dict[str, Any]]:
    """Return the legend as the map page shows it: shape, colours, titles.

    Parameters
    ----------
    style : Style
        Which style.
    geometry : str
        ``"point"``, ``"line"`` or ``"polygon"``: what is drawn with it.
    """
    return [_entry(rule, geometry) for rule in style.rules if rule.title_zh]


def legend_svg(style: Style, geometry: str) -> str:
    """Draw the legend in the current language; see :func:`legend_entries`."""
    rules = legend_rules(style)
    widths = [_width(rule.title) for rule in rules]
    width = 3 * _MARGIN + _SWATCH + max(widths, default=0)
    height = 2 * _MARGIN + _ROW * len(rules)
    rows = "".join(_row(rule, number, geometry) for number, rule in enumerate(rules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"><title>{escape(style.title)}</title>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{rows}</svg>'
    )


def legend_png(style: Style, geometry: str, ratio: float = 2.0) -> bytes:
    """Return the picture of the legend in the current language.

    Raises
    ------
    UsageError
        If it has Chinese text and this machine no font for it.
    """
    if any(not rule.title.isascii() for rule in legend_rules(style)):
        require_chinese_font()
    return png_of(legend_svg(style, geometry), ratio)


def _entry(rule: Rule, geometry: str) -> dict[str, Any]:
    titles = {"label_zh": rule.title_zh, "label_en": rule.title_en}
    if geometry == "point" and (rule.marker or not rule.line):
        color = rule.marker.color if rule.marker else _color_of(rule)
        return {"shape": "circle", "color": color, **titles}
    fill = {"fill": rule.fill.color} if rule.fill else {}
    shape = "fill" if geometry == "polygon" and not (rule.line and rule.line.dash) else "line"
    return {"shape": shape, "color": _color_of(rule), **fill, **titles}


def _color_of(rule: Rule) -> str:
    parts = (rule.line, rule.marker, rule.label, rule.fill)
    return next(part.color for part in parts if part is not None)


def _row(rule: Rule, number: int, geometry: str) -> str:
    top = _MARGIN + _ROW * number
    text = (
        f'<text x="{2 * _MARGIN + _SWATCH}" y="{top + _ROW / 2 + _TEXT * 0.36:g}" font-size="{_TEXT}"'
        f' font-family={quoteattr(FAMILIES)} fill="#27313a">{escape(rule.title)}</text>'
    )
    return f'<g transform="translate({_MARGIN} {top})">{_swatch(rule, geometry)}</g>{text}'


def _swatch(rule: Rule, geometry: str) -> str:
    if geometry == "point" and rule.marker:
        return _marker(rule.marker)
    drawn = ""
    if geometry == "polygon" and rule.fill:
        opacity = max(rule.fill.opacity, 0.15)
        drawn = (
            f'<rect x="2" y="4" width="24" height="14" fill="{rule.fill.color}" fill-opacity="{opacity:g}"/>'
        )
    if rule.line:
        drawn += _line(rule.line, framed=geometry == "polygon" and not rule.line.dash)
    if not drawn and rule.label:
        drawn = _letters(rule.label)
    return drawn


def _line(line: Line, *, framed: bool) -> str:
    width = min(max(line.width.at(_ZOOM), 1.0), 6.0)
    dash = f' stroke-dasharray="{" ".join(f"{part * width:g}" for part in line.dash)}"' if line.dash else ""
    look = f'fill="none" stroke="{line.color}" stroke-width="{width:g}"{dash}'
    if framed:
        return f'<rect x="2" y="4" width="24" height="14" {look}/>'
    return f'<path d="M1 {_ROW / 2:g}h26" {look}/>'


def _marker(marker: Marker) -> str:
    middle = _SWATCH / 2, _ROW / 2
    if marker.symbol:
        left, top = middle[0] - PIXELS / 2, middle[1] - PIXELS / 2
        return f'<g transform="translate({left:g} {top:g})">{symbol_content(marker.symbol)}</g>'
    radius = min(max(marker.radius.at(_ZOOM), 3.0), 9.0)
    look = f'fill="{marker.color}" fill-opacity="{marker.opacity.at(_ZOOM):g}"'
    return f'<circle cx="{middle[0]:g}" cy="{middle[1]:g}" r="{radius:g}" {look}/>'


def _letters(label: Label) -> str:
    look = f'font-size="12" font-family={quoteattr(FAMILIES)} fill="{label.color}"'
    return f'<text x="7" y="{_ROW / 2 + 4:g}" {look}>12</text>'


def _width(text: str) -> int:
    """Return about how wide a text is, in pixels."""
    return round(sum(_TEXT * (0.62 if character.isascii() else 1.02) for character in text))
