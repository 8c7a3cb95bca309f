"""The kinds of sample cases: one for every way a decision can come about."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.geometry import Point

from wangge.demo.areas import HANDOVER
from wangge.demo.case_table import CaseRule
from wangge.demo.cases import Answer, Case, Maker, Scenario
from wangge.demo.components import OWNERLESS, Component
from wangge.demo.ground import Question
from wangge.demo.territory import UnitGrid

_MODES = {"joint": "joint", "alternatives": "decided_with_alternatives"}
_NOT_SURVEYED = {"0137": "", "0305": "", "0103": "", "0402": ""}
_BY_TABLE = ("0306", "0308", "0101", "0146", "0150", "0406", "0225", "0204")
_WITHOUT_RULE = ("0152", "0410", "0140")
# 2 m and 3.5 m beyond the border: within the 5 m that are snapped.
_BEYOND = (2.0, 3.5)


def maintained(maker: Maker) -> Iterator[Case | None]:
    """Recorded maintainer."""
    for component in maker.mixed(lambda c: maker.active(c.maintainer)):
        answer = Answer(component.maintainer, "decided", "recorded", "component.maintainer")
        yield maker.beside("maintainer", component, answer)


def owned(maker: Maker) -> Iterator[Case | None]:
    """Recorded owner, no maintainer."""
    for component in maker.mixed(lambda c: not c.maintainer and maker.active(c.owner)):
        yield maker.beside(
            "owner", component, Answer(component.owner, "decided", "recorded", "component.owner")
        )


def succeeded(maker: Maker) -> Iterator[Case | None]:
    """Maintainer closed, with a successor."""
    for component in maker.mixed(lambda c: bool(maker.successor(c.maintainer))):
        unit = maker.successor(component.maintainer)
        yield maker.beside(
            "successor", component, Answer(unit, "decided", "recorded", "component.maintainer")
        )


def closed(maker: Maker) -> Iterator[Case | None]:
    """Maintainer closed without successor: the owner."""

    def fits(c: Component) -> bool:
        gone = bool(c.maintainer) and not maker.active(c.maintainer) and not maker.successor(c.maintainer)
        return gone and maker.active(c.owner)

    for component in maker.mixed(fits):
        answer = Answer(component.owner, "decided", "recorded", "component.owner")
        yield maker.beside("maintainer_closed", component, answer)


def contracted(maker: Maker) -> Iterator[Case | None]:
    """Neither owner nor maintainer recorded, inside a contract area of the class."""
    for component in maker.mixed(lambda c: _unowned(c) and c.code != OWNERLESS):
        area = maker.ground.contract_at(component.place, component.code)
        if area is not None:
            answer = Answer(area.unit, "decided", "unknown", "area.contract")
            yield maker.beside("contract_of_unowned", component, answer)


def ownerless(maker: Maker) -> Iterator[Case | None]:
    """A cover that nobody knows."""
    for component in maker.mixed(lambda c: c.code == OWNERLESS):
        yield maker.beside(
            "ownerless", component, Answer("", "pending_ownership", "unknown", "ownership.unknown")
        )


def pending(maker: Maker) -> Iterator[Case | None]:
    """Neither owner nor maintainer recorded, and no contract."""
    for component in maker.mixed(lambda c: _unowned(c) and c.code != OWNERLESS):
        if maker.ground.contract_at(component.place, component.code) is None:
            answer = Answer("", "pending_ownership", "unknown", "ownership.unknown")
            yield maker.beside("unowned", component, answer)


def unsurveyed_contract(maker: Maker) -> Iterator[Case | None]:
    """No component of the class there: the contract area."""
    for number, place in enumerate(maker.on_streets()):
        code = list(_NOT_SURVEYED)[number % len(_NOT_SURVEYED)]
        area = maker.ground.contract_at(place, code)
        question = Question(place, "map_click", None, "component", code)
        if area is not None and not maker.ground.within_reach(question):
            answer = Answer(area.unit, "decided", "not_surveyed", "area.contract")
            yield maker.at("not_surveyed_contract", question, answer)


def unsurveyed_table(maker: Maker) -> Iterator[Case | None]:
    """No component of the class there, no contract: the class table."""
    for number, place in enumerate(maker.on_streets()):
        code = _BY_TABLE[number % len(_BY_TABLE)]
        question = Question(place, "gps", None, "component", code)
        if maker.ground.contract_at(place, code) is None and not maker.ground.within_reach(question):
            yield _by_rule(maker, "not_surveyed_table", question, _rule(maker, "component", code))


def unsurveyed_without_rule(maker: Maker) -> Iterator[Case | None]:
    """No component, no contract, no rule: the street office."""
    for number, place in enumerate(maker.on_streets()):
        question = Question(place, "map_click", None, "component", _WITHOUT_RULE[number % len(_WITHOUT_RULE)])
        grid = maker.ground.grid_at(place)
        if grid is not None and not maker.ground.within_reach(question):
            answer = Answer(maker.ground.office(grid), "fallback", "not_surveyed", "fallback.street")
            yield maker.at("fallback_street", question, answer)


def authority(maker: Maker) -> Iterator[Case | None]:
    """Owner closed without successor, no rule: the authority."""
    for component in maker.mixed(lambda c: c.owner == "oldpress"):
        answer = Answer(component.authority, "fallback", "recorded", "fallback.authority")
        yield maker.beside("fallback_authority", component, answer)


def railway(maker: Maker) -> Iterator[Case | None]:
    """Railway land is not the city's."""
    for number, area in enumerate(a for a in maker.ground.city.areas if not a.in_scope):
        for place in list(maker.inside(area.geometry))[:6]:
            question = Question(place, "map_click", None, "matter", ("0110", "0136", "0401")[number % 3])
            yield maker.at("out_of_scope", question, Answer("", "not_ours", "", "area.out_of_scope"))


def agreed(maker: Maker) -> Iterator[Case | None]:
    """Components on a street whose strip one unit takes by agreement."""
    for component in maker.mixed(lambda c: maker.active(c.owner)):
        agreement = maker.ground.agreement_at(component.place)
        free = maker.ground.out_of_scope_at(component.place) is None
        if agreement is not None and free:
            answer = Answer(agreement.unit, "decided", "recorded", "boundary.agreement")
            yield maker.beside("boundary_agreement", component, answer, quiet=False)


def agreed_matter(maker: Maker) -> Iterator[Case | None]:
    """Matters on such a street."""
    for agreement in maker.ground.city.agreements:
        strip = agreement.line.buffer(agreement.width - 4, cap_style="flat")
        for place in list(maker.inside(strip))[:2]:
            if maker.ground.out_of_scope_at(place) is None and maker.ground.handover_at(place) is None:
                question = Question(place, "gps", 3.0, "matter", "0112")
                answer = Answer(agreement.unit, "decided", "", "boundary.agreement")
                yield maker.at("boundary_agreement", question, answer)


def handed_over(maker: Maker) -> Iterator[Case | None]:
    """Components of a place that its builder has not handed over."""
    for component in maker.mixed(lambda c: maker.active(c.owner)):
        area = maker.ground.handover_at(component.place)
        if area is not None and maker.ground.agreement_at(component.place) is None:
            answer = Answer(area.unit, "decided", "recorded", "area.handover")
            yield maker.beside(f"handover_{area.code}", component, answer, quiet=False)


def handed_over_matter(maker: Maker) -> Iterator[Case | None]:
    """Matters of such a place."""
    for area in maker.ground.city.areas:
        if area.handover in HANDOVER:
            place = next(maker.inside(area.geometry))
            question = Question(place, "vehicle", None, "matter", "0113")
            yield maker.at(
                f"handover_{area.code}", question, Answer(area.unit, "decided", "", "area.handover")
            )


def matter(maker: Maker) -> Iterator[Case | None]:
    """Matters, one of each class that no contract names, half of them close to the edge of a grid."""
    contracted_classes = {code for area in maker.ground.city.areas for code in area.classes}
    table = {rule.code: rule for rule in reversed(maker.table) if rule.kind == "matter"}
    free = [rule for code, rule in sorted(table.items()) if code not in contracted_classes]
    for near_edge in (False, True):
        places = maker.on_streets(near_edge=near_edge)
        for rule in free[near_edge::2]:
            place = next(places)
            question = Question(place, "gps" if near_edge else "map_click", None, "matter", rule.code)
            yield _by_rule(maker, f"matter_{rule.mode}", question, rule)


def in_park(maker: Maker) -> Iterator[Case | None]:
    """Matters in the park are its administration's."""
    park = next(area for area in maker.ground.city.areas if area.line == "公园")
    for place in maker.inside(park.geometry.buffer(-15)):
        question = Question(place, "gps", None, "matter", "0117")
        yield maker.at("park", question, Answer(park.unit, "decided", "", "area.contract"))


def removed(maker: Maker) -> Iterator[Case | None]:
    """A removed component is no candidate any more."""
    gone = [c for c in maker.ground.city.components if c.state == "移除" and c.code in _NOT_SURVEYED]
    for component in gone:
        spot = component.place
        place = maker.ground.rounded(spot.x + 0.15, spot.y)
        area = maker.ground.contract_at(place, component.code)
        question = Question(place, "map_click", None, "component", component.code)
        if area is not None and maker.ground.is_quiet(place) and not maker.ground.within_reach(question):
            answer = Answer(area.unit, "decided", "not_surveyed", "area.contract")
            yield maker.at("removed", question, answer)


def without_class(maker: Maker) -> Iterator[Case | None]:
    """A place alone: facts, and nobody who acts."""
    for place in maker.on_streets():
        question = Question(place, "map_click", None, "component", "")
        yield maker.at("class_missing", question, Answer("", "undecided", "", "class.missing"))


def outside(maker: Maker) -> Iterator[Case | None]:
    """Far outside the district."""
    ring = maker.ground.city.territory.county.polygon.buffer(120).exterior
    for share in (0.1, 0.35, 0.6, 0.85):
        spot = ring.interpolate(share, normalized=True)
        question = Question(maker.ground.rounded(spot.x, spot.y), "gps", None, "matter", "0110")
        yield Case("outside", question, "", "", "outside", Answer("", "undecided", "", "location.outside"))


def snapped(maker: Maker) -> Iterator[Case | None]:
    """A step outside the district: the nearest grid is taken."""
    for number, grid in enumerate(maker.ground.city.territory.grids):
        beyond = _BEYOND[number % len(_BEYOND)]
        spot = _step_outside(maker, grid, beyond)
        if spot is not None and grid.use == "city":
            question = Question(spot, "gps", 3.0, "matter", "0135")
            answer = Answer(maker.ground.office(grid), "decided", "", "rule.street")
            yield Case("snapped", question, grid.code, "", "gap_snapped", answer)


SCENARIOS: dict[str, tuple[int, Scenario]] = {
    "maintained": (50, maintained),
    "owned": (20, owned),
    "succeeded": (6, succeeded),
    "closed": (6, closed),
    "contracted": (12, contracted),
    "ownerless": (8, ownerless),
    "pending": (6, pending),
    "unsurveyed_contract": (8, unsurveyed_contract),
    "unsurveyed_table": (12, unsurveyed_table),
    "unsurveyed_without_rule": (5, unsurveyed_without_rule),
    "authority": (5, authority),
    "railway": (6, railway),
    "agreed": (6, agreed),
    "agreed_matter": (3, agreed_matter),
    "handed_over": (6, handed_over),
    "handed_over_matter": (3, handed_over_matter),
    "matter": (24, matter),
    "in_park": (4, in_park),
    "removed": (2, removed),
    "without_class": (2, without_class),
    "outside": (4, outside),
    "snapped": (2, snapped),
}


def _unowned(component: Component) -> bool:
    return not component.owner and not component.maintainer


def _rule(maker: Maker, kind: str, code: str) -> CaseRule:
    return next(rule for rule in maker.table if rule.kind == kind and rule.code == code)


def _by_rule(maker: Maker, scenario: str, question: Question, rule: CaseRule) -> Case | None:
    """Resolve the roles of a rule: the first that somebody fills acts."""
    grid = maker.ground.grid_at(question.place)
    if grid is None:
        return None
    filled = [
        (role, unit) for role in rule.roles.split() if (unit := _unit(maker, role, grid, question.place))
    ]
    role, unit = filled[0]
    decision = _MODES.get(rule.mode, "decided") if len(filled) > 1 else "decided"
    ownership = "not_surveyed" if question.kind == "component" else ""
    return maker.at(scenario, question, Answer(unit, decision, ownership, f"rule.{role.split(':')[0]}"))


def _unit(maker: Maker, role: str, grid: UnitGrid, place: Point) -> str:
    kind, _, what = role.partition(":")
    if kind == "fixed":
        return what
    if kind == "area":
        return next((a.unit for a in maker.ground.areas_at(place) if a.line == what and a.in_scope), "")
    ways = {"street": maker.ground.office, "enforcement": maker.ground.enforcement}
    return ways[kind](grid) if kind in ways else {"district": "district"}.get(kind, "")


def _step_outside(maker: Maker, grid: UnitGrid, beyond: float) -> Point | None:
    """Return a place a few metres outside the district, nearest to one grid by far."""
    county = maker.ground.city.territory.county.polygon
    rim = grid.polygon.boundary.intersection(county.exterior)
    if rim.length < 60:
        return None
    middle = shapely.line_merge(rim).interpolate(0.5, normalized=True)
    ring = county.buffer(beyond).exterior
    spot = ring.interpolate(ring.project(middle))
    others = [g.polygon for g in maker.ground.city.territory.grids if g is not grid]
    clear = float(shapely.distance(others, spot).min()) > beyond + 10
    return maker.ground.rounded(spot.x, spot.y) if clear else None
