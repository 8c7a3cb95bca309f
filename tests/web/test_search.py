from __future__ import annotations

import pandas
import pytest
from shapely.geometry import Point

from gis.editions import commit
from gis.read import read_frame
from gis.registry import Registry
from gis.text import language
from web.search import plain_query, search


def found(registry: Registry, text: str, limit: int = 10) -> list[tuple[str, str | None]]:
    return [(result.kind, result.code) for result in search(registry, text, limit)]


def test_a_whole_code_comes_before_codes_it_begins(city: Registry) -> None:
    results = found(city, "500199001001", 4)
    assert results[0] == ("division", "500199001001")
    assert results[1:] == [("grid", f"50019900100100{n}") for n in (1, 2, 3)]


def test_a_grid_is_found_by_its_code_with_its_place_and_rectangle(city: Registry) -> None:
    (result,) = search(city, "500199001002005")
    grids = read_frame(city, "grids").set_index("code")
    polygon = grids.loc["500199001002005"].geometry
    assert (result.kind, result.detail) == ("grid", "石亭社区 · 有效")
    assert polygon.contains(Point(result.lon, result.lat))
    assert result.bbox == polygon.bounds


def test_a_component_is_found_by_the_beginning_of_its_identifier(city: Registry) -> None:
    assert found(city, "500199040200000")[:2] == [
        ("component", "5001990402000001"),
        ("component", "5001990402000002"),
    ]
    (result,) = search(city, "5001990402000002")
    assert (result.name, result.bbox) == ("行道树", None)


def test_names_are_found_by_any_part_best_match_first(city: Registry) -> None:
    assert found(city, "青杉路")[0] == ("street", "S1")
    kinds = [kind for kind, _code in found(city, "青杉")]
    assert kinds[0] == "division"
    assert set(kinds) == {"division", "organisation", "street", "place", "address"}


def test_short_names_and_aliases_find_their_thing(city: Registry) -> None:
    assert [name for _kind, name in found(city, "市民广场")] == ["P1"]
    (result,) = search(city, "松塘街办")
    assert (result.kind, result.name) == ("organisation", "松塘街道办事处")


def test_an_organisation_lies_where_its_division_does(city: Registry) -> None:
    (office,) = search(city, "松塘街道办事处")
    (street,) = search(city, "500199001", 1)
    assert office.bbox == street.bbox
    (waterworks,) = search(city, "青杉供水")
    assert (waterworks.lon, waterworks.bbox) == (None, None)


@pytest.mark.parametrize("text", ["%", "_", "100%", "\\"])
def test_wildcards_are_taken_literally(city: Registry, text: str) -> None:
    names = {result.name for result in search(city, text)}
    assert names == ({"石亭100%街"} if "%" in text else set())


@pytest.mark.parametrize("text", ["", "   ", "不存在的名字", "'; DROP TABLE unit_grids; --", '"', "9" * 40])
def test_what_nothing_matches_gives_no_results(city: Registry, text: str) -> None:
    assert search(city, text) == []


def test_a_number_finds_door_plates_but_a_code_does_not_search_names(city: Registry) -> None:
    assert ("address", "A7") in found(city, "7号")
    assert {kind for kind, _code in found(city, "500199", 50)} <= {"division", "grid", "component"}


def test_the_limit_holds_over_all_kinds(city: Registry) -> None:
    assert len(search(city, "500199", 5)) == 5


def test_full_width_digits_and_blanks_in_codes_are_understood() -> None:
    assert plain_query(" ５００１９９ 001 ") == "500199001"
    assert plain_query(" 青杉  路 ") == "青杉 路"


def test_a_code_in_small_letters_finds_a_credit_code(city: Registry) -> None:
    code = next(c for c in read_frame(city, "organisations").code if c[-1].isalpha())
    assert found(city, code.lower()) == [("organisation", code)]


def test_a_legacy_grid_code_finds_the_grid(city: Registry) -> None:
    grids = read_frame(city, "grids").head(1)
    commit(city, "grids", grids.assign(legacy_code="50019900100101"))
    assert found(city, "50019900100101") == [("grid", grids.code.iloc[0])]


def test_levels_of_divisions_are_shown_in_the_language_of_the_caller(city: Registry) -> None:
    with language("en"):
        (result,) = search(city, "柳桥社区")
    assert result.detail == "Community"


def test_a_component_is_found_by_its_further_identifiers(city: Registry) -> None:
    rows = {
        "scheme": ["2007", "manhole"],
        "identifier": ["5001990202000077", "GS-17"],
        "component_id": ["5001990402000002", "5001990402000002"],
    }
    commit(city, "component-aliases", pandas.DataFrame(rows))
    (former,) = search(city, "5001990202000077")
    assert (former.kind, former.code, former.name) == ("component", "5001990402000002", "行道树")
    assert former.detail == "2007：5001990202000077"
    (well,) = search(city, "GS-1")
    assert (well.code, well.detail) == ("5001990402000002", "一井一编号：GS-17")
    assert found(city, "50019902020000") == [("component", "5001990402000002")]
