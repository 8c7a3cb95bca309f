"""Components brought from one edition of the classes to another, and back."""

from __future__ import annotations

import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.catalogue import SHIPPED
from components.conversion import convert_components
from components.crosswalk import convert_class
from components.known import components_known_as, recorded_identifier
from gis.editions import commit, get_edition, list_editions, revert
from gis.errors import DataRefused, NotFound, RegistryUnavailable, UsageError
from gis.read import read_frame
from gis.registry import Registry

COUNTY = "500113"


def by_id(registry: Registry) -> pandas.DataFrame:
    return read_frame(registry, "components").set_index("id")


def aliases(registry: Registry) -> set[tuple[str, str, str]]:
    frame = read_frame(registry, "component-aliases")
    return set(zip(frame["scheme"], frame["identifier"], frame["component_id"], strict=True))


def test_components_keep_their_number_and_their_old_identifier(registry: Registry, store) -> None:
    store(registry, f"{COUNTY}0101000007", f"{COUNTY}0507000001", name=["上水井盖", "河堤护栏"])
    before = by_id(registry)
    result = convert_components(registry, "2013", "2026")
    assert (result.converted, result.renumbered, result.kept, result.merged) == (2, 0, [], {})
    after = by_id(registry)
    assert set(after.index) == {f"{COUNTY}01001000007", f"{COUNTY}01070000001"}
    cover = after.loc[f"{COUNTY}01001000007"]
    assert (cover["class_code"], cover["standard"], cover["name"]) == ("01001", "2026", "供水井盖")
    assert after.loc[f"{COUNTY}01070000001", "name"] == "河堤护栏"
    assert cover["geometry"].equals(before.loc[f"{COUNTY}0101000007", "geometry"])
    assert aliases(registry) == {
        ("2013", f"{COUNTY}0101000007", f"{COUNTY}01001000007"),
        ("2013", f"{COUNTY}0507000001", f"{COUNTY}01070000001"),
    }
    assert recorded_identifier(registry, f"{COUNTY}0101000007", "2026") == f"{COUNTY}01001000007"
    edition = get_edition(registry, result.edition.id)
    assert (edition.operation, edition.datasets) == ("convert", ("components", "component-aliases"))


def test_a_reverted_conversion_leaves_everything_as_it_was_and_gives_the_same_when_repeated(
    registry: Registry, store
) -> None:
    store(registry, f"{COUNTY}0101000007", f"{COUNTY}0101000009")
    before = by_id(registry)
    first = convert_components(registry, "2013", "2026")
    converted = by_id(registry)
    revert(registry, first.edition.id)
    pandas.testing.assert_frame_equal(pandas.DataFrame(by_id(registry)), pandas.DataFrame(before))
    assert aliases(registry) == set()
    again = convert_components(registry, "2013", "2026")
    assert again.restored == 2
    pandas.testing.assert_frame_equal(pandas.DataFrame(by_id(registry)), pandas.DataFrame(converted))


def test_a_conversion_back_gives_the_old_identifiers(registry: Registry, store) -> None:
    store(registry, f"{COUNTY}0101000007")
    well = pandas.DataFrame(
        {"scheme": ["manhole"], "identifier": ["GS-17"], "component_id": [f"{COUNTY}0101000007"]}
    )
    commit(registry, "component-aliases", well)
    convert_components(registry, "2013", "2026")
    assert components_known_as(registry, ["GS-17"]) == {"GS-17": [f"{COUNTY}01001000007"]}
    store(registry, f"{COUNTY}01001000008", standard="2026")
    back = convert_components(registry, "2026", "2013")
    assert (back.converted, back.restored) == (2, 1)
    assert set(by_id(registry).index) == {f"{COUNTY}0101000007", f"{COUNTY}0101000008"}
    assert aliases(registry) == {
        ("manhole", "GS-17", f"{COUNTY}0101000007"),
        ("2026", f"{COUNTY}01001000007", f"{COUNTY}0101000007"),
        ("2026", f"{COUNTY}01001000008", f"{COUNTY}0101000008"),
    }


def test_the_second_of_two_classes_that_become_one_is_renumbered(
    registry: Registry, store, monkeypatch
) -> None:
    from components import conversion

    first, second, new = "0101", "0102", "01001"
    table = {first: new, second: new}
    monkeypatch.setattr(conversion, "the_class", lambda code, _source, _target: table[code])
    old = [f"{COUNTY}{code}{number:06d}" for code in (first, second) for number in (1, 5)]
    store(registry, *old, "5001140102000005")
    result = convert_components(registry, "2013", "2026")
    assert result.merged == {new: [first, second]}
    assert result.renumbered == 2
    pairs = {identifier: component for _, identifier, component in aliases(registry)}
    assert pairs == {
        old[0]: f"{COUNTY}{new}000001",
        old[1]: f"{COUNTY}{new}000005",
        old[2]: f"{COUNTY}{new}000006",
        old[3]: f"{COUNTY}{new}000007",
        "5001140102000005": "50011401001000005",
    }
    assert get_edition(registry, result.edition.id).report["merged"] == {new: [first, second]}


def test_numbers_used_under_the_new_class_are_not_used_again(registry: Registry, store) -> None:
    gone = store(registry, f"{COUNTY}01001000020", standard="2026")
    revert(registry, gone.id)
    store(registry, f"{COUNTY}0101000020", f"{COUNTY}0101000021")
    result = convert_components(registry, "2013", "2026")
    assert result.renumbered == 1
    assert set(by_id(registry).index) == {f"{COUNTY}01001000021", f"{COUNTY}01001000022"}


def test_a_class_that_keeps_its_code_keeps_its_identifiers(registry: Registry, store) -> None:
    old = [f"{COUNTY}0101000001", f"{COUNTY}0118000001", f"{COUNTY}0137000001"]
    store(registry, *old, standard="2007", note=old)
    result = convert_components(registry, "2007", "2013", partial=True)
    # the number of a kiosk of 2007 is not given to a lamp of 2013
    assert by_id(registry)["note"].to_dict() == {
        f"{COUNTY}0101000001": old[0],
        f"{COUNTY}0137000002": old[1],
        f"{COUNTY}0137000001": old[2],
    }
    assert [(one.class_code, one.count) for one in result.kept] == [("0137", 1)]
    assert aliases(registry) == {("2007", old[1], f"{COUNTY}0137000002")}
    revert(registry, result.edition.id)
    assert set(by_id(registry).index) == set(old)


def test_counties_one_by_one_are_the_same_as_all_at_once(new_registry, store) -> None:
    old = [f"{county}{code}000001" for county in ("500113", "500114") for code in ("0101", "0137")]
    outcomes = []
    for counties in ((None,), ("500114", "500113")):
        with Registry.open(new_registry("gpkg")) as registry:
            store(registry, *old)
            counts = [convert_components(registry, "2013", "2026", county=one).converted for one in counties]
            assert sum(counts) == 4
            outcomes.append((sorted(by_id(registry).index), aliases(registry)))
    assert outcomes[0] == outcomes[1]
    with Registry.open(new_registry("gpkg")) as registry:
        store(registry, *old)
        with pytest.raises(NotFound):
            convert_components(registry, "2013", "2026", county="500115")


def test_what_the_table_does_not_say_is_refused_or_stays(registry: Registry, store) -> None:
    store(
        registry, f"{COUNTY}0101000001", f"{COUNTY}0504000001", f"{COUNTY}0105000001", f"{COUNTY}0199000001"
    )
    editions = list_editions(registry)
    with pytest.raises(DataRefused, match="3") as refused:
        convert_components(registry, "2013", "2026")
    assert "0504" in str(refused.value.value)
    assert list_editions(registry) == editions
    planned = convert_components(registry, "2013", "2026", dry_run=True)
    assert (planned.converted, planned.edition, list_editions(registry)) == (1, None, editions)
    result = convert_components(registry, "2013", "2026", partial=True)
    assert [(one.class_code, one.count) for one in result.kept] == [("0105", 1), ("0199", 1), ("0504", 1)]
    assert set(by_id(registry)["standard"]) == {"2013", "2026"}
    with pytest.raises(DataRefused):
        convert_components(registry, "2013", "2026", partial=True)


def test_ambiguous_classes_are_refused(registry: Registry, store) -> None:
    store(registry, f"{COUNTY}0117000001", standard="2007")
    with pytest.raises(DataRefused) as refused:
        convert_components(registry, "2007", "2026", partial=True)
    assert refused.value.hint is None


def test_impossible_conversions_are_refused(gpkg_registry: Registry) -> None:
    with pytest.raises(UsageError):
        convert_components(gpkg_registry, "2013", "2013")
    with pytest.raises(UsageError):
        convert_components(gpkg_registry, "2013", "2015")
    with pytest.raises(NotFound):
        convert_components(gpkg_registry, "2013", "2026")


def test_a_change_in_the_meantime_refuses_a_conversion(registry: Registry, store, monkeypatch) -> None:
    from components import conversion

    store(registry, f"{COUNTY}0101000001")
    right = conversion.the_class

    def late(*asked: str) -> str:
        store(registry, f"{COUNTY}0101000002")
        return right(*asked)

    monkeypatch.setattr(conversion, "the_class", late)
    with pytest.raises(RegistryUnavailable):
        convert_components(registry, "2013", "2026")
    assert set(by_id(registry)["standard"]) == {"2013"}


CONVERTIBLE = sorted(
    code for code in SHIPPED.classes("2007") if convert_class(code, "2007", "2026").code is not None
)
THINGS = st.tuples(st.sampled_from(["500113", "500114"]), st.sampled_from(CONVERTIBLE), st.integers(1, 40))


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(THINGS, min_size=1, max_size=25))
def test_every_component_is_found_by_every_identifier_it_had(new_registry, store, things) -> None:
    identifiers = sorted(f"{county}{code}{number:06d}" for county, code, number in things)
    with Registry.open(new_registry("gpkg")) as registry:
        store(registry, *identifiers, standard="2007", note=identifiers)
        convert_components(registry, "2007", "2026")
        frame = by_id(registry)
        assert frame.index.is_unique
        assert sorted(frame["note"]) == identifiers
        known = components_known_as(registry, identifiers)
        for identifier in identifiers:
            component = frame.loc[known[identifier][0]]
            assert component["note"] == identifier
            assert component["class_code"] == convert_class(identifier[6:10], "2007", "2026").code
            assert known[identifier] == [
                f"{identifier[:6]}{component['class_code']}{known[identifier][0][-6:]}"
            ]
