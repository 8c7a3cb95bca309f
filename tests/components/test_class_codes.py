from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.class_codes import class_code_in, read_code
from components.class_info import CLASS_DIGITS
from gis.errors import UsageError


def digits(n: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=n, max_size=n)


@given(st.sampled_from(sorted(CLASS_DIGITS)), st.data())
def test_a_code_is_read_alone_with_its_county_and_in_an_identifier(standard, data) -> None:
    code, county = data.draw(digits(CLASS_DIGITS[standard])), data.draw(digits(6))
    sequence = data.draw(st.integers(1, 999_999).map("{:06d}".format))
    for text in (code, county + code, county + code + sequence):
        written = read_code(text, standard)
        assert written.class_code == class_code_in(text, standard) == code
        assert written.with_class(code) == text


@pytest.mark.parametrize("text", ["", "01", "01001", "500113010100001", "5001130101000000", "０101", "01a1"])
def test_other_texts_are_no_codes(text) -> None:
    with pytest.raises(UsageError) as refused:
        read_code(text, "2013")
    assert refused.value.value == text
    assert "16" in str(refused.value.expected)
