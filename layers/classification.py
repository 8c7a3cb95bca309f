"""Classification (密级) of layers, data sets, rasters and reports.

The list is closed. It is the registry's setting ``classification_levels`` (JSON), or else this one: 公开
and 内部, and the three grades of the law on state secrets, which no network server may hand out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from gis.errors import UsageError
from gis.models import classifications, settings
from gis.text import current_language, t

SETTING = "classification_levels"
KINDS = ("dataset", "raster", "report")


@dataclass(frozen=True, slots=True)
class Level:
    """One level.

    Attributes
    ----------
    id : str
        What it is called in files and commands.
    title_zh, title_en : str
        What it is called by people.
    public : bool
        Whether what has it may be made public.
    served : bool
        Whether what has it may leave over HTTP at all, with a key.
    """

    id: str
    title_zh: str
    title_en: str
    public: bool = False
    served: bool = True

    @property
    def title(self) -> str:
        """The title in the current language."""
        return self.title_en if current_language() == "en" else self.title_zh


PUBLIC = Level("public", "公开", "Public", public=True)
INTERNAL = Level("internal", "内部", "Internal")
DEFAULT_LEVELS: Mapping[str, Level] = {
    level.id: level
    for level in (
        PUBLIC,
        INTERNAL,
        Level("secret", "秘密", "Secret", served=False),
        Level("confidential", "机密", "Confidential", served=False),
        Level("top-secret", "绝密", "Top secret", served=False),
    )
}


def read_levels(connection: Connection) -> Mapping[str, Level]:
    """Return the levels of a registry by their identifiers, least restricted first.

    Raises
    ------
    UsageError
        If the setting is not a list of levels, or lacks ``public`` or ``internal``.
    """
    text = connection.scalar(select(settings.c.value).where(settings.c.key == SETTING))
    return DEFAULT_LEVELS if not text else parse_levels(text)


def parse_levels(text: str) -> Mapping[str, Level]:
    """Read the setting: a JSON list of objects with the attributes of :class:`Level`.

    Raises
    ------
    UsageError
        See :func:`read_levels`.
    """
    try:
        listed = [_level(one) for one in orjson.loads(text)]
    except (orjson.JSONDecodeError, TypeError):
        listed = []
    levels = {level.id: level for level in listed}
    if len(levels) != len(listed) or not {PUBLIC.id, INTERNAL.id} <= levels.keys():
        raise UsageError(
            t("The setting {name} is no list of levels", name=SETTING),
            field=SETTING,
            value=text[:200],
            expected='[{"id": "public", "title_zh": "…", "title_en": "…", "public": true}, …]',
        )
    return levels


def level_named(levels: Mapping[str, Level], name: str) -> Level:
    """Return a level by its identifier or one of its titles.

    Raises
    ------
    UsageError
        If there is no such level.
    """
    for level in levels.values():
        if name in (level.id, level.title_zh, level.title_en):
            return level
    raise UsageError(
        t("There is no classification {level}", level=repr(name)),
        field="classification",
        value=name,
        expected=", ".join(f"{level.id} ({level.title})" for level in levels.values()),
    )


def classify(connection: Connection, kind: str, name: str, level: str) -> None:
    """Give a data set, raster or report a classification.

    Parameters
    ----------
    connection : Connection
        In a transaction that writes.
    kind : str
        ``dataset``, ``raster`` or ``report``.
    name : str
        Which one.
    level : str
        Identifier or title of a level.

    Raises
    ------
    UsageError
        If the kind or the level does not exist.
    """
    if kind not in KINDS:
        raise UsageError(
            t("{kind} carries no classification", kind=repr(kind)),
            field="kind",
            value=kind,
            expected=", ".join(KINDS),
        )
    chosen = level_named(read_levels(connection), level)
    same = (classifications.c.kind == kind, classifications.c.name == name)
    connection.execute(delete(classifications).where(*same))
    connection.execute(insert(classifications).values(kind=kind, name=name, level=chosen.id))


def read_classifications(connection: Connection, kind: str) -> dict[str, Level]:
    """Return what of a kind somebody classified; everything else is internal."""
    levels = read_levels(connection)
    rows = connection.execute(
        select(classifications.c.name, classifications.c.level).where(classifications.c.kind == kind)
    )
    # A level that is not on the list any more restricts all the same
    return {name: levels.get(level) or Level(level, level, level, served=False) for name, level in rows}


def _level(given: Any) -> Level:
    level = Level(**given)
    words = (level.id, level.title_zh, level.title_en)
    if not all(isinstance(word, str) and word for word in words) or level.public > level.served:
        raise TypeError(given)
    return level
