"""Map the columns of a delivery to the fields of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas

from gis.findings import Finding


@dataclass(frozen=True, slots=True)
class Field:
    """A target field and the headings under which deliveries carry it.

    Attributes
    ----------
    name : str
        Column of the dataset.
    aliases : tuple of str
        Legacy names, 2026 pinyin names and Chinese headings, matched without regard to case, width
        (NFKC) and surrounding blanks. The name itself always matches.
    required : bool
        A delivery without it gives F05.
    kind : str
        ``"text"`` (everything becomes text, numbers without exponent or trailing ``.0``) or
        ``"any"`` (values stay as they were read).
    """

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    kind: str = "text"


def map_fields(
    frame: pandas.DataFrame,
    fields: Sequence[Field],
    *,
    given: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    dataset: str = "",
) -> tuple[pandas.DataFrame, list[Finding]]:
    """Rename, convert and complete columns; keep the rest as JSON in ``attributes``.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Source columns; ``_row`` and the geometry pass through.
    fields : sequence of Field
        Target fields.
    given : mapping of str to str, optional
        Target field to source column, as a person said (``--field``); beats the aliases.
    constants : mapping of str to str, optional
        Target field to the value of every row (``--set``); beats any column.
    dataset : str
        Name put into findings.

    Returns
    -------
    frame : DataFrame or GeoDataFrame
        One column per field (``None`` where the delivery has none), ``attributes`` (JSON text or
        ``None``), ``_row`` and the geometry.
    findings : list of Finding
        F05 for a required field without a column, F08 for columns kept as attributes.

    Raises
    ------
    UsageError
        ``given`` or ``constants`` name a field that is not there, or a column that is not there.
    """
    raise NotImplementedError
