"""Turn values of files into text without losing or inventing digits.

Codes arrive as text, as integers, as floating point numbers and as dates: ``"0101"`` stays
``"0101"``, ``101.0`` becomes ``"101"``, ``5.00113001002017e14`` becomes its fifteen digits.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from gis.texts import Coded, Plain, Texts, texts_of

#: Whole numbers above this are not all represented by a double: their last digits are unsure.
EXACT_DOUBLE = 2**53

# Blanks as delivered: also the ideographic space, no-break space and byte order mark.
_BLANKS = " \t\r\n\v\f\0\u00a0\u3000\ufeff"


def as_text(value: Any) -> str | None:
    """Write one value as people write it.

    Parameters
    ----------
    value : object
        Text, number, truth value, date, bytes or a missing value (``None``, NaN, NaT).

    Returns
    -------
    str or None
        Without blanks at the ends; ``None`` for what is missing or blank. Numbers have neither an
        exponent nor a trailing ``.0``; dates are ISO 8601, without the time at midnight.
    """
    if isinstance(value, str):
        return value.strip(_BLANKS) or None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return _float_text(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, np.ndarray)):
        return ";".join(filter(None, map(as_text, value))) or None
    if isinstance(value, bytes):
        return value.hex() or None
    return str(value).strip(_BLANKS) or None


def as_texts(values: Texts | pd.Series[Any]) -> Texts:
    """Apply :func:`as_text` to a column, once per distinct value."""
    if isinstance(values, Texts):
        return values if isinstance(values, Plain) and values.is_trimmed(_BLANKS) else values.map(as_text)
    if values.dtype == object:
        return texts_of([as_text(value) for value in values])
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    return Coded.spread(codes + 1, [None, *map(as_text, distinct)])


def unsure_digits(values: pd.Series[Any]) -> pd.Series[bool]:
    """Tell which floating point values are too large for their last digits to be known."""
    if not pd.api.types.is_float_dtype(values.dtype):
        return pd.Series(False, index=values.index)
    return values.abs() > EXACT_DOUBLE


def _float_text(value: float) -> str | None:
    if value != value:
        return None
    if value in (float("inf"), float("-inf")):
        return str(value)
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")
