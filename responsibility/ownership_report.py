"""How far the settling of ownership has come, by class and by street."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import case, func, select

from components.catalogue import Catalogue
from gis.errors import UsageError
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t
from responsibility.ownership_pool import states_of
from responsibility.settled_records import DISPUTED, SETTLED, UNKNOWN

BY = ("class", "street")


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a group is settled.

    Attributes
    ----------
    code, name : str or None
        Of the class or street; None where a component has no street.
    standard : str or None
        Edition of the class code.
    unknown, disputed, settled : int
        Components of each state; those never in question are not counted.
    """

    code: str | None
    name: str | None
    standard: str | None
    unknown: int
    disputed: int
    settled: int

    @property
    def share(self) -> float:
        """The settled part of all that was to be settled, 0 to 1."""
        return self.settled / (self.unknown + self.disputed + self.settled)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types, the share to four decimals."""
        return {**asdict(self), "share": round(self.share, 4)}


def shares(registry: Registry, by: str) -> list[Share]:
    """Count what is settled and what is not, by ``class`` or ``street``, in the order of their codes.

    Raises
    ------
    UsageError
        ``by`` is neither.
    """
    if by not in BY:
        raise UsageError(t("{word} is not understood", word=by), field="by", value=by, expected=", ".join(BY))
    states = states_of(registry).c
    keys = (states.standard, states.class_code) if by == "class" else (states.street,)
    counts = [func.sum(case((states.status == one, 1), else_=0)) for one in (UNKNOWN, DISPUTED, SETTLED)]
    statement = select(*keys, *counts).group_by(*keys)
    with registry.connect() as connection:
        rows = connection.execute(statement).all()
    if by == "class":
        found = [_of_class(Catalogue.of(registry), *row) for row in rows]
    else:
        names = _street_names(registry)
        found = [Share(row[0], names.get(row[0]), None, *map(int, row[1:])) for row in rows]
    return sorted(found, key=lambda one: (one.standard or "", one.code or ""))


def total(found: list[Share]) -> Share | None:
    """Add shares up, None where there are none."""
    if not found:
        return None
    sums = (sum(getattr(one, name) for one in found) for name in ("unknown", "disputed", "settled"))
    return Share(None, None, None, *sums)


def _of_class(catalogue: Catalogue, standard: str, code: str, *counts: Any) -> Share:
    info = catalogue.info(standard, code)
    return Share(code, info.name if info else None, standard, *map(int, counts))


def _street_names(registry: Registry) -> dict[str, str]:
    columns = DATASETS["divisions"].live.c
    with registry.connect() as connection:
        rows = connection.execute(select(columns.code, columns.name).where(columns.level == "street"))
        return {row[0]: row[1] for row in rows}
