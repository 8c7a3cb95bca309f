"""Who may do what: the table of roles, scopes, and which error a refusal is."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gis.editions import commit
from gis.errors import KeyNeeded, NotAllowed
from gis.models import DATASETS
from gis.registry import Registry
from layers.access import ANONYMOUS, GRANTS, LOCAL, Action, Principal, Role, demand, may
from layers.access_clauses import county_clause, tells_county


@dataclass(frozen=True)
class Lamps:
    id: str = "lamps"
    roles: tuple[str, ...] = ()


def with_roles(*roles: Role, **scope: frozenset[str]) -> Principal:
    return Principal(key="0a", roles=frozenset(roles), **scope)


@pytest.mark.parametrize("action", Action)
def test_without_a_key_nothing_is_allowed_and_at_the_machine_everything(action: Action) -> None:
    assert not may(ANONYMOUS, action)
    assert may(LOCAL, action)
    with pytest.raises(KeyNeeded):
        demand(ANONYMOUS, action)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.READ_RESTRICTED, "read search resolve"),
        (Role.SURVEYOR, "read search resolve check propose"),
        (Role.DISPATCHER, "read search resolve propose outcome precedents"),
        (Role.EDITOR, "read search resolve check propose outcome precedents edit"),
        (Role.ADMIN, "read search resolve check propose outcome precedents edit manage"),
    ],
)
def test_each_role_may_do_what_it_is_for(role: Role, allowed: str) -> None:
    assert {action for action in Action if may(with_roles(role), action)} == set(allowed.split())


def test_a_key_that_does_not_cover_something_is_told_which_roles_do() -> None:
    with pytest.raises(NotAllowed) as refusal:
        demand(with_roles(Role.SURVEYOR), Action.OUTCOME)
    assert refusal.value.expected == "dispatcher, editor, admin"


def test_a_key_of_some_layers_reads_no_others() -> None:
    key = with_roles(Role.EDITOR, layers=frozenset({"lamps"}))
    assert may(key, Action.READ, Lamps())
    assert not may(key, Action.READ, Lamps("covers"))


def test_a_layer_of_some_roles_is_read_by_them_and_by_admins() -> None:
    layer = Lamps(roles=("dispatcher",))
    assert may(with_roles(Role.DISPATCHER), Action.READ, layer)
    assert may(with_roles(Role.ADMIN), Action.READ, layer)
    assert not may(with_roles(Role.EDITOR), Action.READ, layer)


def test_a_key_of_some_districts_does_not_manage_what_is_the_whole_citys() -> None:
    scoped = with_roles(Role.ADMIN, counties=frozenset({"500113"}))
    assert may(scoped, Action.EDIT, county="500113")
    assert not may(scoped, Action.EDIT, county="500114")
    assert not may(scoped, Action.EDIT, county="")
    assert not may(scoped, Action.MANAGE)


scopes = st.none() | st.frozensets(st.sampled_from(["a", "b", "c"]), min_size=1)


@given(
    roles=st.frozensets(st.sampled_from(Role)),
    more=st.sampled_from(Role),
    counties=scopes,
    layers=scopes,
    action=st.sampled_from(Action),
    layer=st.none() | st.sampled_from(["a", "b", "c"]),
    county=st.none() | st.sampled_from(["a", "b", "c", ""]),
)
def test_a_wider_key_never_may_less(roles, more, counties, layers, action, layer, county) -> None:
    asked = (action, None if layer is None else Lamps(layer), county)
    narrow = Principal(key="0a", roles=roles, counties=counties, layers=layers)
    wide = Principal(key="0a", roles=roles | {more})
    assert may(wide, *asked) >= may(narrow, *asked)
    if not any(action in GRANTS[role] for role in roles):
        assert not may(narrow, *asked)


@pytest.mark.parametrize("dataset", ["places", "streets"])
def test_rows_that_say_their_district_are_seen_by_keys_of_it_alone(registry: Registry, dataset: str) -> None:
    line = shapely.MultiLineString([[(106.5, 29.5), (106.6, 29.5)]])
    rows = {"code": ["a", "b", "c"], "name": ["甲", "乙", "丙"], "county": ["500113", "500114", None]}
    commit(registry, dataset, gpd.GeoDataFrame(rows, geometry=[line] * 3, crs="EPSG:4490"))
    table = DATASETS[dataset].live
    assert tells_county(dataset)
    query = select(table.c.code).where(county_clause(dataset, table, ("500113", "500115")))
    with registry.connect() as connection:
        assert connection.scalars(query).all() == ["a"]
