"""Tickets of hotlines: address, phenomenon, class, personal data."""

from __future__ import annotations

import csv
import logging
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalogue import SHIPPED
from components.class_info import STANDARDS
from geocoding.levels import Level
from geocoding.parse_dictionary import NameDictionary
from geocoding.ticket_classes import best_class
from geocoding.ticket_private import private_spans
from geocoding.tickets import read_ticket
from tests.geocoding.ticket_corpus import FACTS, Ticket, tickets

TICKETS = list(tickets())
TEXTS = [ticket.text for ticket in TICKETS]


@pytest.mark.parametrize("ticket", TICKETS, ids=range(len(TICKETS)))
def test_a_ticket_says_where_and_what(ticket: Ticket) -> None:
    assert ticket.right() == set(FACTS) - ticket.misses


def test_personal_data_is_found_in_every_ticket() -> None:
    assert [ticket.text for ticket in TICKETS if "private" in ticket.misses] == []


def test_personal_data_is_in_no_part_of_a_reading() -> None:
    for ticket in TICKETS:
        reading = repr(read_ticket(ticket.text))
        assert not [data for data in ticket.private.split(" / ") if len(data) > 1 and data in reading]


def test_what_people_say_is_in_the_catalogue() -> None:
    with (files("geocoding") / "data" / "ticket-words.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["word"] for row in rows}) == len(rows)
    for row in rows:
        known = [
            SHIPPED.groups.get(name)
            if row["kind"] == "group"
            else SHIPPED.called(standard, name, row["kind"])
            for name in row["names"].split(";")
            for standard in STANDARDS
        ]
        assert any(known), row


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("路灯不亮", "路灯"),
        ("井盖松动，是雨水井盖", "雨水井盖"),
        ("路灯和井盖都坏了", None),
        ("公共厕所旁的路灯不亮", None),
        ("解放路公共厕所旁的路灯不亮", "路灯"),
        ("谢谢", None),
    ],
)
def test_one_class_is_best_or_none(text: str, name: str | None) -> None:
    best = best_class(read_ticket(text, standard="2026").classes)
    assert (best.name if best else None) == name
    assert best is None or best.kind == "component"


def test_where_the_caller_lives_comes_last() -> None:
    reading = read_ticket("家住南坪街道江南大道12号3栋，反映人民路路灯不亮")
    assert [(one.text, one.home) for one in reading.addresses] == [
        ("人民路", False),
        ("南坪街道江南大道12号3栋", True),
    ]


def test_names_of_a_registry_make_landmarks_addresses() -> None:
    text = "听雨轩门口井盖破损"
    assert read_ticket(text).addresses == ()
    named = read_ticket(text, names=NameDictionary({Level.POI: {"听雨轩"}}))
    assert [one.text for one in named.addresses] == ["听雨轩门口"]


def test_reading_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        read_ticket(TEXTS[0])
    assert not caplog.records


def test_a_group_names_its_classes() -> None:
    (group,) = [one for one in read_ticket("解放路6号井盖松动").classes if one.kind == "group"]
    assert (group.name, "0101" in group.codes, len(group.codes) > 5) == ("井盖", True, True)


def test_two_addresses_are_two_candidates() -> None:
    reading = read_ticket("人民路1号漏水，解放街2号停电")
    assert [one.text for one in reading.addresses] == ["人民路1号", "解放街2号"]


def test_numbers_that_are_no_telephone_stay() -> None:
    assert private_spans("尚文大道1398号3栋12-3-1001，部件5001130101000001") == ()


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.lists(st.sampled_from(TEXTS), max_size=3).map("".join), st.text(max_size=80)))
def test_every_span_is_cut_from_the_ticket(text: str) -> None:
    reading = read_ticket(text)
    assert len(reading.masked) == len(text)
    for one in (*reading.addresses, *reading.phenomena, *reading.classes):
        assert reading.masked[one.start : one.end] == one.text
    for address in reading.addresses:
        for part in address.parts:
            assert reading.masked[part.start : part.end] == part.text


def test_ten_thousand_characters_are_read() -> None:
    assert len(read_ticket((TEXTS[0] * 300)[:10_000]).addresses) > 50
    assert read_ticket("在" * 10_000).addresses == ()
