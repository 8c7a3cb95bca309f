"""Turn delivered layers into streets (街巷), door plates (门牌) and places (地片、兴趣点、标志物)."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas
import numpy as np
import shapely

from geocoding.import_fields import ADDRESS_FIELDS, PLACE_FIELDS, STREET_FIELDS
from geocoding.place_codes import issue_codes
from gis.columns import to_json
from gis.coverage import Coverage
from gis.enumerations import split_list
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.read import read_frame
from gis.staging import Staging, stage
from gis.text import t
from grids.codes import Level
from grids.numbering import normalise_codes, positions_by
from grids.shapes import check_geometries

_POINTS, _LINES, _ANY = (0, 4), (1, 5), (0, 1, 3, 4, 5, 6)


def prepare_streets(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare streets. Rows of one code and name become one street; checks F11 and P01 to P04."""
    staging = stage(layers, STREET_FIELDS, context, dataset="streets", key="code")
    _check_rows(staging, ("name",))
    check_geometries(staging, kinds=_LINES, expected=t("line or multiline"))
    issue_codes(staging, context.registry, layer=3, identity=("name",), several=True)
    _check_segments(staging)
    _check_divisions(staging, context)
    _lists(staging, "aliases")
    return staging.prepared(_joined_streets(staging))


def prepare_addresses(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare door plates: a full address, or a street and a number. Checks F11 and P01 to P04."""
    staging = stage(layers, ADDRESS_FIELDS, context, dataset="addresses", key="code")
    staging.set("address", _full_addresses(staging))
    _check_rows(staging, ("address",))
    check_geometries(staging, kinds=_POINTS, expected=t("point"))
    _refuse_several(staging)
    issue_codes(staging, context.registry, layer=4, identity=("address",))
    _check_codes(staging)
    _check_plates(staging)
    _check_divisions(staging, context)
    return staging.prepared(staging.accepted())


def prepare_places(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare places: quarters, points of interest, landmarks. Checks F11 and P01 to P04."""
    staging = stage(layers, PLACE_FIELDS, context, dataset="places", key="code")
    _check_rows(staging, ("name",))
    check_geometries(staging, kinds=_ANY, expected=t("point, line or polygon"))
    issue_codes(staging, context.registry, layer=5, identity=("name", "type", "address"))
    _check_codes(staging)
    _check_divisions(staging, context)
    _lists(staging, "aliases")
    return staging.prepared(staging.accepted())


def _check_rows(staging: Staging, names: Sequence[str]) -> None:
    """Refuse rows without a name or address (P02)."""
    normalise_codes(staging)
    for name in names:
        for at, value in enumerate(staging.values(name)):
            if value is None:
                message = t("Row {row} has no name", row=staging.row_number(at))
                staging.flag(at, "P02", Severity.ERROR, message, field=name, expected=t("mandatory"))


def _full_addresses(staging: Staging) -> list[str | None]:
    """Return the stated address, else street and number together."""
    columns = (staging.values(name) for name in ("address", "street_name", "number"))
    return [
        address or (f"{street}{number}" if street and number else None)
        for address, street, number in zip(*columns, strict=True)
    ]


def _refuse_several(staging: Staging) -> None:
    """Refuse plates that are several points (F11)."""
    for at in np.flatnonzero(shapely.get_num_geometries(staging.geometries) > 1):
        message = t("{name} stands at several points", name=staging.name_of(at))
        staging.flag(at, "F11", Severity.ERROR, message, field="geometry", expected=t("one point"))


def _check_codes(staging: Staging) -> None:
    """Refuse codes given twice (P01); the finding is at the later rows."""
    names = staging.values("address" if staging.has("number") else "name")
    for positions in positions_by(staging.values("code")).values():
        for at in positions[1:]:
            _flag_code(staging, at, positions[0])
            same_place = shapely.equals(staging.geometries[at], staging.geometries[positions[0]])
            if names[at] != names[positions[0]] or not same_place:
                staging.refused[positions[0]] = True


def _flag_code(staging: Staging, at: int, first: int) -> None:
    message = t(
        "Code {code} is there in {where} already", code=staging.name_of(at), where=staging.where(first)
    )
    staging.flag(at, "P01", Severity.ERROR, message, field="code", hint=t("Give one of the two another code"))


def _check_plates(staging: Staging) -> None:
    """Report one plate at two places (P01): the same address under two codes."""
    codes = staging.values("code")
    for positions in positions_by(staging.values("address")).values():
        for at in positions[1:]:
            if codes[at] != codes[positions[0]] and not staging.refused[at]:
                address, where = staging.values("address")[at], staging.where(positions[0])
                message = t("{address} is the address of {where} too", address=address, where=where)
                staging.flag(at, "P01", Severity.WARNING, message, field="address")


def _check_segments(staging: Staging) -> None:
    """Report rows that become segments of one street (G17), refuse one code for two streets (P01)."""
    names = staging.values("name")
    for positions in positions_by(staging.values("code")).values():
        for at in positions[1:]:
            if names[at] != names[positions[0]]:
                _flag_code(staging, at, positions[0])
                staging.refused[positions] = True
            else:
                code, where = staging.name_of(at), staging.where(positions[0])
                message = t("{code} becomes a segment of the street of {where}", code=code, where=where)
                staging.flag(at, "G17", Severity.INFO, message, field="code")


def _joined_streets(staging: Staging) -> geopandas.GeoDataFrame:
    """Make one street of the accepted rows of each code."""
    frame = staging.accepted()
    groups = positions_by(frame["code"])
    lines = np.array(list(frame.geometry), dtype=object)
    streets = frame.iloc[[positions[0] for positions in groups.values()]].reset_index(drop=True)
    parts = [shapely.MultiLineString(list(shapely.get_parts(lines[p]))) for p in groups.values()]
    return geopandas.GeoDataFrame(streets, geometry=parts, crs="EPSG:4490")


def _check_divisions(staging: Staging, context: ImportContext) -> None:
    """Report what lies outside every division of the finest level the registry has (P03)."""
    table = DATASETS["divisions"].live
    for level in reversed(Level):
        where = table.c.level == str(level)
        frame = read_frame(context.registry, "divisions", where=where, columns=["code", "geometry"])
        if len(frame):
            break
    else:
        staging.notes.append(t("The registry has no divisions: positions are not compared with them"))
        return
    coverage = Coverage.build(np.array(list(frame.geometry), dtype=object), frame["code"].tolist())
    present = np.flatnonzero(~shapely.is_missing(staging.geometries) & ~shapely.is_empty(staging.geometries))
    points = shapely.point_on_surface(staging.geometries[present])
    outside = present[coverage.locate(shapely.get_x(points), shapely.get_y(points)) < 0]
    for at in outside[~staging.refused[outside]]:
        message = t("{name} lies outside every division", name=staging.name_of(at))
        staging.flag(at, "P03", Severity.WARNING, message, field="geometry")


def _lists(staging: Staging, name: str) -> None:
    staging.set(name, [to_json(split_list(text)) if text else None for text in staging.values(name)])
