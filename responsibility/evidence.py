"""The kinds of evidence for who acts, in their order.

1 scope, 2 boundary agreement, 3 handover state, 4 precedent, 5 facility list, 6 the component's record,
7 area contract, 8 class table, 9 fallback (属地兜底). 4 and 5, and 6 which 4 is held against, are in
:mod:`responsibility.settled_evidence`. Each yields candidates, the strongest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gis.text import Text, t
from responsibility.model import Named
from responsibility.records import Area, Rule, concerns
from responsibility.roles import Party
from responsibility.situation import Candidate, Case, Units

SCOPE, BOUNDARY, HANDOVER, CONTRACT, TABLE, FALLBACK = 1, 2, 3, 7, 8, 9

Evidence = Callable[[Case, Units], Iterator[Candidate]]


def scope(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield whose a place is that is not the city management's (railway, barracks, compound)."""
    for area in _matching(case, case.place.areas):
        if not area.in_scope:
            why = t("The place lies in {area}, which is out of scope", area=_name_of(area))
            yield _of_area(SCOPE, "area.out_of_scope", area, units, why)


def boundary(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the unit that takes a road, river or wall by agreement."""
    for agreed in case.place.boundaries:
        if case.choice is None or not concerns(agreed.classes, case.choice) or not agreed.unit_code:
            continue
        unit = _recorded(units, agreed.unit_code)
        why = t(
            "The agreement on the boundary {boundary} gives it to {unit}",
            boundary=agreed.name or agreed.code,
            unit=unit.name or unit.code,
        )
        yield units.candidate(BOUNDARY, "boundary.agreement", unit, agreed.code, agreed.edition, why)


def handover(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the builder of what has not been handed over or is in warranty."""
    for area in _matching(case, case.place.areas):
        if area.in_scope and not area.is_contract and area.unit is not None:
            why = t(
                "{area} is not handed over ({state}): {unit} answers for it",
                area=_name_of(area),
                state=area.handover,
                unit=_unit_name(area),
            )
            yield _of_area(HANDOVER, "area.handover", area, units, why)


def contract(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the unit of the smallest matching area; of the next one while nobody can act."""
    for area in _matching(case, case.place.areas):
        if not area.is_contract or area.unit is None:
            continue
        why = t(
            "{unit} has the area {area} of the line {line}",
            unit=_unit_name(area),
            area=_name_of(area),
            line=area.ref.line,
        )
        candidate = _of_area(CONTRACT, "area.contract", area, units, why)
        yield candidate
        if candidate.unit is not None:
            return


def table(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the acting parties of the class table, roles resolved at the place, in their order."""
    rule = case.duty_rule
    if rule is not None:
        for party in rule.acting:
            yield from _of_party(party, rule, case, units)


def fallback(case: Case, units: Units) -> Iterator[Candidate]:
    """Yield the authority of the component, then the street office, then the district."""
    authority, component = case.authority, case.component
    if authority is not None:
        why = t("Nobody else is named: the authority {unit} answers", unit=authority.name or authority.code)
        ref, edition = (component.id, component.edition) if component else (None, None)
        yield units.candidate(FALLBACK, "fallback.authority", authority, ref, edition, why)
    yield from territorial(case, units, "fallback")


def territorial(case: Case, units: Units, prefix: str) -> Iterator[Candidate]:
    """Yield the street office, then the government of the district."""
    for role, duty, division in (
        ("street", "street", case.place.street),
        ("district", "government", case.place.county),
    ):
        unit = units.in_charge(duty, division)
        if unit is not None:
            why = (
                t("Nobody else is named: the street office {unit} answers", unit=unit.name)
                if role == "street"
                else t("Nobody else is named: the district government {unit} answers", unit=unit.name)
            )
            named = Named(unit.code, unit.name)
            yield Candidate(FALLBACK, f"{prefix}.{role}", named, named, division, unit.edition, why)


def supervising(case: Case, units: Units) -> Named | None:
    """Return the first supervising party of the class table that can be told."""
    rule = case.duty_rule
    parties = rule.supervising if rule else ()
    found = (candidate.unit for party in parties for candidate in _of_party(party, rule, case, units))
    return next((unit for unit in found if unit is not None), None)


def _of_party(party: Party, rule: Rule | None, case: Case, units: Units) -> Iterator[Candidate]:
    ref = str(rule.number) if rule else None
    edition = rule.edition if rule else None
    recorded = _RESOLVE[party.role](party, case, units)
    code = f"rule.{party.role}"
    if recorded is None:
        why = t("The case table says “{wording}”, which nobody is here", wording=party.text)
        yield Candidate(TABLE, code, None, None, ref, edition, why)
        return
    name = recorded.name or recorded.code
    why = t("The case table says “{wording}”: {unit}", wording=party.text, unit=name)
    yield units.candidate(TABLE, code, recorded, ref, edition, why)


def _fixed(party: Party, _: Case, units: Units) -> Named | None:
    return _recorded(units, party.code) if party.code else Named(None, party.text)


def _owner(_: Party, case: Case, __: Units) -> Named | None:
    return case.owner


def _maintainer(_: Party, case: Case, __: Units) -> Named | None:
    return case.maintainer


def _authority(_: Party, case: Case, __: Units) -> Named | None:
    return case.authority


def _street(_: Party, case: Case, units: Units) -> Named | None:
    return _in_charge(units, "street", case.place.street)


def _enforcement(_: Party, case: Case, units: Units) -> Named | None:
    of_street = _in_charge(units, "enforcement", case.place.street)
    return of_street or _in_charge(units, "enforcement", case.place.county)


def _district(party: Party, case: Case, units: Units) -> Named | None:
    """Return the district's government; a government named in the table in its own district only."""
    if party.code is None:
        return _in_charge(units, "government", case.place.county)
    unit = units.organisations.get(party.code)
    governs = unit is not None and unit.division_code in (case.place.county, case.place.street)
    return _recorded(units, party.code) if governs else None


def _area(party: Party, case: Case, __: Units) -> Named | None:
    areas = (area for area in case.place.areas if area.ref.line == party.line and area.is_contract)
    return next((area.unit for area in areas if area.unit is not None), None)


_RESOLVE: dict[str, Callable[[Party, Case, Units], Named | None]] = {
    "fixed": _fixed,
    "owner": _owner,
    "maintainer": _maintainer,
    "authority": _authority,
    "street": _street,
    "enforcement": _enforcement,
    "district": _district,
    "area": _area,
}


def _in_charge(units: Units, duty: str, division_code: str | None) -> Named | None:
    unit = units.in_charge(duty, division_code)
    return Named(unit.code, unit.name) if unit else None


def _recorded(units: Units, code: str) -> Named:
    unit = units.organisations.get(code)
    return Named(code, unit.name if unit else None)


def _matching(case: Case, areas: tuple[Area, ...]) -> Iterator[Area]:
    return (area for area in areas if case.choice is not None and concerns(area.classes, case.choice))


def _of_area(order: int, code: str, area: Area, units: Units, why: Text) -> Candidate:
    if area.unit is None:
        return Candidate(order, code, None, None, area.ref.code, area.edition, why)
    return units.candidate(order, code, area.unit, area.ref.code, area.edition, why)


def _unit_name(area: Area) -> str | None:
    return (area.unit.name or area.unit.code) if area.unit else None


def _name_of(area: Area) -> str:
    return area.ref.name or area.ref.code
