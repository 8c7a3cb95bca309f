"""Link the rows of a census with the photos delivered, a piece of the delivery at a time."""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath

import numpy as np
import pandas
from numpy.typing import NDArray

from components.photos.contents import Contents
from components.photos.distances import FAR_M, distances_m, why_far
from components.photos.faults import PhotoFault, Telling
from components.photos.inventory import Photo, find_photos
from components.photos.matching import Objects, RowPhotos, match_rows
from components.photos.names import PhotoNames, is_address
from components.photos.registered import Row, change_of, fitting, paths_of
from gis.editions import Change
from gis.findings import Finding, Severity
from gis.registry import Registry
from gis.text import t

_DATASET = "components"
_NAMED = 5
_OF_THE_GROUND = (".tif", ".tiff")
"""Pictures of the ground, as a rule: nobody misses a component for them."""


@dataclass(slots=True)
class Linked:
    """What became of some rows.

    Attributes
    ----------
    faults : list of PhotoFault
        What is wrong with their photos, as far as it is told one by one.
    kept : dict of int to str
        Texts, by position, that are not links: addresses on the web, names without a photo.
    """

    faults: list[PhotoFault] = field(default_factory=list)
    kept: dict[int, str] = field(default_factory=dict)


class PhotoLinks:
    """The photos of one delivery and the components they belong to.

    Rows are given piece by piece with :meth:`add`; :meth:`finish` says what can only be told at the end.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        What was delivered; searched for photos now, the photos are read when a row has them.
    registry : Registry
        Whose links of before count.

    Raises
    ------
    FileProblem
        As :func:`components.photos.inventory.find_photos`.
    """

    def __init__(self, paths: Sequence[Path], registry: Registry) -> None:
        self._registry, self._has_files = registry, bool(paths)
        self._opened = ExitStack()
        self._close = weakref.finalize(self, self._opened.close)
        self._photos: list[Photo] = find_photos(paths, self._opened)
        self._names = PhotoNames([photo.shown for photo in self._photos])
        self._contents = Contents(self._photos)
        self._links: dict[tuple[str, int], None] = {}
        self._still: set[tuple[str, str]] = set()
        self._named: set[int] = set()
        self._without = 0
        self._telling = Telling()

    @property
    def has_photos(self) -> bool:
        """Whether there is any photo in the delivery."""
        return bool(self._photos)

    def add(
        self,
        ids: Objects,
        texts: Objects,
        geometries: Objects,
        layers: Objects,
        refused: NDArray[np.bool_],
        stated: Objects | None = None,
    ) -> Linked:
        """Link some rows (C30, C32, C33, C34).

        Parameters
        ----------
        ids : ndarray of str or None
            Identifiers of the components.
        texts : ndarray of str or None
            Names of their photos as delivered, see :meth:`PhotoNames.of_text`.
        geometries : ndarray of geometries
            EPSG:4490, longitude and latitude; empty where the delivery is not spatial.
        layers : ndarray of str
            Files the rows are from, as shown to people.
        refused : ndarray of bool
            Rows that are not imported: what they name is not linked, and nobody's loss.
        stated : ndarray of str or None, optional
            Identifiers as delivered, where they differ: files may be called after these.
        """
        if not self._photos:
            return self._without_photos(texts, refused)
        rows = list(match_rows(self._names, ids, ids if stated is None else stated, texts, layers))
        for row in rows:
            self._named.update(row.every)
        rows = [row for row in rows if not refused[row.at] and ids[row.at] is not None]
        pairs = [(row.at, number) for row in rows for number in row.sure]
        faults = chain(self._unlinked(rows, ids), self._taken(pairs, ids), self._far(pairs, geometries))
        told = [fault for fault in faults if self._telling.is_told(fault.code, fault.severity)]
        kept = {row.at: texts[row.at] for row in rows if texts[row.at] is not None and not row.is_complete}
        return Linked(told, kept)

    def finish(self) -> tuple[list[Finding], Change | None]:
        """Close the delivery.

        Returns
        -------
        findings : list of Finding
            Of the delivery as a whole: C31, that there are no photos at all (C30), and how many findings
            were not told one by one.
        change : Change or None
            Of the dataset ``component-photos``; None when no component has a photo.
        """
        findings = [
            finding for finding in self._orphans() if self._telling.is_told(finding.code, finding.severity)
        ]
        findings += [*self._telling.others(_DATASET), *self._none_at_all()]
        self._close()
        change = change_of(self._registry, list(self._rows()), self._still) if self._links else None
        return findings, change

    def _without_photos(self, texts: Objects, refused: NDArray[np.bool_]) -> Linked:
        rows = np.flatnonzero(~pandas.isna(texts))
        self._without += sum(not is_address(texts[at]) for at in rows if not refused[at])
        return Linked(kept={int(at): texts[at] for at in rows})

    def _unlinked(self, rows: Iterable[RowPhotos], ids: Objects) -> Iterator[PhotoFault]:
        """Tell of names that no photo fits, or several (C30)."""
        missing: list[tuple[int, str]] = []
        for row in rows:
            for name, numbers in row.found.items():
                if len(numbers) > 1:
                    yield self._ambiguous(row.at, name, numbers)
                elif not numbers:
                    missing.append((row.at, name))
        before = paths_of(self._registry, {ids[at] for at, _ in missing}) if missing else {}
        for at, name in missing:
            known = fitting(name, before.get(ids[at], ()))
            self._still.update((ids[at], path) for path in known)
            if not known:
                yield self._missing(at, name)

    def _ambiguous(self, at: int, name: str, numbers: Sequence[int]) -> PhotoFault:
        paths = ", ".join(self._photos[number].shown for number in numbers[:_NAMED])
        message = t("{name} may be any of {n} photos: {paths}", name=name, n=len(numbers), paths=paths)
        hint = t("Write the folder too, or call photos after their components")
        return PhotoFault(at, "C30", Severity.WARNING, message, name, hint)

    def _missing(self, at: int, name: str) -> PhotoFault:
        elsewhere = self._names.elsewhere(name)
        hint = None if elsewhere is None else t("There is {path}", path=elsewhere)
        message = t("The photo {name} is not in the delivery", name=name)
        return PhotoFault(at, "C30", Severity.WARNING, message, name, hint)

    def _taken(self, pairs: Iterable[tuple[int, int]], ids: Objects) -> Iterator[PhotoFault]:
        """Link photos, and tell what is wrong with them (C33, C34)."""
        for at, number in pairs:
            self._links[ids[at], number] = None
            yield from self._contents.take(at, ids[at], number)

    def _far(self, pairs: Iterable[tuple[int, int]], geometries: Objects) -> Iterator[PhotoFault]:
        """Tell of photos that were taken far from their components (C32)."""
        if not len(geometries):
            return
        placed = [
            (at, number, exif.lon, exif.lat, exif.unsure_m)
            for at, number in pairs
            if (exif := self._contents.facts(number).exif).lon is not None
        ]
        if not placed:
            return
        rows, numbers, lon, lat, unsure = (np.array(column) for column in zip(*placed, strict=True))
        away, limits = distances_m(geometries[rows], lon, lat), FAR_M + unsure
        for place in np.flatnonzero(away > limits):
            shown = self._photos[numbers[place]].shown
            message = t(
                "The photo {path} was taken {metres} m away from the component",
                path=shown,
                metres=round(float(away[place])),
            )
            reason = (
                why_far(geometries[rows[place]], lon[place], lat[place], limits[place])
                if (self._telling.has_room("C32", Severity.WARNING))
                else None
            )
            yield PhotoFault(int(rows[place]), "C32", Severity.WARNING, message, shown, reason)

    def _orphans(self) -> Iterator[Finding]:
        """Tell of photos that belong to no component, folder by folder (C31)."""
        folders: dict[str, list[str]] = defaultdict(list)
        for number, photo in enumerate(self._photos):
            path = PurePosixPath(photo.shown)
            if number not in self._named and path.suffix.lower() not in _OF_THE_GROUND:
                folders[str(path.parent)].append(path.name)
        for folder, names in folders.items():
            message = t(
                "{n} photos in {folder} belong to no component: {names}",
                n=len(names),
                folder=folder,
                names=", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else ""),
            )
            yield Finding("C31", Severity.WARNING, _DATASET, message, field="photos", value=folder)

    def _none_at_all(self) -> Iterator[Finding]:
        if self._without and self._has_files:
            message = t("{n} rows name photos, and the delivery has none", n=self._without)
            hint = t("Give the folder or the archive that holds both; the names are kept as attributes")
            yield Finding("C30", Severity.INFO, _DATASET, message, field="photos", hint=hint)

    def _rows(self) -> Iterator[Row]:
        used: set[tuple[str, str]] = set()
        for identifier, number in self._links:
            photo, facts = self._photos[number], self._contents.facts(number)
            path = photo.shown if (identifier, photo.path) in used else photo.path
            used.add((identifier, path))
            exif, note = facts.exif, None if facts.fault is None else str(facts.fault)
            yield identifier, path, facts.sha256, exif.taken_at, exif.lon, exif.lat, note
