"""Which photos a delivery holds: in its folders and archives, where they stay."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from gis.archives import Budget, Member, Packed, list_photos
from gis.formats import PHOTOS

_ARCHIVE = ".zip"
"""Not ``.kmz``: the pictures in those are the symbols of a map."""
_PASSED_OVER = (".", "~$", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a delivery.

    Attributes
    ----------
    shown : str
        Its name as shown to people, beginning with the folder or archive delivered.
    source : pathlib.Path or Packed
        The file, or the member of an archive.
    """

    shown: str
    source: Path | Packed

    @property
    def path(self) -> str:
        """Its place inside what was delivered: the same when the next delivery is called otherwise."""
        return self.shown.split("/", 1)[1]

    @property
    def size(self) -> int:
        """Bytes."""
        return self.source.stat().st_size if isinstance(self.source, Path) else self.source.size

    def open(self) -> IO[bytes]:
        """Open it for reading."""
        return self.source.open("rb") if isinstance(self.source, Path) else self.source.open()


def find_photos(paths: Sequence[Path], opened: ExitStack) -> list[Photo]:
    """Find the photos of a delivery; a file named alone comes without any.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Files, folders and archives as a person named them; a path may go on inside an archive.
    opened : ExitStack
        Takes what has to stay open, and the folder of archives in archives.

    Returns
    -------
    list of Photo
        Each once, in the order of names.

    Raises
    ------
    FileProblem
        An archive is damaged (F01) or unsafe (F07).
    """
    shelf = _Shelf(opened)
    photos: dict[str, Photo] = {}
    for path in paths:
        found = shelf.in_folder(path) if path.is_dir() else shelf.in_archive(path)
        photos.update((photo.shown, photo) for photo in found)
    return [photos[shown] for shown in sorted(photos)]


class _Shelf:
    """Where archives in archives are put, once there are any."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened
        self._budget: Budget | None = None

    def in_folder(self, folder: Path) -> Iterator[Photo]:
        top = folder.resolve().name or folder.resolve().as_posix().strip("/") or "."
        for file in folder.rglob("*"):
            relative = file.relative_to(folder)
            suffix = file.suffix.lower()
            if (suffix not in PHOTOS and suffix != _ARCHIVE) or _is_passed_over(relative):
                continue
            shown = f"{top}/{relative.as_posix()}"
            if suffix in PHOTOS and file.is_file():
                yield Photo(shown, file)
            elif suffix == _ARCHIVE and file.is_file():
                yield from self._packed(Member(shown, file))

    def in_archive(self, path: Path) -> Iterator[Photo]:
        """Yield the photos of an archive, or of what a path names inside one."""
        archive = next(
            (p for p in (path, *path.parents) if p.suffix.lower() == _ARCHIVE and p.is_file()), None
        )
        if archive is None:
            return
        wanted = PurePosixPath(archive.name, path.relative_to(archive).as_posix())
        for photo in self._packed(Member(archive.name, archive)):
            if wanted in PurePosixPath(photo.shown).parents:
                yield photo

    def _packed(self, archive: Member) -> Iterator[Photo]:
        if self._budget is None:
            folder = self._opened.enter_context(tempfile.TemporaryDirectory())
            self._budget = Budget(Path(folder))
        for packed in list_photos(archive, self._budget, self._opened):
            if not _is_passed_over(PurePosixPath(packed.shown.split("/", 1)[1])):
                yield Photo(packed.shown, packed)


def _is_passed_over(relative: PurePath) -> bool:
    return any(part.startswith(_PASSED_OVER) for part in relative.parts)
