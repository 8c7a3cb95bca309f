from __future__ import annotations

import math

import pytest
from sqlalchemy import Double, literal, select

from gis.float_sql import power, quotient, remainder, whole_quotient
from gis.registry import Registry

OPERANDS = [0.0, 1.0, -1.0, 2.0, 3.0, -3.5, 0.1, 1e-15, 1e17, -1e17, 12345.678]


def expected(name: str, left: float, right: float) -> float | None:
    if name == "power":
        if left == 0:
            return None if right < 0 else float(right == 0)
        if (left < 0 and right != int(right)) or abs(right * math.log(abs(left))) > 230:
            return None
        return left**right
    if right == 0:
        return None
    divided = left / right
    if name == "quotient":
        return divided
    if abs(divided) >= 2**53:
        return None
    return float(math.trunc(divided)) if name == "whole" else left - right * math.trunc(divided)


@pytest.mark.parametrize(
    ("name", "made"),
    [("quotient", quotient), ("whole", whole_quotient), ("remainder", remainder), ("power", power)],
)
def test_both_databases_calculate_what_python_does(registry: Registry, name: str, made) -> None:
    pairs = [(left, right) for left in OPERANDS for right in OPERANDS]
    columns = [made(literal(left, Double()), literal(right, Double())) for left, right in pairs]
    with registry.connect() as connection:
        found = connection.execute(select(*(one.label(f"n{n}") for n, one in enumerate(columns)))).one()
        assert connection.scalar(select(made(literal(None, Double()), literal(1.0, Double())))) is None
    for (left, right), value in zip(pairs, found, strict=True):
        wanted = expected(name, left, right)
        assert value == (wanted if wanted is None else pytest.approx(wanted, rel=1e-15)), (left, right)
