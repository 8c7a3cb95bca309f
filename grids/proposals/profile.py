"""How large proposed grids should be: a profile of zones, and which zone a community is in.

About 10 000 m² is the guiding size (万米单元网格), and no source gives a bound: the sizes here are
defaults, to be replaced by a city's own with a TOML file. The range of the dense core is that of the notes on
unit grids; Chongqing's mean over 64 500 grids, hills and farmland included, is 25 700 m².
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from gis.errors import UsageError
from gis.text import Text, t


class Zone(StrEnum):
    """Kinds of ground, by density and terrain."""

    CORE = "core"
    ORDINARY = "ordinary"
    OUTSKIRTS = "outskirts"
    RURAL = "rural"


ZONE_NAMES: dict[Zone, Text] = {
    Zone.CORE: t("dense core"),
    Zone.ORDINARY: t("ordinary"),
    Zone.OUTSKIRTS: t("outskirts"),
    Zone.RURAL: t("village, hills or water"),
}

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class SizeRange:
    """Sizes of grids in m²: at least, aimed at, at most."""

    smallest: float
    target: float
    largest: float

    def parts(self, area: float, load: float | None = None) -> int:
        """Return into how many grids an area is best cut, by its load where that is another."""
        count = max(1, round((area if load is None else load) / self.target))
        while area / count > self.largest:
            count += 1
        while count > 1 and area / count < self.smallest:
            count -= 1
        return count

    def holds(self, area: float) -> bool:
        """Tell whether a size is within the range."""
        return self.smallest <= area <= self.largest


DEFAULT_SIZES: dict[Zone, SizeRange] = {
    Zone.CORE: SizeRange(5_000, 10_000, 20_000),
    Zone.ORDINARY: SizeRange(6_000, 12_000, 30_000),
    Zone.OUTSKIRTS: SizeRange(12_000, 25_000, 75_000),
    Zone.RURAL: SizeRange(40_000, 100_000, 400_000),
}


LARGE_M2 = 2e6
"""Communities from this size on may be outskirts or villages; no source gives a number."""

BUILT_SHARE = (0.25, 0.12, 0.04)
"""Share of built ground from which a community is core, ordinary, outskirts; rural below."""

ROAD_KM_PER_KM2 = (12.0, 4.0, 1.5)
"""The same in road centre lines."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a community.

    Attributes
    ----------
    area_m2 : float
        Its size.
    built_share : float or None
        Footprints of buildings over its area; ``None`` where no building lies in it: that may be a layer
        that ends before.
    road_km_per_km2 : float or None
        Length of road centre lines over its area; ``None`` without any.
    water_share : float or None
        Share of water; ``None`` without a layer of it.
    """

    area_m2: float
    built_share: float | None = None
    road_km_per_km2: float | None = None
    water_share: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The zone of a community, and why."""

    zone: Zone
    why: Text


@dataclass(frozen=True, slots=True)
class Profile:
    """Sizes by zone, and the zone that everything is in, if it was named.

    Attributes
    ----------
    sizes : mapping of Zone to SizeRange
        In m².
    fixed : Zone or None
        The zone of every community; ``None`` chooses by evidence.
    communities : mapping of str to Zone
        Zones of single communities by code, which beat everything else.
    """

    sizes: Mapping[Zone, SizeRange]
    fixed: Zone | None
    communities: Mapping[str, Zone]

    def choose(self, code: str, evidence: Evidence) -> Choice:
        """Choose the zone of a community.

        Buildings come before roads and roads before size; see :data:`BUILT_SHARE`,
        :data:`ROAD_KM_PER_KM2` and :data:`LARGE_M2`. A community smaller than that is never taken for
        sparse, because a layer that is thin there is more likely incomplete.
        """
        if code in self.communities:
            return Choice(self.communities[code], t("named in the profile"))
        if self.fixed is not None:
            return Choice(self.fixed, t("the profile asked for"))
        return _by_evidence(evidence)


def load_profile(given: str | None) -> Profile:
    """Load a profile.

    Parameters
    ----------
    given : str or None
        ``auto`` (also when nothing is given), the name of a zone, or the path of a TOML file::

            zone = "auto"                # or a zone for all communities

            [sizes.core]                 # m²; zones left out keep their defaults
            smallest = 5000
            target = 10000
            largest = 20000

            [communities]                # zones of single communities
            "500113001002" = "rural"

    Raises
    ------
    UsageError
        No such name or file, or something in it that is not understood.
    """
    if given is None or given == AUTO:
        return Profile(DEFAULT_SIZES, None, {})
    if given in set(Zone):
        return Profile(DEFAULT_SIZES, Zone(given), {})
    content = _read(given)
    unknown = sorted(content.keys() - {"zone", "sizes", "communities"})
    if unknown:
        raise _refused(given, unknown[0], "zone, sizes, communities")
    sizes = dict(DEFAULT_SIZES)
    for name, values in _table(given, content, "sizes").items():
        sizes[_zone(given, name)] = _size_range(given, name, values)
    communities = _table(given, content, "communities").items()
    zone = str(content.get("zone", AUTO))
    return Profile(
        sizes,
        None if zone == AUTO else _zone(given, zone),
        {str(code): _zone(given, str(name)) for code, name in communities},
    )


def _by_evidence(evidence: Evidence) -> Choice:
    if evidence.water_share is not None and evidence.water_share > 0.5:
        return Choice(Zone.RURAL, t("{share} % of it is water", share=f"{100 * evidence.water_share:.0f}"))
    large = evidence.area_m2 >= LARGE_M2
    if evidence.built_share is not None:
        zone = _reached(evidence.built_share, BUILT_SHARE, large=large)
        return Choice(zone, t("buildings cover {share} % of it", share=f"{100 * evidence.built_share:.1f}"))
    if evidence.road_km_per_km2 is not None:
        zone = _reached(evidence.road_km_per_km2, ROAD_KM_PER_KM2, large=large)
        return Choice(zone, t("{density} km of road per km²", density=f"{evidence.road_km_per_km2:.1f}"))
    if large:
        zone = Zone.RURAL if evidence.area_m2 >= 2 * LARGE_M2 else Zone.OUTSKIRTS
        size = f"{evidence.area_m2 / 1e6:.1f}"
        return Choice(zone, t("a large community of {size} km²; nothing else is known of it", size=size))
    return Choice(Zone.ORDINARY, t("nothing is known of its density"))


def _reached(value: float, steps: tuple[float, float, float], *, large: bool) -> Zone:
    """Return the zone of a density; a small community is never sparse."""
    core, ordinary, outskirts = steps
    if value >= core:
        return Zone.CORE
    if value >= ordinary or not large:
        return Zone.ORDINARY
    return Zone.OUTSKIRTS if value >= outskirts else Zone.RURAL


def _read(given: str) -> dict[str, Any]:
    path = Path(given)
    if not path.is_file():
        raise UsageError(
            t("There is no profile {name}", name=given),
            field="--profile",
            value=given,
            expected=t("{names} or a TOML file", names=", ".join([AUTO, *Zone])),
        )
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            t("The profile {path} cannot be read: {reason}", path=given, reason=str(error)),
            field="--profile",
            value=given,
            expected=t("a TOML file"),
        ) from error


def _table(given: str, content: dict[str, Any], name: str) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise _refused(given, name, t("a table"))
    return table


def _zone(given: str, name: str) -> Zone:
    if name not in set(Zone):
        raise _refused(given, name, ", ".join(Zone))
    return Zone(name)


def _size_range(given: str, name: str, values: Any) -> SizeRange:
    fields = ("smallest", "target", "largest")
    numbers = [values[key] for key in fields if key in values] if isinstance(values, dict) else []
    plain = len(numbers) == 3 and all(type(number) in (int, float) for number in numbers)
    if not plain or not 1_000 <= numbers[0] < numbers[1] < numbers[2] or 2 * numbers[0] > numbers[2]:
        raise _refused(
            given,
            f"sizes.{name}",
            t("smallest < target < largest in m², smallest at least 1000, largest at least twice as large"),
        )
    return SizeRange(*map(float, numbers))


def _refused(given: str, what: str, expected: Text | str) -> UsageError:
    return UsageError(
        t("Profile {path}: {what} is not understood", path=given, what=what),
        field="--profile",
        value=what,
        expected=expected,
    )
