"""Registries to import into: made once for each size, copied for each turn, on either database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import geopandas
import numpy as np
import pandas as pd
import psycopg
from _district import District, divisions, organisations

from gis.editions import commit
from gis.importing import ImportContext, ImportOptions
from gis.layer import ROW, SourceLayer
from gis.registry import Registry
from gis.text import t
from grids.division_imports import prepare_divisions
from grids.imports import prepare_grids


class Store(Protocol):
    """One of the two databases."""

    kind: str

    def made(self, name: str, make: Callable[[str], None], source: str | None = None) -> str:
        """Return the URL of a registry that is made, from a copy of another or from nothing, once."""

    def copied(self, source: str, name: str) -> str:
        """Return the URL of a copy."""

    def drop(self, url: str) -> None:
        """Remove a copy."""


class GeoPackages:
    """Registries in files."""

    kind = "gpkg"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def made(self, name: str, make: Callable[[str], None], source: str | None = None) -> str:
        path = self._folder / f"{name}.gpkg"
        if not path.exists():
            new = self.copied(source, f"{name}-new") if source else str(self._folder / f"{name}-new.gpkg")
            make(new)
            checkpoint(new)
            Path(new).rename(path)
        return str(path)

    def copied(self, source: str, name: str) -> str:
        path = self._folder / f"{name}.gpkg"
        shutil.copyfile(source, path)
        return str(path)

    def drop(self, url: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{url}{suffix}").unlink(missing_ok=True)


class Databases:
    """Registries in databases of one cluster."""

    kind = "postgis"

    def __init__(self, url: str) -> None:
        self._server = url.rpartition("/")[0]
        self._made: set[str] = set()

    def made(self, name: str, make: Callable[[str], None], source: str | None = None) -> str:
        url = f"{self._server}/{name}"
        if name not in self._made:
            make(self.copied(source or f"{self._server}/template0", name))
            self._made.add(name)
        return url

    def copied(self, source: str, name: str) -> str:
        template = source.rpartition("/")[2]
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return f"{self._server}/{name}"

    def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"{self._server}/bench", autocommit=True) as connection:
            connection.execute(statement)


def checkpoint(url: str) -> None:
    """Bring all that is committed to where it stays."""
    if url.startswith("postgresql:"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        return
    connection = sqlite3.connect(url)
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    connection.close()
    if busy:
        raise RuntimeError(f"{url} is still in use")


def set_up(url: str, districts: list[District]) -> None:
    """Create a registry and commit divisions, unit grids and organisations: what a census rests on."""
    grids = pd.concat([district.grids() for district in districts], ignore_index=True)
    with Registry.open(url, create=True) as registry:
        areas = _layer(divisions(grids))
        commit(registry, "divisions", prepare_divisions([areas], _context(registry, "divisions")).frame)
        delivered = _layer(grids[["code", "geometry"]].rename(columns={"code": "DYWGBSM"}))
        commit(registry, "grids", prepare_grids([delivered], _context(registry, "grids")).frame)
        commit(registry, "organisations", pd.DataFrame(organisations(), columns=["code", "name"]))


def _context(registry: Registry, kind: str) -> ImportContext:
    return ImportContext(registry, kind, ImportOptions())


def _layer(frame: geopandas.GeoDataFrame) -> SourceLayer:
    """Return rows as reading a file gives them."""
    frame = frame.copy()
    frame[ROW] = np.arange(1, len(frame) + 1)
    return SourceLayer("district.shp", "district", frame, t("as given"), t("as given"))
