"""Names of character encodings, as options, ``.cpg`` files and language bytes spell them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from gis.errors import UsageError
from gis.text import Text, t

UTF8 = "utf-8"
GBK = "gb18030"  # contains GBK, which contains GB 2312

_CODE_PAGES = {
    "65001": UTF8,
    "936": GBK,
    "54936": GBK,
    "950": "cp950",
    "932": "cp932",
    "949": "cp949",
    "437": "cp437",
    "850": "cp850",
    "1250": "cp1250",
    "1251": "cp1251",
    "1252": "cp1252",
    "1253": "cp1253",
    "1254": "cp1254",
    "88591": "iso8859-1",
    "885915": "iso8859-15",
}
# dBASE language byte -> code page; 0x57 ("ANSI") and 0 name none.
_LANGUAGE_BYTES = {
    0x01: "437",
    0x02: "850",
    0x03: "1252",
    0x13: "932",
    0x4D: "936",
    0x4E: "949",
    0x4F: "950",
    0x78: "950",
    0x79: "949",
    0x7A: "936",
    0x7B: "932",
    0xC8: "1250",
    0xC9: "1251",
}
_SHOWN = {UTF8: "UTF-8", GBK: "GBK", "iso8859-1": "ISO-8859-1"}
# Text encodings of Python that are no encodings of files.
_NOT_OF_FILES = frozenset(
    ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "mbcs", "oem")
)


_NUMBERED = re.compile(r"(?:ansi|oem|cp|ms|windows|iso)?[-_ ]*(8859[-_ ]*\d+|\d{3,5})(?!\d)")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A statement about an encoding: what was said, where, and the codec that means."""

    where: Text
    said: str
    codec: str


def codec_of(name: str) -> str | None:
    """Find the codec an encoding's name means.

    Parameters
    ----------
    name : str
        ``UTF-8``, ``gbk``, ``ANSI 936``, ``CP936``, ``65001``, ``ISO 88591`` …, in any case and with
        junk around it.

    Returns
    -------
    str or None
        ``None`` for names that mean nothing, or no encoding of files. GB 2312 and GBK are read
        with their superset GB 18030.
    """
    plain = name.replace("\0", " ").strip(" \t\r\n\ufeff\x1a\"';").lower()
    numbered = _NUMBERED.match(plain)
    if numbered is not None:
        number = re.sub(r"\D", "", numbered[1])
        if number in _CODE_PAGES:
            return _CODE_PAGES[number]
    if re.match(r"utf[-_ ]?8\b", plain):
        return "utf-8"
    if re.match(r"(x-)?(euc-?cn|gbk|gb[-_ ]?(2312|18030))", plain):
        return GBK
    if re.match(r"big-?5", plain):
        return "big5hkscs"
    return _python_codec(plain.split()[0] if plain.split() else "")


def given_codec(name: str) -> str:
    """Find the codec of an encoding a person gave (``--encoding``).

    Raises
    ------
    UsageError
        The name means nothing.
    """
    codec = codec_of(name)
    if codec is None:
        raise UsageError(
            t("Unknown character encoding {value}", value=name),
            field="--encoding",
            value=name,
            expected=t("a name such as GBK, UTF-8, Big5 or ISO-8859-1"),
        )
    return codec


def declared_in_cpg(content: bytes) -> Declaration | None:
    """Understand a ``.cpg`` file; ``None`` when it says nothing that means an encoding of tables."""
    said = content[:64].decode("utf-8-sig", errors="replace").strip(" \0\t\r\n")
    codec = codec_of(said)
    if codec is None or not is_ascii_compatible(codec):
        return None
    return Declaration(t("the .cpg"), said, codec)


def declared_in_language_byte(byte: int) -> Declaration | None:
    """Understand the language byte of a ``.dbf``; ``None`` when it names no encoding."""
    page = _LANGUAGE_BYTES.get(byte)
    if page is None:
        return None
    return Declaration(t("the language byte of the .dbf"), f"0x{byte:02X}", _CODE_PAGES[page])


def shown(codec: str) -> str:
    """Name a codec as people do."""
    return _SHOWN.get(codec, codec.upper())


def is_ascii_compatible(codec: str) -> bool:
    """Tell whether ASCII text looks the same in an encoding, as DBF files need."""
    return "0aZ".encode(codec) == b"0aZ"


def is_single_byte(codec: str) -> bool:
    """Tell whether every byte is a character: such an encoding is never contradicted by bytes."""
    return len(bytes(range(0x80, 0x100)).decode(codec, "replace")) == 0x80


def _python_codec(name: str) -> str | None:
    try:
        "A".encode(name)  # refuses Python's codecs that are not for text
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return None if codec.replace("_", "-") in _NOT_OF_FILES else codec
