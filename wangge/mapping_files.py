"""Mapping files (对照文件): how the columns and values of a foreign table become fields of a dataset."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gis.errors import UsageError
from gis.text import Text, t

_TABLES = ("field", "set", "values")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a mapping file says.

    Attributes
    ----------
    fields : dict
        Target field to source column, empty for none; the table ``[field]``.
    constants : dict
        Target field to the value of every row; ``[set]``.
    words : dict
        Target field to counterparts of the values of its column; ``[values.FIELD]``.
    """

    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


def read_mapping(path: Path | None) -> Mapping:
    """Read a mapping file; without one nothing is said.

    Raises
    ------
    UsageError
        The file cannot be read, or holds something else.
    """
    if path is None:
        return Mapping()
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = t("The mapping file {path} cannot be read: {reason}", path=str(path), reason=str(error))
        raise _refusal(reason, path) from error
    for table in content.keys() - set(_TABLES):
        raise _refusal(t("The mapping file {path} has {name}", path=str(path), name=f"[{table}]"), path)
    words = _table(path, "values", content.get("values", {}))
    return Mapping(
        _texts(path, "field", content.get("field", {})),
        _texts(path, "set", content.get("set", {})),
        {target: _texts(path, f"values.{target}", table) for target, table in words.items()},
    )


def _texts(path: Path, name: str, table: Any) -> dict[str, str]:
    """Return a table of texts and numbers as texts."""
    texts = {}
    for key, value in _table(path, name, table).items():
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            entry = f"[{name}] {key} = {value}"
            raise _refusal(t("The mapping file {path} has {name}", path=str(path), name=entry), path)
        texts[key] = str(value)
    return texts


def _table(path: Path, name: str, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        entry = f"{name} = {content}"
        raise _refusal(t("The mapping file {path} has {name}", path=str(path), name=entry), path)
    return content


def _refusal(message: Text, path: Path) -> UsageError:
    return UsageError(
        message,
        field="--map",
        value=str(path),
        expected=t("a TOML file with the tables [field], [set] and [values.FIELD], of texts in quotes"),
    )
