"""Which photos the rows of a census mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas
from numpy.typing import NDArray

from components.photos.names import Folders, PhotoNames, is_address, parts_of

Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class RowPhotos:
    """The photos of a row.

    Attributes
    ----------
    at : int
        Position of the row.
    found : dict of str to list of int
        By each name in its text the photos that fit: one, none, or several of which nothing says which.
    own : list of int
        Photos called after its component.
    """

    at: int
    found: dict[str, list[int]]
    own: list[int]

    @property
    def every(self) -> Iterator[int]:
        """All photos that fit, be it one of several."""
        yield from self.own
        for numbers in self.found.values():
            yield from numbers

    @property
    def sure(self) -> list[int]:
        """The photos that are meant for sure, each once."""
        single = (numbers[0] for numbers in self.found.values() if len(numbers) == 1)
        return list(dict.fromkeys((*single, *self.own)))

    @property
    def is_complete(self) -> bool:
        """Whether the text is nothing but names of one photo each."""
        return bool(self.found) and all(len(numbers) == 1 for numbers in self.found.values())


def match_rows(
    names: PhotoNames, ids: Objects, stated: Objects, texts: Objects, layers: Objects
) -> Iterator[RowPhotos]:
    """Yield the rows that name photos, or whose component has photos called after it.

    Parameters
    ----------
    names : PhotoNames
        Of the delivery.
    ids, stated : ndarray of str or None
        Identifiers of the components, and those delivered: files may be called after either.
    texts : ndarray of str or None
        Names of photos.
    layers : ndarray of str
        Files the rows are from, as shown to people.
    """
    has_text = ~pandas.isna(texts)
    for at, (one, other) in enumerate(zip(ids, stated, strict=True)):
        own = _of_either(names, one, other)
        if has_text[at] and not is_address(texts[at]):
            yield RowPhotos(at, names.of_text(texts[at], _folders(layers[at]), own), own)
        elif has_text[at] or own:
            yield RowPhotos(at, {}, own)


def _of_either(names: PhotoNames, one: str | None, other: str | None) -> list[int]:
    own: Sequence[int] = names.of_component(one)
    if other == one:
        return list(own)
    return list(dict.fromkeys((*own, *names.of_component(other))))


@lru_cache(maxsize=1024)
def _folders(layer: str) -> Folders:
    return parts_of(layer)[0]
