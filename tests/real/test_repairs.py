"""Repairs of real layers: drawing is settled, repairing again changes nothing, the rest is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.files import read_layers
from gis.importing import ImportContext, ImportOptions
from gis.registry import Registry
from grids.division_imports import prepare_divisions
from grids.imports import prepare_governance_grids
from grids.repairs.delivery import propose
from grids.repairs.settled import outcomes

PREPARE = {"divisions": prepare_divisions, "governance-grids": prepare_governance_grids}
XIHU = {"code": "xzqhbm", "name": "cunshe", "parent_code": "zj_xzqhbm"}


@pytest.mark.parametrize(
    ("kind", "path", "options", "left"),
    [
        (
            "divisions",
            "cn-hangzhou-xihu-grid/community.geojson",
            ImportOptions(fields=XIHU, constants={"level": "community"}),
            {"G03": 1, "G04": 2},
        ),
        (
            "divisions",
            "cn-hangzhou-xiacheng-grid/street.geojson",
            ImportOptions(constants={"level": "street"}),
            {},
        ),
        (
            "divisions",
            "cn-street-polygons/guangzhou_tianhe_streets.json",
            ImportOptions(constants={"level": "street"}),
            {"G03": 21, "G04": 3},
        ),
        ("governance-grids", "cn-hangzhou-xihu-grid/grid.geojson", ImportOptions(), {}),
    ],
)
def test_what_is_drawing_is_settled_and_stays_so(
    gpkg_registry: Registry,
    real_data: Path,
    kind: str,
    path: str,
    options: ImportOptions,
    left: dict[str, int],
) -> None:
    context = ImportContext(gpkg_registry, kind, options)
    layers = read_layers([real_data / path], dataset=kind)
    before = PREPARE[kind](layers, context).report
    proposal = propose(layers, context)
    after = PREPARE[kind](proposal.layers, context).report
    became = outcomes(before.findings, after.findings)
    assert sum(one.new for one in became) == 0
    assert {one.code: one.remaining for one in became if one.code in _SHAPES and one.remaining} == left
    touched = {change.row for change in proposal.changes}
    (given,), (fixed,) = layers, proposal.layers
    unchanged = ~given.frame["_row"].isin(touched).to_numpy()
    same = _bytes(given.frame.geometry) == _bytes(fixed.frame.geometry)
    assert same[unchanged].all()
    assert not same[~unchanged].any()
    assert propose(proposal.layers, context).changes == []


_SHAPES = ("G01", "G02", "G03", "G04", "G20")


def _bytes(geometries: object) -> np.ndarray:
    return np.asarray(shapely.to_wkb(np.array(list(geometries), dtype=object)))  # type: ignore[call-overload]
