from __future__ import annotations

from datetime import UTC, datetime

import geopandas
import pandas as pd
import pytest
import shapely

from geocoding.answers import Match
from geocoding.geocode import geocode, geocode_many
from geocoding.geocode_series import COLUMNS, geocode_series
from geocoding.levels import Level
from geocoding.lookup import find_place
from geocoding.place_index import place_index
from gis.editions import commit
from gis.errors import NotFound, UsageError
from gis.registry import Registry

WEST, SOUTH, STEP = 106.50, 29.40, 0.0003
STREETS = ("尚文大道", "学府路", "鱼轻路", "箭河路", "渔洞老街", "巴县大道", "龙洲湾一街", "龙洲湾二街")


def frame(rows: list[dict[str, object]]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")


def plates() -> list[dict[str, object]]:
    """Streets from west to east, odd plates in the south, even ones in the north; 21 to 29 are missing."""
    rows: list[dict[str, object]] = []
    for number, street in enumerate(STREETS):
        for plate in [*range(1, 21), *range(30, 61)]:
            spot = shapely.Point(WEST + plate * STEP, SOUTH + 0.01 * number + 0.0002 * (plate % 2 == 0))
            rows.append(
                {
                    "code": f"D{number}{plate:03d}",
                    "address": f"巴南区鱼洞街道{street}{plate}号",
                    "geometry": spot,
                }
            )
    twin = {"code": "T1", "address": "巴南区李家沱街道学府路5号", "geometry": shapely.Point(106.7, 29.5)}
    return [*rows, twin]


@pytest.fixture
def city(registry: Registry) -> Registry:
    commit(registry, "addresses", frame(plates()))
    places = [
        {"code": "P1", "name": "柳林公园", "aliases": ["老公园"], "geometry": shapely.Point(106.52, 29.48)},
        {
            "code": "P2",
            "name": "巴南人民医院",
            "former_names": ["巴县中心医院"],
            "geometry": shapely.Point(106.51, 29.49),
        },
    ]
    commit(registry, "places", frame(places))
    line = shapely.MultiLineString([[(106.5, 29.40), (106.54, 29.40)]])
    cross = shapely.MultiLineString([[(106.515, 29.39), (106.515, 29.45)]])
    streets = [
        {"code": "S1", "name": "尚文大道", "geometry": line},
        {"code": "S2", "name": "横穿巷", "geometry": cross},
    ]
    commit(registry, "streets", frame(streets))
    return registry


@pytest.mark.parametrize(
    ("text", "code", "match"),
    [
        ("巴南区鱼洞街道尚文大道18号", "D0018", Match.EXACT),
        ("尚文大道18号", "D0018", Match.EXACT),
        ("尚文大道十八号", "D0018", Match.EXACT),
        ("尚文大道１８號", "D0018", Match.EXACT),
        ("巴南區魚洞街道尚文大道18號", "D0018", Match.EXACT),
        ("尚文大道18号3楼302室", "D0018", Match.EXACT),
        ("巴南区鱼洞街道尚闻大道18号", "D0018", Match.FUZZY),
        ("巴南区鱼洞街道文尚大道18号", "D0018", Match.FUZZY),
        ("巴南区鱼洞街道尚文道18号", "D0018", Match.EXACT),
        ("鱼洞街道龙洲湾1街7号", "D6007", Match.EXACT),
        ("鱼洞街道龙洲湾二街7号", "D7007", Match.EXACT),
        ("柳林公园", "P1", Match.EXACT),
        ("老公园", "P1", Match.ALIAS),
        ("巴县中心医院", "P2", Match.FORMER),
    ],
)
def test_texts_as_people_write_them(city: Registry, text: str, code: str, match: Match) -> None:
    best = geocode(city, text)[0]
    assert (best.code, best.match) == (code, match)


def test_answer_says_standard_text_level_spans_and_point(city: Registry) -> None:
    best = geocode(city, "麻烦看下 尚文大道18号")[0]
    assert best.address == "巴南区鱼洞街道尚文大道18号"
    assert best.level is Level.PLATE
    assert (best.lon, best.lat) == pytest.approx((WEST + 18 * STEP, SOUTH + 0.0002))
    assert any("麻烦看下 尚文大道18号"[start:end] == "尚文大道18号" for start, end in best.spans)
    assert best.to_dict()["level_number"] == 8


def test_former_name_answers_with_the_standard_one(city: Registry) -> None:
    assert geocode(city, "巴县中心医院")[0].address == "巴南人民医院"


def test_same_plate_in_two_places_gives_both(city: Registry) -> None:
    answers = geocode(city, "学府路5号")
    assert {answer.code for answer in answers[:2]} == {"D1005", "T1"}
    assert answers[0].score < 0.8
    assert geocode(city, "李家沱街道学府路5号")[0].code == "T1"


def test_missing_plate_lies_between_its_neighbours_on_its_side(city: Registry) -> None:
    best = geocode(city, "鱼洞街道箭河路25号")[0]
    assert best.match is Match.INTERPOLATED
    assert best.code is None
    assert best.lon == pytest.approx(WEST + 25 * STEP, abs=1e-9)
    assert best.lat == pytest.approx(SOUTH + 0.03)
    assert best.accuracy_m > 50


def test_plate_beyond_the_last_is_the_street(city: Registry) -> None:
    best = geocode(city, "鱼洞街道箭河路955号")[0]
    assert best.match is Match.STREET
    assert best.accuracy_m > 500


def test_street_alone(city: Registry) -> None:
    best = geocode(city, "鱼洞街道箭河路")[0]
    assert best.level is Level.STREET
    assert best.address == "巴南区鱼洞街道箭河路"


def test_crossing_of_lines(city: Registry) -> None:
    best = geocode(city, "尚文大道与横穿巷交叉口")[0]
    assert best.match is Match.CROSSING
    assert (best.lon, best.lat) == pytest.approx((106.515, 29.40))


def test_streets_that_do_not_meet_have_no_crossing(city: Registry) -> None:
    assert all(answer.match is not Match.CROSSING for answer in geocode(city, "箭河路与学府路交叉口"))


def test_distance_is_a_hint_and_costs_accuracy(city: Registry) -> None:
    plain, beside = geocode(city, "尚文大道18号")[0], geocode(city, "尚文大道18号西南侧约60米")[0]
    assert (beside.lon, beside.lat) == (plain.lon, plain.lat)
    assert beside.accuracy_m == plain.accuracy_m + 60
    assert beside.hint is not None
    assert (beside.hint.direction, beside.hint.distance_m) == ("西南", 60.0)


@pytest.mark.parametrize("text", ["", " \n", "　", "尚" * 10_000])
def test_what_is_no_address_is_refused(city: Registry, text: str) -> None:
    with pytest.raises(UsageError):
        geocode(city, text)


@pytest.mark.parametrize(
    "text",
    [
        "😀😀",
        "'; DROP TABLE addresses; --",
        "北京市朝阳区建国门外大街甲6号",
        "今天天气很好我们出去玩",
        "%%%",
        "巴南区",
        "-",
    ],
)
def test_nothing_is_sure_about_what_is_not_there(city: Registry, text: str) -> None:
    assert all(answer.score < 0.5 or answer.accuracy_m > 1000 for answer in geocode(city, text))


def test_two_addresses_are_no_sure_place(city: Registry) -> None:
    answers = geocode(city, "鱼洞街道箭河路5号、鱼洞街道学府路8号")
    assert all(answer.score < 0.8 for answer in answers)


def test_limit(city: Registry) -> None:
    assert len(geocode(city, "学府路5号", 1)) == 1
    with pytest.raises(UsageError):
        geocode(city, "学府路5号", 0)


def test_empty_registry_finds_nothing(registry: Registry) -> None:
    assert geocode(registry, "尚文大道18号") == []


def test_edition_changes_answers_and_old_ones_stay(city: Registry) -> None:
    before = geocode(city, "尚文大道18号")[0]
    moment = datetime.now(UTC)
    moved = {"code": "D0018", "address": "巴南区鱼洞街道尚文大道18号", "geometry": shapely.Point(106.9, 29.9)}
    commit(city, "addresses", frame([moved]))
    assert geocode(city, "尚文大道18号")[0].lon == pytest.approx(106.9)
    assert geocode(city, "尚文大道18号", as_of=moment)[0].lon == before.lon


def test_many_are_answered_like_one_and_keep_their_rows(city: Registry) -> None:
    texts = ["尚文大道18号", "学府路5号", "", "今天天气很好", "老公园", "尚文大道18号", "鱼洞街道箭河路25号"]
    series = pd.Series([*texts, None], index=list("abcdefgh"))
    told: list[tuple[int, int]] = []
    answers = geocode_series(city, series, progress=lambda done, total: told.append((done, total)))
    assert list(answers.columns) == COLUMNS
    assert list(answers.index) == list("abcdefgh")
    assert answers.loc["c", "status"] == answers.loc["h", "status"] == "unusable"
    assert answers.loc["b", "status"] == "ambiguous"
    assert told[-1] == (6, 6)
    for row, text in zip(
        "adefg", ["尚文大道18号", "今天天气很好", "老公园", "尚文大道18号", "鱼洞街道箭河路25号"], strict=True
    ):
        single = geocode(city, text)
        if single:
            assert answers.loc[row, ["address", "lon", "score"]].tolist() == [
                single[0].address,
                single[0].lon,
                single[0].score,
            ]
        else:
            assert answers.loc[row, "status"] == "nothing"


def test_one_text_is_answered_the_same_among_others(city: Registry) -> None:
    texts = ["尚文大道18号", "学府路5号", "箭河路25号", "x", "柳林公园附近"]
    assert geocode_many(city, texts) == [geocode(city, text) for text in texts]


def test_index_is_small(city: Registry) -> None:
    index = place_index(city)
    assert index.nbytes / len(index) < 2048
    assert place_index(city) is index


def test_inexact_text_is_found_when_one_place_is_sure(city: Registry) -> None:
    assert find_place(city, "鱼洞街道尚文大道十八號").code == "D0018"


def test_inexact_text_of_two_places_is_told_with_both(city: Registry) -> None:
    with pytest.raises(UsageError) as caught:
        find_place(city, "学府路5号")
    assert "李家沱街道学府路5号" in str(caught.value.hint)


def test_unknown_text_is_not_found(city: Registry) -> None:
    with pytest.raises(NotFound):
        find_place(city, "北京市朝阳区建国门外大街甲6号")
