"""Styles for programs that know scales but no sizes between zooms: rules cut into bands of zooms."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from layers.styles.model import Label, Line, Marker, Rule, Stops, constant, scale_of


@dataclass(frozen=True, slots=True)
class Band:
    """A rule between two zooms, all its sizes constant.

    Attributes
    ----------
    rule : Rule
        Its label is ``None`` where it is not labelled; the symbol of its marker where a disc is drawn.
    first, last : float
        Zooms, from and up to.
    """

    rule: Rule
    first: float
    last: float

    @property
    def scales(self) -> tuple[float | None, float | None]:
        """Smallest and largest scale denominator; ``None`` for no limit."""
        return (
            None if self.last >= 24 else scale_of(self.last),
            None if self.first <= 0 else scale_of(self.first),
        )


def bands_of(rule: Rule) -> list[Band]:
    """Cut a rule where something of it changes, at least at every zoom at which a size does."""
    cuts = sorted(_cuts(rule))
    bands: list[Band] = []
    for first, last in pairwise(cuts):
        fixed = _fixed(rule, (first + last) / 2)
        if bands and bands[-1].rule == fixed:
            bands[-1] = Band(fixed, bands[-1].first, last)
        elif fixed.fill or fixed.line or fixed.marker or fixed.label:
            bands.append(Band(fixed, first, last))
    return bands


def _cuts(rule: Rule) -> set[float]:
    first, last = rule.zooms
    cuts = {first, last}
    if rule.label:
        cuts |= {*rule.label_zooms, rule.label.whole_from}
    if rule.marker and rule.marker.symbol:
        cuts.add(rule.marker.symbol_from)
    for stops in _sizes(rule):
        low, high = stops.stops[0][0], stops.stops[-1][0]
        inner = [zoom for zoom, _value in stops.stops]
        cuts |= {*inner, *(() if stops.stepped else range(math.ceil(low), math.floor(high) + 1))}
    return {float(cut) for cut in cuts if first <= cut <= last}


def _sizes(rule: Rule) -> Iterable[Stops]:
    if rule.line:
        yield from (rule.line.width, rule.line.opacity)
    if rule.marker:
        yield from (rule.marker.radius, rule.marker.opacity, rule.marker.outline, rule.marker.size)
    if rule.label:
        yield rule.label.size


def _fixed(rule: Rule, zoom: float) -> Rule:
    """Return a rule as it is at one zoom."""
    first, last = rule.label_zooms
    return replace(
        rule,
        line=_fixed_line(rule.line, zoom) if rule.line else None,
        marker=_fixed_marker(rule.marker, zoom) if rule.marker else None,
        label=_fixed_label(rule.label, zoom) if rule.label and first <= zoom < last else None,
    )


def _fixed_line(line: Line, zoom: float) -> Line:
    return replace(line, width=_at(line.width, zoom), opacity=_at(line.opacity, zoom))


def _fixed_marker(marker: Marker, zoom: float) -> Marker:
    shown = marker.symbol if zoom >= marker.symbol_from else None
    if shown:
        return Marker(marker.color, symbol=shown, size=_at(marker.size, zoom))
    radius, opacity, outline = (_at(size, zoom) for size in (marker.radius, marker.opacity, marker.outline))
    return Marker(marker.color, radius, opacity, outline)


def _fixed_label(label: Label, zoom: float) -> Label:
    last = label.last if zoom < label.whole_from else None
    return replace(label, size=_at(label.size, zoom), last=last, whole_from=24.0)


def _at(stops: Stops, zoom: float) -> Stops:
    return constant(round(stops.at(zoom), 2))
