"""Find a dataset by the names people use."""

from __future__ import annotations

from gis.errors import NotFound
from gis.models import DATASETS, Dataset, dataset_of_collection
from gis.text import t


def dataset_called(name: str) -> Dataset:
    """Return a dataset by its own name or that of its collection.

    Parameters
    ----------
    name : str
        ``"grids"``, ``"unit-grids"``, ``"components"`` …

    Returns
    -------
    Dataset

    Raises
    ------
    NotFound
        Names the collections there are.
    """
    dataset = dataset_of_collection(name) or DATASETS.get(name)
    if dataset is not None:
        return dataset
    raise NotFound(
        t("There is no collection {name}", name=name),
        field="collection",
        value=name,
        expected=", ".join(sorted(d.collection or d.name for d in DATASETS.values())),
    )
