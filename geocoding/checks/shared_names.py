"""Aliases and former names that lead to several things: P17."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from geocoding.checks.numbers import plain
from geocoding.names import read_names
from gis.compact_staging import CompactStaging
from gis.findings import Severity
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t

_OTHER = ("aliases", "former_names")


def check_shared_names(staging: CompactStaging, registry: Registry) -> None:
    """Report other names that are another's own name, tell those that several have (P17).

    Compared are the rows of the delivery, and the registry's that it does not bring.
    """
    others = [(at, name) for field in _OTHER for at, name in _names(staging, field)]
    wanted = {plain(name) for _, name in others}
    if not wanted:
        return
    own, also = _bearers(staging, registry, wanted)
    codes = staging.column("code")
    standard: dict[int, tuple[str, str]] = {}
    shared: dict[int, tuple[str, str]] = {}
    for at, name in others:
        text, code = plain(name), codes[at] or ""
        for found, told in ((own[text], standard), (also[text], shared)):
            met = sorted(found - {code})
            if met and not staging.refused[at]:
                told.setdefault(at, (name, met[0]))
    _tell(staging, standard, shared)


def _names(staging: CompactStaging, field: str) -> Iterator[tuple[int, str]]:
    """Yield positions and other names, of rows that have some."""
    column = staging.column(field)
    for at in np.flatnonzero(column.present() & ~staging.refused).tolist():
        yield from ((at, one.name) for one in read_names(column[at]))


def _bearers(
    staging: CompactStaging, registry: Registry, wanted: set[str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the codes of those whose own, and whose other name each is."""
    own: dict[str, set[str]] = defaultdict(set)
    also: dict[str, set[str]] = defaultdict(set)
    codes, names = staging.column("code"), staging.column("name")
    rows = names.test(lambda name: plain(name) in wanted) & codes.present() & ~staging.refused
    for at in np.flatnonzero(rows).tolist():
        own[plain(str(names[at]))].add(str(codes[at]))
    for field in _OTHER:
        for at, name in _names(staging, field):
            also[plain(name)].add(codes[at] or "")
    delivered = set(codes.distinct())
    for code, name, *more in _stored(registry, staging.dataset):
        if code not in delivered:
            own[plain(name)].add(code)
            for one in (one for text in more if isinstance(text, str) for one in read_names(text)):
                also[plain(one.name)].add(code)
    return own, also


def _stored(registry: Registry, dataset: str) -> Iterator[tuple[Any, ...]]:
    frame = read_frame(registry, dataset, columns=["code", "name", *_OTHER])
    yield from frame[frame["name"].notna()].itertuples(index=False, name=None)


def _tell(
    staging: CompactStaging, standard: dict[int, tuple[str, str]], shared: dict[int, tuple[str, str]]
) -> None:
    def warn(at: int) -> dict[str, Any]:
        name, code = standard[at]
        message = t("{name} is the name of {code}, here it is another name", name=name, code=code)
        return {"message": message, "field": "aliases", "value": name}

    def tell(at: int) -> dict[str, Any]:
        name, code = shared[at]
        message = t("{name} is another name of {code} too", name=name, code=code)
        return {"message": message, "field": "aliases", "value": name}

    for told, severity, say in ((standard, Severity.WARNING, warn), (shared, Severity.INFO, tell)):
        staging.flag_rows(np.array(sorted(told), dtype=np.intp), "P17", severity, say)
