"""Unified social credit codes (统一社会信用代码), GB 32100-2015: form and check character."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a code in the order of their values: no I, O, S, V, Z."""

_FORM = re.compile(f"[{ALPHABET}]{{18}}")
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))


def check_character(body: str) -> str:
    """Compute the 18th character of a code from the first 17.

    Parameters
    ----------
    body : str
        17 characters of :data:`ALPHABET`.

    Returns
    -------
    str
        One character. With values *c* and weights *w* = 3^i mod 31 it is
        (31 − Σ c·w mod 31) mod 31 (GB 32100-2015; the text of the standard was not seen).

    Raises
    ------
    ValueError
        The body has another length or a character outside the alphabet.
    """
    if len(body) != 17 or any(character not in _VALUES for character in body):
        raise ValueError(f"{body!r} is not 17 characters of {ALPHABET}")
    total = sum(_VALUES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def has_credit_code_form(text: str) -> bool:
    """Tell whether a text has the 18 characters of a credit code, right or wrong check character."""
    return _FORM.fullmatch(text) is not None


def is_credit_code(text: str) -> bool:
    """Tell whether a text is a credit code with the right check character.

    Examples
    --------
    >>> is_credit_code("91350100M000100Y43"), is_credit_code("91350100M000100Y44")
    (True, False)
    """
    return has_credit_code_form(text) and check_character(text[:17]) == text[17]
