"""Base maps: none unless a city configures one, as ``WANGGE_BASEMAP`` or the registry's setting ``basemap``.

The value is a JSON object or a list of them, drawn in that order::

    {"type": "xyz", "url": "https://host/{z}/{x}/{y}.png", "crs": "EPSG:3857", "attribution": "…"}
    {"type": "wmts", "url": "https://host/vec_c/wmts", "layer": "vec", "matrix_set": "c",
     "crs": "EPSG:4490", "first_matrix": 0}
    {"type": "wmts", "capabilities": "https://host/wmts?request=GetCapabilities", "layer": "…",
     "matrix_set": "…", "crs": "EPSG:4524"}

Without capabilities the tile pyramid is the usual one of EPSG:3857 or EPSG:4490; other systems need
capabilities that state it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from pyproj import CRS

from gis.crs import STORED, parse_crs
from gis.errors import UsageError
from gis.text import t

SETTING = "basemap"
WEB_MERCATOR = "EPSG:3857"
_QUADS = (WEB_MERCATOR, STORED)
_ADDRESSES = ("url", "capabilities")


@dataclass(frozen=True, slots=True)
class BaseMap:
    """One tile service under the registry's layers.

    Attributes
    ----------
    type : str
        ``"xyz"`` or ``"wmts"``.
    crs : str
        Coordinate system of its tiles.
    url : str or None
        Template of an XYZ service, or address of a WMTS whose pyramid is the usual one.
    capabilities : str or None
        Address of the capabilities of a WMTS.
    first_matrix : int
        Number of the matrix with the fewest tiles; some services count from 1.
    """

    type: str
    crs: str
    url: str | None = None
    capabilities: str | None = None
    layer: str | None = None
    matrix_set: str | None = None
    style: str = "default"
    format: str = "tiles"
    first_matrix: int = 0
    max_zoom: int = 18
    opacity: float = 1.0
    attribution: str | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port the browser has to be allowed to reach."""
        parts = urlsplit(self.capabilities or self.url or "")
        host = parts.netloc.replace("{a-c}", "*").rpartition("@")[2]
        return f"{parts.scheme}://{host}"

    def to_dict(self) -> dict[str, Any]:
        """Return what the page needs to draw it."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    def definition(self) -> dict[str, str]:
        """Return the proj4 text of a coordinate system the browser does not know by itself."""
        if self.crs in _QUADS:
            return {}
        with warnings.catch_warnings():  # PROJ warns of what the text cannot say: nothing a picture shows
            warnings.simplefilter("ignore", UserWarning)
            return {self.crs: _projected(self.crs).to_proj4()}


def parse_basemaps(text: str | None) -> tuple[BaseMap, ...]:
    """Read the configured base maps.

    Parameters
    ----------
    text : str or None
        JSON, see the module's description.

    Returns
    -------
    tuple of BaseMap
        Empty when nothing is configured.

    Raises
    ------
    UsageError
        If the text is not JSON, or a base map misses or misspells something.
    """
    if not text:
        return ()
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UsageError(
            t("The setting {name} is not JSON: {why}", name=SETTING, why=str(error)),
            field=SETTING,
            value=text,
        ) from None
    return tuple(_basemap(entry) for entry in (given if isinstance(given, list) else [given]))


def _basemap(entry: Any) -> BaseMap:
    if not isinstance(entry, dict):
        raise _refusal("", entry, "{…}")
    unknown = sorted(set(entry) - set(BaseMap.__slots__))
    if unknown:
        raise _refusal(unknown[0], entry[unknown[0]], ", ".join(BaseMap.__slots__))
    if entry.get("type") not in ("xyz", "wmts"):
        raise _refusal("type", entry.get("type"), "xyz, wmts")
    basemap = BaseMap(**{"crs": WEB_MERCATOR, **entry})
    _check_addresses(basemap)
    _check_pyramid(basemap)
    return basemap


def _projected(text: str) -> CRS:
    """Read a coordinate system whose tiles can be drawn in place: not the shifted ones of internet maps."""
    crs = parse_crs(text)
    if not isinstance(crs, CRS):
        raise _refusal("crs", text, "EPSG:4490, EPSG:3857, EPSG:4524 …")
    return crs


def _check_addresses(basemap: BaseMap) -> None:
    wanted = "url" if basemap.type == "xyz" or not basemap.capabilities else "capabilities"
    address = getattr(basemap, wanted)
    parts = urlsplit(address or "")
    if parts.scheme not in ("http", "https") or not parts.netloc or set(";, '\"") & set(parts.netloc):
        raise _refusal(wanted, address, "https://host/…")


def _check_pyramid(basemap: BaseMap) -> None:
    if basemap.type == "wmts":
        for name in ("layer", "matrix_set"):
            if not getattr(basemap, name):
                raise _refusal(name, getattr(basemap, name), t("A text"))
    _projected(basemap.crs)
    if not basemap.capabilities and basemap.crs not in _QUADS:
        raise _refusal("crs", basemap.crs, ", ".join(_QUADS))


def _refusal(name: str, value: Any, expected: Any) -> UsageError:
    return UsageError(
        t("{field} of a base map cannot be {value}", field=name, value=repr(value)),
        field=f"{SETTING}.{name}".rstrip("."),
        value=value,
        expected=expected,
    )
