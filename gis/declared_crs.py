"""What a person may say of the reference system of a delivery (``--crs``).

``EPSG:4545`` and the like, ``GCJ02``, ``BD09LL``, WKT or a PROJ string; with suffixes for how the numbers
are written: ``EPSG:4545,yx`` has the northing first, ``EPSG:4545,mm`` is in millimetres. And files: a
``.prj`` or ``.wkt``, or a ``.toml`` that describes a city's own system.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pyproj import CRS

from gis.city_systems import read_city_system
from gis.crs_names import System, label, parse_crs, parse_definition
from gis.errors import UsageError
from gis.gcj import ChinaShift
from gis.local_system import SWAPPED, LocalSystem, scaled
from gis.text import Text, t

SWAP = "yx"
#: Metres in a unit. ``us-ft`` is the survey foot of the United States.
UNITS = {"mm": 0.001, "cm": 0.01, "km": 1000.0, "ft": 0.3048, "us-ft": 1200 / 3937}

_DEFINITIONS = (".prj", ".wkt")
_MOST_BYTES = 64 << 10


def declared(text: str) -> System:
    """Understand a system as a person declared it, in a file of this machine too.

    For people who may read this machine's files only: text from a request goes to :func:`declared_name`.

    Parameters
    ----------
    text : str
        As for :func:`declared_name`, or the path of a ``.prj``, ``.wkt`` or ``.toml`` file.

    Returns
    -------
    System

    Raises
    ------
    UsageError
        No such file, or what it says is not understood; nothing of its content is repeated.
    """
    path = Path(text)
    suffix = path.suffix.lower()
    if suffix not in (".toml", *_DEFINITIONS):
        return declared_name(text)
    if not path.is_file():
        raise UsageError(t("There is no {path}", path=text), field="--crs", value=text)
    return read_city_system(path) if suffix == ".toml" else _definition(path)


@lru_cache(maxsize=64)
def declared_name(text: str) -> System:
    """Understand a system by its name or definition, with suffixes.

    Parameters
    ----------
    text : str
        As for :func:`gis.crs_names.parse_crs`; then ``,yx`` when the first coordinate is the northing or
        latitude, and one of :data:`UNITS` when plane coordinates are not in the unit of the system.

    Raises
    ------
    UsageError
        Nothing is known under that name, or a unit of length is given for degrees.
    """
    name, suffixes = _split(text)
    base = parse_crs(name)
    system: System = base
    for suffix in reversed(suffixes):
        system = _with_suffix(system, suffix, text)
    return system


def _split(text: str) -> tuple[str, list[str]]:
    """Cut the suffixes off a name, the last one last."""
    suffixes: list[str] = []
    name = text.strip()
    while "," in name:
        rest, _, last = name.rpartition(",")
        word = last.strip().lower()
        if word != SWAP and word not in UNITS:
            break
        name, suffixes = rest.strip(), [word, *suffixes]
    return name, suffixes


def _with_suffix(system: System, suffix: str, text: str) -> LocalSystem:
    plane = not isinstance(system, ChinaShift) and system.is_projected
    if suffix in UNITS and not plane:
        raise UsageError(
            t("{value}: a unit of length is for plane coordinates, and these are degrees", value=text),
            field="--crs",
            value=text,
        )
    step = SWAPPED if suffix == SWAP else scaled(UNITS[suffix] / _metres(system))
    shown = t("{crs}, {how}", crs=label(system) or t("a system of its own"), how=_how(suffix))
    if not isinstance(system, LocalSystem):
        return LocalSystem(shown, system, step, step.inverse(), exact=True)
    inner, back = system.to_base, step.inverse()
    outer_from = system.from_base
    return LocalSystem(
        shown,
        system.base,
        lambda x, y: inner(*step(x, y)),
        lambda x, y: back(*outer_from(x, y)),
        exact=True,
    )


def _metres(system: System) -> float:
    """Tell how many metres the unit of a plane system has."""
    base = system.base if isinstance(system, LocalSystem) else system
    return float(base.axis_info[0].unit_conversion_factor) if isinstance(base, CRS) else 1.0


def _how(suffix: str) -> Text:
    if suffix == SWAP:
        return t("northing or latitude first")
    return t("in {unit}", unit=suffix)


def _definition(path: Path) -> System:
    """Understand a file that holds WKT or a name."""
    with path.open("rb") as stream:
        raw = stream.read(_MOST_BYTES)
    text = raw.decode("utf-8-sig", errors="replace").strip(" \0\t\r\n")
    try:
        return parse_definition(text)
    except UsageError as error:
        raise UsageError(
            t("{path}: {reason}", path=path.name, reason=error.message), field="--crs", value=path.name
        ) from error
