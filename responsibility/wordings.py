"""Take the wording of a list of units apart: who leads, who assists, on what condition.

``市政中心牵头，属地街道办配合``, ``牵头单位：市政中心``, ``环卫所（园林处配合）`` and lists one below
another say the same thing differently. What a single wording means is not decided here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

Known = Callable[[str], bool]
"""Tells whether a wording is understood as one unit or role."""

_LEAD = re.compile(r"牵头|主办|主责|第一责任|为主")
_ASSIST = re.compile(r"配合|协办|协同|协助|会同|联合|共同|辅助|为辅")
_EITHER = re.compile(r"或者?|按照?各?自?职责|根据职责|依职责|分别负责")

# ① ⑴ ⒈ ❶ ㈠ before an entry.
_ITEM_SIGNS = re.compile("[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289]")
_NUMBERED = re.compile(r"^\s*(?:\(?\d{1,2}[).、]|\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、)\s*")
_OUTSIDE = r"(?![^()]*\))"
_CLAUSES = re.compile(rf"[;。]+{_OUTSIDE}")
# Not inside brackets, where a comma belongs to the name: 市政中心(排水、路灯).
_SEPARATOR = re.compile(rf"(?:[、,/+]|或者?|以及|会同|联合|(?<=牵头)|(?<=主办)|(?<=为主))+{_OUTSIDE}")
_AND = re.compile(rf"[和与及]{_OUTSIDE}")
_LABEL = re.compile(r"^(?P<label>[^:()]{1,24}):\s*(?P<rest>.*)$", re.DOTALL)
_PLAIN_LABEL = re.compile(
    r"(?:责任|处置|承办|作业|实施)?(?:单位|主体|部门)|第?[一二三]?责任(?:单位|主体|部门)"
)
_BRACKET = re.compile(r"\((?P<inside>[^()]*)\)")
_NOTE = re.compile(
    r"^(?:由|请|以)(?=.{2})"
    r"|(?:(?:负责)?(?:牵头|主办|主责|配合|协办|协同|协助|联合|共同|为主|为辅)(?:单位|处置|负责|处理|实施)*)$"
    r"|^(?:牵头|主办|主责|配合|协办|协同|协助)(?:单位|部门)?"
    r"|(?:(?:按照?各?自?|根据|依)职责(?:分工)?|分别)?(?:负责|处置|处理|实施|办理|承担)?$"
)
_OPEN_END = re.compile(r"等(?:相关|有关|各)?(?:责任|职能)?(?:单位|部门)?$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit of a list.

    Attributes
    ----------
    text : str
        As written.
    wording : str
        Without words of leading, assisting and acting.
    condition : str or None
        Where or when it is this unit: 主次干道, 城区.
    leads, assists : bool
        Whether the words say so.
    """

    text: str
    wording: str
    condition: str | None = None
    leads: bool = False
    assists: bool = False


def plain_wording(text: str | None) -> str:
    """Bring a wording to the form it is read in: width aside, each signed item on a line of its own."""
    return unicodedata.normalize("NFKC", _ITEM_SIGNS.sub("\n", text or "")).strip()


def entries_of(text: str | None, known: Known) -> list[Entry]:
    """Take a list of units apart.

    Parameters
    ----------
    text : str or None
        The cell.
    known : callable
        Tells whether a wording is one unit or role. A line break or 和 is taken as a separator only where
        the whole is not understood.

    Returns
    -------
    list of Entry
        In the order of the text, those that lead first and those that assist last.
    """
    plain = plain_wording(text)
    if not plain:
        return []
    if known(plain):
        return [Entry(plain, plain)]
    found = [entry for clause in _clauses(plain) for entry in _entries(clause, known)]
    entries = list(dict.fromkeys(entry for entry in found if entry.wording))
    return sorted(entries, key=lambda entry: (not entry.leads, entry.assists))


def mode_of(text: str | None, entries: list[Entry]) -> str:
    """Say how units share the work: ``joint``, ``alternatives`` or ``ordered``."""
    plain = plain_wording(text)
    if _LEAD.search(plain) or _ASSIST.search(plain):
        return "joint"
    either = _EITHER.search(plain) or any(entry.condition for entry in entries)
    return "alternatives" if either else "ordered"


def is_open(text: str | None) -> bool:
    """Tell whether a list says that others may be meant too (等单位)."""
    return any(_OPEN_END.search(_BRACKET.sub("", part).strip()) for part in _parts(plain_wording(text)))


def _parts(plain: str) -> Iterator[str]:
    for clause in _clauses(plain):
        yield from _SEPARATOR.split(clause)


def _clauses(plain: str) -> Iterator[str]:
    """Split at semicolons, and at line breaks before a label or the number of an item."""
    for clause in _CLAUSES.split(plain):
        lines: list[str] = []
        for line in clause.splitlines():
            bare = _NUMBERED.sub("", line)
            begins = bare != line or _LABEL.match(bare) or not lines
            if begins:
                lines.append(bare)
            else:
                lines[-1] += "\n" + line
        yield from (line for line in lines if line.strip())


def _entries(clause: str, known: Known) -> Iterator[Entry]:
    label, rest = _label(clause)
    leads, assists = bool(_LEAD.search(label)), bool(_ASSIST.search(label))
    condition = None if leads or assists or _PLAIN_LABEL.fullmatch(label) or not label else label
    for part in _SEPARATOR.split(rest):
        for token in _tokens(part.strip(), known):
            for entry in _bracketed(token, known):
                yield replace(
                    entry,
                    text=f"{label}:{entry.text}" if condition else entry.text,
                    condition=entry.condition or condition,
                    leads=entry.leads or leads,
                    assists=entry.assists or assists,
                )


def _label(clause: str) -> tuple[str, str]:
    match = _LABEL.match(clause.strip())
    named = match is not None and any(_wording(part) for part in _SEPARATOR.split(match["rest"]))
    return (match["label"].strip(), match["rest"]) if match and named else ("", clause)


def _tokens(part: str, known: Known) -> Iterator[str]:
    """Split a part at its line breaks, keeping lines together that are one name only when joined."""
    lines = [line.strip() for line in part.splitlines() if line.strip()]
    while lines:
        take = next(
            (n for n in range(len(lines), 1, -1) if known(_wording("".join(lines[:n])))),
            1,
        )
        yield from _pair("".join(lines[:take]), known)
        lines = lines[take:]


def _pair(token: str, known: Known) -> Iterator[str]:
    """Split ``A和B`` where both are known and the whole is not."""
    halves = [half.strip() for half in _AND.split(token)]
    apart = len(halves) > 1 and not known(_wording(token)) and all(known(_wording(half)) for half in halves)
    yield from halves if apart else [token]


def _bracketed(token: str, known: Known) -> Iterator[Entry]:
    """Read what stands in brackets: who assists, or a condition; else it belongs to the name."""
    bare = _BRACKET.sub("", token).strip()
    inside = "、".join(match["inside"].strip() for match in _BRACKET.finditer(token))
    if not inside or not bare or known(_wording(token)):
        yield from _by_agent(token, known)
        return
    names = _wording(inside)
    if not names:
        yield replace(_entry(token), wording=_wording(bare))
    elif _ASSIST.search(inside) or _LEAD.search(inside):
        # 环卫所(园林处、街道办配合): the unit outside has the other part
        yield Entry(bare, _wording(bare), leads=bool(_ASSIST.search(inside)))
        for part in _SEPARATOR.split(inside):
            yield Entry(
                part.strip(), _wording(part), None, bool(_LEAD.search(inside)), bool(_ASSIST.search(inside))
            )
    elif known(_wording(bare)):
        yield from _on_conditions(token, bare, inside, known)
    else:
        yield from _by_agent(token, known)


def _on_conditions(token: str, bare: str, inside: str, known: Known) -> Iterator[Entry]:
    """Read ``产权单位(无主的由属地街道)`` as two units, ``市政中心(主次干道)`` as one on a condition."""
    others = [entry for entry in _by_agent(inside, known) if entry.condition]
    yield Entry(bare if others else token, _wording(bare), condition=None if others else inside)
    yield from others


def _by_agent(token: str, known: Known) -> Iterator[Entry]:
    """Read ``城区由环卫所负责``: a condition and who acts on it."""
    condition, by, agent = token.partition("由")
    if by and condition.strip() and not known(_wording(token)) and known(_wording(agent)):
        yield replace(_entry(token), wording=_wording(agent), condition=condition.strip())
    else:
        yield _entry(token)


def _entry(token: str) -> Entry:
    outside = _BRACKET.sub("", token)
    signs = token if not _wording(outside) or _BRACKET.search(token) else outside
    return Entry(token, _wording(token), leads=bool(_LEAD.search(signs)), assists=_only_assists(signs))


def _only_assists(text: str) -> bool:
    return bool(re.search(r"(?:配合|协办|协助|辅助|为辅)", text)) and not _LEAD.search(text)


def _wording(token: str) -> str:
    """Return a name without the words of leading, assisting and acting around it."""
    wording = token.strip()
    previous = None
    while wording != previous:
        previous = wording
        wording = _NOTE.sub("", _OPEN_END.sub("", wording)).strip(
            " :,、()" if _unpaired(wording) else " :,、"
        )
    return wording


def _unpaired(text: str) -> bool:
    return text.count("(") != text.count(")") or not _BRACKET.sub("", text).strip()
