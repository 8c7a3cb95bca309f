"""Chinese numerals (中文数字) as they stand on plates: read by places, or digit by digit."""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"
_VALUES = {character: value for value, character in enumerate(DIGITS)} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_LARGEST = 9999
_BY_PLACES = re.compile(
    r"(?:[一二两三四五六七八九]千零?)?(?:[一二两三四五六七八九]百零?)?(?:[一二三四五六七八九]?十)?[一二三四五六七八九]?"
)


def chinese_number(text: str) -> str | None:
    """Return the Arabic digits of a Chinese numeral.

    Parameters
    ----------
    text : str
        ``一千三百九十八`` (by places), or ``二〇三`` (digit by digit, leading zeros kept).

    Returns
    -------
    str or None
        None for what is not a numeral below ten thousand: ``百``, ``十百``, the empty text.

    Examples
    --------
    >>> chinese_number("一千三百九十八"), chinese_number("二〇三"), chinese_number("百")
    ('1398', '203', None)
    """
    if text and all(character in _VALUES for character in text):
        return "".join(str(_VALUES[character]) for character in text)
    if not text or not _BY_PLACES.fullmatch(text):
        return None
    return str(_by_places(text))


def chinese_text(number: int) -> str:
    """Return a number from 0 to 9999 in Chinese, by places.

    Examples
    --------
    >>> chinese_text(1398), chinese_text(1008), chinese_text(12)
    ('一千三百九十八', '一千零八', '十二')
    """
    if not 0 <= number <= _LARGEST:
        raise ValueError(f"0 to {_LARGEST}, not {number}")
    if number == 0:
        return "零"
    text, zero = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, value)
        if digit:
            text += ("零" if zero and text else "") + DIGITS[digit] + unit
        zero = not digit
    return text.removeprefix("一") if text.startswith("一十") else text


def _by_places(text: str) -> int:
    total = digit = 0
    for character in text:
        if character in _TENS:
            total += (digit or 1) * _TENS[character]
            digit = 0
        else:
            digit = _VALUES[character]
    return total + digit
