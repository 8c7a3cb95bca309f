"""The index of texts in memory: tokens, their weights, and lists of texts by pairs of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geocoding.matching import _kernels
from geocoding.matching.likeness import likeness
from geocoding.matching.tokens import NUMBER, Tokens, token_codes

_BUDGET = 40_000
"""Entries of lists looked at for a query: enough for two wrong characters, a fraction of a millisecond."""

_WANTED = 96
"""Texts compared in full with a query."""

_COMMON_SIZE = 100_000
"""Texts of the index that the score was fitted on: in a smaller one a name says as much as in that."""

_OTHERS, _ELSEWHERE = 200.0, 0.002
# Share of texts of any place that have a word which says what kind of thing a name means
_FREQUENT = {
    "号": 0.95,
    "区": 0.8,
    "市": 0.4,
    "县": 0.3,
    "省": 0.2,
    "街": 0.4,
    "道": 0.4,
    "镇": 0.3,
    "乡": 0.1,
}
_FREQUENT |= {
    "路": 0.4,
    "巷": 0.1,
    "村": 0.3,
    "社": 0.1,
    "组": 0.1,
    "大": 0.2,
    "小": 0.1,
    "楼": 0.2,
    "栋": 0.2,
    "-": 0.1,
}

_KEPT = 12
_NUMBER_WEIGHT, _LEAST, _MOST, _NEW = 3.0, 0.1, 6.0, 3.0


@dataclass(frozen=True, slots=True)
class Matches:
    """What fits queries best.

    Attributes
    ----------
    texts : ndarray of int32, shape (queries, kept)
        Numbers of texts, best first; -1 for none.
    features : ndarray of float32, shape (queries, kept, features)
        See :func:`geocoding.matching._kernels.match`.
    """

    texts: NDArray[np.int32]
    features: NDArray[np.float32]


class TextIndex:
    """Texts as tokens, found by pairs of neighbouring ones in either order.

    Parameters
    ----------
    codes : ndarray of int32
        The tokens of all texts, one text after the other; see :func:`encoded`.
    offsets : ndarray of int64, shape (texts + 1,)
        Where each begins.
    """

    def __init__(self, codes: NDArray[np.int32], offsets: NDArray[np.int64]) -> None:
        self.codes, self.offsets = codes, offsets
        self._known, self._of_known = _weights(self.codes, len(self.offsets) - 1)
        self.weights = self._of_known[np.searchsorted(self._known, self.codes)]
        size = 1 << max(8, int(np.ceil(np.log2(max(1, len(self.codes) // 8)))))
        self._mask, self._alike = size - 1, likeness()
        self._starts, self._postings = self._lists(size)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take, in bytes."""
        arrays = (self.codes, self.offsets, self.weights, self._starts, self._postings)
        return int(sum(array.nbytes for array in arrays))

    def match(self, queries: Sequence[Tokens]) -> Matches:
        """Find the texts that fit queries best."""
        codes = np.concatenate([query.codes for query in queries]) if queries else np.empty(0, np.int32)
        offsets = np.concatenate([[0], np.cumsum([len(query.codes) for query in queries])]).astype(np.int64)
        if not len(self):
            return Matches(*_nothing(len(queries)))
        best = np.full((len(queries), _KEPT), -1, np.int32)
        features = np.zeros((len(queries), _KEPT, _kernels.FEATURES), np.float32)
        _kernels.match(
            codes,
            offsets,
            np.array([query.supplement for query in queries], dtype=np.int64),
            self.weights_of(codes),
            self.codes,
            self.offsets,
            self.weights,
            self._alike,
            self._starts,
            self._postings,
            self._mask,
            _BUDGET,
            _WANTED,
            best,
            features,
        )
        return Matches(best, features)

    def matched(self, query: Tokens, text: int) -> NDArray[np.float32]:
        """Return how well each token of a query is matched by one text, from 0 to 1."""
        part = slice(self.offsets[text], self.offsets[text + 1])
        asked = self.weights_of(query.codes)
        return np.asarray(
            _kernels.matched_tokens(query.codes, asked, self.codes[part], self.weights[part], self._alike)
        )

    def weights_of(self, codes: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return what tokens weigh; those that no text has weigh what a rare one does."""
        places = np.minimum(np.searchsorted(self._known, codes), len(self._known) - 1)
        new = np.float32(min(_NEW * _scale(len(self)), _MOST))
        weights = np.where(self._known[places] == codes, self._of_known[places], new)
        return np.where(codes >= NUMBER, np.float32(_NUMBER_WEIGHT), weights).astype(np.float32)

    def _lists(self, size: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        starts = np.zeros(size + 1, np.int64)
        _kernels.count_pairs(self.codes, self.offsets, self._mask, starts[1:])
        np.cumsum(starts, out=starts)
        postings = np.empty(int(starts[-1]), np.int32)
        _kernels.fill_pairs(self.codes, self.offsets, self._mask, starts[:-1].copy(), postings, 0)
        return starts, postings


def _nothing(queries: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    features = np.zeros((queries, _KEPT, _kernels.FEATURES), np.float32)
    return np.full((queries, _KEPT), -1, np.int32), features


def encoded(texts: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return texts as tokens, one after the other, and where each begins."""
    pieces: list[NDArray[np.int32]] = []
    lengths: list[int] = []
    piece: list[int] = []
    for text in texts:
        codes = token_codes(text)
        lengths.append(len(codes))
        piece += codes
        if len(piece) > 1_000_000:
            pieces.append(np.array(piece, dtype=np.int32))
            piece = []
    pieces.append(np.array(piece, dtype=np.int32))
    return np.concatenate(pieces), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _weights(codes: NDArray[np.int32], texts: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the tokens there are in order, and what each weighs: more, the fewer texts have it.

    A registry of few texts, which may all be of one street, does not know which words are frequent; it is
    taken together with :data:`_OTHERS` texts of any place.
    """
    known, counts = np.unique(codes, return_counts=True)
    frequent = np.array(
        [_FREQUENT.get(chr(code), _ELSEWHERE) if code < NUMBER else 1.0 for code in known.tolist()]
    )
    share = np.minimum((counts + _OTHERS * frequent) / (texts + _OTHERS), 1.0)
    weights = np.clip(_scale(texts) * -np.log(share), _LEAST, _MOST)
    weights[known >= NUMBER] = _NUMBER_WEIGHT
    return known.astype(np.int32), weights.astype(np.float32)


def _scale(texts: int) -> float:
    """Return how much more a token weighs than its share of so many texts tells."""
    return float(np.log(_COMMON_SIZE) / np.log(texts + _OTHERS))
