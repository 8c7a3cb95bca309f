"""The class catalogue as it was at the moments that questions are about."""

from __future__ import annotations

from components.catalogue import SHIPPED, Catalogue
from gis.editions import basis
from gis.registry import Registry
from responsibility.snapshot import Moment

_KEPT = 8


class Catalogues:
    """Catalogues of a registry by edition: each is read once, not once per question.

    Parameters
    ----------
    registry : Registry
        Whose classes of its own count, where it has any.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._kept: dict[int, Catalogue] = {}

    def at(self, moment: Moment) -> Catalogue:
        """Return the catalogue at a moment."""
        edition = moment.edition_of("classes")
        if edition is None:
            return SHIPPED
        found = self._kept.get(edition)
        return self._read(edition, moment) if found is None else found

    def _read(self, edition: int, moment: Moment) -> Catalogue:
        """Read a catalogue; it is kept unless another edition came in between, as what holds now may have."""
        catalogue = Catalogue.of(self._registry, as_of=moment.read_at)
        with self._registry.connect() as connection:
            unchanged = moment.read_at is not None or basis(connection).get("classes") == edition
        if unchanged:
            self._kept = {**dict(list(self._kept.items())[1 - _KEPT :]), edition: catalogue}
        return catalogue
