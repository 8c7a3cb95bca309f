"""What people call the columns of layers, where change reports have no name for them."""

from __future__ import annotations

from gis.change_words import COLUMN_NAMES
from gis.text import Text, t

_FURTHER: dict[str, Text] = {
    "accuracy_m": t("accuracy, m"),
    "acting_code": t("code of the acting unit"),
    "acting_name": t("acting unit"),
    "address": t("address"),
    "agreement": t("agreement"),
    "aliases": t("other names"),
    "answer": t("answer"),
    "answer_date": t("date of the answer"),
    "asked_date": t("date of the question"),
    "builder_code": t("code of the builder"),
    "builder_name": t("builder"),
    "classes": t("classes"),
    "code": t("code"),
    "community_name": t("name of the community"),
    "component_id": t("identifier of the component"),
    "contract": t("contract"),
    "crs": t("coordinate system"),
    "documents": t("documents"),
    "evidence": t("evidence"),
    "evidence_date": t("date of the evidence"),
    "former_names": t("former names"),
    "from_name": t("starts at"),
    "handover": t("handover"),
    "handover_date": t("date of handover"),
    "in_scope": t("within scope"),
    "kind": t("kind"),
    "level": t("level"),
    "line": t("line of business"),
    "number": t("number of the door plate"),
    "outcome": t("outcome"),
    "ownership": t("ownership"),
    "parent_code": t("code of the division above"),
    "place_code": t("code of the place"),
    "radius_m": t("radius, m"),
    "reason": t("reason"),
    "reported_at": t("time of the report"),
    "rule_no": t("number of the rule"),
    "scale": t("scale"),
    "settled_date": t("date of settlement"),
    "statistics_code": t("code of statistics"),
    "street_name": t("name of the street"),
    "taken_by": t("taken by"),
    "to_name": t("ends at"),
    "type": t("type"),
    "unit_a_code": t("code of the first unit"),
    "unit_b_code": t("code of the second unit"),
    "unit_code": t("code of the unit"),
    "unit_name": t("unit"),
    "valid_from": t("in the registry since"),
    "valid_from_date": t("valid from"),
    "valid_to_date": t("valid to"),
    "warranty_to": t("warranty until"),
    "width_m": t("width, m"),
}


def column_title(name: str) -> Text:
    """Return what people call a column; a column nobody has a name for is called as it is."""
    return _FURTHER.get(name) or COLUMN_NAMES.get(name) or Text(name)
