"""Point indexes kept in files between processes: built once, mapped into memory by all who use them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import UsageError
from gis.text import t

if TYPE_CHECKING:
    from gis._coverage_cells import Cells
    from gis._coverage_polygons import Polygons

FOLDER = "WANGGE_CACHE"
LIMIT = "WANGGE_CACHE_MIB"

_MIB = 2**20
_LIMIT_MIB = 4096
_LEAST_POLYGONS = 2000  # fewer are indexed anew in less than a tenth of a second
_SUFFIX, _UNFINISHED = ".points", ".part"
_LONGEST_WRITING = 24 * 3600.0  # seconds after which an unfinished file has been given up

_log = logging.getLogger(__name__)
_told: set[Path] = set()


@dataclass(frozen=True, slots=True)
class PointFiles:
    """A folder of point indexes.

    Attributes
    ----------
    folder : pathlib.Path or None
        Made when it is first needed, for its owner alone. None keeps nothing.
    limit_bytes : int
        All files together; those used longest ago are removed. 0 keeps nothing.
    least_polygons : int
        Coverages of fewer are not kept.
    """

    folder: Path | None
    limit_bytes: int = _LIMIT_MIB * _MIB
    least_polygons: int = _LEAST_POLYGONS

    @classmethod
    def from_environment(cls) -> PointFiles:
        """Take the folder ``WANGGE_CACHE``, else ``wangge`` in the user's cache directory.

        ``WANGGE_CACHE_MIB`` limits its size, 4096 by default.

        Raises
        ------
        UsageError
            The limit is no whole number of 0 or more.
        """
        return cls(_folder(), _limit() * _MIB)

    def file_of(self, geometries: NDArray[np.object_], codes: Sequence[str]) -> PointFile | None:
        """Return the file for polygons and their codes, None where none is to be kept."""
        if self.folder is None or not self.limit_bytes or len(geometries) < self.least_polygons:
            return None
        return PointFile(self, self.folder, _fingerprint(geometries, codes))


@dataclass(frozen=True, slots=True)
class PointFile:
    """The file of one index, which may not be there yet; ``key`` is the fingerprint of what is indexed."""

    files: PointFiles
    folder: Path
    key: str

    @property
    def path(self) -> Path:
        """Where the index is."""
        return self.folder / f"{self.key}{_SUFFIX}"

    def load(self) -> tuple[Polygons, Cells] | None:
        """Map the index into memory; None when there is none or it is not to be trusted."""
        try:
            self.path.stat()
        except OSError:
            return None
        from gis._coverage_file import Unusable, read_index

        try:
            index = read_index(self.path, self.key)
        except (Unusable, OSError) as problem:
            _log.info("%s", t("{path} is built anew: {why}", path=self.path, why=problem))
            return None
        with contextlib.suppress(OSError):
            os.utime(self.path)
        return index

    def save(self, polygons: Polygons, cells: Cells) -> tuple[Polygons, Cells]:
        """Write the index and map it; return what was given where that cannot be done, and log so once.

        The file appears whole or not at all, whoever else writes it at the same time.
        """
        if sum(array.nbytes for array in (*polygons, *cells[1:])) > self.files.limit_bytes:
            return polygons, cells
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(polygons, cells)
            self._make_room()
        except OSError as problem:
            if self.folder not in _told:
                _told.add(self.folder)
                _log.warning(
                    "%s", t("No point index is kept in {path}: {why}", path=self.folder, why=problem)
                )
        return self.load() or (polygons, cells)

    def _write(self, polygons: Polygons, cells: Cells) -> None:
        from gis._coverage_file import write_index

        handle, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=self.folder)
        try:
            with FileIO(handle, "r+") as file:
                write_index(file, self.key, polygons, cells)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _make_room(self) -> None:
        """Remove indexes used longest ago beyond the limit, and what was never finished."""
        room = self.files.limit_bytes
        for path, size, _ in sorted(_listed(self.folder, _SUFFIX), key=lambda entry: -entry[2]):
            room -= size
            if room < 0 and path != self.path:
                _remove(path)
        for path, _, written in _listed(self.folder, _UNFINISHED):
            if written < time.time() - _LONGEST_WRITING:
                _remove(path)


def _folder() -> Path | None:
    named = os.environ.get(FOLDER)
    if named:
        return Path(named)
    # The XDG specification has relative paths ignored.
    shared = Path(os.environ.get("XDG_CACHE_HOME") or "")
    if shared.is_absolute():
        return shared / "wangge"
    try:
        return Path.home() / ".cache" / "wangge"
    except RuntimeError:
        return None


def _limit() -> int:
    text = os.environ.get(LIMIT) or str(_LIMIT_MIB)
    if not (text.isascii() and text.isdigit()):
        raise UsageError(
            t("{variable} is no number of MiB", variable=LIMIT),
            field=LIMIT,
            value=text,
            expected=t("0 or more; 0 keeps no point index in files"),
        )
    return int(text)


def _fingerprint(geometries: NDArray[np.object_], codes: Sequence[str]) -> str:
    digest = hashlib.sha256(json.dumps(list(codes)).encode())
    # No shape in WKB begins with a dash, so what is missing keeps its place.
    digest.update(b"".join(shape or b"-" for shape in shapely.to_wkb(geometries).tolist()))
    return digest.hexdigest()


def _listed(folder: Path, suffix: str) -> list[tuple[Path, int, float]]:
    """Return path, size and time of the last use of files; others may remove them meanwhile."""
    found = []
    for path in folder.glob(f"*{suffix}"):
        with contextlib.suppress(OSError):
            state = path.stat()
            found.append((path, state.st_size, state.st_mtime))
    return found


def _remove(path: Path) -> None:
    # Where files in use cannot be removed, they stay until somebody else makes room.
    with contextlib.suppress(OSError):
        path.unlink()
