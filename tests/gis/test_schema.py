"""What the migrations make is what the models describe."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from gis import schema
from gis.models import DATASETS, metadata
from gis.registry import Registry

COLUMNS = text("""
    SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, collation_name,
           is_identity
    FROM information_schema.columns WHERE table_schema = :schema ORDER BY table_name, ordinal_position
""")
INDEXES = text("""
    SELECT tablename, indexname, replace(indexdef, :schema || '.', '') FROM pg_indexes
    WHERE schemaname = :schema AND indexdef NOT LIKE '%gist%' ORDER BY 1, 2
""")
GEOMETRIES = text("""
    SELECT f_table_name, srid, type, coord_dimension FROM geometry_columns
    WHERE f_table_schema = :schema ORDER BY 1
""")


def test_the_newest_step_is_the_version_the_code_works_with() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_migrated_and_modelled_geopackages_are_alike(gpkg_registry: Registry) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        modelled = described(connection.connection.driver_connection)
    engine.dispose()
    with gpkg_registry.connect() as connection:
        assert described(connection.connection.driver_connection) == modelled


def described(connection: Any) -> dict[str, Any]:
    assert isinstance(connection, sqlite3.Connection)
    tables = {}
    for name in metadata.tables:
        columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
        indexes = {
            row[1]: (row[2], connection.execute(f'PRAGMA index_info("{row[1]}")').fetchall())
            for row in connection.execute(f'PRAGMA index_list("{name}")')
        }
        tables[name] = (columns, indexes)
    return tables


def test_migrated_and_modelled_postgis_are_alike(postgis_registry: Registry) -> None:
    with postgis_registry.begin() as connection:
        connection.execute(text("CREATE SCHEMA modelled"))
        connection.execute(text("SET LOCAL search_path TO modelled, public"))
        metadata.create_all(connection, checkfirst=False)
        for query in (COLUMNS, INDEXES, GEOMETRIES):
            modelled, migrated = (
                [
                    row
                    for row in connection.execute(query, {"schema": name}).all()
                    if row[0] in metadata.tables
                ]
                for name in ("modelled", "public")
            )
            assert [str(row).replace("modelled.", "") for row in migrated] == [
                str(row).replace("modelled.", "") for row in modelled
            ]
        connection.rollback()


def test_every_geometry_in_postgis_has_a_gist_index(postgis_registry: Registry) -> None:
    with postgis_registry.connect() as connection:
        indexed = set(
            connection.scalars(text("SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%gist%'"))
        )
    spatial = {table.name for d in DATASETS.values() if d.geometry for table in (d.live, d.history)}
    assert indexed == spatial
