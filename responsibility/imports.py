"""Turn delivered layers into areas (责任区、标段) and boundary agreements (边界协议)."""

from __future__ import annotations

import numpy as np
import shapely

from components.catalogue import Catalogue
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.staging import Staging, stage
from gis.text import t
from grids.numbering import check_codes_present, normalise_codes
from grids.pieces import check_duplicates, check_pieces, join_pieces
from grids.shapes import as_number, check_geometries
from grids.topology import Surfaces, area_text, find_overlaps
from responsibility.import_fields import AREA_FIELDS, BOUNDARY_FIELDS
from responsibility.settling import (
    NO_CLASSES,
    flag_wording,
    settle_class_lists,
    settle_dates,
    settle_units,
    settle_words,
)

_SIDES = {
    **dict.fromkeys(("a", "甲", "甲方"), "a"),
    **dict.fromkeys(("b", "乙", "乙方"), "b"),
    **dict.fromkeys(("left", "左", "左侧"), "left"),
    **dict.fromkeys(("right", "右", "右侧"), "right"),
}
_LINES = (1, 5)


def prepare_areas(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare areas of a line of business: contracts, police districts, handover states, wards.

    Any polygon layer with a line (``--set line=``) and a code will do. Checks F11, G08, G13, G17, R05,
    R06, R08, R09 and R11; geometry is kept as delivered.
    """
    staging = stage(layers, AREA_FIELDS, context, dataset="areas", key="code")
    normalise_codes(staging)
    check_codes_present(staging)
    check_geometries(staging)
    surfaces = Surfaces(staging.geometries)
    _check_validity(staging)
    check_pieces(staging, surfaces, ("line", "code"))
    settle_units(staging, context, (("unit_code", "unit_name"),))
    classes = settle_class_lists(staging, Catalogue.of(context.registry))
    settle_words(staging)
    settle_dates(staging)
    _check_overlaps(staging, surfaces, classes)
    return staging.prepared(join_pieces(staging, ("line", "code"), DATASETS["areas"].columns))


def prepare_boundaries(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare agreements on the line between two units.

    Checks F11, G08, G13, R05, R06 and R11.
    """
    staging = stage(layers, BOUNDARY_FIELDS, context, dataset="boundaries", key="code")
    normalise_codes(staging)
    check_codes_present(staging)
    check_geometries(staging, kinds=_LINES, expected=t("line or multiline"))
    check_duplicates(staging, ("code",))
    settle_units(staging, context, (("unit_a_code", None), ("unit_b_code", None)))
    settle_class_lists(staging, Catalogue.of(context.registry))
    _settle_sides(staging)
    _settle_widths(staging)
    return staging.prepared(staging.accepted())


def _check_validity(staging: Staging) -> None:
    """Report invalid polygons (R08); they are kept as delivered."""
    invalid = ~shapely.is_missing(staging.geometries) & ~shapely.is_valid(staging.geometries)
    for at in np.flatnonzero(invalid):
        staging.flag(
            at,
            "R08",
            Severity.WARNING,
            t("The polygon of {name} crosses or touches itself", name=staging.name_of(at)),
            field="geometry",
            value=str(shapely.is_valid_reason(staging.geometries[at])),
            hint=t("Redraw it: what lies inside is not certain"),
        )


def _settle_sides(staging: Staging) -> None:
    """Bring the side that takes the line to a, b, left or right; refuse other words (R11)."""
    sides = staging.values("taken_by").copy()
    for at, word in enumerate(sides):
        sides[at] = _SIDES.get(word.casefold()) if word is not None else None
        if sides[at] is None:
            message = t("Who takes the line is not understood: {word}", word=word or "–")
            flag_wording(staging, at, "R11", message, "taken_by", "甲方、乙方、左侧、右侧", Severity.ERROR)
    staging.set("taken_by", sides)


def _settle_widths(staging: Staging) -> None:
    """Read the half width in metres; refuse agreements without one (R11)."""
    widths: list[float | None] = []
    for at, text in enumerate(staging.values("width_m")):
        value = as_number(text)
        widths.append(value)
        if value is None or value <= 0:
            message = t("The half width of {name} is not a positive number", name=staging.name_of(at))
            flag_wording(
                staging, at, "R11", message, "width_m", t("metres to either side of the line"), Severity.ERROR
            )
    staging.set("width_m", widths)


def _check_overlaps(staging: Staging, surfaces: Surfaces, classes: list[set[str] | None]) -> None:
    """Report areas of one line and common classes that cover the same ground at the same time (R09)."""
    lines, codes, scope = staging.values("line"), staging.values("code"), staging.values("in_scope")
    for defect in find_overlaps(surfaces):
        left, right = defect.left, defect.right
        same = lines[left] == lines[right] and codes[left] != codes[right] and scope[left] == scope[right]
        if (
            not defect.negligible
            and same
            and _share_classes(classes[left], classes[right])
            and _overlap_in_time(staging, left, right)
        ):
            staging.flag(
                right,
                "R09",
                Severity.WARNING,
                t(
                    "{name} overlaps {other} of the same line by {area} m²",
                    name=staging.name_of(right),
                    other=staging.name_of(left),
                    area=area_text(defect.area_m2),
                ),
                field="geometry",
                hint=t("The smaller of the two is taken there"),
                geometry=defect.geometry,
            )


def _share_classes(left: set[str] | None, right: set[str] | None) -> bool:
    """Tell whether two lists of classes have one in common; a major class holds all its classes."""
    if left == {NO_CLASSES} or right == {NO_CLASSES}:
        return left == right
    if left is None or right is None:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in left for b in right)


def _overlap_in_time(staging: Staging, left: int, right: int) -> bool:
    starts, ends = staging.values("valid_from_date"), staging.values("valid_to_date")
    return all((starts[a] or "") <= (ends[b] or "99999999") for a, b in ((left, right), (right, left)))
