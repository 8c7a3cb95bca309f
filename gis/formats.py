"""The kinds of file that are read, the files each consists of, and what to do with all others."""

from __future__ import annotations

from enum import StrEnum

from gis.text import Text, t


class Kind(StrEnum):
    """What is read in the same way."""

    SHAPEFILE = "shapefile"
    GEOPACKAGE = "geopackage"
    GEOJSON = "geojson"
    GEODATABASE = "geodatabase"
    DRAWING = "drawing"
    MAPINFO = "mapinfo"
    INTERCHANGE = "interchange"
    KML = "kml"
    TABLE = "table"


SPATIAL = frozenset(Kind)
TABLES = frozenset({Kind.TABLE})

SUFFIXES = {
    ".shp": Kind.SHAPEFILE,
    ".gpkg": Kind.GEOPACKAGE,
    ".geojson": Kind.GEOJSON,
    ".json": Kind.GEOJSON,
    ".dxf": Kind.DRAWING,
    ".tab": Kind.MAPINFO,
    ".mif": Kind.INTERCHANGE,
    ".kml": Kind.KML,
    ".csv": Kind.TABLE,
    ".tsv": Kind.TABLE,
    ".xlsx": Kind.TABLE,
    ".xlsm": Kind.TABLE,
}
"""Kind of a file by the suffix of its main part."""

PARTS = {
    # .cst is what GeoServer calls a .cpg
    Kind.SHAPEFILE: (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst"),
    Kind.MAPINFO: (".tab", ".dat", ".map", ".id", ".ind"),
    Kind.INTERCHANGE: (".mif", ".mid"),
}
"""Files that make up one thing and matter, the main one first."""

GEODATABASE = ".gdb"
"""Suffix of the folder that is a file geodatabase."""

ZIPS = (".zip", ".kmz")
"""Archives; a .kmz holds a .kml."""

PHOTOS = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".webp", ".heic", ".heif", ".tif", ".tiff")
)
"""Suffixes of images: no data for a reader, and large; they stay in their archives."""

AS_LAYER = t("Export it as shapefile, GeoPackage or GeoJSON, with its coordinate system")
AS_XLSX = t("Save it as .xlsx or .csv")
_AS_ZIP = t("Unpack it and pack it again as .zip, or give the folder")
_AS_DXF = t("Save it as DXF in the program it was drawn in (Save as, or DXFOUT), or export it as shapefile")
_AS_GDB = t("Export its feature classes to a file geodatabase (.gdb) or to shapefiles")
_AS_GPKG = t("Take its layers out as GeoPackage: ogr2ogr -f GPKG out.gpkg FILE points lines multipolygons")
_WHOLE_GDB = t("Give the whole folder whose name ends in .gdb, or a zip of it")
EXPORT: dict[str, Text] = {
    **dict.fromkeys((".dwg", ".dwt", ".dgn"), _AS_DXF),
    **dict.fromkeys((".mdb", ".accdb", ".sde"), _AS_GDB),
    **dict.fromkeys((".gdbtable", ".gdbtablx", ".gdbindexes", GEODATABASE), _WHOLE_GDB),
    **dict.fromkeys((".gml", ".e00", ".fgb", ".parquet", ".gpx", ".kmt", ".mpk", ".lpk", ".gdbx"), AS_LAYER),
    **dict.fromkeys((".osm", ".pbf"), _AS_GPKG),
    **dict.fromkeys((".rar", ".7z", ".tar", ".tgz", ".bz2", ".xz"), _AS_ZIP),
    **dict.fromkeys((".xls", ".et", ".ods"), AS_XLSX),
}
"""What to do with a file that cannot be read, by its suffix."""
