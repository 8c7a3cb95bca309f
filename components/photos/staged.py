"""Take staged components through the linking of their photos."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from components.photos.links import PhotoLinks
from gis.editions import Change
from gis.layer import LAYER
from gis.staging import Staging

PHOTOS = "photos"
"""Field with the names of photos."""


def link_photos(staging: Staging, links: PhotoLinks, stated: NDArray[np.object_]) -> None:
    """Link rows with their photos (C30, C32, C33, C34); texts that are no links stay as attributes.

    Parameters
    ----------
    staging : Staging
        Components with the identifiers they are stored under.
    links : PhotoLinks
        Of the delivery; rows may come to it in pieces.
    stated : ndarray of str or None
        Identifiers of the rows as delivered.
    """
    linked = links.add(
        staging.values("id"),
        staging.values(PHOTOS),
        staging.geometries,
        staging.values(LAYER),
        staging.refused,
        stated,
    )
    for fault in linked.faults:
        staging.flag(
            fault.at,
            fault.code,
            fault.severity,
            fault.message,
            field=PHOTOS,
            value=fault.value,
            hint=fault.hint,
        )
    if linked.kept:
        staging.keep(PHOTOS, linked.kept)


def finish_photos(staging: Staging, links: PhotoLinks) -> list[Change]:
    """Add what can be told of all photos at the end (C31); return what is stored beside the components."""
    findings, change = links.finish()
    staging.findings += findings
    return [] if change is None else [change]
