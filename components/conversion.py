"""Bring components from one edition of the classes to another, each keeping its old identifier as an alias.

What the table does not say stays as it is and is listed; nothing is guessed. When two old classes become
one, the components of the second get numbers above the highest used, and each pair of identifiers is
recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas
import pandas

from components.aliases import Aliases
from components.catalogue import Catalogue
from components.class_info import check_edition
from components.crosswalk import the_class
from components.photos.registered import photos_after
from components.renumbering import Numbers, merged_classes
from components.sequences import RESTS_ON
from gis.editions import Change, Edition, basis, commit_changes
from gis.errors import DataRefused, NotFound, UsageError
from gis.models import DATASETS
from gis.read import read_frame
from gis.registry import Registry
from gis.text import Text, t


@dataclass(frozen=True, slots=True)
class Kept:
    """Components that stay in their edition: their class, how many, and why."""

    class_code: str
    name: str | None
    count: int
    reason: Text

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "class": self.class_code,
            "name": self.name,
            "count": self.count,
            "reason": str(self.reason),
        }


@dataclass(slots=True)
class ConversionResult:
    """What a conversion does, or would do.

    Attributes
    ----------
    source, target : str
        Editions.
    converted : int
        Components brought over.
    renumbered : int
        Of them those whose number is another than before.
    restored : int
        Of them those that got back an identifier they had in that edition.
    merged : dict of str to list of str
        New classes that several old ones became.
    kept : list of Kept
        What stays as it is.
    edition : Edition or None
        None for a dry run.
    """

    source: str
    target: str
    converted: int = 0
    renumbered: int = 0
    restored: int = 0
    merged: dict[str, list[str]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    edition: Edition | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "from": self.source,
            "to": self.target,
            "converted": self.converted,
            "renumbered": self.renumbered,
            "restored": self.restored,
            "merged": self.merged,
            "kept": [one.to_dict() for one in self.kept],
            "edition": None if self.edition is None else self.edition.id,
        }


def convert_components(
    registry: Registry,
    source: str,
    target: str,
    *,
    county: str | None = None,
    partial: bool = False,
    dry_run: bool = False,
) -> ConversionResult:
    """Convert all components of an edition, as one edition of the registry.

    Parameters
    ----------
    registry : Registry
    source, target : str
        Editions of the classes.
    county : str, optional
        Six digits: only its components. Numbers are given county by county, so the outcome is that of
        converting all at once, with less in memory (about 3 kB a component).
    partial : bool
        Convert the others although some classes cannot be.
    dry_run : bool
        Change nothing.

    Returns
    -------
    ConversionResult

    Raises
    ------
    UsageError
        The editions are unknown or the same.
    NotFound
        The registry has no components of ``source``.
    DataRefused
        Some cannot be converted and ``partial`` was not asked for, or none can; or there are no numbers
        left.
    RegistryUnavailable
        Somebody changed the components in the meantime.
    """
    check_edition(source)
    check_edition(target)
    if source == target:
        raise UsageError(t("Both editions are {standard}", standard=source), field="--to", value=target)
    with registry.connect() as connection:
        based_on = basis(connection)
    frame = _components_of(registry, source, county)
    classes, result = _classes(registry, frame, source, target)
    chosen = frame[frame["class_code"].isin(list(classes))]
    _refuse(result, len(chosen), partial=partial or dry_run)
    changes = _changes(registry, geopandas.GeoDataFrame(chosen), classes, result)
    if not dry_run:
        result.edition = commit_changes(
            registry,
            changes,
            operation="convert",
            source=f"{source} → {target}",
            report=result.to_dict(),
            based_on=based_on,
            rests_on=RESTS_ON,
        )
    return result


def _components_of(registry: Registry, standard: str, county: str | None) -> pandas.DataFrame:
    columns = DATASETS["components"].live.c
    meant = columns.standard == standard
    if county is not None:
        meant &= columns.id.startswith(county, autoescape=True)
    frame = read_frame(registry, "components", where=meant)
    if not len(frame):
        raise NotFound(
            t("The registry has no components of the edition {standard}", standard=standard),
            field="--from",
            value=standard,
        )
    return frame


def _classes(
    registry: Registry, frame: pandas.DataFrame, source: str, target: str
) -> tuple[dict[str, str], ConversionResult]:
    """Return the new class of each that has one, and a result that lists those that stay."""
    catalogue, result, classes = Catalogue.of(registry), ConversionResult(source, target), {}
    for code, count in sorted(Counter(frame["class_code"]).items()):
        try:
            classes[code] = the_class(code, source, target)
        except DataRefused as refused:
            info = catalogue.info(source, code)
            reason = t("{reason}", reason=refused.message)
            result.kept.append(Kept(code, info.name if info else None, count, reason))
    return classes, result


def _refuse(result: ConversionResult, convertible: int, *, partial: bool) -> None:
    if convertible and (partial or not result.kept):
        return
    names = "、".join(f"{one.class_code} {one.name or ''}".strip() for one in result.kept)
    raise DataRefused(
        t("{n} components cannot be converted by the table", n=sum(one.count for one in result.kept)),
        field="class_code",
        value=names,
        expected="; ".join(str(one.reason) for one in result.kept),
        hint=t("With --partial the others are converted and these stay as they are") if convertible else None,
    )


def _changes(
    registry: Registry,
    frame: geopandas.GeoDataFrame,
    classes: Mapping[str, str],
    result: ConversionResult,
) -> list[Change]:
    """Work out the rows under their new identifiers, and the aliases that lead to them."""
    old, codes = (frame[name].to_numpy(dtype=object) for name in ("id", "class_code"))
    aliases = Aliases.of_components(registry, old, result.source)
    numbers = Numbers(registry, aliases.own(registry, result.target))
    new = numbers.assign(old, codes, classes)
    result.converted, result.restored = len(frame), numbers.restored
    result.renumbered = sum(before[-6:] != after[-6:] for before, after in zip(old, new, strict=True))
    result.merged = merged_classes(codes, classes)
    catalogue = Catalogue.of(registry)
    rows = frame.assign(
        id=new,
        class_code=[classes[code] for code in frame["class_code"]],
        standard=result.target,
        name=_names(frame, classes, result, catalogue),
    )
    retired = [(identifier,) for identifier in sorted(set(old) - set(new))]
    photos = photos_after(registry, dict(zip(old, new, strict=True)))
    return [
        Change("components", rows, retired),
        aliases.after(old, new, result.source, result.target),
        *([] if photos is None else [photos]),
    ]


def _names(
    frame: pandas.DataFrame, classes: Mapping[str, str], result: ConversionResult, catalogue: Catalogue
) -> Sequence[str | None]:
    """Call what was called like its old class like the new one; other names stay."""
    renamed: dict[tuple[str, str], str] = {}
    for old, new in classes.items():
        before, after = catalogue.info(result.source, old), catalogue.info(result.target, new)
        if before is not None and after is not None:
            renamed |= {(old, name): after.name for name in (before.name, *before.aliases)}
    pairs = zip(frame["class_code"], frame["name"], strict=True)
    return [renamed.get((code, name), name) for code, name in pairs]
