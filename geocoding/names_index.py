"""Names in memory, found while they are typed: by any part, by pinyin, by initials, by a mixture.

Every position of every name stands in the list of its character, those at the beginning of a name first,
then those at the beginning of a word, each from the shortest name on. What is typed is followed through the
name from the positions of its rarest character, or of all characters that may be read like its first letter.
How many positions are looked at is limited, so no text that is typed costs more than a few milliseconds; what
is left out are the worst.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocoding.pinyin import readings_of

BUDGET = 200_000
"""Positions looked at for one query: all of most, some milliseconds."""

MOST = 20_000
"""Positions found for one query."""

WHOLE, BEGINNING, WORD, PART = range(4)
"""How well a name is met: entirely, from its beginning, from the beginning of a word, anywhere."""

_LETTERS = frozenset(string.ascii_lowercase)
_SPELT = {"lv": ("lu", "lyu"), "nv": ("nu", "nyu"), "lve": ("lue",), "nve": ("nue",)}
_ENDS_WORD = frozenset("省市区县旗镇乡街道村路巷弄里苑园组号")
_LONGEST_SYLLABLE = 6


@dataclass(frozen=True, slots=True)
class Found:
    """Names that were found, each as often as it is met.

    Attributes
    ----------
    texts : ndarray of int64
        Numbers of names.
    ranks : ndarray of int8
        :data:`WHOLE` to :data:`PART`.
    left : ndarray of int16
        Characters of the query that come behind a name that ends before it; 0 of all others.
    looked : int
        Positions looked at.
    """

    texts: NDArray[np.int64]
    ranks: NDArray[np.int8]
    left: NDArray[np.int16]
    looked: int


class NamesIndex:
    """Distinct names, numbered in the order given.

    Parameters
    ----------
    texts : sequence of str
        As :func:`geocoding.names_index_text.folded` returns them.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        joined = "\0".join([*texts, ""]) or "\0"
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        # The end of a name is the smallest code, so it is number 0
        self._alphabet, numbers = np.unique(codes, return_inverse=True)
        self.chars = numbers.astype(np.uint16 if len(self._alphabet) < 1 << 16 else np.uint32)
        ends = np.flatnonzero(self.chars == 0)
        self.lengths = np.diff(ends, prepend=-1).astype(np.int32)[: len(texts)] - 1
        self._text_of = np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(ends, prepend=-1))
        self._places = _places(codes, self._alphabet, self.chars)
        self._order, self._lists = self._by_character()
        self._following = self.chars[np.minimum(self._order + 1, len(self.chars) - 1)]
        self._reading_starts, self._syllables, self._sizes = _read(self._alphabet)

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        arrays = (self.chars, self.lengths, self._text_of, self._places, self._order, self._following)
        return int(sum(array.nbytes for array in arrays) + self._lists.nbytes)

    def find(
        self,
        query: str,
        *,
        allowed: NDArray[np.bool_] | None = None,
        opens: bool = False,
        anchored: bool = False,
    ) -> Found:
        """Find names.

        Parameters
        ----------
        query : str
            Folded, not empty.
        allowed : ndarray of bool, shape (names,), optional
            Which may be found; all by default.
        opens : bool
            Names that end before the query does are found, too.
        anchored : bool
            Only from the beginning of names.
        """
        from geocoding import _names_kernel

        asked, letters = self._asked(query)
        lists, back = self._positions(asked, letters, opens or anchored, anchored)
        texts, ranks = np.empty(MOST, np.int64), np.empty(MOST, np.int8)
        left = np.empty(MOST, np.int16)
        found, looked = _names_kernel.find(
            lists,
            self._order,
            self._following,
            back,
            asked,
            letters,
            self.chars,
            self._text_of,
            self._places,
            self._first_letters,
            self._reading_starts,
            self._syllables,
            self._sizes,
            self._everything if allowed is None else allowed,
            opens,
            BUDGET,
            texts,
            ranks,
            left,
        )
        return Found(texts[:found].copy(), ranks[:found].copy(), left[:found].copy(), int(looked))

    @cached_property
    def _everything(self) -> NDArray[np.bool_]:
        return np.ones(len(self) + 1, np.bool_)

    def _asked(self, query: str) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Return the numbers of characters, -1 of those no name has, and the letters among them."""
        codes = np.array([ord(one) for one in query], np.uint32)
        at = np.minimum(np.searchsorted(self._alphabet, codes), len(self._alphabet) - 1)
        asked = np.where(self._alphabet[at] == codes, at, -1).astype(np.int64)
        letters = np.array([ord(one) if one in _LETTERS else 0 for one in query], np.uint8)
        return asked, letters

    def _positions(
        self, asked: NDArray[np.int64], letters: NDArray[np.uint8], first: bool, anchored: bool
    ) -> tuple[NDArray[np.int64], int]:
        """Return the slices of positions to look at, the best first, and how far from the start they are."""
        back = 0
        exact = int(np.argmax(letters > 0)) if letters.any() else len(asked)
        if exact and not first:
            sizes = self._lists[3 * asked[:exact] + 3] - self._lists[3 * asked[:exact]]
            back = int(np.argmin(np.where(asked[:exact] < 0, 0, sizes)))
            # Where there are few, their order does not matter; of many the best come from the first character
            back = back if sizes[back] <= BUDGET else 0
        characters = [int(asked[back])] if asked[back] >= 0 else []
        if letters[back]:
            characters += self._read_like[int(letters[back])]
        starts = 3 * np.array(characters, np.int64)
        kinds = [starts] if anchored else [starts, starts + 1, starts + 2]
        slices = np.concatenate(kinds) if characters else np.empty(0, np.int64)
        return np.stack([self._lists[slices], self._lists[slices + 1]], axis=1), back

    @cached_property
    def _first_letters(self) -> NDArray[np.int64]:
        """Return for each character the letters its readings begin with, as bits, ``a`` the lowest."""
        masks = np.zeros(len(self._alphabet), np.int64)
        for letter, characters in self._read_like.items():
            masks[characters] |= 1 << (letter - ord("a"))
        return masks

    @cached_property
    def _read_like(self) -> dict[int, list[int]]:
        """Return for each letter the characters with a reading that begins with it."""
        like: dict[int, list[int]] = {ord(letter): [] for letter in _LETTERS}
        for number in range(len(self._alphabet)):
            part = slice(self._reading_starts[number], self._reading_starts[number + 1])
            for letter in set(self._syllables[part, 0].tolist()):
                like[letter].append(number)
        return like

    def _by_character(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return all positions by character, place in the name and length, and where each list begins."""
        within = np.append(self.lengths, 0)[self._text_of]
        keys = self.chars.astype(np.int64) * 3 + self._places
        order = np.lexsort((within, keys)).astype(np.int32)
        counts = np.bincount(keys, minlength=3 * len(self._alphabet))
        return order, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _places(
    codes: NDArray[np.uint32], alphabet: NDArray[np.uint32], chars: NDArray[Any]
) -> NDArray[np.uint8]:
    """Return 0 for the beginning of a name, 1 for that of a word, 2 for every other position."""
    known = [chr(code) for code in alphabet]
    kinds = np.array([_kind(one) for one in known], np.uint8)[chars]
    ends_word = np.array([one in _ENDS_WORD for one in known], np.bool_)[chars]
    before = np.concatenate([[True], chars[:-1] == 0])
    word = np.zeros(len(chars), np.bool_)
    word[1:] = ends_word[:-1] | (kinds[1:] != kinds[:-1])
    # 街道 is one word
    word[codes == ord("道")] = False
    return np.where(before, 0, np.where(word, 1, 2)).astype(np.uint8)


def _kind(character: str) -> int:
    if character.isdigit():
        return 1
    return 2 if character.isascii() and character.isalpha() else 0 if character.isalnum() else 3


def _read(
    alphabet: NDArray[np.uint32],
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Return where the readings of each character begin, their letters and how many letters they have."""
    read = [spellings(chr(code)) for code in alphabet]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in read])]).astype(np.int64)
    every = [one for readings in read for one in readings]
    syllables = np.zeros((max(1, len(every)), _LONGEST_SYLLABLE), np.uint8)
    for at, one in enumerate(every):
        syllables[at, : len(one)] = np.frombuffer(one.encode("ascii"), np.uint8)
    return starts, syllables, np.array([len(one) for one in every] or [0], np.int64)


def spellings(character: str) -> list[str]:
    """Return the readings of a character and how else they are typed: without v."""
    return [
        spelt
        for one in readings_of(character)
        if len(one) <= _LONGEST_SYLLABLE
        for spelt in (one, *_SPELT.get(one, ()))
    ]
