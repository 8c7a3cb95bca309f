"""Read who has to act (处置单位, 责任主体) in a city's case table: named units and roles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from responsibility.organisations import Organisation, Organisations
from responsibility.wordings import Entry, entries_of, mode_of, plain_wording

_OF_PLACES = frozenset({"government", "street"})
_COUNTY_DIGITS = 6

_PLACE = r"(?:各级|各|所属|所在地?|属地|辖区|所辖|当地|事发地|相关|相应|有关|对应|的)*"
_BODY = r"(?:责任)?(?:部门|单位|机构|公司|企业)"
_THING = r"(?:管线|设施|设备|部件|井盖|建筑物?|场所|道路)*"

# How cities name a line of business in a list of units, and the line's own name.
LINES = {
    "园林绿化": "绿化",
    "环境卫生": "环卫",
    "环卫": "环卫",
    "保洁": "环卫",
    "清扫": "环卫",
    "绿化": "绿化",
    "园林": "绿化",
    "市政设施": "市政",
    "市政": "市政",
    "路灯": "照明",
    "照明": "照明",
    "亮化": "照明",
    "排水": "排水",
    "河道": "河道",
    "公园": "公园",
    "物业服务": "物业",
    "物业": "物业",
}

_ROLES = (
    (
        "area",
        re.compile(
            rf"{_PLACE}(?P<line>{'|'.join(LINES)})(?:养护|管护|管理|作业|运维|维护|保洁|承包|服务)*{_BODY}"
        ),
    ),
    (
        "owner",
        re.compile(rf"{_PLACE}{_THING}(?:(?:产权|权属|所有权)(?:所有|归属)?(?:{_BODY}|人|者)|所有人|业主)"),
    ),
    (
        "maintainer",
        re.compile(rf"{_PLACE}{_THING}(?:日常)?(?:养护|管护|维护|维修|管养|运维|运行|运营|管理)+{_BODY}"),
    ),
    ("authority", re.compile(rf"{_PLACE}(?:行业|行政|业务)?(?:主管|监管){_BODY}")),
    (
        "street",
        re.compile(
            rf"{_PLACE}(?:街道办事处|街道办|街办|街道|街|乡镇人民政府|乡镇政府|镇人民政府|乡人民政府|镇政府|乡政府"
            r"|乡镇|镇办|镇|乡|办事处)+"
        ),
    ),
    (
        "enforcement",
        re.compile(rf"{_PLACE}(?:城市管理|城管|综合|行政)*执法(?:{_BODY}|队伍?|支队|大队|中队|局|人员)?"),
    ),
    (
        "district",
        re.compile(
            rf"{_PLACE}(?:区|县|市|区县|县区|县市区|区市县|开发区)?(?:人民政府|政府|管委会|管理委员会)+"
        ),
    ),
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
        The organisation of a ``fixed`` party (None: named but not known), or the government or street
        office whose own district a ``district`` party is limited to.
    line : str or None
        Line of business of an ``area`` party.
    condition : str or None
        Where or when it is this one of several, as written (主次干道).
    """

    role: str
    text: str
    code: str | None = None
    line: str | None = None
    condition: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the party as it is stored with the rule."""
        stored = asdict(self)
        if self.condition is None:
            del stored["condition"]
        return stored


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
        In the order of the text, a unit that leads (牵头) first, one that assists (配合) last.
    """
    return list(dict.fromkeys(_party(entry, organisations) for entry in _entries(text, organisations)))


def parse_mode(text: str | None, organisations: Organisations | None = None) -> str:
    """Say how the units of a wording share the work.

    Returns
    -------
    str
        ``joint`` where one leads or others assist (牵头, 配合), ``alternatives`` where one of
        several is meant (或, 按职责分工, or each on a condition), else ``ordered``: the first that can be
        told.
    """
    known = organisations or Organisations([])
    return mode_of(text, [] if known.find(plain_wording(text)) else _entries(text, known))


def parties_to_json(parties: Iterable[Party]) -> str:
    """Return parties as they are stored in ``rules.acting`` and ``rules.supervising``."""
    return json.dumps([party.to_dict() for party in parties], ensure_ascii=False)


def parties_from_json(text: str | None) -> list[Party]:
    """Read ``rules.acting`` or ``rules.supervising``."""
    return [Party(**entry) for entry in json.loads(text)] if text else []


def _entries(text: str | None, organisations: Organisations) -> list[Entry]:
    return entries_of(text, lambda wording: _is_known(wording, organisations))


def _is_known(wording: str, organisations: Organisations) -> bool:
    return organisations.find(wording) is not None or _role(wording) is not None


def _role(wording: str) -> tuple[str, str | None] | None:
    """Return the role of a wording, and the line of business of an area."""
    # 街道(乡镇) is 街道 or 乡镇, and blanks come from breaks within a name
    plain = re.sub(r"[()、\s/]", "", wording)
    for role, pattern in _ROLES:
        match = pattern.fullmatch(plain)
        if match:
            return role, LINES[match["line"]] if role == "area" else None
    return None


def _party(entry: Entry, organisations: Organisations) -> Party:
    unit = organisations.find(entry.wording)
    if unit is not None:
        return Party(_role_of_named(unit), entry.text, unit.code, condition=entry.condition)
    understood = _role(entry.wording)
    if understood is None:
        # its text is the name it goes by
        return Party("fixed", entry.wording, condition=entry.condition)
    role, line = understood
    return Party(role, entry.text, line=line, condition=entry.condition)


def _role_of_named(unit: Organisation) -> str:
    """Tell a government or street office, which acts in its own district only, from any other named unit."""
    division = unit.division_code or ""
    return (
        "district" if len(division) >= _COUNTY_DIGITS and not _OF_PLACES.isdisjoint(unit.types) else "fixed"
    )
