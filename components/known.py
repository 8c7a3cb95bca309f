"""Which components the registry knows under some identifiers: their own, former ones, those of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from gis.errors import UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t

_AT_A_TIME = 5000


def live_among(registry: Registry, dataset: str, codes: Iterable[str]) -> set[str]:
    """Return those of some codes that live things of a dataset have (the last column of its key)."""
    chosen = DATASETS[dataset]
    column = chosen.live.c[chosen.key[-1]]
    found: set[str] = set()
    for part in in_parts(codes):
        with registry.connect() as connection:
            found.update(connection.scalars(select(column).where(column.in_(part))))
    return found


def components_known_as(
    registry: Registry, identifiers: Iterable[str], *, as_of: datetime | None = None
) -> dict[str, list[str]]:
    """Return the components that have some identifiers as aliases.

    Parameters
    ----------
    registry : Registry
    identifiers : iterable of str
        Former identifiers, or those of other bodies (一井一编号), as they are written.
    as_of : datetime, optional
        A moment; by default what holds now.

    Returns
    -------
    dict of str to list of str
        Identifiers of components by alias; several where two bodies gave one number to different things.
        Aliases that nothing has are left out.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for part in in_parts(identifiers):
        pairs = _pairs_now(registry, part) if as_of is None else _pairs_at(registry, part, as_of)
        for identifier, component in pairs:
            found[identifier].add(component)
    return {identifier: sorted(components) for identifier, components in found.items()}


def _pairs_now(registry: Registry, identifiers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield alias and component of what holds now, without a frame: imports ask for many."""
    table = DATASETS["component-aliases"].live.c
    statement = select(table.identifier, table.component_id).where(table.identifier.in_(identifiers))
    with registry.connect() as connection:
        for row in connection.execute(statement):
            yield row[0], row[1]


def _pairs_at(registry: Registry, identifiers: Sequence[str], as_of: datetime) -> Iterator[tuple[str, str]]:
    column = DATASETS["component-aliases"].live.c.identifier
    columns = ["identifier", "component_id"]
    frame = read_frame(
        registry, "component-aliases", where=column.in_(identifiers), columns=columns, as_of=as_of
    )
    yield from zip(frame["identifier"], frame["component_id"], strict=True)


def component_with_alias(registry: Registry, text: str, field: str) -> str | None:
    """Return the component that an identifier is an alias of, ``None`` where it is nobody's.

    Raises
    ------
    UsageError
        It is an alias of several; ``field`` names where it was given.
    """
    several = components_known_as(registry, [text]).get(text, [])
    if len(several) > 1:
        raise UsageError(
            t("{id} is an identifier of several components", id=text),
            field=field,
            value=text,
            expected=", ".join(several),
        )
    return several[0] if several else None


def alias_schemes(registry: Registry) -> set[str]:
    """Return the schemes of which the registry has aliases."""
    table = DATASETS["component-aliases"].live
    with registry.connect() as connection:
        return set(connection.scalars(select(table.c.scheme).distinct()))


def in_parts(codes: Iterable[str]) -> Iterator[Sequence[str]]:
    """Cut codes into lists, in order and each code once, that a statement has room for."""
    every = sorted(set(codes))
    for start in range(0, len(every), _AT_A_TIME):
        yield every[start : start + _AT_A_TIME]


def recorded_identifier(registry: Registry, identifier: str, standard: str) -> str | None:
    """Return the identifier that a component has, or had, in an edition, as the registry records it.

    Parameters
    ----------
    registry : Registry
    identifier : str
        The component's own identifier or an alias of it.
    standard : str
        Edition of the identifier wanted.

    Returns
    -------
    str or None
        None when the registry does not know the component, or not under that edition.
    """
    known = [identifier, *components_known_as(registry, [identifier]).get(identifier, ())]
    live = sorted(live_among(registry, "components", known))
    if len(live) != 1:
        return None
    components, aliases = DATASETS["components"].live.c, DATASETS["component-aliases"].live.c
    own = select(components.id).where(components.id == live[0], components.standard == standard)
    former = select(aliases.identifier).where(aliases.scheme == standard, aliases.component_id == live[0])
    with registry.connect() as connection:
        found = [*connection.scalars(own), *connection.scalars(former.order_by(aliases.identifier))]
    return found[0] if found else None
