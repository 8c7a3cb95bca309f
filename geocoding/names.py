"""Names that things have besides their own: aliases (别名) and former names (曾用名), with their time.

A column of names holds a JSON list; a name without dates is a text, one with dates an object::

    ["老街", {"from": "1998", "name": "云渡路", "to": "20100501"}]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gis.columns import from_json, to_json
from gis.dates import compact, parse_date
from gis.enumerations import split_list

_DATE = r"\d{4}(?:年(?:\d{1,2}月(?:\d{1,2}日)?)?|[-/.]\d{1,2}[-/.]\d{1,2}|\d{4})?"
_DATED = re.compile(
    rf"(?P<name>.+?)\s*[（(]\s*(?P<from>{_DATE})?\s*(?:[-－–—~～]|至|到)\s*(?P<to>{_DATE})?\s*(?:止|前)?[)）]"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name and when it held.

    Attributes
    ----------
    name : str
        As written on the street.
    since, until : str or None
        First and last day as ``YYYYMMDD``, or a year; ``None`` where that is not known.
    """

    name: str
    since: str | None = None
    until: str | None = None


def parse_names(text: str | None) -> list[Name]:
    """Read the names that somebody wrote into one cell.

    Examples
    --------
    >>> parse_names("老街（1998-2010年）、云渡路")
    [Name(name='老街', since='1998', until='2010'), Name(name='云渡路', since=None, until=None)]
    """
    return list(dict.fromkeys(_name(part) for part in split_list(text)))


def read_names(text: str | None) -> list[Name]:
    """Read a stored column of names."""
    return [
        Name(one["name"], one.get("from"), one.get("to")) if isinstance(one, dict) else Name(str(one))
        for one in from_json(text) or ()
    ]


def write_names(names: Iterable[Name]) -> str | None:
    """Write names for a column, each once; ``None`` without any."""
    stored = [_stored(one) for one in dict.fromkeys(names)]
    return to_json(stored) if stored else None


def _name(text: str) -> Name:
    found = _DATED.fullmatch(text)
    if found is None or not (found["from"] or found["to"]):
        return Name(text)
    return Name(found["name"], _date(found["from"]), _date(found["to"]))


def _date(text: str | None) -> str | None:
    if text is None:
        return None
    day = parse_date(text)
    return compact(day) if day else text[:4]


def _stored(name: Name) -> str | dict[str, str]:
    dates = {"from": name.since, "to": name.until}
    known = {key: value for key, value in dates.items() if value}
    return {"name": name.name, **known} if known else name.name
