"""Layers as documents: what the interface takes and gives, what definition files and themes hold.

A definition names a dataset and, where it is not all of it, classes or a filter; everything else is
taken from the layer that the registry has of the whole dataset.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from gis.errors import UsageError
from gis.models import DATASETS, dataset_of_collection
from gis.text import Text, t
from layers.core import CORE_LAYERS
from layers.cql2 import layer_condition
from layers.layer import Layer
from layers.profile import PublicProfile

#: Layers of a city come after those every registry is born with.
FIRST_POSITION = 1000

MAX_FILE = 10_000_000

_TEXTS = ("title_zh", "title_en", "description_zh", "description_en")
_OPTIONAL = ("cql2", "style_id", "classification")
_LISTS = ("properties", "classes", "roles")
_OBJECTS = ("filter", "style", "metadata")
_NUMBERS = ("min_zoom", "max_zoom", "position")

Document = Mapping[str, Any]


def new_layer(given: Document) -> Layer:
    """Make a layer of its definition; it is not public yet.

    Parameters
    ----------
    given : mapping
        The members of :func:`document_of`; ``id`` and ``dataset`` (or ``collection``) have to be there.

    Returns
    -------
    Layer

    Raises
    ------
    UsageError
        If a member is missing, unknown or not what it should be.
    """
    dataset = _dataset(given)
    whole = next((one for one in CORE_LAYERS if one.dataset == dataset), None)
    base = Layer(
        id=_text("id", given.get("id")),
        dataset=dataset,
        title_zh="",
        title_en="",
        properties=whole.properties if whole else (),
        style=whole.style if whole else {},
        min_zoom=whole.min_zoom if whole else 0,
        position=FIRST_POSITION,
    )
    rest = {name: value for name, value in given.items() if name not in ("id", "dataset", "collection")}
    layer = changed_layer(base, rest)
    if not (layer.title_zh or layer.title_en):
        raise _refusal("title_zh", "", t("a title in one language at least"))
    return layer


def changed_layer(layer: Layer, changes: Document) -> Layer:
    """Return a layer with some members replaced.

    Raises
    ------
    UsageError
        If a member is unknown, cannot be changed, or is not what it should be.
    """
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in _READERS:
            raise _refusal(name, value, ", ".join(_READERS))
        values["profile" if name == "public_profile" else name] = _READERS[name](name, value)
    changed = replace(layer, **values).checked()
    layer_condition(changed)
    return changed


def document_of(layer: Layer) -> dict[str, Any]:
    """Return a layer as a document, from which it can be made again."""
    document: dict[str, Any] = {
        "id": layer.id,
        "dataset": layer.dataset,
        "collection": layer.source.collection,
    }
    document |= {name: getattr(layer, name) for name in (*_TEXTS, *_OPTIONAL, *_NUMBERS)}
    document |= {name: list(getattr(layer, name)) for name in _LISTS}
    document |= {name: dict(getattr(layer, name)) for name in _OBJECTS}
    return document | {"public": layer.public, "public_profile": layer.profile.to_dict()}


def read_definitions(path: Path) -> list[Layer]:
    """Read a file of definitions.

    Parameters
    ----------
    path : Path
        ``.json``: a list of documents. ``.csv``: a row each, lists separated by ``;``, objects as JSON.

    Returns
    -------
    list of Layer

    Raises
    ------
    UsageError
        If the file cannot be read, or a definition cannot be used; it says which one.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise _refusal(path.name, path.stat().st_size, f"<= {MAX_FILE}")
        text = path.read_text("utf-8-sig")
        documents = _rows(text) if path.suffix.lower() == ".csv" else orjson.loads(text)
    except (OSError, UnicodeDecodeError, orjson.JSONDecodeError, csv.Error) as error:
        raise _unreadable(path, str(error)) from None
    if not isinstance(documents, list) or not all(isinstance(one, dict) for one in documents):
        raise _unreadable(path, '[{"id": "…", "dataset": "…"}]')
    return [_numbered(number, one) for number, one in enumerate(documents, start=1)]


def _rows(text: str) -> list[dict[str, Any]]:
    return [
        {name: _cell(name, value) for name, value in row.items() if name and value}
        for row in csv.DictReader(text.splitlines())
    ]


def _cell(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        raise csv.Error(f"{name}: {value}")
    if name in _LISTS:
        return [part.strip() for part in value.split(";")]
    if name in (*_OBJECTS, *_NUMBERS, "public_profile"):
        return orjson.loads(value)
    return value


def _numbered(number: int, document: Document) -> Layer:
    try:
        return new_layer(document)
    except UsageError as error:
        error.message = t("Definition {number}: {message}", number=number, message=error.message)
        raise


def _dataset(given: Document) -> str:
    name = given.get("dataset") or given.get("collection")
    found = dataset_of_collection(name) if isinstance(name, str) else None
    if found is not None:
        return found.name
    if isinstance(name, str) and name in DATASETS:
        return name
    raise _refusal("dataset", name, ", ".join(one for one, of in DATASETS.items() if of.collection))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refusal(name, value, '"…"')
    return value


def _optional(name: str, value: Any) -> str | None:
    return None if value is None or value == "" else _text(name, value)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _refusal(name, value, '["…"]')
    return tuple(dict.fromkeys(value))


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refusal(name, value, "{…}")
    return value


def _filter(name: str, value: Any) -> dict[str, Any]:
    for column, wanted in _object(name, value).items():
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed or not all(isinstance(one, (str, int, float, bool)) for one in listed):
            raise _refusal(f"filter.{column}", wanted, '"…", ["…"]')
    return dict(value)


def _number(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1_000_000:
        raise _refusal(name, value, "0..1000000")
    return value


def _profile(name: str, value: Any) -> PublicProfile:
    return PublicProfile.from_dict(_object(name, value or {}))


_READERS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_OPTIONAL, _optional),
    **dict.fromkeys(_LISTS, _texts),
    **dict.fromkeys(_OBJECTS, _object),
    **dict.fromkeys(_NUMBERS, _number),
    "filter": _filter,
    "public_profile": _profile,
}


def _refusal(field: str, value: Any, expected: Text | str) -> UsageError:
    return UsageError(
        t("{field} of a layer cannot be {value}", field=field, value=repr(value)[:200]),
        field=field,
        value=value,
        expected=expected,
    )


def _unreadable(path: Path, why: str) -> UsageError:
    return UsageError(
        t("{path} holds no definitions of layers: {why}", path=path.name, why=why),
        field="FILE",
        value=str(path),
        expected='.json: [{"id": "…", "dataset": "…"}], .csv: id,dataset,title_zh,…',
    )
