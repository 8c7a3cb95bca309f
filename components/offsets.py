"""A whole delivery moved by one vector against what the registry knows of the same components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.identifier_column import IdentifierColumn
from components.known import in_parts
from components.plane import METRES_PER_DEGREE, Floats, Rows, shown_places, usable
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.gcj import ChinaShift, from_shifted, to_shifted
from gis.models import DATASETS
from gis.places import Coordinates, Places
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t

LEAST_M = 0.3
"""Shorter vectors are not reported: the drift of the continent since 2000 makes 0.3 to 1.2 m."""
SAME_M = 0.2
"""Vectors that differ by less from the median are the same one, or by less than :data:`SAME_PART` of it."""
SAME_PART = 0.02
SHIFT_M = 1.0
"""How near positions lie to where an internet map's shift would put them: it is rounded in many maps."""
MOST = 0.6
"""Share of the known components that moved alike; more than half, so that the median is one of them."""
FEWEST = 20
SAMPLE = 20_000
"""So many components, evenly taken from the delivery, tell what a million would."""
_DRIFT_M = 1.2
_DATUM_M = 10.0
# Bearings of the continent's drift: east to south-east.
_DRIFT_DEG = (70.0, 160.0)


@dataclass(frozen=True, slots=True)
class Offset:
    """What most components of a delivery have in common: a vector in metres, and a cause that fits."""

    east: float
    north: float
    share: float
    hint: Text


def check_offset(
    staging: CompactStaging, identifiers: IdentifierColumn, points: Coordinates, registry: Registry
) -> None:
    """Report when most of what the registry knows has moved by one vector (C27); nothing is moved.

    Parameters
    ----------
    staging : CompactStaging
        Components.
    identifiers : IdentifierColumn
        Their own identifiers.
    points : ndarray of float, shape (n, 2)
        Their positions (longitude, latitude; EPSG:4490), not a number where they count for nothing.
    registry : Registry
        Its live components with the same identifiers are compared.
    """
    rows, known = _pairs(staging, identifiers, points, registry)
    if len(rows) < FEWEST:
        return
    offset = common_offset(*known.T, *points[rows].T)
    if offset is None:
        return
    message = t(
        "{share} % of the {count} components compared lie {east} m east and {north} m north of where the "
        "registry has them",
        share=f"{100 * offset.share:.0f}",
        count=len(rows),
        east=f"{offset.east:.2f}",
        north=f"{offset.north:.2f}",
    )
    shown = shown_places(points, rows)
    staging.add("C27", Severity.WARNING, message, field="geometry", hint=offset.hint, geometry=shown)


def common_offset(old_lon: Floats, old_lat: Floats, lon: Floats, lat: Floats) -> Offset | None:
    """Find the vector that most positions moved by, and what it may come from.

    Parameters
    ----------
    old_lon, old_lat, lon, lat : ndarray of float
        Positions before and now (degrees, EPSG:4490), at least one.

    Returns
    -------
    Offset or None
        The shift of an internet map, which differs from place to place, else the median vector; None
        unless :data:`MOST` moved alike, by :data:`LEAST_M` or more.
    """
    x, y = _metres(lon - old_lon, lat - old_lat, lat)
    east, north = float(np.median(x)), float(np.median(y))
    length = float(np.hypot(east, north))
    if length < LEAST_M:
        return None
    for system in ChinaShift:
        for moved, hint in ((to_shifted, _delivery_hint(system)), (from_shifted, _registry_hint(system))):
            there_lon, there_lat = moved(system, old_lon, old_lat)
            apart = np.hypot(*_metres(lon - there_lon, lat - there_lat, lat))
            share = float((apart <= SHIFT_M).mean())
            if share >= MOST:
                return Offset(east, north, share, hint)
    alike = np.hypot(x - east, y - north) <= max(SAME_M, SAME_PART * length)
    share = float(alike.mean())
    return Offset(east, north, share, _cause(east, north)) if share >= MOST else None


def _pairs(
    staging: CompactStaging, identifiers: IdentifierColumn, points: Coordinates, registry: Registry
) -> tuple[Rows, Coordinates]:
    """Return rows whose components the registry has, and where it has them."""
    rows = usable(staging, points)
    rows = rows[identifiers.texts.present()[rows]]
    if len(rows) > SAMPLE:
        rows = rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.intp)]
    row_of = dict(zip(identifiers.texts.take(rows).slice(0, len(rows)), rows.tolist(), strict=True))
    column = DATASETS["components"].live.c.id
    found: list[int] = []
    places = [np.zeros((0, 2))]
    for part in in_parts(filter(None, row_of)):
        frame = read_frame(registry, "components", where=column.in_(part), columns=["id", "geometry"])
        found += [row_of[text] for text in frame["id"]]
        places.append(Places.of(frame["geometry"].to_numpy()).representative())
    known = np.concatenate(places)
    present = ~np.isnan(known[:, 0])
    return np.array(found, dtype=np.intp)[present], known[present]


def _metres(lon: Floats, lat: Floats, at_lat: Floats) -> tuple[Floats, Floats]:
    """Turn differences in degrees into metres east and north."""
    return lon * METRES_PER_DEGREE * np.cos(np.radians(at_lat)), lat * METRES_PER_DEGREE


def _delivery_hint(system: ChinaShift) -> Text:
    return t(
        "The positions fit {system}: if they are from an internet map, declare --crs {system}", system=system
    )


def _registry_hint(system: ChinaShift) -> Text:
    return t(
        "The registry's positions fit {system} of these: its components came from an internet map, or these "
        "were converted once too often",
        system=system,
    )


def _cause(east: float, north: float) -> Text:
    """Say what a vector may come from, by its length and direction."""
    length, bearing = np.hypot(east, north), np.degrees(np.arctan2(east, north)) % 180
    # Either survey may be the one of today, so opposite bearings count alike.
    if length <= _DRIFT_M and _DRIFT_DEG[0] <= bearing <= _DRIFT_DEG[1]:
        return t(
            "The continent has moved so far since 2000: is one survey in today's WGS 84, and not in CGCS2000 "
            "of epoch 2000.0? Ask which control network was used"
        )
    if length >= _DATUM_M:
        return t(
            "Another datum or other parameters (Xian 1980, Beijing 1954, a city's own system)? Ask the "
            "surveyors; nothing is moved"
        )
    return t("Ask which control network each of the two surveys was tied to; nothing is moved")
