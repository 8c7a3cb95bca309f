"""Which datasets are edited one feature at a time, and by which rules.

An edited feature goes the way of a delivery with one row: the same preparation fills in, normalises and
refuses. Grids and divisions have a life cycle instead, in which one change entails others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.fields import COMPONENT_FIELDS
from components.imports import prepare_components
from geocoding.import_fields import ADDRESS_FIELDS, PLACE_FIELDS, STREET_FIELDS
from geocoding.imports import prepare_addresses, prepare_places, prepare_streets
from gis.importing import Prepare
from gis.mapping import Field
from gis.models import DATASETS
from gis.text import Text, t
from layers.layer import Layer
from responsibility.import_fields import AREA_FIELDS, BOUNDARY_FIELDS
from responsibility.imports import prepare_areas, prepare_boundaries

STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class EditKind:
    """How the features of one dataset are edited.

    Attributes
    ----------
    prepare : callable
        Turns one row into a row of the dataset, with findings.
    fields : frozenset of str
        Columns that are taken from the row; all others are worked out.
    issued : bool
        Whether a feature without an identifier is given one.
    placed : tuple of str
        Fields that follow from the place: found anew when that changes.
    """

    prepare: Prepare
    fields: frozenset[str]
    issued: bool = False
    placed: tuple[str, ...] = ()


def edit_kind(layer: Layer) -> EditKind | None:
    """Return how a layer's features are edited, ``None`` where they are not."""
    return _KINDS.get(layer.dataset)


def editable_properties(layer: Layer) -> tuple[str, ...]:
    """Return the published properties of a layer that an edit may set; empty where it cannot be edited."""
    kind = edit_kind(layer)
    if kind is None:
        return ()
    return tuple(name for name in layer.properties if name in kind.fields or _is_declared(layer, name))


def instead_of_editing(layer: Layer) -> Text:
    """Say how a dataset that is not edited feature by feature is changed."""
    if layer.dataset in _LIFE_CYCLE:
        return t("Unit grids have a life cycle: wangge grids split|merge|move|retire")
    return t("Changed by wangge import {kind}", kind=layer.dataset)


def _is_declared(layer: Layer, name: str) -> bool:
    return layer.dataset == "components" and name == STANDARD


def _names(fields: Sequence[Field], *without: str) -> frozenset[str]:
    return frozenset(field.name for field in fields) - set(without)


def _stored(dataset: str, fields: Sequence[Field]) -> frozenset[str]:
    """Return the fields that are columns, not parts that a delivery puts others together from."""
    return _names(fields) & frozenset(DATASETS[dataset].columns)


_LIFE_CYCLE = frozenset({"grids"})

_KINDS: dict[str, EditKind] = {
    "components": EditKind(
        prepare_components,
        _names(COMPONENT_FIELDS, "contractor", "photos", "manhole_number"),
        issued=True,
        placed=("unit_grid", "street", "community"),
    ),
    "places": EditKind(prepare_places, _stored("places", PLACE_FIELDS), issued=True),
    "addresses": EditKind(prepare_addresses, _stored("addresses", ADDRESS_FIELDS), issued=True),
    "streets": EditKind(prepare_streets, _stored("streets", STREET_FIELDS), issued=True),
    "areas": EditKind(prepare_areas, _names(AREA_FIELDS)),
    "boundaries": EditKind(prepare_boundaries, _names(BOUNDARY_FIELDS)),
}
