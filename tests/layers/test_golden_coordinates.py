"""Coordinates of every system against values that other software computed.

The table is PostGIS' 3.3 own ``ST_Transform`` (PROJ 9.1), of EPSG:4490, longitude before latitude; Krueger's
series, written out here, gives the same within a tenth of a millimetre.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import orjson
import pytest
import shapely

from gis.editions import commit
from gis.registry import Registry, open_registry
from layers.catalogue import get_layer, seed_layers
from layers.items import get_item, query_items
from layers.query import BoundingBox, ItemsQuery
from layers.reference_systems import reference_system
from tests.layers.conftest import frame

#: Zone -> longitude, latitude, easting with the number of the zone, northing.
ZONES = {
    25: (75.9, 20.0, 25594185.3651, 2212619.2713),
    26: (76.8, 21.5, 26375649.0551, 2378914.3238),
    27: (81.9, 23.0, 27592272.9365, 2544820.7612),
    28: (82.8, 24.5, 28378368.3847, 2711197.8344),
    29: (87.9, 26.0, 29590108.2409, 2877144.8284),
    30: (88.8, 27.5, 30381420.4263, 3043607.4662),
    31: (93.9, 29.0, 31587696.9427, 3209603.2638),
    32: (94.8, 30.5, 32384797.1730, 3376154.0839),
    33: (99.9, 32.0, 33585045.3729, 3542206.4089),
    34: (100.8, 33.5, 34388489.7359, 3708847.0732),
    35: (105.9, 35.0, 35582160.5184, 3874963.0411),
    36: (106.8, 36.5, 36392488.3596, 4041694.2356),
    37: (111.9, 38.0, 37579050.0097, 4207880.2747),
    38: (112.8, 39.5, 38396782.4397, 4374701.7007),
    39: (117.9, 41.0, 39575722.1067, 4540963.4798),
    40: (118.8, 42.5, 40401360.5434, 4707873.8545),
    41: (123.9, 44.0, 41572185.6826, 4874216.2193),
    42: (124.8, 45.5, 42406210.4325, 5041213.2880),
    43: (129.9, 47.0, 43568450.2061, 5207640.2051),
    44: (130.8, 48.5, 44411319.0892, 5374720.7632),
    45: (135.9, 50.0, 45564525.7204, 5541235.2751),
}
MERCATOR = (106.55, 29.56, 11861091.7440, 3447116.4051)

#: Code -> longitude, latitude, and the coordinates in the order of the authority: northing first.
GOLDEN = {
    "OGC:CRS84": (106.55, 29.56, 106.55, 29.56),
    "EPSG:4326": (106.55, 29.56, 29.56, 106.55),
    "EPSG:4490": (106.55, 29.56, 29.56, 106.55),
    "EPSG:3857": MERCATOR,
    **{f"EPSG:{4513 + z - 25}": (lon, lat, n, e) for z, (lon, lat, e, n) in ZONES.items()},
    **{f"EPSG:{4534 + z - 25}": (lon, lat, n, e - z * 1e6) for z, (lon, lat, e, n) in ZONES.items()},
}


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def places(request, tmp_path_factory) -> Iterator[Registry]:
    """Registry with a place for each system, called like it."""
    if request.param == "gpkg":
        url = str(tmp_path_factory.mktemp("golden") / "city.gpkg")
    else:
        url = request.getfixturevalue("postgis_server").create_database()
    rows = [{"code": name, "name": name} for name in GOLDEN]
    points = shapely.points([value[:2] for value in GOLDEN.values()])
    with open_registry(url, create=True) as registry:
        commit(registry, "places", frame("places", rows, np.array(points)))
        seed_layers(registry)
        yield registry


@pytest.mark.parametrize("name", GOLDEN)
def test_coordinates_are_those_of_other_software_in_the_authoritys_order(places, name: str) -> None:
    layer, system = get_layer(places, "places", public_only=False), reference_system(name)
    feature = orjson.loads(get_item(places, layer, name, crs=system))
    error = 1e-9 if system.geographic else 2e-4
    assert feature["geometry"]["coordinates"] == pytest.approx(GOLDEN[name][2:], abs=error, rel=0)


@pytest.mark.parametrize("name", GOLDEN)
def test_a_box_of_millimetres_around_them_finds_them(places, name: str) -> None:
    layer, system = get_layer(places, "places", public_only=False), reference_system(name)
    first, second = GOLDEN[name][2:]
    x, y = (second, first) if system.north_first else (first, second)
    reach = 1e-8 if system.geographic else 1e-3
    box = BoundingBox((x - reach, y - reach, x + reach, y + reach), system)
    found = orjson.loads(query_items(places, layer, ItemsQuery(bbox=box, limit=100)).features)
    assert name in [feature["id"] for feature in found]
    beside = BoundingBox((x + reach, y + reach, x + 3 * reach, y + 3 * reach), system)
    found = orjson.loads(query_items(places, layer, ItemsQuery(bbox=beside, limit=100)).features)
    assert name not in [feature["id"] for feature in found]


@pytest.mark.parametrize("zone", ZONES)
def test_the_table_agrees_with_kruegers_series(zone: int) -> None:
    longitude, latitude, easting, northing = ZONES[zone]
    x, y = krueger(longitude - 3 * zone, latitude)
    assert (x + 500_000 + zone * 1e6, y) == pytest.approx((easting, northing), abs=1e-4, rel=0)


def krueger(longitude: float, latitude: float) -> tuple[float, float]:
    """Project from CGCS2000 by the series of 1912 up to the fourth power: easting, northing."""
    axis, flattening = 6378137.0, 1 / 298.257222101
    n = flattening / (2 - flattening)
    radius = axis / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    series = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    e = math.sqrt(flattening * (2 - flattening))
    phi, lam = math.radians(latitude), math.radians(longitude)
    t = math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))
    xi, eta = math.atan2(t, math.cos(lam)), math.atanh(math.sin(lam) / math.hypot(1, t))
    terms = list(enumerate(series, start=1))
    northing = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in terms)
    easting = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in terms)
    return radius * easting, radius * northing
