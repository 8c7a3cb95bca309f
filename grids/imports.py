"""Turn delivered layers into rows of the unit grids and governance grids.

Unit grids (单元网格) follow the national rules, so their faults refuse rows. Governance grids
(综治网格, 基层治理网格) belong to another system with codes of its own: its faults are reported, the
geometry is kept as delivered, and only what cannot be kept (no code, one code for two things) is refused.
"""

from __future__ import annotations

import geopandas
import numpy as np

from gis.crs import geodesic_area
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.staging import Staging, stage
from gis.text import t
from grids.codes import Level
from grids.coding.valid_codes import check_valid_codes
from grids.contents.checks import check_contents
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
from grids.groups.following import with_groups
from grids.numbering import (
    check_codes_present,
    check_grid_codes,
    check_other_code_columns,
    check_sequences,
    normalise_codes,
)
from grids.past.ended_grids import check_returning, set_aside_ended, with_ended
from grids.past.hints import check_retired_divisions, explain_past_codes
from grids.pieces import check_duplicates, check_single_part, join_pieces
from grids.redelivery import check_redelivery
from grids.reference import (
    divisions_of,
    live_codes,
    nothing,
    read_areas,
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

    Checks G01 to G14, G16, G17, G20 to G22 and G30 to G34; against the communities and the other unit grids
    of the registry where it has them. Rows of ended grids take no part: their codes are recorded, and groups
    have what follows them.
    """
    staging = stage(layers, GRID_FIELDS, context, dataset="grids", key="code")
    normalise_codes(staging)
    check_codes_present(staging)
    check_grid_codes(staging)
    ended = set_aside_ended(staging)
    ending = {code for code in ended.values("code") if code is not None}
    area = _check_areas(staging, context, ending) if len(staging) else np.zeros(0)
    check_retired_divisions(staging, context.registry)
    check_valid_codes(staging, context.registry)
    explain_past_codes(staging, context.registry)
    prepared = staging.prepared(_unit_grids(staging, area))
    return with_groups(with_ended(prepared, staging, ended, context.registry), context.registry)


def _check_areas(staging: Staging, context: ImportContext, ending: set[str]) -> np.ndarray:
    """Check the polygons of grids that go on, and return their areas in m²."""
    check_geometries(staging)
    surfaces = Surfaces(staging.geometries)
    area = np.asarray(geodesic_area(staging.geometries))
    check_validity(staging, surfaces, Severity.ERROR)
    check_single_part(staging)
    check_sizes(staging, surfaces, skip=check_slivers(staging, surfaces, SLIVER_UNIT_GRID_M2))
    check_stated_areas(staging, area)
    check_duplicates(staging, ("code",))
    check_returning(staging, context.registry)
    check_overlaps(staging, surfaces, Severity.ERROR)
    _check_against_registry(staging, surfaces, context, ending)
    check_redelivery(staging, context.registry, ending)
    check_sequences(staging, used_sequences(context.registry, ending))
    check_contents(staging, context, ending)
    return area


def _check_against_registry(
    staging: Staging, surfaces: Surfaces, context: ImportContext, ending: set[str]
) -> None:
    """Compare with the communities above and the grids beside the delivery that go on."""
    own = {code for code in staging.values("code") if code is not None} | ending
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
