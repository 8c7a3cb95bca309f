"""The map of a report: the delivered areas, and the findings on top, as inline SVG."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

import numpy as np
import shapely

from gis.delivered import Background, DeliveredAreas
from gis.findings import Finding, Severity
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
_LEAST_ROOM_DEG = 0.002


def overview(
    listing: Listing,
    areas: DeliveredAreas | None,
    linked: frozenset[int],
    background: Background | None = None,
) -> str:
    """Draw all that was delivered and all that was found.

    Parameters
    ----------
    listing : Listing
        The findings.
    areas : DeliveredAreas or None
        What was delivered, if it has areas.
    linked : frozenset of int
        Positions of the findings that the tables show, as ``#n`` and their number.
    background : Background, optional
        What the registry has there, where the delivery has no areas.

    Returns
    -------
    str
        A figure, empty when there is no place to show.
    """
    bounds = map_bounds(listing, areas)
    if bounds is None:
        return ""
    canvas = Canvas.fitting(bounds, WIDE, TALL)
    drawing = [
        *_divisions(canvas, background),
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
    told = f"{_legend(areas, background)}{_beyond(canvas, listing)}"
    return f"<figure class=map>{svg}<figcaption>{told}</figcaption></figure>"


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


def map_bounds(listing: Listing, areas: DeliveredAreas | None) -> tuple[float, float, float, float] | None:
    """Return the bounds of what belongs together: a single thing far away would shrink all others.

    Parameters
    ----------
    listing : Listing
        The findings: what is shown where there are no areas, with some room around.
    areas : DeliveredAreas or None

    Returns
    -------
    tuple of float or None
        West, south, east and north, EPSG:4490; ``None`` where nothing has a place.
    """
    outlines = np.zeros(0, dtype=object) if areas is None else areas.geometries[areas.drawable()]
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
    room = 0.0 if len(outlines) else _LEAST_ROOM_DEG
    return west - room, south - room, east + room, north + room


def _divisions(canvas: Canvas, background: Background | None) -> Iterator[str]:
    """Draw the outlines of divisions as far as they are on the map."""
    if background is None:
        return
    inside = shapely.clip_by_rect(
        shapely.boundary(background.divisions), canvas.west, canvas.south, canvas.east, canvas.north
    )
    path = canvas.path(inside[~shapely.is_empty(inside)], tolerance=UNITS_PER_PIXEL * 0.6)
    if path:
        yield f'<path class="division" d="{path}"/>'


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
    look = f'r="{dot}"' if _matters(finding) else f'class="beside" r="{_SMALL_DOT}"'
    mark = f'<circle cx="{x:.0f}" cy="{y:.0f}" {look}/>'
    group = f'<g class="{finding.severity}"><title>{tip}</title>{shape}{mark}</g>'
    return f'<a href="#n{at + 1}">{group}</a>' if link else group


def _matters(finding: Finding) -> bool:
    """Tell whether a finding is about its place, or refuses its row."""
    return finding.field == SHAPE or finding.severity is Severity.ERROR


def _labels(canvas: Canvas, listing: Listing, linked: frozenset[int]) -> Iterator[str]:
    """Number the worst findings of the tables, as far as the numbers find room."""
    taken = np.zeros((0, 2))
    on_map = canvas.shows(listing.lonlat)
    for at in listing.placed.tolist():
        if at not in linked or not on_map[at] or not _matters(listing.findings[at]):
            continue
        place = canvas.project(listing.lonlat[[at]])
        if (np.abs(taken - place) < _LABEL_ROOM).all(axis=1).any():
            continue
        taken = np.concatenate([taken, place])
        x, y = place[0].tolist()
        yield f'<text class="label" x="{x + 50:.0f}" y="{y - 30:.0f}">{at + 1}</text>'
        if len(taken) == LABELS:
            return


def _legend(areas: DeliveredAreas | None, background: Background | None) -> str:
    names = [
        *((("division", t("division")),) if background is not None and len(background.divisions) else ()),
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
