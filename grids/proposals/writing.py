"""Write proposals to GeoPackage (with the quality table), GeoJSON, shapefile; the same bytes every time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas
import pyogrio

from gis.errors import UsageError
from gis.text import t
from grids.proposals.proposals import Proposals

GRIDS_LAYER = "unit-grids"
QUALITY_LAYER = "quality"

_SHAPEFILE_NAMES = {
    "code": "DYWGBSM",
    "community": "SQDM",
    "community_name": "SQMC",
    "sequence": "SEQUENCE",
    "area_m2": "MJ",
    "zone": "ZONE",
    "compactness": "COMPACT",
    "on_features": "ONFEATURE",
    "components": "COMPONENTS",
    "note": "BZ",
}
"""Ten characters at most; the national names where there are any."""

# Files carry the moment of writing, which would make two equal results differ.
_NO_MOMENT = "2000-01-01T00:00:00.000Z"


def check_out(path: Path) -> None:
    """Refuse an unknown extension or a missing folder before any work is done.

    Raises
    ------
    UsageError
    """
    if path.suffix.lower() not in _WRITERS:
        raise UsageError(
            t("Proposals cannot be written as {suffix}", suffix=path.suffix or path.name),
            field="--out",
            value=str(path),
            expected=", ".join(_WRITERS),
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(
            t("There is no folder {folder}", folder=str(path.absolute().parent)),
            field="--out",
            value=str(path),
            expected=t("a file in a folder that exists"),
        )


def write_proposals(proposals: Proposals, path: Path) -> None:
    """Write proposals in the format the extension names; a file of that name is replaced at the end.

    Parameters
    ----------
    proposals : Proposals
    path : pathlib.Path
        ``.gpkg`` (layers ``unit-grids`` and, without geometry, ``quality``), ``.geojson`` or ``.shp``
        (UTF-8); EPSG:4490.
    """
    check_out(path)
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=".proposals-") as folder:
        made = Path(folder) / path.name
        with _without_moment():
            _WRITERS[path.suffix.lower()](proposals, made)
        for part in sorted(Path(folder).iterdir()):
            part.replace(path.parent / part.name)


@contextmanager
def _without_moment() -> Iterator[None]:
    name = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(name)
    pyogrio.set_gdal_config_options({name: _NO_MOMENT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({name: before})


def _write_gpkg(proposals: Proposals, path: Path) -> None:
    _vector(proposals.frame(), path, "GPKG", layer=GRIDS_LAYER)
    pyogrio.write_dataframe(proposals.quality_frame(), path, layer=QUALITY_LAYER, driver="GPKG", append=True)


def _write_geojson(proposals: Proposals, path: Path) -> None:
    _vector(proposals.frame(), path, "GeoJSON", layer=GRIDS_LAYER)


def _write_shapefile(proposals: Proposals, path: Path) -> None:
    frame = proposals.frame().rename(columns=_SHAPEFILE_NAMES)
    _vector(frame, path, "ESRI Shapefile", encoding="UTF-8", DBF_DATE_LAST_UPDATE=_NO_MOMENT[:10])


def _vector(
    frame: geopandas.GeoDataFrame, path: Path, driver: str, *, layer: str | None = None, **options: str
) -> None:
    named = {} if layer is None else {"layer": layer}
    pyogrio.write_dataframe(frame, path, driver=driver, geometry_type="Polygon", **named, **options)


_WRITERS: dict[str, Callable[[Proposals, Path], None]] = {
    ".gpkg": _write_gpkg,
    ".geojson": _write_geojson,
    ".shp": _write_shapefile,
}
