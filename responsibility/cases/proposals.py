"""Changes of components proposed from the field (变更建议): moved, missing, new, gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import insert, select, update

from components.catalogue import Catalogue
from components.known import components_known_as
from gis.columns import to_milliseconds
from gis.crs import STORED, transformer
from gis.errors import NotFound, UsageError
from gis.models import DATASETS, change_proposals
from gis.registry import Registry
from gis.text import Text, t
from responsibility.classes import choose_classes
from responsibility.question import Kind
from responsibility.questions import choice, number
from responsibility.settings import load_settings

LONGEST = 4000
PARAMETERS = (
    "change", "component", "class", "standard", "lon", "lat", "crs", "source", "note", "evidence",
)  # fmt: skip
_PAGE = 5000
_COMPONENTS = DATASETS["components"].live


class FieldChange(StrEnum):
    """What was seen: it stands elsewhere, it has disappeared, it is not recorded, it was taken away."""

    MOVED = "moved"
    MISSING = "missing"
    NEW = "new"
    GONE = "gone"


class Status(StrEnum):
    """Whether somebody has decided."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that was seen; longitude and latitude in EPSG:4490.

    Attributes
    ----------
    id : int
        Its number.
    change : FieldChange
        What was seen. ``missing`` (丢失) is a hazard that somebody has to mend, ``gone`` (移除) is not.
    component_id : str or None
        The component; of a new one only once it was accepted.
    standard, class_code : str or None
        Class of a new one.
    source, note, evidence : str or None
        Which case or answer it was seen with, in words, and what shows it.
    edition : int or None
        The edition that it was accepted into.
    """

    id: int
    change: FieldChange
    component_id: str | None
    standard: str | None
    class_code: str | None
    lon: float | None
    lat: float | None
    source: str | None
    note: str | None
    evidence: str | None
    proposed_at: datetime
    status: Status
    decided_at: datetime | None
    why: str | None
    edition: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the proposal as JSON types."""
        times = {name: getattr(self, name) for name in ("proposed_at", "decided_at")}
        return asdict(self) | {name: moment and moment.isoformat() for name, moment in times.items()}


def propose(registry: Registry, given: Mapping[str, Any]) -> Proposal:
    """Keep a change for review.

    Parameters
    ----------
    registry : Registry
    given : mapping of str to value
        ``change``; ``component`` (identifier or alias) unless it is new; ``lon`` and ``lat`` (EPSG:4490, or
        what ``crs`` says) when it is new or moved; ``class`` and ``standard`` when it is new; ``source``,
        ``note`` and ``evidence`` as texts.

    Returns
    -------
    Proposal

    Raises
    ------
    UsageError
        Something is missing or not understood.
    NotFound
        The component is not there.
    """
    texts = _texts(given)
    change = choice("change", texts.get("change", ""), FieldChange)
    row: dict[str, Any] = {
        "change": str(change),
        "component_id": None,
        "standard": None,
        "class_code": None,
        "proposed_at": to_milliseconds(datetime.now(UTC)),
        "status": str(Status.OPEN),
        **{name: texts.get(name) for name in ("source", "note", "evidence")},
        **dict(zip(("lon", "lat"), _position(change, texts), strict=True)),
    }
    if change is FieldChange.NEW:
        row |= _new_class(registry, texts)
    else:
        row["component_id"] = _component(registry, texts)
    with registry.begin() as connection:
        statement = insert(change_proposals).returning(change_proposals.c.fid)
        number_given = connection.execute(statement, row).scalar_one()
    return proposal_of({**dict.fromkeys(change_proposals.c.keys()), **row, "fid": number_given})


def read_proposals(registry: Registry, status: Status | None = Status.OPEN) -> Iterator[Proposal]:
    """Yield proposals in the order in which they were made, by default those nobody has decided on."""
    statement = select(change_proposals).order_by(change_proposals.c.fid)
    if status is not None:
        statement = statement.where(change_proposals.c.status == str(status))
    with registry.connect() as connection:
        for row in connection.execution_options(yield_per=_PAGE).execute(statement).mappings():
            yield proposal_of(dict(row))


def open_proposals(connection: Any, numbers: Sequence[int]) -> list[Proposal]:
    """Return proposals that are open, by their numbers.

    Raises
    ------
    NotFound
        There is no such proposal.
    UsageError
        None is named, or one was decided on before.
    """
    if not numbers:
        raise UsageError(t("No proposal is named"), field="N", expected=t("numbers of proposals"))
    found = []
    for wanted in dict.fromkeys(numbers):
        statement = select(change_proposals).where(change_proposals.c.fid == wanted)
        row = connection.execute(statement).mappings().first()
        if row is None:
            raise NotFound(t("There is no proposal {number}", number=wanted), field="N", value=wanted)
        if row["status"] != Status.OPEN:
            raise UsageError(
                t("Proposal {number} was decided on before: {status}", number=wanted, status=row["status"]),
                field="N",
                value=wanted,
                expected=str(Status.OPEN),
            )
        found.append(proposal_of(dict(row)))
    return found


def reject(registry: Registry, numbers: Sequence[int], why: str) -> list[Proposal]:
    """Decide against proposals, all of them or none.

    Raises
    ------
    UsageError, NotFound
        See :func:`open_proposals`; or no reason is given.
    """
    if not why.strip():
        raise UsageError(t("A reason is missing"), field="why", expected=t("why it is not as was seen"))
    with registry.begin() as connection:
        rejected = open_proposals(connection, numbers)
        for proposal in rejected:
            close(connection, proposal, Status.REJECTED, why=why)
    return rejected


def close(connection: Any, proposal: Proposal, status: Status, **details: Any) -> None:
    """Write down what was decided, in the transaction of the decision."""
    values = {"status": str(status), "decided_at": to_milliseconds(datetime.now(UTC)), **details}
    connection.execute(update(change_proposals).where(change_proposals.c.fid == proposal.id).values(values))


def proposal_of(row: Mapping[str, Any]) -> Proposal:
    """Read a row of the table."""
    names = [name for name in Proposal.__dataclass_fields__ if name not in ("id", "change", "status")]
    return Proposal(
        id=row["fid"],
        change=FieldChange(row["change"]),
        status=Status(row["status"]),
        **{name: row[name] for name in names},
    )


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    texts = {}
    for name, value in given.items():
        if name not in PARAMETERS:
            raise UsageError(
                t("Parameter {name} is not known", name=name),
                field=name,
                expected=", ".join(PARAMETERS),
            )
        text = "" if value is None else str(value).strip()
        if len(text) > LONGEST:
            raise _wrong(name, t("The text has {count} characters", count=len(text)),
                         t("at most {limit}", limit=LONGEST))  # fmt: skip
        if text:
            texts[name] = text
    return texts


def _position(change: FieldChange, texts: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Read where it is now, in EPSG:4490; mandatory of what is new or moved."""
    placed = change in (FieldChange.NEW, FieldChange.MOVED)
    if not placed:
        return None, None
    for name in ("lon", "lat"):
        if name not in texts:
            raise _wrong(name, t("Where it is now is missing"), t("longitude and latitude"))
    x, y = (number(name, texts[name]) for name in ("lon", "lat"))
    lon, lat = transformer(texts.get("crs", STORED), STORED)(np.array([x]), np.array([y]))
    if not (abs(lon[0]) <= 180.0 and abs(lat[0]) <= 90.0):
        raise _wrong("lon", t("There is no such place: {place}", place=f"{x}, {y}"),
                     t("longitude from -180 to 180, latitude from -90 to 90"))  # fmt: skip
    return float(lon[0]), float(lat[0])


def _new_class(registry: Registry, texts: Mapping[str, str]) -> dict[str, str]:
    if "class" not in texts:
        raise _wrong("class", t("The class of the new component is missing"), t("a class code"))
    chosen = choose_classes(
        texts["class"],
        texts.get("standard"),
        Kind.COMPONENT,
        load_settings().standard,
        Catalogue.of(registry),
    )
    if chosen.code is None:
        raise _wrong("class", t("{text} is several classes", text=texts["class"]), t("a class code"))
    return {"standard": chosen.standard, "class_code": chosen.code}


def _component(registry: Registry, texts: Mapping[str, str]) -> str:
    """Find the component by its identifier, else by an alias that only one has."""
    named = texts.get("component")
    if named is None:
        raise _wrong("component", t("The component is missing"), t("the identifier of a component"))
    known = [named, *components_known_as(registry, [named]).get(named, [])]
    with registry.connect() as connection:
        statement = select(_COMPONENTS.c.id).where(_COMPONENTS.c.id.in_(known))
        found = list(connection.execute(statement).scalars())
    if named in found or len(found) == 1:
        return named if named in found else str(found[0])
    if found:
        raise _wrong("component", t("{id} is an identifier of several components", id=named),
                     ", ".join(found))  # fmt: skip
    raise NotFound(
        t("There is no component {id}", id=named),
        field="component",
        value=named,
        expected=t("the identifier of a component of the registry"),
    )


def _wrong(field: str, message: Text, expected: Text | str) -> UsageError:
    return UsageError(message, field=field, expected=expected)
