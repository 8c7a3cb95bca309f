"""The aliases of components that change their identifiers: those of before, and what leads to them after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas
from sqlalchemy import ColumnElement, Table, select

from components.known import in_parts, live_among
from gis.editions import Change
from gis.models import DATASETS
from gis.registry import Registry

_DATASET = "component-aliases"
_COLUMNS = DATASETS[_DATASET].columns

Row = tuple[str, str, str, str | None]
"""Scheme, identifier, component, note."""


@dataclass(slots=True)
class Aliases:
    """Aliases of some components.

    Attributes
    ----------
    live : list of Row
        All there are now.
    once : dict of str to str
        By an identifier of the components: that which a conversion of before, since undone, gave them.
    """

    live: list[Row] = field(default_factory=list)
    once: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_components(cls, registry: Registry, identifiers: Iterable[str], standard: str) -> Aliases:
        """Read the aliases of components whose own identifiers are of an edition."""
        aliases = cls()
        dataset = DATASETS[_DATASET]
        for part in in_parts(identifiers):
            aliases.live += _rows(registry, dataset.live, dataset.live.c.component_id.in_(part))
            former = dataset.history.c.identifier.in_(part) & (dataset.history.c.scheme == standard)
            for _, identifier, component, _ in _rows(registry, dataset.history, former):
                aliases.once[identifier] = component
        return aliases

    def own(self, registry: Registry, standard: str) -> Mapping[str, str]:
        """Return the identifier in an edition of each component that has, or once had, one there.

        Those that another component has today are left out.
        """
        known = {component: alias for scheme, alias, component, _ in self.live if scheme == standard}
        known = {**self.once, **known}
        taken = live_among(registry, "components", known.values())
        return {component: alias for component, alias in known.items() if alias not in taken}

    def after(self, old: Iterable[str], new: Iterable[str], source: str, target: str) -> Change:
        """Return the change that lets old identifiers, and every other alias, lead to the new ones."""
        became = dict(zip(old, new, strict=True))
        rows: list[Row] = [
            (source, before, after, None) for before, after in became.items() if before != after
        ]
        retired: list[tuple[str, str]] = []
        for scheme, identifier, component, note in self.live:
            if scheme == target and identifier == became[component]:
                retired.append((scheme, identifier))
            else:
                rows.append((scheme, identifier, became[component], note))
        return Change(_DATASET, pandas.DataFrame(rows, columns=list(_COLUMNS), dtype=object), retired)


def _rows(registry: Registry, table: Table, where: ColumnElement[bool]) -> Iterator[Row]:
    columns = [table.c[name] for name in _COLUMNS]
    with registry.connect() as connection:
        for row in connection.execute(select(*columns).where(where).order_by(table.c.fid)):
            yield row[0], row[1], row[2], row[3]
