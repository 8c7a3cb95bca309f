"""Follow every reference to an organisation, and see which areas contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from gis.columns import from_json
from gis.findings import Finding, Severity
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from responsibility.organisations import Organisations
from responsibility.records import Area, rows_of
from responsibility.sweep.ground import Ground

# Columns that name organisations by code, by dataset.
REFERENCES = {
    "areas": ("unit_code",),
    "boundaries": ("unit_a_code", "unit_b_code"),
    "facilities": ("authority_code", "owner_code", "maintainer_code", "builder_code"),
    "precedents": ("unit_code",),
    "responsibility-grids": ("unit_code",),
    "organisations": ("parent_code", "successor_code"),
    "duty-contacts": ("organisation_code",),
}
_PARTIES = ("acting", "supervising")


def dead_references(registry: Registry, organisations: Organisations) -> Iterator[Finding]:
    """Yield references to organisations that are not there (R10), or closed without successor (R27)."""
    for dataset, columns in REFERENCES.items():
        frame = read_frame(registry, dataset, columns=(*_keys(dataset), *columns))
        for row in rows_of(frame):
            name = ":".join(str(row[key]) for key in _keys(dataset))
            for column in columns:
                yield from _judged(dataset, name, column, row[column], organisations)
    yield from _of_rules(registry, organisations)


def _keys(dataset: str) -> tuple[str, ...]:
    keys = {"areas": ("line", "code"), "responsibility-grids": ("line", "code")}
    return keys.get(dataset, ("duty",) if dataset == "duty-contacts" else ("code",))


def _of_rules(registry: Registry, organisations: Organisations) -> Iterator[Finding]:
    """Judge each organisation that rules name once, at the first rule that names it."""
    frame = read_frame(registry, "rules", columns=("class_code", "rule_no", *_PARTIES))
    named: dict[str, tuple[str, str]] = {}
    for row in rows_of(frame):
        for column in _PARTIES:
            for party in from_json(row[column]) or ():
                if party["code"]:
                    named.setdefault(party["code"], (f"{row['class_code']}:{row['rule_no']}", column))
    for code, (rule, column) in sorted(named.items()):
        yield from _judged("rules", rule, column, code, organisations)


def _judged(
    dataset: str, name: str, column: str, code: str | None, organisations: Organisations
) -> Iterator[Finding]:
    if not code:
        return
    unit = organisations.get(code)
    if unit is None:
        message = t("{name} names {code}, which is not in the table of organisations", name=name, code=code)
        yield Finding("R10", Severity.WARNING, dataset, message, id=name, field=column, value=code)
    elif dataset != "organisations" and organisations.running(unit) is None:
        message = t("{name} names {unit}, which is closed without successor", name=name, unit=unit.name)
        yield Finding("R27", Severity.WARNING, dataset, message, id=name, field=column, value=code)


def contradicting_areas(grounds: Sequence[Ground]) -> Iterator[Finding]:
    """Yield pairs of areas of one line and common classes that give the same ground to two units (R09)."""
    told: dict[tuple[str, str, str], list[Ground]] = {}
    for ground in grounds:
        for left, right in combinations(_by_code(ground.place.areas), 2):
            if _contradict(left, right):
                told.setdefault((left.ref.line, left.ref.code, right.ref.code), []).append(ground)
    for (line, left_code, right_code), where in sorted(told.items(), key=lambda one: one[0]):
        message = t(
            "{left} and {right} of the line {line} name two units for {grids} unit grids",
            left=left_code,
            right=right_code,
            line=line,
            grids=sum(ground.grids for ground in where),
        )
        code, point = where[0].examples[0]
        hint = t("The smaller of the two is taken there")
        yield Finding(
            "R09", Severity.WARNING, "areas", message, id=right_code, value=code, hint=hint, geometry=point
        )


def _by_code(areas: Iterable[Area]) -> list[Area]:
    return sorted(areas, key=lambda area: (area.ref.line, area.ref.code))


def _contradict(left: Area, right: Area) -> bool:
    same = left.ref.line == right.ref.line and left.is_contract and right.is_contract
    return same and left.unit != right.unit and _share(left.classes, right.classes)


def _share(left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether two lists of classes have one in common; an empty one has all."""
    if not left or not right:
        return "-" not in (*left, *right)
    return any(a.startswith(b) or b.startswith(a) for a in left for b in right)
