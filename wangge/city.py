"""A registry as Python users see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import folium
import pandas
from sqlalchemy import ColumnElement

from components.catalogue import Catalogue
from geocoding.answers import GeocodeAnswer
from geocoding.geocode import geocode
from geocoding.geocode_series import geocode_series
from geocoding.reverse import reverse
from geocoding.reverse_answers import ReverseAnswer
from geocoding.reverse_points import stored_point
from geocoding.ticket_answers import TicketAnswer, answer_ticket
from gis.crs import STORED
from gis.declared_crs import declared
from gis.editions import Edition, get_edition
from gis.errors import NotFound
from gis.findings import Report
from gis.importing import ImportOptions
from gis.read import read_frame
from gis.registry import Registry
from gis.text import t
from layers.catalogue import seed_layers
from layers.cql2 import dataset_condition
from responsibility.cases.what_if import WhatIf
from responsibility.model import Resolution
from responsibility.questions import question_from_params
from responsibility.resolver import Resolver
from responsibility.settings import load_settings
from wangge.datasets import dataset_called
from wangge.deliveries import deliver, examine_delivery
from wangge.duty_desk import OwnershipDesk, PrecedentDesk
from wangge.explore import draw
from wangge.grid_desk import GridDesk
from wangge.proposing import cases_in, changes_of, deliveries_of, try_out


def open_city(url: str | Path, *, create: bool = False) -> City:
    """Open a registry.

    Parameters
    ----------
    url : str or pathlib.Path
        A ``.gpkg`` file or ``postgresql://…``.
    create : bool
        Make it, or upgrade its schema, when need be.

    Returns
    -------
    City
        Close it with ``close()`` or a ``with`` block.

    Raises
    ------
    RegistryUnavailable
        There is none, it is not a registry, or the database is down.
    """
    registry = Registry.open(url, create=create)
    if create:
        registry.init()
        seed_layers(registry)
    return City(registry)


class City:
    """One city's registry: resolve, read, check and load.

    All coordinates are EPSG:4490, longitude before latitude, unless a ``crs`` is given.

    Attributes
    ----------
    grids : GridDesk
        The life of unit grids: show, history, split, merge, move, retire, recode.
    precedents : PrecedentDesk
        Settled disputes that decide like cases: list, add, withdraw, decline.
    ownership : OwnershipDesk
        Ownerless and disputed components: pool, candidates, ask, answer, settle, report.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.grids = GridDesk(registry)
        self._resolver = Resolver(registry)
        self.precedents = PrecedentDesk(registry)
        self.ownership = OwnershipDesk(registry, self._resolver)

    def resolve(self, lon: float, lat: float, *, class_code: str | None = None, **given: Any) -> Resolution:
        """Say who is responsible at a location.

        Parameters
        ----------
        lon, lat : float
            Degrees in EPSG:4490, or what ``crs`` says.
        class_code : str, optional
            Class, major class or group.
        **given
            ``kind``, ``standard``, ``rule``, ``crs``, ``source``, ``accuracy``, ``as_of``, ``at``.

        Returns
        -------
        Resolution
            ``to_dict()`` gives the public JSON shape.
        """
        params = {"lon": lon, "lat": lat, "class": class_code, **given}
        texts = {name: str(value) for name, value in params.items() if value is not None}
        return self._resolver.resolve(question_from_params(texts))

    def resolve_frame(self, frame: pandas.DataFrame, **columns: Any) -> pandas.DataFrame:
        """Resolve every row of a frame; the answers stand as columns behind its own."""
        answers: pandas.DataFrame = self._resolver.resolve_frame(frame, **columns)
        return answers

    def geocode(self, text: str, limit: int = 5) -> list[GeocodeAnswer]:
        """Find the places an address text may mean, most likely first: :func:`geocoding.geocode.geocode`."""
        return geocode(self.registry, text, limit)

    def geocode_series(self, texts: pandas.Series) -> pandas.DataFrame:
        """Find the likeliest place for each text: :func:`geocoding.geocode_series.geocode_series`."""
        return geocode_series(self.registry, texts)

    def reverse(
        self, lon: float, lat: float, *, crs: str = STORED, as_of: datetime | None = None
    ) -> ReverseAnswer | None:
        """Say what a point is called, None where nothing is near: :func:`geocoding.reverse.reverse`."""
        if as_of is not None and as_of.tzinfo is None:
            as_of = as_of.replace(tzinfo=UTC)
        return reverse(self.registry, *stored_point(lon, lat, crs), as_of=as_of)

    def read_ticket(self, text: str, *, standard: str | None = None) -> TicketAnswer:
        """Read a ticket of a hotline: its addresses with their places, what is the matter, classes.

        Nothing of it is stored: :func:`geocoding.ticket_answers.answer_ticket`.
        """
        catalogue, edition = Catalogue.of(self.registry), standard or load_settings().standard
        return answer_ticket(self.registry, text, catalogue=catalogue, standard=edition)

    def read(
        self,
        collection: str,
        *,
        bbox: tuple[float, float, float, float] | None = None,
        where: str | ColumnElement[bool] | None = None,
        columns: Sequence[str] | None = None,
        as_of: datetime | None = None,
    ) -> pandas.DataFrame:
        """Read a collection or dataset as a frame.

        Parameters
        ----------
        collection : str
            ``unit-grids``, ``components``, ``organisations`` …
        bbox : tuple of float, optional
            West, south, east, north in degrees.
        where : str or sqlalchemy clause, optional
            A filter in CQL2 text (``"state = '完好' AND S_INTERSECTS(geometry, BBOX(…))"``), its geometries
            in longitude and latitude; or a condition on the columns of the dataset's live table.
        columns : sequence of str, optional
            Only these, in this order; ``"geometry"`` is one of them.
        as_of : datetime, optional
            The rows that were valid then; a moment without a zone is taken as UTC.

        Returns
        -------
        GeoDataFrame or DataFrame
            Geometry in EPSG:4490.

        Raises
        ------
        UsageError
            The filter is not understood, or asks for what the dataset does not have.
        """
        if as_of is not None and as_of.tzinfo is None:
            as_of = as_of.replace(tzinfo=UTC)
        dataset = dataset_called(collection)
        return read_frame(
            self.registry,
            dataset.name,
            bbox=bbox,
            where=dataset_condition(dataset, where) if isinstance(where, str) else where,
            columns=columns,
            as_of=as_of,
        )

    def explore(
        self,
        collection: str,
        *,
        bbox: tuple[float, float, float, float] | None = None,
        where: str | ColumnElement[bool] | None = None,
        as_of: datetime | None = None,
    ) -> folium.Map:
        """Draw a collection on a map for a notebook; nothing is loaded from outside.

        Parameters are those of :meth:`read`.

        Returns
        -------
        folium.Map
            With the features and their attributes as tooltips, without a base map.

        Raises
        ------
        UsageError
            The collection has no geometry, or too many features to draw: give a ``bbox``.
        """
        return draw(self.read(collection, bbox=bbox, where=where, as_of=as_of), collection)

    def check(self, kind: str, *paths: str | Path, **options: Any) -> Report:
        """Check files as an import would, commit nothing; errors are in the report."""
        return examine_delivery(self.registry, kind, [Path(path) for path in paths], _options(options))

    def load(self, kind: str, *paths: str | Path, **options: Any) -> Edition:
        """Import files as one edition.

        Raises
        ------
        DataRefused
            The delivery has errors; its ``report`` names them.
        """
        report = deliver(self.registry, kind, [Path(path) for path in paths], _options(options))
        if report.edition is None:
            raise NotFound(t("The import of {kind} wrote no edition", kind=kind))
        return get_edition(self.registry, report.edition)

    def what_if(
        self,
        changes: Mapping[str, str | Path | Sequence[str | Path]],
        *,
        cases: str | Path | pandas.DataFrame | None = None,
        as_of: datetime | None = None,
        out: Sequence[str | Path] = (),
    ) -> WhatIf:
        """Say which past cases would go elsewhere after changes; nothing is committed.

        Parameters
        ----------
        changes : mapping of str to path
            Kind (``rules``, ``areas``, ``boundaries`` …) to its file or files.
        cases : path or GeoDataFrame, optional
            A file of past cases, or rows of the dataset ``cases``; by default those of the registry.
        as_of : datetime, optional
            Day whose areas count, see :func:`responsibility.cases.what_if.what_if`.
        out : sequence of path
            ``.html``, ``.csv``, ``.json`` files that get the differences.
        """
        proposed = changes_of(self.registry, deliveries_of(changes))
        if isinstance(cases, str | Path):
            cases = cases_in(self.registry, [Path(cases)], ImportOptions())
        return try_out(self.registry, proposed, cases=cases, as_of=as_of, out=[Path(path) for path in out])

    def close(self) -> None:
        """Give the database back."""
        self.registry.close()

    def __enter__(self) -> City:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _options(given: dict[str, Any]) -> ImportOptions:
    """Take ``crs`` as the command line does: a name, or a file that describes a system."""
    crs = given.get("crs")
    return ImportOptions(**{**given, "crs": declared(crs) if isinstance(crs, str) else crs})
