"""Unpack what people send as archives, trusting nothing in them.

Members are written under numbers, never under their own names, so that no name can lead outside;
names that try to are refused all the same, as an archive with such names is not a delivery.
"""

from __future__ import annotations

import gzip
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import quote_from_bytes

from gis.encoding import Sample, decide, decode
from gis.errors import FileProblem
from gis.formats import PHOTOS
from gis.text import Text, t

_CHUNK = 1 << 20
_ASCII = bytes(range(0x20, 0x7F)).decode()
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_LOCAL_HEADER_BYTES = 30
_GARBAGE = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    gzip.BadGzipFile,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)
"""What reading a damaged or unsupported archive raises."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a delivery: its name as shown to people (``a.zip/b/c.shp``), and where it is now."""

    shown: str
    file: Path


@dataclass(frozen=True, slots=True)
class Packed:
    """A file that stays in its archive: its name as shown to people, and how it is read.

    Attributes
    ----------
    shown : str
        As in :class:`Member`.
    archive : zipfile.ZipFile
        Open as long as the file may be read.
    info : zipfile.ZipInfo
        Which of its members.
    """

    shown: str
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    @property
    def size(self) -> int:
        """Bytes that the archive says it has; no more are ever read."""
        return self.info.file_size

    def open(self) -> IO[bytes]:
        """Open it for reading from the beginning; what is damaged raises on reading (:data:`UNREADABLE`)."""
        return self.archive.open(self.info)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may do to this machine; photos, which stay packed, do not count.

    The ratio guards against bombs and applies to members larger than ``ratio_from`` only: a table of
    blanks packs well.
    """

    total_bytes: int = 8 << 30
    members: int = 20_000
    ratio: int = 1_000
    ratio_from: int = 16 << 20
    depth: int = 3


@dataclass(slots=True)
class Budget:
    """What is left of the limits, over all archives of a delivery."""

    folder: Path
    limits: Limits = field(default_factory=Limits)
    used_bytes: int = 0
    used_members: int = 0
    passed_over: int = 0

    def never_written(self) -> Path:
        """Name a file that stays in its archive."""
        self.passed_over += 1
        return self.folder / f"packed-{self.passed_over}"

    def next_file(self, suffix: str) -> Path:
        """Reserve a name for one more member."""
        self.used_members += 1
        return self.folder / f"{self.used_members:06d}{suffix}"


def unpack(archive: Member, budget: Budget, *, depth: int = 1) -> list[Member]:
    """Unpack a zip, and the zips in it.

    Parameters
    ----------
    archive : Member
        The zip.
    budget : Budget
        Where to, and how much.
    depth : int
        1 for an archive a person named, 2 for one inside it …

    Returns
    -------
    list of Member
        The files, without folders and what operating systems add; may be empty. Photos are named and
        stay packed: nothing is where they say they are.

    Raises
    ------
    FileProblem
        F01 not a zip, damaged, encrypted or packed in an unknown way; F07 a name leads outside, or
        the archive is too large, too deep, too many or packed too well.
    """
    if depth > budget.limits.depth:
        raise _unsafe(archive.shown, t("archives are nested deeper than {n}", n=budget.limits.depth))
    try:
        with zipfile.ZipFile(archive.file) as opened:
            files = list(_extract_all(opened, archive.shown, budget))
    except UNREADABLE as error:
        raise _unreadable(archive.shown, error) from error
    members: list[Member] = []
    for member in files:
        nested = member.shown.lower().endswith(".zip")
        members += unpack(member, budget, depth=depth + 1) if nested else [member]
    return members


def list_photos(archive: Member, budget: Budget, opened: ExitStack, *, depth: int = 1) -> Iterator[Packed]:
    """List the photos in a zip, and in the zips in it, without unpacking them.

    Parameters
    ----------
    archive : Member
        The zip.
    budget : Budget
        Where zips in it are unpacked to, and how much of them.
    opened : ExitStack
        Takes the archives, which have to stay open as long as photos are read.
    depth : int
        As for :func:`unpack`.

    Yields
    ------
    Packed
        In the order of the archive.

    Raises
    ------
    FileProblem
        As :func:`unpack`; what a photo packs too well counts as well.
    """
    if depth > budget.limits.depth:
        raise _unsafe(archive.shown, t("archives are nested deeper than {n}", n=budget.limits.depth))
    try:
        zipped = opened.enter_context(zipfile.ZipFile(archive.file))
        infos = [info for info in zipped.infolist() if not info.is_dir()]
        nested = [info for info in infos if info.filename.lower().endswith(".zip")]
        _check_sizes(nested, archive.shown, budget)
        for info, name in _sound_names(infos, archive.shown):
            shown = f"{archive.shown}/{name}"
            if _is_photo(name):
                _check_ratio(info.file_size, info.compress_size, archive.shown, budget.limits)
                yield Packed(shown, zipped, info)
            elif name.lower().endswith(".zip"):
                target = budget.next_file(".zip")
                with zipped.open(info) as stream:
                    _copy(stream, target, archive.shown, info.compress_size, budget)
                yield from list_photos(Member(shown, target), budget, opened, depth=depth + 1)
    except UNREADABLE as error:
        raise _unreadable(archive.shown, error) from error


def gunzip(packed: Member, budget: Budget) -> Member:
    """Unpack a single gzip-compressed file; errors as for :func:`unpack`."""
    shown = packed.shown[: -len(".gz")]
    target = budget.next_file(PurePosixPath(shown).suffix)
    try:
        with gzip.open(packed.file, "rb") as stream:
            _copy(stream, target, packed.shown, packed.file.stat().st_size, budget)
    except UNREADABLE as error:
        raise _unreadable(packed.shown, error) from error
    return Member(shown, target)


def check_package(path: Path, shown: str, limits: Limits | None = None) -> None:
    """Refuse an office document that is not a sound zip, or a bomb, before its reader opens it."""
    limits = limits or Limits()
    try:
        with zipfile.ZipFile(path) as opened:
            infos = opened.infolist()
            _check_sizes(infos, shown, Budget(path.parent, limits))
            _check_apart(infos, shown)
            damaged = opened.testzip()
    except UNREADABLE as error:
        raise _unreadable(shown, error) from error
    if damaged is not None:
        raise _unreadable(shown, zipfile.BadZipFile(damaged))


def _extract_all(opened: zipfile.ZipFile, shown: str, budget: Budget) -> Iterator[Member]:
    infos = [info for info in opened.infolist() if not info.is_dir()]
    _check_sizes([info for info in infos if not _is_photo(info.filename)], shown, budget)
    for info, name in _sound_names(infos, shown):
        if _is_photo(name):
            yield Member(f"{shown}/{name}", budget.never_written())
            continue
        target = budget.next_file(PurePosixPath(name).suffix[:16])
        with opened.open(info) as stream:
            _copy(stream, target, shown, info.compress_size, budget)
        yield Member(f"{shown}/{name}", target)


def _is_photo(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in PHOTOS


def _sound_names(infos: list[zipfile.ZipInfo], shown: str) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Yield the members that people packed with their names, each held against the rules."""
    _check_apart(infos, shown)
    seen: set[str] = set()
    for info, name in zip(infos, _names(infos, shown), strict=True):
        _check_name(info, name, shown)
        if name in seen:
            raise _unsafe(shown, t("two members are called {name}", name=name))
        seen.add(name)
        if not any(part in f"{name}/" or name.endswith(part) for part in _GARBAGE):
            yield info, name


def _check_sizes(infos: list[zipfile.ZipInfo], shown: str, budget: Budget) -> None:
    """Refuse by what the archive says of itself; :func:`_copy` does not believe it."""
    limits = budget.limits
    if budget.used_members + len(infos) > limits.members:
        raise _unsafe(shown, t("more than {n} members", n=limits.members))
    if budget.used_bytes + sum(info.file_size for info in infos) > limits.total_bytes:
        raise _too_large(shown, limits)
    for info in infos:
        _check_ratio(info.file_size, info.compress_size, shown, limits)


def _check_apart(infos: list[zipfile.ZipInfo], shown: str) -> None:
    """Refuse members that share bytes: so a small archive holds the same content thousands of times."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _unsafe(shown, t("members of it lie on top of each other"))
        end = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size


def _check_ratio(size: int, packed: int, shown: str, limits: Limits) -> None:
    if size > limits.ratio_from and size > packed * limits.ratio:
        raise _unsafe(shown, t("a member unpacks to more than {n} times its size", n=limits.ratio))


def _check_name(info: zipfile.ZipInfo, name: str, shown: str) -> None:
    path = PurePosixPath(name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name:
        raise _unsafe(shown, t("the member {name} leads outside the archive", name=name))
    if kind not in (0, stat.S_IFREG):
        raise _unsafe(shown, t("the member {name} is a link or device", name=name))
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise FileProblem(
            t("{path} is protected with a password", path=shown),
            code="F01",
            value=shown,
            hint=t("Unpack it and give the folder"),
        )


def _names(infos: list[zipfile.ZipInfo], shown: str) -> list[str]:
    """Decode the members' names together: packers in China write GBK without saying so."""
    raw = [
        None if info.flag_bits & _UTF8_FLAG else Sample(info.orig_filename.encode("cp437", errors="replace"))
        for info in infos
    ]
    unknown = [sample for sample in raw if sample is not None]
    try:
        codec = decide(unknown, path=shown).codec
    except FileProblem:
        codec = None
    names = []
    for info, sample in zip(infos, raw, strict=True):
        name = info.orig_filename if sample is None else _decoded(sample, codec)
        names.append(name.replace("\\", "/"))  # after decoding: a byte of a hanzi may be a backslash
    return names


def _decoded(sample: Sample, codec: str | None) -> str:
    """Decode a name; where the encoding cannot be told, spell its bytes rather than guess."""
    if codec is None:
        return quote_from_bytes(sample.raw, safe=_ASCII)
    return decode(sample, codec)[0]


def _copy(stream: IO[bytes] | gzip.GzipFile, target: Path, shown: str, packed: int, budget: Budget) -> None:
    """Unpack one member, counting what really comes out."""
    size = 0
    with target.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            budget.used_bytes += len(chunk)
            if budget.used_bytes > budget.limits.total_bytes:
                raise _too_large(shown, budget.limits)
            _check_ratio(size, packed, shown, budget.limits)
            out.write(chunk)


def _too_large(shown: str, limits: Limits) -> FileProblem:
    return _unsafe(shown, t("it unpacks to more than {n} MB", n=limits.total_bytes >> 20))


def _unsafe(shown: str, reason: Text) -> FileProblem:
    return FileProblem(
        t("{path} is refused as unsafe: {reason}", path=shown, reason=reason), code="F07", value=shown
    )


def _unreadable(shown: str, error: Exception) -> FileProblem:
    return FileProblem(
        t("{path} cannot be unpacked: {reason}", path=shown, reason=str(error) or type(error).__name__),
        code="F01",
        value=shown,
        hint=t("Pack it again as an ordinary zip, or unpack it and give the folder"),
    )
