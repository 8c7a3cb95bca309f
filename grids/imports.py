"""Turn delivered layers into rows of the unit grids and governance grids.

Unit grids (单元网格) follow the national rules, so their faults refuse rows. Governance grids
(综治网格, 基层治理网格) belong to another system with codes of its own: its faults are reported, the
geometry is kept as delivered, and only what cannot be kept (no code, one code for two things) is refused.
"""

from __future__ import annotations

import geopandas
import numpy as np
import shapely

from gis.crs import geodesic_area
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.staging import Staging, stage
from gis.text import t
from grids.codes import Level
from grids.fields import GOVERNANCE_FIELDS, GRID_FIELDS
from grids.fitting import (
    check_containment,
    check_edges,
    check_gaps,
    check_overlaps,
    check_overlaps_with,
    check_prefixes,
    check_stated_names,
)
from grids.foreign_areas import check_foreign_areas, rows_by_line
from grids.numbering import (
    check_codes_present,
    check_grid_codes,
    check_other_code_columns,
    check_sequences,
    normalise_codes,
)
from grids.pieces import check_duplicates, check_single_part, join_pieces
from grids.redelivery import check_redelivery
from grids.reference import (
    divisions_of,
    live_codes,
    nothing,
    read_areas,
    retired_codes,
    selected,
    used_sequences,
)
from grids.shapes import (
    as_number,
    check_geometries,
    check_sizes,
    check_slivers,
    check_stated_areas,
    check_validity,
)
from grids.topology import Surfaces
from grids.vacancies import check_vacancies

GOVERNANCE_LINE = "综治"
"""Line of business of governance grids that name none."""

SLIVER_UNIT_GRID_M2 = 100.0


def prepare_grids(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare unit grids (单元网格).

    Checks G01 to G09, G11, G13, G14, G16, G17, G20 to G22, G33 and G34; against the communities and the
    other unit grids of the registry where it has them.
    """
    staging = stage(layers, GRID_FIELDS, context, dataset="grids", key="code")
    normalise_codes(staging)
    check_codes_present(staging)
    check_grid_codes(staging)
    check_geometries(staging)
    surfaces = Surfaces(staging.geometries)
    area = np.asarray(geodesic_area(staging.geometries))
    check_validity(staging, surfaces, Severity.ERROR)
    check_single_part(staging)
    check_sizes(staging, surfaces, skip=check_slivers(staging, surfaces, SLIVER_UNIT_GRID_M2))
    check_stated_areas(staging, area)
    check_duplicates(staging, ("code",))
    _check_retired(staging, context)
    check_overlaps(staging, surfaces, Severity.ERROR)
    _check_against_registry(staging, surfaces, context)
    check_redelivery(staging, context.registry)
    check_sequences(staging, used_sequences(context.registry))
    return staging.prepared(_unit_grids(staging, area))


def _check_retired(staging: Staging, context: ImportContext) -> None:
    """Refuse codes of grids that were retired, unless the same grid comes back (G08)."""
    codes = staging.values("code")
    retired = retired_codes(context.registry, "grids", {code for code in codes if code is not None})
    for at, code in enumerate(codes):
        if code in retired:
            same = bool(shapely.equals(staging.geometries[at], retired[code]))
            staging.flag(
                at,
                "G08",
                Severity.WARNING if same else Severity.ERROR,
                t("Code {code} comes back, unchanged, after it was retired", code=code)
                if same
                else t(
                    "Code {code} belonged to a grid that was retired; codes are never used again", code=code
                ),
                field="code",
                hint=t("Give the new grid the next free number of its community"),
            )


def _check_against_registry(staging: Staging, surfaces: Surfaces, context: ImportContext) -> None:
    """Compare with the communities above and the grids beside the delivery."""
    own = {code for code in staging.values("code") if code is not None}
    beside = read_areas(context.registry, "grids", surfaces, staging.geometries, without=own)
    check_overlaps_with(staging, surfaces, beside, Severity.ERROR)
    check_edges(staging, surfaces, beside)
    communities = divisions_of(context.registry, Level.COMMUNITY, surfaces, staging.geometries)
    if not len(communities):
        staging.notes.append(t("The registry has no communities here: grids are not compared with them"))
        return check_gaps(staging, surfaces, communities, beside)
    parent_of = check_containment(staging, surfaces, communities)
    check_prefixes(staging, parent_of, communities)
    filled = selected(communities, parent_of.tolist())
    present = {code[:12] for code in live_codes(context.registry, "grids") - own}
    check_vacancies(staging, context.registry, filled.codes.tolist(), present)
    return check_gaps(staging, surfaces, filled, beside)


def _unit_grids(staging: Staging, area_m2: np.ndarray) -> geopandas.GeoDataFrame:
    """Make the rows of the dataset: code parts derived, a missing area measured, state 有效."""
    codes = staging.values("code")
    for name, digits in (("county", 6), ("street", 9), ("community", 12)):
        staging.set(name, [None if code is None else code[:digits] for code in codes])
    stated = [as_number(text) for text in staging.values("area_m2")]
    measured = [round(float(area), 2) for area in area_m2]
    staging.set("area_m2", [m if s is None else s for s, m in zip(stated, measured, strict=True)])
    staging.fill("state", "有效")
    return join_pieces(staging, ("code",), DATASETS["grids"].columns)


def prepare_governance_grids(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare governance grids (综治网格), another system with codes of its own.

    Checks G01 to G05, G07, G08, G13, G16 to G20 and G22. Geometry faults are warnings, the polygons are kept
    as delivered; rows of one code in several pieces become one feature.
    """
    staging = stage(layers, GOVERNANCE_FIELDS, context, dataset="governance-grids", key="code")
    staging.fill("line", GOVERNANCE_LINE)
    surfaces = check_foreign_areas(staging, ("line", "code"))
    check_other_code_columns(staging)
    none = nothing(surfaces.metres)
    for rows in rows_by_line(staging):
        check_overlaps(staging, surfaces.only(rows), Severity.WARNING)
        check_edges(staging, surfaces.only(rows), none)
        check_gaps(staging, surfaces.only(rows), none, none)
    communities = divisions_of(context.registry, Level.COMMUNITY, surfaces, staging.geometries)
    if len(communities):
        parent_of = check_containment(staging, surfaces, communities)
        check_prefixes(staging, parent_of, communities)
        check_stated_names(staging, parent_of, communities, "community_name")
    else:
        staging.notes.append(t("The registry has no communities here: grids are not compared with them"))
    columns = DATASETS["governance-grids"].columns
    return staging.prepared(join_pieces(staging, ("line", "code"), columns))
