"""One spelling of names and of what is typed to find them, and where an address is cut in two."""

from __future__ import annotations

import re

from geocoding.normal import NormalText, normalise

_NUMERAL = re.compile("[〇零一二两三四五六七八九十百千]")
_UMLAUT = str.maketrans({"ü": "v", "Ü": "v"})
_PLATE = re.compile(r"(?<=.)\d+[a-z]?(?:-\d+[a-z]?)*号|(?<=.)\d")


class _Plain(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = normalise(chr(code)).text.lower()
        # One character stays one or goes, so that places in both spellings can be told from each other
        self[code] = kept = plain.translate(_UMLAUT) if len(plain) <= 1 else chr(code)
        return kept


_PLAIN = _Plain()


def folded(text: str) -> str:
    """Return a name or a query in the spelling in which they are compared.

    Half width, simplified, small letters, ``v`` for ü, without blanks, quotes and control characters,
    numerals of plates in digits, see :func:`geocoding.normal.normalise`.

    Examples
    --------
    >>> folded("魚洞 Ａ區1398號")
    '鱼洞a区1398号'
    """
    if _NUMERAL.search(text):
        text = normalise(text).text
    return text.translate(_PLAIN)


def spelling(text: str) -> NormalText:
    """Return :func:`folded` with the way back to the places of the original."""
    plain = normalise(text)
    same = plain.text.lower().translate(_UMLAUT)
    return NormalText(text, same, plain.starts, plain.ends, plain.breaks)


def cut_at_plate(address: str) -> tuple[str, str]:
    """Cut a folded address before the number of its plate, else before its first digit; nothing is lost.

    Examples
    --------
    >>> cut_at_plate("巴南区105国道1398号3栋")
    ('巴南区105国道', '1398号3栋')
    """
    found = next((one for one in _PLATE.finditer(address) if one.group().endswith("号")), None)
    found = found or _PLATE.search(address)
    return (address, "") if found is None else (address[: found.start()], address[found.start() :])
