"""Say in the codes of one edition what components are, for those who work with that edition.

Nothing is changed in the registry. Classes go by the table; an identifier is the one recorded as an alias,
else made of county, new class and number. What the table does not say, and identifiers that could be
another component's, are left out and listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray

from components.aliases import Aliases
from components.catalogue import Catalogue
from components.class_info import check_edition
from components.crosswalk import the_class
from components.renumbering import Numbers
from gis.errors import DataRefused
from gis.registry import Registry
from gis.text import Text, t

REASON = "reason"


@dataclass(frozen=True, slots=True)
class Restated:
    """Components in the codes of an edition, and those that cannot be said in them.

    Attributes
    ----------
    frame : DataFrame or GeoDataFrame
        Rows whose ``id``, ``class_code``, ``standard`` and ``name`` are of the edition.
    left_out : DataFrame
        ``id``, ``class_code``, ``standard``, ``name`` as registered, and ``reason`` in words.
    """

    frame: pandas.DataFrame
    left_out: pandas.DataFrame


def restate(registry: Registry, frame: pandas.DataFrame, standard: str) -> Restated:
    """Say components in the codes of an edition.

    Parameters
    ----------
    registry : Registry
        Whose aliases and numbers count.
    frame : DataFrame or GeoDataFrame
        Rows of the dataset ``components`` with all its columns.
    standard : str
        The edition wanted.

    Returns
    -------
    Restated

    Raises
    ------
    UsageError
        There is no such edition.
    """
    check_edition(standard)
    frame = frame.reset_index(drop=True)
    restated = {name: frame[name].to_numpy(dtype=object).copy() for name in ("id", "class_code", "name")}
    reasons = np.full(len(frame), None, dtype=object)
    catalogue = Catalogue.of(registry)
    for source in sorted(set(frame["standard"]) - {standard}):
        rows = np.flatnonzero(frame["standard"] == source)
        _restate_rows(registry, catalogue, restated, reasons, rows, source, standard)
    _refuse_shared(restated["id"], frame["standard"].to_numpy(dtype=object) == standard, reasons)
    stays = np.array([reason is None for reason in reasons], dtype=bool)
    return Restated(
        _with_columns(frame, {"standard": standard, **restated})[stays].reset_index(drop=True),
        _left_out(frame[~stays], reasons[~stays]),
    )


def _restate_rows(
    registry: Registry,
    catalogue: Catalogue,
    restated: Mapping[str, NDArray[np.object_]],
    reasons: NDArray[np.object_],
    rows: NDArray[np.intp],
    source: str,
    target: str,
) -> None:
    """Restate the rows of one edition in place; a reason is given where that cannot be done."""
    classes, silent = _classes(sorted(set(restated["class_code"][rows])), source, target)
    codes = restated["class_code"][rows]
    reasons[rows] = [silent.get(code) for code in codes]
    rows = rows[[code in classes for code in codes]]
    old, codes = restated["id"][rows].copy(), restated["class_code"][rows].copy()
    own = Aliases.of_components(registry, old, source).own(registry, target)
    new = Numbers(registry, own).keep(old, codes, classes)
    for at, identifier, code in zip(rows, new, codes, strict=True):
        if identifier is None:
            reasons[at] = t("its number may be another component's: convert the registry first")
            continue
        before, after = catalogue.info(source, code), catalogue.info(target, classes[code])
        name = restated["name"][at]
        if before is not None and after is not None and (pandas.isna(name) or before.is_called(name)):
            restated["name"][at] = after.name
        restated["id"][at], restated["class_code"][at] = identifier, classes[code]


def _classes(codes: list[str], source: str, target: str) -> tuple[dict[str, str], dict[str, Text]]:
    """Return the new class of those that have one, and the reason for the others."""
    classes: dict[str, str] = {}
    silent: dict[str, Text] = {}
    for code in codes:
        try:
            classes[code] = the_class(code, source, target)
        except DataRefused as refused:
            silent[code] = t("{reason}", reason=refused.message)
    return classes, silent


def _refuse_shared(
    identifiers: NDArray[np.object_], registered: NDArray[np.bool_], reasons: NDArray[np.object_]
) -> None:
    """Leave out what would have the identifier of another row; one registered under it stays."""
    derived = np.array([reason is None for reason in reasons], dtype=bool) & ~registered
    shared = pandas.Series(identifiers).where(derived | registered).duplicated(keep=False).to_numpy()
    for at in np.flatnonzero(derived & shared):
        reasons[at] = t("its number may be another component's: convert the registry first")


def _with_columns(frame: pandas.DataFrame, columns: Mapping[str, Any]) -> pandas.DataFrame:
    """Replace columns, each in the type it had."""
    return frame.assign(
        **{
            name: pandas.Series(values, index=frame.index, dtype=object).astype(frame[name].dtype)
            for name, values in columns.items()
        }
    )


def _left_out(rows: pandas.DataFrame, reasons: NDArray[np.object_]) -> pandas.DataFrame:
    columns = {name: rows[name].to_numpy(dtype=object) for name in ("id", "class_code", "standard", "name")}
    return pandas.DataFrame({**columns, REASON: [str(reason) for reason in reasons]}, dtype=object)
