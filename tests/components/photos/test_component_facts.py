"""What is known of one component, live or retired, by any of its identifiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.component_facts import facts_of_component
from components.conversion import convert_components
from gis.editions import Change, commit_changes
from gis.errors import NotFound, UsageError
from gis.read import read_frame
from gis.registry import Registry

from .conftest import Import, census, exif, identifier, jpeg, photo, place

ONE, TWO = identifier(1), identifier(2)


def test_a_component_is_shown_with_its_photos_and_aliases(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    folder = census(
        tmp_path / "d", {"照片": "1.jpg", "一井一编号": "JG-1", "色": "黑"}, {"一井一编号": "JG-2"}
    )
    photo(folder / "1.jpg", jpeg(1, exif(*place(1))))
    deliver(folder)
    for asked in (ONE, f" {ONE} ", "JG-1"):
        document = facts_of_component(registry, asked).to_dict()
        assert (document["id"], document["class_code"], document["retired"]) == (ONE, "0101", False)
        assert document["geometry"] == {"type": "Point", "coordinates": place(1)}
        assert document["attributes"] == {"色": "黑"}
        assert document["aliases"] == [{"scheme": "manhole", "identifier": "JG-1"}]
        (only,) = document["photos"]
        assert (only["path"], only["taken_at"], only["note"]) == ("1.jpg", "2024-05-06T07:08:09", None)
        assert (only["lon"], only["lat"]) == pytest.approx(place(1))
    assert facts_of_component(registry, TWO).photos == []


def test_a_retired_component_is_shown_as_it_was(deliver: Import, registry: Registry, tmp_path: Path) -> None:
    folder = census(tmp_path / "d", {"照片": "1.jpg"}, {})
    photo(folder / "1.jpg")
    deliver(folder)
    nothing = read_frame(registry, "components").iloc[:0]
    commit_changes(registry, [Change("components", nothing, [(ONE,)])], operation="retire")
    document = facts_of_component(registry, ONE).to_dict()
    assert (document["retired"], document["name"], len(document["photos"])) == (True, "上水井盖", 1)


def test_a_former_identifier_leads_to_the_component(
    deliver: Import, registry: Registry, tmp_path: Path
) -> None:
    deliver(census(tmp_path / "d", {}))
    convert_components(registry, "2013", "2026")
    facts = facts_of_component(registry, ONE)
    assert facts.is_live
    assert facts.columns["standard"] == "2026"
    assert facts.aliases == [{"scheme": "2013", "identifier": ONE}]


def test_what_nobody_has_or_several_have_is_refused(
    registry: Registry, deliver: Import, tmp_path: Path
) -> None:
    deliver(census(tmp_path / "d", {"一井一编号": "JG-1"}, {}))
    aliases = read_frame(registry, "component-aliases").iloc[:1]
    other = aliases.assign(scheme="X", component_id=TWO)
    commit_changes(registry, [Change("component-aliases", other)], operation="import")
    with pytest.raises(UsageError) as several:
        facts_of_component(registry, "JG-1")
    assert several.value.expected == f"{ONE}, {TWO}"
    with pytest.raises(NotFound):
        facts_of_component(registry, "JG-9")
