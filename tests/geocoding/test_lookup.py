from __future__ import annotations

import geopandas
import pytest
import shapely

from geocoding.lookup import find_place
from gis.editions import commit, list_editions
from gis.errors import NotFound, UsageError
from gis.registry import Registry

SPOT = shapely.Point(106.5, 29.4)
OTHER = shapely.Point(106.6, 29.4)


def frame(rows: list[dict[str, object]]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")


@pytest.fixture
def places(registry: Registry) -> Registry:
    addresses = [
        {"code": "D1", "address": "河东路1号", "geometry": SPOT},
        {"code": "D2", "address": "河东路１１号", "geometry": OTHER},
        {"code": "D3", "address": "Main Street 5", "geometry": OTHER},
        {"code": "D4", "address": "重名楼", "geometry": SPOT},
        {"code": "D5", "address": "重名楼", "geometry": OTHER},
        {"code": "D6", "address": "同处楼", "geometry": SPOT},
        {"code": "D7", "address": "同处楼", "geometry": SPOT},
        {"code": "D8", "address": "河东路8号", "geometry": SPOT, "former_names": ["河西路8号"]},
    ]
    square = shapely.box(106.49, 29.39, 106.51, 29.41)
    former = [{"name": "人民公园", "from": "1990", "to": "2005"}]
    aliases = ["老公园", "河东路1号"]
    names = [
        {"code": "P1", "name": "柳林公园", "aliases": aliases, "former_names": former, "geometry": square}
    ]
    commit(registry, "addresses", frame(addresses))
    commit(registry, "places", frame(names))
    return registry


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("河东路1号", "D1"),
        ("河东路１号", "D1"),
        (" 河东路 1 号 ", "D1"),
        ("河东路11号", "D2"),
        ("Main Street 5", "D3"),
        ("同处楼", "D6"),
        ("柳林公园", "P1"),
        ("老公园", "P1"),
        ("河西路8号", "D8"),
        ("人民公园", "P1"),
    ],
)
def test_a_place_is_found_by_its_full_text_whatever_the_spelling(
    places: Registry, text: str, code: str
) -> None:
    assert find_place(places, text).code == code


def test_an_area_is_found_as_a_point_inside_it(places: Registry) -> None:
    found = find_place(places, "柳林公园")

    assert shapely.box(106.49, 29.39, 106.51, 29.41).contains(shapely.Point(found.lon, found.lat))


@pytest.mark.parametrize("text", ["%", "Harbour Lane", "社保卡怎么办理", "啊" * 301])
def test_what_nothing_registered_is_like_is_not_found(places: Registry, text: str) -> None:
    with pytest.raises(NotFound) as caught:
        find_place(places, text)

    assert caught.value.value == text


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("河东路", "河东路"),
        ("河东路2号", "河东路"),
        ("1号", "河东路1号"),
        ("Main Street", "Main Street 5"),
    ],
)
def test_what_is_only_like_something_registered_is_refused_with_what_it_may_be(
    places: Registry, text: str, among: str
) -> None:
    with pytest.raises(UsageError) as caught:
        find_place(places, text)

    assert caught.value.value == text
    assert among in str(caught.value.hint)


def test_a_text_that_stands_for_several_places_is_refused_with_their_codes(places: Registry) -> None:
    with pytest.raises(UsageError) as caught:
        find_place(places, "重名楼")

    assert "D4, D5" in str(caught.value.hint)


def test_places_are_looked_up_as_they_were(places: Registry) -> None:
    before = min(edition.committed_at for edition in list_editions(places))
    commit(places, "addresses", frame([{"code": "D1", "address": "河东路1号", "geometry": OTHER}]))

    assert find_place(places, "河东路1号").lon == OTHER.x
    assert find_place(places, "河东路1号", as_of=before).lon == SPOT.x
