"""Take staged components through the linking of their photos."""

from __future__ import annotations

import numpy as np

from components.photos.links import PhotoLinks
from gis.compact_staging import CompactStaging
from gis.editions import Change
from gis.layer import LAYER
from gis.texts import Texts

PHOTOS = "photos"
"""Field with the names of photos."""

_PIECE = 100_000


def link_photos(staging: CompactStaging, links: PhotoLinks, stated: Texts) -> None:
    """Link rows with their photos (C30, C32, C33, C34); texts that are no links stay as attributes.

    Parameters
    ----------
    staging : CompactStaging
        Components with the identifiers they are stored under.
    links : PhotoLinks
        Of the delivery.
    stated : Texts
        Identifiers of the rows as delivered.
    """
    texts = staging.column(PHOTOS)
    if not links.has_photos and not texts.present().any():
        return
    kept: dict[int, str] = {}
    for start in range(0, len(staging), _PIECE):
        stop = min(start + _PIECE, len(staging))
        piece = np.arange(start, stop)
        linked = links.add(
            staging.column("id").take(piece).objects(),
            texts.take(piece).objects(),
            staging.places.take(piece).geometries(),
            staging.column(LAYER).take(piece).objects(),
            staging.refused[start:stop],
            stated.take(piece).objects(),
        )
        kept |= {start + at: text for at, text in linked.kept.items()}
        for fault in linked.faults:
            staging.flag(
                start + fault.at,
                fault.code,
                fault.severity,
                fault.message,
                field=PHOTOS,
                value=fault.value,
                hint=fault.hint,
            )
    staging.keep(PHOTOS, kept)


def finish_photos(staging: CompactStaging, links: PhotoLinks) -> list[Change]:
    """Add what can be told of all photos at the end (C31); return what is stored beside the components."""
    findings, change = links.finish()
    staging.findings += findings
    return [] if change is None else [change]
