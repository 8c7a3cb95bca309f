"""Turn delivered layers into streets (街巷), door plates (门牌) and places (地片、兴趣点、标志物).

Rows are held column by column (:mod:`gis.table`), so that a million addresses are checked in little memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas
import numpy as np
import shapely

from geocoding.addresses import full_addresses, settle_parts
from geocoding.checks.division_places import DivisionPlaces
from geocoding.checks.duplicates import (
    check_codes,
    check_known_addresses,
    check_plates,
    tell_codes,
)
from geocoding.checks.known_streets import KnownStreets
from geocoding.checks.limits import load_limits
from geocoding.checks.numbers import numbers_of, repeats
from geocoding.checks.plates import check_distance, check_ranges, check_sides, place_on_streets
from geocoding.checks.shapes import ANY, LINES, POINTS, check_shapes
from geocoding.checks.shared_names import check_shared_names
from geocoding.checks.street_lines import Nearest
from geocoding.checks.streets import check_ends, check_range
from geocoding.checks.texts import check_agreement, check_code_forms, check_names, normalise_codes
from geocoding.checks.types import settle_types
from geocoding.former_names import keep_former_names, settle_names
from geocoding.import_fields import ADDRESS_FIELDS, PLACE_FIELDS, STREET_FIELDS
from geocoding.place_codes import issue_codes
from geocoding.validity import settle_validity
from gis.compact_staging import CompactStaging, Rows, stage_compact
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.mapping import Field
from gis.text import Text, t
from gis.texts import release


def prepare_streets(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare streets. Rows of one code and name become one street.

    Checks F11, P01 to P04, P08, P10, P12, P14, P15 and P17 to P20.
    """
    staging = _staged(layers, STREET_FIELDS, context, "streets", "name")
    check_shapes(staging, LINES, t("line or multiline"), optional=True)
    divisions = DivisionPlaces(context.registry, staging.places.representative())
    issue_codes(staging, context.registry, divisions, layer=3, identity=("name",), several=True)
    _check_segments(staging)
    check_code_forms(staging)
    divisions.check(staging, load_limits())
    check_ends(staging)
    check_range(staging)
    _settle_names(staging, context, "name")
    return staging.prepared(_joined_streets(staging))


def prepare_addresses(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare door plates: a full address, or the parts of one.

    Checks F11, P01 to P10, P12, P13, P16 and P18 to P20.
    """
    staging = stage_compact(layers, ADDRESS_FIELDS, context, dataset="addresses", key="code")
    settle_parts(staging)
    stated = staging.column("address")
    staging.set("address", full_addresses(staging))
    _check_rows(staging, "address")
    check_shapes(staging, POINTS, t("point"))
    points = staging.places.representative()
    divisions = DivisionPlaces(context.registry, points)
    issue_codes(staging, context.registry, divisions, layer=4, identity=("address",))
    check_codes(staging, "address")
    check_code_forms(staging)
    check_agreement(staging, stated)
    release()
    divisions.check(staging, load_limits())
    check_plates(staging, points, _beside_streets(staging, context), load_limits())
    check_known_addresses(staging, context.registry)
    release()
    settle_names(staging, "former_names")
    keep_former_names(staging, context.registry, "address")
    return staging.prepared(staging.accepted())


def prepare_places(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare places: zones, quarters, points of interest, landmarks.

    Checks F11, P01 to P04, P07, P10 to P12 and P17 to P20.
    """
    staging = _staged(layers, PLACE_FIELDS, context, "places", "name")
    check_shapes(staging, ANY, t("point, line or polygon"))
    settle_types(staging)
    divisions = DivisionPlaces(context.registry, staging.places.representative())
    issue_codes(staging, context.registry, divisions, layer=5, identity=("name", "type", "address"))
    check_codes(staging, "name")
    check_code_forms(staging)
    divisions.check(staging, load_limits())
    _settle_names(staging, context, "name")
    return staging.prepared(staging.accepted())


def _staged(
    layers: list[SourceLayer], fields: Sequence[Field], context: ImportContext, dataset: str, name: str
) -> CompactStaging:
    staging = stage_compact(layers, fields, context, dataset=dataset, key="code")
    _check_rows(staging, name)
    return staging


def _check_rows(staging: CompactStaging, name: str) -> None:
    normalise_codes(staging)
    check_names(staging, name)
    settle_validity(staging)


def _settle_names(staging: CompactStaging, context: ImportContext, name: str) -> None:
    settle_names(staging, "aliases", "former_names")
    keep_former_names(staging, context.registry, name)
    check_shared_names(staging, context.registry)


def _beside_streets(staging: CompactStaging, context: ImportContext) -> Nearest:
    """Compare plates with the streets of the registry, and say where they stand beside them."""
    streets = KnownStreets.of(context.registry)
    if streets is None:
        staging.notes.append(t("The registry has no streets: plates are not compared with them"))
        return Nearest.none(len(staging))
    limits = load_limits()
    nearest = place_on_streets(staging, staging.places.representative(), streets)
    check_distance(staging, nearest, streets, limits)
    check_ranges(staging, nearest, streets)
    check_sides(staging, nearest, streets, limits)
    return nearest


def _check_segments(staging: CompactStaging) -> None:
    """Report rows that become segments of one street (G17), refuse one code for two streets (P01)."""
    codes, _ = numbers_of(staging.column("code"))
    names, _ = numbers_of(staging.column("name"))
    later, first = repeats(codes, (codes > 0) & ~staging.refused)
    other = names[later] != names[first]
    tell_codes(staging, later[other], first[other])
    staging.refused[np.isin(codes, codes[later[other]])] = True
    of = dict(zip(later.tolist(), first.tolist(), strict=True))

    def tell(at: int) -> dict[str, Any]:
        code, where = staging.name_of(at), staging.where(of[at])
        message: Text = t("{code} becomes a segment of the street of {where}", code=code, where=where)
        return {"message": message, "field": "code"}

    segments: Rows = later[~other]
    staging.flag_rows(segments[~staging.refused[segments]], "G17", Severity.INFO, tell)


def _joined_streets(staging: CompactStaging) -> geopandas.GeoDataFrame:
    """Make one street of the accepted rows of each code."""
    frame = staging.accepted().frame(None)
    lines = np.array(list(frame.geometry), dtype=object)
    groups = list(frame.groupby("code", sort=False).indices.values())
    streets = frame.iloc[sorted(int(positions[0]) for positions in groups)].reset_index(drop=True)
    parts = {
        frame["code"].iloc[p[0]]: shapely.get_parts(lines[p][~shapely.is_missing(lines[p])]) for p in groups
    }
    joined = [
        shapely.MultiLineString(list(parts[code])) if len(parts[code]) else None for code in streets["code"]
    ]
    return geopandas.GeoDataFrame(streets, geometry=joined, crs="EPSG:4490")
