"""Inputs of processes: what they are, and how a value that was sent is read.

A value comes bare or *qualified* (``{"value": …, "mediaType": …, "encoding": …}``). A link
(``{"href": …}``) is refused: the server fetches nothing for anybody, as it may reach what the caller may
not, and in closed networks it reaches nothing.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gis.errors import UsageError
from gis.text import Text, t

Schema = dict[str, Any]
Read = Callable[[str, Any], Any]

#: Characters of a text.
MAX_TEXT = 1_000

#: Media type of a file -> suffix that says the same.
FILES: Mapping[str, str] = {
    "application/zip": ".zip",
    "application/geo+json": ".geojson",
    "application/geopackage+sqlite3": ".gpkg",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.google-earth.kml+xml": ".kml",
    "application/vnd.google-earth.kmz": ".kmz",
    "image/vnd.dxf": ".dxf",
}
_GEOJSON = "application/geo+json"
_TEXTS = (_GEOJSON, "text/csv", "application/vnd.google-earth.kml+xml")
_QUALIFIED = {"value", "mediaType", "encoding", "schema"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent within a request."""

    content: bytes
    suffix: str


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a process, given once or not at all.

    Attributes
    ----------
    name : str
    description : Text
        For people.
    schema : dict
        JSON Schema of its value.
    read : callable
        Reads a value, or refuses it by the input's name.
    required : bool
        Whether it has to be given.
    """

    name: str
    description: Text
    schema: Schema
    read: Read
    required: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return its description, in the current language."""
        return {
            "title": self.name,
            "description": str(self.description),
            "schema": self.schema,
            "minOccurs": int(self.required),
            "maxOccurs": 1,
        }


def read_inputs(inputs: tuple[Input, ...], given: Any) -> dict[str, Any]:
    """Read the inputs of a request.

    Parameters
    ----------
    inputs : tuple of Input
        What may be given.
    given : JSON value
        The member ``inputs``.

    Returns
    -------
    dict
        What was given, by name.

    Raises
    ------
    UsageError
        If an input is unknown, missing or cannot be understood.
    """
    if not isinstance(given, dict):
        raise cannot_be("inputs", given, "{…}")
    known = {one.name: one for one in inputs}
    for name, value in given.items():
        if name not in known:
            raise UsageError(
                t("Parameter {name} is not known", name=name[:100]),
                field=name[:100],
                value=shown(value),
                expected=", ".join(known),
            )
    values = {name: known[name].read(name, value) for name, value in given.items() if value is not None}
    for one in inputs:
        if one.required and one.name not in values:
            raise UsageError(
                t("Input {name} is missing", name=one.name), field=one.name, expected=str(one.description)
            )
    return values


def text_input(name: str, description: Text, *, required: bool = False) -> Input:
    """Return an input that is a text."""
    return Input(name, description, {"type": "string", "maxLength": MAX_TEXT}, _read_text, required)


def choice_input(
    name: str,
    description: Text,
    choices: tuple[str, ...],
    *,
    default: str | None = None,
    required: bool = False,
) -> Input:
    """Return an input that is one of a closed list."""

    def read(field: str, value: Any) -> str:
        text = _read_text(field, value)
        if text not in choices:
            raise cannot_be(field, value, ", ".join(choices))
        return text

    schema: Schema = {"type": "string", "enum": list(choices)}
    return Input(name, description, schema | ({"default": default} if default else {}), read, required)


def number_input(
    name: str,
    description: Text,
    *,
    least: float,
    most: float,
    default: float | None = None,
    whole: bool = False,
    required: bool = False,
) -> Input:
    """Return an input that is a number within bounds."""
    kind = "integer" if whole else "number"

    def read(field: str, value: Any) -> float:
        value = plain_value(field, value)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or (whole and value != math.floor(value)) or not least <= value <= most:
            raise cannot_be(field, value, f"{kind} {least:g} … {most:g}")
        return int(value) if whole else float(value)

    schema: Schema = {"type": kind, "minimum": least, "maximum": most}
    default_of = {} if default is None else {"default": default}
    return Input(name, description, schema | default_of, read, required)


def boolean_input(name: str, description: Text) -> Input:
    """Return an input that is true or false, false if not given."""

    def read(field: str, value: Any) -> bool:
        value = plain_value(field, value)
        if not isinstance(value, bool):
            raise cannot_be(field, value, "true, false")
        return value

    return Input(name, description, {"type": "boolean", "default": False}, read)


def file_input(name: str, description: Text, *, required: bool = False) -> Input:
    """Return an input that is a file sent within the request."""
    forms = [
        {"type": "string", "contentEncoding": "base64", "contentMediaType": media_type}
        for media_type in FILES
    ]
    schema: Schema = {"oneOf": [*forms, {"type": "object", "contentMediaType": _GEOJSON}]}
    return Input(name, description, schema, read_file, required)


def plain_value(field: str, value: Any) -> Any:
    """Return a value without its qualification.

    Raises
    ------
    UsageError
        If it is a link, or qualified as what cannot be a plain value.
    """
    if not isinstance(value, dict):
        return value
    _refuse_link(field, value)
    if value.keys() != {"value"} and value.get("mediaType") not in ("application/json", "text/plain"):
        raise cannot_be(field, value, '{"value": …}')
    return value.get("value")


def read_file(field: str, value: Any) -> Upload:
    """Read a file: ``{"value": …, "mediaType": …}``, in base64, as text, or as a GeoJSON object.

    Raises
    ------
    UsageError
        If it is anything else.
    """
    expected = '{"value": "…", "encoding": "base64", "mediaType": "' + next(iter(FILES)) + '"}'
    if not isinstance(value, dict):
        raise cannot_be(field, value, expected)
    _refuse_link(field, value)
    if "value" not in value or value.keys() - _QUALIFIED:
        raise cannot_be(field, value, expected)
    content = value["value"]
    media_type = value.get("mediaType", _GEOJSON if isinstance(content, dict) else None)
    if not isinstance(media_type, str) or media_type not in FILES:
        raise cannot_be(f"{field}.mediaType", media_type, ", ".join(FILES))
    return Upload(_bytes(field, content, media_type, value.get("encoding")), FILES[media_type])


def cannot_be(field: str, value: Any, expected: Text | str) -> UsageError:
    """Return the refusal of a value, which is shown only as far as somebody reads it."""
    return UsageError(
        t("{field} cannot be {value}", field=field, value=shown(value)),
        field=field,
        value=shown(value),
        expected=expected,
    )


def shown(value: Any) -> str:
    """Return the beginning of a JSON value."""
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, orjson.JSONEncodeError):
        text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _read_text(field: str, value: Any) -> str:
    value = plain_value(field, value)
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT or "\0" in value:
        raise cannot_be(field, value, t("a text of at most {length} characters", length=MAX_TEXT))
    return value.strip()


def _refuse_link(field: str, value: Mapping[str, Any]) -> None:
    if "href" in value:
        raise UsageError(
            t("This server fetches nothing: {field} is sent within the request", field=field),
            field=field,
            value=shown(value["href"]),
            expected='{"value": …, "mediaType": …}',
        )


def _bytes(field: str, content: Any, media_type: str, encoding: Any) -> bytes:
    if isinstance(content, dict) and media_type == _GEOJSON and encoding is None:
        return orjson.dumps(content)
    if not isinstance(content, str) or not content:
        raise cannot_be(f"{field}.value", content, "base64")
    if encoding is None and media_type in _TEXTS:
        try:
            return content.encode()
        except UnicodeEncodeError:
            raise cannot_be(f"{field}.value", "\\ud800", "UTF-8") from None
    if encoding not in (None, "base64"):
        raise cannot_be(f"{field}.encoding", encoding, "base64")
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        raise cannot_be(f"{field}.value", content, "base64") from None
