"""What may be public: classifications, classes that never are, profiles that choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import insert

from components.catalogue import SHIPPED
from gis.errors import NotFound, UsageError
from gis.models import settings
from gis.registry import Registry
from layers.access import ANONYMOUS
from layers.catalogue import add_layer, get_layer, list_layers, publish, remove_layer, seed_layers, withdraw
from layers.classes import refused_by, refused_classes
from layers.classification import DEFAULT_LEVELS, parse_levels
from layers.classifying import classify_layer, classify_other
from layers.core import CORE_LAYERS
from layers.layer import Layer
from layers.profile import PublicProfile
from layers.publishing import check_public, left_out
from layers.views import public_view, view_of

COMPONENTS = next(layer for layer in CORE_LAYERS if layer.id == "components")


def test_refused_classes_are_those_of_the_catalogue_by_name() -> None:
    for selector, refused in refused_classes().items():
        standard, code = selector.split(":")
        info = SHIPPED.info(standard, code)
        assert info is not None, selector
        assert info.name == refused.name


def test_every_class_that_says_gas_power_surveillance_or_civil_defence_is_refused() -> None:
    words = ("电力", "电缆", "燃气", "输油", "液化气", "高压", "变压器", "监控", "公安井盖", "人防")
    for standard in ("2007", "2013", "2026"):
        for info in SHIPPED.classes(standard).values():
            if any(word in info.name for word in words):
                assert refused_by(f"{standard}:{info.code}"), info


def test_a_sub_class_is_refused_with_its_class() -> None:
    assert refused_by("2013:010501") is refused_by("2013:0105") is not None
    assert refused_by("2026:0100501") is not None
    assert refused_by("2013:0137") is None
    assert refused_by("2013:01") is None


@pytest.mark.parametrize(
    ("layer", "field"),
    [
        (replace(COMPONENTS, profile=PublicProfile(classes=("2013:0137", "2013:0111"))), "classes"),
        (replace(COMPONENTS, classes=("2013:0105", "2026:01005")), "classes"),
        (replace(COMPONENTS, classification="internal"), "classification"),
        (replace(COMPONENTS, classification="secret"), "classification"),
        (replace(COMPONENTS, properties=("note",)), "properties"),
        (replace(COMPONENTS, profile=PublicProfile(properties=())), "properties"),
        (replace(COMPONENTS, dataset="cases", properties=("id",)), "dataset"),
    ],
)
def test_what_may_not_be_public_is_refused_by_field(layer: Layer, field: str) -> None:
    with pytest.raises(UsageError) as refusal:
        check_public(layer, DEFAULT_LEVELS)
    assert refusal.value.field == field


def test_nothing_is_written_when_a_layer_may_not_be_public(registry: Registry) -> None:
    seed_layers(registry)
    with pytest.raises(UsageError, match="2013:0150"):
        publish(registry, "components", PublicProfile(classes=("2013:0150",)))
    assert get_layer(registry, "components", public_only=False) == COMPONENTS
    gas = replace(COMPONENTS, id="gas", classes=("2013:0149",), public=True)
    with pytest.raises(UsageError):
        add_layer(registry, gas)
    add_layer(registry, replace(gas, public=False))
    with pytest.raises(UsageError):
        publish(registry, "gas")
    assert list_layers(registry) == []


def test_a_published_profile_reads_back_and_stays_through_a_withdrawal(registry: Registry) -> None:
    seed_layers(registry)
    profile = PublicProfile(
        classes=("2013:0137",), properties=("id",), coarsen_m=100.0, approval_number="渝S(2026)001号"
    )
    publish(registry, "components", profile)
    withdraw(registry, "components")
    publish(registry, "components")
    assert get_layer(registry, "components").profile == profile


@pytest.mark.parametrize(
    "profile",
    [
        PublicProfile(classes=("0137",)),
        PublicProfile(classes=("2013:013",)),
        PublicProfile(classes=("2010:0137",)),
        PublicProfile(properties=("note",)),
        PublicProfile(properties=("colour",)),
        PublicProfile(coarsen_m=0.0),
        PublicProfile(coarsen_m=float("nan")),
        PublicProfile(coarsen_m=20_000.0),
        PublicProfile(approval_number=" "),
    ],
)
def test_a_faulty_profile_is_refused(registry: Registry, profile: PublicProfile) -> None:
    seed_layers(registry)
    with pytest.raises(UsageError):
        publish(registry, "components", profile)
    assert list_layers(registry) == []


def test_only_layers_of_points_are_coarsened_and_of_components_have_classes(registry: Registry) -> None:
    seed_layers(registry)
    for profile in (PublicProfile(coarsen_m=50.0), PublicProfile(classes=("2013:0137",))):
        with pytest.raises(UsageError):
            publish(registry, "unit-grids", profile)


def test_the_public_sees_neither_persons_nor_remarks() -> None:
    layer = replace(COMPONENTS, properties=("id", "note", "state"))
    assert public_view(layer).properties == ("id", "state")


def test_what_is_left_out_of_a_public_layer_is_told() -> None:
    assert len(left_out(COMPONENTS)) == len(refused_classes())
    assert left_out(replace(COMPONENTS, profile=PublicProfile(classes=("2013:0137",)))) == []
    assert {one.selector for one in left_out(replace(COMPONENTS, classes=("2013:05", "2013:0137")))} == {
        "2013:0501",
        "2013:0504",
    }
    assert left_out(CORE_LAYERS[0]) == []


def test_a_public_layer_is_not_classified_away_from_the_public(registry: Registry) -> None:
    seed_layers(registry)
    publish(registry, "components")
    for classify in (
        lambda: classify_layer(registry, "components", "秘密"),
        lambda: classify_other(registry, "dataset", "components", "internal"),
    ):
        with pytest.raises(UsageError):
            classify()
    publish(registry, "components", PublicProfile(properties=("id",)))
    classify_other(registry, "dataset", "components", "内部")
    withdraw(registry, "components")
    assert classify_layer(registry, "components", "秘密").classification == "secret"
    with pytest.raises(UsageError):
        publish(registry, "components")


def test_what_is_not_classified_in_one_of_the_levels_is_refused(registry: Registry) -> None:
    seed_layers(registry)
    refused: list[Callable[[], object]] = [
        lambda: classify_layer(registry, "components", "hidden"),
        lambda: classify_other(registry, "dataset", "unicorns", "internal"),
        lambda: classify_other(registry, "planet", "x", "internal"),
    ]
    for classify in refused:
        with pytest.raises(UsageError):
            classify()
    with pytest.raises(NotFound):
        classify_layer(registry, "unicorns", "internal")


def test_a_dataset_that_is_not_served_takes_its_layers_with_it() -> None:
    layer = replace(COMPONENTS, public=True)
    assert view_of(layer, ANONYMOUS, DEFAULT_LEVELS) is not None
    assert view_of(layer, ANONYMOUS, DEFAULT_LEVELS, DEFAULT_LEVELS["secret"]) is None


def test_a_city_has_levels_of_its_own(registry: Registry) -> None:
    seed_layers(registry)
    levels = (
        '[{"id": "public", "title_zh": "公开", "title_en": "Public", "public": true},'
        ' {"id": "internal", "title_zh": "内部", "title_en": "Internal"},'
        ' {"id": "sensitive", "title_zh": "敏感", "title_en": "Sensitive", "served": true}]'
    )
    with registry.begin() as connection:
        connection.execute(insert(settings).values(key="classification_levels", value=levels))
    assert classify_layer(registry, "components", "敏感").level == "sensitive"
    with pytest.raises(UsageError):
        classify_layer(registry, "components", "secret")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "[1]",
        '[{"id": "public"}]',
        '[{"id": "x", "title_zh": "a", "title_en": "b"}]',
        "not json",
    ],
)
def test_levels_without_public_and_internal_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_levels(text)


def test_layers_every_registry_has_are_not_removed(registry: Registry) -> None:
    seed_layers(registry)
    with pytest.raises(UsageError):
        remove_layer(registry, "components")
    add_layer(registry, replace(COMPONENTS, id="mine"))
    remove_layer(registry, "mine")
    with pytest.raises(NotFound):
        remove_layer(registry, "mine")
