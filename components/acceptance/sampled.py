"""The sheets under inspection, as the sample was written and is read again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import orjson
import pandas
import shapely
from numpy.typing import NDArray

from components.acceptance.sampling import Sample
from components.acceptance.sheet_imports import sheets_in
from components.acceptance.strata import STRATUM_NAMES, Stratum
from gis.columns import from_json
from gis.crs import STORED
from gis.errors import DataRefused, UsageError
from gis.importing import ImportOptions
from gis.registry import Registry
from gis.report_layers import write_layer, write_styles
from gis.report_styles import category_style
from gis.text import t

LAYER = "sample_sheets"
_COLOURS = {
    Stratum.EMPTY: "150,150,160",
    Stratum.SPARSE: "130,180,120",
    Stratum.MEDIUM: "220,170,60",
    Stratum.DENSE: "190,70,60",
}


@dataclass(frozen=True, slots=True)
class SampledSheets:
    """Sheets under inspection; arrays have one entry per sheet.

    Attributes
    ----------
    scales, codes : ndarray of str
        Scale and number.
    geometries : ndarray of geometries
        EPSG:4490, longitude and latitude.
    strata : ndarray of Stratum or None
        Group by density, where the file tells it.
    seed : str or None
        What the sample was drawn with, where the file tells it.
    """

    scales: NDArray[np.object_]
    codes: NDArray[np.object_]
    geometries: NDArray[np.object_]
    strata: NDArray[np.object_]
    seed: str | None

    def __len__(self) -> int:
        return len(self.codes)


def sampled(sample: Sample) -> SampledSheets:
    """Return the sheets that were drawn."""
    chosen, sheets = sample.chosen, sample.sheets
    return SampledSheets(
        sheets.scales[chosen],
        sheets.codes[chosen],
        sheets.geometries[chosen],
        sample.strata[chosen],
        sample.seed,
    )


def sample_document(sample: Sample) -> dict[str, Any]:
    """Return a sample as a document for JSON."""
    return {
        "seed": sample.seed,
        "sheets": len(sample.sheets),
        "eligible": int(sample.sheets.expected.sum()),
        "strata": {
            str(stratum): {"sheets": there, "drawn": drawn}
            for stratum, (there, drawn) in sample.counts().items()
        },
        "drawn": sample_frame(sample).drop(columns="geometry").to_dict("records"),
    }


def sample_frame(sample: Sample) -> geopandas.GeoDataFrame:
    """Return the sheets drawn as rows, for lists and for desktop GIS."""
    chosen, sheets = sample.chosen, sample.sheets
    density = sheets.density[chosen]
    rows = {
        "code": sheets.codes[chosen],
        "scale": sheets.scales[chosen],
        "stratum": [str(stratum) for stratum in sample.strata[chosen]],
        "components": sheets.components[chosen],
        "ground_km2": np.round(sheets.ground_km2[chosen], 4),
        "density": np.where(np.isfinite(density), np.round(density, 1), np.nan),
        "seed": sample.seed,
    }
    return geopandas.GeoDataFrame(rows, geometry=sheets.geometries[chosen], crs=STORED)


def check_sample_path(path: Path) -> None:
    """Refuse an unknown extension or a missing folder before any work is done.

    Raises
    ------
    UsageError
    """
    if path.suffix.lower() not in _WRITERS or not path.absolute().parent.is_dir():
        raise UsageError(
            t("A sample cannot be written as {path}", path=str(path)),
            field="--out",
            value=str(path),
            expected=t("{suffixes}, in a folder that exists", suffixes=", ".join(_WRITERS)),
        )


def write_sample(sample: Sample, path: Path) -> None:
    """Write a sample for the inspectors.

    Parameters
    ----------
    sample : Sample
    path : pathlib.Path
        ``.gpkg`` (layer ``sample_sheets``, styled by stratum, EPSG:4490), ``.csv`` (UTF-8 with byte-order
        mark, longitude and latitude of the middle) or ``.json``. A file of that name is replaced at the
        end.
    """
    check_sample_path(path)
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.stem}-") as folder:
        whole = Path(folder) / path.name
        _WRITERS[path.suffix.lower()](sample, whole)
        whole.replace(path)


def read_sample(registry: Registry, path: Path, options: ImportOptions) -> SampledSheets:
    """Read the sheets under inspection: a sample of :func:`write_sample`, or any file of map sheets.

    Raises
    ------
    DataRefused
        A sheet has no number, no scale or no polygon, or the scales differ.
    """
    frame = sheets_in(registry, path, options).sort_values("code", ignore_index=True)
    scales = sorted(set(frame["scale"]), key=int)
    if len(scales) > 1:
        raise DataRefused(
            t("{path} has sheets of several scales: a lot has one", path=path.name),
            field="--sample",
            value=", ".join(f"1:{scale}" for scale in scales),
            expected=t("sheets of one scale"),
        )
    more = [from_json(text) or {} for text in frame["attributes"]]
    seeds = {str(one["seed"]) for one in more if one.get("seed") is not None}
    strata = [one.get("stratum") for one in more]
    return SampledSheets(
        frame["scale"].to_numpy(dtype=object),
        frame["code"].to_numpy(dtype=object),
        np.array([*frame["geometry"], None], dtype=object)[:-1],
        np.array([Stratum(one) if one in set(Stratum) else None for one in strata] + [None], dtype=object)[
            :-1
        ],
        seeds.pop() if len(seeds) == 1 else None,
    )


def _write_gpkg(sample: Sample, path: Path) -> None:
    frame = sample_frame(sample)
    geometries = np.array([*frame.geometry, None], dtype=object)[:-1]
    write_layer(frame.drop(columns="geometry"), geometries, path, LAYER, "MultiPolygon")
    categories = [(str(stratum), STRATUM_NAMES[stratum], _COLOURS[stratum]) for stratum in Stratum]
    write_styles([category_style(LAYER, "fill", "stratum", categories, label="code")], path)


def _write_csv(sample: Sample, path: Path) -> None:
    frame = sample_frame(sample)
    places = shapely.get_coordinates(shapely.centroid(np.array([*frame.geometry, None], dtype=object)[:-1]))
    rows = pandas.DataFrame(frame.drop(columns="geometry"))
    rows = rows.assign(lon=np.round(places[:, 0], 7), lat=np.round(places[:, 1], 7))
    rows.to_csv(path, index=False, encoding="utf-8-sig")


def _write_json(sample: Sample, path: Path) -> None:
    document = sample_document(sample)
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY))


_WRITERS: dict[str, Callable[[Sample, Path], None]] = {
    ".gpkg": _write_gpkg,
    ".csv": _write_csv,
    ".json": _write_json,
}
