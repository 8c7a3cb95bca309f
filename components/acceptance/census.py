"""The components that are accepted: those of the registry, or of a delivery before it is imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas
import shapely
from numpy.typing import NDArray

from components.acceptance.settings import ATTRIBUTES
from components.catalogue import Catalogue
from components.class_info import DEFAULT_STANDARD, ClassInfo
from components.imports import prepare_components
from gis.findings import Finding
from gis.importing import ImportContext, ImportOptions, read_spatial
from gis.read import read_chunks
from gis.registry import Registry
from gis.representative import representative_points
from gis.text import Text, t

GONE = "移除"
"""State of what was taken away: it is not expected in the field."""

COLUMNS = ("id", "class_code", "standard", *ATTRIBUTES)
UNLISTED_ACCURACY = "B"
MARGIN_DEGREES = 0.001
"""About 100 m: farther than a check point may be from its component."""


@dataclass(frozen=True, slots=True)
class Census:
    """Components, one per position.

    Attributes
    ----------
    rows : DataFrame
        Columns :data:`COLUMNS`, missing values ``None``.
    geometries : ndarray of geometries
        EPSG:4490, longitude and latitude.
    points : ndarray of Point
        One in each geometry.
    standard : str
        Edition of most of the class codes; the check points are read in it.
    catalogue : Catalogue
        Names, groups and accuracy classes.
    source : Text
        Where they are from, for the report.
    notes : list of Text
        What else has to be said of them.
    """

    rows: pandas.DataFrame
    geometries: NDArray[np.object_]
    points: NDArray[np.object_]
    standard: str
    catalogue: Catalogue
    source: Text
    notes: list[Text]

    def __len__(self) -> int:
        return len(self.rows)

    def around(self, sheets: NDArray[np.object_]) -> Census:
        """Leave out what is far from some sheets (EPSG:4490)."""
        wide = shapely.bounds(sheets) + np.array([-1, -1, 1, 1]) * MARGIN_DEGREES
        near = np.unique(shapely.STRtree(self.points).query(shapely.box(*wide.T))[1])
        return replace(
            self,
            rows=self.rows.iloc[near].reset_index(drop=True),
            geometries=self.geometries[near],
            points=self.points[near],
        )

    def infos(self) -> list[ClassInfo | None]:
        """Return the class of each component, None where the catalogue does not have it."""
        known: dict[tuple[str, str], ClassInfo | None] = {}
        pairs = list(zip(self.rows["standard"], self.rows["class_code"], strict=True))
        for standard, code in set(pairs):
            known[standard, code] = self.catalogue.info(standard, code)
        return [known[pair] for pair in pairs]

    def keys(self) -> NDArray[np.object_]:
        """Return what classes are compared by: minor classes in the edition of :attr:`standard`.

        A class of another edition is the one with its name; without one it is like no other.
        """
        known: dict[ClassInfo, str] = {}
        keys = []
        for info, code, standard in zip(
            self.infos(), self.rows["class_code"], self.rows["standard"], strict=True
        ):
            if info is None:
                keys.append(code if standard == self.standard else f"{standard}:{code}")
                continue
            if info not in known:
                known[info] = self._key(info)
            keys.append(known[info])
        return np.array([*keys, None], dtype=object)[:-1]

    def _key(self, info: ClassInfo) -> str:
        if info.standard == self.standard:
            return info.minor_code
        alike = {same.minor_code for same in self.catalogue.called(self.standard, info.name)}
        return alike.pop() if len(alike) == 1 else f"{info.standard}:{info.minor_code}"


def accuracy_class(info: ClassInfo | None) -> str:
    """Return the accuracy class of a class, B where the catalogue does not say."""
    return (info.accuracy_class if info is not None else None) or UNLISTED_ACCURACY


def registry_census(registry: Registry, sheets: NDArray[np.object_]) -> Census:
    """Read the components of a registry in and around some sheets.

    Parameters
    ----------
    registry : Registry
    sheets : ndarray of geometries
        EPSG:4490. Only what lies in them and :data:`MARGIN_DEGREES` around is read, however large the
        registry is.
    """
    frames = []
    for west, south, east, north in shapely.bounds(sheets).tolist():
        margin = MARGIN_DEGREES
        bbox = (west - margin, south - margin, east + margin, north + margin)
        frames += [
            chunk
            for chunk in read_chunks(registry, "components", bbox=bbox, columns=[*COLUMNS, "geometry"])
            if len(chunk)
        ]
    frame = _together(frames).drop_duplicates("id").sort_values("id", ignore_index=True)
    return _census(frame, Catalogue.of(registry), t("components of the registry"), [])


def delivered_census(
    registry: Registry, paths: Sequence[Path], options: ImportOptions
) -> tuple[Census, list[Finding]]:
    """Read and check a delivery of components as an import would, and import nothing.

    Returns
    -------
    census : Census
        The rows an import would accept.
    findings : list of Finding
        What was wrong with the delivery.
    """
    context = ImportContext(registry, "components", options)
    layers = read_spatial(paths, context)
    prepared = prepare_components(layers, context)
    report = prepared.report
    notes = [*report.notes]
    if report.rejected:
        notes.append(
            t("{n} rows of the delivery are refused by its check and take no part", n=report.rejected)
        )
    names = ", ".join(path.name for path in paths)
    census = _census(prepared.frame, Catalogue.of(registry), t("delivery {names}", names=names), notes)
    return census, [*(finding for layer in layers for finding in layer.findings), *report.findings]


def component_points(registry: Registry) -> Iterator[NDArray[np.object_]]:
    """Yield a point in each component that is there, piece by piece."""
    for chunk in read_chunks(registry, "components", columns=["state", "geometry"]):
        geometries = np.array([*chunk.geometry, None], dtype=object)[:-1]
        yield representative_points(geometries[(chunk["state"] != GONE).to_numpy(dtype=bool)])


def _together(frames: list[pandas.DataFrame]) -> pandas.DataFrame:
    if not frames:
        return pandas.DataFrame({name: [] for name in (*COLUMNS, "geometry")}, dtype=object)
    return pandas.concat(frames, ignore_index=True)


def _census(frame: pandas.DataFrame, catalogue: Catalogue, source: Text, notes: list[Text]) -> Census:
    """Leave out what was taken away, and what has no place."""
    geometries = np.array([*frame["geometry"], None], dtype=object)[:-1]
    rows = pandas.DataFrame({name: frame[name].astype(object) for name in COLUMNS})
    rows = rows.where(rows.notna(), None)
    points = representative_points(geometries)
    gone = (rows["state"] == GONE).to_numpy(dtype=bool)
    keep = ~gone & ~shapely.is_missing(points)
    if gone.any():
        notes = [*notes, t("{n} components are recorded as removed and take no part", n=int(gone.sum()))]
    standards = Counter(standard for standard in rows["standard"][keep] if standard is not None)
    standard = standards.most_common(1)[0][0] if standards else DEFAULT_STANDARD
    return Census(
        rows[keep].reset_index(drop=True), geometries[keep], points[keep], standard, catalogue, source, notes
    )
