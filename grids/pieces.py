"""One code on several rows: the pieces of one thing, or the same code given twice.

In other people's layers a grid or community that a river or road divides is often drawn as several
rows with one code. Such pieces become parts of one feature, and each is reported (G17). The same
polygon twice, pieces that cover the same ground, or rows with different names are no pieces (G08).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import geopandas
import numpy as np
import pandas
import shapely
from numpy.typing import NDArray

from gis.findings import Severity
from gis.staging import Staging
from gis.text import t
from grids.numbering import positions_by
from grids.topology import TOLERANCE_M2, Surfaces


def keys_of(staging: Staging, names: Sequence[str]) -> list[object]:
    """Return the key of each row: a tuple that contains None where a part is missing."""
    return list(zip(*(staging.values(name) for name in names), strict=True))


def check_duplicates(staging: Staging, names: Sequence[str]) -> None:
    """Refuse codes given twice where a code is one row (G08).

    Of rows with one code and the same polygon the first is kept; where the polygons differ, all are
    refused, because nothing says which is meant. The finding is at the later rows.

    Parameters
    ----------
    staging : Staging
        Rows, some perhaps refused already.
    names : sequence of str
        Fields that make up the key; the last is the code.
    """
    for positions in positions_by(keys_of(staging, names)).values():
        for at, first in _repeated(staging, positions).items():
            _flag_duplicate(staging, at, first, names[-1], same=True)
        _refuse_ambiguous(staging, [at for at in positions if not staging.refused[at]], names[-1])


def check_pieces(staging: Staging, surfaces: Surfaces, names: Sequence[str]) -> None:
    """Tell pieces of one thing (G17) from codes given twice (G08).

    Parameters
    ----------
    staging : Staging
        Rows with areas.
    surfaces : Surfaces
        The same areas in metres.
    names : sequence of str
        Fields that make up the key; the last is the code.
    """
    for positions in positions_by(keys_of(staging, names)).values():
        for at, first in _repeated(staging, positions).items():
            _flag_duplicate(staging, at, first, names[-1], same=True)
        pieces = [at for at in positions if not staging.refused[at]]
        if len(pieces) < 2:
            continue
        if _are_pieces(staging, surfaces, pieces):
            _flag_pieces(staging, pieces, names[-1])
        else:
            _refuse_ambiguous(staging, pieces, names[-1])


def _refuse_ambiguous(staging: Staging, positions: Sequence[int], name: str) -> None:
    """Refuse all rows of a code, with a finding at each but the first."""
    for at in positions[1:]:
        _flag_duplicate(staging, at, positions[0], name, same=False)
        staging.refused[positions[0]] = True


def _repeated(staging: Staging, positions: Sequence[int]) -> dict[int, int]:
    """Return the rows whose polygon an earlier row of the same code has already, with that row."""
    found: dict[int, int] = {}
    for earlier, later in combinations(positions, 2):
        usable = later not in found and not staging.refused[later] and not staging.refused[earlier]
        if usable and shapely.equals(staging.geometries[earlier], staging.geometries[later]):
            found[later] = earlier
    return found


def _are_pieces(staging: Staging, surfaces: Surfaces, pieces: Sequence[int]) -> bool:
    """Tell whether rows carry one name and cover different ground."""
    names = {name for name in staging.values("name")[list(pieces)] if name is not None}
    if len(names) > 1:
        return False
    pairs = np.array(list(combinations(pieces, 2)))
    shared = shapely.intersection(surfaces.array[pairs[:, 0]], surfaces.array[pairs[:, 1]])
    return bool((shapely.area(shared) <= TOLERANCE_M2).all())


def _flag_duplicate(staging: Staging, at: int, first: int, name: str, *, same: bool) -> None:
    code, where = staging.values(name)[at], staging.where(first)
    staging.flag(
        at,
        "G08",
        Severity.ERROR,
        t("Code {code} has the same polygon in {where} already", code=code, where=where)
        if same
        else t("Code {code} is also that of {where}, which is another place or name", code=code, where=where),
        field=name,
        hint=t("Delete the repeated row") if same else t("Give one of the two a code of its own"),
    )


def _flag_pieces(staging: Staging, pieces: Sequence[int], name: str) -> None:
    for at in pieces[1:]:
        staging.flag(
            at,
            "G17",
            Severity.WARNING,
            t(
                "Code {code} is in {n} pieces: this one becomes a part of the feature of {where}",
                code=staging.values(name)[at],
                n=len(pieces),
                where=staging.where(pieces[0]),
            ),
            field=name,
        )


def check_single_part(staging: Staging) -> None:
    """Report unit grids that consist of several polygons (G17)."""
    for at in np.flatnonzero(shapely.get_num_geometries(staging.geometries) > 1):
        staging.flag(
            at,
            "G17",
            Severity.WARNING,
            t("{name} consists of several polygons", name=staging.name_of(at)),
            field="geometry",
            value=str(shapely.get_num_geometries(staging.geometries[at])),
            expected=t("one polygon"),
        )


def join_pieces(staging: Staging, names: Sequence[str], columns: Iterable[str]) -> geopandas.GeoDataFrame:
    """Make one feature of the accepted rows of each key.

    Parameters
    ----------
    staging : Staging
        Checked rows with areas.
    names : sequence of str
        Fields that make up the key.
    columns : iterable of str
        Columns of the result; of several rows the first with a value gives it.

    Returns
    -------
    GeoDataFrame
        EPSG:4490, geometry MultiPolygon as delivered; pieces that share an edge are joined along
        it, because parts of a valid multipolygon do not.
    """
    keys = keys_of(staging, names)
    groups = positions_by(
        None if refused else key for key, refused in zip(keys, staging.refused, strict=True)
    )
    columns = list(columns)
    first = np.array([positions[0] for positions in groups.values()], dtype=int)
    rows = pandas.DataFrame({name: staging.values(name)[first] for name in columns}, dtype=object)
    for at, positions in enumerate(groups.values()):
        for name in columns if len(positions) > 1 else []:
            rows.at[at, name] = next((v for v in staging.values(name)[positions] if v is not None), None)
    geometry = _multipolygons(staging.geometries[first])
    for at, positions in enumerate(groups.values()):
        if len(positions) > 1:
            geometry[at] = multipolygon(staging.geometries[positions])
    return geopandas.GeoDataFrame(rows, geometry=geometry, crs="EPSG:4490")


def _multipolygons(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Make each geometry a multipolygon, two-dimensional and otherwise unchanged."""
    parts, owner = shapely.get_parts(shapely.force_2d(geometries), return_index=True)
    made = np.full(len(geometries), shapely.MultiPolygon(), dtype=object)
    filled = np.unique(owner)
    made[filled] = shapely.multipolygons(parts, indices=np.searchsorted(filled, owner))
    return made


def multipolygon(pieces: NDArray[np.object_]) -> shapely.MultiPolygon:
    """Put polygons and multipolygons into one multipolygon, two-dimensional and otherwise unchanged.

    Only where valid pieces touch along an edge are they joined there.
    """
    flat = shapely.force_2d(pieces)
    whole = shapely.MultiPolygon(list(shapely.get_parts(flat)))
    if len(pieces) > 1 and shapely.is_valid(flat).all() and not whole.is_valid:
        return shapely.MultiPolygon(list(shapely.get_parts(shapely.union_all(flat))))
    return whole
