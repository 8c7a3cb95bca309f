"""Numbers of components that get another class code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from components.identifiers import MAX_SEQUENCE, ComponentId, build_component_id, parse_component_id
from components.sequences import highest_used
from gis.errors import DataRefused
from gis.registry import Registry
from gis.text import t


class Numbers:
    """Number components under their new classes.

    A component that has an identifier of the new class already gets that; one whose class keeps its code
    (2007 and 2013 share numbers) keeps its identifier. Of the first old class (by its
    code) that becomes a new one, a component keeps its number, unless a number so high was used under the
    new class before; all others get numbers from the highest plus one, class by class, in the order of
    their identifiers.

    Parameters
    ----------
    registry : Registry
    own : mapping of str to str
        Identifiers of the new edition that components have, by the present one.
    """

    def __init__(self, registry: Registry, own: Mapping[str, str]) -> None:
        self._registry = registry
        self._own = own
        self._last: dict[tuple[str, str], int] = {}
        self._used: dict[tuple[str, str], int] = {}
        self._first: dict[tuple[str, str], str] = {}
        self.restored = 0

    def assign(
        self, old: NDArray[np.object_], codes: NDArray[np.object_], classes: Mapping[str, str]
    ) -> NDArray[np.object_]:
        """Return new identifiers.

        Parameters
        ----------
        old, codes : ndarray of str
            Identifiers and class codes of the components.
        classes : mapping of str to str
            New class codes by old ones.

        Returns
        -------
        ndarray of str

        Raises
        ------
        DataRefused
            A text is no identifier, or a class has no number left.
        """
        new = self.keep(old, codes, classes)
        for at in _in_order(old, codes):
            if new[at] is None:
                new[at] = self._next(_parsed(old[at]).county, classes[codes[at]])
        return new

    def keep(
        self, old: NDArray[np.object_], codes: NDArray[np.object_], classes: Mapping[str, str]
    ) -> NDArray[np.object_]:
        """Return the identifiers of those that keep their number or have one already, else None.

        Parameters and errors are those of :meth:`assign`.
        """
        new = np.full(len(old), None, dtype=object)
        for at in _in_order(old, codes):
            parsed, code = _parsed(old[at]), classes[codes[at]]
            if parsed.class_code == code:
                new[at] = old[at]
            else:
                new[at] = self._restored(old[at], code) or self._kept(parsed, code)
        return new

    def _restored(self, identifier: str, code: str) -> str | None:
        own = self._own.get(identifier)
        parsed = parse_component_id(own) if own is not None else None
        if parsed is None or parsed.class_code != code:
            return None
        self.restored += 1
        return own

    def _kept(self, parsed: ComponentId, code: str) -> str | None:
        key = (parsed.county, code)
        first = self._first.setdefault(key, parsed.class_code)
        if first != parsed.class_code or parsed.sequence <= self._highest(key):
            return None
        self._last[key] = max(self._last[key], parsed.sequence)
        return build_component_id(parsed.county, code, parsed.sequence)

    def _highest(self, key: tuple[str, str]) -> int:
        """Return the highest number used before under a county and class."""
        if key not in self._used:
            with self._registry.connect() as connection:
                self._used[key] = highest_used(connection, *key)
            self._last[key] = self._used[key]
        return self._used[key]

    def _next(self, county: str, code: str) -> str:
        key = (county, code)
        self._highest(key)
        if self._last[key] >= MAX_SEQUENCE:
            raise DataRefused(
                t(
                    "County {county} has no identifier left for class {class_code}",
                    county=county,
                    class_code=code,
                ),
                field="id",
            )
        self._last[key] += 1
        return build_component_id(county, code, self._last[key])


def _in_order(old: NDArray[np.object_], codes: NDArray[np.object_]) -> list[int]:
    order: list[int] = np.lexsort((old, codes)).tolist()
    return order


def merged_classes(codes: Sequence[str], classes: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the new classes that several of the old ones became, with these."""
    before: dict[str, list[str]] = {}
    for code in sorted(set(codes)):
        before.setdefault(classes[code], []).append(code)
    return {code: several for code, several in sorted(before.items()) if len(several) > 1}


def _parsed(identifier: str) -> ComponentId:
    parsed = parse_component_id(identifier)
    if parsed is None:
        raise DataRefused(
            t("{text} is not a component identifier", text=identifier), field="id", value=identifier
        )
    return parsed
