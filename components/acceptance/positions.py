"""The error of position of every measured point, with its direction."""

from __future__ import annotations

import numpy as np
import pandas
import shapely

from components.acceptance.inspection import Acceptance
from gis.metres import LocalMetres
from gis.text import Text, t

KEPT, GROSS = "kept", "gross"
LEAST_POINTS = 20
LEAST_SHIFT_M = 0.1


def positions_of(acceptance: Acceptance) -> pandas.DataFrame:
    """List the measured points of the inspected sheets.

    Returns
    -------
    DataFrame
        ``sheet``, ``check_point``, ``component``, ``class_code`` (in the field), ``accuracy_class``, ``dx_m``
        and ``dy_m`` (east and north, the data less the field: alike in all points where the data is shifted),
        ``distance_m``, ``use`` (``kept``, or ``gross`` and left out of the mean square error), ``lon`` and
        ``lat`` of the check point (EPSG:4490). Metres to the millimetre.
    """
    judgement, points, census = acceptance.judgement, acceptance.points, acceptance.census
    judged = np.array([result.verdict.score is not None for result in acceptance.results], dtype=bool)
    own = judgement.only(judgement.measured & judged[judgement.sheet])
    places, recorded = points.points[own.point], census.points[own.component]
    metres = LocalMetres.around(places, recorded)
    shift = shapely.get_coordinates(metres.forward(recorded)) - shapely.get_coordinates(
        metres.forward(places)
    )
    lonlat = shapely.get_coordinates(places)
    return pandas.DataFrame(
        {
            "sheet": acceptance.sheets.codes[own.sheet],
            "check_point": points.names[own.point],
            "component": census.rows["id"].to_numpy(dtype=object)[own.component],
            "class_code": points.class_codes[own.point],
            "accuracy_class": own.accuracy,
            "dx_m": np.round(shift[:, 0], 3),
            "dy_m": np.round(shift[:, 1], 3),
            "distance_m": np.round(own.distance_m, 3),
            "use": np.where(own.gross, GROSS, KEPT),
            "lon": np.round(lonlat[:, 0], 8),
            "lat": np.round(lonlat[:, 1], 8),
        }
    )


def shift_of(positions: pandas.DataFrame) -> Text | None:
    """Say by how much the data is shifted as a whole; None where its errors point everywhere.

    A shift is told from :data:`LEAST_POINTS` points on, when the mean of the errors that are not gross is
    longer than :data:`LEAST_SHIFT_M` and three times its own standard error (choices of this program).
    """
    shift = positions.loc[positions["use"] == KEPT, ["dx_m", "dy_m"]].to_numpy(dtype=np.float64)
    if len(shift) < LEAST_POINTS:
        return None
    mean = shift.mean(axis=0)
    spread = float(np.sqrt(shift.var(axis=0, ddof=1).sum() / len(shift)))
    if np.hypot(*mean) < max(LEAST_SHIFT_M, 3 * spread):
        return None
    return t(
        "On average the data lies {dx} m east and {dy} m north of the field ({count} points): look at the "
        "coordinate systems of both",
        dx=f"{mean[0]:+.2f}",
        dy=f"{mean[1]:+.2f}",
        count=len(shift),
    )
