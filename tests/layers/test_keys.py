"""API keys: made, told once, kept as a digest, found again, expired, revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gis.errors import NotFound, UsageError
from gis.models import api_keys
from gis.registry import Registry
from layers.access import Role
from layers.catalogue import seed_layers
from layers.key_ring import KeyRing
from layers.keys import add_key, digest_of, list_keys, revoke_key

SOON = datetime.now(UTC) + timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.start = datetime.now(UTC)

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(registry: Registry, clock: Clock) -> KeyRing:
    ring = KeyRing(registry, clock, clock.now)
    ring.refresh()
    return ring


def test_a_key_reads_back_and_is_nowhere_in_the_registry(registry: Registry) -> None:
    seed_layers(registry)
    key, token = add_key(
        registry, " 路灯所 ", ["surveyor"], counties=["500113"], layers=["components"], expires_at=SOON
    )
    assert list_keys(registry) == [key]
    assert key.label == "路灯所"
    assert key.principal.roles == {Role.SURVEYOR}
    assert key.principal.counties == {"500113"}
    assert key.principal.layers == {"components"}
    with registry.connect() as connection:
        (row,) = connection.execute(select(api_keys)).all()
    secret = token.split("_", 2)[2]
    assert len(secret) == 43
    assert secret not in str(row)
    assert row.digest == digest_of(token)
    assert "digest" not in key.to_dict(SOON)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": "  "}, "LABEL"),
        ({"label": "x" * 201}, "LABEL"),
        ({"roles": []}, "--role"),
        ({"roles": ["root"]}, "--role"),
        ({"counties": ["50011"]}, "--county"),
        ({"counties": ["５00113"]}, "--county"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "--expires"),
    ],
)
def test_a_key_without_sense_is_refused_by_field(registry: Registry, change: dict, field: str) -> None:
    given = {"label": "x", "roles": ["admin"], **change}
    with pytest.raises(UsageError) as refusal:
        add_key(registry, given.pop("label"), given.pop("roles"), **given)
    assert refusal.value.field == field
    assert list_keys(registry) == []


def test_a_key_for_an_unknown_layer_is_refused(registry: Registry) -> None:
    seed_layers(registry)
    with pytest.raises(NotFound):
        add_key(registry, "x", ["admin"], layers=["unicorns"])
    assert list_keys(registry) == []


def test_the_ring_knows_a_key_within_the_interval_and_forgets_it_so(
    registry: Registry, ring: KeyRing, clock: Clock
) -> None:
    assert ring.is_empty
    key, token = add_key(registry, "x", ["editor"])
    assert ring.principal(token) is None
    clock.seconds = 1.1
    assert not ring.is_fresh
    ring.refresh()
    assert ring.principal(token) == key.principal
    revoke_key(registry, key.id)
    clock.seconds = 2.3
    ring.refresh()
    assert ring.principal(token) is None
    assert not ring.is_empty
    ring.close()


def test_wrong_keys_are_nobodys(registry: Registry, ring: KeyRing, clock: Clock) -> None:
    _key, token = add_key(registry, "x", ["editor"])
    clock.seconds = 1.1
    ring.refresh()
    last = "A" if token[-1] != "A" else "B"
    for wrong in (
        "",
        "wk_",
        token[:-1],
        token[:-1] + last,
        token + "A",
        token.upper(),
        "密钥",
        "wk_00000000_",
    ):
        assert ring.principal(wrong) is None
    assert list_keys(registry)[0].last_used_at is None
    ring.close()


def test_a_key_expires(registry: Registry, ring: KeyRing, clock: Clock) -> None:
    key, token = add_key(registry, "x", ["editor"], expires_at=SOON)
    clock.seconds = 1.1
    ring.refresh()
    assert ring.principal(token) is not None
    clock.seconds = 86_500.0
    assert ring.principal(token) is None
    assert key.state(clock.now()) == "expired"
    ring.close()


def test_the_last_use_is_noted_once_a_minute(registry: Registry, ring: KeyRing, clock: Clock) -> None:
    _key, token = add_key(registry, "x", ["editor"])
    uses = []
    for seconds in (1.1, 30.0, 60.0, 62.0, 63.0):
        clock.seconds = seconds
        ring.refresh()
        ring.principal(token)
        ring._writer.submit(lambda: None).result()
        uses.append(list_keys(registry)[0].last_used_at)
    assert len(set(uses)) == 2
    assert uses[0] == uses[2] != uses[3] == uses[4]
    ring.close()


def test_revoking_twice_keeps_the_first_moment_and_an_unknown_key_is_told(registry: Registry) -> None:
    key, _token = add_key(registry, "x", ["editor"])
    revoke_key(registry, key.id)
    first = list_keys(registry)[0].revoked_at
    revoke_key(registry, key.id)
    assert list_keys(registry)[0].revoked_at == first
    with pytest.raises(NotFound) as refusal:
        revoke_key(registry, "ffffffff")
    assert key.id in str(refusal.value.expected)
