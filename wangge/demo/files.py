"""Write what a surveyor delivers, the same bytes every time: shapefiles, archives and workbooks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from openpyxl import Workbook
from shapely.geometry.base import BaseGeometry

from wangge.demo import inputs

Row = dict[str, Any]

# No date of making in any file: DBF headers, archive members and workbooks would differ otherwise.
_DATE = (2023, 10, 20, 9, 30, 0)
_DBF_DATE = "2023-10-20"
_WORKBOOK_DATE = "2023-10-20T09:30:00Z"
GBK_BY_LANGUAGE_ID = "LDID/77"


@dataclass(frozen=True)
class Layer:
    """A shapefile to be.

    Attributes
    ----------
    path : str
        Inside the archive, without extension: ``部件/01公用设施/0101上水井盖``.
    geometry : str
        ``Point``, ``LineString`` or ``Polygon``.
    fields : sequence of str
        Field names, at most ten bytes of GBK each.
    rows : list of dict
    geometries : list of geometries
        In the city's system; ``None`` for a row without.
    encoding : str
        ``LDID/77`` writes GBK, said in the DBF header (0x4D) without a ``.cpg``; ``GBK`` writes a ``.cpg``.
    cpg : str or None
        Replaces what the ``.cpg`` says.
    """

    path: str
    geometry: str
    fields: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    geometries: list[BaseGeometry | None] = field(default_factory=list)
    encoding: str = GBK_BY_LANGUAGE_ID
    cpg: str | None = None

    def copied(self) -> Layer:
        """Return a copy whose rows can be changed."""
        return replace(self, rows=[dict(row) for row in self.rows], geometries=list(self.geometries))


class _GbkInfo(zipfile.ZipInfo):
    """An archive member with its name in GBK, as Windows in China packs it: no Unicode flag."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile asks for the name here
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def write_archive(
    path: Path, layers: Iterable[Layer], folder: Path, *, gbk_names: bool = True, without: Sequence[str] = ()
) -> None:
    """Write layers as shapefiles into one archive.

    Parameters
    ----------
    path : pathlib.Path
        The archive.
    layers : iterable of Layer
        What goes into it.
    folder : pathlib.Path
        Empty folder to write the parts in; they are removed.
    gbk_names : bool
        Member names in GBK without a flag, as packed on Windows; else UTF-8.
    without : sequence of str
        Extensions to leave out, such as ``.prj``.
    """
    for layer in layers:
        _write_shapefile(layer, folder)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part in sorted(folder.rglob("*")):
            if part.is_file() and part.suffix not in without:
                name = part.relative_to(folder).as_posix()
                info = (_GbkInfo if gbk_names else zipfile.ZipInfo)(name, _DATE)
                info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
                archive.writestr(info, part.read_bytes())
    _remove_inside(folder)


def write_workbook(path: Path, workbook: Workbook) -> None:
    """Write a workbook without the moment of writing."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(made.namelist()):
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _WORKBOOK_DATE.encode(), content)
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(info, content)


def _write_shapefile(layer: Layer, folder: Path) -> None:
    target = folder / f"{layer.path}.shp"
    target.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.raw.write(
        target,
        shapely.to_wkb(np.array(layer.geometries, dtype=object)),
        [_column(layer, name) for name in layer.fields],
        list(layer.fields),
        geometry_type=layer.geometry,
        crs=inputs.city().crs,
        driver="ESRI Shapefile",
        encoding=layer.encoding,
        layer_options={"RESIZE": "YES", "DBF_DATE_LAST_UPDATE": _DBF_DATE},
    )
    if layer.cpg is not None:
        target.with_suffix(".cpg").write_text(layer.cpg, "ascii")


def _column(layer: Layer, name: str) -> Any:
    """Return the values of a field as an array of numbers or of text."""
    values = [row[name] for row in layer.rows]
    numeric = bool(values) and all(isinstance(value, float) for value in values)
    return np.array(values, dtype=float if numeric else object)


def _remove_inside(folder: Path) -> None:
    for part in sorted(folder.rglob("*"), reverse=True):
        part.rmdir() if part.is_dir() else part.unlink()
