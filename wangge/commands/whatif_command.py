"""``wangge whatif KIND PATH…``: which past cases would go elsewhere, before anything is committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gis.importing import ImportOptions
from gis.text import t
from responsibility.cases.tables import check_paths
from responsibility.cases.what_if import WhatIf
from responsibility.cases.what_if_files import transfer_rows, what_if_lines
from responsibility.questions import moment
from wangge.commands.import_command import pairs
from wangge.delivery_options import reading_options
from wangge.mapping_files import read_mapping
from wangge.proposing import cases_in, changes_of, try_out
from wangge.session import Session, with_session

SHOWN = 20
_PATH = click.Path(path_type=Path)


def _reading(command: Any) -> Any:
    for option in reversed(reading_options()):
        command = option(command)
    return command


@click.command(
    "whatif",
    help=str(
        t(
            "What-if: read a changed rule table, area or boundary file and tell which past cases would go"
            " elsewhere, from whom to whom and why. Nothing is committed."
        )
    ),
)
@click.argument("kind", metavar="KIND")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=_PATH)
@_reading
@click.option("--field", "fields", multiple=True, metavar="TARGET=SOURCE", help=str(t("Column of a field.")))
@click.option("--set", "constants", multiple=True, metavar="TARGET=VALUE", help=str(t("Value of every row.")))
@click.option(
    "--map", "mapping", type=_PATH, help=str(t("A TOML file of [field], [set] and [values.FIELD]."))
)
@click.option("--standard", type=click.Choice(["2007", "2013", "2026"]), help=str(t("Edition of the codes.")))
@click.option(
    "--also", multiple=True, metavar="KIND=PATH", help=str(t("A further file that changes at the same time."))
)
@click.option("--cases", type=_PATH, help=str(t("A file of past cases; by default those of the registry.")))
@click.option("--cases-map", type=_PATH, help=str(t("A mapping file for the cases.")))
@click.option("--as-of", "as_of", help=str(t("Day whose areas count, today or later.")))
@click.option(
    "--out", "out", type=_PATH, multiple=True, help=str(t("Where the differences go: .html .csv .json"))
)
@with_session
def command(
    session: Session,
    kind: str,
    paths: tuple[Path, ...],
    *,
    also: tuple[str, ...],
    cases: Path | None,
    cases_map: Path | None,
    as_of: str | None,
    out: tuple[Path, ...],
    **given: Any,
) -> None:
    """Try changes out on past cases."""
    check_paths(out)
    day = None if as_of is None else moment("as_of", as_of)
    deliveries = [(kind, list(paths), _options(**given))]
    deliveries += [(other, [Path(path)], ImportOptions()) for other, path in pairs("--also", also).items()]
    with session.registry() as registry:
        changes = changes_of(registry, deliveries)
        frame = None if cases is None else cases_in(registry, [cases], _options(mapping=cases_map))
        found = try_out(
            registry, changes, cases=frame, as_of=day, out=out, progress=session.progress(t("Trying out"))
        )
    for path in out:
        session.tell(t("Report written: {path}", path=str(path)))
    session.show(found.to_dict(), lambda: "\n".join(_lines(found)))


def _options(
    *,
    mapping: Path | None = None,
    fields: tuple[str, ...] = (),
    constants: tuple[str, ...] = (),
    **given: Any,
) -> ImportOptions:
    from_file = read_mapping(mapping)
    return ImportOptions(
        fields={**from_file.fields, **pairs("--field", fields)},
        constants={**from_file.constants, **pairs("--set", constants)},
        words=from_file.words,
        **given,
    )


def _lines(found: WhatIf) -> list[str]:
    transfers = transfer_rows(found)
    lines = what_if_lines(found)
    lines += [f"  {before} → {after}: {count}" for before, after, count in transfers[:SHOWN]]
    if len(transfers) > SHOWN:
        lines.append(f"  {t('and {n} more', n=len(transfers) - SHOWN)}")
    return lines
