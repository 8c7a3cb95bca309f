"""Give layers and other things their classification (密级)."""

from __future__ import annotations

from dataclasses import replace

from gis.models import dataset_named
from gis.registry import Registry
from layers.catalogue import change_layer, count_up, read_layers
from layers.classification import classify, read_classifications, read_levels
from layers.layer import Layer
from layers.publishing import check_public


def classify_layer(registry: Registry, layer_id: str, level: str) -> Layer:
    """Give a layer a classification.

    Parameters
    ----------
    registry : Registry
        Whose catalogue.
    layer_id : str
        Which layer.
    level : str
        Identifier or title of a level.

    Raises
    ------
    NotFound
        If there is no such layer.
    UsageError
        If there is no such level, or the layer is public and its level would forbid it.
    """
    return change_layer(registry, layer_id, lambda layer: replace(layer, classification=level))


def classify_other(registry: Registry, kind: str, name: str, level: str) -> None:
    """Give a data set, raster or report a classification.

    Raises
    ------
    UsageError
        If there is no such level or data set, or a public layer shows what the level forbids: it has to
        be withdrawn first.
    """
    if kind == "dataset":
        dataset_named(name)
    with registry.begin() as connection:
        classify(connection, kind, name, level)
        levels, classified = read_levels(connection), read_classifications(connection, kind)
        for layer in read_layers(connection):
            if kind == "dataset" and layer.dataset == name:
                check_public(layer, levels, classified[name])
        count_up(connection)
