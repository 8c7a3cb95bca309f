"""What a ruling or an answer is about: a component, or things of some classes round a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas
import shapely
from geopandas import GeoDataFrame
from sqlalchemy import Connection, select

from components.catalogue import Catalogue
from components.class_info import DEFAULT_STANDARD
from components.known import component_with_alias, live_among
from gis.columns import from_json, to_json
from gis.crs import STORED, transformer
from gis.dates import compact, parse_date
from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t
from grids.codes import normalise
from responsibility.classes import choose_classes
from responsibility.model import Kind, Named
from responsibility.organisations import read_organisations
from responsibility.records import rows_of

MOST_M = 2000.0
_LISTS = ("classes", "documents", "against")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ruling or an answer is about.

    Attributes
    ----------
    component_id : str or None
        A component, by its own identifier or one that leads to it; else a place is meant.
    lon, lat : float or None
        Centre of the place in ``crs``.
    radius_m : float or None
        How far round the centre it holds, in metres.
    crs : str
        Reference system of the centre.
    kind : Kind
        Component or matter.
    classes : tuple of str
        Class codes, major classes, or names of classes and groups; empty for all, which only a component
        allows.
    standard : str or None
        Edition of the class codes.
    """

    component_id: str | None = None
    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    crs: str = STORED
    kind: Kind = Kind.COMPONENT
    classes: tuple[str, ...] = ()
    standard: str | None = None


def subject_columns(registry: Registry, subject: Subject) -> dict[str, Any]:
    """Check what is meant and return its columns, the geometry among them.

    Raises
    ------
    UsageError
        Neither or both of component and place, no class or radius for a place, an unknown class.
    NotFound
        The registry does not have the component.
    """
    if (subject.component_id is None) == (subject.lon is None or subject.lat is None):
        raise UsageError(
            t("Either a component or a place is needed"),
            field="component",
            value=subject.component_id,
            expected=t("the identifier of a component, or longitude and latitude"),
        )
    codes, standard = _classes(registry, subject)
    columns = {"kind": str(subject.kind), "classes": to_json(codes), "standard": standard}
    if subject.component_id is not None:
        component = component_called(registry, subject.component_id)
        return columns | {"component_id": component, "radius_m": None, "geometry": None}
    return columns | {"component_id": None, **_place(subject)}


def component_called(registry: Registry, text: str) -> str:
    """Return the identifier of the live component that an identifier leads to.

    Raises
    ------
    NotFound
        There is none.
    UsageError
        There are several.
    """
    given = normalise(text)
    if live_among(registry, "components", [given]):
        return given
    found = component_with_alias(registry, given, "component")
    if found is None:
        raise NotFound(
            t("There is no component {id}", id=text),
            field="component",
            value=text,
            expected=t("the identifier of a component of the registry"),
        )
    return found


def unit_called(registry: Registry, text: str, field: str = "unit") -> Named:
    """Return the organisation meant by a code or name.

    Raises
    ------
    UsageError
        The table of organisations has no such unit, or several of that name.
    """
    known = read_organisations(registry)
    unit = known.get(normalise(text)) or known.find(text)
    if unit is None:
        raise UsageError(
            t("Unit {unit} is not in the table of organisations", unit=text),
            field=field,
            value=text,
            expected=t("the code or the name of one organisation of the registry"),
        )
    return Named(unit.code, unit.name)


def day_given(text: str | date | None, field: str = "date") -> str:
    """Write a date as YYYYMMDD.

    Raises
    ------
    UsageError
        It is no date.
    """
    day = parse_date(text) if isinstance(text, str) else text
    if day is None:
        raise UsageError(
            t("{word} is not understood", word=str(text)), field=field, value=text, expected="2026-11-20"
        )
    return compact(day)


def text_given(text: str | None, field: str) -> str:
    """Return a text that has to be there.

    Raises
    ------
    UsageError
        It is empty.
    """
    if text is None or not text.strip():
        raise UsageError(t("{field} is missing", field=field), field=field, value=text, expected=t("a text"))
    return text.strip()


def frame_of(dataset: str, rows: Sequence[dict[str, Any]]) -> GeoDataFrame:
    """Return rows of a dataset with a geometry, missing columns empty."""
    columns = list(DATASETS[dataset].columns)
    frame = pandas.DataFrame([{name: row.get(name) for name in columns} for row in rows], columns=columns)
    shapes = np.array([*(row.get("geometry") for row in rows), None], dtype=object)[:-1]
    return GeoDataFrame(frame.astype(object), geometry=shapes, crs=STORED)


def facts_of(frame: pandas.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON types, lists as lists and the place as longitude and latitude."""
    shapes = frame["geometry"].to_list()
    facts: list[dict[str, Any]] = []
    for row, shape in zip(rows_of(frame), shapes, strict=True):
        lists: dict[str, Any] = {name: from_json(row[name]) or [] for name in _LISTS if name in row}
        lon, lat = (None, None) if shape is None else (shape.x, shape.y)
        facts.append({**row, **lists, "lon": lon, "lat": lat})
    return facts


def next_code(connection: Connection, dataset: str, prefix: str) -> str:
    """Return the first code after those that a prefix ever had, withdrawn ones too."""
    chosen = DATASETS[dataset]
    used = {0}
    for table in (chosen.live, chosen.history):
        codes = connection.scalars(
            select(table.c.code).where(table.c.code.startswith(prefix, autoescape=True))
        )
        used |= {int(code[len(prefix) :]) for code in codes if code[len(prefix) :].isdigit()}
    return f"{prefix}{max(used) + 1:03d}"


def _classes(registry: Registry, subject: Subject) -> tuple[list[str], str | None]:
    """Return codes or major classes, and the edition they are of."""
    if not subject.classes:
        if subject.component_id is None:
            raise UsageError(
                t("For a place the class is needed"),
                field="class",
                expected=t("a class code, a major class, or the name of a class or group"),
            )
        return [], subject.standard
    catalogue = Catalogue.of(registry)
    codes: list[str] = []
    standard = subject.standard
    for word in subject.classes:
        choice = choose_classes(word, standard, subject.kind, DEFAULT_STANDARD, catalogue)
        standard = choice.standard
        codes += [choice.major] if choice.major else sorted(choice.codes)
    return list(dict.fromkeys(codes)), standard


def _place(subject: Subject) -> dict[str, Any]:
    radius = subject.radius_m
    if radius is None or not 0 < radius <= MOST_M:
        raise UsageError(
            t("The radius is {value}", value=str(radius)),
            field="radius",
            value=radius,
            expected=t("metres, more than 0 and at most {most}", most=f"{MOST_M:g}"),
        )
    lon, lat = transformer(subject.crs, STORED)(np.array([subject.lon]), np.array([subject.lat]))
    if not (np.abs(lon[0]) <= 180 and np.abs(lat[0]) <= 90):
        raise UsageError(
            t("{field} is {text}", field="lon, lat", text=f"{subject.lon}, {subject.lat}"),
            field="lon",
            value=subject.lon,
            expected=t("longitude from -180 to 180, latitude from -90 to 90"),
        )
    return {"radius_m": float(radius), "geometry": shapely.Point(float(lon[0]), float(lat[0]))}
