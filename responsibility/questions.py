"""Read a question from the parameters of a command line, a web request or a row of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from enum import StrEnum
from typing import TypeVar

from components.class_info import STANDARDS
from gis.crs import parse_crs
from gis.errors import UsageError
from gis.text import Text, t
from responsibility.classes import unknown_standard
from responsibility.model import Kind, Question, Source

PARAMETERS = (
    "lon", "lat", "class", "kind", "standard", "rule", "crs", "source", "accuracy", "as_of", "at",
    "component", "address",
)  # fmt: skip
_CHINA = timezone(timedelta(hours=8))
_END_OF_DAY = time(23, 59, 59, 999000)

Choice = TypeVar("Choice", bound=StrEnum)


def question_from_params(params: Mapping[str, str | None]) -> Question:
    """Read a question from textual parameters.

    Parameters
    ----------
    params : mapping of str to str
        Under the names of the interface: ``lon lat class kind standard rule crs source accuracy as_of
        at component address``. An absent parameter, None and a blank text mean the same.

    Returns
    -------
    Question

    Raises
    ------
    UsageError
        A parameter is unknown or cannot be understood, or it is not said where.
    """
    given = {name: str(value).strip() for name, value in params.items() if value is not None}
    given = {name: value for name, value in given.items() if value}
    _refuse_unknown(given)
    _check_where(given)
    crs = given.get("crs", "EPSG:4490")
    parse_crs(crs)
    return Question(
        lon=number("lon", given["lon"]) if "lon" in given else None,
        lat=number("lat", given["lat"]) if "lat" in given else None,
        crs=crs,
        source=choice("source", given["source"], Source) if "source" in given else _source(given),
        accuracy_m=number("accuracy", given["accuracy"]) if "accuracy" in given else None,
        component_id=given.get("component"),
        address=given.get("address"),
        class_text=given.get("class"),
        kind=choice("kind", given.get("kind", "component"), Kind),
        standard=_standard(given.get("standard")),
        rule=_rule(given.get("rule")),
        as_of=moment("as_of", given["as_of"]) if "as_of" in given else None,
        at=moment("at", given["at"]) if "at" in given else None,
    )


def number(field: str, text: str) -> float:
    """Read a finite decimal number.

    Raises
    ------
    UsageError
        It is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _not_read(field, text, t("a number"))
    return value


def choice(field: str, text: str, choices: type[Choice]) -> Choice:
    """Read one of a closed list.

    Raises
    ------
    UsageError
        It is not in the list.
    """
    try:
        return choices(text)
    except ValueError:
        raise _not_read(field, text, ", ".join(choices)) from None


def moment(field: str, text: str, zone: timezone = _CHINA) -> datetime:
    """Read a date or a time by ISO 8601.

    Parameters
    ----------
    field : str
        Name of the parameter. A date alone means its last moment for ``as_of``, so that what was
        imported on that day counts, and its first moment for anything else.
    text : str
        ``2026-11-20`` or ``2026-11-20T09:30:00+08:00``.
    zone : datetime.timezone
        Time zone of a time that states none.

    Raises
    ------
    UsageError
        It is neither.
    """
    try:
        # A plus sign in a web address arrives as a blank.
        value = datetime.fromisoformat(text.replace(" 0", "+0") if "T" in text else text)
    except ValueError:
        raise _not_read(
            field, text, t("a date or time such as 2026-11-20 or 2026-11-20T09:30:00+08:00")
        ) from None
    if field == "as_of" and len(text) <= len("2026-11-20"):
        value = datetime.combine(value, _END_OF_DAY)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name, value in given.items():
        if name not in PARAMETERS:
            raise UsageError(
                t("Parameter {name} is not known", name=name),
                field=name,
                value=value,
                expected=", ".join(PARAMETERS),
            )


def _check_where(given: Mapping[str, str]) -> None:
    """Insist on exactly one way of saying where."""
    if ("lon" in given) != ("lat" in given):
        missing = "lat" if "lon" in given else "lon"
        raise UsageError(
            t("A location needs both lon and lat"), field=missing, value=None, expected=t("a number")
        )
    ways = [name for name in ("lon", "component", "address") if name in given]
    if len(ways) != 1:
        names = ", ".join("lon, lat" if name == "lon" else name for name in ways)
        raise UsageError(
            t("It is not said where: {given} given", given=names or t("nothing")),
            field="lon",
            value=names or None,
            expected=t("one of lon and lat, component, address"),
        )


def _source(given: Mapping[str, str]) -> Source:
    if "component" in given:
        return Source.COMPONENT
    return Source.ADDRESS if "address" in given else Source.MAP_CLICK


def _standard(text: str | None) -> str | None:
    if text is not None and text not in STANDARDS:
        raise unknown_standard(text)
    return text


def _rule(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise _not_read("rule", text, t("the number of a rule"))
    return int(text)


def _not_read(field: str, text: str, expected: Text | str) -> UsageError:
    return UsageError(
        t("{field} is {text}", field=field, text=text), field=field, value=text, expected=expected
    )
