"""A delivery of unit grids compared with those in force: borders moved under old codes, grids left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.findings import Severity
from gis.metres import LocalMetres
from gis.read import read_frame
from gis.registry import Registry
from gis.staging import Staging
from gis.text import t
from grids.reference import live_codes
from grids.topology import area_text

MOVED_M2 = 1.0
"""A border that encloses less ground anew was measured again, not moved."""

_SHOWN = 5


def check_redelivery(staging: Staging, registry: Registry, ending: Collection[str] = ()) -> None:
    """Report grids whose border is another than that in force (G33), and grids left out (G34).

    A grid whose border changes gets a new code (GB/T 30428.1 as implementations follow it; the clause was not
    seen, so this is a warning). Grids in force are not retired by leaving them out of a delivery.

    Parameters
    ----------
    staging : Staging
        Unit grids.
    registry : Registry
        Its live grids around the delivery are looked at.
    ending : collection of str
        Codes that the delivery ends: they are not left out.
    """
    rows = {code: at for at, code in enumerate(staging.values("code")) if code and not staging.refused[at]}
    bounds = shapely.total_bounds(staging.geometries)
    if not rows or np.isnan(bounds).any():
        return
    west, south, east, north = bounds.tolist()
    live = read_frame(registry, "grids", bbox=(west, south, east, north), columns=["code", "geometry"])
    live = live[np.array([code in rows for code in live["code"]], dtype=bool)]
    geometries = np.array([*live.geometry, None], dtype=object)[:-1]
    _report_moved(staging, [rows[code] for code in live["code"]], geometries)
    again = {code[:12] for code in live["code"]}
    left_out = live_codes(registry, "grids") - set(staging.values("code")) - set(ending)
    _report_left_out(staging, sorted(code for code in left_out if code[:12] in again))


def _report_moved(staging: Staging, rows: list[int], live: NDArray[np.object_]) -> None:
    """Compare delivered polygons with those in force."""
    at = np.array(rows, dtype=np.intp)
    delivered = shapely.force_2d(staging.geometries[at])
    other = ~shapely.equals_exact(shapely.normalize(delivered), shapely.normalize(_plain(live)), 0)
    at, delivered, live = at[other], delivered[other], live[other]
    sound = shapely.is_valid(delivered) & shapely.is_valid(live)
    at, change = at[sound], shapely.symmetric_difference(delivered[sound], live[sound])
    area = shapely.area(LocalMetres.around(change).forward(change))
    for row, place, size in zip(at.tolist(), change, area.tolist(), strict=True):
        if size > MOVED_M2:
            staging.flag(
                row,
                "G33",
                Severity.WARNING,
                t(
                    "The border of {code} is another than that in force: {area} m² change hands",
                    code=staging.name_of(row),
                    area=area_text(size),
                ),
                field="geometry",
                value=area_text(size),
                expected=t("a new code for a grid with a new border"),
                hint=t("Draw borders anew with wangge grids move or split, which issue new codes"),
                geometry=place,
                area_m2=float(size),
            )


def _plain(live: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return multipolygons of one part as polygons, as deliveries have them."""
    plain = live.copy()
    single = shapely.get_num_geometries(live) == 1
    plain[single] = shapely.get_geometry(live[single], 0)
    return plain


def _report_left_out(staging: Staging, codes: list[str]) -> None:
    """Report grids in force of the communities that are delivered again."""
    of_community: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        of_community[code[:12]].append(code)
    for community, missing in of_community.items():
        shown = ", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
        staging.add(
            "G34",
            Severity.INFO,
            t(
                "{n} grids of community {community} are in force and not in the delivery: {codes}",
                n=len(missing),
                community=community,
                codes=shown,
            ),
            id=community,
            field="code",
            value=str(len(missing)),
            hint=t("They stay in force; end those that are gone with wangge grids retire"),
        )
