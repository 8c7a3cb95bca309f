"""The text columns of a ``.dbf``, as bytes until their encoding is known: distinct values are held once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.texts import FEW, MOST, Coded, Plain, Texts

BLANK = b" \0"
_BYTES = pa.large_binary()
_TEXT = pa.large_string()

Tell = Callable[[bytes, int], str]
"""Decodes a value that is not valid, and makes note of it: the bytes and the 1-based row of the first."""


class RawTexts:
    """A text column as bytes, without the blanks behind the values; it is filled piece by piece."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {b"": 0}
        self._codes: list[NDArray[Any]] = []
        self._parts: list[pa.Array] = []
        self._count = 0

    def add(self, piece: NDArray[np.bytes_]) -> None:
        """Add values, one per row, all as wide as the field."""
        self._count += len(piece)
        if self._parts:
            self._parts.append(_trimmed(_binary(piece)))
            return
        self._add_coded(piece)
        if len(self._numbers) > max(FEW, MOST * self._count):
            self._parts = [pa.array(self.words, _BYTES).take(pa.array(codes)) for codes in self._codes]
            self._numbers, self._codes = {b"": 0}, []

    @property
    def words(self) -> list[bytes]:
        """The distinct values, the empty one first; of a column where nearly all differ no more than it."""
        return list(self._numbers)

    def telling(self, most: int) -> Iterator[bytes]:
        """Yield some values outside ASCII, evenly taken: about ``most`` where there are more."""
        words = [word for word in self.words if not word.isascii()]
        for part in self._parts:
            words += part.filter(pc.invert(_is_ascii(part))).to_pylist()
        yield from words[:: max(1, len(words) // most)]

    def decoded(self, codec: str, tell: Tell) -> Texts:
        """Decode all values."""
        if self._parts:
            return Plain(pa.concat_arrays(list(self._decoded_parts(codec, tell))))
        codes = np.concatenate([np.zeros(0, np.uint8), *self._codes])
        words = [None if not raw else _text(raw, codec, tell, codes, n) for n, raw in enumerate(self.words)]
        return Coded.spread(codes, words)

    def _add_coded(self, piece: NDArray[np.bytes_]) -> None:
        encoded = _binary(piece).dictionary_encode()
        numbers = self._numbers
        table = [
            numbers.setdefault(word.rstrip(BLANK), len(numbers)) for word in encoded.dictionary.to_pylist()
        ]
        codes = np.array(table)[encoded.indices.to_numpy()]
        self._codes.append(codes.astype(np.min_scalar_type(len(numbers))))

    def _decoded_parts(self, codec: str, tell: Tell) -> Iterator[pa.Array]:
        row = 1
        for part in self._parts:
            if pc.all(_is_ascii(part)).as_py() and not pc.any(pc.match_substring(part, "\0")).as_py():
                text = pc.ascii_trim_whitespace(part.view(_TEXT))
                yield pc.if_else(pc.equal(text, ""), pa.scalar(None, _TEXT), text)
            else:
                texts = [_decode(raw, codec, tell, row + n) for n, raw in enumerate(part.to_pylist())]
                yield pa.array(texts, _TEXT)
            row += len(part)


def _binary(piece: NDArray[np.bytes_]) -> pa.Array:
    """Hand values over to Arrow as bytes of one width."""
    packed = np.ascontiguousarray(piece)
    kind = pa.binary(packed.dtype.itemsize)
    return pa.Array.from_buffers(kind, len(packed), [None, pa.py_buffer(packed)])


def _trimmed(values: pa.Array) -> pa.Array:
    return pc.ascii_rtrim(values.cast(_BYTES).view(_TEXT), characters=BLANK.decode()).view(_BYTES)


def _is_ascii(values: pa.Array) -> pa.Array:
    return pc.string_is_ascii(values.view(_TEXT))


def _text(raw: bytes, codec: str, tell: Tell, codes: NDArray[Any], number: int) -> str | None:
    try:
        return _cleaned(raw.decode(codec))
    except UnicodeDecodeError:
        return _cleaned(tell(raw, int(np.argmax(codes == number)) + 1))


def _decode(raw: bytes, codec: str, tell: Tell, row: int) -> str | None:
    try:
        return _cleaned(raw.decode(codec))
    except UnicodeDecodeError:
        return _cleaned(tell(raw, row))


def _cleaned(text: str) -> str | None:
    return text.replace("\0", "").strip() or None
