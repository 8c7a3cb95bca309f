"""Turn delivered polygons into map sheets (图幅)."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas
import numpy as np

from components.acceptance.layout import distances_from_numbers, scale_in_number
from gis.errors import DataRefused
from gis.findings import Severity
from gis.importing import ImportContext, ImportOptions, Prepared, read_spatial
from gis.layer import SourceLayer
from gis.models import DATASETS
from gis.registry import Registry
from gis.staging import Staging, stage
from gis.text import t
from grids.fields import field
from grids.fitting import check_overlaps
from grids.foreign_areas import check_foreign_areas
from grids.pieces import join_pieces

_SCALE = re.compile(r"(?:1[:：/])?(\d+)", re.ASCII)

CORNER_TOLERANCE_M = 1.0
"""Between a sheet's corner and its number; frames drawn by hand are not exact to the centimetre."""

SHEET_FIELDS = (
    field(
        "code",
        "图号 图幅号 图幅编号 图幅 TH TFH TFBH 图幅代码 MapNo SheetNo SheetNum NewMapNo 编号",
        required=True,
    ),
    field("scale", "比例尺 BLC MapScale 比例尺分母"),
    field("name", "图名 图幅名称 TM TFMC SheetName MapName 名称"),
    field("crs", "坐标系 坐标系统 ZBX"),
)


def prepare_sheets(layers: list[SourceLayer], context: ImportContext) -> Prepared:
    """Prepare map sheets of one scale or several; a sheet's number counts within its scale.

    The scale is a column, ``--set scale=500``, or told by the decimals of the number. Checks F05, G01 to G03,
    G08, G13, G14, G16, G17, G19, G22; sheets of one scale should not overlap, and unlike unit grids they are
    kept when they do.
    """
    staging = stage(layers, SHEET_FIELDS, context, dataset="sheets", key="code")
    _settle_scales(staging)
    surfaces = check_foreign_areas(staging, ("scale", "code"))
    _check_numbers(staging)
    scales = staging.values("scale")
    for scale in sorted({scale for scale in scales if scale is not None}):
        rows = np.array([one == scale for one in scales], dtype=bool)
        check_overlaps(staging, surfaces.only(rows), Severity.WARNING)
    return staging.prepared(join_pieces(staging, ("scale", "code"), DATASETS["sheets"].columns))


def sheets_in(registry: Registry, path: Path, options: ImportOptions) -> geopandas.GeoDataFrame:
    """Read a file of map sheets as rows of the dataset; nothing is imported.

    Raises
    ------
    DataRefused
        A sheet has no number, no scale or no polygon.
    """
    context = ImportContext(registry, "sheets", options)
    prepared = prepare_sheets(read_spatial([path], context), context)
    if prepared.report.errors:
        raise DataRefused(
            t("{path} is no list of map sheets: {message}", path=path.name,
              message=prepared.report.errors[0].message),
            report=prepared.report,
        )  # fmt: skip
    return geopandas.GeoDataFrame(prepared.frame)


def _settle_scales(staging: Staging) -> None:
    """Read the scale of each sheet; where nothing tells it the row is refused (F05)."""
    scales: list[str | None] = []
    for at, (stated, code) in enumerate(zip(staging.values("scale"), staging.values("code"), strict=True)):
        match = _SCALE.fullmatch("".join(stated.split())) if stated is not None else None
        told = scale_in_number(code) if stated is None and code is not None else None
        scales.append(match[1] if match else None if told is None else str(told))
        if scales[at] is None and code is not None:
            staging.flag(
                at,
                "F05",
                Severity.ERROR,
                t("The scale of sheet {name} is not known", name=staging.name_of(at)),
                field="scale",
                expected="500, 1:500, 1000 …",
                hint=t("Say it with --set scale=500"),
            )
    staging.set("scale", scales)


def _check_numbers(staging: Staging) -> None:
    """Report sheets that lie elsewhere than their number says (G19), as far as numbers tell a place."""
    away = distances_from_numbers(staging.values("code").tolist(), staging.geometries)
    for at in np.flatnonzero((away > CORNER_TOLERANCE_M) & ~staging.refused):
        staging.flag(
            at,
            "G19",
            Severity.WARNING,
            t(
                "Sheet {name} begins {away} m from where its number puts it",
                name=staging.name_of(at),
                away=f"{away[at]:.0f}",
            ),
            field="code",
            expected=t("northing and easting of its south-west corner in km"),
            hint=t("Is the number wrong, or the coordinate system?"),
        )
