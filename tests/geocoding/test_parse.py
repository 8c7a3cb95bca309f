"""Address texts cut into parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocoding.levels import Level
from geocoding.parse import parse

PIECES = st.sampled_from(
    ["重庆市", "巴南区", "鱼洞街道", "新华社区", "尚文大道", "五四路", "1398号", "十二号楼", "二单元",
     "3楼", "203室", "某小区", "某医院", "对面", "西南侧约60米", "路口", "与", "(", ")", "附3号", " ", "😀",
     "'; DROP TABLE", "12-3-1001"]
)  # fmt: skip


def cut(text: str) -> list[tuple[str, str]]:
    return [(str(part.level), part.normal) for part in parse(text).parts]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("巴南区鱼洞街道尚文大道1398号", "county 巴南区|township 鱼洞街道|street 尚文大道|plate 1398号"),
        ("重慶市 巴南區 尚文大道十八號", "province 重庆市|county 巴南区|street 尚文大道|plate 18号"),
        ("静安区共和新路街道柳营路", "county 静安区|township 共和新路街道|street 柳营路"),
        ("浙江温州瓯海区信达街6号", "province 浙江|prefecture 温州|county 瓯海区|street 信达街|plate 6号"),
        ("沿山村5组6号", "community 沿山村|street 5组|plate 6号"),
        ("五常街道顾家桥社区", "township 五常街道|community 顾家桥社区"),
        ("竹海水韵12-3-1001", "poi 竹海水韵|building 12|unit 3|room 1001"),
        ("十二号楼二单元203室", "building 12号楼|unit 2单元|room 203室"),
        ("东中街29号东环广场B座5层", "street 东中街|plate 29号|poi 东环广场|building B座|floor 5层"),
        ("1398号尚文大道", "plate 1398号|street 尚文大道"),
        ("西湖区西湖区文三路", "county 西湖区|county 西湖区|street 文三路"),
        ("杭州市文三路（近学院路）", "prefecture 杭州市|street 文三路|supplement (近学院路)"),
        ("杭州银行", "poi 杭州银行"),
        ("北京路", "street 北京路"),
        ("绍兴县钱清镇", "county 绍兴县|township 钱清镇"),
    ],
)  # fmt: skip
def test_parts_of_an_address(text: str, parts: str) -> None:
    assert cut(text) == [tuple(part.split(" ", 1)) for part in parts.split("|")]


@pytest.mark.parametrize(
    ("text", "direction", "metres", "reference"),
    [
        ("某医院西南侧约60米", "西南", 60.0, ["某医院"]),
        ("尚文大道1398号对面", "相向", None, ["1398号"]),
        ("六和路与东信大道交叉口", "交叉口", None, ["六和路", "东信大道"]),
        ("六和路东信大道路口", "交叉口", None, ["六和路", "东信大道"]),
        ("某医院旁边", "旁", None, ["某医院"]),
        ("尚文大道往北50米", "北", 50.0, ["尚文大道"]),
        ("某小区附近", "附近", None, ["某小区"]),
        ("某医院东南", "东南", None, ["某医院"]),
        ("某公园以西1.5公里", "西", 1500.0, ["某公园"]),
    ],
)
def test_positions_said_by_another_place(
    text: str, direction: str, metres: float | None, reference: list[str]
) -> None:
    (said,) = parse(text).relative
    assert (said.direction, said.metres, [part.normal for part in said.reference]) == (
        direction,
        metres,
        reference,
    )
    assert text[said.start : said.end] == said.text


def test_names_of_a_registry_are_known_without_their_suffix() -> None:
    assert cut("下沙月雅路220号")[0] == ("street", "下沙月雅路")
    parsed = parse("下沙月雅路220号", {Level.TOWNSHIP: {"下沙街道"}})
    assert [part.normal for part in parsed.parts] == ["下沙", "月雅路", "220号"]
    assert parsed.first(Level.TOWNSHIP) == "下沙"
    assert parsed.deepest is Level.PLATE


@pytest.mark.parametrize(
    "text", ["", " ", "😀😀", "\x00\x01", "()", "---", "'; DROP TABLE places; --", "号", "一"]
)
def test_nonsense_has_no_numbered_place(text: str) -> None:
    assert parse(text).first(Level.STREET) is None
    assert parse(text).first(Level.PLATE) is None


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=60)))
def test_any_text_is_read_and_every_part_is_cut_from_it(text: str) -> None:
    parsed = parse(text)
    before = 0
    for part in parsed.parts:
        assert before <= part.start < part.end <= len(text)
        assert part.text == text[part.start : part.end]
        assert part.normal
        before = part.end


@pytest.mark.parametrize("text", ["路", "人民路12号", "村", "浙江省", "(啊", "A1", "旁边", "一千"])
def test_long_texts_are_read_piece_by_piece(text: str) -> None:
    long = parse((text * 10_000)[:10_000])
    assert long.parts
    assert max(part.end - part.start for part in long.parts) <= 10_000
