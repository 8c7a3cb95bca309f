"""Which form an answer takes: ``f=`` in the query, else the ``Accept`` header, else JSON."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import Scope

from gis.errors import UsageError
from gis.text import t

JSON, HTML = "json", "html"

#: What documents can be had as: value of ``f`` -> media types that mean it.
DOCUMENTS: Mapping[str, tuple[str, ...]] = {JSON: ("application/json",), HTML: ("text/html",)}
FEATURES: Mapping[str, tuple[str, ...]] = {
    JSON: ("application/geo+json", "application/json"),
    HTML: ("text/html",),
}


def chosen_format(
    scope: Scope, given: Mapping[str, str], offered: Mapping[str, tuple[str, ...]] = DOCUMENTS
) -> str:
    """Return the form to answer in.

    Parameters
    ----------
    scope : ASGI scope
        The request.
    given : mapping
        Its parameters.
    offered : mapping
        Value of ``f`` -> media types; the first is the default.

    Returns
    -------
    str
        A key of ``offered``.

    Raises
    ------
    UsageError
        If ``f`` names none of them. An ``Accept`` header that does gets the default.
    """
    default = next(iter(offered))
    asked = given.get("f")
    if asked is not None:
        if asked not in offered:
            raise UsageError(
                t("{field} cannot be {value}", field="f", value=repr(asked)),
                field="f",
                value=asked,
                expected=", ".join(offered),
            )
        return asked
    accepted: str = Headers(scope=scope).get("accept", "")
    for media in by_preference(accepted):
        for form, media_types in offered.items():
            if media in media_types:
                return form
        if media in ("*/*", "application/*"):
            return default
    return default


def by_preference(header: str) -> list[str]:
    """Return the values of an ``Accept`` or ``Accept-Language`` header, best first.

    Parameters
    ----------
    header : str
        Values with ``q`` weights; those that weigh nothing are left out.
    """
    weighted = []
    for position, part in enumerate(header.split(",")):
        value, *attributes = (piece.strip() for piece in part.split(";"))
        weight = _weight(attributes)
        if value and weight > 0:
            weighted.append((-weight, position, value.lower()))
    return [value for _weight, _position, value in sorted(weighted)]


def _weight(attributes: list[str]) -> float:
    for attribute in attributes:
        name, _, number = attribute.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(number)
            except ValueError:
                return 0.0
    return 1.0
