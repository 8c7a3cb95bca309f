"""Guard triggers: what other programs change in PostGIS goes to the history first.

wangge says in its own transactions that it is at work (a setting that ends with the transaction);
a row that is changed or deleted without that is copied to the history, as in a GeoPackage
(:mod:`gis.gpkg_guard`).
"""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

from sqlalchemy import Connection, text

_SETTING = "wangge.writing"
_OURS = ("fid", "edition", "valid_from")
_NOW = "date_trunc('milliseconds', clock_timestamp())"


def announce(connection: Connection) -> None:
    """Say that the changes of this transaction are wangge's own."""
    connection.execute(text("SELECT set_config(:name, 'yes', true)"), {"name": _SETTING})


def create_guard(connection: Connection, table: str) -> None:
    """Create the guard of a live table, whose history is ``<table>_history``."""
    statement = text(
        "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass)"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    names = connection.scalars(statement, {"table": table}).all()
    business = [f'"{name}"' for name in names if name not in _OURS]
    copied = [*business, '"edition"', '"valid_from"']
    connection.exec_driver_sql(f"""
        CREATE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $guard$
        BEGIN
            INSERT INTO {table}_history ({", ".join(copied)}, closed_by, valid_to)
            VALUES ({", ".join(f"OLD.{name}" for name in copied)}, 0, {_NOW});
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            NEW.edition := 0;
            NEW.valid_from := {_NOW};
            RETURN NEW;
        END $guard$
    """)
    connection.exec_driver_sql(f"""
        CREATE TRIGGER guard_{table} BEFORE UPDATE OF {", ".join(business)} OR DELETE ON {table}
        FOR EACH ROW WHEN (coalesce(current_setting('{_SETTING}', true), '') = '')
        EXECUTE FUNCTION guard_{table}()
    """)
