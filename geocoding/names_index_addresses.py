"""Addresses by their texts, each kept as two names: the part before its plate, and that from the plate on.

A city has some ten thousand of either, whatever the number of its addresses.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geocoding.names_index import BEGINNING, WHOLE, WORD, Found, NamesIndex
from geocoding.names_index_lists import OWNERS, Lists, Met, NumberedTexts, best_of_each, joined_numbers
from geocoding.names_index_text import cut_at_plate


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of addresses may be found, as masks; None allows all."""

    stems: NDArray[np.bool_] | None = None
    rests: NDArray[np.bool_] | None = None


class Addresses:
    """Addresses by the part before the plate (stem) and the part from it on (rest).

    Parameters
    ----------
    stems, rests : list of str
        Folded, distinct.
    of_stem, of_rest : ndarray of int32, shape (addresses,)
        The parts of each address.
    """

    def __init__(
        self, stems: list[str], rests: list[str], of_stem: NDArray[np.int32], of_rest: NDArray[np.int32]
    ) -> None:
        self.stems, self.rests = NamesIndex(stems), NamesIndex(rests)
        self.of_stem, self.of_rest = of_stem, of_rest
        self.by_stem = Lists.of(of_stem, len(stems))
        self.by_rest = Lists.of(of_rest, len(rests))

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        own = self.by_stem.nbytes + self.by_rest.nbytes + self.of_stem.nbytes + self.of_rest.nbytes
        return self.stems.nbytes + self.rests.nbytes + int(own)

    def met(self, query: str, allowed: Parts) -> Met:
        """Return the addresses that a query meets: before the plate, across its beginning, or from it on."""
        stems = self.stems.find(query, allowed=allowed.stems, opens=True)
        rests = self.rests.find(query, allowed=allowed.rests)
        # From the beginning of the second part on is from the beginning of a word
        parts = [
            _within(stems, self.by_stem, self.of_rest, self.rests, BEGINNING),
            _within(rests, self.by_rest, self.of_stem, self.stems, WORD),
        ]
        looked = stems.looked + rests.looked
        for left in np.unique(stems.left[stems.left > 0]).tolist():
            chosen = stems.left == left
            ends = best_of_each(stems.texts[chosen], stems.ranks[chosen])
            numbers, ranks, more = self._across(query[-left:], *ends, allowed)
            parts.append((numbers, ranks))
            looked += more
        numbers, ranks = best_of_each(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        lengths = self.stems.lengths[self.of_stem[numbers]] + self.rests.lengths[self.of_rest[numbers]]
        return Met(numbers, ranks, lengths, looked)

    def _across(
        self, tail: str, stems: NDArray[np.int64], ranks: NDArray[np.int8], allowed: Parts
    ) -> tuple[NDArray[np.int64], NDArray[np.int8], int]:
        """Return the addresses that go on with the end of a query behind stems that end with its start."""
        found = self.rests.find(tail, allowed=allowed.rests, anchored=True)
        rests, rest_ranks = best_of_each(found.texts, found.ranks)
        of_stems, of_rests = np.full(len(self.stems), -1, np.int8), np.full(len(self.rests), -1, np.int8)
        of_stems[stems], of_rests[rests] = ranks, rest_ranks
        # The side with fewer addresses is gone through
        if self.by_stem.sizes(stems).sum() <= self.by_rest.sizes(rests).sum():
            numbers, _ = self.by_stem.taken(stems, OWNERS)
        else:
            numbers, _ = self.by_rest.taken(rests, OWNERS)
        first, second = of_stems[self.of_stem[numbers]], of_rests[self.of_rest[numbers]]
        met = (first >= 0) & (second >= 0)
        whole = (first[met] == BEGINNING) & (second[met] == WHOLE)
        ranked = np.where(whole, WHOLE, first[met]).astype(np.int8)
        return numbers[met].astype(np.int64), ranked, found.looked + len(numbers)


class AddressTexts:
    """Texts of addresses, collected one by one; each part is kept once."""

    def __init__(self) -> None:
        self._stems, self._rests = NumberedTexts(), NumberedTexts()
        self._of_stem, self._of_rest = array("i"), array("i")

    def put(self, text: str) -> None:
        """Add the text of an address, folded."""
        stem, rest = cut_at_plate(text)
        self._of_stem.append(self._stems[stem])
        self._of_rest.append(self._rests[rest])

    def addresses(self) -> Addresses:
        """Return all that were added, numbered in their order."""
        of_stem, of_rest = joined_numbers(self._of_stem), joined_numbers(self._of_rest)
        return Addresses(list(self._stems), list(self._rests), of_stem, of_rest)


def _within(
    found: Found, lists: Lists, other: NDArray[np.int32], others: NamesIndex, best: int
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return the addresses whose one part holds the query; it is the whole of one without the other part."""
    closed = found.left == 0
    texts, ranks = best_of_each(found.texts[closed], found.ranks[closed])
    numbers, which = lists.taken(texts, OWNERS)
    alone = others.lengths[other[numbers]] == 0
    ranked = np.where(alone, ranks[which], np.maximum(ranks[which], best)).astype(np.int8)
    return numbers.astype(np.int64), ranked
