"""``wangge keys``: API keys with roles, for districts and layers."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import click

from gis.errors import UsageError
from gis.text import Text, t
from layers.access import Role
from layers.key_ring import utc_clock
from layers.keys import ApiKey, add_key, list_keys, revoke_key
from wangge.session import Session, with_session

_STATES: dict[str, Text] = {"valid": t("valid"), "expired": t("expired"), "revoked": t("revoked")}


@click.command(
    "keys",
    help=str(
        t(
            "API keys: list, add LABEL --role ROLE… (the key is printed once and kept nowhere), revoke ID…."
            " As soon as one was made, writing and reading what is not public needs a key."
        )
    ),
)
@click.argument("action", type=click.Choice(["list", "add", "revoke"]), default="list")
@click.argument("words", nargs=-1, metavar="[LABEL | ID…]")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help=str(t("What it is for.")),
)
@click.option("--county", "counties", multiple=True, metavar="CODE", help=str(t("Only this district.")))
@click.option("--layer", "layers", multiple=True, metavar="NAME", help=str(t("Only this layer.")))
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), help=str(t("Last day it is valid, in local time."))
)
@with_session
def command(
    session: Session, action: str, words: tuple[str, ...], *, expires: datetime | None, **given: Any
) -> None:
    """List, make or revoke keys."""
    _check_words(action, words)
    if action != "add" and (expires or any(given.values())):
        raise UsageError(t("--role, --county, --layer and --expires belong to `keys add`"), field=action)
    with session.registry() as registry:
        if action == "add":
            scope = {"counties": given["counties"], "layers": given["layers"]}
            key, token = add_key(registry, words[0], given["roles"], expires_at=_end_of(expires), **scope)
            session.show({**key.to_dict(utc_clock()), "key": token}, lambda: _made(key, token))
            return
        for key_id in words:
            revoke_key(registry, key_id)
        keys = list_keys(registry)
    now = utc_clock()
    session.show(
        [key.to_dict(now) for key in keys],
        lambda: "\n".join(_line(key, now) for key in keys) or str(t("No API keys.")),
    )


def _check_words(action: str, words: tuple[str, ...]) -> None:
    if {"list": len(words) == 0, "add": len(words) == 1, "revoke": len(words) > 0}[action]:
        return
    raise UsageError(
        t("keys {action} was given {count} names", action=action, count=len(words)),
        field="LABEL | ID",
        value=" ".join(words),
        expected="keys list | keys add LABEL --role ROLE | keys revoke ID…",
    )


def _end_of(day: datetime | None) -> datetime | None:
    """Return the end of a day on this machine's clock."""
    if day is None:
        return None
    return datetime.combine(day.date(), time(23, 59, 59)).astimezone(UTC)


def _made(key: ApiKey, token: str) -> str:
    return "\n".join(
        (
            _line(key, utc_clock()),
            token,
            str(t("Shown this once. Send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`.")),
        )
    )


def _line(key: ApiKey, now: datetime) -> str:
    scope = [*sorted(key.counties or ()), *sorted(key.layers or ())]
    used = t("never used")
    if key.last_used_at is not None:
        used = t("last used {when}", when=f"{key.last_used_at.astimezone():%Y-%m-%d %H:%M}")
    parts = (
        key.id,
        str(_STATES[key.state(now)]),
        ",".join(role for role in Role if role in key.roles),
        ",".join(scope) or "*",
        key.label,
        str(used),
    )
    return "  ".join(parts)
