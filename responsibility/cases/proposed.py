"""Answers as they would be after changes of the registry that nobody has committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import ColumnElement
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, Null

from components.catalogue import Catalogue
from gis.editions import Change, basis
from gis.errors import RegistryUnavailable, UsageError
from gis.preview import frame_after
from gis.registry import Registry
from gis.text import t
from responsibility.memory import Memory
from responsibility.resolver import Resolver
from responsibility.settings import ResolveSettings
from responsibility.snapshot import NO_PART, Moment, Snapshot

PROPOSABLE = (
    "rules", "areas", "boundaries", "organisations", "facilities", "precedents", "duty-answers",
    "responsibility-grids", "governance-grids", "grids", "divisions",
)  # fmt: skip
"""Datasets whose changes can be tried out: those that answers are read from whole."""


class ProposedResolver(Resolver):
    """Answer questions as if changes had been committed; nothing is written.

    Parameters
    ----------
    registry : Registry
        As it is.
    changes : sequence of Change
        What would be committed, at most one per dataset.
    settings : ResolveSettings, optional
        By default those of the configuration file.

    Raises
    ------
    UsageError
        A dataset whose changes cannot be tried out.
    DataRefused
        A change could not be committed.
    RegistryUnavailable
        The registry was changed while it was read; or, with an answer, since.
    """

    def __init__(
        self, registry: Registry, changes: Sequence[Change], *, settings: ResolveSettings | None = None
    ) -> None:
        super().__init__(registry, settings=settings, preload=True)
        for change in changes:
            _check_proposable(change.dataset)
        self._based_on = _editions(registry)
        self._proposed = {change.dataset: frame_after(registry, change) for change in changes}
        self.require_unchanged()
        self._memory = _ProposedMemory(self)

    def require_unchanged(self) -> None:
        """Refuse answers when the registry is no longer what the changes were held against.

        Raises
        ------
        RegistryUnavailable
        """
        if _editions(self.registry) != self._based_on:
            raise _changed_meanwhile()


class _ProposedMemory(Memory):
    """The data as it would be, all of it."""

    def __init__(self, resolver: ProposedResolver) -> None:
        super().__init__(resolver.registry, resolver.settings, resolver._editions)
        self._based_on, self._proposed = resolver._based_on, resolver._proposed

    def around(self, moment: Moment, *_: Any) -> Snapshot:
        return self.whole(moment)

    def _read(self, moment: Moment) -> Snapshot:
        if moment.editions != self._based_on:
            raise _changed_meanwhile()
        catalogue = self.catalogues.at(moment)
        return ProposedSnapshot(self._registry, moment, self._settings, catalogue, proposed=self._proposed)


class ProposedSnapshot(Snapshot):
    """The registry's data with some datasets as they would be.

    Parameters
    ----------
    registry, moment, settings, catalogue
        As for :class:`responsibility.snapshot.Snapshot`.
    proposed : mapping of str to DataFrame
        Datasets as :func:`gis.preview.frame_after` gives them.
    """

    def __init__(
        self,
        registry: Registry,
        moment: Moment,
        settings: ResolveSettings,
        catalogue: Catalogue,
        *,
        proposed: Mapping[str, pd.DataFrame],
    ) -> None:
        self._proposed = proposed
        known = dict.fromkeys(proposed, 0) | dict(moment.editions)
        after = Moment(tuple(sorted(known.items())), moment.read_at)
        super().__init__(registry, after, settings, catalogue)

    def _read(self, dataset: str, **options: Any) -> Any:
        frame = self._proposed.get(dataset)
        if frame is None:
            return super()._read(dataset, **options)
        return _selected(frame, **options)


def _selected(
    frame: pd.DataFrame,
    *,
    columns: Sequence[str] | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    where: ColumnElement[bool] | None = None,
) -> pd.DataFrame:
    """Do to a frame what reading does in the database."""
    rows = np.ones(len(frame), dtype=bool)
    if bbox is not None:
        rows &= shapely.intersects(frame["geometry"].to_numpy(), shapely.box(*bbox))
    if where is not None:
        rows &= _matching(frame, where)
    chosen: pd.DataFrame = frame[rows].reset_index(drop=True)
    return chosen if columns is None else chosen[list(columns)]


def _matching(frame: pd.DataFrame, where: ColumnElement[bool]) -> Any:
    """Tell which rows fulfil a condition: a column is null, is not, or is one of some values."""
    if isinstance(where, BinaryExpression):
        column = frame[where.left.name]
        if where.operator is operators.is_ and isinstance(where.right, Null):
            return column.isna().to_numpy()
        if where.operator is operators.is_not and isinstance(where.right, Null):
            return column.notna().to_numpy()
        if where.operator is operators.in_op and isinstance(where.right, BindParameter):
            return column.isin(list(where.right.value or ())).to_numpy()
    raise NotImplementedError(f"condition {where} on a frame")


def _check_proposable(dataset: str) -> None:
    if dataset not in PROPOSABLE:
        raise UsageError(
            t("Changes of {dataset} cannot be tried out", dataset=dataset),
            field="KIND",
            value=dataset,
            expected=", ".join(PROPOSABLE),
        )


def _editions(registry: Registry) -> tuple[tuple[str, int], ...]:
    with registry.connect() as connection:
        latest = basis(connection)
    return tuple(sorted((name, number) for name, number in latest.items() if name not in NO_PART))


def _changed_meanwhile() -> RegistryUnavailable:
    return RegistryUnavailable(
        t("The registry was changed by another edition in the meantime"),
        hint=t("Try again after the import"),
    )
