from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.credit_codes import ALPHABET, check_character, has_credit_code_form, is_credit_code

bodies = st.text(ALPHABET, min_size=17, max_size=17)


def test_the_known_code_passes_and_its_neighbour_does_not() -> None:
    assert is_credit_code("91350100M000100Y43")
    assert not is_credit_code("91350100M000100Y44")
    assert has_credit_code_form("91350100M000100Y44")


@pytest.mark.parametrize("text", ["", "91350100M000100Y4", "91350100M000100Y4O", "９1350100M000100Y43"])
def test_other_forms_are_not_credit_codes(text: str) -> None:
    assert not has_credit_code_form(text)
    assert not is_credit_code(text)


def test_a_body_of_another_length_or_alphabet_is_refused() -> None:
    for body in ("123", "I" * 17):
        with pytest.raises(ValueError, match="17 characters"):
            check_character(body)


@given(bodies)
def test_exactly_one_check_character_fits(body: str) -> None:
    assert [c for c in ALPHABET if is_credit_code(body + c)] == [check_character(body)]


@given(bodies, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_noticed(body: str, at: int, character: str) -> None:
    code = body + check_character(body)
    changed = code[:at] + character + code[at + 1 :]
    assert is_credit_code(changed) == (changed == code)
