"""Read who has to act (处置单位, 责任主体) in a city's case table: named units and roles."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from responsibility.organisations import Organisation, Organisations

_PLACE = r"(?:各|所属|属地|所在地?|辖区|当地|相关|有关|由)*"
_BODY = r"(?:部门|单位|机构|公司|企业)"

# How cities name a line of business in a list of units, and the line's own name.
LINES = {
    "园林绿化": "绿化",
    "环卫": "环卫",
    "环境卫生": "环卫",
    "保洁": "环卫",
    "绿化": "绿化",
    "园林": "绿化",
    "市政": "市政",
    "路灯": "照明",
    "照明": "照明",
    "排水": "排水",
}

_ROLES = (
    ("area", re.compile(rf"{_PLACE}(?P<line>{'|'.join(LINES)})(?:养护|管护|管理|作业|运维|保洁)*{_BODY}")),
    ("owner", re.compile(rf"{_PLACE}(?:产权|权属|所有权)(?:{_BODY}|人)")),
    ("maintainer", re.compile(rf"{_PLACE}(?:养护|管护|维护|管养|运维|运行维护|养护管理)(?:责任)?{_BODY}")),
    ("authority", re.compile(rf"{_PLACE}(?:行业|行政|业务)?主管{_BODY}")),
    ("street", re.compile(rf"{_PLACE}(?:街办|街道|街道办|街道办事处|乡镇|街镇|镇街|乡镇街道|镇办)")),
    (
        "enforcement",
        re.compile(rf"{_PLACE}(?:城市管理|城管|综合|行政)*执法(?:{_BODY}|队伍?|大队|中队|局)?"),
    ),
    ("district", re.compile(rf"{_PLACE}(?:区|县|区县|县区|县市区)?(?:人民)?(?:政府|管委会)")),
)

_LEAD = re.compile(r"牵头|主办|主责")
_ASSIST = re.compile(r"配合|协办|协同|协助|会同|联合|共同")
_EITHER = re.compile(r"或者?")
# Not inside brackets, where a comma belongs to the name: 市政中心(排水、路灯).
_SEPARATOR = re.compile(r"(?:[、,;/\n\r]|或者?|会同|(?<=牵头)|(?<=主办))+(?![^()]*\))")
_NOTE = re.compile(
    r"^由|[(]?(?:牵头|主办|主责|配合|协办|协同|协助|联合|共同)(?:单位|处置|负责|处理)?[)]?|(?:负责|处置|处理)$"
)


@dataclass(frozen=True, slots=True)
class Party:
    """One entry of a list of responsible units.

    Attributes
    ----------
    role : str
        ``fixed``, or what is resolved per case: ``owner``, ``maintainer``, ``authority`` from the
        component, ``street``, ``enforcement``, ``district`` from the place, ``area`` from the
        areas of a line of business.
    text : str
        The wording of the table.
    code : str or None
        The organisation of a ``fixed`` party (None: named but not known), or the government a
        ``district`` party is limited to.
    line : str or None
        Line of business of an ``area`` party.
    """

    role: str
    text: str
    code: str | None = None
    line: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the party as it is stored with the rule."""
        return asdict(self)


def parse_parties(text: str | None, organisations: Organisations) -> list[Party]:
    """Turn the wording of a table into parties.

    A wording that is the name of an organisation is that organisation. Anything that is neither a
    role nor a known name is a ``fixed`` party without a code.

    Parameters
    ----------
    text : str or None
        ``各产权单位、所属街办``, ``市政中心牵头，属地街道办配合`` …
    organisations : Organisations
        The organisations of the registry.

    Returns
    -------
    list of Party
        In the order of the text, a unit that leads (牵头) first.
    """
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if not plain:
        return []
    if organisations.find(plain):
        return [_party(plain, organisations)]
    entries = [entry.strip() for entry in _SEPARATOR.split(plain)]
    entries = [entry for entry in entries if _without_notes(entry)]
    entries.sort(key=lambda entry: not _LEAD.search(entry))
    return list(dict.fromkeys(_party(entry, organisations) for entry in entries))


def parse_mode(text: str | None) -> str:
    """Say how the units of a wording share the work.

    Returns
    -------
    str
        ``joint`` where one leads or others assist (牵头, 配合), ``alternatives`` where one of
        several is meant (或), else ``ordered``: the first that can be told.
    """
    if text and (_LEAD.search(text) or _ASSIST.search(text)):
        return "joint"
    return "alternatives" if text and _EITHER.search(text) else "ordered"


def parties_to_json(parties: Iterable[Party]) -> str:
    """Return parties as they are stored in ``rules.acting`` and ``rules.supervising``."""
    return json.dumps([party.to_dict() for party in parties], ensure_ascii=False)


def parties_from_json(text: str | None) -> list[Party]:
    """Read ``rules.acting`` or ``rules.supervising``."""
    return [Party(**entry) for entry in json.loads(text)] if text else []


def _party(entry: str, organisations: Organisations) -> Party:
    wording = _without_notes(entry)
    unit = organisations.find(wording)
    if unit is not None:
        return Party(role=_role_of_named(wording, unit), text=entry, code=unit.code)
    for role, pattern in _ROLES:
        match = pattern.fullmatch(wording)
        if match:
            return Party(role=role, text=entry, line=LINES[match["line"]] if role == "area" else None)
    return Party(role="fixed", text=entry)


def _role_of_named(wording: str, unit: Organisation) -> str:
    """Tell a government, which acts in its own district only, from any other named unit."""
    governs = "government" in unit.types and unit.division_code is not None
    return "district" if governs and wording.endswith(("政府", "管委会")) else "fixed"


def _without_notes(entry: str) -> str:
    return _NOTE.sub("", entry).strip(" :()")
