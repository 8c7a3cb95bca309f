"""The metadata tables of a GeoPackage 1.3, and the RTree extension of a table.

Clauses are those of OGC 12-128r17. No SQL here needs an extension of SQLite; the triggers call
``ST_MinX`` … ``ST_IsEmpty``, which :mod:`gis.gpkg_functions` provides and GDAL and QGIS bring along.
"""

# Names of tables and columns in statements are the schema's own, never a user's
# ruff: noqa: S608

from __future__ import annotations

import struct
from collections.abc import Sequence

from sqlalchemy import Connection, text

from gis.columns import SRID

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10300

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_CGCS2000 = (
    'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",'
    'SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],'
    'PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4490"]]'
)
_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84),
    ("China Geodetic Coordinate System 2000", SRID, "EPSG", SRID, _CGCS2000),
)

_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"
_TABLES = (
    # Clause 1.1.2.1.2
    """CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
    # Clause 1.1.3.1.1
    f"""CREATE TABLE gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
        description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT ({_NOW}),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    # Clause 2.1.5.1.1
    """CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    # Clause 2.3.2.1.1
    """CREATE TABLE gpkg_extensions (
        table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
        scope TEXT NOT NULL,
        CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
)

_RTREE_DEFINITION = "http://www.geopackage.org/spec120/#extension_rtree"
_BOX = 'ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")'
_REPLACE = f'INSERT OR REPLACE INTO "{{r}}" VALUES (NEW."fid", {_BOX})'
_FILLED = 'NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom")'
_VOID = 'NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom")'
# Annex F.3: events, condition, action; {t} is the table, {r} its RTree
_TRIGGERS = {
    "insert": ("AFTER INSERT ON", f"({_FILLED})", _REPLACE),
    "update1": (
        'AFTER UPDATE OF "geom" ON',
        f'OLD."fid" = NEW."fid" AND ({_FILLED})',
        _REPLACE,
    ),
    "update2": (
        'AFTER UPDATE OF "geom" ON',
        f'OLD."fid" = NEW."fid" AND ({_VOID})',
        'DELETE FROM "{r}" WHERE id = OLD."fid"',
    ),
    "update3": (
        "AFTER UPDATE ON",
        f'OLD."fid" != NEW."fid" AND ({_FILLED})',
        'DELETE FROM "{r}" WHERE id = OLD."fid"; ' + _REPLACE,
    ),
    "update4": (
        "AFTER UPDATE ON",
        f'OLD."fid" != NEW."fid" AND ({_VOID})',
        'DELETE FROM "{r}" WHERE id IN (OLD."fid", NEW."fid")',
    ),
    "delete": ("AFTER DELETE ON", 'OLD."geom" NOTNULL', 'DELETE FROM "{r}" WHERE id = OLD."fid"'),
}


def create_metadata(connection: Connection) -> None:
    """Mark the file as a GeoPackage and create its metadata tables."""
    connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
    connection.execute(text(f"PRAGMA user_version = {USER_VERSION}"))
    for statement in _TABLES:
        connection.execute(text(statement.replace(":", r"\:")))
    connection.exec_driver_sql(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)",
        list(_SYSTEMS),
    )


def register_features(connection: Connection, table: str, geometry_type: str) -> None:
    """List a table with the geometry column ``geom`` and give it an RTree."""
    connection.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'features', ?, ?)",
        (table, table, SRID),
    )
    connection.exec_driver_sql(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (table, geometry_type, SRID)
    )
    connection.exec_driver_sql(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
        (table, _RTREE_DEFINITION),
    )
    connection.exec_driver_sql(
        f'CREATE VIRTUAL TABLE "{rtree_name(table)}" USING rtree(id, minx, maxx, miny, maxy)'
    )
    create_triggers(connection, table)


def register_attributes(connection: Connection, table: str) -> None:
    """List a table without geometry."""
    connection.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, 'attributes', ?)",
        (table, table),
    )


def rtree_name(table: str) -> str:
    """Return the name of the RTree of a table."""
    return f"rtree_{table}_geom"


def create_triggers(connection: Connection, table: str) -> None:
    """Create the triggers that keep the RTree of a table."""
    rtree = rtree_name(table)
    for name, (when, condition, action) in _TRIGGERS.items():
        connection.exec_driver_sql(
            f'CREATE TRIGGER "{rtree}_{name}" {when} "{table}" WHEN {condition} '
            f"BEGIN {action.format(r=rtree)}; END"
        )


def drop_triggers(connection: Connection, table: str) -> None:
    """Drop the triggers that keep the RTree of a table."""
    for name in _TRIGGERS:
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{rtree_name(table)}_{name}"')


def drop_indexes(connection: Connection, table: str) -> list[str]:
    """Drop the indexes of a table, but those of its keys; return the statements that make them anew."""
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOTNULL", (table,)
    ).all()
    for name, _ in rows:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    return [statement for _, statement in rows]


def touch_contents(connection: Connection, tables: Sequence[str]) -> None:
    """Set the time of the last change and the extent of tables.

    The extent is that of the RTree's root: single precision, rounded outwards.
    """
    for table in tables:
        box = _extent(connection, table)
        connection.exec_driver_sql(
            f"UPDATE gpkg_contents SET last_change = {_NOW},"
            " min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
            (*box, table),
        )


def _extent(connection: Connection, table: str) -> tuple[float | None, ...]:
    known = "SELECT 1 FROM gpkg_geometry_columns WHERE table_name = ?"
    if connection.exec_driver_sql(known, (table,)).first() is None:
        return (None, None, None, None)
    root = f'SELECT data FROM "{rtree_name(table)}_node" WHERE nodeno = 1'
    node = connection.exec_driver_sql(root).scalar_one()
    cells = [
        struct.unpack_from(">4f", node, 4 + 24 * cell + 8)
        for cell in range(struct.unpack_from(">H", node, 2)[0])
    ]
    if not cells:
        return (None, None, None, None)
    minx, maxx, miny, maxy = zip(*cells, strict=True)
    return (min(minx), min(miny), max(maxx), max(maxy))
