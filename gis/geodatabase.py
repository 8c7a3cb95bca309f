"""Read file geodatabases (``.gdb`` folders): every feature class, from wherever its files were unpacked."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gis.delivery import Item
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.layer import RawLayer, StatedCrs, table_of
from gis.ogr import curves_replaced, has_curves, layer_info, list_layers, list_tables
from gis.ogr_layers import read_ogr_layer, unreadable
from gis.text import t

# The files of a geodatabase have names of their own; others that lie in the folder are left out.
_OF_GEODATABASES = re.compile(
    r"a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|\w{1,40}\.atx|spx|freelist|horizon)|gdb|timestamps", re.I
)
_FIRST = "a00000001.gdbtable"


def read_geodatabase(item: Item, *, dataset: str) -> list[RawLayer]:
    """Read every feature class of a file geodatabase.

    Parameters
    ----------
    item : Item
        The files of the folder by their names.
    dataset : str
        Name put into findings.

    Returns
    -------
    list of RawLayer
        Tables without geometry are passed over with a finding.

    Raises
    ------
    FileProblem
        F01: files are missing, or it is damaged; F06: no feature class in it.
    """
    if _FIRST not in {name.lower() for name in item.parts}:
        hint = t("Copy or zip the folder whole, with every file in it")
        raise unreadable(item.shown, t("{file} is missing in it", file=_FIRST), hint=hint)
    with _staged(item.parts) as source:
        names = list_layers(source, shown=item.shown)
        if not names:
            message = t("{path} has no layer with a geometry", path=item.shown)
            raise FileProblem(message, code="F06", value=item.shown)
        layers = [_layer(source, name, f"{item.shown}/{name}", dataset) for name in names]
        layers[0].findings += _tables(list_tables(source, shown=item.shown), item.shown, dataset)
    return layers


@contextmanager
def _staged(parts: Mapping[str, Path]) -> Iterator[str]:
    """Put the files together under their own names in a folder that GDAL takes for a geodatabase."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.gdb"
        whole.mkdir()
        for name, file in parts.items():
            if _OF_GEODATABASES.fullmatch(name):
                (whole / name).symlink_to(file.resolve())
        yield str(whole)


def _layer(source: str, name: str, shown: str, dataset: str) -> RawLayer:
    info = layer_info(source, name, shown=shown)
    if info.driver != "OpenFileGDB":
        raise unreadable(shown, t("it is {kind}, not a file geodatabase", kind=info.driver))
    frame, geometries, findings = read_ogr_layer(source, name, shown=shown, dataset=dataset)
    if has_curves(source, name, shown=shown):
        findings.append(curves_replaced(shown, dataset))
    stated = None if info.crs is None else StatedCrs(info.crs, t("the geodatabase says so"))
    evidence = t("UTF-8: geodatabase text always is")
    return RawLayer(shown, name, table_of(frame, geometries), stated, evidence, findings)


def _tables(names: list[str], shown: str, dataset: str) -> list[Finding]:
    message = t(
        "{path}: tables without geometry are passed over: {names}", path=shown, names=", ".join(names)
    )
    return [Finding("F05", Severity.INFO, dataset, message, value=shown)] if names else []
