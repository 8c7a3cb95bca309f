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
from layers.access import Role
from layers.classes import CLASS_COLUMN, STANDARD_COLUMN, check_class
from layers.classification import INTERNAL, PUBLIC
from layers.profile import PublicProfile, Restriction
from layers.tilematrix import MAX_ZOOM

#: Columns that never leave over HTTP: nobody has looked at what a delivery put there.
UNPUBLISHABLE = frozenset({"attributes"})

#: Columns the public never sees: persons, and remarks nobody has looked at.
NOT_PUBLIC = frozenset({"responsible", "note", "contract", "agreement"})

_JSON_TYPES = ((Boolean, "boolean"), (Integer, "integer"), (Double, "number"))
#: Collections that are no layers.
RESERVED_IDS = frozenset({"metadata"})

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
        Whether everybody may read what its public profile shows.
    position : int
        Order in lists, smallest first.
    classes : tuple of str
        Classes of components it is made of (``2013:0137``, ``2013:02``); empty for all.
    cql2 : str or None
        Further filter in CQL2 text.
    style_id : str or None
        The style it is drawn in by default.
    roles : tuple of str
        Roles of API keys that may read it; empty for all roles that may read.
    classification : str or None
        Identifier of its level (密级); ``None`` where nobody said so.
    metadata : mapping
        Source, date, accuracy, producer and the like, as somebody wrote them.
    profile : PublicProfile
        What everybody sees of it once it is public.
    restriction : Restriction or None
        The part of it that one principal sees; never stored.
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
    classes: tuple[str, ...] = ()
    cql2: str | None = None
    style_id: str | None = None
    roles: tuple[str, ...] = ()
    classification: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    profile: PublicProfile = field(default_factory=PublicProfile)
    restriction: Restriction | None = None

    @property
    def level(self) -> str:
        """Its classification: what somebody said, else by whether it was made public."""
        return self.classification or (PUBLIC.id if self.public else INTERNAL.id)

    @property
    def coarsen_m(self) -> float | None:
        """Edge of the cells that stand for places in this view, in metres; ``None`` for the places."""
        return None if self.restriction is None else self.restriction.coarsen_m

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
            missing or never to be published, a class or role unknown, or the zooms out of order.
        """
        if not _ID.fullmatch(self.id) or self.id in RESERVED_IDS:
            _refuse("id", self.id, t("Small letters, digits, - and _, not metadata"))
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
        self._check_access()
        return self

    @property
    def has_classes(self) -> bool:
        """Whether its rows are of classes of components."""
        return {CLASS_COLUMN, STANDARD_COLUMN} <= set(self.source.columns)

    def _check_access(self) -> None:
        for name in self.roles:
            if name not in set(Role):
                _refuse("roles", name, ", ".join(Role))
        if not self.has_classes and (self.classes or self.profile.classes):
            _refuse("classes", list(self.classes or self.profile.classes or ()), t("a layer of components"))
        for selector in self.classes:
            check_class(selector, "classes")
        shown = [name for name in self.properties if name not in NOT_PUBLIC]
        for name in self.profile.checked().properties or ():
            if name not in shown:
                _refuse("public_profile.properties", name, ", ".join(shown))
        if self.profile.coarsen_m and self.source.geometry not in ("POINT", "GEOMETRY"):
            _refuse("coarsen_m", self.profile.coarsen_m, t("a layer of points"))

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
