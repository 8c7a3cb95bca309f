from __future__ import annotations

from dataclasses import replace

import pytest

from gis.errors import NotFound, UsageError
from gis.models import DATASETS
from gis.registry import Registry
from layers.catalogue import (
    add_layer,
    catalogue_version,
    change_layer,
    get_layer,
    list_layers,
    publish,
    seed_layers,
    withdraw,
)
from layers.core import CORE_LAYERS, FORMER_PROPERTIES
from layers.layer import UNPUBLISHABLE, Layer
from layers.published import PublishedCatalogue


def broken_lamps(**changes: object) -> Layer:
    given = {
        "id": "broken-lamps",
        "dataset": "components",
        "title_zh": "破损路灯",
        "title_en": "Broken lamps",
        "filter": {"state": "破损", "class_code": ["0201", "0202"]},
        "properties": ("id", "name"),
    }
    return Layer(**(given | changes))  # type: ignore[arg-type]


def version(registry: Registry) -> tuple[int | str, ...]:
    with registry.connect() as connection:
        return catalogue_version(connection)


def test_untouched_layers_of_an_older_registry_get_the_columns_of_today(registry: Registry) -> None:
    seed_layers(registry)
    for layer_id, properties in FORMER_PROPERTIES.items():
        change_layer(registry, layer_id, lambda layer, kept=properties: replace(layer, properties=kept))
    publish(registry, "streets")
    change_layer(registry, "places", lambda layer: replace(layer, properties=("code", "name")))
    before = version(registry)
    seed_layers(registry)
    now = {layer.id: layer.properties for layer in list_layers(registry, public_only=False)}
    assert "zone_name" in now["addresses"]
    assert (now["places"], now["streets"]) == (("code", "name"), FORMER_PROPERTIES["streets"])
    after = version(registry)
    assert after[0] != before[0]
    seed_layers(registry)
    assert version(registry)[0] == after[0]


@pytest.mark.parametrize("layer", CORE_LAYERS, ids=lambda layer: layer.id)
def test_core_layers_are_sound_and_named_like_their_collections(layer: Layer) -> None:
    assert layer.checked().id == DATASETS[layer.dataset].collection
    assert not layer.public
    assert not UNPUBLISHABLE & set(layer.properties)
    assert layer.title_zh
    assert layer.title_en


def test_every_dataset_with_a_collection_has_a_core_layer() -> None:
    assert {layer.id for layer in CORE_LAYERS} == {d.collection for d in DATASETS.values() if d.collection}


def test_seeding_twice_keeps_what_was_changed(registry: Registry) -> None:
    seed_layers(registry)
    publish(registry, "components")
    seed_layers(registry)
    assert [layer.id for layer in list_layers(registry)] == ["components"]
    assert len(list_layers(registry, public_only=False)) == len(CORE_LAYERS)


def test_a_seeded_layer_reads_back_as_it_was_written(registry: Registry) -> None:
    seed_layers(registry)
    assert list_layers(registry, public_only=False) == list(CORE_LAYERS)


def test_layers_are_private_until_published_and_again_when_withdrawn(registry: Registry) -> None:
    seed_layers(registry)
    with pytest.raises(NotFound) as refusal:
        get_layer(registry, "components")
    assert refusal.value.value == "components"
    publish(registry, "components")
    assert get_layer(registry, "components").public
    withdraw(registry, "components")
    with pytest.raises(NotFound):
        get_layer(registry, "components")


def test_publishing_an_unknown_layer_names_those_there_are(registry: Registry) -> None:
    seed_layers(registry)
    with pytest.raises(NotFound) as refusal:
        publish(registry, "benches")
    assert "unit-grids" in str(refusal.value.expected)


def test_a_thematic_layer_is_added_once(registry: Registry) -> None:
    add_layer(registry, broken_lamps())
    assert get_layer(registry, "broken-lamps", public_only=False) == broken_lamps()
    with pytest.raises(UsageError):
        add_layer(registry, broken_lamps())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "Broken lamps"}, "id"),
        ({"dataset": "rules"}, "dataset"),
        ({"dataset": "benches"}, "dataset"),
        ({"properties": ("id", "colour")}, "properties"),
        ({"properties": ("id", "attributes")}, "properties"),
        ({"properties": ()}, "properties"),
        ({"filter": {"colour": "red"}}, "filter"),
        ({"min_zoom": 9, "max_zoom": 3}, "min_zoom"),
    ],
)
def test_an_unsound_layer_is_refused_by_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(UsageError) as refusal:
        broken_lamps(**changes).checked()
    assert refusal.value.field == field


def test_every_change_of_the_catalogue_changes_its_version(registry: Registry) -> None:
    versions = []

    def note() -> None:
        with registry.connect() as connection:
            versions.append(catalogue_version(connection))

    note()
    for change in (
        lambda: seed_layers(registry),
        lambda: publish(registry, "places"),
        lambda: withdraw(registry, "places"),
        lambda: add_layer(registry, broken_lamps()),
    ):
        change()
        note()
    assert len(set(versions)) == len(versions)


def test_a_running_server_sees_a_new_layer_within_the_interval(registry: Registry) -> None:
    seconds = [0.0]
    catalogue = PublishedCatalogue(registry, clock=lambda: seconds[0])
    assert catalogue.get().layers == {}
    add_layer(registry, broken_lamps(public=True))
    assert catalogue.fresh() is not None
    assert catalogue.get().layers == {}
    seconds[0] = 1.1
    assert catalogue.fresh() is None
    assert list(catalogue.get().layers) == ["broken-lamps"]


def test_the_catalogue_is_not_read_again_when_nothing_changed(registry: Registry) -> None:
    seconds = [0.0]
    catalogue = PublishedCatalogue(registry, clock=lambda: seconds[0])
    first = catalogue.get()
    seconds[0] = 5.0
    assert catalogue.get() is first


def test_titles_follow_the_language() -> None:
    from gis.text import language

    with language("en"):
        assert broken_lamps().title == "Broken lamps"
    with language("zh"):
        assert broken_lamps().title == "破损路灯"
        assert broken_lamps(title_zh="").title == "Broken lamps"
