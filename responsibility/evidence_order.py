"""In which order evidence is weighed; a city may set another order for some classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gis.errors import UsageError
from gis.text import t
from responsibility.classes import ClassChoice
from responsibility.model import Kind

DEFAULT = ("boundary", "handover", "precedent", "facility", "record", "contract", "table")
"""What is weighed between the scope, which always comes first, and the fallback, which comes last."""

SETTING = "evidence_order"
Orders = Mapping[str, Sequence[str]]


def order_for(orders: Orders, choice: ClassChoice | None, kind: Kind) -> tuple[str, ...]:
    """Return the order for the classes meant.

    Parameters
    ----------
    orders : mapping of str to sequence of str
        Orders by ``component:0101`` (class), ``component:01`` (major class) or ``component``; the most
        exact one counts. The same with ``matter``.
    choice : ClassChoice or None
        The classes meant. Several of them have an order of their own where it is the same for all.
    kind : Kind
        Component or matter.
    """
    if not orders:
        return DEFAULT
    general = orders.get(str(kind), DEFAULT)
    names = () if choice is None else [choice.major] if choice.major else sorted(choice.codes)
    found = {tuple(_of_class(orders, name, kind, general)) for name in names}
    return found.pop() if len(found) == 1 else tuple(general)


def check_orders(orders: Any) -> None:
    """Refuse orders for what is no class, and orders of what is no evidence.

    Raises
    ------
    UsageError
    """
    if not isinstance(orders, Mapping):
        raise _impossible(SETTING, orders, '{"component:01" = ["facility", …]}')
    for name, order in orders.items():
        kind, colon, code = str(name).partition(":")
        if kind not in tuple(Kind) or (colon and not (code.isascii() and code.isdigit())):
            raise _impossible(SETTING, name, "component, matter, component:01, component:0101")
        known = isinstance(order, list | tuple) and all(one in DEFAULT for one in order)
        if not known or len(set(order)) != len(order):
            raise _impossible(f"{SETTING}.{name}", order, ", ".join(DEFAULT))


def _of_class(orders: Orders, code: str, kind: Kind, general: Sequence[str]) -> Sequence[str]:
    exact = orders.get(f"{kind}:{code}")
    return exact if exact is not None else orders.get(f"{kind}:{code[:2]}", general)


def _impossible(name: str, value: Any, expected: str) -> UsageError:
    return UsageError(
        t("Setting {name} cannot be {value}", name=name, value=str(value)),
        field=name,
        value=value,
        expected=expected,
    )
