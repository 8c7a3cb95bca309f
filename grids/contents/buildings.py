"""Buildings and compounds that the borders of unit grids cut (G10).

A unit grid holds complete buildings, and an independent compound (院落) is not split between two.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import FileProblem
from gis.files import read_layers
from gis.findings import Finding, Severity
from gis.importing import ImportOptions
from gis.layer import ROW, SourceLayer
from gis.staging import Staging
from gis.text import Text, t
from grids.contents.cuts import Cut, find_cuts
from grids.contents.resulting_grids import ResultingGrids
from grids.groups.units import sound_areas

_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def check_buildings(staging: Staging, grids: ResultingGrids, options: ImportOptions) -> None:
    """Report buildings that more than one grid holds, or that reach out of the last one (G10).

    Parameters
    ----------
    staging : Staging
        Unit grids; findings and notes go to it.
    grids : ResultingGrids
        Those of the delivery and around it.
    options : ImportOptions
        Names the files; nothing is done without any. What the files say of their reference system and
        encoding counts, and what was declared for the delivery where they say nothing.

    Raises
    ------
    UsageError, FileProblem
        A file cannot be read.
    """
    if not options.buildings:
        return
    for layer in _read(options):
        staging.findings += [_milder(finding, staging.dataset) for finding in layer.findings]
        staging.notes += [
            t("{path} ({name}): {evidence}", path=layer.path, name=layer.name, evidence=layer.crs_evidence)
        ]
        _check_layer(staging, grids, layer)


def _read(options: ImportOptions) -> list[SourceLayer]:
    try:
        return read_layers(options.buildings, dataset="grids")
    except FileProblem as problem:
        declared = {"F02": options.encoding, "F03": options.crs}.get(problem.code)
        if declared is None:
            raise
        return read_layers(options.buildings, dataset="grids", crs=options.crs, encoding=options.encoding)


def _milder(finding: Finding, dataset: str) -> Finding:
    """Make of an error a warning: a damaged building is no reason to refuse grids."""
    mild = Severity.WARNING if finding.severity is Severity.ERROR else finding.severity
    return replace(finding, severity=mild, dataset=dataset)


def _check_layer(staging: Staging, grids: ResultingGrids, layer: SourceLayer) -> None:
    geometries = np.array([*layer.frame.geometry, None], dtype=object)[:-1]
    areal = np.isin(shapely.get_type_id(geometries), _AREAL)
    staging.notes.append(
        t("{n} buildings of {path} compared with the grids", n=int(areal.sum()), path=layer.path)
    )
    if not areal.all():
        staging.notes.append(
            t("{n} rows of {path} are no areas and are passed over", n=int((~areal).sum()), path=layer.path)
        )
    rows = layer.frame[ROW].to_numpy()
    geometries[~areal] = None
    areas = sound_areas(geometries)
    for cut in find_cuts(areas, grids.units.sound, grids.tree):
        row = int(rows[cut.area])
        name = t("Building {row} of {path}", row=row, path=layer.path)
        staging.findings.append(cut_finding(staging.dataset, name, cut, grids.units.codes, row, layer.path))


def cut_finding(
    dataset: str,
    name: Text | str,
    cut: Cut,
    codes: NDArray[np.object_],
    row: int | None = None,
    layer: str | None = None,
) -> Finding:
    """Make a finding of an area that is cut, pinned to what lies outside its main grid."""
    return Finding(
        "G10",
        Severity.WARNING,
        dataset,
        t("{name} is cut by the border of a grid: {parts}", name=name, parts=_told(cut, codes)),
        row=row,
        id=next((str(codes[at]) for at in cut.grids if at >= 0), None),
        layer=layer,
        field="geometry",
        value=f"{1 - cut.shares[0]:.0%}",
        expected=t("wholly in one grid"),
        hint=t("Lead the border of the grids around it"),
        geometry=cut.geometry,
        area_m2=cut.area_m2,
    )


def _told(cut: Cut, codes: NDArray[np.object_]) -> Text:
    """Say what part lies in which grid."""
    parts = [
        t("{share} in no grid", share=f"{share:.0%}")
        if at < 0
        else t("{share} in {code}", share=f"{share:.0%}", code=codes[at])
        for at, share in zip(cut.grids, cut.shares, strict=True)
    ]
    return reduce(lambda first, second: t("{first}, {second}", first=first, second=second), parts)
