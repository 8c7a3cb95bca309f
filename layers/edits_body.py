"""Read the feature that an edit is about: GeoJSON (RFC 7946), or a merge patch of it (RFC 7396)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Boolean, Double, Integer

from gis.columns import JsonText
from gis.crs import transform_geometries
from gis.errors import TooLarge, UsageError
from gis.text import Text, t
from layers.layer import Layer
from layers.query import unknown_name
from layers.reference_systems import CRS84, ReferenceSystem

#: Characters of a text; those that an index holds have to fit into a page of it.
MAX_TEXT, MAX_INDEXED = 4_000, 300

#: Texts of a list.
MAX_LIST = 1_000

#: Positions of a geometry.
DEFAULT_VERTICES = 100_000

#: Members that an answer has and that say nothing new.
_PASSED_OVER = frozenset({"links", "bbox", "timeStamp"})
_MEMBERS = ("type", "id", "geometry", "properties")
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
GEOMETRIES = tuple(_DEPTHS)
"""Types of geometries that are read."""

_FARTHEST = 1e9


@dataclass(frozen=True, slots=True)
class FeatureBody:
    """What a body says.

    Attributes
    ----------
    whole : bool
        A whole feature rather than a patch of one.
    id : str or None
        Identifier, where it says so.
    properties : mapping
        Those that are given; ``None`` for no value.
    geometry : BaseGeometry or None
        EPSG:4490, longitude and latitude; ``None`` where none is given.
    written : object
        The geometry as it was written.
    system : ReferenceSystem
        Of the geometry as it was written.
    """

    whole: bool
    id: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    written: Any = None
    system: ReferenceSystem = CRS84


def read_body(
    layer: Layer,
    content: bytes,
    *,
    whole: bool,
    system: ReferenceSystem = CRS84,
    vertices: int = DEFAULT_VERTICES,
) -> FeatureBody:
    """Read the body of an edit.

    Parameters
    ----------
    layer : Layer
        Whose feature it is.
    content : bytes
        JSON.
    whole : bool
        A feature has to be complete, a patch has not.
    system : ReferenceSystem
        Of its coordinates, which come in the order its authority defines.
    vertices : int
        Positions that a geometry may have.

    Returns
    -------
    FeatureBody

    Raises
    ------
    UsageError
        The body is no JSON, no feature, or has a member that is not known or of another type; names it.
    TooLarge
        The geometry has too many positions.
    """
    document = _object(_parsed(content), "body")
    for name in document:
        if name not in _MEMBERS and name not in _PASSED_OVER:
            raise _refused(name, None, ", ".join(_MEMBERS), t("A feature has no member {name}", name=name))
    if (whole or "type" in document) and document.get("type") != "Feature":
        raise _refused("type", document.get("type"), "Feature")
    if whole and "properties" not in document:
        raise _refused("properties", None, t("an object"))
    properties = document.get("properties", {})
    written = document.get("geometry")
    if written is None and (whole or "geometry" in document):
        raise _refused("geometry", None, ", ".join(_DEPTHS))
    return FeatureBody(
        whole,
        _identifier(document.get("id")),
        _properties(layer, {} if whole and properties is None else _object(properties, "properties")),
        None if written is None else read_geometry(written, system, vertices),
        written,
        system,
    )


def text_length(layer: Layer, name: str) -> int:
    """Return how many characters a text may have that is a property of a layer."""
    indexed = name in layer.source.key or any(name in index.columns for index in layer.source.live.indexes)
    return MAX_INDEXED if indexed else MAX_TEXT


def read_geometry(written: Any, system: ReferenceSystem, vertices: int = DEFAULT_VERTICES) -> BaseGeometry:
    """Read a GeoJSON geometry.

    Parameters
    ----------
    written : object
        What JSON holds.
    system : ReferenceSystem
        Of its coordinates.
    vertices : int
        Positions it may have.

    Returns
    -------
    BaseGeometry
        EPSG:4490, longitude and latitude, without heights.

    Raises
    ------
    UsageError, TooLarge
        See :func:`read_body`.
    """
    members = _object(written, "geometry")
    kind = members.get("type")
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise _refused("geometry.type", kind, ", ".join(_DEPTHS))
    for name in members:
        if name not in ("type", "coordinates", "bbox"):
            raise _refused(f"geometry.{name}", None, "type, coordinates")
    coordinates = members.get("coordinates")
    _check_positions(coordinates, _DEPTHS[kind], vertices)
    try:
        shape = shapely.from_geojson(orjson.dumps({"type": kind, "coordinates": coordinates}))
    except GEOSException as error:
        raise _no_coordinates(kind, str(error).partition(":")[2].strip()[:100]) from None
    if shape.is_empty:
        raise _no_coordinates(kind, None)
    return _stored(shape, system)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _refused("body", None, "JSON", t("The body is no JSON: {reason}", reason=str(error))) from None


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refused(name, value, t("an object"))
    return value


def _identifier(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise _refused("id", value, t("a text"))
    return None if value is None else _text(str(value), "id", MAX_INDEXED)


def _properties(layer: Layer, given: Mapping[str, Any]) -> dict[str, Any]:
    for name in given:
        if name not in layer.properties:
            raise unknown_name(name, layer, layer.properties, field=f"properties.{name}")
    return {name: _value(layer, name, value) for name, value in given.items()}


def _value(layer: Layer, name: str, value: Any) -> Any:
    """Return a value of the type of its column."""
    kind, member = layer.column(name).type, f"properties.{name}"
    if value is None:
        return None
    if isinstance(kind, JsonText):
        return _texts(value, member)
    if isinstance(kind, Boolean):
        return _of_type(value, member, bool, t("true or false"))
    if isinstance(kind, Integer):
        return _of_type(value, member, int, t("a whole number"))
    if isinstance(kind, Double):
        return float(_of_type(value, member, (int, float), t("a number")))
    return _text(value, member, text_length(layer, name))


def _of_type(value: Any, member: str, kinds: type | tuple[type, ...], expected: Text) -> Any:
    fits = isinstance(value, kinds) and (kinds is bool or not isinstance(value, bool))
    if not fits or (not isinstance(value, bool) and not math.isfinite(value)):
        raise _refused(member, value, expected)
    return value


def _text(value: Any, member: str, length: int) -> str:
    if not isinstance(value, str) or "\0" in value or len(value) > length:
        raise _refused(member, value, t("a text of up to {length} characters, without NUL", length=length))
    return value


def _texts(value: Any, member: str) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_LIST:
        raise _refused(member, value, t("a list of up to {length} texts", length=MAX_LIST))
    return [_text(one, member, MAX_INDEXED) for one in value]


def _check_positions(coordinates: Any, depth: int, vertices: int) -> None:
    """Refuse what are no positions, nested as deep as they have to be."""
    level: list[Any] = [coordinates]
    for _ in range(depth):
        level = list(_flat(level))
        if len(level) > vertices:
            raise TooLarge(
                t("The geometry has more than {limit} positions", limit=vertices),
                field="geometry.coordinates",
                expected=f"<= {vertices}",
            )
    numbers = list(_flat(level))
    sizes = set(map(len, level))
    if len(sizes) > 1 or not sizes <= {2, 3} or not set(map(type, numbers)) <= {int, float}:
        raise _no_coordinates(None, None)
    values = np.array(numbers, dtype=np.float64)
    if not (np.isfinite(values).all() and (np.abs(values) <= _FARTHEST).all()):
        raise _no_coordinates(None, None)


def _flat(level: list[Any]) -> Iterable[Any]:
    if not set(map(type, level)) <= {list}:
        raise _no_coordinates(None, None)
    return chain.from_iterable(level)


def _stored(shape: BaseGeometry, system: ReferenceSystem) -> BaseGeometry:
    """Bring a geometry to longitude and latitude, EPSG:4490."""
    flat = shapely.force_2d(shape)
    if system.north_first:
        flat = shapely.transform(flat, lambda xy: xy[:, ::-1])
    if not system.is_stored:
        flat = transform_geometries(np.array([flat], dtype=object), f"EPSG:{system.srid}")[0]
    places = shapely.get_coordinates(flat)
    on_earth = np.isfinite(places).all() and (np.abs(places) <= (180.0, 90.0)).all()
    if not on_earth:
        raise UsageError(
            t("The geometry lies outside {crs}", crs=system.uri),
            field="geometry.coordinates",
            expected=t("coordinates in the order of {crs}", crs=system.uri),
        )
    stored: BaseGeometry = flat
    return stored


def _no_coordinates(kind: str | None, reason: str | None) -> UsageError:
    return UsageError(
        t("The coordinates of the geometry are not understood"),
        field="geometry.coordinates",
        value=reason,
        expected=t("positions of two or three numbers, nested as GeoJSON wants it for {kind}", kind=kind)
        if kind
        else t("positions of two or three numbers"),
    )


def _refused(member: str, value: Any, expected: Text | str, message: Text | None = None) -> UsageError:
    shown = None if value is None else repr(value)[:100]
    return UsageError(
        message or t("{field} cannot be {value}", field=member, value=shown or "null"),
        field=member,
        value=shown,
        expected=expected,
    )
