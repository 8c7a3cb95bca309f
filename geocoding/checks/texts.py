"""Checks of what is written: names and addresses without words, forms of codes, parts of addresses.

P02, P10, P12 and P16.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np

from geocoding.checks.numbers import plain
from gis.compact_staging import CompactStaging, Rows
from gis.findings import Severity
from gis.text import t
from gis.texts import Texts
from grids.codes import normalise

_PIECE = 1 << 17
_FORMS = re.compile(r"\d{17}|\d{9}[012]\d{3}", re.ASCII)
_DIGITS = re.compile(r"[\d\-]+")
_PLATE = re.compile(r"\d+(?:[-~至]\d+)?[A-Z]?[号號]")


def normalise_codes(staging: CompactStaging) -> None:
    """Bring codes to plain digits and letters where they are written otherwise, and say so (G14)."""
    codes = staging.column("code")
    odd = np.flatnonzero(codes.test(lambda code: normalise(code) != code))

    def tell(at: int) -> dict[str, Any]:
        written = str(codes[at])
        message = t(
            "Code {code} is written in other characters and is taken as {plain}",
            code=written,
            plain=normalise(written),
        )
        return {"message": message, "field": "code", "value": written, "expected": normalise(written)}

    staging.flag_rows(odd, "G14", Severity.WARNING, tell)
    staging.set("code", codes.put({at: normalise(str(codes[at])) for at in odd.tolist()}))


def check_names(staging: CompactStaging, field: str) -> None:
    """Refuse rows without a name or address (P02); report those of digits only (P10)."""
    texts = staging.column(field)

    def refuse(at: int) -> dict[str, Any]:
        message = t("Row {row} has no name", row=staging.row_number(at))
        return {"message": message, "field": field, "expected": t("mandatory")}

    def tell(at: int) -> dict[str, Any]:
        message = t("{name} is a number and no name", name=texts[at])
        return {"message": message, "field": field, "hint": t("Is the column mapped to the right field?")}

    staging.flag_rows(np.flatnonzero(~texts.present() & ~staging.refused), "P02", Severity.ERROR, refuse)
    only = texts.test(lambda text: _DIGITS.fullmatch(plain(text)) is not None)
    staging.flag_rows(np.flatnonzero(only & ~staging.refused), "P10", Severity.WARNING, tell)


def check_code_forms(staging: CompactStaging) -> None:
    """Tell codes of another form than most have (P12).

    Suggested are 17 digits (draft of the 2026 series, lengths not verified) and 13 (GB/T 37149-2018: county,
    township, type 0 to 2, number). A delivery with a scheme of its own is not held against them.
    """
    codes = staging.column("code")
    present = codes.present()
    formed = codes.test(lambda code: _FORMS.fullmatch(code) is not None)
    if 2 * formed.sum() <= present.sum():
        return

    def tell(at: int) -> dict[str, Any]:
        return {
            "message": t("{code} has another form than the other codes", code=codes[at]),
            "field": "code",
            "expected": t("17 digits, or 13 as in GB/T 37149"),
        }

    staging.flag_rows(np.flatnonzero(present & ~formed & ~staging.refused), "P12", Severity.INFO, tell)


def check_agreement(staging: CompactStaging, stated: Texts) -> None:
    """Report addresses that name another street or number than their columns (P16).

    Parameters
    ----------
    staging : CompactStaging
        Rows, with addresses.
    stated : Texts
        The addresses as delivered: what was put together of its parts agrees with them.
    """
    rows = _disagreeing(staging, stated)

    def tell(at: int) -> dict[str, Any]:
        street, number = (staging.column(name)[at] or "" for name in ("street_name", "number"))
        message = t(
            "{address} does not contain {parts}", address=staging.column("address")[at], parts=street + number
        )
        return {"message": message, "field": "address", "expected": street + number}

    staging.flag_rows(rows[~staging.refused[rows]], "P16", Severity.WARNING, tell)


def _disagreeing(staging: CompactStaging, stated: Texts) -> Rows:
    found = []
    columns = [stated, *(staging.column(name) for name in ("street_name", "number"))]
    for start in range(0, len(staging), _PIECE):
        parts = (column.slice(start, start + _PIECE) for column in columns)
        found += [start + at for at, row in enumerate(zip(*parts, strict=True)) if not agrees(*row)]
    return np.array(found, dtype=np.intp)


def agrees(address: str | None, street: str | None, number: str | None) -> bool:
    """Tell whether an address contains the street and the number that are stated beside it.

    A number is compared only with an address that has one in digits before 号, a street only by name.
    """
    if address is None:
        return True
    if (
        street is not None
        and not street.isascii()
        and street not in address
        and plain(street) not in plain(address)
    ):
        return False
    return number is None or _stands_in(address, number) or _has_number(plain(address), number)


def _stands_in(address: str, number: str) -> bool:
    """Tell whether a number is in an address, not as a part of a longer one."""
    at = address.find(number)
    if at < 0:
        return False
    end = at + len(number)
    return not (
        (at and number[0].isdigit() and address[at - 1].isdigit())
        or (end < len(address) and number[-1].isdigit() and address[end].isdigit())
    )


def _has_number(address: str, number: str) -> bool:
    digits = _token(number)
    return digits is None or digits.search(address) is not None or _PLATE.search(address) is None


@lru_cache(maxsize=1 << 14)
def _token(number: str) -> re.Pattern[str] | None:
    """Return a pattern of a plate's number that stands for itself, not within a longer one."""
    found = re.search(r"\d+", plain(number))
    return None if found is None else re.compile(rf"(?<!\d){found[0]}(?!\d)")
