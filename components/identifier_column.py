"""The identifiers of a delivery as numbers, for looking at millions of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from components.class_info import CLASS_DIGITS
from components.identifiers import parse_component_id
from gis.combinations import alike
from gis.compact_staging import Rows
from gis.texts import Coded, Plain, Texts

_SEQUENCE = 1_000_000
_COUNTY_DIGITS = 6
_OTHER_DIGITS = 12
_PIECE = 1 << 18
# Keys of identifiers with 17 digits lie above all of those with 16.
_LONGER = 10**18
_WIDTHS = tuple(sorted({12 + digits for digits in CLASS_DIGITS.values()}))
_ZERO, _NINE = ord("0"), ord("9")

Numbers = NDArray[np.int64]


@dataclass(slots=True)
class IdentifierColumn:
    """Identifiers by their digits.

    Attributes
    ----------
    texts : Texts
        As delivered.
    numbers : ndarray of int
        All digits as one number, -1 where the text is no identifier or there is none.
    digits : ndarray of int
        How many digits there are, 0 where there are none.
    """

    texts: Texts
    numbers: Numbers
    digits: NDArray[np.int8]
    _order: NDArray[Any] | None = field(default=None, init=False)

    @classmethod
    def of(cls, texts: Texts) -> IdentifierColumn:
        """Read a column of identifiers."""
        if isinstance(texts, Plain):
            parts = [_parsed_plain(part) for part in _pieces(texts.array)]
            numbers = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
            digits = np.concatenate([np.zeros(0, np.int8), *(part[1] for part in parts)])
            return cls(texts, numbers, digits)
        coded = texts.coded()
        table = [_parsed(word) for word in coded.words]
        values = np.array([number for number, _ in table], np.int64)
        widths = np.array([width for _, width in table], np.int8)
        return cls(texts, values[coded.codes], widths[coded.codes])

    def __len__(self) -> int:
        return len(self.numbers)

    def well_formed(self) -> NDArray[np.bool_]:
        """Tell which are identifiers."""
        return np.asarray(self.numbers >= 0)

    def counties(self) -> NDArray[np.int32]:
        """Return the county of each as a number, -1 where there is none."""
        counties = np.full(len(self), -1, dtype=np.int32)
        for width in _WIDTHS:
            rows = self.digits == width
            counties[rows] = self.numbers[rows] // 10 ** (width - _COUNTY_DIGITS)
        return counties

    def class_codes(self) -> Coded:
        """Return the class code that each holds."""
        class_digits = (self.digits - _OTHER_DIGITS).clip(0)
        classes = np.zeros(len(self), dtype=np.int32)
        for width in _WIDTHS:
            rows = self.digits == width
            classes[rows] = self.numbers[rows] // _SEQUENCE % 10 ** (width - _OTHER_DIGITS)
        which, first = alike((class_digits, 8), (classes, 100_000))
        words = [
            f"{number:0{digits}d}" if digits else None
            for number, digits in zip(classes[first].tolist(), class_digits[first].tolist(), strict=True)
        ]
        return Coded.spread(which, words)

    def groups(self) -> Numbers:
        """Return a number for each that all of its county and class have, see :func:`group_of`."""
        return np.where(self.numbers < 0, -1, self.keys() // _SEQUENCE)

    def highest(self) -> Iterator[str]:
        """Yield of every county and class the identifier with the highest number."""
        order = self._sorted()
        order = order[self.numbers[order] >= 0]
        last = np.diff(self.groups()[order], append=-1) != 0
        yield from filter(None, self.texts.take(order[last]).slice(0, int(last.sum())))

    def keys(self) -> Numbers:
        """Return a number for each that no other identifier has, -1 where there is none."""
        return np.where(self.digits > _WIDTHS[0], self.numbers + _LONGER, self.numbers)

    def find(self, texts: Collection[str]) -> dict[str, Rows]:
        """Return the rows that have some identifiers, without those that nothing has."""
        parsed = {text: _key(text) for text in texts}
        known = {text: key for text, key in parsed.items() if key >= 0}
        order = self._sorted()
        keys = self.keys()[order]
        first = np.searchsorted(keys, list(known.values()), "left")
        last = np.searchsorted(keys, list(known.values()), "right")
        found = {
            text: order[start:end] for text, start, end in zip(known, first, last, strict=True) if start < end
        }
        strange = parsed.keys() - known.keys()
        for at in np.flatnonzero(self.test_others(lambda text: text in strange) if strange else []):
            found[str(self.texts[at])] = np.append(found.get(str(self.texts[at]), np.zeros(0, np.intp)), at)
        return found

    def contain(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which of many texts are among the identifiers."""
        asked = IdentifierColumn.of(Plain(pa.array(texts, pa.large_string())))
        wanted, keys = asked.keys(), self.keys()[self._sorted()]
        at = np.searchsorted(keys, wanted).clip(max=max(len(keys) - 1, 0))
        found = (keys[at] == wanted) & (wanted >= 0) if len(keys) else np.zeros(len(texts), dtype=bool)
        for strange in np.flatnonzero(wanted < 0).tolist():
            found[strange] = bool(self.find([texts[strange]]))
        return found

    def test_others(self, holds: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Tell for which texts that are no identifiers something holds."""
        flags = np.zeros(len(self), dtype=bool)
        others = np.flatnonzero((self.numbers < 0) & self.texts.present())
        if len(others):
            flags[others] = self.texts.take(others).test(holds)
        return flags

    def repeated(self) -> tuple[Rows, Rows]:
        """Find rows with the identifier of an earlier row.

        Returns
        -------
        later, first : ndarray of int
            The rows, in order, and the first row of all with the same identifier.
        """
        keys = self.keys()
        others = np.flatnonzero((self.numbers < 0) & self.texts.present())
        if len(others):
            keys[others] = -2 - self.texts.take(others).coded().codes.astype(np.int64)
        order = np.argsort(keys, kind="stable") if len(others) else self._sorted()
        order = order[keys[order] != -1]
        new = np.diff(keys[order], prepend=np.iinfo(np.int64).min) != 0
        first = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
        later = np.argsort(order[~new], kind="stable")
        return order[~new][later], first[~new][later]

    def _sorted(self) -> NDArray[Any]:
        """Return all rows in the order of their keys."""
        if self._order is None:
            kind = np.int32 if len(self) <= np.iinfo(np.int32).max else np.int64
            self._order = np.argsort(self.keys(), kind="stable").astype(kind)
        return self._order


def group_of(county: str, class_code: str) -> int:
    """Return the number of a county and class, -1 for what is none."""
    key = _key(f"{county}{class_code}000001")
    return key // _SEQUENCE if key >= 0 else -1


def _parsed(text: str | None) -> tuple[int, int]:
    found = None if text is None else parse_component_id(text)
    return (-1, 0) if text is None or found is None else (int(text), len(text))


def _key(text: str) -> int:
    number, digits = _parsed(text)
    return number + _LONGER if digits > _WIDTHS[0] else number


def _pieces(array: pa.LargeStringArray) -> Iterator[pa.LargeStringArray]:
    return (array[start : start + _PIECE] for start in range(0, len(array), _PIECE))


def _parsed_plain(part: pa.LargeStringArray) -> tuple[Numbers, NDArray[np.int8]]:
    """Read texts one behind the other without making one of them."""
    bounds = np.frombuffer(part.buffers()[1], np.int64)[part.offset : part.offset + len(part) + 1]
    content = np.frombuffer(part.buffers()[2] or b"", np.uint8)
    numbers, digits = np.full(len(part), -1, np.int64), np.zeros(len(part), np.int8)
    lengths = np.diff(bounds)
    for width in _WIDTHS:
        rows = np.flatnonzero(lengths == width)
        if not len(rows):
            continue
        figures = content[bounds[rows][:, None] + np.arange(width)]
        rows, figures = _only_digits(rows, figures)
        weights = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
        values = (figures - _ZERO).astype(np.int64) @ weights
        real = values % _SEQUENCE > 0
        numbers[rows[real]], digits[rows[real]] = values[real], width
    return numbers, digits


def _only_digits(rows: Rows, figures: NDArray[np.uint8]) -> tuple[Rows, NDArray[np.uint8]]:
    clean = ((figures >= _ZERO) & (figures <= _NINE)).all(axis=1)
    return rows[clean], figures[clean]
