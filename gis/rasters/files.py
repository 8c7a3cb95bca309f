"""Find the rasters of a delivery: GeoTIFF files, in folders and zips too."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gis.errors import FileProblem, UsageError
from gis.text import t

SUFFIXES = (".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class RasterFile:
    """One file to read.

    Attributes
    ----------
    shown : str
        Its name for people; for a member of an archive ``delivery.zip/dem.tif``.
    source : str
        What GDAL opens.
    """

    shown: str
    source: str

    @property
    def stem(self) -> str:
        """Its name without folder and suffix."""
        return PurePosixPath(self.shown).stem


def find_rasters(paths: Sequence[Path]) -> list[RasterFile]:
    """Find what can be read; nothing is unpacked.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Files, folders and zips.

    Raises
    ------
    UsageError
        A path does not exist or is no GeoTIFF.
    FileProblem
        F01: a zip that is none; F06: nothing to read.
    """
    found = {file.source: file for path in paths for file in _of(path)}
    if not found:
        names = ", ".join(path.name for path in paths)
        raise FileProblem(
            t("There is no GeoTIFF in {path}", path=names), code="F06", value=names, expected=".tif, .tiff"
        )
    return list(found.values())


def _of(path: Path) -> Iterator[RasterFile]:
    suffix = path.suffix.lower()
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            relative = file.relative_to(path)
            if file.suffix.lower() in SUFFIXES and not any(part.startswith(".") for part in relative.parts):
                yield RasterFile(f"{path.resolve().name}/{relative.as_posix()}", str(file.resolve()))
    elif not path.is_file():
        raise UsageError(t("There is no {path}", path=path), field="PATH", value=str(path))
    elif suffix == ".zip":
        yield from _inside(path)
    elif suffix in SUFFIXES:
        yield RasterFile(path.name, str(path.resolve()))
    else:
        raise UsageError(
            t("{path} is of a kind that cannot be read", path=path.name),
            field="PATH",
            value=path.name,
            expected=", ".join((*SUFFIXES, ".zip")),
            hint=t("Export it as GeoTIFF, with its coordinate system"),
        )


def _inside(archive: Path) -> Iterator[RasterFile]:
    try:
        with zipfile.ZipFile(archive) as opened:
            names = sorted(opened.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise FileProblem(
            t("{path} is no zip that can be read", path=archive.name), code="F01", value=archive.name
        ) from error
    for name in names:
        if PurePosixPath(name).suffix.lower() in SUFFIXES:
            yield RasterFile(f"{archive.name}/{name}", f"/vsizip/{{{archive.resolve()}}}/{name}")
