"""Lists that people write into one cell."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[、,，;；\n\r/|]+")


def split_list(text: str | None) -> list[str]:
    """Split what is separated by 、 or by commas, semicolons, slashes, bars or line breaks.

    Examples
    --------
    >>> split_list("鱼洞街办、鱼洞街道办")
    ['鱼洞街办', '鱼洞街道办']
    """
    return [part.strip() for part in _SEPARATORS.split(text or "") if part.strip()]
