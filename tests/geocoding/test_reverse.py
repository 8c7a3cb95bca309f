"""What points are called: the rules of composition, one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from geocoding import reverse_index
from geocoding.compose_address import LONGEST, direction_of
from geocoding.reverse import ALTERNATIVES, reverse, reverse_frame, reverse_many
from geocoding.reverse_answers import ComposedAddress, Pattern
from geocoding.reverse_index import OFTEN, ReverseIndex, wait_until_kept
from geocoding.reverse_settings import ReverseSettings
from gis.errors import RegistryUnavailable, UsageError
from gis.registry import Registry
from tests.geocoding.reverse_city import add, at, fill, point


@pytest.fixture
def city(registry: Registry) -> Registry:
    fill(registry)
    return registry


def named(registry: Registry, east: float, north: float) -> ComposedAddress:
    answer = reverse(registry, *at(east, north))
    assert answer is not None
    return answer.place


@pytest.mark.parametrize(
    ("east", "north", "text", "pattern"),
    [
        # A plate within 30 m, with the upper levels that it does not say itself
        (100, 500, "云渡区云岚街道尚文大道1号", Pattern.PLATE),
        (131, 490, "云渡区云岚街道尚文大道2号", Pattern.PLATE),
        # Beyond the border the text is that of the plate
        (1001, 515, "云渡区云岚街道尚文大道77号", Pattern.PLATE),
        # A plate of the street the point is on comes before one of another not much nearer
        (475, 505, "云渡区云岚街道尚文大道9号", Pattern.PLATE),
        (495, 525, "云渡区云岚街道学府路8号", Pattern.PLATE),
        # Registered among the places
        (1701, 905, "云渡区锦屏街道庙巷5号", Pattern.PLATE),
        # A point of interest within 50 m, with the direction of the point from there
        (1330, 470, "云渡区锦屏街道榕屏医院东南", Pattern.POI_DIRECTION),
        (1300, 540, "云渡区锦屏街道榕屏医院北", Pattern.POI_DIRECTION),
        (1300, 500, "云渡区锦屏街道榕屏医院", Pattern.POI),
        # With its street; in an area and beside it
        (1530, 540, "云渡区锦屏街道尚文大道竹坡小学内", Pattern.POI_DIRECTION),
        (1530, 590, "云渡区锦屏街道尚文大道竹坡小学北", Pattern.POI_DIRECTION),
        # The crossing of the street the point is on
        (520, 500, "云渡区云岚街道尚文大道与学府路交叉口", Pattern.CROSSING),
        (510, 480, "云渡区云岚街道尚文大道与学府路交叉口", Pattern.CROSSING),
        # The street and the unit grid
        (300, 520, "云渡区云岚街道尚文大道古槐社区第1网格", Pattern.STREET_GRID),
        (800, 470, "云渡区云岚街道尚文大道甲片网格", Pattern.STREET_GRID),
        (1200, 480, "云渡区锦屏街道尚文大道单元网格500113002001001", Pattern.STREET_GRID),
        (1900, 480, "云渡区锦屏街道尚文大道", Pattern.STREET),
        # Nothing but polygons; what is retired or does not hold yet is not used
        (300, 703, "云渡区云岚街道古槐社区第1网格", Pattern.GRID),
        (1900, 100, "云渡区锦屏街道", Pattern.DIVISION),
    ],
)
def test_rules(city: Registry, east: float, north: float, text: str, pattern: Pattern) -> None:
    place = named(city, east, north)
    assert (place.address, place.pattern) == (text, pattern)


def test_nothing_is_found_where_nothing_is(city: Registry) -> None:
    assert reverse(city, *at(5000, 5000)) is None
    assert reverse(city, *at(-200, 500)) is None
    assert reverse(city, 180.0, 90.0) is None


def test_an_empty_registry_finds_nothing(registry: Registry) -> None:
    assert reverse(registry, *at(0, 0)) is None
    assert reverse_many(registry, [], []) == []


def test_an_answer_says_what_it_rests_on(city: Registry) -> None:
    answer = reverse(city, *at(100, 500))
    assert answer is not None
    told = answer.to_dict()
    assert (told["dataset"], told["code"], told["level"], told["level_number"]) == (
        "addresses",
        "D1",
        "plate",
        8,
    )
    assert (told["lon"], told["lat"]) == pytest.approx(at(100, 515), abs=1e-7)
    assert (told["distance_m"], told["accuracy_m"]) == pytest.approx((15.0, 25.0), abs=0.02)
    location = told["location"]
    assert (location["lon"], location["lat"]) == pytest.approx(at(100, 500), abs=1e-9)
    assert told["divisions"]["community"] == {"code": "500113001001", "name": "古槐社区"}
    assert told["unit_grid"] == {"code": "500113001001001", "name": "古槐社区第1网格"}
    assert [one["pattern"] for one in told["alternatives"]] == ["street_grid", "grid", "division"]
    assert len(told["alternatives"]) <= ALTERNATIVES


def test_a_crossing_rests_on_two_streets(city: Registry) -> None:
    place = named(city, 520, 500)
    assert place.code is None
    assert [one.code for one in place.basis] == ["S1", "S2"]
    assert (place.lon, place.lat) == pytest.approx(at(500, 500))


@pytest.mark.parametrize(
    ("lon", "lat", "field"),
    [(181, 0, "lon"), (0, -91, "lat"), (float("nan"), 0, "lon"), (0, float("inf"), "lat")],
)
def test_what_is_not_on_the_earth_is_refused_by_name(
    registry: Registry, lon: float, lat: float, field: str
) -> None:
    with pytest.raises(UsageError) as refused:
        reverse(registry, lon, lat)
    assert refused.value.field == field


def test_what_is_not_on_the_earth_among_many_is_unusable(city: Registry) -> None:
    here = at(100, 500)
    frame = reverse_frame(city, [here[0], float("nan"), 0.0, 200.0], [here[1], 0.0, 0.0, 0.0])
    assert frame["status"].tolist() == ["found", "unusable", "nothing", "unusable"]


def test_the_past_is_answered_from_what_there_was(city: Registry) -> None:
    moment = datetime.now(UTC)
    row = {"code": "D1", "address": "云渡区云岚街道尚文大道1号", "street_name": "尚文大道", "state": "closed"}
    add(city, "addresses", [{**row, "geometry": point(100, 515)}])
    here = at(100, 500)
    now, then = reverse(city, *here), reverse(city, *here, as_of=moment)
    assert now is not None
    assert then is not None
    assert now.place.pattern is Pattern.STREET_GRID
    assert then.address == "云渡区云岚街道尚文大道1号"
    assert reverse_many(city, [here[0]], [here[1]], as_of=moment)[0] == then


def test_an_edition_changes_what_is_kept(city: Registry) -> None:
    here = at(300, 520)
    for _ in range(OFTEN + 2):
        before = reverse(city, *here)
        wait_until_kept(city)
    assert before is not None
    assert before.place.pattern is Pattern.STREET_GRID
    row = {"code": "D9", "address": "云渡区云岚街道尚文大道5号", "street_name": "尚文大道"}
    add(city, "addresses", [{**row, "geometry": point(300, 520)}])
    after = reverse(city, *here)
    assert after is not None
    assert after.place.code == "D9"


def test_after_many_questions_all_is_read_beside_them_and_no_more_after_that(
    city: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = at(300, 520)
    answers = [reverse(city, *here) for _ in range(OFTEN + 1)]
    wait_until_kept(city)

    def read_again(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(reverse_index, "ReverseIndex", read_again)
    assert reverse(city, *here) == answers[0] == answers[-1]


def test_where_all_cannot_be_read_questions_are_answered_as_before(
    city: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here, read = at(300, 520), ReverseIndex

    def around_points_alone(*arguments: object) -> ReverseIndex:
        if len(arguments) == 1:
            raise RegistryUnavailable("gone")
        return read(*arguments)

    monkeypatch.setattr(reverse_index, "ReverseIndex", around_points_alone)
    for _ in range(OFTEN + 1):
        expected = reverse(city, *here)
    wait_until_kept(city)
    assert "gone" in caplog.text
    assert reverse(city, *here) == expected


def test_settings_say_how_far_and_what_stands_in_front(city: Registry) -> None:
    settings = ReverseSettings(plate_m=10, province="重庆市")
    answer = reverse(ReverseIndex(city, settings=settings), *at(100, 500))
    assert answer is not None
    assert answer.address == "重庆市云渡区云岚街道尚文大道古槐社区第1网格"


def test_a_long_text_goes_without_its_upper_levels(city: Registry) -> None:
    long, longer = "长" * (LONGEST - 4), "长" * (LONGEST + 1)
    rows = [
        {"code": "P8", "name": long, "type": "兴趣点", "geometry": point(1300, 100)},
        {"code": "P9", "name": longer, "type": "兴趣点", "geometry": point(1300, 300)},
    ]
    add(city, "places", rows)
    assert named(city, 1300, 100).address == f"锦屏街道{long}"
    assert named(city, 1300, 300).pattern is Pattern.GRID


@pytest.mark.parametrize(
    ("bearing", "word"),
    [(0, "北"), (22, "北"), (23, "东北"), (90, "东"), (112, "东"), (113, "东南"), (180, "南"), (225, "西南"),
     (270, "西"), (315, "西北"), (337, "西北"), (338, "北")],
)  # fmt: skip
def test_directions_are_sectors_of_45_degrees(bearing: float, word: str) -> None:
    from math import cos, radians, sin

    assert direction_of(*at(0, 0), *at(40 * sin(radians(bearing)), 40 * cos(radians(bearing)))) == word
