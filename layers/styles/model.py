"""A style: rules that say which features are drawn how, between which zooms.

The source of a style is a TOML file. It knows what MapLibre styles, SLD 1.1 and QGIS all can draw, so
that each of them shows the same map. Zooms are those of MapLibre, whose tiles are 512 pixels wide;
sizes are pixels of 0.28 mm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gis.errors import UsageError
from gis.text import current_language, t

#: Zooms end here.
DEEPEST = 24.0

#: Scale denominator of zoom 0: the world in 512 pixels of 0.28 mm.
SCALE_OF_ZOOM_0 = 279_541_132.0143589


@dataclass(frozen=True, slots=True)
class Stops:
    """A number that depends on the zoom.

    Attributes
    ----------
    stops : tuple of (zoom, value)
        Zooms ascend; before the first and after the last the value stays.
    base : float
        How fast it grows in between: 1 evenly, 2 as fast as the scale.
    stepped : bool
        Whether it jumps at each stop instead.
    """

    stops: tuple[tuple[float, float], ...]
    base: float = 1.0
    stepped: bool = False

    @property
    def constant(self) -> bool:
        """Whether it is the same at every zoom."""
        return len(self.stops) == 1

    def at(self, zoom: float) -> float:
        """Return the value at a zoom."""
        before = [stop for stop in self.stops if stop[0] <= zoom] or [self.stops[0]]
        after = [stop for stop in self.stops if stop[0] > zoom]
        (low, value), is_last = before[-1], not after
        if is_last or self.stepped or zoom <= low:
            return value
        high, next_value = after[0]
        if self.base == 1.0:
            part = (zoom - low) / (high - low)
        else:
            part = (self.base ** (zoom - low) - 1) / (self.base ** (high - low) - 1)
        return value + part * (next_value - value)


def constant(value: float) -> Stops:
    """Return a number that does not depend on the zoom."""
    return Stops(((0.0, value),))


@dataclass(frozen=True, slots=True)
class Fill:
    """The inside of polygons."""

    color: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """Lines, and the border of polygons; ``dash`` is in widths of the line."""

    color: str
    width: Stops = field(default_factory=lambda: constant(1.0))
    opacity: Stops = field(default_factory=lambda: constant(1.0))
    dash: tuple[float, ...] = ()
    cap: str = "butt"


@dataclass(frozen=True, slots=True)
class Marker:
    """Points: a disc, from ``symbol_from`` on a symbol ``size`` pixels wide."""

    color: str
    radius: Stops = field(default_factory=lambda: constant(4.0))
    opacity: Stops = field(default_factory=lambda: constant(1.0))
    outline: Stops = field(default_factory=lambda: constant(0.0))
    symbol: str | None = None
    symbol_from: float = 0.0
    size: Stops = field(default_factory=lambda: constant(16.0))


@dataclass(frozen=True, slots=True)
class Label:
    """A text: the first property that has a value; of it the ``last`` characters below ``whole_from``."""

    text: tuple[str, ...]
    color: str
    size: Stops = field(default_factory=lambda: constant(12.0))
    halo: float = 0.0
    last: int | None = None
    whole_from: float = DEEPEST
    along: bool = False
    anchor: str = "center"
    offset: tuple[float, float] = (0.0, 0.0)
    zooms: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Which features are drawn how.

    Attributes
    ----------
    where : tuple of (property, values)
        The feature has one of the values.
    prefix : tuple of (property, beginnings)
        The value begins so.
    otherwise : bool
        For features that no other rule with a condition is for.
    counted : bool
        For the counts that stand for many features, and for nothing else.
    zooms : tuple of float
        From, up to but without.
    """

    id: str
    title_zh: str = ""
    title_en: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    prefix: tuple[tuple[str, tuple[str, ...]], ...] = ()
    otherwise: bool = False
    counted: bool = False
    zooms: tuple[float, float] = (0.0, DEEPEST)
    fill: Fill | None = None
    line: Line | None = None
    marker: Marker | None = None
    label: Label | None = None

    @property
    def title(self) -> str:
        """The title in the current language; empty where the legend leaves it out."""
        return self.title_en if current_language() == "en" else self.title_zh

    @property
    def conditional(self) -> bool:
        """Whether it is for some features only."""
        return bool(self.where or self.prefix)

    @property
    def label_zooms(self) -> tuple[float, float]:
        """Between which zooms it is labelled."""
        first, last = (self.label.zooms if self.label else None) or self.zooms
        return max(first, self.zooms[0]), min(last, self.zooms[1])


@dataclass(frozen=True, slots=True)
class Style:
    """A style as its source has it; see :func:`read_style`."""

    id: str
    title_zh: str
    title_en: str
    rules: tuple[Rule, ...]
    visible: bool = False

    @property
    def title(self) -> str:
        """The title in the current language."""
        return self.title_en if current_language() == "en" else self.title_zh


def scale_of(zoom: float) -> float:
    """Return the scale denominator of a zoom, by pixels of 0.28 mm."""
    return float(SCALE_OF_ZOOM_0 / 2**zoom)


def read_style(name: str, source: Mapping[str, Any]) -> Style:
    """Read a style from its parsed source.

    Parameters
    ----------
    name : str
        Its identifier.
    source : mapping
        ``title_zh``, ``title_en``, ``visible``, ``defaults`` and ``rules``.

    Raises
    ------
    UsageError
        If a member is unknown or missing.
    """
    defaults = source.get("defaults", {})
    rules = tuple(_rule(name, one, defaults) for one in source.get("rules", ()))
    if not rules:
        raise _refused(name, "rules", [])
    return Style(
        name, source.get("title_zh", name), source.get("title_en", name), rules, source.get("visible", False)
    )


_PARTS: Mapping[str, type] = {"fill": Fill, "line": Line, "marker": Marker, "label": Label}
_STOPS = frozenset({"width", "opacity", "radius", "outline", "size"})


def _rule(name: str, source: Mapping[str, Any], defaults: Mapping[str, Any]) -> Rule:
    given = {key: value for key, value in defaults.items() if key not in _PARTS} | dict(source)
    for part, kind in _PARTS.items():
        if part in given:
            given[part] = _part(name, kind, {**defaults.get(part, {}), **given[part]})
    for condition in ("where", "prefix"):
        given[condition] = tuple((key, tuple(values)) for key, values in given.get(condition, {}).items())
    if "zooms" in given:
        given["zooms"] = tuple(map(float, given["zooms"]))
    rule: Rule = _made(name, Rule, given)
    return rule


def _part(name: str, kind: type, given: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key in _STOPS and not (kind is Fill and key == "opacity"):
            values[key] = _stops(value)
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    return _made(name, kind, values)


def _stops(value: Any) -> Stops:
    if isinstance(value, Mapping):
        stops = value.get("stops") or value["step"]
        return Stops(_pairs(stops), value.get("base", 1.0), "step" in value)
    return Stops(_pairs(value)) if isinstance(value, list) else constant(float(value))


def _pairs(stops: list[list[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(zoom), float(value)) for zoom, value in stops)


def _made(name: str, kind: type, values: Mapping[str, Any]) -> Any:
    try:
        return kind(**values)
    except TypeError as error:
        raise _refused(name, kind.__name__.lower(), dict(values)) from error


def _refused(name: str, field_name: str, value: Any) -> UsageError:
    return UsageError(
        t("Style {style} cannot have {field} {value}", style=name, field=field_name, value=repr(value)),
        field=field_name,
        value=value,
        expected=t("see docs/tiles.md"),
    )
