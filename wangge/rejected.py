"""Write the rows an import refused, so that they can be mended and imported again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas
import numpy as np
import orjson
import pandas
import pyogrio

from gis.findings import Finding, Severity
from gis.layer import LAYER, ROW
from gis.refused_rows import IN_LAYER, IN_ROW, NOTES, WHY, notes_among
from gis.report_layers import GEOPACKAGE_VERSION
from gis.values import as_text

_INT64 = range(-(2**63), 2**63)


def write_rejected(
    rows: pandas.DataFrame | Iterable[pandas.DataFrame] | None,
    kind: str,
    reports: Sequence[Path],
    *,
    findings: Iterable[Finding] = (),
    delivered: Sequence[Path] = (),
) -> Path | None:
    """Write rejected rows beside the first report, or in the working directory.

    Every layer of the delivery is a layer of its own, called like its file and folder, with all columns of
    the source under their headings: what a name told (``0101上水井盖.shp``) it still tells. Beside them stand
    the columns of :mod:`gis.refused_rows`.

    Parameters
    ----------
    rows : DataFrame or GeoDataFrame, or iterable of them, or None
        Rows with the columns of the source, ``_layer`` and ``_row``; geometry in EPSG:4490.
    kind : str
        What was imported.
    reports : sequence of pathlib.Path
        The reports asked for.
    findings : iterable of Finding
        Those of the import; errors say why a row was rejected.
    delivered : sequence of pathlib.Path
        What was imported: it is not written over, the file gets a number instead.

    Returns
    -------
    pathlib.Path or None
        A GeoPackage, or a CSV (UTF-8 with byte-order mark) for rows without geometry; None without rows.
    """
    given = [rows] if isinstance(rows, pandas.DataFrame) else [] if rows is None else rows
    frames = [frame for frame in given if len(frame)]
    if not frames:
        return None
    whole = frames[0] if len(frames) == 1 else pandas.concat(frames, ignore_index=True)
    spatial = isinstance(whole, geopandas.GeoDataFrame)
    stem = reports[0].with_suffix("") if reports else Path(kind)
    path = _free_path(stem, ".gpkg" if spatial else ".csv", delivered)
    noted = _with_notes(whole, _Reasons(findings))
    if spatial:
        _write_layers(noted, path)
    else:
        noted.to_csv(path, index=False, encoding="utf-8-sig")
    return path


def _free_path(stem: Path, suffix: str, delivered: Sequence[Path]) -> Path:
    taken = {path.resolve() for path in delivered}
    number, path = 1, stem.with_name(f"{stem.name}.rejected{suffix}")
    while path.resolve() in taken or (path.exists() and taken & set(path.resolve().parents)):
        number += 1
        path = stem.with_name(f"{stem.name}.rejected-{number}{suffix}")
    return path


class _Reasons:
    """Why rows were rejected: errors by layer and row, and by identifier."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._by_place: dict[tuple[str | None, int | None], list[str]] = defaultdict(list)
        self._by_id: dict[str, list[str]] = defaultdict(list)
        for finding in findings:
            if finding.severity is Severity.ERROR:
                said = f"{finding.code} {finding.message}"
                self._by_place[finding.layer, finding.row].append(said)
                if finding.id is not None:
                    self._by_id[finding.id].append(said)

    def of(self, layer: str | None, row: int | None, values: Iterable[Any]) -> str | None:
        """Return what was found at a row, else at another with its identifier, else of the whole layer.

        What the reader of a file finds names the row alone. Of rows with one identifier, all of which are
        refused, the later ones have the finding.
        """
        found = self._at(layer, row) + self._at(None, row)
        found = found or [said for value in values if isinstance(value, str) for said in self._same(value)]
        found = found or self._at(layer, None) + self._at(None, None)
        return "; ".join(dict.fromkeys(found)) or None

    def _at(self, layer: str | None, row: int | None) -> list[str]:
        return self._by_place.get((layer, row), [])

    def _same(self, identifier: str) -> list[str]:
        return self._by_id.get(identifier, [])


def _with_notes(rows: pandas.DataFrame, reasons: _Reasons) -> pandas.DataFrame:
    """Put the notes in front of the columns of the source, in place of earlier ones."""
    layers = list(rows[LAYER]) if LAYER in rows else [None] * len(rows)
    numbers = (
        [None if pandas.isna(row) else int(row) for row in rows[ROW]] if ROW in rows else [None] * len(rows)
    )
    source = rows.drop(columns=[LAYER, ROW, *notes_among(rows.columns)], errors="ignore")
    source = source.rename(columns={name: f"{name}_2" for name in NOTES})
    why = [
        reasons.of(layer, number, values)
        for layer, number, values in zip(layers, numbers, source.itertuples(index=False), strict=True)
    ]
    source.insert(0, WHY, why)
    source.insert(1, IN_LAYER, layers)
    source.insert(2, IN_ROW, pandas.Series(numbers, index=source.index, dtype="Int64"))
    return source


def _write_layers(rows: pandas.DataFrame, path: Path) -> None:
    path.unlink(missing_ok=True)
    named = _layer_names([str(layer) for layer in rows[IN_LAYER].unique()])
    for layer, part in _parts(rows):
        stored = _as_stored(part)
        pyogrio.write_dataframe(
            stored,
            path,
            layer=named[layer],
            driver="GPKG",
            VERSION=GEOPACKAGE_VERSION,
            geometry_type="Unknown",
            FID=_free_name("fid", stored.columns),
            GEOMETRY_NAME=_free_name("geom", stored.columns),
        )


def _parts(rows: pandas.DataFrame) -> Iterator[tuple[str, geopandas.GeoDataFrame]]:
    """Give the rows of each layer with the columns it has, as far as that can be told."""
    elsewhere = rows.notna().sum()
    for layer, part in rows.groupby(rows[IN_LAYER].astype(str), sort=False):
        foreign = [
            name
            for name in rows.columns
            if part[name].isna().all()
            and elsewhere[name]
            and not any(value is None for value in part[name].astype(object))
            and name != "geometry"
        ]
        yield str(layer), geopandas.GeoDataFrame(part.drop(columns=foreign), crs=rows.crs)


def _layer_names(layers: Sequence[str]) -> dict[str, str]:
    """Call layers like the last part of their path and its folder, with more of the path where alike."""
    names: dict[str, str] = {}
    for layer in layers:
        parts = [PurePosixPath(part).stem for part in PurePosixPath(layer.replace("\\", "/")).parts]
        depth = min(2, len(parts))
        while "/".join(parts[-depth:]) in names.values() and depth < len(parts):
            depth += 1
        names[layer] = _free_name("/".join(parts[-depth:]), names.values())
    return names


def _free_name(name: str, taken: Collection[str]) -> str:
    """Return a name that no other is equal to, case aside, as databases compare."""
    known, unique, number = {other.casefold() for other in taken}, name, 1
    while unique.casefold() in known:
        number += 1
        unique = f"{name}_{number}"
    return unique


def _as_stored(rows: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Give every column one type and a name of its own."""
    names: list[str] = []
    for name in map(str, rows.columns):
        names.append(_free_name(name, names))
    columns = {
        unique: values if unique == "geometry" else _of_one_type(values)
        for unique, (_, values) in zip(names, rows.items(), strict=True)
    }
    return geopandas.GeoDataFrame(columns, geometry="geometry", crs=rows.crs)


def _of_one_type(values: pandas.Series[Any]) -> pandas.Series[Any]:
    """Turn a column of Python objects into numbers, truth values or text, whichever all of them are."""
    if values.dtype != object:
        return values
    present = [value for value in values if not _is_missing(value)]
    if present and all(isinstance(value, (bool, np.bool_)) for value in present):
        return values.astype("boolean")
    if any(isinstance(value, (bool, np.bool_)) for value in present):
        return _as_texts(values)
    if present and all(isinstance(value, (int, np.integer)) and int(value) in _INT64 for value in present):
        return values.astype("Int64")
    if present and all(isinstance(value, (float, np.floating)) for value in present):
        return values.astype(float)
    return _as_texts(values)


def _as_texts(values: pandas.Series[Any]) -> pandas.Series[Any]:
    texts = [
        value
        if isinstance(value, str)
        else orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY).decode()
        if isinstance(value, (dict, list, np.ndarray))
        else None
        if _is_missing(value)
        else as_text(value)
        for value in values
    ]
    return pandas.Series(texts, index=values.index, dtype=object)


def _is_missing(value: Any) -> bool:
    return value is None or (pandas.api.types.is_scalar(value) and bool(pandas.isna(value)))
