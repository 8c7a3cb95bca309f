"""Whose records somebody sees: those of layers he sees, and editions of what he sees of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gis.models import DATASETS
from layers.access import Action, Principal, may
from layers.classification import INTERNAL
from layers.layer import Layer
from layers.published import Catalogue, PublishedLayer
from layers.views import reads_all_columns
from ogc.rasters import DATASET as RASTERS
from ogc.rasters import PublishedRaster

#: Who is reached on duty is never published, and a report quotes rows.
UNREPORTED = frozenset({"duty-contacts"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What one principal sees.

    Attributes
    ----------
    layers : mapping
        Layers by identifier.
    rasters : tuple of PublishedRaster
        In the order of their codes.
    shown : mapping
        Datasets whose editions he sees -> the layers that show them, those of the whole dataset first;
        none for tables without places.
    whole : frozenset of str
        Datasets of which he reads every row, so that counts and sources tell him nothing he may not know.
    checks : bool
        Whether he may examine deliveries, and so read their reports.
    """

    layers: Mapping[str, PublishedLayer]
    rasters: tuple[PublishedRaster, ...]
    shown: Mapping[str, tuple[PublishedLayer, ...]]
    whole: frozenset[str]
    checks: bool

    def reads_report(self, datasets: tuple[str, ...]) -> bool:
        """Tell whether he reads the report of an edition that touched some datasets."""
        return self.checks and self.whole.issuperset(datasets) and not UNREPORTED.intersection(datasets)


def sight_of(
    catalogue: Catalogue, principal: Principal, rasters: Sequence[PublishedRaster], *, withheld: bool
) -> Sight:
    """Return what somebody sees.

    Parameters
    ----------
    catalogue : Catalogue
        As he sees it.
    principal : Principal
        Who he is.
    rasters : sequence of PublishedRaster
        Those he sees, in the order of their codes.
    withheld : bool
        Whether there are rasters that nobody sees.

    Returns
    -------
    Sight
        Of a dataset with places he sees editions when he sees a layer of it; of one without, when his key
        reads everything; of rasters, when he sees one of them, with counts when his key reads everything
        and none is withheld. Datasets that may not leave over HTTP are not there for anybody.
    """
    served = [name for name in DATASETS if catalogue.dataset_levels.get(name, INTERNAL).served]
    everything = _reads_everything(principal)
    shown: dict[str, tuple[PublishedLayer, ...]] = {}
    for name in served:
        entries = [entry for entry in catalogue.layers.values() if entry.layer.dataset == name]
        if entries or (everything and DATASETS[name].geometry is None) or (name == RASTERS and rasters):
            shown[name] = tuple(sorted(entries, key=lambda entry: not _is_whole(entry.layer)))
    whole = frozenset(
        name
        for name, entries in shown.items()
        if (everything if not entries else _reads_whole(entries[0].layer, principal))
        and not (name == RASTERS and withheld)
    )
    return Sight(catalogue.layers, tuple(rasters), shown, whole, may(principal, Action.CHECK))


def _reads_everything(principal: Principal) -> bool:
    unlimited = principal.counties is None and principal.layers is None
    return not principal.local and unlimited and may(principal, Action.READ)


def _reads_whole(layer: Layer, principal: Principal) -> bool:
    return _is_whole(layer) and principal.counties is None and reads_all_columns(layer, principal)


def _is_whole(layer: Layer) -> bool:
    return not (layer.filter or layer.classes or layer.cql2 or layer.restriction)
