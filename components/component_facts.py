"""Everything the registry has on one component: its row, its aliases, its photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Table, select

from components.known import component_with_alias
from components.photos.registered import COLUMNS, links_of
from gis.columns import from_json
from gis.dataset import GEOMETRY
from gis.errors import NotFound
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t
from grids.codes import normalise

_COMPONENTS = DATASETS["components"]


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """What is known of a component.

    Attributes
    ----------
    is_live : bool
        False for one that was retired: the columns are its last ones.
    columns : dict of str to str or None
        Those of the dataset ``components`` but ``attributes``.
    attributes : dict
        Columns of deliveries without a field of their own.
    geometry : BaseGeometry or None
        EPSG:4490, longitude and latitude.
    aliases : list of dict
        ``scheme`` and ``identifier`` of other identifiers.
    photos : list of dict
        Columns of the dataset ``component-photos`` but the component.
    """

    is_live: bool
    columns: dict[str, str | None]
    attributes: dict[str, Any]
    geometry: BaseGeometry | None
    aliases: list[dict[str, str]]
    photos: list[dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            **self.columns,
            "attributes": self.attributes,
            "geometry": None if self.geometry is None else mapping(self.geometry),
            "retired": not self.is_live,
            "aliases": self.aliases,
            "photos": self.photos,
        }


def facts_of_component(registry: Registry, identifier: str) -> ComponentFacts:
    """Collect what is known of a component, live or retired.

    Parameters
    ----------
    registry : Registry
    identifier : str
        Its own, which comes first, or an alias; what is live comes before what was retired.

    Raises
    ------
    NotFound
        No component has or had the identifier.
    UsageError
        It is an alias of several components.
    """
    text = normalise(identifier)
    alias = component_with_alias(registry, text, "ID")
    known = (text,) if alias is None else (text, alias)
    for table in (_COMPONENTS.live, _COMPONENTS.history):
        for own in known:
            row = _row(registry, table, own)
            if row is not None:
                return _facts(registry, own, row, is_live=table is _COMPONENTS.live)
    raise NotFound(t("There is no component {id}", id=text), field="ID", value=text)


def _row(registry: Registry, table: Table, identifier: str) -> dict[str, Any] | None:
    """Return the version that holds, or of those that held the last."""
    statement = select(*(table.c[name] for name in (*_COMPONENTS.columns, GEOMETRY)))
    newest = table.c.fid.desc() if table is _COMPONENTS.live else table.c.closed_by.desc()
    with registry.connect() as connection:
        row = connection.execute(statement.where(table.c.id == identifier).order_by(newest).limit(1)).first()
    return None if row is None else {str(name): value for name, value in row._mapping.items()}


def _facts(registry: Registry, identifier: str, row: dict[str, Any], *, is_live: bool) -> ComponentFacts:
    geometry, attributes = row.pop(GEOMETRY), row.pop("attributes")
    photos = links_of(registry, [identifier]).get(identifier, [])
    return ComponentFacts(
        is_live=is_live,
        columns=row,
        attributes=from_json(attributes) or {},
        geometry=geometry,
        aliases=_aliases(registry, identifier),
        photos=[dict(zip(COLUMNS[1:], photo[1:], strict=True)) for photo in photos],
    )


def _aliases(registry: Registry, identifier: str) -> list[dict[str, str]]:
    table = DATASETS["component-aliases"].live.c
    statement = select(table.scheme, table.identifier).where(table.component_id == identifier)
    with registry.connect() as connection:
        rows = connection.execute(statement.order_by(table.scheme, table.identifier)).all()
    return [{"scheme": row[0], "identifier": row[1]} for row in rows]
