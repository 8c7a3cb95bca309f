"""Find the points that questions mean: coordinates, a component, an address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely

from components.known import components_known_as
from geocoding.lookup import find_place
from gis.crs import STORED, transformer
from gis.errors import NotFound, UsageError, WanggeError
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import Text, t
from responsibility.model import Kind
from responsibility.preparing import Asked
from responsibility.records import Component, component_of, rows_of
from responsibility.snapshot import Moment, read_rows


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in EPSG:4490, and the component it is that of, where one was asked about."""

    lon: float
    lat: float
    component: Component | None = None


Spots: TypeAlias = dict[str, Spot | WanggeError]


def spots(registry: Registry, moment: Moment, asked: Sequence[Asked]) -> list[Spot | WanggeError]:
    """Find the points of questions.

    Parameters
    ----------
    registry : Registry
        Where components and addresses are looked up.
    moment : Moment
        State of the registry.
    asked : sequence of Asked
        The questions.

    Returns
    -------
    list of Spot or WanggeError
        An error where the coordinates are no place, or nothing is registered under the identifier
        or the address.
    """
    by_component = _components(registry, moment, asked)
    by_coordinates = iter(_positions([one for one in asked if one.question.lon is not None]))
    found: list[Spot | WanggeError] = []
    for one in asked:
        question = one.question
        if question.component_id is not None:
            found.append(_of_component(by_component.get(question.component_id), one))
        elif question.address is not None:
            found.append(_of_address(registry, moment, question.address))
        else:
            found.append(next(by_coordinates))
    return found


def is_on_earth(lon: float | None, lat: float | None) -> bool:
    """Tell whether a longitude and a latitude in degrees are given, and are some."""
    return lon is not None and lat is not None and -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0


def _components(registry: Registry, moment: Moment, asked: Sequence[Asked]) -> Spots:
    """Find components by their own identifiers, else by former ones and those of other bodies."""
    wanted = {one.question.component_id for one in asked if one.question.component_id is not None}
    if not wanted:
        return {}
    found = _read_components(registry, moment, wanted)
    aliases = components_known_as(registry, wanted - found.keys(), as_of=moment.read_at)
    named = _read_components(registry, moment, {one for several in aliases.values() for one in several})
    for alias, several in aliases.items():
        present = [named[one] for one in several if one in named]
        if present:
            found[alias] = present[0] if len(present) == 1 else _several(alias, several)
    return found


def _read_components(registry: Registry, moment: Moment, wanted: Collection[str]) -> Spots:
    if not wanted:
        return {}
    column = DATASETS["components"].live.c.id
    frame = read_rows(registry, "components", moment, where=column.in_(sorted(wanted)))
    inside = shapely.point_on_surface(frame.geometry.to_numpy())
    places = zip(rows_of(frame), shapely.get_x(inside), shapely.get_y(inside), strict=True)
    return {row["id"]: Spot(float(x), float(y), component_of(row)) for row, x, y in places}


def _several(alias: str, several: Sequence[str]) -> UsageError:
    return UsageError(
        t("{id} is an identifier of several components", id=alias),
        field="component",
        value=alias,
        expected=", ".join(several),
    )


def _of_component(spot: Spot | WanggeError | None, asked: Asked) -> Spot | WanggeError:
    if isinstance(spot, WanggeError):
        return spot
    question = asked.question
    if spot is None or spot.component is None or np.isnan(spot.lon):
        return NotFound(
            t("There is no component {id}", id=question.component_id),
            field="component",
            value=question.component_id,
            expected=t("the identifier of a component of the registry"),
        )
    code = spot.component.class_code
    if asked.choice is not None and question.kind is Kind.COMPONENT and not asked.choice.includes(code):
        return UsageError(
            t(
                "Component {id} is of the class {code}, not {text}",
                id=spot.component.id,
                code=code,
                text=asked.choice.text,
            ),
            field="class",
            value=asked.choice.text,
            expected=code,
        )
    return spot


def _of_address(registry: Registry, moment: Moment, text: str) -> Spot | WanggeError:
    try:
        place = find_place(registry, text, as_of=moment.read_at)
    except WanggeError as error:
        return error
    return Spot(place.lon, place.lat)


def _positions(asked: Sequence[Asked]) -> list[Spot | WanggeError]:
    """Bring coordinates to EPSG:4490, all of one reference system at once."""
    found: dict[int, Spot | WanggeError] = {}
    for crs in dict.fromkeys(one.question.crs for one in asked):
        members = [position for position, one in enumerate(asked) if one.question.crs == crs]
        x = np.array([_given(asked[position].question.lon) for position in members])
        y = np.array([_given(asked[position].question.lat) for position in members])
        try:
            lon, lat = transformer(crs, STORED)(x, y)
        except UsageError as error:
            found |= dict.fromkeys(members, error)
            continue
        on_earth = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
        for place, position in enumerate(members):
            spot = Spot(float(lon[place]), float(lat[place]))
            found[position] = spot if on_earth[place] else _no_place(float(x[place]), float(y[place]), crs)
    return [found[position] for position in range(len(asked))]


def _given(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _no_place(x: float, y: float, crs: str) -> UsageError:
    """Say which coordinate cannot be, and whether the two were exchanged."""
    degrees = _is_in_degrees(crs)
    fits = abs(x) <= 180.0 if degrees else bool(np.isfinite(x)) and not np.isfinite(y)
    field, value = ("lat", y) if fits else ("lon", x)
    expected: Text = (
        t("longitude from -180 to 180, latitude from -90 to 90")
        if degrees
        else t("easting and northing in {crs}, in metres", crs=crs)
    )
    swapped = degrees and 90.0 < abs(y) <= 180.0 and abs(x) <= 90.0
    return UsageError(
        t("{field} is {text}", field=field, text=str(value)),
        field=field,
        value=None if np.isnan(value) else value,
        expected=expected,
        hint=t("Longitude comes first: are the two exchanged?") if swapped else None,
    )


def _is_in_degrees(crs: str) -> bool:
    """Tell degrees from metres: a degree from the origin is not a degree away in metres."""
    lon, _ = transformer(crs, STORED)(np.array([1.0]), np.array([0.0]))
    return bool(abs(lon[0] - 1.0) < 0.1)
