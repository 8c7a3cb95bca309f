"""Columns of texts that stay small: what occurs often is held once.

A census of ten million rows has a few hundred different owners and ten million different identifiers.
:class:`Coded` holds the distinct texts and a small number per row, so that a check looks at each text once;
:class:`Plain` holds texts one behind the other, for columns where nearly all differ.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.intp]
Flags: TypeAlias = NDArray[np.bool_]
Change: TypeAlias = Callable[[str], str | None]

FEW = 50_000
"""So many distinct texts are always worth a table of them."""
MOST = 0.5
"""Of more, at most this share of the rows: otherwise nearly every row has its own."""
_TEXT = pa.large_string()
_PIECE = 1 << 18

# Arrow's own pool keeps what it once had.
pa.set_memory_pool(pa.system_memory_pool())


class Texts(ABC):
    """A column of texts, ``None`` where there is none. Never changed in place."""

    __slots__ = ()

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def __getitem__(self, at: int | np.integer[Any]) -> str | None:
        """Return the text of one row."""

    @abstractmethod
    def present(self) -> Flags:
        """Tell which rows have a text."""

    @abstractmethod
    def test(self, holds: Callable[[str], bool]) -> Flags:
        """Tell for which rows something holds; it does for none without a text."""

    @abstractmethod
    def map(self, change: Change) -> Texts:
        """Return what a function makes of every text; once per distinct text where these are few."""

    @abstractmethod
    def slice(self, start: int, stop: int) -> list[str | None]:
        """Return the texts of some rows in a row."""

    @abstractmethod
    def part(self, start: int, stop: int) -> Texts:
        """Return the column of some rows in a row."""

    @abstractmethod
    def take(self, rows: Rows) -> Texts:
        """Return the column of other rows: by position, in any order."""

    @abstractmethod
    def put(self, values: Mapping[int, str | None]) -> Texts:
        """Return the column with some rows' texts replaced."""

    @abstractmethod
    def distinct(self) -> Collection[str]:
        """Return the texts that occur, each once."""

    @abstractmethod
    def containing(self, part: str) -> Iterable[str]:
        """Yield texts that contain another one."""

    @abstractmethod
    def coded(self) -> Coded:
        """Return the same column with a table of its texts, however large that is."""

    def objects(self) -> NDArray[np.object_]:
        """Return the column as an array of ``str`` and ``None``: large."""
        return np.array([*self.slice(0, len(self)), None], dtype=object)[:-1]


class Coded(Texts):
    """Texts by number.

    Parameters
    ----------
    codes : ndarray of unsigned int
        Position in ``words`` of each row's text.
    words : ndarray of object
        The texts, each once; the first is ``None``. Some may not occur.
    """

    __slots__ = ("codes", "words")

    def __init__(self, codes: NDArray[Any], words: NDArray[np.object_]) -> None:
        self.codes = codes.astype(np.min_scalar_type(max(len(words) - 1, 1)), copy=False)
        self.words = words

    @classmethod
    def constant(cls, value: str | None, count: int) -> Coded:
        """Return a column with one text in all rows."""
        words = [None] if value is None else [None, value]
        return cls(np.full(count, len(words) - 1, dtype=np.uint8), _array(words))

    @classmethod
    def spread(cls, which: NDArray[Any], texts: Iterable[str | None]) -> Coded:
        """Return a column of texts by their number, among which some may be equal or ``None``."""
        numbers: dict[str | None, int] = {None: 0}
        table = [numbers.setdefault(text, len(numbers)) for text in texts]
        return cls(_small(table)[which], _array(numbers))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: int | np.integer[Any]) -> str | None:
        word: str | None = self.words[self.codes[at]]
        return word

    def present(self) -> Flags:
        """Tell which rows have a text."""
        return np.asarray(self.codes != 0)

    def test(self, holds: Callable[[str], bool]) -> Flags:
        """Ask once per distinct text."""
        table = np.array([False, *(bool(holds(word)) for word in self.words[1:])], dtype=bool)
        return np.asarray(table[self.codes])

    def map(self, change: Change) -> Coded:
        """Ask once per distinct text."""
        words = [None, *map(change, self.words[1:])]
        return self if words == self.words.tolist() else Coded.spread(self.codes, words)

    def slice(self, start: int, stop: int) -> list[str | None]:
        """Return the texts of some rows in a row."""
        texts: list[str | None] = self.words[self.codes[start:stop]].tolist()
        return texts

    def part(self, start: int, stop: int) -> Coded:
        """Return the column of some rows in a row."""
        return Coded(self.codes[start:stop], self.words)

    def take(self, rows: Rows) -> Coded:
        """Return the column of other rows."""
        return Coded(self.codes[rows], self.words)

    def put(self, values: Mapping[int, str | None]) -> Coded:
        """Return the column with some rows' texts replaced."""
        if not values:
            return self
        numbers = {word: number for number, word in enumerate(self.words)}
        new = [numbers.setdefault(value, len(numbers)) for value in values.values()]
        codes = self.codes.astype(np.min_scalar_type(len(numbers)))
        codes[np.fromiter(values, np.intp, len(values))] = new
        return Coded(codes, _array(numbers))

    def put_rows(self, rows: Rows, others: Coded) -> Coded:
        """Return the column with the texts of another, shorter one in some rows."""
        numbers = {word: number for number, word in enumerate(self.words)}
        table = _small([numbers.setdefault(word, len(numbers)) for word in others.words])
        codes = self.codes.astype(np.min_scalar_type(len(numbers)))
        codes[rows] = table[others.codes]
        return Coded(codes, _array(numbers))

    def where(self, rows: Flags, others: Coded) -> Coded:
        """Return the column with the texts of another one in the rows that are flagged."""
        numbers = {word: number for number, word in enumerate(self.words)}
        table = _small([numbers.setdefault(word, len(numbers)) for word in others.words])
        return Coded(np.where(rows, table[others.codes], self.codes), _array(numbers))

    def filled(self, others: Texts) -> Coded:
        """Return the column with the texts of another one where it has none."""
        missing = ~self.present()
        return self.where(missing, others.coded()) if missing.any() else self

    def counts(self) -> dict[str, int]:
        """Count the rows of each text that occurs."""
        found = np.bincount(self.codes, minlength=len(self.words))
        return {word: int(n) for word, n in zip(self.words[1:], found[1:], strict=True) if n}

    def distinct(self) -> Collection[str]:
        """Return the texts that occur."""
        return self.counts().keys()

    def containing(self, part: str) -> Iterable[str]:
        """Yield texts that contain another one."""
        return (word for word in self.words[1:] if part in word)

    def coded(self) -> Coded:
        """Return the column itself."""
        return self


class Plain(Texts):
    """Texts one behind the other.

    Parameters
    ----------
    array : pyarrow.Array of large_string
    """

    __slots__ = ("array",)

    def __init__(self, array: pa.LargeStringArray) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, at: int | np.integer[Any]) -> str | None:
        text: str | None = self.array[int(at)].as_py()
        return text

    def present(self) -> Flags:
        """Tell which rows have a text."""
        return _flags(pc.is_valid(self.array))

    def test(self, holds: Callable[[str], bool]) -> Flags:
        """Ask for every row."""
        return np.fromiter((text is not None and holds(text) for text in self._each()), bool, len(self))

    def map(self, change: Change) -> Plain:
        """Ask for every row."""
        parts = [
            pa.array([None if text is None else change(text) for text in self.slice(start, stop)], _TEXT)
            for start, stop in _pieces(len(self))
        ]
        return Plain(_one(parts))

    def slice(self, start: int, stop: int) -> list[str | None]:
        """Return the texts of some rows in a row."""
        texts: list[str | None] = self.array[start:stop].to_pylist()
        return texts

    def part(self, start: int, stop: int) -> Plain:
        """Return the column of some rows in a row."""
        return Plain(self.array[start:stop])

    def take(self, rows: Rows) -> Plain:
        """Return the column of other rows."""
        return Plain(self.array.take(pa.array(rows)))

    def put(self, values: Mapping[int, str | None]) -> Plain:
        """Return the column with some rows' texts replaced."""
        if not values:
            return self
        rows = np.sort(np.fromiter(values, np.intp, len(values)))
        flags = np.zeros(len(self), dtype=bool)
        flags[rows] = True
        new = pa.array([values[row] for row in rows.tolist()], _TEXT)
        return Plain(pc.replace_with_mask(self.array, pa.array(flags), new))

    def distinct(self) -> Collection[str]:
        """Return the texts that occur."""
        texts: list[str] = pc.unique(self.array).drop_null().to_pylist()
        return texts

    def containing(self, part: str) -> Iterable[str]:
        """Yield texts that contain another one."""
        found: list[str] = self.array.filter(pc.match_substring(self.array, part)).to_pylist()
        return found

    def coded(self) -> Coded:
        """Make the table of all texts."""
        return coded_from_arrow(self.array)

    def is_trimmed(self, blanks: str) -> bool:
        """Tell whether no text is empty, or begins or ends with one of some characters."""
        trimmed = pc.utf8_trim(self.array, characters=blanks)
        return bool(pc.all(pc.equal(trimmed, self.array)).as_py() is not False) and not bool(
            pc.any(pc.equal(self.array, "")).as_py()
        )

    def _each(self) -> Iterable[str | None]:
        for start, stop in _pieces(len(self)):
            yield from self.slice(start, stop)


def texts_of(values: Iterable[Any]) -> Texts:
    """Make a column of texts and missing values (``None``, NaN), the way that takes less room.

    Raises
    ------
    pyarrow.ArrowException
        A value is no text, or none that can be written.
    """
    array = pa.array(values, _TEXT, from_pandas=True)
    return from_arrow(_one(array.chunks) if isinstance(array, pa.ChunkedArray) else array)


def from_arrow(array: pa.Array) -> Texts:
    """Make a column of an array of texts, the way that takes less room."""
    large = array.cast(_TEXT)
    if len(large) <= FEW or pc.count_distinct(large).as_py() <= MOST * len(large):
        return coded_from_arrow(large)
    return Plain(large)


def coded_from_arrow(array: pa.Array) -> Coded:
    """Make a column with a table of its texts."""
    encoded = array.dictionary_encode()
    codes = pc.fill_null(pc.add(encoded.indices, 1), 0).to_numpy(zero_copy_only=False)
    return Coded(codes, _array([None, *encoded.dictionary.to_pylist()]))


def concatenated(columns: Sequence[Texts]) -> Texts:
    """Put columns one under another."""
    if len(columns) == 1:
        return columns[0]
    if all(isinstance(column, Coded) for column in columns):
        return _concatenated_codes([column.coded() for column in columns])
    return Plain(_one([_arrow(column) for column in columns]))


def release() -> None:
    """Give memory back that was needed for reading and is not any more."""
    pa.default_memory_pool().release_unused()


def _small(numbers: Sequence[int]) -> NDArray[Any]:
    """Return numbers in the least type that holds them."""
    return np.array(numbers, dtype=np.min_scalar_type(max(numbers, default=0)))


def _concatenated_codes(columns: Sequence[Coded]) -> Coded:
    numbers: dict[str | None, int] = {None: 0}
    codes = []
    for column in columns:
        table = _small([numbers.setdefault(word, len(numbers)) for word in column.words])
        codes.append(table[column.codes])
    return Coded(np.concatenate(codes), _array(numbers))


def _arrow(column: Texts) -> pa.Array:
    if isinstance(column, Plain):
        return column.array
    coded = column.coded()
    return pa.array(coded.words, _TEXT).take(pa.array(coded.codes))


def _one(parts: Sequence[pa.Array]) -> pa.LargeStringArray:
    return pa.concat_arrays(parts) if parts else pa.array([], _TEXT)


def _pieces(count: int, size: int = _PIECE) -> Iterable[tuple[int, int]]:
    return ((start, min(start + size, count)) for start in range(0, count, size))


def _array(values: Iterable[Any]) -> NDArray[np.object_]:
    return np.array([*values, None], dtype=object)[:-1]


def _flags(array: pa.BooleanArray) -> Flags:
    return np.asarray(array.to_numpy(zero_copy_only=False))
