"""Everything wrong that was found, object by object, as the lists and layers of the report have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from components.acceptance.inspection import Acceptance
from components.class_info import ClassInfo
from gis.text import Text, t

KINDS = ("missed", "surplus", "wrong_class", "gross", "wrong_attribute")
"""The worst first: an object with several faults is drawn as the first of them."""

KIND_NAMES: Mapping[str, Text] = {
    "missed": t("missed: in the field, not in the data"),
    "surplus": t("surplus: in the data, not in the field"),
    "wrong_class": t("wrong class"),
    "gross": t("gross error of position"),
    "wrong_attribute": t("wrong attribute"),
}
ATTRIBUTE_NAMES: Mapping[str, Text] = {
    "authority_code": t("authority, code"),
    "authority_name": t("authority"),
    "owner_code": t("owner, code"),
    "owner_name": t("owner"),
    "maintainer_code": t("maintainer, code"),
    "maintainer_name": t("maintainer"),
    "state": t("state"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One object with something wrong.

    Attributes
    ----------
    number : int
        From 1, in the whole report.
    sheet : int
        Position in the sample.
    kinds : tuple of str
        Names of :data:`KINDS`, the worst first.
    point, component : str or None
        How the check point is called, and the component's identifier.
    field_class, data_class : str or None
        Code and name of the class in the field and in the data.
    distance_m : float or None
        Between the two.
    message : Text
        What is wrong.
    place : BaseGeometry
        Where it stands in the field; of surplus objects where the data has it. A point, EPSG:4490.
    recorded : BaseGeometry or None
        Where the data has what it has elsewhere.
    """

    number: int
    sheet: int
    kinds: tuple[str, ...]
    point: str | None
    component: str | None
    field_class: str | None
    data_class: str | None
    distance_m: float | None
    message: Text
    place: BaseGeometry
    recorded: BaseGeometry | None

    @property
    def kind(self) -> str:
        """The worst of its kinds."""
        return self.kinds[0]


def faults_of(acceptance: Acceptance) -> list[Fault]:
    """List all faults, sheet by sheet and the worst first; sheets that are pending have none."""
    judged = {r.position for r in acceptance.results if r.verdict.score is not None}
    rows = [
        (int(acceptance.judgement.sheet[at]), KINDS.index(kinds[0]), at, kinds)
        for at in acceptance.judgement.faulty.nonzero()[0].tolist()
        if int(acceptance.judgement.sheet[at]) in judged and (kinds := _kinds(acceptance, at))
    ]
    return [_fault(acceptance, number, at, kinds) for number, (_, _, at, kinds) in enumerate(sorted(rows), 1)]


def _kinds(acceptance: Acceptance, at: int) -> tuple[str, ...]:
    judgement = acceptance.judgement
    return tuple(
        kind
        for kind in KINDS
        if (judgement.wrong_attributes[at] if kind == "wrong_attribute" else getattr(judgement, kind)[at])
    )


def _fault(acceptance: Acceptance, number: int, at: int, kinds: tuple[str, ...]) -> Fault:
    judgement, points, census = acceptance.judgement, acceptance.points, acceptance.census
    point, component = int(judgement.point[at]), int(judgement.component[at])
    paired = point >= 0 and component >= 0
    row = census.rows.iloc[component] if component >= 0 else None
    field_class = _class(points.infos[point], points.class_codes[point]) if point >= 0 else None
    data_class = None
    if row is not None:
        info = census.catalogue.info(row["standard"], row["class_code"])
        data_class = _class(info, row["class_code"])
    place = points.points[point] if point >= 0 else census.points[component]
    return Fault(
        number=number,
        sheet=int(judgement.sheet[at]),
        kinds=kinds,
        point=str(points.names[point]) if point >= 0 else None,
        component=None if row is None else str(row["id"]),
        field_class=field_class,
        data_class=data_class,
        distance_m=float(judgement.distance_m[at]) if paired else None,
        message=_message(acceptance, at, kinds, field_class, data_class),
        place=shapely.force_2d(place),
        recorded=_nearest(place, census.geometries[component]) if paired else None,
    )


def _class(info: object, code: object) -> str:
    return f"{code} {info.name}" if isinstance(info, ClassInfo) else str(code)


def _nearest(place: BaseGeometry, geometry: BaseGeometry) -> BaseGeometry:
    """Return the place of a component that was compared: the nearest of a line or an area."""
    return shapely.Point(shapely.get_coordinates(shapely.shortest_line(geometry, place))[0])


def _message(
    acceptance: Acceptance, at: int, kinds: tuple[str, ...], field: str | None, data: str | None
) -> Text:
    judgement = acceptance.judgement
    parts: dict[str, Text] = {
        "missed": t("{field} is not in the data", field=field),
        "surplus": t("{data} is not in the field", data=data),
        "wrong_class": t("is {field}, recorded as {data}", field=field, data=data),
        "gross": t("{distance} m from its place", distance=f"{judgement.distance_m[at]:.2f}"),
        "wrong_attribute": _differences(acceptance, at),
    }
    message, *more = (parts[kind] for kind in kinds)
    for part in more:
        message = t("{first}; {second}", first=message, second=part)
    return message


def _differences(acceptance: Acceptance, at: int) -> Text:
    """Say of each wrong attribute what it is and what the data has."""
    points, rows = acceptance.points, acceptance.census.rows
    point, component = int(acceptance.judgement.point[at]), int(acceptance.judgement.component[at])
    message: Text | None = None
    for name in acceptance.judgement.wrong_attributes[at]:
        part = t(
            "{attribute} is {field}, recorded as {data}",
            attribute=ATTRIBUTE_NAMES[name],
            field=points.attributes[name][point],
            data=rows[name].iloc[component] or "—",
        )
        message = part if message is None else t("{first}; {second}", first=message, second=part)
    return message or t("no difference")
