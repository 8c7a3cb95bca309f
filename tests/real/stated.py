"""New York's requests and the areas they state, ready to be resolved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import shapely
from numpy.typing import NDArray

from gis.editions import commit
from gis.read import read_frame
from gis.registry import Registry
from responsibility.layers import PolygonLayer, area_layers
from responsibility.resolver import Resolver
from responsibility.stated_areas import Standing, compare

BOROUGHS = {"MANHATTAN": "1", "BRONX": "2", "BROOKLYN": "3", "QUEENS": "4", "STATEN ISLAND": "5"}
ASKED = {"kind": "matter", "class_": "0301", "source": "address"}
KIND = "Address Type"


@dataclass(frozen=True)
class Held:
    """Requests with the area they state, and what was answered.

    Attributes
    ----------
    standing : ndarray of Standing
        How the stated area stands to the place.
    metres : ndarray of float
        From the place to the stated area.
    unsure : ndarray of bool
        The answer carries a caveat, or is no decision.
    places : ndarray of int
        Number of the place: many requests are about one.
    held_out : ndarray of bool
        Half of the places, by the number of their first request.
    """

    standing: NDArray[np.object_]
    metres: NDArray[np.float64]
    unsure: NDArray[np.bool_]
    places: NDArray[np.int64]
    held_out: NDArray[np.bool_]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Requests that state another area than ours."""
        return np.asarray(self.standing != Standing.AGREES)

    def by_place(self, which: NDArray[np.bool_]) -> float:
        """Return the share of the places of some requests whose answer carries a caveat."""
        return float(pandas.Series(self.unsure[which]).groupby(self.places[which]).first().mean())

    def counts(self, which: NDArray[np.bool_]) -> dict[str, int]:
        """Count some requests by how their area stands."""
        return pandas.Series(self.standing[which]).map(str).value_counts().to_dict()


def requests_of(folder: Path) -> pandas.DataFrame:
    """Read the requests that have coordinates, with the board as 408 for 08 QUEENS."""
    table = pandas.read_csv(folder / "311.csv.gz", dtype=str)
    table = table.dropna(subset=["Latitude", "Longitude"]).reset_index(drop=True)
    parts = table["Community Board"].str.extract(r"(?P<number>\d\d) (?P<borough>.+)")
    table["board"] = parts["borough"].map(BOROUGHS) + parts["number"]
    return table


def load(registry: Registry, path: str, code: str, line: str) -> None:
    """Commit polygons as areas that a unit of their own answers for."""
    polygons = geopandas.read_file(path)
    polygons["code"] = polygons[code].astype(str).str.removesuffix(".0").str.upper()
    areas = polygons.dissolve("code").reset_index()[["code", "geometry"]].to_crs("EPSG:4490")
    areas.geometry = [_polygons(shape) for shape in shapely.make_valid(areas.geometry.to_numpy())]
    units = {"unit_code": f"{line}-" + areas["code"], "unit_name": areas["code"]}
    commit(registry, "areas", areas.assign(line=line, name=areas["code"], in_scope=True, **units))


def held(registry: Registry, table: pandas.DataFrame, stated: str) -> Held:
    """Resolve requests, each as exact as its kind of address, and hold them against what they state."""
    table = table.dropna(subset=[stated]).reset_index(drop=True)
    resolver = Resolver(registry)
    answered = resolver.resolve_frame(table, accuracy_column=KIND, **ASKED)
    (layer,) = area_layers(read_frame(registry, "areas").assign(edition=1), "20261120")
    by_kind = {kind.upper(): metres for kind, metres in resolver.settings.address_accuracy_m.items()}
    accuracy = table[KIND].map(by_kind).fillna(resolver.settings.source_accuracy_m["address"])
    found = compare(
        layer,
        answered.geometry.x.to_numpy(),
        answered.geometry.y.to_numpy(),
        _rows(layer, table[stated]),
        accuracy.to_numpy(),
        border_m=resolver.settings.border_m,
    )
    keys = table["Unique Key"].astype(int)
    places = keys.groupby([table["Latitude"], table["Longitude"]]).transform("min").to_numpy()
    return Held(found.standing, found.metres, unsure(answered), places, places % 2 == 1)


def unsure(answered: pandas.DataFrame) -> NDArray[np.bool_]:
    """Tell which answers are no confident ones."""
    differs = answered["differs_within_accuracy"].fillna("").str.split(";")
    caveat = differs.map(lambda names: "acting" in names) | (answered["decision"] != "decided")
    return np.asarray(caveat, dtype=bool)


def _rows(layer: PolygonLayer[Any], codes: pandas.Series) -> NDArray[np.int64]:
    rows = {record.ref.code: row for row, record in enumerate(layer.records)}
    return codes.map(rows).fillna(-1).to_numpy(dtype=np.int64)


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.MultiPolygon([one for part in parts for one in shapely.get_parts(part)])
