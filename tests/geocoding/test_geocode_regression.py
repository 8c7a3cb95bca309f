"""Texts to keep: what they lead to, and what they must not pass for."""

from __future__ import annotations

import geopandas
import pandas as pd
import pytest
import shapely

from geocoding.answers import Match
from geocoding.geocode import geocode, geocode_many
from geocoding.geocode_series import geocode_series, is_clear
from geocoding.levels import Level
from geocoding.lookup import find_place
from gis.editions import commit
from gis.errors import NotFound, UsageError
from gis.registry import Registry

WEST, SOUTH = 106.50, 29.40
STREETS = {"尚文大道": 0.002, "新市街": 0.012, "学府路": 0.022, "和平路": 0.032}


def frame(rows: list[dict[str, object]]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")


def fill(registry: Registry) -> None:
    """Put a county with two towns, a zone called like one of them, plates and a hospital into a registry."""
    county = shapely.box(WEST, SOUTH, WEST + 0.2, SOUTH + 0.2)
    town, other = (
        shapely.box(WEST, SOUTH, WEST + 0.1, SOUTH + 0.2),
        shapely.box(WEST + 0.1, SOUTH, WEST + 0.2, SOUTH + 0.2),
    )
    divisions = [
        {"code": "500113", "name": "巴南区", "level": "county", "geometry": county},
        {"code": "500113001", "name": "鱼洞街道", "level": "street", "geometry": town},
        {"code": "500113002", "name": "龙洲湾街道", "level": "street", "geometry": other},
    ]
    commit(
        registry,
        "divisions",
        frame([one | {"geometry": shapely.MultiPolygon([one["geometry"]])} for one in divisions]),
    )
    rows = [
        {
            "code": f"D{number}{plate:04d}",
            "address": f"巴南区鱼洞街道{street}{plate}号",
            "geometry": shapely.Point(WEST + 0.001 + plate * 0.00005, SOUTH + north),
        }
        for number, (street, north) in enumerate(STREETS.items())
        for plate in (*range(1, 31), 1398)
    ]
    rows += [
        {
            "code": f"N{number}",
            "address": f"巴南区{town}北京路{number}号",
            "geometry": shapely.Point(WEST + east, SOUTH + 0.1),
        }
        for town, east, numbers in (("鱼洞街道", 0.05, range(1, 9)), ("龙洲湾街道", 0.15, range(11, 19)))
        for number in numbers
    ]
    commit(registry, "addresses", frame(rows))
    places = [
        {"code": "P1", "name": "鱼洞", "type": "地片", "geometry": shapely.Point(WEST + 0.02, SOUTH + 0.05)},
        {
            "code": "P2",
            "name": "巴南人民医院",
            "type": "兴趣点",
            "geometry": shapely.Point(WEST + 0.03, SOUTH + 0.06),
        },
        {
            "code": "P3",
            "name": "柳林公园",
            "type": "兴趣点",
            "geometry": shapely.Point(WEST + 0.04, SOUTH + 0.07),
        },
    ]
    commit(registry, "places", frame(places))


@pytest.fixture
def city(copied) -> Registry:  # type: ignore[no-untyped-def]
    return copied(fill)


@pytest.mark.parametrize(
    "text",
    [
        "巴南区鱼洞街道尚文大道1398号",
        "尚文大道一千三百九十八号",
        "1398号尚文大道 巴南区",
        "巴南区 1398号 尚文大道",
    ],
)
def test_plate(city: Registry, text: str) -> None:
    best = geocode(city, text)[0]
    assert (best.level, best.code) == (Level.PLATE, "D01398")


def test_short_name_of_town_and_of_zone_gives_both(city: Registry) -> None:
    assert {Level.TOWNSHIP, Level.ZONE} <= {answer.level for answer in geocode(city, "鱼洞")}


def test_direction_from_a_point_of_interest(city: Registry) -> None:
    best = geocode(city, "巴南人民医院东南")[0]
    assert (best.code, best.level) == ("P2", Level.POI)
    assert best.hint is not None
    assert best.hint.direction == "东南"


def test_street_of_one_name_in_two_towns_gives_two(city: Registry) -> None:
    answers = geocode(city, "北京路")
    assert {answer.address for answer in answers[:2]} == {"巴南区鱼洞街道北京路", "巴南区龙洲湾街道北京路"}
    assert not is_clear(answers)


def test_only_a_county_is_the_county_and_no_place_to_send_anybody(city: Registry) -> None:
    best = geocode(city, "巴南区")[0]
    assert (best.level, best.code) == (Level.COUNTY, "500113")
    assert best.accuracy_m > 1000
    with pytest.raises(UsageError):
        find_place(city, "巴南区")


@pytest.mark.parametrize(
    "text",
    [
        "北京市朝阳区尚文大道12号",
        "成都市武侯区新市街5号",
        "四川省学府路8号",
        "武汉市江岸区解放大道1号",
    ],
)
def test_address_of_another_city_is_not_found(city: Registry, text: str) -> None:
    assert geocode(city, text) == []
    with pytest.raises(NotFound):
        find_place(city, text)


@pytest.mark.parametrize(
    "text", ["重庆市巴南区尚文大道12号", "重庆市尚文大道12号", "重庆市渝中区尚文大道12号"]
)
def test_own_city_in_front_changes_nothing(city: Registry, text: str) -> None:
    assert geocode(city, text)[0].code == "D00012"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("尚文大道12号和鱼洞街道新市街5号", {"D00012", "D10005"}),
        ("鱼洞街道尚文大道12号、鱼洞街道新市街5号", {"D00012", "D10005"}),
        ("尚文大道12号 新市街5号", {"D00012", "D10005"}),
        ("尚文大道12号新市街5号", {"D00012", "D10005"}),
        ("尚文大道2号、28号", {"D00002", "D00028"}),
        ("柳林公园和巴南人民医院", {"P2", "P3"}),
    ],
)
def test_two_addresses_are_told_both_and_neither_is_sure(city: Registry, text: str, codes: set[str]) -> None:
    answers = geocode(city, text)
    assert {answer.code for answer in answers} == codes
    assert all(answer.match is Match.PART and answer.score < 0.5 for answer in answers)
    assert [text[start:end] for answer in answers for start, end in answer.spans] != []
    with pytest.raises(UsageError) as caught:
        find_place(city, text)
    for answer in answers:
        assert answer.address in str(caught.value.hint)
    assert geocode_series(city, pd.Series([text]))["status"].tolist() == ["several"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("和平路8号", "D30008"),
        ("鱼洞街道和平路8号", "D30008"),
        ("尚文大道12号3号楼", "D00012"),
        ("尚文大道12号，3楼302室", "D00012"),
        ("巴南区，鱼洞街道，尚文大道12号", "D00012"),
        ("柳林公园、柳林公园", "P3"),
    ],
)
def test_one_address_is_not_two(city: Registry, text: str, code: str) -> None:
    best = geocode(city, text)[0]
    assert best.match is not Match.PART
    assert best.code == code


@pytest.mark.parametrize(
    "text",
    [
        "😀",
        "😀尚😀",
        "'; DROP TABLE addresses; --",
        "' OR 1=1 --",
        "\x00\x01",
        "%",
        "号",
        "12号",
        "5",
        "啊" * 300,
        "号" * 300,
    ],
)
def test_what_says_nothing_gives_nothing_sure(city: Registry, text: str) -> None:
    answers = geocode(city, text)
    assert not answers or not is_clear(answers) or answers[0].accuracy_m > 1000
    assert geocode(city, "尚文大道12号")[0].code == "D00012"


@pytest.mark.parametrize("text", ["", " ", "　\n", "尚文大道12号" * 2000])
def test_empty_and_endless_texts_are_refused(city: Registry, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        geocode(city, text)
    assert caught.value.field == "address"


def test_one_is_answered_like_many(city: Registry) -> None:
    texts = [
        *("尚文大道12号和鱼洞街道新市街5号", "巴南区", "北京市尚文大道12号", "学府路8号", "上文大道12号"),
        *("鱼洞", "😀", "北京路", "尚文大道25号附近", "和平路与学府路交叉口"),
    ]
    assert geocode_many(city, texts) == [geocode(city, text) for text in texts]


def test_order_of_registration_does_not_matter(copied, city: Registry) -> None:  # type: ignore[no-untyped-def]
    other = copied(fill_backwards)
    for text in ("尚文大道12号", "上文大道12号", "北京路", "鱼洞", "巴南人民医院东南", "新市街5"):
        one, same = geocode(other, text), geocode(city, text)
        assert {answer.address for answer in one[:1]} == {answer.address for answer in same[:1]} or (
            one[0].score == pytest.approx(one[1].score, abs=0.01)
        )
        assert [answer.score for answer in one[:2]] == pytest.approx([a.score for a in same[:2]], abs=0.01)


def fill_backwards(registry: Registry) -> None:
    """Put the same into a registry, the last first."""
    batches: list[tuple[str, geopandas.GeoDataFrame]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(fill.__globals__, "commit", lambda _, dataset, rows: batches.append((dataset, rows)))
        fill(registry)
    for dataset, rows in batches:
        commit(registry, dataset, rows.iloc[::-1].reset_index(drop=True))
