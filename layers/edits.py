"""Create, replace, update and delete single features: one edition each, all of it or nothing.

What an edit was worked out from is checked again by the only writer: when another edition came in between,
the feature is looked at anew, so that nobody overwrites what he has not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas
import orjson
from sqlalchemy import ColumnElement, Connection, and_, select
from sqlalchemy.engine import Row as DatabaseRow

from gis.editions import Change, basis, commit_changes
from gis.errors import DataRefused, NotAllowed, RegistryUnavailable, UsageError
from gis.findings import Finding
from gis.importing import Prepared
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from layers.edits_body import FeatureBody
from layers.edits_errors import EditConflict
from layers.edits_kinds import EditKind, edit_kind, instead_of_editing
from layers.edits_rows import Row, prepared_row, row_of
from layers.features import KEY_SEPARATOR
from layers.items import item_as_json, item_statements, no_such_item
from layers.layer import Layer
from layers.query import ItemsQuery
from layers.reference_systems import ReferenceSystem
from layers.select import Statement, layer_clauses

#: How often an edit is worked out when others write at the same time.
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Current:
    """A feature as it is before an edit.

    Attributes
    ----------
    row : dict
        All columns of its dataset and ``geometry`` (EPSG:4490).
    based_on : mapping
        The latest edition of each dataset when it was read.
    """

    layer: Layer
    row: Row
    based_on: Mapping[str, int]
    kind: str
    _statement: Statement
    _read: DatabaseRow[Any]

    def as_json(self, system: ReferenceSystem) -> bytes:
        """Return the feature as :func:`layers.items.get_item` gives it."""
        return item_as_json(self.layer, ItemsQuery(crs=system), self._statement, self._read, self.kind)


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did.

    Attributes
    ----------
    edition : int
        Number of the edition.
    id : str
        Identifier of the feature.
    findings : list of Finding
        Warnings and notes of the checks.
    """

    edition: int
    id: str
    findings: list[Finding] = field(default_factory=list)


Precondition = Callable[[Current], None]
"""Raises when the feature is not the one somebody meant to edit."""


def create_feature(registry: Registry, layer: Layer, body: FeatureBody, *, source: str) -> Edited:
    """Add a feature as one edition.

    Parameters
    ----------
    registry : Registry
        Where to.
    layer : Layer
        As who edits sees it: the feature has to be part of it.
    body : FeatureBody
        The feature. Without an identifier it is given one, where the dataset has numbers of its own.
    source : str
        Who edits, kept with the edition.

    Returns
    -------
    Edited

    Raises
    ------
    UsageError
        The layer cannot be edited, or a value is not one the feature can have.
    DataRefused
        The checks of an import refuse it, it is there already (:class:`EditConflict`), or it would not be
        part of the layer.
    NotAllowed
        It lies outside the districts of the key.
    RegistryUnavailable
        Others write, or the registry cannot be written to.
    """
    kind = kind_to_edit(layer)

    def attempt() -> Edited:
        based_on = _basis(registry)
        prepared = prepared_row(registry, layer, kind, body)
        key = _key(layer, row_of(prepared.frame))
        _refuse_existing(registry, layer, key)
        _refuse_other_name(body, key)
        return _commit(registry, layer, key, prepared, operation="create", source=source, based_on=based_on)

    return _repeated(registry, attempt)


def change_feature(
    registry: Registry,
    layer: Layer,
    feature_id: str,
    body: FeatureBody,
    *,
    source: str,
    precondition: Precondition,
) -> Edited:
    """Replace a feature, or update it by a patch, as one edition; see :func:`create_feature`.

    Parameters
    ----------
    registry, layer, source
        As there.
    feature_id : str
        Which feature.
    body : FeatureBody
        All of it, where properties left out lose their values; or a patch, where they keep them.
    precondition : callable
        Given the feature as it is.

    Raises
    ------
    NotFound
        The layer has no such feature: identifiers are the registry's.
    """
    kind = kind_to_edit(layer)

    def attempt() -> Edited:
        current = read_current(registry, layer, feature_id)
        precondition(current)
        geometry = current.row["geometry"] if _is_as_shown(current, body) else None
        prepared = prepared_row(registry, layer, kind, body, current.row, geometry)
        key = _key(layer, current.row)
        _refuse_other_key(layer, key, _key(layer, row_of(prepared.frame)), body, feature_id)
        operation = "replace" if body.whole else "update"
        return _commit(
            registry, layer, key, prepared, operation=operation, source=source, based_on=current.based_on
        )

    return _repeated(registry, attempt)


def delete_feature(
    registry: Registry, layer: Layer, feature_id: str, *, source: str, precondition: Precondition
) -> Edited:
    """Retire a feature as one edition: it stays in the history; see :func:`change_feature`."""
    kind_to_edit(layer)

    def attempt() -> Edited:
        current = read_current(registry, layer, feature_id)
        precondition(current)
        key = _key(layer, current.row)
        none = geopandas.GeoDataFrame(
            {name: [] for name in layer.source.columns}, geometry=[], crs="EPSG:4490"
        )
        change = Change(layer.dataset, none, [key])
        edition = commit_changes(
            registry, [change], operation="delete", source=source, based_on=current.based_on
        )
        return Edited(edition.id, KEY_SEPARATOR.join(key))

    return _repeated(registry, attempt)


def kind_to_edit(layer: Layer) -> EditKind:
    """Return how a layer is edited, or refuse to."""
    kind = edit_kind(layer)
    if kind is None or layer.coarsen_m is not None:
        raise UsageError(
            t("{layer} is not edited feature by feature", layer=layer.id),
            field="collectionId",
            value=layer.id,
            hint=instead_of_editing(layer),
        )
    return kind


def read_current(registry: Registry, layer: Layer, feature_id: str) -> Current:
    """Read a feature of a layer as it is now.

    Raises
    ------
    NotFound
        There is none.
    """
    with registry.connect() as connection:
        # Before the feature: what is written from here on refuses the edit
        based_on = basis(connection)
        for statement in item_statements(layer, feature_id):
            found = connection.execute(statement.select, statement.values).first()
            if found is not None:
                break
        else:
            raise no_such_item(layer, feature_id)
    places = {name: statement.cursor + at for at, name in enumerate(statement.names)}
    key = tuple(str(found[places[name]]) for name in layer.source.key)
    frame = read_frame(registry, layer.dataset, where=_has_key(layer, key))
    if not len(frame):
        raise no_such_item(layer, feature_id)
    return Current(layer, row_of(frame), based_on, registry.kind, statement, found)


def _repeated(registry: Registry, attempt: Callable[[], Edited]) -> Edited:
    """Work an edit out again as long as others write in between."""
    for _ in range(ATTEMPTS):
        before = _basis(registry)
        try:
            return attempt()
        except (RegistryUnavailable, EditConflict):
            # A number that was free a moment ago may be another's by now
            if _basis(registry) == before:
                raise
    raise RegistryUnavailable(
        t("Others write to {location} all the time", location=registry.location),
        hint=t("Try again in a moment"),
    )


def _basis(registry: Registry) -> dict[str, int]:
    with registry.connect() as connection:
        return basis(connection)


def _key(layer: Layer, row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in layer.source.key)


def _has_key(layer: Layer, key: tuple[str, ...]) -> ColumnElement[bool]:
    table = layer.source.live
    return and_(*(table.c[name] == value for name, value in zip(layer.source.key, key, strict=True)))


def _refuse_existing(registry: Registry, layer: Layer, key: tuple[str, ...]) -> None:
    if len(read_frame(registry, layer.dataset, where=_has_key(layer, key), columns=layer.source.key)):
        name = KEY_SEPARATOR.join(key)
        raise EditConflict(
            t("{id} is there already", id=name),
            field="id",
            value=name,
            hint=t("Replace or update it, or leave the identifier out"),
        )


def _refuse_other_name(body: FeatureBody, key: tuple[str, ...]) -> None:
    """Refuse an identifier that is not made of the parts of the key."""
    name = KEY_SEPARATOR.join(key)
    if len(key) > 1 and body.id not in (None, name):
        raise UsageError(
            t("{field} cannot be {value}", field="id", value=repr(body.id)),
            field="id",
            value=body.id,
            expected=name,
        )


def _refuse_other_key(
    layer: Layer, key: tuple[str, ...], made: tuple[str, ...], body: FeatureBody, feature_id: str
) -> None:
    """Refuse an edit that would make another thing of a feature."""
    name = KEY_SEPARATOR.join(key)
    if body.id not in (None, name, feature_id) or made != key:
        raise EditConflict(
            t("The identifier of {id} cannot be changed", id=name),
            field="id" if made == key else f"properties.{layer.source.key[-1]}",
            value=body.id if made == key else KEY_SEPARATOR.join(made),
            expected=name,
            hint=t("Delete the feature and create the other"),
        )


def _is_as_shown(current: Current, body: FeatureBody) -> bool:
    """Tell whether a geometry comes back as it was given out, rounded as that may have been."""
    if body.written is None or not isinstance(body.written, dict):
        return False
    shown = orjson.loads(current.as_json(body.system))["geometry"]
    return bool(shown == {name: value for name, value in body.written.items() if name != "bbox"})


def _commit(
    registry: Registry,
    layer: Layer,
    key: tuple[str, ...],
    prepared: Prepared,
    *,
    operation: str,
    source: str,
    based_on: Mapping[str, int],
) -> Edited:
    edition = commit_changes(
        registry,
        [Change(layer.dataset, prepared.frame), *prepared.also],
        operation=operation,
        source=source,
        report=prepared.report.to_dict(),
        based_on=based_on,
        rests_on=prepared.rests_on,
        verify=lambda connection: _require_part(connection, layer, key),
    )
    return Edited(edition.id, KEY_SEPARATOR.join(key), prepared.report.findings)


def _require_part(connection: Connection, layer: Layer, key: tuple[str, ...]) -> None:
    """Refuse a feature that would not be part of the layer, or not be one of whoever edits."""
    table, name = layer.source.live, KEY_SEPARATOR.join(key)

    def holds(seen: Layer) -> bool:
        statement = select(table.c.fid).where(_has_key(layer, key), *layer_clauses(seen, table))
        return connection.execute(statement).first() is not None

    whole = replace(layer, restriction=None)
    if not holds(whole):
        conditions = {"filter": dict(layer.filter), "classes": list(layer.classes), "cql2": layer.cql2}
        stated = {about: value for about, value in conditions.items() if value}
        raise DataRefused(
            t("{id} would not be part of {layer}", id=name, layer=layer.id),
            field="properties",
            expected=orjson.dumps(stated).decode(),
            hint=t("Edit it in a layer without this filter"),
        )
    if not holds(layer):
        raise NotAllowed(
            t("{id} would lie outside what the key covers", id=name), field="properties", value=name
        )
