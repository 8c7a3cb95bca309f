"""Checks of areas drawn by other people: their geometry faults are reported, not refused."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.findings import Severity
from gis.staging import Staging
from grids.numbering import check_codes_present, normalise_codes
from grids.pieces import check_pieces
from grids.shapes import check_geometries, check_slivers, check_validity
from grids.topology import Surfaces

SLIVER_M2 = 1_000.0


def check_foreign_areas(staging: Staging, key: tuple[str, ...]) -> Surfaces:
    """Check codes and shapes of areas whose geometry faults are not ours to refuse.

    Parameters
    ----------
    staging : Staging
        Rows with areas.
    key : tuple of str
        Fields that identify an area, the code last; rows of one key are its pieces.

    Returns
    -------
    Surfaces
        The areas of the rows in metres.
    """
    normalise_codes(staging)
    check_codes_present(staging)
    check_geometries(staging)
    surfaces = Surfaces(staging.geometries)
    check_validity(staging, surfaces, Severity.WARNING)
    check_slivers(staging, surfaces, SLIVER_M2)
    check_pieces(staging, surfaces, key)
    return surfaces


def rows_by_line(staging: Staging) -> list[NDArray[np.bool_]]:
    """Return for each line of business which rows belong to it."""
    lines = staging.values("line")
    return [lines == line for line in sorted({line for line in lines if line is not None})]
