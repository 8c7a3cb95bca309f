"""How large a filter may be; what is larger is refused, however it is written."""

from __future__ import annotations

import math

from gis.errors import UsageError
from gis.text import Text, t

FIELD = "filter"

#: Characters of a filter; most of a long one are coordinates.
MAX_LENGTH = 200_000

#: Words of CQL2 text; a geometry is one.
MAX_WORDS = 4_000

#: Operations within each other, and operations, properties and values in all.
MAX_DEPTH = 40
MAX_NODES = 500

#: Characters of one text or pattern, and vertices of all geometries together.
MAX_CHARACTERS = 1_000
MAX_VERTICES = 10_000

#: Wildcards of one pattern: each may have to be tried at every place.
MAX_WILDCARDS = 20

#: Decimal powers that an arithmetic result may lie between.
LARGEST_POWER = 300.0

#: Whole numbers from here on are taken as floating point numbers.
INTEGER_LIMIT = 2**63

_NAMES = {
    "characters": t("A filter has at most {most} characters"),
    "words": t("A filter has at most {most} words and signs"),
    "depth": t("A filter has at most {most} operations within each other"),
    "operands": t("A filter is made of at most {most} operations, properties and values"),
    "text": t("A text in a filter has at most {most} characters"),
    "vertices": t("The geometries of a filter have at most {most} vertices"),
    "wildcards": t("A pattern has at most {most} wildcards"),
}


def refused(
    message: Text, value: object = None, expected: Text | str | None = None, hint: Text | str | None = None
) -> UsageError:
    """Return the error that a filter cannot be taken."""
    shown = value if value is None or not isinstance(value, str) or len(value) <= 200 else value[:200] + "…"
    return UsageError(message, field=FIELD, value=shown, expected=expected, hint=hint)


def refuse_beyond(what: str, count: int, most: int) -> None:
    """Refuse what is larger than it may be.

    Raises
    ------
    UsageError
        Names the limit.
    """
    if count > most:
        raise refused(Text(_NAMES[what].msgid, most=most), count)


def checked_number(value: int | float) -> int | float:
    """Return a number as it is, or refuse it.

    Raises
    ------
    UsageError
        If it is infinite, or not a number.
    """
    if not math.isfinite(value):
        raise refused(t("{value} is not a number that can be compared", value=str(value)), str(value))
    return value


def checked_text(value: str) -> str:
    """Return a text as it is, or refuse it.

    Raises
    ------
    UsageError
        If it is too long or holds what no database can.
    """
    refuse_beyond("text", len(value), MAX_CHARACTERS)
    if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
        raise refused(t("A text in the filter holds a character that no text can hold"), ascii(value))
    return value
