"""Lists that were delivered twice, in two formats or without identifiers: told once, not row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from components.plane import first_named
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.layer import LAYER
from gis.text import Text, t

SHARE = 0.9
"""Where so many rows of a file stand on things of another one, the file is the other one."""
FEWEST = 20


def tell_twice(staging: CompactStaging, met: Mapping[int, int]) -> set[int]:
    """Report files whose components stand on those of another file (C14).

    Parameters
    ----------
    staging : CompactStaging
        Components.
    met : mapping of int to int
        Rows that stand where another one of the class stands, with that one.

    Returns
    -------
    set of int
        The rows that are told by it.
    """
    layers = staging.column(LAYER)
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, other in met.items():
        pair = str(layers[at]), str(layers[other])
        if pair[0] != pair[1]:
            pairs[pair].append(at)
    told: set[int] = set()
    for (layer, first), rows in pairs.items():
        if _is_most(staging, layer, rows):
            message = t(
                "{count} components of {layer} stand where {other} has one of the same class: {names}",
                count=len(rows),
                layer=layer,
                other=first,
                names=first_named(staging, np.array(sorted(rows))),
            )
            hint = t("The same list in another format? Deliver one of the two")
            told |= _tell(staging, layer, rows, message, hint)
    return told


def tell_known(staging: CompactStaging, beside: Mapping[int, str]) -> set[int]:
    """Report files whose components stand on those of the registry, which have other identifiers (C14).

    Parameters
    ----------
    staging : CompactStaging
        Components.
    beside : mapping of int to str
        Rows that stand where the registry has a component of the class, with its identifier.

    Returns
    -------
    set of int
        The rows that are told by it.
    """
    layers = staging.column(LAYER)
    by_layer: dict[str, list[int]] = defaultdict(list)
    for at in beside:
        by_layer[str(layers[at])].append(at)
    told: set[int] = set()
    for layer, rows in by_layer.items():
        if _is_most(staging, layer, rows):
            message = t(
                "{count} components of {layer} stand where the registry has one of the same class under "
                "another identifier: {names}",
                count=len(rows),
                layer=layer,
                names=first_named(staging, np.array(sorted(rows))),
            )
            hint = t(
                "Was the list imported before, without identifiers? Write those of the registry into it, or "
                "every component is there twice"
            )
            told |= _tell(staging, layer, rows, message, hint)
    return told


def _is_most(staging: CompactStaging, layer: str, rows: Iterable[int]) -> bool:
    count = len(list(rows))
    return count >= max(FEWEST, SHARE * int(staging.column(LAYER).test(layer.__eq__).sum()))


def _tell(staging: CompactStaging, layer: str, rows: list[int], message: Text, hint: Text) -> set[int]:
    staging.add("C14", Severity.WARNING, message, field="geometry", hint=hint, layer=layer, count=len(rows))
    return set(rows)
