"""Call GDAL/OGR through pyogrio, with its warnings and failures turned into findings and errors."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.layer import ROW
from gis.text import Text, t

# Python's list of warning filters belongs to the whole process.
_one_at_a_time = threading.RLock()
_FAILURES = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    FieldError,
    GeometryError,
    pa.lib.ArrowException,
    UnicodeDecodeError,
    ValueError,
    OSError,
)

_OURS = (ROW, "geometry")
_CURVES = frozenset(
    ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE", "CURVE", "SURFACE")
)
_REASONS = {
    "Points of LinearRing do not form a closed linestring": t("a ring is not closed"),
    "Invalid number of points in LinearRing found 1 - must be 0 or >= 4": t("a ring has too few vertices"),
    "Invalid number of points in LinearRing found 2 - must be 0 or >= 4": t("a ring has too few vertices"),
    "Invalid number of points in LinearRing found 3 - must be 0 or >= 4": t("a ring has too few vertices"),
}


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """What GDAL says of a layer: its reference system as code or WKT, and its driver."""

    name: str
    crs: str | None
    driver: str


@dataclass(slots=True)
class _Heard:
    messages: list[str] = field(default_factory=list)


def list_layers(source: str, *, shown: str) -> list[str]:
    """List the layers of a container that have a geometry.

    Raises
    ------
    FileProblem
        F01: GDAL cannot open it.
    """
    with _listening(shown):
        layers = pyogrio.list_layers(source)
    return [str(name) for name, geometry_type in layers if geometry_type is not None]


def list_tables(source: str, *, shown: str) -> list[str]:
    """List the tables of a container that have no geometry."""
    with _listening(shown):
        layers = pyogrio.list_layers(source)
    return [str(name) for name, geometry_type in layers if geometry_type is None]


def layer_info(source: str, layer: str | int | None, *, shown: str, encoding: str | None = None) -> LayerInfo:
    """Read what is known of a layer without reading its features."""
    with _listening(shown):
        info = pyogrio.read_info(source, layer=layer, encoding=encoding)
    return LayerInfo(str(info["layer_name"]), info["crs"], str(info["driver"]))


@contextmanager
def configured(**options: str) -> Iterator[None]:
    """Set GDAL's options, which belong to the whole process, while nobody else reads."""
    with _one_at_a_time:
        before = {name: pyogrio.get_gdal_config_option(name) for name in options}
        pyogrio.set_gdal_config_options(options)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(before)


def has_curves(source: str, layer: str, *, shown: str) -> bool:
    """Tell whether a layer holds arcs, which are read as many short lines."""
    with _listening(shown):
        quoted = layer.replace('"', '""')
        _, _, _, columns = pyogrio.raw.read(
            source,
            sql=f'SELECT DISTINCT OGR_GEOMETRY AS kind FROM "{quoted}"',  # noqa: S608 - the layer's own name
            sql_dialect="OGRSQL",
            read_geometry=False,
        )
    return bool(_CURVES & {str(kind).split(" ")[0] for kind in columns[0]})


def curves_replaced(path: str, dataset: str) -> Finding:
    """Say that the arcs of a layer were replaced, and how exactly."""
    message = t(
        "{path}: curves are replaced by lines, one per degree of arc: at most 0.004 % of the radius off",
        path=path,
    )
    return Finding("F11", Severity.INFO, dataset, message, value=path)


def read_geometries(
    source: str, *, shown: str, dataset: str, layer: str | int | None = None, **options: Any
) -> tuple[NDArray[np.object_], list[Finding]]:
    """Read the geometries of a layer, curves replaced by line segments.

    Returns
    -------
    geometries : ndarray of shapely.Geometry
        In the order of the source; ``None`` where there is none or it cannot be built.
    findings : list of Finding
        F01 (error) for geometries that cannot be built, F01 (warning) for what GDAL had to say.

    Raises
    ------
    FileProblem
        F01: the source cannot be read.
    """
    with configured(OGR_ARC_STEPSIZE="1"), _listening(shown) as heard:
        _, _, wkb, _ = pyogrio.raw.read(source, layer=layer, columns=[], encoding="ISO-8859-1", **options)
    if wkb is None:
        return np.empty(0, dtype=object), []
    with np.errstate(invalid="ignore"):  # some coordinates that are no numbers raise a flag of the processor
        geometries = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    return geometries, _unbuilt(wkb, geometries, dataset) + _said(heard, shown, dataset)


def read_attributes(
    source: str, *, shown: str, dataset: str, layer: str | int | None = None, **options: Any
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the attributes of a layer; whole numbers stay whole beside missing values.

    Raises
    ------
    FileProblem
        F01: the source cannot be read, or holds text that is not UTF-8.
    """
    with _listening(shown) as heard:
        _, table = pyogrio.raw.read_arrow(
            source, layer=layer, read_geometry=False, datetime_as_string=True, **options
        )
        table = table.rename_columns(_told_apart(table.column_names))
        _require_characters(table, shown)
        frame = table.to_pandas(integer_object_nulls=True)
    return frame, _said(heard, shown, dataset)


def _told_apart(names: list[str]) -> list[str]:
    """Number names that occur again, or are ours: not every format has a rule against them."""
    unique = [*_OURS]
    for name in names:
        again, number = name or "field", 1
        while again in unique:
            number += 1
            again = f"{name or 'field'}_{number}"
        unique.append(again)
    return unique[len(_OURS) :]


def _require_characters(table: pa.Table, shown: str) -> None:
    """Refuse text that is not UTF-8: GDAL hands it on, and it would fail wherever it is looked at."""
    for name in table.column_names:
        try:
            table[name].validate(full=True)
        except pa.ArrowInvalid as error:
            message = t("{path}: column {column} holds bytes that are not UTF-8", path=shown, column=name)
            raise FileProblem(message, code="F01", field=name, value=shown) from error


def read_bytes(source: str, *, shown: str) -> list[tuple[bytes, NDArray[Any]]]:
    """Read the attributes of a layer with its text as the bytes that stand in the file.

    Returns
    -------
    list of tuple
        Name and values of each column; text as ``bytes``, dates as ISO text in bytes.

    Raises
    ------
    FileProblem
        F01: the source cannot be read.
    """
    with _listening(shown):
        meta, _, _, columns = pyogrio.raw.read(
            source, read_geometry=False, encoding="ISO-8859-1", datetime_as_string=True
        )
    return [
        (str(name).encode("latin-1"), _as_bytes(column))
        for name, column in zip(meta["fields"], columns, strict=True)
    ]


def _as_bytes(column: NDArray[Any]) -> NDArray[Any]:
    if column.dtype != object:
        return column
    as_bytes = [value.encode("latin-1") if isinstance(value, str) else value for value in column]
    return np.array([*as_bytes, None], dtype=object)[:-1]


@contextmanager
def _listening(shown: str) -> Iterator[_Heard]:
    """Collect GDAL's warnings, and turn its failures into F01."""
    heard = _Heard()
    with _one_at_a_time, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield heard
        except _FAILURES as error:
            raise FileProblem(
                t("{path} cannot be read: {reason}", path=shown, reason=str(error)), code="F01", value=shown
            ) from error
    heard.messages = list(dict.fromkeys(str(warning.message) for warning in caught))


def _unbuilt(wkb: NDArray[np.object_], geometries: NDArray[np.object_], dataset: str) -> list[Finding]:
    """Report geometries that are there and cannot be built, with the reason."""
    findings = []
    for position in np.flatnonzero(shapely.is_missing(geometries)):
        if wkb[position] is not None:
            message = t("The geometry cannot be built: {reason}", reason=_reason(wkb[position]))
            findings.append(Finding("F01", Severity.ERROR, dataset, message, row=int(position) + 1))
    return findings


def _reason(wkb: bytes) -> Text | str:
    try:
        shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError as error:
        said = str(error).removeprefix("IllegalArgumentException: ")
        return _REASONS.get(said, said)
    return ""


def _said(heard: _Heard, shown: str, dataset: str) -> list[Finding]:
    return [
        Finding("F01", Severity.WARNING, dataset, t("{path}: {detail}", path=shown, detail=message))
        for message in heard.messages
    ]
