"""Read a photo once, from end to end: its hash, whether it is whole, when and where it was taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from components.photos.exif import Exif, read_exif
from components.photos.inventory import Photo
from gis.archives import UNREADABLE
from gis.text import Text, t

LARGEST = 100 << 20
"""Bytes: what is larger is a film or no photo at all, and is not read."""
_HEAD = 8 << 20
_CHUNK = 1 << 20
_JPEG = b"\xff\xd8\xff"
_END = b"\xff\xd9"
_SCAN = 0xDA
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What is known of a photo.

    Attributes
    ----------
    sha256 : str or None
        Of the whole file, 64 hexadecimal digits; None where it could not be read.
    exif : Exif
        Empty where there is none.
    fault : Text or None
        Why it cannot be used.
    """

    sha256: str | None = None
    exif: Exif = field(default_factory=Exif)
    fault: Text | None = None


def read_photo(photo: Photo) -> PhotoFacts:
    """Read a photo; whatever is wrong with it is told, never raised."""
    try:
        if photo.size > LARGEST:
            return PhotoFacts(fault=t("it is larger than {n} MB", n=LARGEST >> 20))
        return _read(photo)
    except UNREADABLE as error:
        return PhotoFacts(fault=t("it cannot be read: {reason}", reason=str(error) or type(error).__name__))


def _read(photo: Photo) -> PhotoFacts:
    digest = hashlib.sha256()
    with photo.open() as stream:
        head = stream.read(_HEAD)
        digest.update(head)
        ended, last = _ends_in(head), head[-1:]
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            ended = ended or _END in last + chunk
            last = chunk[-1:]
    sha256 = digest.hexdigest()
    if not head.startswith(_JPEG):
        return PhotoFacts(sha256, fault=None if _is_image(head) else _no_image(head))
    exif = read_exif(head)
    if exif is None:
        return PhotoFacts(sha256, fault=t("it begins like a JPEG and holds no image"))
    return PhotoFacts(sha256, exif, None if ended else t("it is cut off: the image has no end"))


def _ends_in(head: bytes) -> bool:
    """Tell whether the image of a JPEG ends within its head; a thumbnail before it has an end too."""
    at = 2
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker == _SCAN:
            return head.find(_END, at) >= 0
        else:
            at += 2 + int.from_bytes(head[at + 2 : at + 4])
    return False


def _is_image(head: bytes) -> bool:
    starts = (b"\x89PNG\r\n\x1a\n", b"BM", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
    return (
        head.startswith(starts)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in _HEIC)
    )


def _no_image(head: bytes) -> Text:
    return t("it is no image") if head else t("it is empty")
