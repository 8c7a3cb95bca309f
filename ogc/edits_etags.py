"""The version of a single feature as its ETag (RFC 9110, section 8.8.3), and the preconditions that name it.

A tag is ``"<system>.<feature>.<form>"``: the coordinate system of an answer, a digest of the feature in it,
and one of all else that makes the answer. Whatever was asked for, the middle tells the version: it is
compared with the feature as it is now in the system the tag names. So an edition of other features leaves
it as it is, and no further column has to be read for it.
"""

from __future__ import annotations

import hashlib
import os
import re

from starlette.requests import Request
from starlette.types import Scope

from gis.errors import UsageError
from gis.text import current_language, t
from layers.edits import Current, Precondition
from layers.edits_errors import StaleFeature, VersionNeeded
from layers.reference_systems import ReferenceSystem, reference_system

#: Whether edits are taken that do not say which version they were made from.
UNVERSIONED = "WANGGE_EDIT_UNVERSIONED"

_TAG = re.compile(r'"(?P<system>CRS84|\d{4,5})\.(?P<feature>[0-9a-f]{32})\.[0-9a-f]{8}"')


def feature_tag(feature: bytes, system: ReferenceSystem, *form: str) -> str:
    """Return the ETag of an answer with one feature.

    Parameters
    ----------
    feature : bytes
        GeoJSON, as :func:`layers.items.get_item` gives it.
    system : ReferenceSystem
        Of its coordinates.
    *form : str
        What else the answer depends on: format, address, question.

    Returns
    -------
    str
        Strong: alike for answers of the same bytes only.
    """
    others = "\n".join((current_language(), *form))
    return f'"{_code(system)}.{_digest(feature)}.{hashlib.sha256(others.encode()).hexdigest()[:8]}"'


def item_tag(scope: Scope, base: str, feature: bytes, system: ReferenceSystem, form: str) -> str:
    """Return the ETag of the answer to a request for one feature."""
    query = scope.get("query_string", b"").decode("latin-1")
    return feature_tag(feature, system, form, base, query)


def version_given(request: Request) -> Precondition:
    """Return the precondition of an edit from ``If-Match``.

    Raises
    ------
    VersionNeeded
        If there is none: an edit that does not say what it was made from may undo another. Whoever runs
        the server can waive that, for desktop systems that send no versions.
    """
    given = request.headers.get("if-match", "*" if is_waived() else None)
    if given is None:
        raise VersionNeeded(
            t("An edit has to say which version of the feature it is about"),
            field="If-Match",
            expected=t("The ETag of the feature"),
            hint=t("Read the feature, and send the ETag of the answer as If-Match"),
        )

    def check(current: Current) -> None:
        if given.strip() != "*" and not any(_is_current(tag, current) for tag in given.split(",")):
            raise StaleFeature(
                t("The feature was changed since it was read"),
                field="If-Match",
                value=given[:200],
                hint=t("Read it again, and repeat the edit where it still makes sense"),
            )

    return check


def is_waived() -> bool:
    """Tell whether edits are taken that do not say which version they were made from.

    Raises
    ------
    UsageError
        If ``WANGGE_EDIT_UNVERSIONED`` is neither 0 nor 1.
    """
    text = os.environ.get(UNVERSIONED, "").strip()
    if text not in ("", "0", "1"):
        raise UsageError(
            t("{variable} cannot be {value}", variable=UNVERSIONED, value=repr(text[:50])),
            field=UNVERSIONED,
            value=text[:50],
            expected="0, 1",
        )
    return text == "1"


def _is_current(tag: str, current: Current) -> bool:
    match = _TAG.fullmatch(tag.strip())
    if match is None:
        return False
    name = match["system"]
    try:
        system = reference_system(f"OGC:{name}" if name == "CRS84" else f"EPSG:{name}")
    except UsageError:
        return False
    return _digest(current.as_json(system)) == match["feature"]


def _code(system: ReferenceSystem) -> str:
    return system.uri.rpartition("/")[2]


def _digest(feature: bytes) -> str:
    return hashlib.sha256(feature).hexdigest()[:32]
