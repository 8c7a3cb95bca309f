"""Whether rows have a geometry, and one of the right kind (F11, P14)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.text import Text, t

POINTS, LINES, ANY = (0,), (1, 5), (0, 1, 3, 4, 5, 6)


def check_shapes(
    staging: CompactStaging, kinds: tuple[int, ...], expected: Text, *, optional: bool = False
) -> None:
    """Refuse rows without a geometry or of another kind (F11).

    Parameters
    ----------
    staging : CompactStaging
        Rows.
    kinds : tuple of int
        Geometry types that are accepted, shapely's numbers.
    expected : Text
        The same in words.
    optional : bool
        Rows without a geometry are kept, and told (P14).
    """
    there, found = staging.places.present(), staging.places.kinds()
    wrong = there & ~np.isin(found, kinds) & ~staging.refused
    absent = np.flatnonzero(~there & ~staging.refused)

    def tell(at: int) -> dict[str, Any]:
        shape, name = staging.places[at], staging.name_of(at)
        message = (
            t("{name} has no geometry", name=name)
            if shape is None or shape.is_empty
            else t("{name} stands at several points", name=name)
            if shape.geom_type == "MultiPoint" and kinds == POINTS
            else t("{name} is a {kind}", name=name, kind=shape.geom_type)
        )
        return {"message": message, "field": "geometry", "expected": expected}

    staging.flag_rows(np.flatnonzero(wrong), "F11", Severity.ERROR, tell)
    if optional:
        staging.flag_rows(absent, "P14", Severity.WARNING, tell)
    else:
        staging.flag_rows(absent, "F11", Severity.ERROR, tell)
