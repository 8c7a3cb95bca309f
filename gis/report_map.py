"""The map of a report: the delivered areas, and the findings on top, as inline SVG."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.delivered import DeliveredAreas
from gis.findings import Severity
from gis.report_listing import SHAPE, Listing
from gis.report_paths import UNITS_PER_PIXEL, Canvas, kind_of, nice_length
from gis.text import t

WIDE, TALL = 1080.0, 740.0
DRAWN_SINGLY = 2_000
"""Findings with a shape, a tooltip and a link of their own; more of them are drawn together."""

LABELS = 60
_LABEL_ROOM = np.array([32, 14]) * UNITS_PER_PIXEL
_DOT, _SMALL_DOT = 4 * UNITS_PER_PIXEL, 2 * UNITS_PER_PIXEL
_CROWDED = 500
_FAR = 5.0


def overview(listing: Listing, areas: DeliveredAreas | None, linked: frozenset[int]) -> str:
    """Draw all that was delivered and all that was found.

    Parameters
    ----------
    listing : Listing
        The findings.
    areas : DeliveredAreas or None
        What was delivered, if it has areas.
    linked : frozenset of int
        Positions of the findings that the tables show, as ``#n`` and their number.

    Returns
    -------
    str
        A figure, empty when there is no place to show.
    """
    outlines = np.zeros(0, dtype=object) if areas is None else areas.geometries[areas.drawable()]
    bounds = _bounds(outlines, listing)
    if bounds is None:
        return ""
    canvas = Canvas.fitting(bounds, WIDE, TALL)
    drawing = [
        *_ground(canvas, areas),
        *_crowd(canvas, listing),
        *_singles(canvas, listing, linked),
        *_labels(canvas, listing, linked),
        scale_bar(canvas),
    ]
    pad = 2 * UNITS_PER_PIXEL * 10
    wide, tall = canvas.width + 2 * pad, canvas.height + 2 * pad
    label = html.escape(str(t("Map of the findings")))
    svg = (
        f'<svg viewBox="{-pad} {-pad} {wide:.0f} {tall:.0f}" role="img" aria-label="{label}" '
        f'style="max-height:{tall / UNITS_PER_PIXEL:.0f}px">{"".join(drawing)}</svg>'
    )
    return (
        f"<figure class=map>{svg}<figcaption>{_legend(areas)}{_beyond(canvas, listing)}</figcaption></figure>"
    )


def scale_bar(canvas: Canvas) -> str:
    """Draw a bar of a round length in the lower left corner."""
    length = nice_length(canvas.width / 4 / canvas.units_per_metre)
    end, y = length * canvas.units_per_metre, canvas.height - UNITS_PER_PIXEL
    words = (
        f"{length / 1000:g} km"
        if length >= 1000
        else f"{length:g} m"
        if length >= 1
        else f"{length * 1000:g} mm"
    )
    return (
        f'<g class="scale"><path d="M0 {y - 60:.0f}v60h{end:.0f}v-60"/>'
        f'<text x="{end + 50:.0f}" y="{y:.0f}">{words}</text></g>'
    )


def _bounds(outlines: NDArray[np.object_], listing: Listing) -> tuple[float, float, float, float] | None:
    """Return the bounds of what belongs together: a single thing far away would shrink all others."""
    things = outlines if len(outlines) else listing.geometries[listing.placed]
    boxes = shapely.bounds(things)
    if not len(boxes):
        return None
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = np.percentile(centres, [10, 90], axis=0)
    reach = _FAR * np.maximum(high - low, 0.002)
    near = ((centres >= low - reach) & (centres <= high + reach)).all(axis=1)
    west, south = boxes[near, :2].min(axis=0).tolist()
    east, north = boxes[near, 2:].max(axis=0).tolist()
    return west, south, east, north


def _ground(canvas: Canvas, areas: DeliveredAreas | None) -> Iterator[str]:
    """Draw the delivered areas, those that are refused shaded."""
    if areas is None:
        return
    drawable = areas.drawable()
    for name, rows in (
        ("area", drawable[~areas.refused[drawable]]),
        ("area refused", drawable[areas.refused[drawable]]),
    ):
        path = canvas.path(areas.geometries[rows], tolerance=UNITS_PER_PIXEL * 0.6)
        if path:
            yield f'<path class="{name}" d="{path}"/>'


def _crowd(canvas: Canvas, listing: Listing) -> Iterator[str]:
    """Draw the findings beyond the first thousands as one path for each severity, notes undermost."""
    rest = listing.placed[DRAWN_SINGLY:]
    for severity in reversed(Severity):
        chosen = [at for at in rest if listing.findings[at].severity is severity]
        dots = shapely.points(listing.lonlat[chosen]) if chosen else np.zeros(0, dtype=object)
        path = canvas.path(np.asarray(dots, dtype=object))
        if path:
            yield f'<path class="crowd {severity}" d="{path}"/>'


def _singles(canvas: Canvas, listing: Listing, linked: frozenset[int]) -> Iterable[str]:
    """Draw findings one by one, the worst on top."""
    chosen = listing.placed[:DRAWN_SINGLY]
    box = shapely.bounds(listing.geometries[chosen])
    dot = _DOT if len(chosen) < _CROWDED else (_DOT + _SMALL_DOT) // 2
    extent = np.hypot(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) * canvas.units_per_degree
    drawn = [
        _single(canvas, listing, at, dot, with_shape=size >= 3 * dot, link=at in linked)
        for at, size in zip(chosen.tolist(), extent.tolist(), strict=True)
    ]
    return reversed(drawn)


def _single(canvas: Canvas, listing: Listing, at: int, dot: int, *, with_shape: bool, link: bool) -> str:
    """Draw a finding as a dot, large ones with their shape too, small what is wrong beside the shapes."""
    finding = listing.findings[at]
    x, y = canvas.project(listing.lonlat[[at]])[0].tolist()
    tip = html.escape(f"{at + 1} · {finding.code} {finding.id or ''} {finding.message}")
    shape = ""
    if with_shape:
        path = canvas.path(listing.geometries[[at]], tolerance=UNITS_PER_PIXEL * 0.3)
        shape = f'<path class="{kind_of(listing.geometries[at])}" d="{path}"/>'
    matters = finding.field == SHAPE or finding.severity is Severity.ERROR
    look = f'r="{dot}"' if matters else f'class="beside" r="{_SMALL_DOT}"'
    mark = f'<circle cx="{x:.0f}" cy="{y:.0f}" {look}/>'
    group = f'<g class="{finding.severity}"><title>{tip}</title>{shape}{mark}</g>'
    return f'<a href="#n{at + 1}">{group}</a>' if link else group


def _labels(canvas: Canvas, listing: Listing, linked: frozenset[int]) -> Iterator[str]:
    """Number the worst findings of the tables, as far as the numbers find room."""
    taken = np.zeros((0, 2))
    on_map = canvas.shows(listing.lonlat)
    for at in listing.placed.tolist():
        if at not in linked or not on_map[at] or listing.findings[at].field != SHAPE:
            continue
        place = canvas.project(listing.lonlat[[at]])
        if (np.abs(taken - place) < _LABEL_ROOM).all(axis=1).any():
            continue
        taken = np.concatenate([taken, place])
        x, y = place[0].tolist()
        yield f'<text class="label" x="{x + 50:.0f}" y="{y - 30:.0f}">{at + 1}</text>'
        if len(taken) == LABELS:
            return


def _legend(areas: DeliveredAreas | None) -> str:
    names = [
        *(() if areas is None else (("area", t("delivered area")), ("refused", t("refused area")))),
        ("error", t("error")),
        ("warning", t("warning")),
        ("info", t("note")),
    ]
    return "".join(f'<span class="key {name}">{html.escape(str(text))}</span>' for name, text in names)


def _beyond(canvas: Canvas, listing: Listing) -> str:
    """Say how many findings lie off the map."""
    count = int((~canvas.shows(listing.lonlat[listing.placed])).sum())
    if not count:
        return ""
    return f"<span>{html.escape(str(t('{count} findings lie outside of this map', count=count)))}</span>"
