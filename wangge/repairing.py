"""Propose repairs of a delivery: a GeoPackage with the repaired rows and what was changed, checked again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas
import pandas

from gis.errors import UsageError
from gis.finding_codes import title
from gis.findings import Report
from gis.importing import ImportContext, ImportOptions
from gis.layer import ROW, SourceLayer
from gis.registry import Registry
from gis.text import t
from gis.vector import CHANGES_LAYER, FIXED_LAYER
from grids.repairs.delivery import Proposal, RowChange, check_repairable, propose
from grids.repairs.settled import Outcome, outcomes
from layers.delivery_kinds import kind_of


@dataclass(frozen=True, slots=True)
class Repairs:
    """Proposed repairs that were written to a file, and what they do to the findings."""

    path: Path
    changes: Sequence[RowChange]
    outcomes: Sequence[Outcome]

    def to_dict(self) -> dict[str, Any]:
        """Return what ``--json`` prints under ``repairs``, in the current language."""
        return {
            "path": str(self.path),
            "changes": len(self.changes),
            "findings": [
                {
                    "code": one.code,
                    "settled": one.settled,
                    "remaining": one.remaining,
                    "new": one.new,
                    "why": str(one.why) if one.remaining + one.new else None,
                }
                for one in self.outcomes
            ],
        }

    def lines(self) -> Iterator[str]:
        """Tell people what was changed, what is settled and what is left to them."""
        yield str(
            t(
                "{n} changes are proposed in {path}; nothing was imported.",
                n=len(self.changes),
                path=self.path,
            )
        )
        for one in self.outcomes:
            yield str(
                t(
                    "  {code} {title}: {settled} settled, {remaining} left",
                    code=one.code,
                    title=title(one.code),
                    settled=one.settled,
                    remaining=one.remaining,
                )
            )
            if one.remaining:
                yield str(t("      left to people: {why}", why=one.why))
            if one.new:
                yield str(t("      {n} are new, or could not be seen before: look there", n=one.new))


def check_repair_path(out: Path, kind: str, paths: Sequence[Path]) -> None:
    """Refuse an output that cannot be written, or would overwrite what is checked.

    Raises
    ------
    UsageError
        The kind cannot be repaired, the name is not that of a GeoPackage, the folder is missing, or the
        file is one of those delivered.
    """
    check_repairable(kind)
    if out.suffix.lower() != ".gpkg" or not out.parent.is_dir():
        raise UsageError(
            t("Repairs cannot be written to {path}", path=str(out)),
            field="--out",
            value=str(out),
            expected=t("a .gpkg file in a folder that exists"),
        )
    if any(path.resolve() == out.resolve() for path in paths):
        raise UsageError(
            t("{path} is the delivery itself: repairs are written beside it", path=str(out)),
            field="--out",
            value=str(out),
            expected=t("another name"),
        )


def propose_repairs(
    registry: Registry,
    kind: str,
    paths: Sequence[Path],
    options: ImportOptions,
    *,
    out: Path,
    before: Report,
) -> Repairs:
    """Repair what a machine may, write it, and check the result as the delivery was checked.

    Parameters
    ----------
    registry : Registry
        What the delivery is compared with; nothing is written to it.
    kind, paths, options
        The delivery, as it was checked.
    out : pathlib.Path
        The GeoPackage, see :func:`check_repair_path`; one that is there is replaced.
    before : Report
        What the check of the delivery said.
    """
    chosen = kind_of(kind)
    context = ImportContext(registry, kind, replace(options, dry_run=True))
    proposal = propose(chosen.reader(paths, context), context)  # type: ignore[arg-type]
    after = chosen.prepare(proposal.layers, context).report
    _write(proposal, out)
    return Repairs(out, proposal.changes, outcomes(before.findings, after.findings))


def _write(proposal: Proposal, out: Path) -> None:
    """Write beside the file and put it in place when it is whole."""
    draft = out.with_name(f".{out.name}.draft.gpkg")
    draft.unlink(missing_ok=True)
    try:
        for name, frame in _fixed(proposal.layers):
            _write_layer(frame, draft, name)
        _write_layer(_changes(proposal.changes), draft, CHANGES_LAYER)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _fixed(layers: Sequence[SourceLayer]) -> Iterator[tuple[str, geopandas.GeoDataFrame]]:
    """Return one layer of all rows; rows with other columns are layers of their own, numbered."""
    together: dict[tuple[str, ...], list[geopandas.GeoDataFrame]] = {}
    for layer in layers:
        frame = layer.frame.drop(columns=[ROW])
        together.setdefault(tuple(map(str, frame.columns)), []).append(frame)
    for number, frames in enumerate(together.values(), start=1):
        name = FIXED_LAYER if number == 1 else f"{FIXED_LAYER}_{number}"
        yield name, geopandas.GeoDataFrame(pandas.concat(frames, ignore_index=True), crs=frames[0].crs)


def _changes(changes: Sequence[RowChange]) -> geopandas.GeoDataFrame:
    columns = {
        "code": [row.change.code for row in changes],
        "title": [title(row.change.code) for row in changes],
        "id": [row.id for row in changes],
        "layer": [row.layer for row in changes],
        "row": [row.row for row in changes],
        "change": [str(row.change.text) for row in changes],
        "moved_m2": [row.change.moved_m2 for row in changes],
        "before_m2": [row.change.before_m2 for row in changes],
        "after_m2": [row.change.after_m2 for row in changes],
    }
    return geopandas.GeoDataFrame(columns, geometry=[row.change.place for row in changes], crs="EPSG:4490")


def _write_layer(frame: geopandas.GeoDataFrame, path: Path, name: str) -> None:
    kinds = set(frame.geom_type.dropna())
    frame, taken = _told_apart(frame)
    frame.to_file(
        path,
        layer=name,
        driver="GPKG",
        engine="pyogrio",
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        FID=_free("fid", taken),
        GEOMETRY_NAME=_free("geom", taken),
    )


def _told_apart(frame: geopandas.GeoDataFrame) -> tuple[geopandas.GeoDataFrame, set[str]]:
    """Rename columns that differ in case only, which a GeoPackage takes for one; return the names in use."""
    taken: set[str] = set()
    names = {}
    for column in frame.columns.drop(frame.active_geometry_name):
        names[column] = _free(str(column), taken)
        taken.add(names[column].casefold())
    return frame.rename(columns=names), taken


def _free(name: str, taken: set[str]) -> str:
    while name.casefold() in taken:
        name = f"{name}_"
    return name
