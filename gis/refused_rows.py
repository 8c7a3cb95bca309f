"""Columns that a file of refused rows has beside those of its source: why each was refused, and where it was.

They are for the person who mends the rows. When the file is imported they are passed over, so that what was
mended is stored like what was right at once.
"""

from __future__ import annotations

from collections.abc import Collection

WHY, IN_LAYER, IN_ROW = "_why", "_in_layer", "_in_row"
"""Codes and messages of the findings; the file or layer the row was in; its position there, from 1.

Short enough for a shapefile, as which such a file may be saved.
"""

NOTES = (WHY, IN_LAYER, IN_ROW)


def notes_among(names: Collection[str]) -> frozenset[str]:
    """Return the columns that are notes on refused rows: all of :data:`NOTES`, or none.

    Parameters
    ----------
    names : collection of str
        Columns of a table.
    """
    return frozenset(NOTES) if all(name in names for name in NOTES) else frozenset()
