"""Hold converted coordinates against where their system is for, and against the ground of the registry."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import System, label
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.gcj import ChinaShift
from gis.ground import MARGIN_DEG, Ground
from gis.hypotheses import CHINA, Bounds, bounds_of, fitting_systems
from gis.layer import RawLayer
from gis.local_system import LocalSystem
from gis.places import Places
from gis.text import Text, t
from gis.trials import BORDER_DEG, Trial, positions, told, trials, tried

# Zones are used beyond their edges by neighbouring districts, never so far.
_AREA_MARGIN_DEG = 5.0
# Deliveries round the edges of the world.
_WORLD = (-180.0001, -90.0001, 180.0001, 90.0001)
_HALF = 0.5
# Fewer positions outside the ground are strays; a shift that is undone leaves few of them.
_FEWEST_SHIFTED = 5
_SHARE_SHIFTED = 0.02
_SHIFT_LEAVES = 0.25
# Values below -10^38 stand for none (ESRI Shapefile Technical Description, 1998); programs write the lowest
# number there is.
_NO_DATA = 1e38
_DEGREES = ("EPSG:4490", "GCJ02", "BD09LL")

ASK = t(
    "Ask who made the data, and declare it with --crs; plane coordinates of Xian 1980 and Beijing 1954 look "
    "like those of CGCS2000 and lie up to some hundred metres off"
)


def fitting(raw: RawLayer, ground: Ground | None) -> Text:
    """Say what the coordinates of a layer fit: by their size, and by trial on the ground of the registry."""
    fits = fitting_systems(bounds_of(raw.table.places))
    if ground is None:
        return fits
    return t("{first}; {second}", first=fits, second=told(trials(raw.table.places, ground)))


def check_places(
    raw: RawLayer,
    places: Places,
    system: System,
    dataset: str,
    ground: Ground | None,
) -> tuple[Places, list[Finding]]:
    """Refuse a layer that lies where its system is not for; report single features that do.

    Parameters
    ----------
    raw : RawLayer
        The layer as read.
    places : Places
        Where its features are in EPSG:4490.
    system : System
        What they were converted from.
    dataset : str
        Name put into findings.
    ground : Ground, optional
        What the registry covers; tells better which system fits.

    Returns
    -------
    places : Places
        Without those that are no place at all.
    findings : list of Finding
        F12 for each stray.

    Raises
    ------
    FileProblem
        F12: most of the layer lies where the system is not for.
    """
    present = places.present()
    if not present.any():
        return places, []
    bounds = places.bounds()
    nowhere = _is_nowhere(places) | _is_nowhere(raw.table.places)
    impossible = present & (~_inside(bounds, _WORLD) | nowhere)
    outside = present & ~_inside(bounds, _area(system))
    if outside.sum() * 2 > present.sum():
        raise _implausible(raw, system, ground)
    return places.without(impossible), [
        _misplaced(raw, int(position), bool(impossible[position]), system, dataset)
        for position in np.flatnonzero(outside | impossible)
    ]


def _inside(bounds: NDArray[np.float64], area: Bounds) -> NDArray[np.bool_]:
    """Tell which bounds lie in an area; those that are no numbers do not."""
    west, south, east, north = area
    with np.errstate(invalid="ignore"):
        low = (bounds[:, 0] >= west) & (bounds[:, 1] >= south)
        return np.asarray(low & (bounds[:, 2] <= east) & (bounds[:, 3] <= north))


def _is_nowhere(places: Places) -> NDArray[np.bool_]:
    """Find geometries with a coordinate that is infinite, missing, or stands for a missing one."""
    # Infinite and missing ones compare as false.
    if places.xy is not None:
        return places.present() & ~(np.abs(places.xy) < _NO_DATA).all(axis=1)
    xy, owner = shapely.get_coordinates(places.shapes, return_index=True)
    flags = np.zeros(len(places), dtype=bool)
    flags[owner[~(np.abs(xy) < _NO_DATA).all(axis=1)]] = True
    return flags


def _area(system: System) -> Bounds:
    """Tell where a system is for, longitude and latitude, with a wide margin."""
    if isinstance(system, LocalSystem):
        return _area(system.base)
    if isinstance(system, ChinaShift):
        return _WORLD
    area = system.area_of_use
    if area is None and system.is_projected:
        code = label(system).split(" ")[0]
        area = CRS.from_user_input(code).area_of_use if code.startswith("EPSG:") else None
    if area is None or area.west > area.east:
        return _WORLD if system.is_geographic else _around_meridian(system)
    if system.is_geographic:
        return _WORLD
    m = _AREA_MARGIN_DEG
    return area.west - m, area.south - m, area.east + m, area.north + m


def _around_meridian(system: CRS) -> Bounds:
    """Tell where a system without a registered area is for: not far from its central meridian."""
    operation = system.coordinate_operation
    values = {} if operation is None else {param.name: param.value for param in operation.params}
    meridian = values.get("Longitude of natural origin")
    if meridian is None or operation is None or operation.method_name != "Transverse Mercator":
        return _WORLD
    return float(meridian) - 2 * _AREA_MARGIN_DEG, -90.0, float(meridian) + 2 * _AREA_MARGIN_DEG, 90.0


def _implausible(raw: RawLayer, system: System, ground: Ground | None) -> FileProblem:
    return FileProblem(
        t(
            "{path}: the coordinates lie outside any place {crs} is for",
            path=raw.path,
            crs=label(system) or t("its coordinate system"),
        ),
        code="F12",
        field="--crs",
        value=label(system) or None,
        expected=fitting(raw, ground),
        hint=ASK,
    )


def check_ground(
    raw: RawLayer, places: Places, system: System, ground: Ground, dataset: str
) -> list[Finding]:
    """Refuse a layer that lies away from the ground and on it with another system; warn of a shift.

    Parameters are those of :func:`check_places`.

    Returns
    -------
    list of Finding
        F12 (warning) when reading the layer as another kind of internet map's degrees brings those
        positions in that lie outside; or when most lie outside in every system that was tried.

    Raises
    ------
    FileProblem
        F12: with the systems under which it falls on the ground.
    """
    xy = positions(places)
    if not len(xy):
        return []
    lon, lat = xy[:, 0], xy[:, 1]
    if ground.inside(lon, lat, margin_deg=MARGIN_DEG).mean() < _HALF:
        better = [trial for trial in trials(raw.table.places, ground) if trial.fits]
        if better:
            raise _elsewhere(raw, system, better)
        return _away(raw, xy, ground, dataset)
    outside = int((~ground.inside(lon, lat, margin_deg=BORDER_DEG)).sum())
    if _is_plane(system) or outside < max(_FEWEST_SHIFTED, _SHARE_SHIFTED * len(xy)):
        return []
    for name in _DEGREES if isinstance(system, ChinaShift) else _DEGREES[1:]:
        trial = tried(name, positions(raw.table.places), ground)
        if trial.total - trial.inside <= outside * _SHIFT_LEAVES:
            return [_shifted(raw, system, outside, trial, dataset)]
    return []


def _away(raw: RawLayer, xy: NDArray[np.float64], ground: Ground, dataset: str) -> list[Finding]:
    """Warn of a layer that lies away from the ground in any system; divisions may be new ground."""
    if dataset == "divisions":
        return []
    away = int((~ground.inside(xy[:, 0], xy[:, 1], margin_deg=MARGIN_DEG)).sum())
    message = t(
        "{path}: {away} of {total} positions that were looked at lie away from the divisions of the registry",
        path=raw.path,
        away=away,
        total=len(xy),
    )
    hint = t("Is it the data of another district? Else ask who made it what became of its coordinates")
    return [Finding("F12", Severity.WARNING, dataset, message, hint=hint)]


def _elsewhere(raw: RawLayer, system: System, better: list[Trial]) -> FileProblem:
    return FileProblem(
        t(
            "{path}: read as {crs}, the coordinates lie away from the divisions of the registry",
            path=raw.path,
            crs=label(system) or t("its coordinate system"),
        ),
        code="F12",
        field="--crs",
        value=label(system) or None,
        expected=told(better),
        hint=ASK,
    )


def _is_plane(system: System) -> bool:
    """Tell whether coordinates of a system are plane ones."""
    return not isinstance(system, ChinaShift) and system.is_projected


def _shifted(raw: RawLayer, system: System, outside: int, trial: Trial, dataset: str) -> Finding:
    message = t(
        "{path}: {outside} of {total} positions lie outside the divisions of the registry; read as {shift}, "
        "only {left} would",
        path=raw.path,
        outside=outside,
        total=trial.total,
        shift=trial.option,
        left=trial.total - trial.inside,
    )
    hint = t("If the data is from an internet map, declare --crs {system}", system=trial.option)
    return Finding("F12", Severity.WARNING, dataset, message, value=label(system), hint=hint)


def _misplaced(raw: RawLayer, position: int, impossible: bool, system: System, dataset: str) -> Finding:
    """Report one feature that lies elsewhere than the others, or nowhere."""
    row = int(raw.table.rows[position])
    first = shapely.get_coordinates(raw.table.places[position])[0]
    x, y = (f"{value:g}" for value in first)
    name = label(system) or t("its coordinate system")
    message = (
        t("The coordinates {x}, {y} are no place at all; the geometry is left out", x=x, y=y)
        if impossible
        else t("The coordinates {x}, {y} lie outside any place {crs} is for", x=x, y=y, crs=name)
    )
    # Most latitudes of China are no longitudes of it, and most of its longitudes no latitude on earth.
    swapped = _inside(np.tile(first[::-1], (1, 2)), CHINA)[0]
    hint = t("Exchange longitude and latitude: then the position is in China") if swapped else None
    return Finding("F12", Severity.WARNING, dataset, message, row=row, value=f"{x}, {y}", hint=hint)
