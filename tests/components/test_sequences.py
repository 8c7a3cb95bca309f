from __future__ import annotations

import pandas
import pytest

from components.blocks import NumberBlock, frame_of
from components.sequences import Sequences
from gis.editions import commit, revert
from gis.errors import DataRefused


def test_sequences_go_on_after_the_registry_and_the_delivery(registry, store) -> None:
    store(registry, "5001130101000007", "50011301010000099", "5001130102000003")
    sequences = Sequences(registry, ["5001130101000012", "no identifier"])
    assert sequences.next("500113", "0101") == "5001130101000013"
    assert sequences.next("500113", "0101") == "5001130101000014"
    assert sequences.next("500113", "0102") == "5001130102000004"
    assert sequences.next("500113", "0103") == "5001130103000001"
    assert sequences.next("500113", "01010") == "50011301010000100"


def test_closed_identifiers_are_not_issued_again(registry, store) -> None:
    store(registry, "5001130101000007")
    revert(registry, 1)
    assert Sequences(registry, []).next("500113", "0101") == "5001130101000008"


def test_a_used_up_sequence_is_refused(registry) -> None:
    with pytest.raises(DataRefused, match="0101"):
        Sequences(registry, ["5001130101999999"]).next("500113", "0101")


def test_former_identifiers_are_not_issued_again(registry) -> None:
    aliases = pandas.DataFrame(
        {
            "scheme": ["2013", "manhole"],
            "identifier": ["5001130101000040", "5001130101000090"],
            "component_id": ["50011301001000001", "50011301001000001"],
        }
    )
    commit(registry, "component-aliases", aliases)
    assert Sequences(registry, []).next("500113", "0101") == "5001130101000041"
    revert(registry, 1)
    assert Sequences(registry, []).next("500113", "0101") == "5001130101000041"


def test_blocks_are_skipped_even_after_they_were_given_back(registry) -> None:
    block = NumberBlock("500113", "0101", 21, 60, "甲普查队")
    commit(registry, "number-blocks", frame_of([block]))
    assert Sequences(registry, []).next("500113", "0101") == "5001130101000061"
    assert Sequences(registry, []).next("500113", "0102") == "5001130102000001"
    revert(registry, 1)
    assert Sequences(registry, []).next("500113", "0101") == "5001130101000061"
