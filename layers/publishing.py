"""What may be made public, and why something may not."""

from __future__ import annotations

from collections.abc import Mapping

from gis.errors import UsageError
from gis.text import t
from layers.classes import RefusedClass, refused_by, refused_classes
from layers.classification import INTERNAL, Level, level_named
from layers.layer import Layer
from layers.views import public_view


def check_public(layer: Layer, levels: Mapping[str, Level], dataset_level: Level | None = None) -> None:
    """Refuse to make a layer public that may not be.

    Parameters
    ----------
    layer : Layer
        With the public profile it is to have.
    levels : mapping
        Classifications by identifier.
    dataset_level : Level, optional
        Classification of its dataset, where somebody classified it.

    Raises
    ------
    UsageError
        If its dataset is published in no collection, its classification or that of its dataset forbids
        it, it names a class that is never public, or nothing of it would be shown.
    """
    if layer.source.collection is None:
        raise _refusal(layer, "dataset", layer.dataset, t("a dataset that is a collection"))
    level = level_named(levels, layer.classification or "public")
    if not level.public:
        public = ", ".join(one.title for one in levels.values() if one.public)
        raise _refusal(layer, "classification", level.title, public)
    _check_dataset(layer, dataset_level or INTERNAL, classified=dataset_level is not None)
    for selector in layer.profile.classes or ():
        refused = refused_by(selector)
        if refused is not None:
            raise _class_refusal(layer, refused)
    own = [refused_by(selector) for selector in layer.classes]
    if own and all(own) and own[0] is not None:
        raise _class_refusal(layer, own[0])
    if not public_view(layer).properties:
        raise _refusal(layer, "properties", ", ".join(layer.properties), t("a property that may be public"))


def left_out(layer: Layer) -> list[RefusedClass]:
    """Return the classes that the public does not see of a layer of components, as they are never public."""
    if not layer.has_classes or layer.profile.classes is not None:
        return []
    if not layer.classes:
        return list(refused_classes().values())
    return [
        refused
        for selector, refused in refused_classes().items()
        if any(selector.startswith(one) or one.startswith(selector) for one in layer.classes)
    ]


def _check_dataset(layer: Layer, level: Level, *, classified: bool) -> None:
    """What was classified whole is public only in a part that somebody chose."""
    if not level.served or (classified and not level.public and layer.profile.properties is None):
        raise _refusal(
            layer,
            "dataset",
            f"{layer.dataset} ({level.title})",
            t("a public profile that says which properties are shown") if level.served else None,
        )


def _class_refusal(layer: Layer, refused: RefusedClass) -> UsageError:
    return UsageError(
        t(
            "Layer {layer} cannot be public: class {code} {name} is never public ({reason})",
            layer=layer.id,
            code=refused.selector,
            name=refused.name,
            reason=refused.reason,
        ),
        field="classes",
        value=refused.selector,
        expected=t("classes of other things than gas, power, surveillance and civil defence"),
    )


def _refusal(layer: Layer, field: str, value: object, expected: object) -> UsageError:
    return UsageError(
        t("Layer {layer} cannot be public: its {field} is {value}", layer=layer.id, field=field, value=value),
        field=field,
        value=value,
        expected=None if expected is None else str(expected),
    )
