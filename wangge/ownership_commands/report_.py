"""``wangge ownership report``: how much is settled, by class and by street."""

from __future__ import annotations

import click

from gis.errors import NotFound
from gis.text import t
from responsibility.ownership_report import BY, Share, shares, total
from wangge.session import Session, with_session


@click.command("report", help=str(t("The share that is settled, by class and by street.")))
@click.option("--by", "wanted", type=click.Choice(BY), help=str(t("Only one of the two.")))
@with_session
def command(session: Session, wanted: str | None) -> None:
    """Report the shares."""
    with session.registry() as registry:
        found = {by: shares(registry, by) for by in BY if wanted in (None, by)}
    whole = total(next(iter(found.values())))
    if whole is None:
        raise NotFound(t("No component was ever ownerless or disputed"), field="ownership")
    document = {"total": whole.to_dict()} | {
        by: [one.to_dict() for one in rows] for by, rows in found.items()
    }
    session.show(document, lambda: "\n".join(_lines(whole, found)))


def _lines(whole: Share, found: dict[str, list[Share]]) -> list[str]:
    headings = {"class": str(t("By class")), "street": str(t("By street"))}
    lines = [_line(str(t("In all")), whole)]
    for by, rows in found.items():
        lines += ["", headings[by]]
        lines += [_line(f"{one.code or '-'} {one.name or ''}".strip(), one) for one in rows]
    return lines


def _line(label: str, one: Share) -> str:
    return str(
        t(
            "{label}: {share} settled ({settled} settled, {unknown} ownerless, {disputed} disputed)",
            label=label,
            share=f"{one.share:.1%}",
            settled=one.settled,
            unknown=one.unknown,
            disputed=one.disputed,
        )
    )
