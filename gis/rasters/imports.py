"""Import rasters: a delivery of GeoTIFF files becomes rows of the dataset, and files of the store."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gis.columns import to_json
from gis.crs import STORED
from gis.declared_crs import declared_name
from gis.errors import UsageError
from gis.findings import Report
from gis.importing import ImportContext, Prepared
from gis.layer import LAYER, ROW, SourceLayer
from gis.models import DATASETS
from gis.rasters.examining import DATASET, ELEVATION, ORTHOPHOTO, Examined, examine
from gis.rasters.files import RasterFile, find_rasters
from gis.rasters.store import keep, store_of, sweep
from gis.text import t

KINDS = (ORTHOPHOTO, ELEVATION)

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_STATED = ("code", "name", "kind", "date", "note")


class RasterLayer(SourceLayer):
    """A raster of a delivery, as a layer of one row: its footprint.

    Parameters
    ----------
    examined : Examined
        What was found out about it.
    """

    __slots__ = ("examined",)

    def __init__(self, examined: Examined) -> None:
        self.examined = examined
        facts = {name: value for name, value in examined.facts.items() if name != "attributes"}
        frame = gpd.GeoDataFrame(
            [{ROW: 1, **facts}], geometry=[examined.footprint], crs=STORED if examined.footprint else None
        )
        described = t(
            "GeoTIFF, {bands} bands of {kind}",
            bands=facts.get("bands", "?"),
            kind=facts.get("value_type", "?"),
        )
        name = examined.file.stem
        super().__init__(
            examined.file.shown, name, frame, examined.evidence, described, list(examined.findings)
        )


def read_rasters(paths: Sequence[Path], context: ImportContext) -> list[SourceLayer]:
    """Examine every GeoTIFF of a delivery.

    Raises
    ------
    UsageError
        A path is not there or no raster, or ``--crs`` is not understood.
    FileProblem
        There is nothing to read.
    """
    given = context.options.crs
    declared = declared_name(given) if isinstance(given, str) else given
    return [RasterLayer(examine(file, declared)) for file in find_rasters(paths)]


def prepare_rasters(delivery: Sequence[SourceLayer], context: ImportContext) -> Prepared:
    """Turn examined rasters into rows, and keep their files unless it is only a check.

    Raises
    ------
    UsageError
        ``--set`` states something that rasters do not have, or one code for several.
    FileProblem
        A file turns out to be damaged where it was not sampled.
    RegistryUnavailable
        There is no folder to keep rasters in.
    """
    rasters = [layer for layer in delivery if isinstance(layer, RasterLayer)]
    stated = _stated(context.options.constants, len(rasters))
    codes = [stated.get("code") or _code(layer.examined.file) for layer in rasters]
    _refuse_doubles(rasters, codes)
    chosen = [(layer, code) for layer, code in zip(rasters, codes, strict=True) if layer.examined.accepted]
    refused = [layer for layer in rasters if not layer.examined.accepted]
    report = Report(DATASET, checked=len(rasters), accepted=len(chosen), rejected=len(refused))
    keeping = not context.options.dry_run and (not refused or context.options.partial)
    folder = _store(context) if keeping else None
    rows = [_row(layer.examined, code, stated, folder) for layer, code in chosen]
    columns = list(DATASETS[DATASET].columns)
    frame = gpd.GeoDataFrame(
        {name: [row.get(name) for row in rows] for name in columns},
        geometry=[layer.examined.footprint for layer, _code in chosen],
        crs=STORED,
    )
    rejected = pd.DataFrame({LAYER: [layer.path for layer in refused], ROW: [1] * len(refused)})
    return Prepared(DATASET, frame, rejected, report)


def _store(context: ImportContext) -> Path:
    folder = store_of(context.registry)
    sweep(context.registry, folder)
    return folder


def _stated(constants: dict[str, str], files: int) -> dict[str, str]:
    for name, value in constants.items():
        if name not in _STATED:
            raise _refused(name, value, ", ".join(_STATED))
    code, kind = constants.get("code"), constants.get("kind")
    if code is not None and not _CODE.fullmatch(code):
        raise _refused("code", code, t("Small letters, digits, - and _"))
    if kind is not None and kind not in KINDS:
        raise _refused("kind", kind, ", ".join(KINDS))
    for name in ("code", "name"):
        if name in constants and files > 1:
            raise _refused(name, constants[name], t("one raster, not {count}", count=files))
    return dict(constants)


def _refused(name: str, value: str, expected: Any) -> UsageError:
    return UsageError(
        t("{field} of a raster cannot be {value}", field=name, value=repr(value)),
        field="--set",
        value=f"{name}={value}",
        expected=expected,
    )


def _code(file: RasterFile) -> str:
    """Return what a raster is called in addresses: its name, or a digest of one that cannot be in them."""
    name = file.stem.lower().replace(" ", "-")
    return name if _CODE.fullmatch(name) else f"raster-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _refuse_doubles(delivery: Sequence[RasterLayer], codes: list[str]) -> None:
    times = Counter(codes)
    for layer, code in zip(delivery, codes, strict=True):
        if times[code] > 1:
            message = t("{count} rasters would be called {code}", count=times[code], code=code)
            layer.examined.complain("G08", message, id=code)
            layer.findings.append(layer.examined.findings[-1])


def _row(examined: Examined, code: str, stated: dict[str, str], folder: Path | None) -> dict[str, Any]:
    row: dict[str, Any] = {"name": examined.file.stem, **examined.facts, **stated, "code": code}
    row["attributes"] = to_json(examined.facts.get("attributes"))
    if folder is not None:
        row["path"], row["checksum"] = keep(examined, folder, row["kind"])
    return row
