"""Deliveries that name components by another identifier than the registry: a former one, another body's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from components.catalogue import Catalogue
from components.class_column import ClassColumn
from components.class_info import CLASS_DIGITS, STANDARDS
from components.crosswalk import the_class
from components.identifier_column import IdentifierColumn
from components.known import alias_schemes, components_known_as, in_parts, live_among
from gis.compact_staging import CompactStaging
from gis.errors import DataRefused
from gis.findings import Severity
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t


@dataclass(frozen=True, slots=True)
class KnownComponent:
    """A component of the registry: its identifier, class and edition."""

    identifier: str
    class_code: str
    standard: str


def find_known(
    staging: CompactStaging, identifiers: IdentifierColumn, registry: Registry
) -> dict[int, KnownComponent]:
    """Find the rows whose identifier is an alias of a component of the registry.

    An alias of several components refuses its row (C24): nothing says which is meant.

    Returns
    -------
    dict of int to KnownComponent
        By position.
    """
    asked = _may_be_aliases(staging, registry)
    known = components_known_as(registry, asked) if asked else {}
    known = {text: known[text] for text in known.keys() - live_among(registry, "components", known)}
    if not known:
        return {}
    components = _read(registry, [one for several in known.values() for one in several])
    found: dict[int, KnownComponent] = {}
    for text, rows in sorted(identifiers.find(known).items()):
        several = [components[one] for one in known[text] if one in components]
        for at in rows.tolist():
            if len(several) == 1:
                found[at] = several[0]
            elif several:
                _flag_several(staging, at, several)
    return dict(sorted(found.items()))


def take_known(
    staging: CompactStaging,
    known: Mapping[int, KnownComponent],
    classes: ClassColumn,
    standard: str,
    catalogue: Catalogue,
) -> None:
    """Give rows the identifier, class and edition that the registry has for their components (C24).

    Where the delivery is of another edition its class is converted by the table. A row whose class is not
    that of the component is refused. The identifier delivered is kept among the attributes.

    Parameters
    ----------
    staging : CompactStaging
        Classified components.
    known : mapping of int to KnownComponent
        From :func:`find_known`.
    classes : ClassColumn
        Classes of the rows; those of the rows concerned are replaced.
    standard : str
        Edition of the delivery.
    catalogue : Catalogue
        The classes there are.
    """
    if not known:
        return
    delivered, names = staging.column("id"), staging.column("name")
    staging.keep("delivered_id", {at: str(delivered[at]) for at in known})
    taken = {
        at: component
        for at, component in known.items()
        if not staging.refused[at] and _is_of_its_class(staging, at, component, standard)
    }

    def tell(at: int) -> dict[str, Any]:
        own = taken[at].identifier
        message = t("{id} is known as {other}", id=delivered[at], other=own)
        return {"message": message, "field": "id", "expected": own}

    staging.flag_rows(np.fromiter(taken, np.intp, len(taken)), "C24", Severity.INFO, tell)
    renamed: dict[int, str | None] = {}
    for at, component in taken.items():
        before, info = classes[at], catalogue.info(component.standard, component.class_code)
        if info is not None and (before is None or before.is_called(names[at] or before.name)):
            renamed[at] = info.name
        classes.put(at, info)
    staging.set("name", names.put(renamed))
    for name, values in (
        ("id", {at: one.identifier for at, one in taken.items()}),
        ("class_code", {at: one.class_code for at, one in taken.items()}),
        ("standard", {at: one.standard for at, one in taken.items()}),
    ):
        staging.set(name, staging.column(name).put(values))


def _may_be_aliases(staging: CompactStaging, registry: Registry) -> set[str]:
    """Return the identifiers that may be aliases: none without aliases, else by their length."""
    schemes = alias_schemes(registry)
    asked = set(staging.column("id").distinct()) if schemes else set()
    if schemes <= set(STANDARDS):
        digits = {12 + CLASS_DIGITS[scheme] for scheme in schemes}
        return {text for text in asked if len(text) in digits}
    return asked


def _read(registry: Registry, identifiers: Sequence[str]) -> dict[str, KnownComponent]:
    """Read components by their identifiers."""
    column = DATASETS["components"].live.c.id
    found: dict[str, KnownComponent] = {}
    for part in in_parts(identifiers):
        columns = ["id", "class_code", "standard"]
        frame = read_frame(registry, "components", where=column.in_(part), columns=columns)
        for values in frame.itertuples(index=False, name=None):
            component = KnownComponent(*map(str, values))
            found[component.identifier] = component
    return found


def _flag_several(staging: CompactStaging, at: int, several: Sequence[KnownComponent]) -> None:
    staging.flag(
        at,
        "C24",
        Severity.ERROR,
        t("{id} is an identifier of several components", id=staging.name_of(at)),
        field="id",
        expected=", ".join(one.identifier for one in several),
        hint=t("Write the component's own identifier"),
    )


def _is_of_its_class(staging: CompactStaging, at: int, component: KnownComponent, standard: str) -> bool:
    """Tell whether the class delivered is that of the component; flag the row where it is not."""
    delivered = str(staging.column("class_code")[at])
    try:
        code = the_class(delivered, standard, component.standard)
    except DataRefused as refused:
        staging.flag(
            at,
            "C24",
            Severity.ERROR,
            t("{reason}", reason=refused.message),
            field="class_code",
            expected=component.class_code,
        )
        return False
    if code != component.class_code:
        staging.flag(
            at,
            "C24",
            Severity.ERROR,
            t(
                "{id} is known as {other} of class {known}, not {code}",
                id=staging.name_of(at),
                other=component.identifier,
                known=component.class_code,
                code=code,
            ),
            field="class_code",
            expected=component.class_code,
        )
        return False
    return True
