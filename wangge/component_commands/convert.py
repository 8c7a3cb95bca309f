"""``wangge components convert --from E --to E``: bring components to another edition of the classes."""

from __future__ import annotations

from collections.abc import Iterator

import click
from sqlalchemy import func, select

from components.conversion import ConversionResult, convert_components
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import Text, t
from wangge.class_options import standard_option
from wangge.session import Session, with_session


@click.command(
    "convert",
    help=str(t("Bring all components of an edition to another; old identifiers stay as aliases.")),
)
@standard_option("--from", "source", required=True, help=str(t("Edition of the components.")))
@standard_option("--to", "target", required=True, help=str(t("Edition wanted.")))
@click.option("--county", help=str(t("Only the components of this county, six digits.")))
@click.option("--partial", is_flag=True, help=str(t("Convert the others although some classes cannot be.")))
@click.option("--dry-run", is_flag=True, help=str(t("Only tell what would be done.")))
@with_session
def command(
    session: Session, source: str, target: str, county: str | None, partial: bool, dry_run: bool
) -> None:
    """Convert components."""
    with session.registry() as registry:
        result = convert_components(registry, source, target, county=county, partial=partial, dry_run=dry_run)
        rules = _rules_of(registry, target)
    document = {**result.to_dict(), "rules_of_target": rules}
    session.show(document, lambda: "\n".join(map(str, _lines(result, rules))))


def _rules_of(registry: Registry, standard: str) -> int:
    """Count the rules for components of an edition: without any, nobody is found to act."""
    table = DATASETS["rules"].live
    of_edition = (table.c.standard == standard) & (table.c.kind == "component")
    with registry.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(of_edition)) or 0


def _lines(result: ConversionResult, rules: int) -> Iterator[Text | str]:
    yield (
        t(
            "{n} components converted from {source} to {target}",
            n=result.converted,
            source=result.source,
            target=result.target,
        )
        if result.edition is not None
        else t(
            "{n} components would be converted from {source} to {target}",
            n=result.converted,
            source=result.source,
            target=result.target,
        )
    )
    if result.restored:
        yield t("{n} get back an identifier they had", n=result.restored)
    if result.renumbered:
        yield t("{n} get another number", n=result.renumbered)
    for code, several in result.merged.items():
        yield t("{several} became {code}", several="、".join(several), code=code)
    for one in result.kept:
        yield t(
            "{n} of class {code} {name} stay as they are: {reason}",
            n=one.count,
            code=one.class_code,
            name=one.name or "",
            reason=one.reason,
        )
    if not rules:
        yield t(
            "The registry has no rules for components of the edition {standard}: import them",
            standard=result.target,
        )
