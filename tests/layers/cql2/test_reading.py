from __future__ import annotations

import json
from datetime import UTC, date, datetime

import cql2
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import UsageError
from layers.cql2 import limits
from layers.cql2.document import parse_json
from layers.cql2.text import parse_text
from layers.cql2.tree import (
    Box,
    Characters,
    Instant,
    Interval,
    Node,
    Number,
    Operation,
    Property,
    Shape,
    Truth,
)
from tests.layers.cql2.trees import filters
from tests.layers.cql2.writing import as_json, as_text


def op(name: str, *arguments: Node) -> Operation:
    return Operation(name, arguments)


def text(value: str) -> Characters:
    return Characters(value, value)


A, B, ONE, TWO = Property("a"), Property("b"), Number(1), Number(2)

AREAS = "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5),(5.1 5.01,5.2 5.01,5.2 5.02,5.1 5.01)))"

#: What CQL2 text means, by the rules of OGC 21-065r2, Annex B.
MEANINGS: dict[str, Node] = {
    "a=1": op("=", A, ONE),
    '"a" <> 1': op("<>", A, ONE),
    "a = 1 OR b = 2 AND NOT a = b": op(
        "or", op("=", A, ONE), op("and", op("=", B, TWO), op("not", op("=", A, B)))
    ),
    "(a = 1 or b = 2) and a = b": op("and", op("or", op("=", A, ONE), op("=", B, TWO)), op("=", A, B)),
    "NOT (a=1)AND(b=2)": op("and", op("not", op("=", A, ONE)), op("=", B, TWO)),
    "a IS NOT NULL": op("not", op("isNull", A)),
    "a NOT LIKE 'x%'": op("not", op("like", A, text("x%"))),
    "a NOT BETWEEN 1 AND 2 AND b = 1": op("and", op("not", op("between", A, ONE, TWO)), op("=", B, ONE)),
    "a IN (1, 2)": op("in", A, ONE, TWO),
    "a NOT IN ('x')": op("not", op("in", A, text("x"))),
    "a + 2 * b - 1 > 0": op(">", op("-", op("+", A, op("*", TWO, B)), ONE), Number(0)),
    "-a ^ 2 = -1.5e1": op("=", op("^", op("*", Number(-1), A), TWO), Number(-15.0)),
    "a div 2 = b % 2": op("=", op("div", A, TWO), op("%", B, TWO)),
    "casei(a) = CASEI('x')": op("=", op("casei", A), op("casei", text("x"))),
    "a": A,
    "TRUE": Truth(True),
    "状态 = '完好'": op("=", Property("状态"), text("完好")),
    '"eo:cloud.cover" < .5': op("<", Property("eo:cloud.cover"), Number(0.5)),
    "eo:cloud.cover < 1": op("<", Property("eo:cloud.cover"), ONE),
    "date = DATE('2024-02-29')": op("=", Property("date"), Instant(date(2024, 2, 29))),
    "a = TIMESTAMP('2024-02-29T23:59:59.5Z')": op(
        "=", A, Instant(datetime(2024, 2, 29, 23, 59, 59, 500000, UTC))
    ),
    "T_DURING(INTERVAL(a, '..'), INTERVAL('2024-01-01', '2024-02-01'))": op(
        "t_during", Interval(A, None), Interval(Instant(date(2024, 1, 1)), Instant(date(2024, 2, 1)))
    ),
    "S_INTERSECTS(a, BBOX(1, 2, -3.5, 4))": op("s_intersects", A, Box((1.0, 2.0, -3.5, 4.0))),
    "S_WITHIN(a, BBOX(1, 2, 0, 3, 4, 9))": op("s_within", A, Box((1.0, 2.0, 3.0, 4.0))),
    "S_EQUALS(POINT Z (1 2 3), a)": op("s_equals", Shape(shapely.Point(1, 2)), A),
    f"s_touches(a,{AREAS})": op("s_touches", A, Shape(shapely.from_wkt(AREAS))),
    "S_DISJOINT(a,GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1)))": op(
        "s_disjoint", A, Shape(shapely.from_wkt("GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))"))
    ),
    r"a = 'it''s \'so\' \t\%'": op("=", A, Characters("it's 'so' \t\\%", "it's 'so' \t\\%")),
    r"a = 'x\\y'": op("=", A, Characters("x\\y", "x\\\\y")),
    '"a""b" = 1': op("=", Property('a"b'), ONE),
}


@pytest.mark.parametrize("written", MEANINGS)
def test_text_means_what_the_standard_says(written: str) -> None:
    assert parse_text(written) == MEANINGS[written]


@settings(max_examples=200, deadline=None)
@given(tree=filters)
def test_text_and_json_lead_back_to_the_tree(tree: Node) -> None:
    assert parse_text(as_text(tree)) == tree
    written = json.dumps(as_json(tree), ensure_ascii=False)
    if "\\" not in written:
        assert parse_json(written) == tree


@settings(max_examples=200, deadline=None)
@given(tree=filters.filter(lambda one: "\\" not in json.dumps(as_json(one), ensure_ascii=False)))
def test_text_means_what_another_reader_makes_of_it(tree: Node) -> None:
    theirs = cql2.parse_text(as_text(tree)).to_json()
    assert _flat(parse_json(json.dumps(theirs))) == _flat(tree)


def _flat(node: Node) -> Node:
    """Join conditions within conditions of the same kind, as the other reader does."""
    if not isinstance(node, Operation):
        return node
    arguments: list[Node] = []
    for one in map(_flat, node.arguments):
        same = isinstance(one, Operation) and one.name == node.name and node.name in ("and", "or")
        arguments.extend(one.arguments if same else [one])
    return Operation(node.name, tuple(arguments))


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "a =",
        "= 1",
        "a = 1;",
        "a = 1; DROP TABLE components",
        "a = 1 ORb = 2",
        "a = 'x",
        'a = "x',
        "a = 'x'' OR 1 = 1",
        "a == 1",
        "a = b = 1",
        "a ^ 2 ^ 3 = 1",
        "a IN ()",
        "a IS 1",
        "(a = 1",
        "a = 1)",
        "a = 5x",
        "a = 1 /* x */",
        "a = ?",
        "a LIKE",
        "CASEI(a",
        "S_INTERSECTS(a, POLYGON((0 0, 1 1)))",
        "S_INTERSECTS(a, POINT(nan 1))",
        "S_INTERSECTS(a, POINT EMPTY)",
        "S_INTERSECTS(a, LINESTRING(0 0, 1))",
        "S_INTERSECTS(a, BBOX(1,2,3))",
        "S_INTERSECTS(a, BBOX(1,2,3,'4'))",
        "a = DATE('2024-02-30')",
        "a = DATE('20240201')",
        "a = DATE(2024)",
        "a = DATE('2024-01-01','x')",
        "a = TIMESTAMP('2024-01-01')",
        "a = TIMESTAMP('2024-01-01T00:00:00')",
        "a = TIMESTAMP('2024-01-01T25:00:00Z')",
        "a = TIMESTAMP('2024-01-01T00:00:00.0000001Z')",
        "T_AFTER(a, INTERVAL('2024-01-01'))",
        "T_AFTER(a, INTERVAL('2024-02-01','2024-01-01'))",
        "T_AFTER(a, INTERVAL('2024-01-01','2024-01-01T00:00:00Z'))",
        "T_AFTER(a, INTERVAL(1,2))",
        "a = 1e999",
        "a = '\0'",
        "a = '\ud800'",
    ],
)
def test_text_that_is_no_filter_is_refused(written: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_text(written)
    assert refusal.value.field == "filter"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"op": "="}',
        '{"op": "=", "args": [1]}',
        '{"op": "=", "args": [1, 2, 3]}',
        '{"op": "=", "args": {"a": 1}}',
        '{"op": 1, "args": [1, 2]}',
        '{"op": "and", "args": [true]}',
        '{"op": "and", "args": [true, true], "more": 1}',
        '{"op": "in", "args": [1, 2]}',
        '{"op": "in", "args": [1, []]}',
        '{"op": "between", "args": [1, 2]}',
        '{"op": "=", "args": [{"property": 1}, 2]}',
        '{"op": "=", "args": [{"property": "a", "x": 1}, 2]}',
        '{"op": "=", "args": [{"property": "a"}, null]}',
        '{"op": "=", "args": [{"date": "today"}, {"property": "a"}]}',
        '{"op": "=", "args": [{"property": "a"}, NaN]}',
        '{"op": "=", "args": [{"property": "a"}, 1e999]}',
        '{"op": "=", "args": [{"property": "a"}, "\\u0000"]}',
        '{"op": "=", "args": [{"property": "a"}, "\\ud800"]}',
        '{"op": "s_within", "args": [{"property": "a"}, {"type": "Point"}]}',
        '{"op": "s_within", "args": [{"property": "a"}, {"type": "Point", "coordinates": ["x", 1]}]}',
        '{"op": "s_within", "args": [{"property": "a"}, {"type": "Circle", "coordinates": [1, 1]}]}',
        '{"op": "s_within", "args": [{"property": "a"}, {"bbox": [1, 2, true, 4]}]}',
        '{"op": "t_after", "args": [{"property": "a"}, {"interval": ["2024-01-01"]}]}',
        '{"op": "t_after", "args": [{"property": "a"}, {"interval": [1, 2]}]}',
    ],
)
def test_json_that_is_no_filter_is_refused(written: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_json(written)
    assert refusal.value.field == "filter"


RING = ",".join(f"{n} {n * n % 7}" for n in range(limits.MAX_VERTICES + 1))

#: Filters that are too large in one way or another.
TOO_LARGE = {
    "parentheses": "(" * 10_000 + "a = 1" + ")" * 10_000,
    "open parentheses": "(" * 10_000,
    "calls": "a = " + "casei(" * 10_000,
    "negations": "NOT " * 10_000 + "a = 1",
    "nesting": "a = " + "1 + (" * 50 + "1" + ")" * 50,
    "sum": "a = " + "1 + " * 1_000 + "1",
    "list": f"a IN ({','.join('1' * 1_000)})",
    "conditions": " OR ".join(["a = 1"] * 1_000),
    "text": f"a = '{'x' * (limits.MAX_CHARACTERS + 1)}'",
    "number": f"a = {'9' * 10_000}",
    "digits": f"a = 0.{'1' * 10_000}",
    "line": f"S_INTERSECTS(a, LINESTRING({RING}))",
    "whole": "a = 1" + " " * limits.MAX_LENGTH,
}


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_a_filter_that_is_too_large_is_refused(kind: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_text(TOO_LARGE[kind])
    assert refusal.value.field == "filter"


@pytest.mark.parametrize(
    "written",
    [
        '{"op":"not","args":[' * 500 + "true" + "]}" * 500,
        '{"op":"not","args":[' * 100_000,
        json.dumps({"op": "in", "args": [1, [1] * 1_000]}),
        json.dumps({"op": "and", "args": [True] * 1_000}),
        json.dumps({"op": "=", "args": [{"property": "a"}, "x" * (limits.MAX_CHARACTERS + 1)]}),
    ],
)
def test_json_that_is_too_large_is_refused(written: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_json(written)
    assert refusal.value.field == "filter"


def test_parentheses_within_the_limits_are_passed_over() -> None:
    assert parse_text("(" * 1_000 + "a = 1" + ")" * 1_000) == op("=", A, ONE)


WORDS = [
    *("a", "'x'", "1", "(", ")", ",", "AND", "OR", "NOT", "=", "<", "LIKE", "IN", "IS", "NULL", "BETWEEN"),
    *("+", "-", "*", "DATE('2024-01-01')", "INTERVAL(", "S_INTERSECTS(", "BBOX(", "POINT(1 2)", "'", '"'),
]


@settings(max_examples=300, deadline=None)
@given(written=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join)))
def test_any_text_is_a_filter_or_refused_as_one(written: str) -> None:
    for read in (parse_text, parse_json):
        refused_for = "filter"
        try:
            read(written)
        except UsageError as refusal:
            refused_for = refusal.field
        assert refused_for == "filter"
