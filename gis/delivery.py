"""Find what can be read in a delivery: files, folders, archives, and archives in archives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gis.archives import Budget, Member, gunzip, unpack
from gis.errors import FileProblem, UsageError
from gis.findings import Finding, Severity
from gis.formats import AS_LAYER, AS_XLSX, EXPORT, GEODATABASE, PARTS, SPATIAL, SUFFIXES, ZIPS, Kind
from gis.text import Text, t


@dataclass(frozen=True, slots=True)
class Item:
    """Something to read: its kind, its name as shown to people, and its files.

    Files go by their suffix, the main one first; those of a geodatabase by their name.
    """

    kind: Kind
    shown: str
    parts: dict[str, Path]

    @property
    def file(self) -> Path:
        """The main file."""
        return next(iter(self.parts.values()))

    @property
    def name(self) -> str:
        """The stem of the main file's name."""
        return PurePosixPath(self.shown).stem


@dataclass(slots=True)
class Delivery:
    """What a delivery holds, and what in it cannot be read."""

    items: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def gather(
    paths: Sequence[Path], budget: Budget, *, dataset: str, kinds: frozenset[Kind] = SPATIAL
) -> Delivery:
    """Find what can be read.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Files, folders and archives as a person named them; a path may go on inside an archive.
    budget : Budget
        Where archives are unpacked, and how much of it.
    dataset : str
        Name put into findings.
    kinds : frozenset of Kind
        What is wanted; other kinds of file are passed over inside folders and archives.

    Returns
    -------
    Delivery
        With at least one item, in the order of names.

    Raises
    ------
    UsageError
        A path does not exist, or is a file of a kind that has to be exported first.
    FileProblem
        F06: nothing to read; F10: parts of a shapefile without the ``.shp``; and what unpacking
        refuses (F01, F07).
    """
    named: list[Member] = []
    found: list[Member] = []
    archives: dict[Path, list[Member]] = {}
    for path in paths:
        if not path.exists():
            found += _inside_archive(path, archives, budget)
        elif path.is_dir():
            found += _walk(path)
        else:
            named += _named(path, kinds)
    members = _unpacked([*named, *found], budget)
    delivery = Delivery(
        _items(members, kinds), [*_orphans(members, dataset), *_not_read(members, named, dataset)]
    )
    if not delivery.items:
        raise _nothing(paths, members, delivery.findings)
    return delivery


def _inside_archive(path: Path, archives: dict[Path, list[Member]], budget: Budget) -> list[Member]:
    """Take what a path names inside an archive, such as ``census.zip/covers`` or ``census.zip/lamps.shp``."""
    archive = next((p for p in path.parents if p.suffix.lower() in ZIPS and p.is_file()), None)
    if archive is None:
        raise UsageError(t("There is no {path}", path=path), field="PATH", value=str(path))
    if archive not in archives:
        archives[archive] = unpack(Member(archive.name, archive), budget)
    wanted = PurePosixPath(archive.name, path.relative_to(archive).as_posix())
    inside = [member for member in archives[archive] if _is_named(PurePosixPath(member.shown), wanted)]
    if not inside:
        raise UsageError(
            t("There is no {path} in {archive}", path=path.relative_to(archive), archive=archive.name),
            field="PATH",
            value=str(path),
            expected=", ".join(sorted({PurePosixPath(m.shown).parts[1] for m in archives[archive]})[:20]),
        )
    return inside


def _is_named(member: PurePosixPath, wanted: PurePosixPath) -> bool:
    """Tell whether a member is the file wanted, in the folder wanted, or belongs to the file wanted."""
    if member == wanted or wanted in member.parents:
        return True
    kind = _family(wanted.suffix)
    together = kind is not None and kind is _family(member.suffix)
    return together and member.parent == wanted.parent and member.stem.casefold() == wanted.stem.casefold()


def _family(suffix: str) -> Kind | None:
    """Tell of which kind a file is a part, main or not."""
    return next((kind for kind, parts in PARTS.items() if suffix.lower() in parts), None)


def _walk(folder: Path) -> Iterator[Member]:
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if file.is_file() and not any(part.startswith((".", "~$", "__MACOSX")) for part in relative.parts):
            yield Member(f"{folder.resolve().name}/{relative.as_posix()}", file)


def _named(path: Path, kinds: frozenset[Kind]) -> list[Member]:
    """Take a file a person named, with the other files that belong to it."""
    suffix = path.suffix.lower()
    family = _family(suffix)
    if family is not None and family in kinds:
        stem = path.stem.casefold()
        parts = (file for file in path.parent.iterdir() if file.suffix.lower() in PARTS[family])
        return [Member(file.name, file) for file in sorted(parts) if file.stem.casefold() == stem]
    inner = Path(path.stem).suffix.lower() if suffix == ".gz" else suffix
    if suffix in ZIPS or SUFFIXES.get(inner) in kinds:
        return [Member(path.name, path)]
    if inner in SUFFIXES:
        raise _to_export(path.name, t("Give a table: .xlsx or .csv"))
    raise _to_export(path.name, EXPORT.get(inner, AS_LAYER if Kind.SHAPEFILE in kinds else AS_XLSX))


def _to_export(name: str, hint: Text) -> UsageError:
    return UsageError(
        t("{path} is of a kind that cannot be read", path=name),
        field="PATH",
        value=name,
        expected=t("a folder, .zip, .shp, .gdb, .gpkg, .geojson, .dxf, .tab, .mif, .kml, .csv or .xlsx"),
        hint=hint,
    )


def _unpacked(members: Iterable[Member], budget: Budget) -> list[Member]:
    """Replace archives by what is in them; each file once, however often it was named."""
    files: dict[Path, Member] = {}
    for member in members:
        suffix = PurePosixPath(member.shown).suffix.lower()
        if suffix in ZIPS:
            unpacked = unpack(member, budget)
        elif suffix == ".gz":
            unpacked = [gunzip(member, budget)]
        else:
            unpacked = [member]
        for file in unpacked:
            files.setdefault(file.file.resolve(), file)
    return [gunzip(m, budget) if m.shown.lower().endswith(".gz") else m for m in files.values()]


def _items(members: Sequence[Member], kinds: frozenset[Kind]) -> list[Item]:
    items: dict[str, Item] = {}
    groups = _groups(members)
    for member in members:
        path = PurePosixPath(member.shown)
        folder = _geodatabase(path)
        if folder is not None:
            if Kind.GEODATABASE in kinds:
                whole = items.setdefault(str(folder), Item(Kind.GEODATABASE, str(folder), {}))
                whole.parts[path.name] = member.file
            continue
        kind = SUFFIXES.get(path.suffix.lower())
        if kind not in kinds or kind is None:
            continue
        parts = {path.suffix.lower(): member.file}
        if kind in PARTS:
            parts |= _sides(groups[_group(member, kind)], path)
        items[member.shown] = Item(kind, member.shown, parts)
    return list(items.values())


def _geodatabase(path: PurePosixPath) -> PurePosixPath | None:
    """Find the file geodatabase a file is in."""
    return next((folder for folder in path.parents if folder.suffix.lower() == GEODATABASE), None)


def _group(member: Member, kind: Kind) -> tuple[Kind, str, str]:
    path = PurePosixPath(member.shown)
    return kind, str(path.parent), path.stem.casefold()


def _groups(members: Iterable[Member]) -> dict[tuple[Kind, str, str], list[Member]]:
    """Put together the files that make up one thing."""
    groups: dict[tuple[Kind, str, str], list[Member]] = defaultdict(list)
    for member in members:
        kind = _family(PurePosixPath(member.shown).suffix)
        if kind is not None:
            groups[_group(member, kind)].append(member)
    return groups


def _sides(group: Iterable[Member], main: PurePosixPath) -> dict[str, Path]:
    """Pick the other parts: those spelt like the main one before those in another case."""
    sides: dict[str, Path] = {}
    for member in sorted(group, key=lambda member: PurePosixPath(member.shown).stem != main.stem):
        suffix = PurePosixPath(member.shown).suffix.lower()
        if suffix != main.suffix.lower():
            sides.setdefault(suffix, member.file)
    return sides


def _orphans(members: Sequence[Member], dataset: str) -> Iterator[Finding]:
    """Report parts of shapefiles whose main file is missing."""
    for key, group in _groups(members).items():
        if key[0] is not Kind.SHAPEFILE:
            continue
        suffixes = {PurePosixPath(member.shown).suffix.lower() for member in group}
        # A .dbf alone may be a table of its own.
        if ".shp" not in suffixes and suffixes & {".shx", ".prj"}:
            shown = group[0].shown
            yield Finding(
                "F10",
                Severity.ERROR,
                dataset,
                t("{path} is part of a shapefile whose .shp is missing", path=shown),
                value=shown,
            )


def _not_read(members: Sequence[Member], named: Sequence[Member], dataset: str) -> Iterator[Finding]:
    """Report data inside folders and archives that would have to be exported first."""
    for member in members:
        path = PurePosixPath(member.shown)
        hint = EXPORT.get(path.suffix.lower())
        if hint is not None and member not in named and _geodatabase(path) is None:
            yield Finding(
                "F01",
                Severity.WARNING,
                dataset,
                t("{path} is of a kind that cannot be read", path=member.shown),
                value=member.shown,
                hint=hint,
            )


def _nothing(paths: Sequence[Path], members: Sequence[Member], findings: Sequence[Finding]) -> FileProblem:
    names = ", ".join(path.name for path in paths)
    for finding in findings:
        if finding.code == "F10":
            return FileProblem(finding.message, code="F10", value=finding.value)
    there = ", ".join(member.shown for member in members[:5]) or t("nothing")
    return FileProblem(
        t("There is nothing to read in {path}; in it is: {members}", path=names, members=there),
        code="F06",
        value=names,
        expected=t("a .shp, .gdb, .gpkg, .geojson, .dxf, .tab, .mif, .kml, .csv or .xlsx in it"),
    )
