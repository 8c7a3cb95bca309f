"""The options that ``import`` and ``check`` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gis.text import t
from wangge.system_option import SYSTEM


def import_options(command: Callable[..., Any], *, paths_required: bool = True) -> Callable[..., Any]:
    """Add the arguments and options of ``import`` and ``check`` to a command."""
    for option in reversed(_options(paths_required)):
        command = option(command)
    return command


def reading_options() -> list[Callable[[Any], Any]]:
    """Return the options that say how files are to be read: ``--crs`` and ``--encoding``."""
    return [
        click.option(
            "--crs",
            type=SYSTEM,
            help=str(
                t("Coordinate system of the files: EPSG:4524, GCJ02, EPSG:4545,yx, or a .prj or .toml.")
            ),
        ),
        click.option("--encoding", help=str(t("Character encoding of the files, such as GBK."))),
    ]


def _options(paths_required: bool) -> list[Callable[[Any], Any]]:
    path = click.Path(path_type=Path)
    return [
        click.argument("kind", metavar="KIND"),
        click.argument("paths", metavar="PATH...", nargs=-1, required=paths_required, type=path),
        *reading_options(),
        click.option(
            "--field", "fields", multiple=True, metavar="TARGET=SOURCE", help=str(t("Column of a field."))
        ),
        click.option(
            "--set", "constants", multiple=True, metavar="TARGET=VALUE", help=str(t("Value of every row."))
        ),
        click.option(
            "--map", "mapping", type=path, help=str(t("A TOML file of [field], [set] and [values.FIELD]."))
        ),
        click.option(
            "--standard", type=click.Choice(["2007", "2013", "2026"]), help=str(t("Edition of the codes."))
        ),
        click.option(
            "--partial", is_flag=True, help=str(t("Commit the accepted rows, write the others to a file."))
        ),
        click.option(
            "--report", type=path, multiple=True, help=str(t("Write a report: .html .json .gpkg .csv"))
        ),
        click.option(
            "--buildings",
            type=path,
            multiple=True,
            help=str(t("Buildings that the borders of unit grids should not cut.")),
        ),
        click.option("--source", help=str(t("Where the files are from; kept with the edition."))),
    ]
