"""``wangge grids lines [LINE]``: how the lines of business cover the unit grids."""

from __future__ import annotations

from typing import Any

import click

from gis.text import Text, t
from grids.groups.coverage import LineCoverage, lines_of
from wangge.session import Session, with_session

KINDS: dict[str, Text] = {
    "responsibility-grids": t("responsibility grids"),
    "management-grids": t("management grids"),
    "evaluation-grids": t("evaluation grids"),
}


@click.command("lines", help=str(t("How lines of business cover the unit grids: gaps and overlaps.")))
@click.argument("line", required=False)
@with_session
def command(session: Session, line: str | None) -> None:
    """Show all lines in a row each, or one with what is missing and double."""
    with session.registry() as registry:
        lines = lines_of(registry, line)
    session.show(
        [_document(coverage) for coverage in lines],
        lambda: (
            "\n".join(_told(coverage, details=line is not None) for coverage in lines)
            or str(t("The registry has no groups of grids."))
        ),
    )


def _told(coverage: LineCoverage, *, details: bool) -> str:
    head = t(
        "{line}: {groups} groups, {covered} grids covered, {missing} missing, {double} double",
        line=f"{KINDS[coverage.kind]} {coverage.line}".strip(),
        groups=coverage.groups,
        covered=coverage.covered,
        missing=coverage.missing,
        double=coverage.double,
    )
    notes = [
        (coverage.without_members, t("  {n} groups without known members", n=coverage.without_members)),
        (coverage.lost, t("  {n} members are no live grids", n=coverage.lost)),
    ]
    faults = [f"  {fault.code} {fault.message()}" for fault in coverage.faults] if details else []
    return "\n".join(map(str, [head, *(note for count, note in notes if count), *faults]))


def _document(coverage: LineCoverage) -> dict[str, Any]:
    return {
        "kind": coverage.kind,
        "line": coverage.line,
        "groups": coverage.groups,
        "without_members": coverage.without_members,
        "covered": coverage.covered,
        "missing": coverage.missing,
        "double": coverage.double,
        "lost": coverage.lost,
        "faults": [
            {
                "code": fault.code,
                "groups": list(fault.groups),
                "scope": fault.scope,
                "members": list(fault.members),
                "message": str(fault.message()),
            }
            for fault in coverage.faults
        ],
    }
