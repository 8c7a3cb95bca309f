"""What is in the photos that are linked, and who has them: each file is read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.photos.faults import PhotoFault
from components.photos.inventory import Photo
from components.photos.reading import PhotoFacts, read_photo
from gis.findings import Severity
from gis.text import t


class Contents:
    """The photos that components have, as far as the delivery was gone through.

    Parameters
    ----------
    photos : sequence of Photo
        Of the delivery; others refer to them by their number.
    """

    def __init__(self, photos: Sequence[Photo]) -> None:
        self._photos = photos
        self._facts: dict[int, PhotoFacts] = {}
        self._owner: dict[int, str] = {}
        self._first: dict[str, int] = {}

    def facts(self, number: int) -> PhotoFacts:
        """Return what is known of a photo that somebody has taken."""
        return self._facts[number]

    def take(self, at: int, identifier: str, number: int) -> Iterator[PhotoFault]:
        """Let a component have a photo.

        Yields
        ------
        PhotoFault
            C33 when it cannot be used, told once; C34 when another component has it too, or the same picture
            under another name.
        """
        shown = self._photos[number].shown
        owner = self._owner.get(number)
        if owner is None:
            self._owner[number] = identifier
            self._facts[number] = read_photo(self._photos[number])
            yield from self._faults_of(at, identifier, number)
        elif owner != identifier:
            message = t("The photo {path} is that of component {id} too", path=shown, id=owner)
            yield PhotoFault(at, "C34", Severity.INFO, message, shown)

    def _faults_of(self, at: int, identifier: str, number: int) -> Iterator[PhotoFault]:
        shown, facts = self._photos[number].shown, self._facts[number]
        if facts.fault is not None:
            message = t("The photo {path} cannot be used: {reason}", path=shown, reason=facts.fault)
            yield PhotoFault(at, "C33", Severity.WARNING, message, shown)
        elif facts.sha256 is not None:
            first = self._first.setdefault(facts.sha256, number)
            if self._owner[first] != identifier:
                yield self._same_picture(at, number, first)

    def _same_picture(self, at: int, number: int, first: int) -> PhotoFault:
        shown = self._photos[number].shown
        message = t(
            "The photo {path} is the same picture as {other} of component {id}",
            path=shown,
            other=self._photos[first].shown,
            id=self._owner[first],
        )
        return PhotoFault(at, "C34", Severity.WARNING, message, shown)
