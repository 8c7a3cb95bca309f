"""``wangge acceptance sample``: draw the map sheets that are to be inspected."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from components.acceptance.census import component_points, delivered_census
from components.acceptance.sampled import check_sample_path, sample_document, write_sample
from components.acceptance.sampling import Sample, draw
from components.acceptance.strata import STRATUM_NAMES, survey_sheets
from gis.crs import System
from gis.registry import Registry
from gis.text import t
from wangge.acceptance_options import (
    PATH,
    delivery_options,
    ground_of,
    options_of_delivery,
    scale_option,
    sheets_of_scale,
)
from wangge.session import Session, with_session
from wangge.system_option import SYSTEM


@click.command("sample", help=str(t("Draw map sheets to inspect, stratified by the density of components.")))
@scale_option
@click.option(
    "--sheets",
    "sheets_file",
    type=PATH,
    help=str(t("File of map sheets; by default those of the registry.")),
)
@click.option(
    "--crs", type=SYSTEM, help=str(t("Coordinate system of the files, such as EPSG:4524 or GCJ02."))
)
@click.option("--seed", default="1", show_default=True, help=str(t("The same seed draws the same sheets.")))
@click.option("--number", type=int, help=str(t("How many sheets; by default as GB/T 24356-2009 has it.")))
@click.option("--percent", type=float, help=str(t("How many of a hundred sheets.")))
@delivery_options
@click.option(
    "--out",
    "outs",
    type=PATH,
    multiple=True,
    help=str(t("Write the list for the inspectors: .gpkg .csv .json")),
)
@with_session
def command(
    session: Session,
    scale: str,
    sheets_file: Path | None,
    crs: System | None,
    seed: str,
    number: int | None,
    percent: float | None,
    outs: tuple[Path, ...],
    **given: Any,
) -> None:
    """Draw a sample."""
    for out in outs:
        check_sample_path(out)
    with session.registry_or_empty() as registry:
        sheets = sheets_of_scale(registry, scale, sheets_file, crs)
        surveyed = survey_sheets(sheets, _points(registry, given), ground_of(registry, sheets))
    sample = draw(surveyed, seed, number=number, percent=percent)
    for out in outs:
        write_sample(sample, out)
        session.tell(t("Written: {path}", path=str(out)))
    session.show(sample_document(sample), lambda: _lines(sample))


def _points(registry: Registry, given: dict[str, Any]) -> Iterable[NDArray[np.object_]]:
    if not given["delivery"]:
        return component_points(registry)
    census, _ = delivered_census(registry, given["delivery"], options_of_delivery(given))
    return [census.points]


def _lines(sample: Sample) -> str:
    lines = [
        str(
            t(
                "{drawn} of {eligible} sheets drawn with seed {seed}",
                drawn=len(sample.chosen),
                eligible=int(sample.sheets.expected.sum()),
                seed=sample.seed,
            )
        )
    ]
    for stratum, (there, drawn) in sample.counts().items():
        lines.append(f"  {STRATUM_NAMES[stratum]}: {drawn}/{there}")
    lines += [
        f"    {sample.sheets.codes[at]}  {STRATUM_NAMES[sample.strata[at]]}  {sample.sheets.components[at]}"
        for at in sample.chosen.tolist()
    ]
    return "\n".join(lines)
