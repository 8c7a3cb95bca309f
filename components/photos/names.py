"""Which photo a row means by a name, and which component a file is called after."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from gis.formats import PHOTOS

_HARD = re.compile(r"[,;|，；、｜\r\n\t]+")
_ENCLOSING = "\"'“”‘’[]"
_URL = re.compile(r"(?i)^[a-z][a-z0-9+.-]+://")
_ALIKE = {".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg", ".tiff": ".tif", ".heif": ".heic"}
_COUNTER = re.compile(r"[-_ .(\[]+\d{1,4}[)\]]?$", re.ASCII)
_NO_FOLDERS = ("", ".", "..")
_MANY = 16
_IDENTIFIER = re.compile(r"\d{16,17}(?!\d)", re.ASCII)

Folders = tuple[str, ...]


def is_address(text: str) -> bool:
    """Tell whether a text is an address on the web (``http://…``) rather than names of files."""
    return _URL.match(text.strip()) is not None


def plain(text: str) -> str:
    """Return a name as it is compared: NFKC, without regard to case and to blanks around it."""
    spelled = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return spelled.casefold().strip()


def parts_of(name: str) -> tuple[Folders, str, str]:
    """Take a name apart into folders, stem and suffix, in their plain form.

    The suffix is that of an image (``.jpeg`` counts as ``.jpg``), else empty: ``井.2024`` has none.
    """
    parts = [part.strip() for part in plain(name).replace("\\", "/").split("/")]
    *folders, last = [part for part in parts if part not in _NO_FOLDERS] or [""]
    suffix = PurePosixPath(last).suffix
    if suffix not in PHOTOS:
        return tuple(folders), last, ""
    return tuple(folders), last[: -len(suffix)].strip(), _ALIKE.get(suffix, suffix)


def owners_of(shown: str) -> Iterator[str]:
    """Yield what the component of a file called after it may be called, in plain form.

    ``5001130101000001.jpg``, ``…_1.jpg``, ``…-2.jpg``, ``…(3).jpg``, ``…全景.jpg``, or any file in a folder
    of such a name.
    """
    folders, stem, _ = parts_of(shown)
    yield from _called_after(stem)
    if folders:
        yield from _called_after(folders[-1])


def _called_after(name: str) -> Iterator[str]:
    yield name
    without = _COUNTER.sub("", name)
    if without != name:
        yield without
    identifier = _IDENTIFIER.match(name)
    if identifier is not None and identifier[0] not in (name, without):
        yield identifier[0]


class PhotoNames:
    """The names of all photos of a delivery, for looking them up.

    Parameters
    ----------
    shown : sequence of str
        Names as shown to people, beginning with what was delivered.
    """

    def __init__(self, shown: Sequence[str]) -> None:
        self._shown = shown
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._by_owner: dict[str, list[int]] = defaultdict(list)
        self._by_folder: dict[str, dict[str, list[int]]] = {}
        self._answers: dict[tuple[tuple[Folders, str, str], Folders], list[int]] = {}
        for number, name in enumerate(shown):
            self._by_stem[parts_of(name)[1]].append(number)
            for owner in dict.fromkeys(owners_of(name)):
                self._by_owner[owner].append(number)

    def of_component(self, identifier: str | None) -> Sequence[int]:
        """Return the photos that are called after a component, or lie in a folder that is."""
        return () if identifier is None else self._by_owner.get(plain(identifier), ())

    def of_text(self, text: str, layer: Folders = (), own: Sequence[int] = ()) -> dict[str, list[int]]:
        """Return for each name in a text the photos that fit it best: one, none, or several.

        Names are separated by commas, semicolons, ``、``, ``|`` or new lines, also by blanks where that
        makes more sense of them.

        Parameters
        ----------
        text : str
            Of a row.
        layer, own
            As for :meth:`best`.
        """
        whole = self.best(text, layer, own)
        if whole:
            return {text.strip(): whole}
        found: dict[str, list[int]] = {}
        for piece in _HARD.split(text):
            name = piece.strip().strip(_ENCLOSING).strip()
            if name:
                found.update(self._of_piece(name, layer, own))
        return found

    def _of_piece(self, name: str, layer: Folders, own: Sequence[int]) -> dict[str, list[int]]:
        whole = {name: self.best(name, layer, own)}
        words = name.split()
        if whole[name] or len(words) < 2:
            return whole
        apart = {word: self.best(word, layer, own) for word in words}
        sensible = any(apart.values()) or all(parts_of(word)[2] for word in words)
        return apart if sensible else whole

    def best(self, name: str, layer: Folders = (), own: Sequence[int] = ()) -> list[int]:
        """Return the photos that fit a name best.

        Folders in the name must not contradict those of the photo; as many in common as can be, then the
        photo nearest to the row's own file.

        Parameters
        ----------
        name : str
            With or without folders and suffix.
        layer : tuple of str
            Folders of the row's own file, in plain form.
        own : sequence of int
            Photos called after the row's component: of equal names these are meant.
        """
        stated = parts_of(name)
        mine = self._fitting(own, stated, layer)
        if mine:
            return mine
        numbers = self._candidates(stated[0], stated[1])
        if len(numbers) <= _MANY:
            return self._fitting(numbers, stated, layer)
        if (stated, layer) not in self._answers:
            self._answers[stated, layer] = self._fitting(numbers, stated, layer)
        return self._answers[stated, layer]

    def _fitting(self, numbers: Sequence[int], stated: tuple[Folders, str, str], layer: Folders) -> list[int]:
        folders, stem, suffix = stated
        fitting: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number in numbers:
            delivered, its_stem, kind = parts_of(self._shown[number])
            common = _common_end(folders, delivered[1:])
            if its_stem == stem and suffix in ("", kind) and common is not None:
                fitting[common, _common_start(delivered, layer)].append(number)
        return fitting[max(fitting)] if fitting else []

    def _candidates(self, folders: Folders, stem: str) -> Sequence[int]:
        """Return the photos of a stem; where there are many, those in the folder named only."""
        numbers = self._by_stem.get(stem, [])
        if not folders or len(numbers) <= _MANY:
            return numbers
        if stem not in self._by_folder:
            folders_of: dict[str, list[int]] = defaultdict(list)
            for number in numbers:
                delivered = parts_of(self._shown[number])[0]
                folders_of[delivered[-1] if len(delivered) > 1 else ""].append(number)
            self._by_folder[stem] = folders_of
        by_folder = self._by_folder[stem]
        return [*by_folder.get(folders[-1], ()), *by_folder.get("", ())]

    def elsewhere(self, name: str) -> str | None:
        """Return a photo of the same name in another folder than a name says, or of another kind."""
        numbers = self._by_stem.get(parts_of(name)[1])
        return self._shown[numbers[0]] if numbers else None


def _common_end(stated: Folders, delivered: Folders) -> int | None:
    """Count the folders that two paths have in common at their end; None where they contradict."""
    n = min(len(stated), len(delivered))
    return n if stated[len(stated) - n :] == delivered[len(delivered) - n :] else None


def _common_start(one: Folders, other: Folders) -> int:
    same = (a == b for a, b in zip(one, other, strict=False))
    return sum(1 for _ in takewhile(bool, same))
