"""What stands on the ground of unit grids: buildings (G10) and components (G10, G12)."""

from __future__ import annotations

from collections.abc import Iterable

from gis.importing import ImportContext
from gis.staging import Staging
from grids.contents.buildings import check_buildings
from grids.contents.components import check_components, has_components
from grids.contents.resulting_grids import resulting_grids


def check_contents(staging: Staging, context: ImportContext, ended: Iterable[str | None] = ()) -> None:
    """Compare a delivery of unit grids with the buildings given and the components of the registry.

    Parameters
    ----------
    staging : Staging
        Checked rows; those that are refused take no part.
    context : ImportContext
        Names the files of buildings. Nothing is read where there are neither buildings nor components.
    ended : iterable of str or None
        Codes of grids that the delivery ends.

    Raises
    ------
    UsageError, FileProblem
        A file of buildings cannot be read.
    """
    with_components = has_components(context.registry)
    if not context.options.buildings and not with_components:
        return
    grids = resulting_grids(staging, context.registry, ended)
    check_buildings(staging, grids, context.options)
    if with_components:
        check_components(staging, grids, context.registry)
