"""Read what surveyors deliver: folders, archives, shapefiles, GeoPackages, GeoJSON and tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gis.layer import ROW, SourceLayer
from gis.tables import Sheet

__all__ = ["ROW", "SourceLayer", "read_layers", "read_tables"]


def read_layers(
    paths: Sequence[Path], *, dataset: str, crs: str | None = None, encoding: str | None = None
) -> list[SourceLayer]:
    """Read every layer below the given paths into the stored reference system.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Files, folders and archives.
    dataset : str
        Name put into findings.
    crs : str, optional
        Reference system of the sources as a person declared it (``--crs``); beats what a file says.
    encoding : str, optional
        Encoding of the sources' text as a person declared it (``--encoding``).

    Returns
    -------
    list of SourceLayer
        At least one.

    Raises
    ------
    UsageError
        A path does not exist, or is of a kind that has to be exported first.
    FileProblem
        A file is damaged, or its encoding or reference system cannot be told.
    """
    raise NotImplementedError


def read_tables(paths: Sequence[Path], *, dataset: str, encoding: str | None = None) -> list[Sheet]:
    """Read every sheet of every table below the given paths.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        ``.xlsx`` and ``.csv`` files, folders and archives with such files.
    dataset : str
        Name put into findings.
    encoding : str, optional
        Encoding of CSV files as a person declared it (``--encoding``).

    Returns
    -------
    list of Sheet
        At least one.

    Raises
    ------
    UsageError
        A path does not exist, or is no table.
    FileProblem
        A file is damaged or empty, or its encoding cannot be told.
    """
    raise NotImplementedError
