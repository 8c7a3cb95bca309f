"""``wangge acceptance report``: judge a census by the inspectors' check points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from components.acceptance.census import Census, delivered_census, registry_census
from components.acceptance.check_points import read_check_points
from components.acceptance.faults import faults_of
from components.acceptance.inspection import Acceptance, inspect
from components.acceptance.positions import positions_of, shift_of
from components.acceptance.rates import RATE_NAMES
from components.acceptance.report_files import check_acceptance_paths, document, write_acceptance
from components.acceptance.report_page import headline
from components.acceptance.report_tables import outcome_text, rate_text, score_text
from components.acceptance.sampled import SampledSheets, read_sample
from components.acceptance.settings import load_settings
from gis.errors import DataRefused
from gis.importing import ImportOptions
from gis.registry import Registry
from gis.text import t
from wangge.acceptance_options import PATH, delivery_options, options_of_delivery
from wangge.commands.import_command import pairs
from wangge.session import Session, with_session
from wangge.summaries import summary
from wangge.system_option import SYSTEM


@click.command("report", help=str(t("Judge a census by check points: rates, position, verdict.")))
@click.argument("points", metavar="CHECKPOINTS...", nargs=-1, required=True, type=PATH)
@click.option(
    "--sample",
    "sample_file",
    type=PATH,
    required=True,
    help=str(t("The sheets under inspection, as `sample` wrote them, or any file of map sheets.")),
)
@delivery_options
@click.option("--settings", "settings_file", type=PATH, help=str(t("A TOML file of limits and weights.")))
@click.option(
    "--inspected",
    multiple=True,
    metavar="SHEET",
    help=str(t("A sheet that was inspected although no check point lies in it.")),
)
@click.option("--crs", type=SYSTEM, help=str(t("Coordinate system of the check points.")))
@click.option("--encoding", help=str(t("Character encoding of the check points.")))
@click.option("--field", "fields", multiple=True, metavar="TARGET=SOURCE", help=str(t("Column of a field.")))
@click.option("--set", "constants", multiple=True, metavar="TARGET=VALUE", help=str(t("Value of every row.")))
@click.option(
    "--out", "outs", type=PATH, multiple=True, help=str(t("Write a report: .html .json .gpkg .csv"))
)
@with_session
def command(
    session: Session,
    points: tuple[Path, ...],
    sample_file: Path,
    settings_file: Path | None,
    inspected: tuple[str, ...],
    outs: tuple[Path, ...],
    **given: Any,
) -> None:
    """Judge a census."""
    check_acceptance_paths(outs)
    settings = load_settings(settings_file)
    read = ImportOptions(
        crs=given.pop("crs"),
        encoding=given.pop("encoding"),
        fields=pairs("--field", given.pop("fields")),
        constants=pairs("--set", given.pop("constants")),
    )
    with session.registry_or_empty() as registry:
        sheets = read_sample(registry, sample_file, ImportOptions())
        try:
            census = _census(session, registry, sheets, given)
            checked = read_check_points(
                registry, points, read, standard=census.standard, catalogue=census.catalogue
            )
        except DataRefused as refused:
            if refused.report is not None:
                session.tell(summary(refused.report))
            raise
    acceptance = inspect(sheets, census, checked, settings, inspected=inspected)
    for out in outs:
        write_acceptance(acceptance, out)
        session.tell(t("Report written: {path}", path=str(out)))
    faults = faults_of(acceptance)
    session.show(document(acceptance, faults), lambda: _lines(acceptance))


def _census(session: Session, registry: Registry, sheets: SampledSheets, given: dict[str, Any]) -> Census:
    """Take the components of the registry, or of the delivery, whose own faults are told beside."""
    if not given["delivery"]:
        return registry_census(registry, sheets.geometries)
    census, findings = delivered_census(registry, given["delivery"], options_of_delivery(given))
    if findings:
        session.tell(t("The delivery has {n} findings of its own; see `wangge check`", n=len(findings)))
    return census.around(sheets.geometries)


def _lines(acceptance: Acceptance) -> str:
    lines = [str(headline(acceptance)), *(f"  {reason}" for reason in acceptance.verdict.reasons)]
    for result in acceptance.results:
        code, verdict = acceptance.sheets.codes[result.position], result.verdict
        lines.append(f"  {code}  {outcome_text(verdict)}  {score_text(verdict)}".rstrip())
        lines += [f"      {reason}" for reason in verdict.reasons]
    lines += [
        f"  {RATE_NAMES[name]}: {rate_text(rate)} / {rate.base}" for name, rate in acceptance.rates.items()
    ]
    shift = shift_of(positions_of(acceptance))
    lines += [str(note) for note in [shift, *acceptance.notes] if note is not None]
    return "\n".join(lines)
