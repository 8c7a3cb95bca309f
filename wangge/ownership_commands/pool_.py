"""``wangge ownership pool``: what is to be settled."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import click

from gis.errors import UsageError
from gis.text import t
from responsibility.ownership_pool import Unsettled, pool
from wangge.duty_options import STATES
from wangge.session import Session, with_session

SHOWN = 100
_NAMES = [field.name for field in fields(Unsettled)]


@click.command("pool", help=str(t("Ownerless and disputed components, by identifier.")))
@click.option("--street", help=str(t("Only those of this street; code.")))
@click.option("--class", "class_code", help=str(t("Only those of this class or major class; code.")))
@click.option(
    "--status", type=click.Choice(["unknown", "disputed"]), help=str(t("Only those of this state."))
)
@click.option("--limit", type=click.IntRange(min=1), help=str(t("At most so many; 100 without --out.")))
@click.option(
    "--out", type=click.Path(path_type=Path), help=str(t("Write all of them into a CSV file instead."))
)
@with_session
def command(
    session: Session,
    street: str | None,
    class_code: str | None,
    status: str | None,
    limit: int | None,
    out: Path | None,
) -> None:
    """Show the pool, or write it to a file piece by piece."""
    if out is not None and out.suffix.casefold() != ".csv":
        raise UsageError(
            t("Files of the kind {suffix} cannot be written here", suffix=out.suffix or out.name),
            field="--out",
            value=str(out),
            expected=".csv",
        )
    most = SHOWN if limit is None and out is None else limit
    with session.registry() as registry:
        found = pool(registry, street=street, class_code=class_code, status=status, limit=most)
        if out is not None:
            count = _write(out, found)
            session.show(
                {"written": count, "out": str(out)},
                lambda: str(t("{count} components written to {path}", count=count, path=str(out))),
            )
            return
        entries = list(itertools.islice(found, most))
    if not entries:
        session.show([], lambda: str(t("Nothing is to be settled")))
        return
    session.show([one.to_dict() for one in entries], lambda: "\n".join(map(_line, entries)))


def _write(path: Path, found: Iterable[Unsettled]) -> int:
    """Write a table that spreadsheets open in Chinese, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    count = 0
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(_NAMES)
            for one in found:
                writer.writerow([getattr(one, name) for name in _NAMES])
                count += 1
        part.replace(path)
    except OSError as error:
        raise UsageError(
            t("File {path} cannot be written: {problem}", path=str(path), problem=str(error)),
            field="--out",
            value=str(path),
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return count


def _line(one: Unsettled) -> str:
    return str(
        t(
            "{id}  {name}  {status}  on record: {units}; asked {asked}, answered {answered}",
            id=one.component_id,
            name=one.name or one.class_code,
            status=STATES[one.status],
            units="、".join(dict.fromkeys(unit for unit in (one.owner, one.maintainer) if unit)) or "-",
            asked=one.asked,
            answered=one.answered,
        )
    )
