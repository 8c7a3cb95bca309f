"""The pool of components whose ownership (权属) is to be settled: ownerless (无主) and disputed ones.

Worked out in the database and read piece by piece, so that ten million components need no memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from components.catalogue import Catalogue
from components.class_info import STANDARDS
from gis.models import DATASETS
from gis.registry import Registry
from responsibility.model import Kind
from responsibility.records import REMOVED
from responsibility.settled_records import DECLINES, DISPUTED, SETTLED, UNKNOWN

_SIZE = 10_000
_ROLES = ("owner", "maintainer")
_component, _entry = DATASETS["components"].live.c, DATASETS["facilities"].live.c
_answer, _ruling = DATASETS["duty-answers"].live.c, DATASETS["precedents"].live.c


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A component whose ownership is to be settled.

    Attributes
    ----------
    status : str
        ``unknown`` (无主) or ``disputed`` (有争议).
    street : str or None
        Code of the street, from the record, else from its unit grid.
    owner, maintainer : str or None
        Names, else codes, on record.
    asked, answered : int
        How many units were asked, and how many said something.
    """

    component_id: str
    standard: str
    class_code: str
    name: str | None
    street: str | None
    community: str | None
    unit_grid: str | None
    status: str
    owner: str | None
    maintainer: str | None
    asked: int
    answered: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)


def pool(
    registry: Registry,
    *,
    street: str | None = None,
    class_code: str | None = None,
    status: str | None = None,
    limit: int | None = None,
) -> Iterator[Unsettled]:
    """Yield the components whose ownership is to be settled, by identifier.

    Parameters
    ----------
    registry : Registry
    street : str, optional
        Code of a street.
    class_code : str, optional
        Class, or the digits a class begins with.
    status : str, optional
        ``unknown`` or ``disputed``.
    limit : int, optional
        At most so many.
    """
    states = states_of(registry)
    columns = states.c
    statement = select(
        *(columns[name] for name in ("id", "standard", "class_code", "name", "street", "community")),
        *(columns[name] for name in ("unit_grid", "status", "owner", "maintainer")),
        _said(columns.id, answered=False),
        _said(columns.id, answered=True),
    ).where(columns.status != SETTLED)
    wanted = {"street": street, "status": status}
    for name, value in wanted.items():
        statement = statement if value is None else statement.where(columns[name] == value)
    if class_code is not None:
        statement = statement.where(columns.class_code.startswith(class_code, autoescape=True))
    statement = statement.order_by(columns.id).limit(limit)
    with registry.connect() as connection:
        result = connection.execution_options(yield_per=_SIZE).execute(statement)
        for rows in result.partitions(_SIZE):
            yield from (_unsettled(list(row)) for row in rows)


def _unsettled(values: list[Any]) -> Unsettled:
    return Unsettled(*values)


def states_of(registry: Registry) -> Subquery:
    """Return the components that are, or were, to be settled with the state of their ownership.

    Columns ``id standard class_code name street community unit_grid owner maintainer status``; the status
    is ``unknown``, ``disputed`` or ``settled``. Removed components are left out.
    """
    live, listed = DATASETS["components"].live, DATASETS["facilities"].live
    status = _status(Catalogue.of(registry))
    told = select(
        *(_component[name] for name in ("id", "standard", "class_code", "name")),
        func.coalesce(_component.street, func.substr(_component.unit_grid, 1, 9)).label("street"),
        *(_component[name] for name in ("community", "unit_grid")),
        *(_party(role).label(role) for role in _ROLES),
        status.label("status"),
    )
    present = func.coalesce(_component.state, "") != REMOVED
    joined = told.select_from(live.outerjoin(listed, _entry.component_id == _component.id)).where(present)
    everything = joined.subquery()
    return select(everything).where(everything.c.status.is_not(None)).subquery()


def _status(catalogue: Catalogue) -> ColumnElement[Any]:
    """Return the state of a component's ownership, NULL where it was never in question."""
    on_list = or_(*(_named(_entry, role) for role in _ROLES))
    nobody = ~or_(on_list, *(_named(_component, role) for role in _ROLES))
    return case(
        (func.coalesce(_entry.ownership, "") != "", _entry.ownership),
        (_is_ruled(), literal(SETTLED)),
        (or_(nobody, and_(_is_ownerless(catalogue), ~on_list)), literal(UNKNOWN)),
        (_is_declined(), literal(DISPUTED)),
        else_=literal_column("NULL"),
    )


def _is_ruled() -> ColumnElement[bool]:
    return exists().where(_ruling.component_id == _component.id, _ruling.kind == str(Kind.COMPONENT))


def _is_declined() -> ColumnElement[bool]:
    """Tell whether a unit on record said that the component is not its duty."""
    parties = [part for role in _ROLES for part in (_first(role, "code"), _first(role, "name"))]
    own = or_(*(party.in_([_answer.unit_code, _answer.unit_name]) for party in parties))
    said = and_(_answer.component_id == _component.id, _answer.answer == DECLINES)
    return exists().where(said, own)


def _is_ownerless(catalogue: Catalogue) -> ColumnElement[bool]:
    """Tell whether a component is of a class of things whose owner cannot be told (不明井盖)."""
    classes = {
        standard: [code for code, info in catalogue.classes(standard).items() if info.ownerless]
        for standard in STANDARDS
    }
    tests = [
        and_(_component.standard == standard, _component.class_code.in_(codes))
        for standard, codes in classes.items()
        if codes
    ]
    return reduce(or_, tests, false())


def _named(columns: Any, role: str) -> ColumnElement[bool]:
    return func.coalesce(columns[f"{role}_code"], columns[f"{role}_name"], "") != ""


def _first(role: str, part: str) -> ColumnElement[Any]:
    """Return code or name of a party: by the facility list where it names one, else by the record."""
    name = f"{role}_{part}"
    return case((_named(_entry, role), _entry[name]), else_=_component[name])


def _party(role: str) -> ColumnElement[Any]:
    return func.coalesce(_first(role, "name"), _first(role, "code"))


def _said(component: ColumnElement[Any], *, answered: bool) -> ColumnElement[Any]:
    """Count the units that were asked about a component or answered unasked; or that answered."""
    counted: Select[Any] = select(func.count()).where(_answer.component_id == component)
    if answered:
        counted = counted.where(_answer.answer_date.is_not(None))
    return counted.scalar_subquery()
