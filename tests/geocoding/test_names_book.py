"""Things and addresses of a registry by their names."""

from __future__ import annotations

import json
from collections.abc import Sequence

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geocoding.names_index import BEGINNING, WHOLE, WORD
from geocoding.names_index_addresses import AddressTexts, Parts
from geocoding.names_index_book import KINDS, Book
from geocoding.names_index_read import Stopped, read_book
from geocoding.names_index_text import folded
from gis.editions import commit
from gis.registry import Registry

LON, LAT, STEP = 106.5, 29.4, 0.001


def spatial(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")


def add_addresses(registry: Registry, texts: Sequence[str], former: str | None = None) -> None:
    rows = [
        {"code": f"A{at:03}", "address": text, "geometry": Point(LON + STEP * at, LAT)}
        for at, text in enumerate(texts)
    ]
    if former:
        rows[0]["former_names"] = json.dumps([{"name": former, "to": "2001"}])
    commit(registry, "addresses", spatial(rows))


def add_places(registry: Registry, names: Sequence[str]) -> None:
    rows = [
        {"code": f"P{at:03}", "name": name, "type": "兴趣点", "geometry": Point(LON + STEP * at, LAT)}
        for at, name in enumerate(names)
    ]
    rows[0]["aliases"] = json.dumps(["市民广场"])
    commit(registry, "places", spatial(rows))


def found(book: Book, query: str, **options: object) -> list[tuple[str, int, int]]:
    best = book.find(folded(query), 50, **options)  # type: ignore[arg-type]
    rows = zip(best.kinds.tolist(), best.fids.tolist(), best.ranks.tolist(), strict=True)
    return [(KINDS[kind], fid, rank) for kind, fid, rank in rows]


def test_addresses_are_found_before_their_plate_across_it_and_from_it_on(registry: Registry) -> None:
    add_addresses(registry, ("尚文大道1398号3栋", "尚文大道1398号", "尚文大道13号", "武尚路", "文大道139号"))
    book = read_book(registry)
    assert found(book, "尚文大道1398号")[0] == ("addresses", 2, WHOLE)
    assert {fid for _, fid, _ in found(book, "尚文大道13")} == {1, 2, 3}
    assert {fid for _, fid, _ in found(book, "swdd1398")} == {1, 2}
    assert {fid for _, fid, _ in found(book, "文大道139")} == {1, 2, 5}
    assert ("addresses", 5, BEGINNING) in found(book, "wendadao1")
    assert {rank for _, _, rank in found(book, "1398号")} == {WORD}
    assert found(book, "武尚路") == [("addresses", 4, WHOLE)]
    assert found(book, "路1") == []


def test_further_names_lead_to_their_thing_once(registry: Registry) -> None:
    add_addresses(registry, ("尚文大道1号",), former="老街市民路9号")
    add_places(registry, ("市民中心",))
    assert found(read_book(registry), "shimin") == [("places", 1, BEGINNING), ("addresses", 1, WORD)]
    assert found(read_book(registry), "smgc") == [("places", 1, WHOLE)]


def test_what_fits_equally_well_is_told_by_nearness_then_shortness(registry: Registry) -> None:
    add_places(registry, ("工商银行一分行", "工商银行三支行", "工商银行", "工商银行二分行长"))
    book = read_book(registry)
    near = [fid for _, fid, _ in found(book, "工商", centre=(LON + 2.9 * STEP, LAT))]
    assert near == [4, 3, 2, 1]
    assert [fid for _, fid, _ in found(book, "工商")] == [3, 1, 2, 4]


def test_things_weighed_are_bounded(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    add_addresses(registry, [f"解放路{number}号" for number in range(1, 90)])
    book = read_book(registry)
    monkeypatch.setattr("geocoding.names_index_addresses.OWNERS", 10)
    assert len(found(book, "解放路")) == len(found(book, "jfl")) == 10


def test_only_rows_of_newer_editions_are_read_where_that_is_asked_for(registry: Registry) -> None:
    add_places(registry, ("市民中心", "体育馆"))
    add_places(registry, ("市民中心", "体育场"))
    book = read_book(registry, since={"places": 1})
    assert found(book, "体育") == [("places", 2, BEGINNING)]
    assert found(book, "市民") == []


def test_reading_can_be_given_up(registry: Registry) -> None:
    add_places(registry, ("市民中心",))
    with pytest.raises(Stopped):
        read_book(registry, stopped=lambda: True)


def test_memory_is_told_by_what_is_kept(registry: Registry) -> None:
    empty = read_book(registry)
    assert found(empty, "路") == []
    add_addresses(registry, [f"解放路{number}号" for number in range(1, 400)])
    # Two numbers of parts and their places in two lists, kind, fid and place
    assert 399 * 33 < read_book(registry).nbytes - empty.nbytes < 399 * 33 + 60_000


def texts() -> st.SearchStrategy[str]:
    stems, rests = (
        st.sampled_from(("和平路", "平安路", "和平东路", "")),
        st.sampled_from(("", "1号", "12号", "1号2栋", "2")),
    )
    return st.tuples(stems, rests).map("".join).filter(bool)


def ranks_of(addresses: list[str], query: str) -> dict[int, int]:
    collected = AddressTexts()
    for address in addresses:
        collected.put(address)
    met = collected.addresses().met(query, Parts())
    return dict(zip(met.numbers.tolist(), met.ranks.tolist(), strict=True))


@settings(deadline=None, max_examples=100)
@given(st.lists(texts(), min_size=1, max_size=6, unique=True), texts())
def test_addresses_are_found_as_by_looking_at_whole_texts(addresses: list[str], query: str) -> None:
    expected = {number for number, text in enumerate(addresses) if query in text}
    ranks = ranks_of(addresses, query)
    assert set(ranks) == expected
    for number in expected:
        assert (ranks[number] == WHOLE) == (addresses[number] == query)
        assert (ranks[number] <= BEGINNING) == addresses[number].startswith(query)
