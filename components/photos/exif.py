"""What a camera wrote into a photo: when, and where (EXIF of JPEG)."""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from datetime import datetime

from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader, MemoryFile

_NUMBER = re.compile(r"\(([^()]*)\)")
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Exif:
    """When and where a photo was taken.

    Attributes
    ----------
    taken_at : str or None
        Local time of the camera, ISO 8601 without a zone.
    lon, lat : float or None
        Degrees of WGS 84, which is taken for EPSG:4490: they differ by less than cameras measure.
    unsure_m : float
        By how many metres the position is rounded in reading: six digits are read of each number, which
        matters where a camera writes degrees with decimals.
    """

    taken_at: str | None = None
    lon: float | None = None
    lat: float | None = None
    unsure_m: float = 0.0


def read_exif(head: bytes) -> Exif | None:
    """Read the EXIF of a JPEG.

    Parameters
    ----------
    head : bytes
        Its beginning, up to the image itself.

    Returns
    -------
    Exif or None
        None where this is no JPEG that can be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with MemoryFile(head) as file, file.open(driver="JPEG") as image:
                return _of_image(image)
    except RasterioError:
        return None


def _of_image(image: DatasetReader) -> Exif:
    taken_at = _moment(_item(image, "DateTimeOriginal"))
    lat, unsure_lat = _degrees(image, "GPSLatitude", "S", 90)
    lon, unsure_lon = _degrees(image, "GPSLongitude", "W", 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):  # what cameras write that have no fix
        return Exif(taken_at)
    return Exif(taken_at, lon, lat, math.hypot(unsure_lat, unsure_lon))


def _item(image: DatasetReader, name: str) -> str:
    try:
        return str(image.get_tag_item(f"EXIF_{name}") or "").strip("\0 ")
    except UnicodeDecodeError:
        return ""


def _moment(text: str) -> str | None:
    try:
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return None


def _degrees(image: DatasetReader, name: str, negative: str, limit: int) -> tuple[float | None, float]:
    """Return degrees, and by how many metres they may be rounded."""
    try:
        numbers = [float(number) for number in _NUMBER.findall(_item(image, name))]
    except ValueError:
        return None, 0.0
    if not 1 <= len(numbers) <= 3:
        return None, 0.0
    degrees = sum(number / 60**place for place, number in enumerate(numbers))
    if not math.isfinite(degrees) or abs(degrees) > limit:
        return None, 0.0
    unsure = sum(_rounding(number, numbers[place + 1 :]) / 60**place for place, number in enumerate(numbers))
    south_or_west = _item(image, f"{name}Ref").upper().startswith(negative)
    return -degrees if south_or_west else degrees, unsure * _METRES_PER_DEGREE


def _rounding(number: float, smaller: list[float]) -> float:
    """Return half a unit of the sixth digit of a number that has decimals, or may have had some.

    Whole degrees have none where minutes or seconds follow.
    """
    if number == 0 or (number.is_integer() and any(smaller)):
        return 0.0
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(number))) - 5)
