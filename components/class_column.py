"""The classes of the rows of a delivery, each class once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.class_info import ClassInfo


class ClassColumn:
    """A class for each row, or none.

    Parameters
    ----------
    codes : ndarray of int
        Position in ``infos`` of each row's class.
    infos : sequence of ClassInfo or None
        The classes; the first is ``None``.
    """

    def __init__(self, codes: NDArray[Any], infos: Sequence[ClassInfo | None]) -> None:
        self.codes = codes
        self.infos = list(infos)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: int | np.integer[Any]) -> ClassInfo | None:
        return self.infos[int(self.codes[at])]

    def put(self, at: int, info: ClassInfo | None) -> None:
        """Give a row another class."""
        if info not in self.infos:
            self.infos.append(info)
            self.codes = self.codes.astype(np.min_scalar_type(len(self.infos)))
        self.codes[at] = self.infos.index(info)

    def test(self, holds: Callable[[ClassInfo], bool]) -> NDArray[np.bool_]:
        """Tell for which rows something holds of their class; it does for none without one."""
        table = np.array([info is not None and bool(holds(info)) for info in self.infos], dtype=bool)
        return np.asarray(table[self.codes])

    def values(self, of: Callable[[ClassInfo | None], float]) -> NDArray[np.float64]:
        """Return a number for each row that goes by its class."""
        return np.asarray(np.array([of(info) for info in self.infos], dtype=np.float64)[self.codes])

    def used(self) -> Iterator[ClassInfo]:
        """Yield the classes that rows have."""
        counts = np.bincount(self.codes, minlength=len(self.infos))
        yield from (info for info, n in zip(self.infos, counts, strict=True) if n and info is not None)

    def names(self) -> dict[str, str]:
        """Return code and name of each class by its code."""
        return {info.code: f"{info.code} {info.name}" for info in self.used()}
