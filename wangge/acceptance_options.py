"""What the commands of an acceptance share: their options, the sheets, and the ground that is surveyed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from components.acceptance.layout import SCALES
from components.acceptance.sheet_imports import sheets_in
from gis.crs import System
from gis.errors import NotFound
from gis.files import read_layers
from gis.importing import ImportOptions
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t
from wangge.mapping_files import read_mapping
from wangge.system_option import SYSTEM

PATH = click.Path(path_type=Path)
STANDARDS = click.Choice(["2007", "2013", "2026"])


def scale_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--scale`` to a command."""
    option = click.option(
        "--scale",
        type=click.Choice([str(scale) for scale in SCALES]),
        default="500",
        show_default=True,
        help=str(t("Scale of the map sheets, 1:500 or 1:1 000.")),
    )
    return option(command)


def delivery_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a delivery that is judged before it is imported."""
    options = (
        click.option(
            "--delivery",
            type=PATH,
            multiple=True,
            help=str(t("Components to judge before they are imported; else those of the registry.")),
        ),
        click.option("--delivery-crs", type=SYSTEM, help=str(t("Coordinate system of the delivery."))),
        click.option("--delivery-encoding", help=str(t("Character encoding of the delivery."))),
        click.option(
            "--delivery-map",
            type=PATH,
            help=str(t("A TOML file of [field], [set] and [values.FIELD] for the delivery.")),
        ),
        click.option("--standard", type=STANDARDS, help=str(t("Edition of the codes."))),
    )
    for option in reversed(options):
        command = option(command)
    return command


def options_of_delivery(given: dict[str, Any]) -> ImportOptions:
    """Take the options of a delivery out of all that were given."""
    mapping = read_mapping(given.pop("delivery_map"))
    return ImportOptions(
        fields=mapping.fields,
        constants=mapping.constants,
        words=mapping.words,
        crs=given.pop("delivery_crs"),
        encoding=given.pop("delivery_encoding"),
        standard=given.pop("standard"),
        dry_run=True,
    )


def sheets_of_scale(registry: Registry, scale: str, path: Path | None, crs: System | None) -> Any:
    """Return the sheets of a scale, from a file or else from the registry.

    Returns
    -------
    GeoDataFrame
        Rows of the dataset ``sheets``.

    Raises
    ------
    DataRefused
        The file is no list of map sheets.
    NotFound
        There are no sheets of this scale.
    """
    if path is None:
        table = DATASETS["sheets"].live
        frame = read_frame(registry, "sheets", where=table.c.scale == scale)
        hint: Text | None = t("Make them with `wangge acceptance sheets`, or name a file with --sheets")
    else:
        sheets = sheets_in(registry, path, ImportOptions(crs=crs))
        frame, hint = sheets[sheets["scale"] == scale].reset_index(drop=True), None
    if frame.empty:
        raise NotFound(
            t("There are no map sheets of scale 1:{scale}", scale=scale),
            field="--scale",
            value=scale,
            hint=hint,
        )
    return frame


def district_of(registry: Registry, paths: Sequence[Path], crs: System | None) -> BaseGeometry:
    """Return the district: areas of files, else the counties of the registry, else its unit grids.

    Raises
    ------
    NotFound
        No area is known.
    """
    if paths:
        layers = read_layers(paths, dataset="district", crs=crs)
        shapes = np.concatenate([array_of(layer.frame) for layer in layers])
    else:
        counties = _counties(registry)
        shapes = counties if len(counties) else array_of(read_frame(registry, "grids", columns=["geometry"]))
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    if not len(shapes):
        raise NotFound(
            t("No district is known to cut into sheets"),
            field="--district",
            hint=t("Name a file with its area, or import divisions or unit grids first"),
        )
    return shapely.union_all(shapely.make_valid(shapes))


def ground_of(registry: Registry, sheets: geopandas.GeoDataFrame) -> NDArray[np.object_]:
    """Return the ground around sheets on which components are expected; empty where nothing is known."""
    frame = read_frame(registry, "grids", bbox=tuple(sheets.total_bounds.tolist()), columns=["geometry"])
    return array_of(frame) if len(frame) else _counties(registry)


def array_of(frame: geopandas.GeoDataFrame) -> NDArray[np.object_]:
    """Return the geometries of a frame."""
    return np.array([*frame.geometry, None], dtype=object)[:-1]


def _counties(registry: Registry) -> NDArray[np.object_]:
    table = DATASETS["divisions"].live
    frame = read_frame(registry, "divisions", columns=["geometry"], where=table.c.level == "county")
    return array_of(frame)
