"""Random filters of the table in ``conftest``, and the rows they are asked of."""

from __future__ import annotations

from datetime import date

import shapely
from hypothesis import strategies as st

from layers.cql2.spatial import FUNCTIONS
from layers.cql2.temporal import _OF_INTERVALS
from layers.cql2.tree import Box, Characters, Instant, Interval, Number, Operation, Property, Shape, Truth

WEST, SOUTH = 106.5, 29.4
DAYS = [date(2024, month, day) for month in (1, 2, 6) for day in (1, 15)]
TEXTS = ["井盖", "Straße", "STRASSE", "a%b", "a_b", "a\\b", "it's", "*", "[x]", "", "é"]
RADII = [-2.0, 0.0, 0.5, 3.0, 10.0, 1e6]
DATES = ("valid_from_date", "valid_to_date")


def _operation(name: str, *arguments: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(*arguments).map(lambda given: Operation(name, given))


def _any_of(names: tuple[str, ...], *arguments: st.SearchStrategy) -> st.SearchStrategy:
    return st.sampled_from(names).flatmap(lambda name: _operation(name, *arguments))


def characters(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Characters]:
    """Texts as they come out of CQL2 text, where a backslash is written twice."""
    return texts.map(lambda text: Characters(text, text.replace("\\", "\\\\")))


words = st.sampled_from(TEXTS)
#: A pattern with an escaped character here and there.
patterns = st.lists(st.sampled_from(["%", "_", "\\%", "\\_", "a", "b", "井", "S", "*", "["]), max_size=5).map(
    lambda parts: Characters("".join(parts), "".join(parts))
)
numbers = st.sampled_from(RADII).map(lambda one: Number(one if one != 3.0 else 3))
days = st.sampled_from(DAYS).map(Instant)
text_values = st.one_of(st.sampled_from(["name", "evidence"]).map(Property), characters(words))
text_values = st.one_of(text_values, text_values, text_values.map(lambda one: Operation("casei", (one,))))
number_values = st.recursive(
    st.one_of(st.just(Property("radius_m")), numbers),
    lambda inner: _any_of(("+", "-", "*", "/", "%", "div"), inner, inner),
    max_leaves=4,
)
powers = _operation("^", st.just(Property("radius_m")), st.sampled_from([-1, 0, 2, 3]).map(Number))
day_values = st.one_of(st.sampled_from(DATES).map(Property), days)
intervals = st.one_of(
    st.tuples(st.sampled_from([None, *DAYS[:3]]), st.sampled_from([None, *DAYS[3:]])).map(
        lambda ends: Interval(*(None if end is None else Instant(end) for end in ends))
    ),
    st.just(Interval(*map(Property, DATES))),
    st.sampled_from(DAYS).map(lambda day: Interval(Instant(day), Instant(day))),
)
steps = st.integers(0, 10).map(lambda step: step / 1000)
points = st.tuples(steps, steps).map(lambda step: (round(WEST + step[0], 6), round(SOUTH + step[1], 6)))
shapes = st.one_of(
    points.map(shapely.Point),
    st.tuples(points, points).filter(lambda ends: ends[0] != ends[1]).map(shapely.LineString),
    st.tuples(points, points, points).map(shapely.Polygon).filter(lambda one: one.is_valid and one.area > 0),
).map(Shape)
boxes = st.tuples(steps, steps, st.sampled_from([0.001, 0.004])).map(
    lambda one: Box(
        tuple(
            round(side, 6)
            for side in (WEST + one[0], SOUTH + one[1], WEST + one[0] + one[2], SOUTH + one[1] + one[2])
        )
    )
)
_SPATIAL = FUNCTIONS
_TIME = ("t_after", "t_before", "t_disjoint", "t_equals", "t_intersects")
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
shape = st.just(Property("geometry"))
conditions = st.one_of(
    _any_of(_COMPARISONS, text_values, text_values),
    _any_of(_COMPARISONS, number_values, number_values),
    _any_of(("<", ">="), powers, numbers),
    _any_of(_COMPARISONS, day_values, day_values),
    _operation("like", text_values.filter(lambda one: not isinstance(one, Operation)), patterns),
    _operation("between", number_values, number_values, numbers),
    st.tuples(text_values, characters(words), text_values).map(lambda given: Operation("in", given)),
    st.tuples(number_values, numbers, numbers).map(lambda given: Operation("in", given)),
    _operation("isNull", st.one_of(text_values, number_values, day_values)),
    _any_of(_SPATIAL, shape, st.one_of(shapes, boxes)),
    _any_of(_SPATIAL, st.one_of(shapes, boxes), shape),
    _any_of(_TIME, st.one_of(day_values, intervals), st.one_of(day_values, intervals)),
    _any_of(tuple(_OF_INTERVALS), intervals, intervals),
    st.booleans().map(Truth),
)


def _join(inner: st.SearchStrategy) -> st.SearchStrategy:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    joined = st.tuples(st.sampled_from(["and", "or"]), several).map(lambda given: Operation(*given))
    return st.one_of(joined, _operation("not", inner), _operation("isNull", inner))


filters = st.recursive(conditions, _join, max_leaves=5)
