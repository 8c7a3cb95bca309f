"""Names and the things they belong to, as lists of numbers."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocoding.names_index import NamesIndex

OWNERS = 20_000
"""Things taken for one query, those of the best names first."""


@dataclass(frozen=True, slots=True)
class Met:
    """Things or addresses met by a query, by their numbers."""

    numbers: NDArray[np.int64]
    ranks: NDArray[np.int8]
    lengths: NDArray[np.int32]
    looked: int


@dataclass(frozen=True, slots=True)
class Lists:
    """Numbers in lists, one after the other."""

    starts: NDArray[np.int64]
    members: NDArray[np.int32]

    @classmethod
    def of(cls, keys: NDArray[Any], lists: int) -> Lists:
        """Put the number of each key into the list of that key."""
        counts = np.bincount(keys, minlength=lists)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(starts, np.argsort(keys, kind="stable").astype(np.int32))

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        return int(self.starts.nbytes + self.members.nbytes)

    def sizes(self, lists: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many numbers lists have."""
        return self.starts[lists + 1] - self.starts[lists]

    def taken(self, lists: NDArray[np.int64], most: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the members of lists, no more than ``most``, and from which of the lists each is."""
        sizes = self.sizes(lists)
        enough = np.searchsorted(np.cumsum(sizes), most) + 1
        sizes = sizes[:enough]
        which = np.repeat(np.arange(len(sizes)), sizes)[:most]
        within = np.arange(len(which)) - (np.cumsum(sizes) - sizes)[which]
        return self.members[self.starts[lists[which]] + within], which


class NumberedTexts(dict[str, int]):
    """Texts, numbered as they come."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


def joined_numbers(collected: array[int]) -> NDArray[np.int32]:
    """Return numbers that were collected one by one as an array."""
    return np.frombuffer(collected, np.int32) if collected else np.empty(0, np.int32)


class Names:
    """Names of things, each of one thing or of several.

    Parameters
    ----------
    texts : list of str
        Folded, distinct.
    of : ndarray of int32
        The name of each entry.
    things : ndarray of int32
        The thing of each entry.
    """

    def __init__(self, texts: list[str], of: NDArray[np.int32], things: NDArray[np.int32]) -> None:
        self.index = NamesIndex(texts)
        lists = Lists.of(of, len(texts))
        self.lists = Lists(lists.starts, things[lists.members])

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        return self.index.nbytes + self.lists.nbytes

    def allowed(self, things: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the names that lead to any of some things."""
        return any_member(self.lists, things)

    def met(self, query: str, allowed: NDArray[np.bool_] | None) -> Met:
        """Return the things with a name that a query meets."""
        found = self.index.find(query, allowed=allowed)
        texts, ranks = best_of_each(found.texts, found.ranks)
        things, which = self.lists.taken(texts, OWNERS)
        return Met(things.astype(np.int64), ranks[which], self.index.lengths[texts][which], found.looked)


def any_member(lists: Lists, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each list whether it has a member that was chosen, and one more entry, False."""
    before = np.concatenate([[0], np.cumsum(chosen[lists.members])])
    return np.append(before[lists.starts[1:]] > before[lists.starts[:-1]], False)


def best_of_each(
    numbers: NDArray[np.int64], ranks: NDArray[np.int8]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return each number once, with its best rank; those of the best rank first."""
    order = np.argsort(numbers * 4 + ranks, kind="stable")
    numbers, ranks = numbers[order], ranks[order]
    first = np.concatenate([[True], numbers[1:] != numbers[:-1]])[: len(numbers)]
    numbers, ranks = numbers[first], ranks[first]
    order = np.argsort(ranks, kind="stable")
    return numbers[order], ranks[order]
