"""Drawings (SVG) as pictures (PNG)."""

from __future__ import annotations

from functools import cache

import resvg_py

from gis.errors import UsageError
from gis.text import t

#: A character every Chinese font has; where there is none, it is drawn like one that no font has.
_CHINESE, _NOBODYS = "网", "\U000e0fff"

FAMILIES = "Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, Microsoft YaHei, SimHei, sans-serif"


def png_of(svg: str, ratio: float = 1.0) -> bytes:
    """Draw an SVG.

    Parameters
    ----------
    svg : str
        Without text, or see :func:`require_chinese_font`.
    ratio : float
        Pixels of the picture for each unit of the drawing.
    """
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ratio))


def require_chinese_font() -> None:
    """Refuse to draw Chinese text where it would come out empty.

    Raises
    ------
    UsageError
        If this machine has no font for it.
    """
    if not _has_chinese_font():
        raise UsageError(
            t("This machine has no font with Chinese characters to draw a picture with"),
            field="f",
            value="png",
            expected="svg",
            hint=t("Install one (Debian/Ubuntu: apt-get install fonts-noto-cjk), or ask for f=svg"),
        )


@cache
def _has_chinese_font() -> bool:
    drawn = {
        png_of(
            '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
            f'<text x="2" y="16" font-size="14" font-family="{FAMILIES}">{character}</text></svg>'
        )
        for character in (_CHINESE, _NOBODYS)
    }
    return len(drawn) == 2
