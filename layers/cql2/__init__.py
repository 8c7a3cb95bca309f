"""Filters in CQL2, as text and as JSON (OGC 21-065r2): read, checked, and made conditions in SQL.

::

    text ──► tree ──► condition on the live table of a dataset
    JSON ──►

What is understood and what is refused is told in ``docs/filters.md``.
"""

from __future__ import annotations

from layers.cql2.filters import LANGUAGES, dataset_condition, filter_condition, layer_condition
from layers.cql2.text import prepare

__all__ = ["LANGUAGES", "dataset_condition", "filter_condition", "layer_condition", "prepare"]
