"""The symbols of component classes, drawn by us, and the sheet that MapLibre takes them from."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from gis.errors import NotFound
from gis.text import t
from layers.styles.pictures import png_of

_FOLDER = Path(__file__).parent / "data" / "symbols"

#: Edge of a symbol in pixels, and the space between two on the sheet.
PIXELS, SPACE = 16, 2

_OUTER = re.compile(r"^<svg[^>]*>|</svg>\s*$")


def symbol_names() -> list[str]:
    """Return the names of the symbols."""
    return sorted(path.stem for path in _FOLDER.glob("*.svg"))


def symbol_svg(name: str) -> str:
    """Return a symbol as SVG, 16 by 16 pixels.

    Raises
    ------
    NotFound
        If there is no such symbol.
    """
    if name not in symbol_names():
        raise NotFound(
            t("There is no symbol {name}", name=name),
            field="symbol",
            value=name,
            expected=", ".join(symbol_names()),
        )
    return (_FOLDER / f"{name}.svg").read_text("utf-8")


def symbol_content(name: str) -> str:
    """Return what a symbol draws, to be put into another drawing."""
    return _OUTER.sub("", symbol_svg(name).strip())


def sprite_index(ratio: int = 1) -> dict[str, dict[str, int]]:
    """Return where the symbols are on the sheet, in pixels, as MapLibre wants it."""
    step = (PIXELS + SPACE) * ratio
    place = {"width": PIXELS * ratio, "height": PIXELS * ratio, "y": 0, "pixelRatio": ratio}
    return {name: {"x": number * step, **place} for number, name in enumerate(symbol_names())}


@cache
def sprite_sheet(ratio: int = 1) -> bytes:
    """Return the sheet of all symbols as PNG, ``ratio`` pixels for each of a symbol's."""
    names, step = symbol_names(), PIXELS + SPACE
    drawn = "".join(
        f'<g transform="translate({number * step} 0)">{symbol_content(name)}</g>'
        for number, name in enumerate(names)
    )
    width = len(names) * step
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{PIXELS}"'
        f' viewBox="0 0 {width} {PIXELS}">{drawn}</svg>'
    )
    return png_of(svg, ratio)
