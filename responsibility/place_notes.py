"""Tell of a position what a dispatcher has to know before he believes it: reasons beside the decision.

They decide nothing. That another unit may act is told by ``differs_within_accuracy``, as everywhere: a
default coordinate has an accuracy of its own, and a point on a border has a neighbour within any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gis.text import t
from responsibility.default_places import DefaultPlace
from responsibility.layers import Layers, PolygonLayer
from responsibility.locate import Place
from responsibility.model import Reason
from responsibility.numbering import Lists
from responsibility.preparing import Asked
from responsibility.proximity import Floats

DEFAULT_COORDINATE = "location.default_coordinate"
ON_BORDER = "location.on_centre_line"


def place_notes(
    asked: Sequence[Asked],
    lon: Floats,
    lat: Floats,
    places: Sequence[Place],
    layers: Layers,
    border_m: float,
) -> list[tuple[Reason, ...]]:
    """Return what is to be said of positions.

    Parameters
    ----------
    asked : sequence of Asked, length n
        The questions.
    lon, lat : ndarray of float, shape (n,)
        The positions in EPSG:4490.
    places : sequence of Place, length n
        What they lie in. Only where a street or a line differs within the accuracy there is a border.
    layers : Layers
        Streets, the grids of lines of business, and areas.
    border_m : float
        A point within this distance of two polygons of a line, and no more exact than it is far from them,
        is on their border, in metres.

    Returns
    -------
    list of tuple of Reason, length n
        ``location.default_coordinate``; for the streets and each line ``location.on_centre_line``.
    """
    notes: list[tuple[Reason, ...]] = [
        () if one.default_place is None else (_default(one.default_place),) for one in asked
    ]
    # What stands for places nobody knows is on no border of its own.
    own = [
        at
        for at, (one, place) in enumerate(zip(asked, places, strict=True))
        if one.default_place is None and _has_border_near(place)
    ]
    if not own:
        return notes
    radius = np.minimum(border_m, [asked[at].accuracy_m for at in own])
    for layer in _shared_out(layers):
        on_border = on_borders(layer, lon[own], lat[own], radius)
        for point in np.flatnonzero(on_border.counts).tolist():
            rows = on_border.rows[on_border.offsets[point] : on_border.offsets[point + 1]]
            notes[own[point]] += (_on_border(layer, rows.tolist(), float(radius[point])),)
    return notes


def on_borders(layer: PolygonLayer[Any], lon: Floats, lat: Floats, border_m: Floats | float) -> Lists:
    """Find points on the common border of polygons, as the centre line of a street often is one.

    Parameters
    ----------
    layer : PolygonLayer
        The polygons of one line.
    lon, lat : ndarray of float, shape (n,)
        Points in EPSG:4490.
    border_m : float or ndarray of float, shape (n,)
        How near both sides have to be, in metres.

    Returns
    -------
    Lists
        Of each point the rows of the polygons that meet there: two or more, or none. A point in several
        that cover one another is on no border of these.
    """
    near = Lists(*layer.coverage.within(lon, lat, border_m))
    several = near.counts > 1
    containing = np.zeros(len(lon), dtype=np.int64)
    some = np.flatnonzero(several)
    containing[some] = Lists(*layer.coverage.overlaps(lon[some], lat[some])).counts
    return near.kept((several & (near.counts > containing))[near.points])


def _has_border_near(place: Place) -> bool:
    return any(name == "street" or name.startswith("line:") for name in place.differs)


def _shared_out(layers: Layers) -> Iterator[PolygonLayer[Any]]:
    """Yield what ground is shared out by: streets and lines of business; finer divisions change no unit."""
    if "street" in layers.divisions:
        yield layers.divisions["street"]
    yield from layers.lines
    yield from layers.areas


def _default(place: DefaultPlace) -> Reason:
    why = t(
        "The place is the default coordinate {name}: what is reported may be {metres} m away. Ask where"
        " it is",
        name=place.name,
        metres=f"{place.accuracy_m:g}",
    )
    return Reason(DEFAULT_COORDINATE, None, False, place.name, None, why)


def _on_border(layer: PolygonLayer[Any], rows: Sequence[int], border_m: float) -> Reason:
    records = [getattr(layer.records[row], "ref", layer.records[row]) for row in rows]
    why = t(
        "The place is on the border between {names}, within {metres} m of each, as the middle of a street"
        " often is: ask on which side",
        names="、".join(sorted(record.name or record.code for record in records)),
        metres=f"{border_m:g}",
    )
    kind = getattr(records[0], "line", None) or records[0].level
    ref = f"{kind}:{','.join(sorted(record.code for record in records))}"
    return Reason(ON_BORDER, None, False, ref, None, why)
