"""The maps of an acceptance as inline SVG: where the sheets lie, and what is wrong in each."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from components.acceptance.faults import KIND_NAMES, KINDS, Fault
from components.acceptance.inspection import Acceptance
from components.acceptance.verdict import OUTCOME_NAMES, Outcome
from gis.report_map import scale_bar
from gis.report_paths import UNITS_PER_PIXEL, Canvas
from gis.text import Text, t

OVERVIEW_PX = (1080.0, 420.0)
SHEET_PX = (520.0, 520.0)
LABELS = 80
_PAD = 20 * UNITS_PER_PIXEL
_DOT, _SIZE = 5 * UNITS_PER_PIXEL, 6 * UNITS_PER_PIXEL
_SCALE_ROOM = 0.06
_ROOM = np.array([26, 13]) * UNITS_PER_PIXEL

STYLE = """
.qualified { --c: #2e7d4f } .unqualified { --c: #b00020 } .pending { --c: #8a8a94 }
.verdict.qualified, .verdict.unqualified, .verdict.pending, td.qualified, td.unqualified, td.pending {
  color: var(--c); font-weight: 600 }
td.beyond { color: #b00020; font-weight: 600 }
path.sheet { stroke: var(--c); fill: var(--c); fill-opacity: .18; stroke-width: 1.4 }
.key.qualified, .key.unqualified, .key.pending { color: var(--c) }
path.frame { stroke: #333; stroke-width: 1.2; fill: #fff }
path.right { stroke: #8f9aa6; stroke-width: 4 }
.missed { --m: #b00020 } .surplus { --m: #1f5fb0 } .wrong_class { --m: #b06a00 }
.gross { --m: #7a2da8 } .wrong_attribute { --m: #4f7d2a }
g.missed, g.surplus, g.wrong_class, g.gross, g.wrong_attribute, .key.missed, .key.surplus, .key.wrong_class,
.key.gross, .key.wrong_attribute { color: var(--m) }
tr.missed td.kind, tr.surplus td.kind, tr.wrong_class td.kind, tr.gross td.kind,
tr.wrong_attribute td.kind { color: var(--m); font-weight: 600 }
g.mark path { stroke-width: 2.4 } g.missed circle { fill: none; stroke: currentColor; stroke-width: 24 }
.key.right::before { background: #8f9aa6; border-color: #8f9aa6 }
"""


def overview(acceptance: Acceptance) -> str:
    """Draw all sheets of the sample in the colour of their verdicts."""
    sheets = acceptance.sheets.geometries
    west, south, east, north = shapely.total_bounds(sheets).tolist()
    canvas = Canvas.fitting((west, south, east, north), *OVERVIEW_PX)
    drawn = [
        f'<a href="#s{r.position + 1}"><g><title>{_escape(acceptance.sheets.codes[r.position])}</title>'
        f'<path class="sheet {r.verdict.outcome}" d="{canvas.path(sheets[[r.position]])}"/></g></a>'
        for r in acceptance.results
    ]
    names = _names(canvas, sheets)
    keys = [(str(outcome), OUTCOME_NAMES[outcome]) for outcome in Outcome]
    return _figure(
        canvas, [*drawn, *names, scale_bar(canvas)], t("Sheets of the sample"), _legend(keys), OVERVIEW_PX[1]
    )


def sheet_map(acceptance: Acceptance, position: int, faults: Sequence[Fault]) -> str:
    """Draw one sheet: what is right as grey dots, what is wrong as numbered marks."""
    sheet = acceptance.sheets.geometries[[position]]
    west, south, east, north = shapely.total_bounds(sheet).tolist()
    below = _SCALE_ROOM * (north - south)
    canvas = Canvas.fitting((west, south - below, east, north), *SHEET_PX)
    drawing = [
        f'<path class="frame" d="{canvas.path(sheet)}"/>',
        f'<path class="right" d="{canvas.path(_right(acceptance, position))}"/>',
        *(_mark(canvas, fault) for fault in reversed(faults)),
        *_labels(canvas, faults),
        scale_bar(canvas),
    ]
    shown = [kind for kind in KINDS if any(fault.kind == kind for fault in faults)]
    keys = [("right", t("right")), *((kind, KIND_NAMES[kind]) for kind in shown)]
    return _figure(
        canvas, drawing, t("Sheet {code}", code=acceptance.sheets.codes[position]), _legend(keys), SHEET_PX[1]
    )


def _right(acceptance: Acceptance, position: int) -> NDArray[np.object_]:
    """Return the places of what is in order in a sheet."""
    judgement = acceptance.judgement
    good = (judgement.sheet == position) & ~judgement.faulty
    return np.asarray(acceptance.points.points[judgement.point[good]], dtype=object)


def _mark(canvas: Canvas, fault: Fault) -> str:
    """Draw a fault: a ring missed, a cross surplus, a square wrong, a line from where the data has it."""
    x, y = canvas.project(shapely.get_coordinates(fault.place))[0].round().astype(int).tolist()
    size, both = int(_SIZE), int(2 * _SIZE)
    shapes = {
        "missed": f'<circle cx="{x}" cy="{y}" r="{size}"/>',
        "surplus": f'<path d="M{x - size} {y - size}l{both} {both}m{-both} 0l{both} {-both}"/>',
        "wrong_class": f'<path d="M{x - size} {y - size}h{both}v{both}h{-both}z"/>',
        "wrong_attribute": f'<path d="M{x} {y - size}l{size} {both}h{-both}z"/>',
    }
    shape = shapes.get(fault.kind) or _displacement(canvas, fault, x, y)
    tip = _escape(f"{fault.number} · {fault.message}")
    return f'<a href="#f{fault.number}"><g class="mark {fault.kind}"><title>{tip}</title>{shape}</g></a>'


def _displacement(canvas: Canvas, fault: Fault, x: int, y: int) -> str:
    """Draw a line from where the data has a component to where it stands, which is the dot."""
    dot = f'<circle cx="{x}" cy="{y}" r="{int(_DOT)}"/>'
    if fault.recorded is None:
        return dot
    u, v = canvas.project(shapely.get_coordinates(fault.recorded))[0].round().astype(int).tolist()
    return f'<path d="M{u} {v}L{x} {y}"/>{dot}'


def _labels(canvas: Canvas, faults: Sequence[Fault]) -> Iterator[str]:
    """Number the faults as far as the numbers find room."""
    taken = np.zeros((0, 2))
    for fault in faults:
        place = canvas.project(shapely.get_coordinates(fault.place)[:1])
        if (np.abs(taken - place) < _ROOM).all(axis=1).any():
            continue
        taken = np.concatenate([taken, place])
        x, y = place[0].tolist()
        yield f'<text class="label" x="{x + 80:.0f}" y="{y - 60:.0f}">{fault.number}</text>'
        if len(taken) == LABELS:
            return


def _names(canvas: Canvas, sheets: NDArray[np.object_]) -> Iterator[str]:
    """Write into the sheets their numbers in the table, as far as they find room."""
    middles = canvas.project(shapely.get_coordinates(shapely.centroid(sheets)))
    taken = np.zeros((0, 2))
    for number, middle in enumerate(middles, start=1):
        if not (np.abs(taken - middle) < _ROOM).all(axis=1).any():
            taken = np.concatenate([taken, middle[None]])
            x, y = middle.tolist()
            yield f'<text class="name" x="{x:.0f}" y="{y + 40:.0f}">{number}</text>'


def _legend(keys: Sequence[tuple[str, Text]]) -> str:
    return "".join(f'<span class="key {name}">{_escape(text)}</span>' for name, text in keys)


def _figure(canvas: Canvas, drawing: Sequence[str], label: Text, caption: str, tall_px: float) -> str:
    view = f"{-_PAD} {-_PAD} {canvas.width + 2 * _PAD:.0f} {canvas.height + 2 * _PAD:.0f}"
    return (
        f'<figure class=map><svg viewBox="{view}" role="img" aria-label="{_escape(label)}" '
        f'style="max-height:{tall_px:.0f}px">{"".join(drawing)}</svg><figcaption>{caption}</figcaption></figure>'
    )


def _escape(value: object) -> str:
    return html.escape(str(value))
