"""Components for an export in the codes of one edition, and the list of those left out."""

from __future__ import annotations

from pathlib import Path

import pandas

from components.restating import Restated, restate
from gis.errors import DataRefused, UsageError
from gis.registry import Registry
from gis.text import t


def restated_components(registry: Registry, dataset: str, frame: pandas.DataFrame, standard: str) -> Restated:
    """Return components in the codes of an edition.

    Raises
    ------
    UsageError
        The dataset is another, or there is no such edition.
    DataRefused
        There are components, and none can be said in the codes of that edition.
    """
    if dataset != "components":
        raise UsageError(
            t("{collection} has no class codes of an edition", collection=dataset),
            field="--standard",
            value=standard,
            expected="components",
        )
    restated = restate(registry, frame, standard)
    if len(frame) and not len(restated.frame):
        raise DataRefused(
            t("No component can be written in the edition {standard}", standard=standard),
            field="--standard",
            value=standard,
            expected="; ".join(sorted(set(restated.left_out["reason"]))),
        )
    return restated


def write_left_out(rows: pandas.DataFrame, out: Path) -> tuple[int, Path | None]:
    """List components that were left out in a CSV (UTF-8 with byte-order mark) beside a file.

    Returns
    -------
    count : int
    path : pathlib.Path or None
        None when there is nothing to list; a list of an earlier export is removed.
    """
    path = out.with_name(f"{out.stem}.left-out.csv")
    path.unlink(missing_ok=True)
    if not len(rows):
        return 0, None
    rows.to_csv(path, index=False, encoding="utf-8-sig")
    return len(rows), path
