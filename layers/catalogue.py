"""The layer catalogue: what is published, and to whom.

Layers are rows of the registry's table ``layers``. Every change counts the setting
``layers_version`` up, so that a running server notices new layers without being started again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.engine import RowMapping

from gis.columns import from_json, to_json
from gis.errors import NotFound, UsageError
from gis.models import DATASETS, editions, layers, settings
from gis.registry import Registry
from gis.text import t
from layers.classification import level_named, read_classifications, read_levels
from layers.core import CORE_LAYERS, FORMER_PROPERTIES
from layers.cql2 import layer_condition
from layers.layer import Layer
from layers.profile import PublicProfile
from layers.publishing import check_public
from layers.tilematrix import MAX_ZOOM

VERSION = "layers_version"

Version = tuple[int | str, ...]
"""Changes of the catalogue, latest edition, last change by another program; then who sees it."""

_LAST_CHANGE = text("SELECT max(last_change) FROM gpkg_contents")


def seed_layers(registry: Registry) -> None:
    """Enter the core layers that are missing; what is there stays as it is.

    Layers of place data made before it had all its columns get those too, unless they are public or somebody
    chose their properties: what everybody reads changes by nobody but who publishes.

    Parameters
    ----------
    registry : Registry
        New, or just upgraded.
    """
    with registry.begin() as connection:
        present = set(connection.scalars(select(layers.c.id)))
        missing = [layer for layer in CORE_LAYERS if layer.id not in present]
        if missing:
            connection.execute(insert(layers), [_row(layer) for layer in missing])
        if _complete(connection) or missing:
            count_up(connection)


def _complete(connection: Connection) -> int:
    """Give untouched core layers the properties that they have today; return how many got some."""
    return sum(
        connection.execute(
            update(layers)
            .where(layers.c.id == layer.id, layers.c.public.is_(False))
            .where(layers.c.properties == to_json(list(FORMER_PROPERTIES[layer.id])))
            .values(properties=to_json(list(layer.properties)))
        ).rowcount
        for layer in CORE_LAYERS
        if layer.id in FORMER_PROPERTIES
    )


def list_layers(registry: Registry, *, public_only: bool = True) -> list[Layer]:
    """Return the layers of a registry in their order.

    Parameters
    ----------
    registry : Registry
        Where the catalogue lies.
    public_only : bool
        Leave out what is not public.

    Returns
    -------
    list of Layer
        Layers of datasets this software does not know are left out.
    """
    with registry.connect() as connection:
        return read_layers(connection, public_only=public_only)


def read_layers(connection: Connection, *, public_only: bool = True) -> list[Layer]:
    """Return the layers over an open connection, see :func:`list_layers`."""
    statement = select(layers).order_by(layers.c.position, layers.c.id)
    if public_only:
        statement = statement.where(layers.c.public)
    rows = connection.execute(statement).mappings()
    return [_layer(row) for row in rows if row["dataset"] in DATASETS]


def get_layer(registry: Registry, layer_id: str, *, public_only: bool = True) -> Layer:
    """Return one layer.

    Raises
    ------
    NotFound
        If there is none of that name, or it is not public and only public ones are wanted.
    """
    found = list_layers(registry, public_only=public_only)
    for layer in found:
        if layer.id == layer_id:
            return layer
    raise no_such_layer(layer_id, found)


def add_layer(registry: Registry, layer: Layer) -> None:
    """Enter a layer, see :func:`add_layers`."""
    add_layers(registry, [layer])


def add_layers(registry: Registry, added: Iterable[Layer], *, replacing: bool = False) -> None:
    """Enter layers: datasets, or parts of them that filters select (专题图层); all of them or none.

    Parameters
    ----------
    registry : Registry
        Whose catalogue.
    added : iterable of Layer
        In any order.
    replacing : bool
        Put them in the place of layers of the same names; whether these are public stays as it is.

    Raises
    ------
    UsageError
        If a layer is not sound, may not be public and is to be, or its identifier is taken.
    """
    with registry.begin() as connection:
        present = {layer.id: layer for layer in read_layers(connection, public_only=False)}
        for layer in added:
            held = present.get(layer.id)
            if held is not None and not replacing:
                raise UsageError(
                    t("There is a layer {layer} already", layer=layer.id), field="id", value=layer.id
                )
            present[layer.id] = _put(
                connection, layer if held is None else replace(layer, public=held.public)
            )
        count_up(connection)


def change_layer(registry: Registry, layer_id: str, change: Callable[[Layer], Layer]) -> Layer:
    """Replace a layer by what is made of it.

    Parameters
    ----------
    registry : Registry
        Whose catalogue.
    layer_id : str
        Which layer.
    change : callable
        Makes the new layer of the present one, with the same identifier and dataset.

    Returns
    -------
    Layer
        As it is now.

    Raises
    ------
    NotFound
        If there is no such layer.
    UsageError
        If the new one is not sound, or may not be public and is to be.
    """
    with registry.begin() as connection:
        layer = _put(connection, change(_held(connection, layer_id)))
        count_up(connection)
    return layer


def publish(registry: Registry, layer_id: str, profile: PublicProfile | None = None) -> Layer:
    """Make a layer public.

    Parameters
    ----------
    registry : Registry
        Whose catalogue.
    layer_id : str
        Which layer.
    profile : PublicProfile, optional
        What everybody is to see of it; as it was when not given.

    Raises
    ------
    NotFound
        If there is no such layer.
    UsageError
        If it may not be public (:mod:`layers.publishing`).
    """

    def public(layer: Layer) -> Layer:
        return replace(layer, public=True, profile=layer.profile if profile is None else profile)

    return change_layer(registry, layer_id, public)


def withdraw(registry: Registry, layer_id: str) -> Layer:
    """Take a layer back from the public; it stays in the catalogue.

    Raises
    ------
    NotFound
        If there is no such layer.
    """
    return change_layer(registry, layer_id, lambda layer: replace(layer, public=False))


def remove_layer(registry: Registry, layer_id: str) -> None:
    """Take a layer out of the catalogue; its data stay.

    Raises
    ------
    NotFound
        If there is no such layer.
    UsageError
        If it is one of those every registry is born with.
    """
    if layer_id in {layer.id for layer in CORE_LAYERS}:
        raise UsageError(
            t("Layer {layer} is part of every registry", layer=layer_id),
            field="id",
            value=layer_id,
            hint=t("Withdraw it, then only keys see it"),
        )
    with registry.begin() as connection:
        _held(connection, layer_id)
        connection.execute(delete(layers).where(layers.c.id == layer_id))
        count_up(connection)


def catalogue_version(connection: Connection) -> Version:
    """Return what changes whenever the catalogue or the data behind it does.

    Parameters
    ----------
    connection : Connection
        To the registry.

    Returns
    -------
    tuple
        How often the catalogue was changed, the number of the latest edition, and in a GeoPackage
        the time of the last change, which desktop programs set too.
    """
    changed = connection.scalar(select(settings.c.value).where(settings.c.key == VERSION))
    latest = connection.scalar(select(func.max(editions.c.id)))
    touched = connection.scalar(_LAST_CHANGE) if connection.dialect.name == "sqlite" else None
    return int(changed or 0), latest or 0, touched or ""


def no_such_layer(layer_id: str, among: list[Layer]) -> NotFound:
    """Return the error that a collection does not exist, naming those that do."""
    return NotFound(
        t("There is no collection {layer}", layer=layer_id),
        field="collectionId",
        value=layer_id,
        expected=", ".join(layer.id for layer in among) or None,
    )


def _held(connection: Connection, layer_id: str) -> Layer:
    present = read_layers(connection, public_only=False)
    for layer in present:
        if layer.id == layer_id:
            return layer
    raise no_such_layer(layer_id, present)


def _put(connection: Connection, layer: Layer) -> Layer:
    """Write a layer in the place of the one of its name."""
    layer_condition(layer.checked())
    levels = read_levels(connection)
    if layer.classification is not None:
        layer = replace(layer, classification=level_named(levels, layer.classification).id)
    if layer.public:
        check_public(layer, levels, read_classifications(connection, "dataset").get(layer.dataset))
    row = _row(layer)
    changed = connection.execute(update(layers).where(layers.c.id == layer.id).values(row))
    if changed.rowcount == 0:
        connection.execute(insert(layers).values(row))
    return layer


def count_up(connection: Connection) -> None:
    """Let servers see that the catalogue, or what decides about it, changed."""
    now = connection.scalar(select(settings.c.value).where(settings.c.key == VERSION))
    if now is None:
        connection.execute(insert(settings).values(key=VERSION, value="1"))
    else:
        connection.execute(update(settings).where(settings.c.key == VERSION).values(value=str(int(now) + 1)))


def _row(layer: Layer) -> dict[str, Any]:
    return {
        "id": layer.id,
        "title_zh": layer.title_zh,
        "title_en": layer.title_en,
        "description_zh": layer.description_zh,
        "description_en": layer.description_en,
        "dataset": layer.dataset,
        "filter": to_json(dict(layer.filter)),
        "properties": to_json(list(layer.properties)),
        "style": to_json(dict(layer.style)),
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "public": layer.public,
        "position": layer.position,
        "classes": to_json(list(layer.classes)) if layer.classes else None,
        "cql2": layer.cql2,
        "style_id": layer.style_id,
        "roles": to_json(list(layer.roles)) if layer.roles else None,
        "classification": layer.classification,
        "metadata": to_json(dict(layer.metadata)) if layer.metadata else None,
        "public_profile": None if layer.profile == PublicProfile() else to_json(layer.profile.to_dict()),
    }


def _layer(row: RowMapping) -> Layer:
    return Layer(
        id=row["id"],
        dataset=row["dataset"],
        title_zh=row["title_zh"] or "",
        title_en=row["title_en"] or "",
        description_zh=row["description_zh"] or "",
        description_en=row["description_en"] or "",
        filter=from_json(row["filter"]) or {},
        properties=tuple(from_json(row["properties"]) or ()),
        style=from_json(row["style"]) or {},
        min_zoom=row["min_zoom"] or 0,
        max_zoom=MAX_ZOOM if row["max_zoom"] is None else row["max_zoom"],
        public=row["public"],
        position=row["position"],
        classes=tuple(from_json(row["classes"]) or ()),
        cql2=row["cql2"],
        style_id=row["style_id"],
        roles=tuple(from_json(row["roles"]) or ()),
        classification=row["classification"],
        metadata=from_json(row["metadata"]) or {},
        profile=PublicProfile.from_dict(from_json(row["public_profile"]) or {}),
    )
