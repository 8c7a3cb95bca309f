"""Guard triggers: what other programs change in a GeoPackage goes to the history first.

wangge itself never updates a live row, and copies a row to the history before it deletes it: an
update, or a deletion of a version that the history does not know, comes from somewhere else. The
triggers are plain SQL, so they work in every program that opens the file.
"""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"
_OURS = ("fid", "edition", "valid_from")


def create_guard(connection: Connection, table: str, key: Sequence[str]) -> None:
    """Create the guard of a live table.

    Parameters
    ----------
    connection : Connection
    table : str
        Live table; its history is ``<table>_history``.
    key : sequence of str
        Columns that identify a thing.
    """
    rows = connection.exec_driver_sql(f'PRAGMA table_info("{table}")').all()
    business = [row.name for row in rows if row.name not in _OURS]
    names = ", ".join(f'"{name}"' for name in (*business, "edition", "valid_from"))
    old = ", ".join(f'OLD."{name}"' for name in (*business, "edition", "valid_from"))
    known = " AND ".join(f'"{name}" = OLD."{name}"' for name in (*key, "edition", "valid_from"))
    record = (
        f'INSERT INTO "{table}_history" ({names}, "closed_by", "valid_to") '
        f'SELECT {old}, 0, {_NOW} WHERE NOT EXISTS (SELECT 1 FROM "{table}_history" WHERE {known})'
    )
    changed = ", ".join(f'"{name}"' for name in business)
    connection.exec_driver_sql(
        f'CREATE TRIGGER "guard_{table}_update" AFTER UPDATE OF {changed} ON "{table}" BEGIN {record}; '
        f'UPDATE "{table}" SET "edition" = 0, "valid_from" = {_NOW} WHERE "fid" = NEW."fid"; END'
    )
    connection.exec_driver_sql(
        f'CREATE TRIGGER "guard_{table}_delete" AFTER DELETE ON "{table}" BEGIN {record}; END'
    )
