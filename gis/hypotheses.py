"""Say which reference systems coordinates fit, without choosing one (crs.md, section 3.1).

The numbers of a coordinate often give its system away: an easting of eight digits that begins with
36 belongs to zone 36. They never prove it, so nothing here is applied: a person reads and decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gis.crs import transformer
from gis.places import Places
from gis.text import Text, t

#: West, south, east, north of China with its seas, degrees.
CHINA = (73.0, 3.0, 136.0, 54.0)
_NORTHINGS = (300_000.0, 6_000_000.0)
_EASTINGS = (100_000.0, 900_000.0)
# Origins of a city's own grid are chosen so that its numbers stay short.
_SHORT = 300_000.0

Bounds = tuple[float, float, float, float]


def bounds_of(places: Places) -> Bounds | None:
    """Measure where most of the coordinates lie, leaving out 1 % at each end."""
    xy = places.coordinates()
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return None
    low, high = np.percentile(xy, [1, 99], axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def fitting_systems(bounds: Bounds | None) -> Text:
    """List the systems that coordinates in these bounds can be in.

    Parameters
    ----------
    bounds : tuple of four floats, optional
        Least x, least y, greatest x, greatest y, in the unknown system.

    Returns
    -------
    Text
        One sentence for people, naming what to give as ``--crs``.
    """
    if bounds is None:
        return t("there are no coordinates to judge by")
    found = [text for hypothesis in _HYPOTHESES for text in hypothesis(bounds)]
    ranges = t("x from {west} to {east}, y from {south} to {north}", **_rounded(bounds))
    if not found:
        return t("{ranges} fits no system in use in China", ranges=ranges)
    return t("{ranges} fits {systems}", ranges=ranges, systems=_joined(found))


def _rounded(bounds: Bounds) -> dict[str, str]:
    digits = 4 if max(map(abs, bounds)) <= 360 else 0
    return {
        name: f"{value:.{digits}f}"
        for name, value in zip(("west", "south", "east", "north"), bounds, strict=True)
    }


def _joined(texts: list[Text]) -> Text:
    joined = texts[0]
    for text in texts[1:]:
        joined = t("{first}; or {second}", first=joined, second=text)
    return joined


def _within(bounds: Bounds, box: Bounds) -> bool:
    west, south, east, north = bounds
    return box[0] <= west <= east <= box[2] and box[1] <= south <= north <= box[3]


def swapped_bounds(bounds: Bounds) -> Bounds:
    """Exchange the axes of bounds."""
    west, south, east, north = bounds
    return south, west, north, east


def scaled_bounds(bounds: Bounds, factor: float) -> Bounds:
    """Multiply bounds, as another unit would."""
    west, south, east, north = bounds
    return west * factor, south * factor, east * factor, north * factor


def _degrees(bounds: Bounds) -> Iterator[Text]:
    if _within(bounds, CHINA):
        yield t("longitude and latitude (EPSG:4490; GCJ02 or BD09LL when from an internet map)")
    elif _within(swapped_bounds(bounds), CHINA):
        yield t("latitude and longitude in the wrong order (EPSG:4490,yx)")
    elif _within(bounds, (-180.0, -90.0, 180.0, 90.0)) and max(map(abs, bounds)) > 1:
        yield t("longitude and latitude outside China (EPSG:4326)")


def zone_of(bounds: Bounds) -> tuple[str, int, int] | None:
    """Find the Gauss-Krüger zone whose number eastings begin with: its code, width and number."""
    west, south, east, north = bounds
    zone = int(west // 1_000_000)
    if int(east // 1_000_000) != zone or not _NORTHINGS[0] <= south <= north <= _NORTHINGS[1]:
        return None
    for first, last, epsg, width in ((25, 45, 4513, 3), (13, 23, 4491, 6)):
        code = f"EPSG:{epsg + zone - first}"
        if first <= zone <= last and _in_china(bounds, code):
            return code, width, zone
    return None


def is_unzoned(bounds: Bounds) -> bool:
    """Tell whether these can be eastings and northings without a zone number."""
    west, south, east, north = bounds
    return _EASTINGS[0] <= west <= east <= _EASTINGS[1] and _NORTHINGS[0] <= south <= north <= _NORTHINGS[1]


def _zoned(bounds: Bounds) -> Iterator[Text]:
    found = zone_of(bounds)
    if found is not None:
        code, width, zone = found
        yield t(
            "{code}, Gauss-Krüger of {width} degrees, as the easting begins with zone {zone}",
            code=code,
            width=width,
            zone=zone,
        )


def _unzoned(bounds: Bounds) -> Iterator[Text]:
    if is_unzoned(bounds):
        yield t(
            "Gauss-Krüger without zone number: EPSG:4534 to EPSG:4554 by central meridian 75, 78 … 135, "
            "or a city's own system"
        )


def _survey_order(bounds: Bounds) -> Iterator[Text]:
    swapped = swapped_bounds(bounds)
    found = zone_of(swapped)
    if found is not None:
        yield t("northing and easting in the wrong order for a file ({code},yx)", code=found[0])
    elif is_unzoned(swapped) and not is_unzoned(bounds):
        yield t(
            "northing and easting in the wrong order for a file: EPSG:4534,yx to EPSG:4554,yx by central "
            "meridian, or a city's own system"
        )


def _millimetres(bounds: Bounds) -> Iterator[Text]:
    metres = scaled_bounds(bounds, 0.001)
    found = zone_of(metres)
    if found is not None:
        yield t("millimetres of {code} ({code},mm)", code=found[0])
    elif is_unzoned(metres):
        yield t("millimetres of Gauss-Krüger without zone number (EPSG:4534,mm to EPSG:4554,mm)")


def _own_grid(bounds: Bounds) -> Iterator[Text]:
    if 360 < max(map(abs, bounds)) < _SHORT:
        yield t("numbers as short as these are of a city's own grid: give its description, --crs FILE.toml")


def _mercator(bounds: Bounds) -> Iterator[Text]:
    if max(map(abs, bounds)) > 360 and _within(bounds, (-20037509.0, -20048967.0, 20037509.0, 20048967.0)):
        lon, lat = _centre(bounds, "EPSG:3857")
        # Anything fits somewhere: only land within reach of China is worth a word.
        if 60 <= lon <= 150 and 3 <= lat <= 60:
            yield t("EPSG:3857, Web Mercator, around {lon}, {lat}", lon=f"{lon:.1f}", lat=f"{lat:.1f}")


_HYPOTHESES: tuple[Callable[[Bounds], Iterator[Text]], ...] = (
    _degrees,
    _zoned,
    _unzoned,
    _survey_order,
    _millimetres,
    _own_grid,
    _mercator,
)


def _in_china(bounds: Bounds, code: str) -> bool:
    lon, lat = _centre(bounds, code)
    return CHINA[0] <= lon <= CHINA[2] and CHINA[1] <= lat <= CHINA[3]


def _centre(bounds: Bounds, code: str) -> tuple[float, float]:
    west, south, east, north = bounds
    lon, lat = transformer(code)((west + east) / 2, (south + north) / 2)
    return float(lon), float(lat)
