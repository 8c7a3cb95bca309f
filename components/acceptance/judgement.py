"""What came of every object: right, missed (漏), surplus (多), wrong (错), or far from its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from components.acceptance.census import Census, accuracy_class
from components.acceptance.check_points import CheckPoints
from components.acceptance.matching import Pairs
from components.acceptance.settings import AcceptanceSettings
from components.class_info import plain_name
from gis.coverage import Coverage

Integers = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Objects in the inspected sheets; arrays of one entry per object, pairs first.

    Attributes
    ----------
    sheet : ndarray of int
        Position of the sheet in the sample.
    point, component : ndarray of int
        Positions of the check point and the component; -1 without.
    distance_m : ndarray of float64
        Between the two; NaN without a pair.
    accuracy : ndarray of str
        Accuracy class: of the class in the field, of surplus objects that in the data.
    major : ndarray of str
        Two digits of the major class, by the same rule.
    missed, surplus, wrong_class, gross : ndarray of bool
        What is wrong.
    measured : ndarray of bool
        Pairs whose distance is an error of position: components that are points. In a line or an area the
        inspector's point is one of many.
    read : ndarray of bool
        Pairs of which the inspector read some attribute.
    wrong_attributes : ndarray of tuple of str
        Names of the attributes that differ from what was read.
    """

    sheet: Integers
    point: Integers
    component: Integers
    distance_m: NDArray[np.float64]
    accuracy: NDArray[np.object_]
    major: NDArray[np.object_]
    missed: Flags
    surplus: Flags
    wrong_class: Flags
    gross: Flags
    measured: Flags
    read: Flags
    wrong_attributes: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.sheet)

    def only(self, wanted: Flags) -> Judgement:
        """Return some of the objects."""
        return Judgement(*(getattr(self, item.name)[wanted] for item in fields(self)))

    @property
    def paired(self) -> Flags:
        """Objects that are in the field and in the data."""
        return ~self.missed & ~self.surplus

    @property
    def wrong_attribute(self) -> Flags:
        """Objects with an attribute that differs."""
        return np.array([bool(names) for names in self.wrong_attributes], dtype=bool)

    @property
    def faulty(self) -> Flags:
        """Objects with anything wrong."""
        return self.missed | self.surplus | self.wrong_class | self.gross | self.wrong_attribute


@dataclass(frozen=True, slots=True)
class Located:
    """The sheets of check points and components: positions in the sample, -1 outside of it."""

    points: Integers
    components: Integers


def locate(sheets: Coverage, points: CheckPoints, census: Census) -> Located:
    """Find the sheet of everything; what stands on a shared edge belongs to one sheet."""
    found = [
        np.asarray(sheets.locate(shapely.get_x(array), shapely.get_y(array)), dtype=np.intp)
        for array in (points.points, census.points)
    ]
    return Located(*found)


def judge(
    points: CheckPoints, census: Census, pairs: Pairs, located: Located, settings: AcceptanceSettings
) -> Judgement:
    """Judge every object that belongs to a sheet of the sample.

    A pair belongs to the sheet of its component, or of its check point where the component lies outside of
    the sample; what has no partner belongs where it stands. Classes that were not inspected are left out:
    by what the inspector says, of surplus objects by what the data says.
    """
    wanted_points = _inspected(points.class_codes, settings)
    sheet = np.where(
        located.components[pairs.component] >= 0,
        located.components[pairs.component],
        located.points[pairs.point],
    )
    keep = (sheet >= 0) & wanted_points[pairs.point]
    alone = _without(len(points), pairs.point) & (located.points >= 0) & wanted_points
    codes = census.rows["class_code"].to_numpy(dtype=object)
    extra = _without(len(census), pairs.component) & (located.components >= 0) & _inspected(codes, settings)
    missed, surplus = np.flatnonzero(alone), np.flatnonzero(extra)
    point = np.r_[pairs.point[keep], missed, np.full(len(surplus), -1)].astype(np.intp)
    component = np.r_[pairs.component[keep], np.full(len(missed), -1), surplus].astype(np.intp)
    distance = np.r_[pairs.distance_m[keep], np.full(len(missed) + len(surplus), np.nan)]
    sheets = np.r_[sheet[keep], located.points[missed], located.components[surplus]].astype(np.intp)
    return _judged(points, census, settings, sheets, point, component, distance)


def _inspected(codes: NDArray[np.object_], settings: AcceptanceSettings) -> Flags:
    return np.array([settings.inspects(str(code)) for code in codes], dtype=bool)


def _without(count: int, taken: Integers) -> Flags:
    alone = np.ones(count, dtype=bool)
    alone[taken] = False
    return alone


def _judged(
    points: CheckPoints,
    census: Census,
    settings: AcceptanceSettings,
    sheet: Integers,
    point: Integers,
    component: Integers,
    distance: NDArray[np.float64],
) -> Judgement:
    """Fill in what follows from who is paired with whom."""
    paired = (point >= 0) & (component >= 0)
    keys, data_keys, data_infos = points.keys(), census.keys(), census.infos()
    in_field = point >= 0
    accuracy = _array(
        accuracy_class(points.infos[a] if a >= 0 else data_infos[b])
        for a, b in zip(point.tolist(), component.tolist(), strict=True)
    )
    codes = census.rows["class_code"].to_numpy(dtype=object)
    major = _array(
        str(points.class_codes[a] if a >= 0 else codes[b])[:2]
        for a, b in zip(point.tolist(), component.tolist(), strict=True)
    )
    measured = paired.copy()
    measured[paired] = shapely.get_dimensions(census.geometries[component[paired]]) == 0
    limit = np.array([settings.gross_m(name) for name in accuracy], dtype=np.float64)
    wrong_class = np.zeros(len(point), dtype=bool)
    wrong_class[paired] = keys[point[paired]] != data_keys[component[paired]]
    read, wrong = _attributes(points, census, settings, point, component)
    with np.errstate(invalid="ignore"):
        gross = measured & (distance > limit)
    return Judgement(
        sheet, point, component, distance, accuracy, major, in_field & ~paired, ~in_field, wrong_class, gross,
        measured, read, wrong,
    )  # fmt: skip


def _attributes(
    points: CheckPoints, census: Census, settings: AcceptanceSettings, point: Integers, component: Integers
) -> tuple[Flags, NDArray[np.object_]]:
    """Compare what the inspector read with what the data has; what he did not read is not compared."""
    read = np.zeros(len(point), dtype=bool)
    wrong: list[list[str]] = [[] for _ in point]
    paired = np.flatnonzero((point >= 0) & (component >= 0))
    for name in settings.attributes:
        field = points.attributes[name][point[paired]]
        data = census.rows[name].to_numpy(dtype=object)[component[paired]]
        for at, there, recorded in zip(paired.tolist(), field, data, strict=True):
            if there is None:
                continue
            read[at] = True
            if recorded is None or plain_name(str(there)) != plain_name(str(recorded)):
                wrong[at].append(name)
    return read, _array(tuple(names) for names in wrong)


def _array(values: Iterable[Any]) -> NDArray[np.object_]:
    return np.array([*values, None], dtype=object)[:-1]
