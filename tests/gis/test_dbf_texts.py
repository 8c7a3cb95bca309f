"""Text columns as bytes, read piece by piece, against decoding value by value."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis import dbf_texts
from gis.dbf_texts import RawTexts
from gis.texts import Coded, Plain

VALUES = st.lists(st.sampled_from(["", " ", "a", "上水井盖", "路灯 ", " x", "a\0b"]), max_size=40)


def read(values, size, codec="gbk"):
    raw, told = RawTexts(), []
    width = max((len(value) for value in values), default=1) or 1
    cells = np.array(values, dtype=f"S{width}")
    for start in range(0, len(cells), size):
        raw.add(cells[start : start + size])

    def tell(value, row):
        told.append((value, row))
        return value.decode(codec, errors="replace")

    return raw.decoded(codec, tell), told


def expected(values, codec="gbk"):
    return [value.decode(codec, errors="replace").replace("\0", "").strip() or None for value in values]


@given(texts=VALUES, size=st.integers(1, 10), few=st.sampled_from([1, 3, 100]))
def test_pieces_are_decoded_as_single_values(texts, size, few):
    values = [text.encode("gbk").rstrip(b" \0") for text in texts]
    before = dbf_texts.FEW, dbf_texts.MOST
    dbf_texts.FEW, dbf_texts.MOST = few, 0.0
    try:
        column, told = read(values, size)
    finally:
        dbf_texts.FEW, dbf_texts.MOST = before
    assert column.slice(0, len(column)) == expected(values)
    assert told == []
    distinct = len({value for value in values if value})
    assert isinstance(column, Plain if distinct + 1 > few else Coded)


def test_values_that_are_not_valid_are_told_with_their_first_row(monkeypatch):
    values = [b"a", b"\xff\xff", b"b", b"\xff\xff"]
    column, told = read(values, 2)
    assert column.slice(0, 4) == expected(values)
    assert told == [(b"\xff\xff", 2)]
    monkeypatch.setattr(dbf_texts, "FEW", 0)
    monkeypatch.setattr(dbf_texts, "MOST", 0.0)
    _, told = read(values, 2)
    assert told == [(b"\xff\xff", 2), (b"\xff\xff", 4)]


def test_values_outside_ascii_are_shown_for_judging_the_encoding(monkeypatch):
    raw = RawTexts()
    raw.add(np.array([b"a", "井".encode("gbk"), "灯".encode("gbk")], dtype="S4"))
    assert list(raw.telling(10)) == ["井".encode("gbk"), "灯".encode("gbk")]
    monkeypatch.setattr(dbf_texts, "FEW", 0)
    monkeypatch.setattr(dbf_texts, "MOST", 0.0)
    raw.add(np.array([b"b", "牌".encode("gbk")], dtype="S4"))
    assert sorted(raw.telling(10)) == sorted(text.encode("gbk") for text in "井灯牌")
