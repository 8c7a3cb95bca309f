"""Find components by the name of their class: those near the middle of the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from sqlalchemy import ColumnElement, and_, or_, select

from components.catalogue import Catalogue
from components.class_info import STANDARDS
from geocoding.names_index import NamesIndex
from geocoding.names_index_text import folded
from gis.degrees import metres_per_degree
from gis.models import DATASETS, GEOMETRY
from gis.registry import Registry
from gis.spatial_sql import bbox_clause
from web.search_sources import OF_DATASET, Hit, Look

_COMPONENTS = OF_DATASET["components"]
_SHORTEST = 2
_CLASSES = 5
_REACH = 500.0
"""Metres around the middle of the map in which components are told by distance."""

_NEAR = 500


@dataclass(frozen=True, slots=True)
class ClassNames:
    """Names of classes of components, and for each which it is of: edition of the standard and code."""

    index: NamesIndex
    classes: list[list[tuple[str, str]]]

    @classmethod
    def of(cls, registry: Registry) -> ClassNames:
        """Read the classes of a registry."""
        catalogue = Catalogue.of(registry)
        named: dict[str, list[tuple[str, str]]] = {}
        for standard in STANDARDS:
            for info in catalogue.classes(standard).values():
                for name in (info.name, *info.aliases):
                    if folded(name):
                        named.setdefault(folded(name), []).append((standard, info.code))
        return cls(NamesIndex(list(named)), list(named.values()))

    def hits(self, look: Look) -> Iterator[Hit]:
        """Yield components of the classes that a text means: the nearest, else any."""
        ranked = self._meant(folded(look.wanted))
        if not ranked:
            return
        of_class = or_(*(_is_of(*one) for one in ranked))
        found = _near(look, of_class) if look.centre is not None else {}
        if len(found) < look.limit:
            found = {**_any(look, of_class), **found}
        for fid, (standard, code, metres) in found.items():
            rank, length = ranked[standard, code]
            yield Hit(_COMPONENTS, fid, rank, length, metres)

    def _meant(self, query: str) -> dict[tuple[str, str], tuple[int, int]]:
        """Return the classes whose names fit best, with how well and how long the name is."""
        if len(query) < _SHORTEST:
            return {}
        found = self.index.find(query)
        texts = zip(
            found.ranks.tolist(), self.index.lengths[found.texts].tolist(), found.texts.tolist(), strict=True
        )
        ranked: dict[tuple[str, str], tuple[int, int]] = {}
        for rank, length, text in sorted(texts)[:_CLASSES]:
            for one in self.classes[text]:
                ranked.setdefault(one, (rank, length))
        return ranked


def _is_of(standard: str, code: str) -> ColumnElement[bool]:
    columns = DATASETS["components"].live.c
    return and_(columns.class_code == code, columns.standard == standard)


def _near(look: Look, of_class: ColumnElement[bool]) -> dict[int, tuple[str, str, float]]:
    """Return the components within reach of the middle of the map, each with its distance, nearest last."""
    assert look.centre is not None
    table = _COMPONENTS.table
    lon, lat = look.centre
    per_lon, per_lat = metres_per_degree(lat)
    east, north = _REACH / max(per_lon, 1.0), _REACH / per_lat
    box = bbox_clause(table, (lon - east, lat - north, lon + east, lat + north), exact=False)
    columns = (table.c.fid, table.c.standard, table.c.class_code, table.c[GEOMETRY])
    statement = select(*columns).where(box, of_class, *look.seen(_COMPONENTS)).limit(_NEAR)
    found = []
    for fid, standard, code, geometry in look.connection.execute(statement):
        middle = shapely.box(*geometry.bounds).centroid
        metres = float(((middle.x - lon) * per_lon) ** 2 + ((middle.y - lat) * per_lat) ** 2) ** 0.5
        found.append((metres, fid, standard, code))
    nearest = sorted(found)[: look.limit]
    return {fid: (standard, code, metres) for metres, fid, standard, code in nearest}


def _any(look: Look, of_class: ColumnElement[bool]) -> dict[int, tuple[str, str, float]]:
    columns = _COMPONENTS.table.c
    statement = select(columns.fid, columns.standard, columns.class_code)
    statement = statement.where(of_class, *look.seen(_COMPONENTS)).limit(look.limit)
    far = 0.0 if look.centre is None else 1e7
    return {fid: (standard, code, far) for fid, standard, code in look.connection.execute(statement)}
