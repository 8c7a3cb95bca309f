"""Read the query of a request for features; whatever is not understood is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from sqlalchemy import ColumnElement, and_
from starlette.types import Scope

from gis.errors import UsageError
from gis.text import Text, t
from layers.cql2 import LANGUAGES, filter_condition
from layers.layer import Layer
from layers.published import PublishedLayer
from layers.query import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    BoundingBox,
    ItemsQuery,
    Period,
    chosen_properties,
    sort_terms,
    unknown_name,
)
from layers.queryables import SHAPE, equal_value, queryables_of
from layers.reference_systems import CRS84, Bounds, ReferenceSystem, reference_system
from layers.searching import search_terms

#: Understood by every address.
COMMON = ("f", "lang")

#: Understood by ``items`` besides the queryables of a layer.
ITEMS = (
    *(*COMMON, "limit", "after", "bbox", "bbox-crs", "crs", "datetime", "q", "sortby", "properties"),
    *("skipGeometry", "counts", "filter", "filter-lang", "filter-crs"),
)

#: Characters of a parameter that are read; no question of ours is as long.
MAX_LENGTH = 8_000

#: Parameters whose own readers say how long they may be.
LONG = frozenset({"filter"})

_OPEN = ("", "..")
_CORNERS = "min1,min2,max1,max2"

# Beyond all coordinates of the earth, in whatever system
_FARTHEST = 1e9


def query_of(scope: Scope, known: tuple[str, ...] | None = COMMON) -> dict[str, str]:
    """Return the parameters of a request.

    Parameters
    ----------
    scope : ASGI scope
        The request.
    known : tuple of str or None
        Parameters that may be there; ``None`` leaves that to the caller.

    Returns
    -------
    dict
        Name to text.

    Raises
    ------
    UsageError
        If a parameter is unknown, given twice, too long, or holds a zero character.
    """
    text: str = scope.get("query_string", b"").decode("latin-1")
    given: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name in given:
            raise UsageError(t("Parameter {name} is given twice", name=name), field=name, value=value)
        if "\0" in value:
            raise UsageError(t("Parameter {name} holds a zero character", name=name), field=name)
        if len(value) > MAX_LENGTH and name not in LONG:
            raise UsageError(
                t("Parameter {name} is longer than {length} characters", name=name, length=MAX_LENGTH),
                field=name,
            )
        if known is not None and name not in known:
            raise unknown_parameter(name, value, known)
        given[name] = value
    return given


def unknown_parameter(name: str, value: str, known: tuple[str, ...]) -> UsageError:
    """Return the error that an address takes no such parameter."""
    return UsageError(
        t("Parameter {name} is not known here", name=name),
        field=name,
        value=value,
        expected=", ".join(known),
    )


def items_query(entry: PublishedLayer, given: Mapping[str, str]) -> ItemsQuery:
    """Make the question of the parameters of ``items``.

    Parameters
    ----------
    entry : PublishedLayer
        Whose features are asked for.
    given : mapping
        Of :func:`query_of`; every parameter that is not one of :data:`ITEMS` is a property.

    Returns
    -------
    ItemsQuery

    Raises
    ------
    UsageError
        If something is not understood.
    """
    layer = entry.layer
    if "offset" in given:
        raise UsageError(
            t("Parameter {name} is not known here", name="offset"),
            field="offset",
            value=given["offset"],
            hint=t(
                "Follow the link with rel=next: it goes on where a page ended, whatever was changed since"
            ),
        )
    if "bbox-crs" in given and "bbox" not in given:
        raise UsageError(t("bbox-crs is given without bbox"), field="bbox-crs", value=given["bbox-crs"])
    box, across = _box(entry, given)
    conditions = [one for one in (across, _where(entry, given)) if one is not None]
    return ItemsQuery(
        limit=_limit(given.get("limit")),
        after=given.get("after"),
        bbox=box,
        filters=_filters(layer, given),
        period=_period(given["datetime"]) if "datetime" in given else None,
        where=and_(*conditions) if conditions else None,
        terms=search_terms(given["q"]) if "q" in given else (),
        sort=sort_terms(layer, given["sortby"]) if "sortby" in given else (),
        properties=_properties(layer, given.get("properties")),
        geometry=not _flag(given, "skipGeometry"),
        crs=_system(entry, given, "crs"),
    )


def wants_count(given: Mapping[str, str]) -> bool:
    """Tell whether all matching features are to be counted (``counts=exact``)."""
    asked = given.get("counts")
    if asked not in (None, "exact", "none"):
        raise _not_read("counts", asked, "exact, none")
    return asked == "exact"


def limit_of(given: Mapping[str, str]) -> int:
    """Return how many things are wanted on a page."""
    return _limit(given.get("limit"))


def box_of(text: str, system: ReferenceSystem) -> Bounds:
    """Return a rectangle, x before y, that is written in the axis order of its system."""
    return _bounds(text, system)


def period_of(text: str) -> Period:
    """Return the moment or interval of ``datetime``."""
    return _period(text)


def crs_of(entry: PublishedLayer, given: Mapping[str, str]) -> ReferenceSystem:
    """Return the coordinate system a single feature is wanted in."""
    return _system(entry, given, "crs")


def _limit(text: str | None) -> int:
    """Read ``limit``; beyond the maximum the maximum is taken (OGC 17-069r4, 7.15.2)."""
    if text is None:
        return DEFAULT_LIMIT
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdecimal() and digits):
        raise _not_read("limit", text, f"1..{MAX_LIMIT}")
    return MAX_LIMIT if len(digits) > len(str(MAX_LIMIT)) else min(int(digits), MAX_LIMIT)


def _box(
    entry: PublishedLayer, given: Mapping[str, str]
) -> tuple[BoundingBox | None, ColumnElement[bool] | None]:
    """Read ``bbox``: a rectangle, or a condition where it crosses the 180th meridian (17-069r4)."""
    if "bbox" not in given:
        return None, None
    system = _system(entry, given, "bbox-crs")
    low, high = _corners(given["bbox"], system)
    if low[0] > high[0] and system.geographic and SHAPE in queryables_of(entry.layer):
        x, y = (1, 0) if system.north_first else (0, 1)
        numbers = ",".join(repr(corner[at]) for corner in (low, high) for at in (x, y))
        asked = f"S_INTERSECTS({SHAPE}, BBOX({numbers}))"
        return None, filter_condition(entry.layer, asked, language=LANGUAGES[0], system=system)
    return BoundingBox(_bounds(given["bbox"], system), system), None


def _bounds(text: str, system: ReferenceSystem) -> Bounds:
    low, high = _corners(text, system)
    if low[0] > high[0] and system.geographic:
        raise UsageError(
            t("The box {bbox} runs across the 180th meridian, which is not supported", bbox=text),
            field="bbox",
            value=text,
            expected=_CORNERS,
        )
    if low[0] > high[0]:
        raise _upside_down(text)
    return low[0], low[1], high[0], high[1]


def _corners(text: str, system: ReferenceSystem) -> tuple[list[float], list[float]]:
    """Read four numbers, or six with heights, in the axis order of their system; x before y."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise _not_read("bbox", text, _CORNERS) from None
    if len(numbers) not in (4, 6) or not all(abs(number) <= _FARTHEST for number in numbers):
        raise _not_read("bbox", text, _CORNERS)
    half = len(numbers) // 2
    low, high = numbers[:2], numbers[half : half + 2]
    if system.north_first:
        low, high = low[::-1], high[::-1]
    if low[1] > high[1]:
        raise _upside_down(text)
    return low, high


def _upside_down(text: str) -> UsageError:
    return UsageError(
        t("The box {bbox} has its minimum above its maximum", bbox=text),
        field="bbox",
        value=text,
        expected=_CORNERS,
    )


def _system(entry: PublishedLayer, given: Mapping[str, str], field: str) -> ReferenceSystem:
    if field not in given:
        return CRS84
    system = reference_system(given[field], field=field)
    if system not in entry.systems:
        raise UsageError(
            t("{layer} is not offered in {crs}", layer=entry.layer.id, crs=system.uri),
            field=field,
            value=given[field],
            expected=", ".join(offered.uri for offered in entry.systems),
        )
    return system


def _filters(layer: Layer, given: Mapping[str, str]) -> tuple[tuple[str, object], ...]:
    filters = []
    for name, value in given.items():
        if name in ITEMS:
            continue
        known = tuple(name for name in queryables_of(layer) if name != SHAPE)
        if name not in known:
            raise unknown_name(name, layer, (*known, *ITEMS))
        filters.append((name, equal_value(layer, name, value)))
    return tuple(filters)


def _where(entry: PublishedLayer, given: Mapping[str, str]) -> ColumnElement[bool] | None:
    """Read ``filter`` in the language and coordinate system that go with it (OGC 19-079r2)."""
    for name in ("filter-lang", "filter-crs"):
        if name in given and "filter" not in given:
            raise UsageError(t("{name} is given without filter", name=name), field=name, value=given[name])
    if "filter" not in given:
        return None
    return filter_condition(
        entry.layer,
        given["filter"],
        language=given.get("filter-lang", LANGUAGES[0]),
        system=_system(entry, given, "filter-crs"),
    )


def _flag(given: Mapping[str, str], field: str) -> bool:
    value = given.get(field, "false")
    if value not in ("true", "false"):
        raise _not_read(field, value, "true, false")
    return value == "true"


def _properties(layer: Layer, text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return chosen_properties(layer, tuple(name for name in text.split(",") if name))


def _period(text: str) -> Period:
    """Read a moment or an interval of RFC 3339, open ends written ``..`` or left out."""
    start, slash, end = text.partition("/")
    if not slash:
        moment = _moment(start, text)
        return Period(moment, moment)
    period = Period(
        None if start in _OPEN else _moment(start, text), None if end in _OPEN else _moment(end, text)
    )
    if period.start and period.end and period.start > period.end:
        raise _not_read("datetime", text, t("A start before the end"))
    return period


def _moment(part: str, text: str) -> datetime:
    try:
        # A plus sign that was not escaped arrives as a blank
        moment = datetime.fromisoformat(part.replace(" ", "+"))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _not_read("datetime", text, "2026-11-20T09:30:00+08:00, 2026-11-01T00:00:00Z/..")


def _not_read(field: str, value: str | None, expected: Text | str) -> UsageError:
    return UsageError(
        t("{field} cannot be {value}", field=field, value=repr(value)),
        field=field,
        value=value,
        expected=expected,
    )
