"""Write a collection of the registry to a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas
import pandas
import shapely

from gis.crs import STORED, parse_crs, transform_geometries
from gis.errors import UsageError
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from layers.cql2 import dataset_condition
from responsibility.questions import moment
from wangge.datasets import dataset_called
from wangge.restated import restated_components, write_left_out

VECTOR_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile"}
TABLES = (".parquet", ".csv", ".xlsx")
FORMATS = (*VECTOR_DRIVERS, *TABLES)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: rows, and those left out with the file that lists them."""

    rows: int
    left_out: int = 0
    left_out_path: Path | None = None


def export_collection(
    registry: Registry,
    collection: str,
    out: Path,
    *,
    where: str | None = None,
    as_of: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    standard: str | None = None,
) -> Exported:
    """Write a collection to a file whose extension names the format.

    Parameters
    ----------
    registry : Registry
        Where from.
    collection : str
        Identifier of a collection or name of a dataset: ``unit-grids``, ``components``, ``rules`` …
    out : pathlib.Path
        ``.gpkg``, ``.parquet``, ``.geojson``, ``.shp``, ``.csv`` (UTF-8 with byte-order mark,
        geometry as WKT, longitude first) or ``.xlsx``.
    where : str, optional
        Filter in CQL2 text, its geometries in longitude and latitude: only such rows.
    as_of : str, optional
        A date or moment: the rows that were valid then.
    crs : str, optional
        Coordinate system of the file, EPSG:4490 by default.
    encoding : str, optional
        Of a shapefile or CSV.
    standard : str, optional
        Edition in whose class codes and identifiers components are written. Those that cannot be are
        left out and listed in a CSV beside the file.

    Returns
    -------
    Exported

    Raises
    ------
    NotFound
        No such collection.
    UsageError
        The extension, the coordinate system or the edition is not known, the filter is not understood,
        or the collection has no classes of an edition.
    DataRefused
        No component can be written in the edition.
    """
    require_suffix(out, FORMATS)
    moment_asked = None if as_of is None else moment("as_of", as_of)
    called = dataset_called(collection)
    dataset = called.name
    condition = None if where is None else dataset_condition(called, where)
    frame = read_frame(registry, dataset, where=condition, as_of=moment_asked)
    if standard is None:
        write_frame(_projected(frame, crs), out, encoding)
        return Exported(len(frame))
    restated = restated_components(registry, dataset, frame, standard)
    write_frame(_projected(restated.frame, crs), out, encoding)
    return Exported(len(restated.frame), *write_left_out(restated.left_out, out))


def require_suffix(out: Path, formats: Sequence[str]) -> None:
    """Refuse a file whose extension names none of some formats.

    Raises
    ------
    UsageError
        Names those that can be written.
    """
    if out.suffix.lower() not in formats:
        raise UsageError(
            t("Nothing can be exported as {suffix}", suffix=out.suffix or out.name),
            field="OUT",
            value=str(out),
            expected=", ".join(formats),
        )


def write_frame(frame: pandas.DataFrame, out: Path, encoding: str | None = None) -> None:
    """Write a frame in the format that the extension of the file names.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
    out : pathlib.Path
        With an extension of :data:`FORMATS`.
    encoding : str, optional
        Of a shapefile or CSV; a CSV is UTF-8 with byte-order mark by default.

    Raises
    ------
    UsageError
        A frame without geometry cannot be written in that format.
    """
    suffix = out.suffix.lower()
    spatial = isinstance(frame, geopandas.GeoDataFrame)
    if suffix in VECTOR_DRIVERS and not spatial:
        raise UsageError(
            t("This collection has no geometry and cannot be written as {suffix}", suffix=suffix),
            field="OUT",
            value=str(out),
            expected=".csv, .xlsx, .parquet",
        )
    out.unlink(missing_ok=True)
    if suffix in VECTOR_DRIVERS:
        options = {"encoding": encoding} if encoding and suffix == ".shp" else {}
        geopandas.GeoDataFrame(frame).to_file(out, driver=VECTOR_DRIVERS[suffix], **options)
    elif suffix == ".parquet":
        frame.to_parquet(out, index=False)
    elif suffix == ".csv":
        _plain(frame).to_csv(out, index=False, encoding=encoding or "utf-8-sig")
    else:
        _plain(frame).to_excel(out, index=False)


def _projected(frame: pandas.DataFrame, crs: str | None) -> pandas.DataFrame:
    if crs is None or not isinstance(frame, geopandas.GeoDataFrame):
        return frame
    target = parse_crs(crs)
    geometry = transform_geometries(frame.geometry.to_numpy(), STORED, target)
    projected: pandas.DataFrame = frame.set_geometry(
        geopandas.GeoSeries(geometry, index=frame.index, crs=target)
    )
    return projected


def _plain(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Return the frame with its geometry as WKT and moments as text, as spreadsheets want them."""
    plain = pandas.DataFrame(frame)
    if isinstance(frame, geopandas.GeoDataFrame):
        plain = plain.assign(geometry=shapely.to_wkt(frame.geometry.to_numpy()))
    zoned = plain.select_dtypes("datetimetz")
    return plain.assign(**{str(name): zoned[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in zoned})
