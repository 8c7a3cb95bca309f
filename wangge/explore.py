"""Maps for notebooks, complete in themselves: government networks are closed."""

from __future__ import annotations

import base64
import importlib.resources
from functools import cache

import folium
import geopandas
import pandas

from gis.errors import RegistryUnavailable, UsageError
from gis.text import t

# More features than this make a notebook heavier than it is useful.
MOST_FEATURES = 5_000


def draw(frame: pandas.DataFrame, name: str) -> folium.Map:
    """Draw a frame with its attributes as tooltips.

    Parameters
    ----------
    frame : GeoDataFrame
        Geometry in EPSG:4490.
    name : str
        What it is, for messages.

    Returns
    -------
    folium.Map
        Without a base map; Leaflet is embedded.

    Raises
    ------
    UsageError
        There is no geometry, or there are too many features.
    """
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise UsageError(t("{name} has no geometry to draw", name=name), field="collection", value=name)
    if len(frame) > MOST_FEATURES:
        raise UsageError(
            t("{name} has {count} features here, too many to draw", name=name, count=len(frame)),
            field="bbox",
            expected=t("a rectangle with at most {count} features", count=MOST_FEATURES),
        )
    drawn = _bare_map()
    shown = frame[frame.geometry.notna()]
    if len(shown):
        fields = [column for column in shown.columns if column != "geometry"][:8]
        texts = shown[fields].astype("string").fillna("").assign(geometry=shown.geometry)
        features = geopandas.GeoDataFrame(texts, crs=shown.crs).to_json()
        folium.GeoJson(
            features, tooltip=folium.GeoJsonTooltip(fields), marker=folium.CircleMarker(radius=3)
        ).add_to(drawn)
        west, south, east, north = shown.total_bounds
        drawn.fit_bounds([[south, west], [north, east]])
    return drawn


def _bare_map() -> folium.Map:
    drawn = folium.Map(tiles=None, control_scale=True)
    drawn.default_js = [("leaflet", _embedded("leaflet.js", "text/javascript"))]
    drawn.default_css = [("leaflet_css", _embedded("leaflet.css", "text/css"))]
    return drawn


@cache
def _embedded(name: str, media_type: str) -> str:
    file = importlib.resources.files("web").joinpath("static", "vendor", name)
    if not file.is_file():
        raise RegistryUnavailable(
            t("The map library {name} is not installed", name=name),
            hint=t("Run script/build-web in the checkout, or install the wheel."),
        )
    return f"data:{media_type};base64,{base64.b64encode(file.read_bytes()).decode()}"
