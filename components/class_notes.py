"""The remarks of the class tables in words for people; what a city wrote stays as it is."""

from __future__ import annotations

import re

from gis.text import Text, t

_NOTES: dict[str, Text] = {
    "code 99 may be a local catch-all": t("code 99 may be a city's own"),
    "number inferred from the neighbouring editions": t("number inferred from the neighbouring editions"),
    "name seen, number inferred": t("name seen, number inferred"),
    "name and number inferred from the 2026 edition": t("name and number inferred from 2026"),
    "name and major class seen, number inferred": t("name and major class seen, number inferred"),
    "2026 edition: 安全岛": t("called 安全岛 in 2026"),
    "not in the 2026 edition": t("not in the edition 2026"),
    "not a matter in 2026 (part 6, monitoring, may cover it)": t(
        "not a matter in 2026; part 6 (monitoring) may cover it"
    ),
    "placed under 其他部件 (05 06/07/08) in the 2013 edition": t("under 其他部件 in 2013"),
    "abnormality of the component with the same code": t("what is wrong with the component of this code"),
    "was in 其他事件 (06 02) in the 2013 edition": t("under 其他事件 (06 02) in 2013"),
    "was in 突发事件 (05) in the 2013 edition": t("under 突发事件 (05) in 2013"),
}
_COUNTERPART = re.compile(r"2026: \d{5}")
_INFERRED = re.compile(r"inferred from 2026 code (?P<code>\d{5}); name may differ in 2013")
_DROPPED = re.compile(r"dropped in 2026 \(gap (?P<code>\d{5})\)")
_FILLS = re.compile(r"inferred: fills gap (?P<code>\d{5}); a name known from other lists")


def note_in_words(note: str | None) -> Text | str | None:
    """Return a remark for people; None for one that only repeats what the crosswalk says.

    Parameters
    ----------
    note : str or None
        Of a class, see :class:`components.class_info.ClassInfo`.
    """
    if note is None or _COUNTERPART.fullmatch(note):
        return None
    if match := _INFERRED.fullmatch(note):
        return t("inferred from {code} of 2026; the name may have been another", code=match["code"])
    if match := _DROPPED.fullmatch(note):
        return t("dropped in 2026, the number {code} left free", code=match["code"])
    if match := _FILLS.fullmatch(note):
        return t(
            "inferred: would fill the free number {code}; the name is in other lists", code=match["code"]
        )
    return _NOTES.get(note, note)
