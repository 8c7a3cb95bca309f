"""Examine what this machine and database can do."""

from __future__ import annotations

import importlib.resources
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import pyogrio
import pyproj
import shapely

from gis.errors import WanggeError
from gis.registry import Registry
from gis.text import Text, t
from wangge.access_told import LOOPBACK, told_of_access


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, what was found, and the remedy where it is not well."""

    name: Text | str
    ok: bool
    found: Text | str
    remedy: Text | None = None


def examine(registry_url: str) -> list[Check]:
    """Look at the machine and at one registry.

    Parameters
    ----------
    registry_url : str
        A GeoPackage path or ``postgresql://…``.

    Returns
    -------
    list of Check
        In the order they are shown.
    """
    return [check() for check in _MACHINE] + [_registry(registry_url), *_access(registry_url)]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info >= (3, 11), found, t("Install Python 3.11 or newer."))


def _libraries() -> Check:
    found = (
        f"GDAL {pyogrio.__gdal_version_string__}, GEOS {shapely.geos_version_string}, "
        f"PROJ {pyproj.proj_version_str}, pygeoapi {version('pygeoapi')}"
    )
    return Check(t("Libraries"), True, found)


def _sqlite() -> Check:
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("pragma compile_options")}
    remedy = t("Use a Python whose SQLite has RTree, such as the one of Debian or python.org.")
    return Check(
        f"SQLite {sqlite3.sqlite_version} RTree",
        "ENABLE_RTREE" in options,
        _yes("ENABLE_RTREE" in options),
        remedy,
    )


def _gdal_encodings() -> Check:
    ok = (
        bool(pyogrio.list_drivers().get("ESRI Shapefile"))
        and "上水井盖".encode("gb18030").decode("gbk") == "上水井盖"
    )
    return Check("GBK / GB18030", ok, _yes(ok), t("Reinstall pyogrio: its GDAL cannot read shapefiles."))


def _fonts() -> Check:
    program = shutil.which("fc-list")
    listed = ""
    if program:
        listed = subprocess.run(
            [program, ":lang=zh", "family"], capture_output=True, text=True, check=False
        ).stdout
    families = sorted({line.split(",")[0] for line in listed.splitlines() if line})
    remedy = t("Install a Chinese font, such as the package fonts-noto-cjk.")
    return Check(t("Chinese fonts"), bool(families), ", ".join(families[:3]) or t("none found"), remedy)


def _front_end() -> Check:
    ok = importlib.resources.files("web").joinpath("static/vendor/ol.js").is_file()
    return Check(
        t("Map libraries"), ok, _yes(ok), t("Run script/build-web in the checkout, or install the wheel.")
    )


def _registry(url: str) -> Check:
    name = t("Registry")
    try:
        registry = Registry.open(url)
    except WanggeError as error:
        return Check(
            name, False, str(error), t("Run `wangge init`, or name another registry with --registry.")
        )
    registry.close()
    return Check(name, True, f"{registry.location} ({registry.kind})")


def _access(url: str) -> list[Check]:
    """Tell who is asked for a key; nothing where the registry cannot be opened."""
    try:
        registry = Registry.open(url)
    except WanggeError:
        return []
    with registry:
        return [Check(t("Access"), True, told_of_access(registry, LOOPBACK))]


def _yes(ok: bool) -> Text:
    return t("yes") if ok else t("no")


_MACHINE: tuple[Callable[[], Check], ...] = (
    _python,
    _libraries,
    _sqlite,
    _gdal_encodings,
    _fonts,
    _front_end,
)
