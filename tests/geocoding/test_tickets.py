"""Tickets of hotlines: address, phenomenon, class, personal data."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocoding.ticket_private import private_spans
from geocoding.tickets import read_ticket

LINES = Path(__file__).with_name("tickets.txt").read_text(encoding="utf-8").splitlines()
TICKETS = [[field.strip() for field in line.split("|")] for line in LINES if not line.startswith("#")]
TEXTS = [ticket[0] for ticket in TICKETS]


@pytest.mark.parametrize("ticket", TICKETS, ids=range(len(TICKETS)))
def test_a_ticket_says_where_and_what(ticket: list[str]) -> None:
    text, address, word, name, private = ticket
    reading = read_ticket(text)
    assert (reading.addresses[0].text if reading.addresses else "") == address
    assert word in " ".join(phrase.text for phrase in reading.phenomena)
    assert not name or name in {one.text for one in reading.classes}
    assert " / ".join(text[span.start : span.end] for span in reading.private) == private


def test_personal_data_is_in_no_part_of_a_reading() -> None:
    for text, *_, private in TICKETS:
        reading = repr(read_ticket(text))
        assert not [data for data in private.split(" / ") if len(data) > 1 and data in reading]


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
