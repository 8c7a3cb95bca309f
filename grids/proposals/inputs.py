"""Read the layers of a division from files, and refuse what cannot be divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import System
from gis.errors import DataRefused
from gis.files import read_layers
from gis.layer import SourceLayer
from gis.text import Text, t
from grids.proposals.communities import Delivered, communities_of_layers
from grids.proposals.plane import Geometries
from grids.proposals.request import no_geometries
from grids.proposals.road_classes import main_roads

LINES = (1, 5)
POLYGONS = (3, 6)
ANYTHING = (0, 1, 3, 4, 5, 6, 7)
"""Geometry types, shapely's numbers."""

_KIND_NAMES: dict[tuple[int, ...], Text] = {
    LINES: t("lines"),
    POLYGONS: t("polygons"),
    LINES + POLYGONS: t("lines or polygons"),
}


def read_communities(
    paths: Sequence[Path],
    *,
    crs: str | System | None = None,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Delivered:
    """Read communities: code, name, polygon.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Files, folders, archives.
    crs : str or System, optional
    encoding : str, optional
        As a person declared them.
    fields : mapping of str to str, optional
        Source columns of ``code`` and ``name``.

    Raises
    ------
    FileProblem
        A file cannot be read or is empty.
    DataRefused
        No column for the code.
    """
    layers = read_layers(paths, dataset="divisions", crs=crs, encoding=encoding)
    return communities_of_layers(layers, fields or {})


def read_features(
    path: Path | None,
    kinds: tuple[int, ...],
    within: Geometries,
    option: str,
    *,
    crs: str | System | None = None,
    encoding: str | None = None,
) -> tuple[Geometries, list[Text]]:
    """Read a layer of roads, water, buildings, compounds or components.

    Parameters
    ----------
    path : pathlib.Path or None
        Nothing is read from ``None``.
    kinds : tuple of int
        Geometry types that make sense.
    within : ndarray of geometries
        The communities: something of the layer has to lie in their rectangle.
    option : str
        The option that named the file.
    crs : str or System, optional
    encoding : str, optional
        As a person declared them.

    Returns
    -------
    geometries : ndarray
        EPSG:4490, longitude and latitude; rows without a geometry are left out.
    notes : list of Text
        How the file was understood, and what was left out.

    Raises
    ------
    FileProblem
        The file cannot be read or is empty.
    DataRefused
        It holds another kind of geometry, or lies wholly outside the communities.
    """
    if path is None:
        return no_geometries(), []
    layers = read_layers([path], dataset=option.strip("-"), crs=crs, encoding=encoding)
    geometries, present, notes = _present(layers, path)
    _check_kind(geometries, kinds, path, option)
    _check_place(geometries, within, path, option)
    return geometries[present], notes


def read_roads(
    path: Path | None, within: Geometries, *, crs: str | None = None, encoding: str | None = None
) -> tuple[Geometries, NDArray[np.bool_], list[Text]]:
    """Read road centre lines, see :func:`read_features`, and which of them are main roads.

    Returns
    -------
    geometries : ndarray of lines
    main : ndarray of bool
        See :mod:`grids.proposals.road_classes`.
    notes : list of Text
    """
    if path is None:
        return no_geometries(), np.zeros(0, dtype=bool), []
    layers = read_layers([path], dataset="roads", crs=crs, encoding=encoding)
    geometries, present, notes = _present(layers, path)
    _check_kind(geometries, LINES, path, "--roads")
    _check_place(geometries, within, path, "--roads")
    told = [main_roads(layer) for layer in layers]
    notes += [
        t(
            "{n} of {all} roads are main roads, by column {column}",
            n=int(main.sum()),
            all=len(main),
            column=column,
        )
        for main, column in told
        if column is not None
    ]
    return geometries[present], np.concatenate([main for main, _ in told])[present], notes


def _present(layers: Sequence[SourceLayer], path: Path) -> tuple[Geometries, NDArray[np.bool_], list[Text]]:
    """Return the geometries of all layers, which of them are there, and how the layers were understood."""
    geometries = np.concatenate([_geometries(layer.frame.geometry) for layer in layers])
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    notes = [
        t("{path} ({name}): {evidence}", path=layer.path, name=layer.name, evidence=layer.crs_evidence)
        for layer in layers
    ]
    if not present.all():
        absent = int((~present).sum())
        notes.append(t("{path}: {n} features without a geometry are left out", path=str(path), n=absent))
    return geometries, np.asarray(present), notes


def _geometries(column: Sequence[object]) -> Geometries:
    return np.array([*column, None], dtype=object)[:-1]


def _check_kind(geometries: Geometries, kinds: tuple[int, ...], path: Path, option: str) -> None:
    there = geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))]
    wrong = there[~np.isin(shapely.get_type_id(there), kinds)]
    if len(wrong) or not len(there):
        raise DataRefused(
            t("{path} holds {n} geometries of another kind", path=str(path), n=len(wrong))
            if len(wrong)
            else t("{path} holds no geometry", path=str(path)),
            field=option,
            value=wrong[0].geom_type if len(wrong) else None,
            expected=_KIND_NAMES.get(kinds, t("geometries")),
        )


def _check_place(geometries: Geometries, within: Geometries, path: Path, option: str) -> None:
    ground = shapely.box(*shapely.total_bounds(within))
    if not shapely.intersects(ground, geometries).any():
        raise DataRefused(
            t("{path} lies wholly outside the communities", path=str(path)),
            field=option,
            value=_rectangle(geometries),
            expected=t("something inside {rectangle}", rectangle=_rectangle(within)),
            hint=t("Is its coordinate system the right one? --crs declares it"),
        )


def _rectangle(geometries: Geometries) -> str:
    west, south, east, north = shapely.total_bounds(geometries).tolist()
    return f"{west:.4f}–{east:.4f}, {south:.4f}–{north:.4f}"
