"""Class codes as people write them: alone, with the county in front, or inside an identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.class_info import CLASS_DIGITS, SUB_CLASS_DIGITS, check_edition
from gis.errors import UsageError
from gis.text import t

_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        standard: re.compile(
            rf"(?P<county>\d{{6}})?(?P<code>\d{{{digits}}})"
            rf"(?P<sequence>(?<=\d{{{digits + 6}}})(?!000000)\d{{6}})?",
            re.ASCII,
        )
        for standard, digits in CLASS_DIGITS.items()
    }
)


@dataclass(frozen=True, slots=True)
class WrittenCode:
    """A class code taken out of what was written.

    Attributes
    ----------
    class_code : str
        Without the county.
    county, sequence : str or None
        What stood before and behind it.
    """

    class_code: str
    county: str | None = None
    sequence: str | None = None

    def with_class(self, class_code: str) -> str:
        """Return what was written with another class."""
        return f"{self.county or ''}{class_code}{self.sequence or ''}"


def read_code(text: str, standard: str) -> WrittenCode:
    """Take a class code of an edition out of what was written.

    Parameters
    ----------
    text : str
        4, 10 or 16 digits in 2007 and 2013; 5, 11 or 17 in 2026.
    standard : str
        Edition.

    Raises
    ------
    UsageError
        There is no such edition, or the text has another form.

    Examples
    --------
    >>> read_code("5001130101000001", "2013").class_code
    '0101'
    """
    check_edition(standard)
    match = _FORMS[standard].fullmatch(text.strip())
    if match is None:
        digits = CLASS_DIGITS[standard]
        raise UsageError(
            t("{code} is not a code of the edition {standard}", code=text, standard=standard),
            field="CODE",
            value=text,
            expected=t(
                "{a} digits, {b} with the county, {c} for a component", a=digits, b=digits + 6, c=digits + 12
            ),
        )
    return WrittenCode(match["code"], match["county"], match["sequence"])


def require_code(text: str) -> None:
    """Refuse what no edition has as a code, a sub-class among them.

    Raises
    ------
    UsageError
    """
    plain = text.strip()
    sub_class = plain.isascii() and plain.isdigit() and len(plain) - SUB_CLASS_DIGITS in CLASS_DIGITS.values()
    if not sub_class and not any(form.fullmatch(plain) for form in _FORMS.values()):
        raise UsageError(
            t("{code} is not a class code", code=text),
            field="CODE",
            value=text,
            expected=t("4 or 5 digits; 10 or 11 with the county; 16 or 17 for a component"),
        )


def class_code_in(text: str, standard: str) -> str:
    """Return the class code in what was written; a text of another form is returned as it is."""
    plain = text.strip()
    if len(plain) == CLASS_DIGITS[standard] + SUB_CLASS_DIGITS:
        return plain
    match = _FORMS[standard].fullmatch(plain)
    return match["code"] if match else plain
