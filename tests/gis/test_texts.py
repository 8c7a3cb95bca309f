"""Columns of texts, in both forms, against plain lists."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import texts as module
from gis.combinations import alike, joint
from gis.texts import Coded, Plain, coded_from_arrow, concatenated, texts_of

LISTS = st.lists(
    st.none() | st.sampled_from(["a", "b", "上水井盖", "a ", ""]) | st.text(max_size=3), max_size=30
)


def plain(values):
    return Plain(pa.array(values, pa.large_string()))


def coded(values):
    return coded_from_arrow(pa.array(values, pa.large_string()))


FORMS = pytest.mark.parametrize("form", [plain, coded, texts_of])


def everything(column):
    return column.slice(0, len(column))


@FORMS
@given(values=LISTS)
def test_a_column_is_the_list_it_was_made_of(form, values):
    column = form(values)
    assert len(column) == len(values)
    assert everything(column) == values == list(column.objects())
    assert [column[at] for at in range(len(values))] == values
    assert column.present().tolist() == [value is not None for value in values]
    assert set(column.distinct()) == set(values) - {None}
    assert everything(column.coded()) == values


@FORMS
@given(values=LISTS)
def test_texts_are_tested_and_changed_one_by_one(form, values):
    column = form(values)
    assert column.test(str.isascii).tolist() == [value is not None and value.isascii() for value in values]
    shorter = [None if value is None else value.strip() or None for value in values]
    assert everything(column.map(lambda text: text.strip() or None)) == shorter
    assert sorted(set(column.containing("a"))) == sorted(
        {value for value in values if value and "a" in value}
    )


@FORMS
@given(data=st.data(), values=LISTS)
def test_rows_are_taken_and_replaced(form, data, values):
    column = form(values)
    flags = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))), dtype=bool
    )
    backwards = np.arange(len(values))[::-1]
    assert everything(column.take(backwards)) == values[::-1]
    new = {int(at): data.draw(st.none() | st.text(max_size=2)) for at in np.flatnonzero(flags)}
    assert everything(column.put(new)) == [new.get(at, value) for at, value in enumerate(values)]
    assert everything(column) == values


@given(data=st.data(), values=LISTS)
def test_columns_fill_each_other(data, values):
    others = data.draw(st.lists(st.none() | st.text(max_size=2), min_size=len(values), max_size=len(values)))
    filled = [other if value is None else value for value, other in zip(values, others, strict=True)]
    assert everything(coded(values).filled(coded(others))) == filled
    some = np.arange(0, len(values), 2)
    put = coded(values).put_rows(some, coded(others).take(some))
    assert everything(put) == [others[at] if at % 2 == 0 else value for at, value in enumerate(values)]


@given(values=LISTS, others=LISTS)
def test_columns_are_put_one_under_another(values, others):
    for first in (plain, coded):
        for second in (plain, coded):
            assert everything(concatenated([first(values), second(others)])) == values + others


@given(rows=st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", None]))))
def test_combinations_are_numbered_in_the_order_in_which_they_come(rows):
    which, combinations = joint(coded([a for a, _ in rows]), coded([b for _, b in rows]))
    assert [combinations[number] for number in which] == rows
    assert combinations == list(dict.fromkeys(rows))


def test_the_first_row_of_each_combination_is_told():
    which, first = alike((np.array([1, 0, 1, 0]), 2), (np.array([3, 3, 3, 4]), 5))
    assert which.tolist() == [0, 1, 0, 2]
    assert first.tolist() == [0, 1, 3]


def test_texts_given_by_number_may_be_equal_or_none():
    column = Coded.spread(np.array([0, 1, 2, 3, 1]), ["x", None, "x", "y"])
    assert everything(column) == ["x", None, "x", "y", None]
    assert everything(column.put({0: "z"})) == ["z", None, "x", "y", None]
    assert column.counts() == {"x": 2, "y": 1}


def test_many_different_texts_are_not_coded(monkeypatch):
    monkeypatch.setattr(module, "FEW", 10)
    assert isinstance(texts_of([str(n) for n in range(100)]), Plain)
    assert isinstance(texts_of([str(n % 11) for n in range(100)]), Coded)


def test_codes_are_as_small_as_they_can_be():
    assert coded([str(n) for n in range(255)]).codes.dtype == np.uint8
    assert coded([str(n) for n in range(256)]).codes.dtype == np.uint16
    assert Coded.constant("x", 5).codes.dtype == np.uint8
    assert everything(Coded.constant(None, 2)) == [None, None]
    wider = coded(["a"]).put({0: "b"})
    assert everything(wider) == ["b"]
