"""What a layer is: a dataset or a part of it, the properties it shows, and how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Column, Double, Integer

from gis.columns import JsonText
from gis.errors import UsageError
from gis.models import DATASETS, Dataset
from gis.text import current_language, t
from layers.tilematrix import MAX_ZOOM

#: Columns that never leave over HTTP: nobody has looked at what a delivery put there.
UNPUBLISHABLE = frozenset({"attributes"})

_JSON_TYPES = ((Boolean, "boolean"), (Integer, "integer"), (Double, "number"))
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of the catalogue.

    Attributes
    ----------
    id : str
        Identifier of the OGC API collection.
    dataset : str
        Name of the dataset the rows come from.
    filter : mapping
        Column -> value, or list of values, that a row must have; empty for all rows.
    properties : tuple of str
        Columns that are published, in order.
    style : mapping
        How the layer is drawn; ``label`` lists the properties its vector tiles carry.
    min_zoom, max_zoom : int
        WebMercatorQuad zooms between which its tiles have content.
    public : bool
        Whether everybody may read it.
    position : int
        Order in lists, smallest first.
    """

    id: str
    dataset: str
    title_zh: str
    title_en: str
    description_zh: str = ""
    description_en: str = ""
    filter: Mapping[str, Any] = field(default_factory=dict, hash=False)
    properties: tuple[str, ...]
    style: Mapping[str, Any] = field(default_factory=dict, hash=False)
    min_zoom: int = 0
    max_zoom: int = MAX_ZOOM
    public: bool = False
    position: int = 0

    @property
    def title(self) -> str:
        """The title in the current language, else in the other."""
        return _in_language(self.title_zh, self.title_en) or self.id

    @property
    def description(self) -> str:
        """The description in the current language, else in the other."""
        return _in_language(self.description_zh, self.description_en)

    @property
    def source(self) -> Dataset:
        """The dataset the rows come from."""
        return DATASETS[self.dataset]

    @property
    def tile_properties(self) -> tuple[str, ...]:
        """Published properties that vector tiles carry."""
        labels = self.style.get("label", ())
        return tuple(name for name in self.properties if name in labels)

    @property
    def queryables(self) -> tuple[str, ...]:
        """Published properties that can be compared with a value: all but lists and objects."""
        return tuple(name for name in self.properties if not isinstance(self.column(name).type, JsonText))

    def column(self, name: str) -> Column[Any]:
        """Return the live table's column of a property."""
        return self.source.live.c[name]

    def json_type(self, name: str) -> dict[str, str]:
        """Return the JSON Schema of a property's values; lists and objects have none."""
        kind = self.column(name).type
        if isinstance(kind, JsonText):
            return {}
        return {"type": next((word for cls, word in _JSON_TYPES if isinstance(kind, cls)), "string")}

    def checked(self) -> Layer:
        """Return the layer itself, or refuse it.

        Raises
        ------
        UsageError
            If the identifier is malformed, the dataset unknown or without geometry, a column
            missing or never to be published, or the zooms out of order.
        """
        if not _ID.fullmatch(self.id):
            _refuse("id", self.id, t("Small letters, digits, - and _"))
        spatial = [name for name, dataset in DATASETS.items() if dataset.geometry]
        if self.dataset not in spatial:
            _refuse("dataset", self.dataset, ", ".join(spatial))
        if not self.properties:
            _refuse("properties", "", ", ".join(self._publishable()))
        for name in self.properties:
            if name not in self._publishable():
                _refuse("properties", name, ", ".join(self._publishable()))
        for name in self.filter:
            if name not in self.source.columns:
                _refuse("filter", name, ", ".join(self.source.columns))
        if not 0 <= self.min_zoom <= self.max_zoom <= MAX_ZOOM:
            _refuse("min_zoom", self.min_zoom, f"0 <= min_zoom <= max_zoom <= {MAX_ZOOM}")
        return self

    def _publishable(self) -> list[str]:
        return [name for name in self.source.columns if name not in UNPUBLISHABLE]


def _in_language(chinese: str, english: str) -> str:
    first, second = (english, chinese) if current_language() == "en" else (chinese, english)
    return first or second


def _refuse(field_name: str, value: Any, expected: Any) -> None:
    raise UsageError(
        t("{field} of a layer cannot be {value}", field=field_name, value=repr(value)),
        field=field_name,
        value=value,
        expected=expected,
    )
