"""Values as text: no digit lost, none invented."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.values import as_text, as_texts, unsure_digits


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0101", "0101"),
        ("  上水井盖\u3000", "上水井盖"),
        ("", None),
        (" \x00 ", None),
        (None, None),
        (float("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (101, "101"),
        (np.int64(500113001002), "500113001002"),
        (101.0, "101"),
        (500113001002017.0, "500113001002017"),
        (1e22, "10000000000000000000000"),
        (0.00001, "0.00001"),
        (12.5, "12.5"),
        (-0.0, "0"),
        (True, "true"),
        (np.False_, "false"),
        (date(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31, 8, 5), "2024-01-31 08:05:00"),
        (pd.Timestamp("2024-01-31"), "2024-01-31"),
        (["甲", "乙"], "甲;乙"),
    ],
)
def test_value_as_text(value, text):
    assert as_text(value) == text


@given(st.integers(-(2**53), 2**53))
def test_whole_numbers_keep_their_digits_as_doubles(number):
    assert as_text(float(number)) == str(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_have_no_exponent_and_come_back(number):
    text = as_text(number)
    assert "e" not in text.lower()
    assert float(text) == number


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([101, 102, 101]),
        pd.Series([101.0, np.nan, 1e15]),
        pd.Series(["0101", None, " x "]),
        pd.Series(["0101", None, 5], dtype=object),
        pd.Series(pd.to_datetime(["2024-01-31", None, "2024-02-01 10:00"], format="mixed")),
        pd.Series([True, False, True]),
        pd.Series([], dtype=float),
    ],
)
def test_a_column_is_its_values_one_by_one(column):
    assert list(as_texts(column).objects()) == [as_text(value) for value in column]


def test_digits_beyond_double_precision_are_noticed():
    column = pd.Series([1.0, 2.0**53, 915001130000000123.0, np.nan])
    assert list(unsure_digits(column)) == [False, False, True, False]
    assert not unsure_digits(pd.Series([915001130000000123])).any()
