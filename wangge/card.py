"""The resolution card (定责结果) as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from gis.text import Text, t
from responsibility.model import Decision, Named, Ownership, Resolution, Status

DECISIONS: dict[Decision, Text] = {
    Decision.DECIDED: t("decided"),
    Decision.DECIDED_WITH_ALTERNATIVES: t("decided, with alternatives"),
    Decision.JOINT: t("joint"),
    Decision.PENDING_OWNERSHIP: t("pending ownership"),
    Decision.NOT_OURS: t("not ours"),
    Decision.FALLBACK: t("fallback"),
    Decision.UNDECIDED: t("undecided"),
}
OWNERSHIPS: dict[Ownership, Text] = {
    Ownership.RECORDED: t("recorded"),
    Ownership.SETTLED: t("settled"),
    Ownership.UNKNOWN: t("owner unknown"),
    Ownership.DISPUTED: t("disputed"),
    Ownership.NOT_SURVEYED: t("not surveyed"),
}
STATUSES: dict[Status, Text] = {
    Status.INSIDE: t("inside"),
    Status.NEAR_BOUNDARY: t("near a boundary"),
    Status.GAP_SNAPPED: t("in a gap, nearest grid taken"),
    Status.OVERLAP: t("where grids overlap"),
    Status.OUTSIDE: t("outside every grid"),
}


def card(resolution: Resolution) -> str:
    """Return the answer for people, in the current language.

    Parameters
    ----------
    resolution : Resolution
        The answer.

    Returns
    -------
    str
        Several lines: who acts, the decision, where it is, the component, the reasons.
    """
    return "\n".join(_lines(resolution))


def _lines(answer: Resolution) -> Iterable[str]:
    decision = DECISIONS[answer.decision]
    yield f"{t('Acting unit')}: {_name(answer.parties.acting)}  [{decision}]"
    if answer.parties.interim:
        yield f"{t('Acts until ownership is settled')}: {_name(answer.parties.interim)}"
    if answer.parties.assisting:
        yield f"{t('Assisting units')}: {'、'.join(map(_name, answer.parties.assisting))}"
    yield from _place(answer)
    yield from _component(answer)
    if answer.deadline:
        due = f"  {answer.deadline.due:%Y-%m-%d %H:%M}" if answer.deadline.due else ""
        yield f"{t('Time limit')}: {answer.deadline.limit or '-'}{due}"
    yield from _alternatives(answer)
    yield f"{t('Reasons')}:"
    for rank, reason in enumerate(answer.reasons, start=1):
        yield f"  {'✓' if reason.taken else '·'} {rank}. {reason.why}"
    if "acting" in answer.differs_within_accuracy:
        yield str(t("Careful: within the accuracy of this location another unit would act."))


def _place(answer: Resolution) -> Iterable[str]:
    point = f"{answer.location.lon:.6f}, {answer.location.lat:.6f}"
    yield f"{t('Location')}: {point} ({STATUSES[answer.location.status]})"
    if answer.unit_grid:
        edge = t("{metres:.1f} m from its edge", metres=answer.unit_grid.edge_distance_m)
        yield f"{t('Unit grid')}: {answer.unit_grid.code} {answer.unit_grid.name or ''} ({edge})"
    levels = (answer.divisions.county, answer.divisions.street, answer.divisions.community)
    names = [_name(level) for level in levels if level is not None]
    if names:
        yield f"{t('Divisions')}: {' / '.join(names)}"
    for line in (*answer.responsibility_grids, *answer.areas):
        yield f"  {line.line}: {line.code} {line.name or ''}".rstrip()


def _component(answer: Resolution) -> Iterable[str]:
    if answer.component:
        distance = t("{metres:.1f} m away", metres=answer.component.distance_m)
        yield f"{t('Component')}: {answer.component.id} {answer.component.name or ''} ({distance})"
    if answer.ownership:
        yield f"{t('Ownership')}: {OWNERSHIPS[answer.ownership]}"
    parties = answer.parties
    for label, unit in (
        (t("Authority"), parties.authority),
        (t("Owner"), parties.owner),
        (t("Maintainer"), parties.maintainer),
    ):
        if unit is not None:
            yield f"  {label}: {_name(unit)}"


def _alternatives(answer: Resolution) -> Iterable[str]:
    for alternative in answer.alternatives:
        yield f"{t('Or')}: {_name(alternative.unit)} — {alternative.why}"


def _name(unit: Named | None) -> str:
    if unit is None:
        return "—"
    return unit.name or unit.code or "—"
