"""Tell whether the rows of a case table are about components or about matters."""

from __future__ import annotations

from collections.abc import Sequence

from components.catalogue import Catalogue
from components.class_info import STANDARDS
from gis.errors import UsageError
from gis.layer import LAYER
from gis.staging import Staging
from gis.text import t
from responsibility.case_sheets import KIND_WORDS, Section

_STATED = {"component": "component", "matter": "matter", **dict(KIND_WORDS)}

Block = tuple[str, str | None]


def kinds_of(
    staging: Staging, sections: Sequence[Section], stated: str | None, catalogue: Catalogue
) -> list[str | None]:
    """Tell the kind of every row.

    As it was stated; else by the row's own column, the lines above it, the title or the name of its sheet;
    else by what the classes of its major class are called in the catalogue.

    Parameters
    ----------
    staging : Staging
        Rows of the table, filled down.
    sections : sequence of Section
        What the lines above each row say.
    stated : str or None
        What a person said of all rows (``--set kind=``).
    catalogue : Catalogue
        The classes there are.

    Returns
    -------
    list of (str or None)
        ``component``, ``matter``, or None where nothing tells.

    Raises
    ------
    UsageError
        The stated kind is none.
    """
    if stated is not None:
        return [_stated(stated)] * len(staging)
    own = staging.values("kind")
    kinds = [_in_words(own[at]) or sections[at].kind for at in range(len(staging))]
    votes = _votes(staging, catalogue)
    layers, blocks = list(staging.values(LAYER)), _blocks(staging, sections)
    by_block = _winners(blocks, votes)
    by_sheet = _winners(layers, votes)
    settled = [
        kind or by_block.get(block) or by_sheet.get(layer)
        for kind, block, layer in zip(kinds, blocks, layers, strict=True)
    ]
    _tell(staging, settled)
    return settled


def _stated(text: str) -> str:
    if text not in _STATED:
        raise UsageError(
            t("{kind} is not a kind of class", kind=text),
            field="--set kind",
            value=text,
            expected="component, matter",
        )
    return _STATED[text]


def _in_words(text: str | None) -> str | None:
    found = {kind for word, kind in _STATED.items() if text and word in text}
    return found.pop() if len(found) == 1 else None


def _votes(staging: Staging, catalogue: Catalogue) -> list[int]:
    """Return 1 for rows whose class is called like a component, -1 like a matter, 0 for both or neither."""
    known: dict[str | None, int] = {None: 0}
    for name in staging.values("minor_name"):
        if name not in known:
            called = [
                any(catalogue.called(standard, name, kind) for standard in STANDARDS)
                for kind in ("component", "matter")
            ]
            known[name] = called[0] - called[1]
    return [known[name] for name in staging.values("minor_name")]


def _blocks(staging: Staging, sections: Sequence[Section]) -> list[Block]:
    majors = zip(staging.values("major_code"), staging.values("major_name"), sections, strict=True)
    named = [" ".join(filter(None, (code, name, section.major))) or None for code, name, section in majors]
    return list(zip(staging.values(LAYER), named, strict=True))


def _winners(groups: Sequence[object], votes: Sequence[int]) -> dict[object, str]:
    """Return the kind of the groups in which one has more votes."""
    sums: dict[object, int] = {}
    for group, vote in zip(groups, votes, strict=True):
        sums[group] = sums.get(group, 0) + vote
    return {group: "component" if total > 0 else "matter" for group, total in sums.items() if total}


def _tell(staging: Staging, kinds: Sequence[str | None]) -> None:
    words = {"component": t("components"), "matter": t("matters")}
    for layer, kind in dict.fromkeys(zip(staging.values(LAYER), kinds, strict=True)):
        if kind is not None:
            staging.notes.append(t("{sheet} is read as rules of: {kind}", sheet=layer, kind=words[kind]))
