"""API keys (接口密钥): made once, shown once, kept as a digest.

A key is ``wk_`` + an identifier of eight characters + ``_`` + 256 random bits. What is kept is its
SHA-256. A slow hash, as passwords need it, guards against guessing what people think of; nobody guesses
256 random bits, so that it would only make every request slow.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import RowMapping

from gis.columns import from_json, to_json, to_milliseconds
from gis.errors import NotFound, UsageError
from gis.models import api_keys
from gis.registry import Registry
from gis.text import t
from layers.access import Principal, Role
from layers.catalogue import no_such_layer, read_layers

MAX_LABEL = 200

_TOKEN = re.compile(r"wk_([0-9a-f]{8})_[A-Za-z0-9_-]{43}", re.ASCII)
_COUNTY = re.compile(r"\d{6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known about a key.

    Attributes
    ----------
    id : str
        Part of the key; names it in lists and logs.
    digest : str
        SHA-256 of the whole key, hexadecimal.
    label : str
        Who has it and what for.
    roles : frozenset of Role
        What it may be used for.
    counties, layers : frozenset of str or None
        Districts and layers it is for; ``None`` for all.
    made_at : datetime
        UTC, as the following.
    expires_at, revoked_at, last_used_at : datetime or None
        The last use is noted at most once a minute.
    """

    id: str
    digest: str
    label: str
    roles: frozenset[Role]
    counties: frozenset[str] | None
    layers: frozenset[str] | None
    made_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    @property
    def principal(self) -> Principal:
        """Who asks with this key."""
        return Principal(key=self.id, roles=self.roles, counties=self.counties, layers=self.layers)

    def state(self, now: datetime) -> str:
        """Return ``valid``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"

    def to_dict(self, now: datetime) -> dict[str, Any]:
        """Return what is told about a key: everything but its digest."""
        told: dict[str, Any] = {"id": self.id, "label": self.label, "state": self.state(now)}
        told["roles"] = [role for role in Role if role in self.roles]
        for name in ("counties", "layers"):
            value = getattr(self, name)
            told[name] = None if value is None else sorted(value)
        for name in ("made_at", "expires_at", "revoked_at", "last_used_at"):
            value = getattr(self, name)
            told[name] = None if value is None else value.isoformat()
        return told


def add_key(
    registry: Registry,
    label: str,
    roles: Collection[str],
    *,
    counties: Collection[str] = (),
    layers: Collection[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key.

    Parameters
    ----------
    registry : Registry
        Which it opens.
    label : str
        Who gets it and what for.
    roles : collection of str
        At least one of :class:`layers.access.Role`.
    counties : collection of str
        Six-digit codes of the districts it is for; all when empty.
    layers : collection of str
        Identifiers of the layers it is for; all when empty.
    expires_at : datetime, optional
        With a time zone; never when not given.

    Returns
    -------
    ApiKey, str
        What is kept, and the key itself, which nobody can find out any more.

    Raises
    ------
    UsageError
        If the label is empty, a role or a district's code is none, or the moment is past.
    NotFound
        If there is no such layer.
    """
    now = to_milliseconds(datetime.now(UTC))
    _check(label, roles, counties, expires_at, now)
    with registry.begin() as connection:
        known = read_layers(connection, public_only=False)
        for name in sorted(set(layers) - {layer.id for layer in known}):
            raise no_such_layer(name, known)
        taken = set(connection.scalars(select(api_keys.c.id)))
        identifier = next(one for one in iter(lambda: secrets.token_hex(4), "") if one not in taken)
        token = f"wk_{identifier}_{secrets.token_urlsafe(32)}"
        key = ApiKey(
            id=identifier,
            digest=digest_of(token),
            label=label.strip(),
            roles=frozenset(map(Role, roles)),
            counties=frozenset(counties) or None,
            layers=frozenset(layers) or None,
            made_at=now,
            expires_at=None if expires_at is None else to_milliseconds(expires_at),
        )
        connection.execute(insert(api_keys).values(_row(key)))
    return key, token


def list_keys(registry: Registry) -> list[ApiKey]:
    """Return all keys ever made, oldest first."""
    with registry.connect() as connection:
        rows = connection.execute(select(api_keys).order_by(api_keys.c.fid)).mappings()
        return [_key(row) for row in rows]


def revoke_key(registry: Registry, key_id: str) -> None:
    """Make a key invalid, for ever; one that is revoked already stays as it is.

    Raises
    ------
    NotFound
        If there is no such key.
    """
    now = datetime.now(UTC)
    with registry.begin() as connection:
        known = list(connection.scalars(select(api_keys.c.id).order_by(api_keys.c.fid)))
        if key_id not in known:
            raise NotFound(
                t("There is no API key {id}", id=key_id),
                field="ID",
                value=key_id,
                expected=", ".join(known) or None,
            )
        open_keys = api_keys.c.revoked_at.is_(None)
        connection.execute(update(api_keys).where(api_keys.c.id == key_id, open_keys).values(revoked_at=now))


def note_use(registry: Registry, key_id: str, now: datetime, since: datetime) -> None:
    """Note that a key was used, unless somebody else noted so after ``since``."""
    not_noted = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= since)
    with registry.begin() as connection:
        connection.execute(
            update(api_keys).where(api_keys.c.id == key_id, not_noted).values(last_used_at=now)
        )


def key_id_of(token: str) -> str | None:
    """Return the identifier within a key, ``None`` when the text does not have the form of one."""
    match = _TOKEN.fullmatch(token)
    return match and match[1]


def digest_of(token: str) -> str:
    """Return what of a key is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check(
    label: str,
    roles: Collection[str],
    counties: Collection[str],
    expires_at: datetime | None,
    now: datetime,
) -> None:
    if not 0 < len(label.strip()) <= MAX_LABEL:
        raise UsageError(
            t("A key needs a label: who has it, and what for"),
            field="LABEL",
            value=label[:MAX_LABEL],
            expected=t("1 to {limit} characters", limit=MAX_LABEL),
        )
    for role in roles or ("",):
        if role not in set(Role):
            raise UsageError(
                t("{role} is no role", role=repr(role)), field="--role", value=role, expected=", ".join(Role)
            )
    for county in counties:
        if not _COUNTY.fullmatch(county):
            raise UsageError(
                t("{county} is not the code of a district", county=repr(county)),
                field="--county",
                value=county,
                expected=t("six digits"),
            )
    if expires_at is not None and expires_at <= now:
        raise UsageError(
            t("The key would have expired already"),
            field="--expires",
            value=expires_at.isoformat(),
            expected=t("a day to come"),
        )


def _row(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "digest": key.digest,
        "label": key.label,
        "roles": to_json(sorted(key.roles)),
        "counties": None if key.counties is None else to_json(sorted(key.counties)),
        "layers": None if key.layers is None else to_json(sorted(key.layers)),
        "made_at": key.made_at,
        "expires_at": key.expires_at,
    }


def _key(row: RowMapping) -> ApiKey:
    counties, layers = from_json(row["counties"]), from_json(row["layers"])
    return ApiKey(
        id=row["id"],
        digest=row["digest"],
        label=row["label"],
        roles=frozenset(Role(role) for role in from_json(row["roles"])),
        counties=None if counties is None else frozenset(counties),
        layers=None if layers is None else frozenset(layers),
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        last_used_at=row["last_used_at"],
    )
