"""Numbers under new classes, against what the rule says written out."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.renumbering import Numbers, merged_classes
from gis.registry import Registry

OLD, NEW = ("0101", "0102", "0103", "0104"), ("01001", "01002")
USED = {"01001": 5, "01002": 0}
THINGS = st.sets(st.tuples(st.sampled_from(OLD), st.integers(1, 12)), min_size=1, max_size=30)


@pytest.fixture
def used(gpkg_registry: Registry, store) -> Registry:
    """A registry that has used the numbers up to 5 of one new class."""
    store(gpkg_registry, "50011301001000002", "50011301001000005", standard="2026")
    return gpkg_registry


def expected(things: set[tuple[str, int]], classes: dict[str, str]) -> dict[tuple[str, int], int]:
    """Number the things of each new class: the first old class keeps what is free, the rest follows."""
    groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for code, number in sorted(things):
        groups[classes[code]].append((code, number))
    numbers = {}
    for new, members in groups.items():
        first = members[0][0]
        kept = [(code, number) for code, number in members if code == first and number > USED[new]]
        numbers |= {thing: thing[1] for thing in kept}
        following = max([USED[new], *(number for _, number in kept)])
        for thing in members:
            if thing not in numbers:
                following += 1
                numbers[thing] = following
    return numbers


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(THINGS, st.fixed_dictionaries({code: st.sampled_from(NEW) for code in OLD}), st.randoms())
def test_numbers_follow_the_rule_whatever_the_order(used, things, classes, shuffled) -> None:
    order = sorted(things)
    shuffled.shuffle(order)
    old = np.array([f"500113{code}{number:06d}" for code, number in order], dtype=object)
    codes = np.array([code for code, _ in order], dtype=object)
    new = Numbers(used, {}).assign(old, codes, classes)
    assert len(set(new)) == len(new)
    wanted = expected(things, classes)
    assert list(new) == [f"500113{classes[code]}{wanted[code, number]:06d}" for code, number in order]
    kept = Numbers(used, {}).keep(old, codes, classes)
    assert all(one in (None, other) for one, other in zip(kept, new, strict=True))


def test_classes_that_become_one_are_named() -> None:
    assert merged_classes(["0103", "0101", "0102"], {"0101": "A", "0102": "B", "0103": "A"}) == {
        "A": ["0101", "0103"]
    }
