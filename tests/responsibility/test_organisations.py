from __future__ import annotations

from responsibility.organisations import Organisation, Organisations


def test_names_are_found_full_before_short_before_former() -> None:
    units = Organisations(
        [
            Organisation("1", "北河照明所", former_names=("南湖照明所",)),
            Organisation("2", "城北照明公司", short_names=("北河照明所", "照明公司")),
        ]
    )

    assert units.find("北河照明所").code == "1"
    assert units.find("照明公司").code == "2"
    assert units.find("南湖照明所").code == "1"
    assert units.find("无此单位") is None
    assert units.find(None) is None


def test_a_name_two_could_mean_is_nobody() -> None:
    units = Organisations(
        [Organisation("1", "甲", short_names=("中心",)), Organisation("2", "乙", short_names=("中心",))]
    )

    assert units.find("中心") is None


def test_an_active_unit_is_meant_before_a_closed_one_of_the_same_name() -> None:
    units = Organisations([Organisation("1", "甲", active=False), Organisation("2", "甲")])

    assert units.find("甲").code == "2"


def test_width_and_blanks_do_not_matter() -> None:
    units = Organisations([Organisation("1", "甲（集团）公司")])

    assert units.find(" 甲 (集团)公司").code == "1"


def test_a_code_beats_a_name() -> None:
    units = Organisations([Organisation("1", "甲"), Organisation("2", "乙")])

    assert units.lookup("2", "甲").code == "2"
    assert units.lookup(None, "甲").code == "1"


def test_an_unknown_credit_code_is_nobody_and_a_number_of_old_gives_way_to_the_name() -> None:
    units = Organisations([Organisation("1", "甲")])

    assert units.lookup("91350100M000100Y43", "甲") is None
    assert units.lookup("0305", "甲").code == "1"


def test_a_closed_unit_leads_to_the_last_of_its_successors() -> None:
    units = Organisations(
        [
            Organisation("1", "甲", active=False, successor_code="2"),
            Organisation("2", "乙", active=False, successor_code="3"),
            Organisation("3", "丙"),
        ]
    )

    assert units.running(units.get("1")).code == "3"
    assert units.running(units.get("3")).code == "3"


def test_closed_units_without_a_successor_or_in_a_circle_lead_nowhere() -> None:
    units = Organisations(
        [
            Organisation("1", "甲", active=False),
            Organisation("2", "乙", active=False, successor_code="3"),
            Organisation("3", "丙", active=False, successor_code="2"),
        ]
    )

    assert units.running(units.get("1")) is None
    assert units.running(units.get("2")) is None


def test_the_unit_in_charge_has_exactly_that_jurisdiction_and_is_active() -> None:
    units = Organisations(
        [
            Organisation("0", "旧街道办", types=("street",), division_code="500199001", active=False),
            Organisation("1", "街道办", types=("street", "enforcement"), division_code="500199001"),
            Organisation("2", "区政府", types=("government",), division_code="500199"),
        ]
    )

    assert units.in_charge("street", "500199001").code == "1"
    assert units.in_charge("enforcement", "500199001").code == "1"
    assert units.in_charge("street", "500199") is None
    assert units.in_charge("government", "500199").code == "2"
    assert units.in_charge("government", None) is None


def test_rows_of_the_registry_are_read() -> None:
    units = Organisations.from_rows(
        [
            {
                "code": "1",
                "name": "甲",
                "short_names": '["甲所"]',
                "former_names": None,
                "types": '["owner", "maintainer"]',
                "division_code": None,
                "lines": '["环卫"]',
                "state": "closed",
                "successor_code": "2",
            }
        ]
    )

    unit = units.get("1")
    assert unit == Organisation(
        "1",
        "甲",
        short_names=("甲所",),
        types=("owner", "maintainer"),
        lines=("环卫",),
        active=False,
        successor_code="2",
    )
    assert len(units) == 1
