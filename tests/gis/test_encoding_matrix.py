"""Which tables are read, and which are refused: content by declaration by language byte, and the odd ones.

The tables below are the documentation of what may come. Every cell holds one rule: the texts arrive as they
were written, or the file is refused with F02. A file whose statement is wrong is read all the same, with F09.
"""

import contextlib

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis._hanzi import LEVEL_1, LEVEL_2
from gis.dbf import open_dbf, read_dbf
from gis.encoding import Sample, decide, decode
from gis.encoding_names import declared_in_cpg, declared_in_language_byte
from gis.errors import FileProblem
from gis.files import read_layers
from gis.findings import Severity
from gis.text import language
from gis.texts import Texts

# What is in the table: the encoding it is written in, and the texts.
CONTENTS = {
    "GBK": ("gbk", ["上水井盖", "鎏金路灯", "嘉鹹街"]),
    "GB 2312": ("gb2312", ["雨水箅子", "行道树", "花溪街道办事处"]),
    "GB 18030, four bytes": ("gb18030", ["䃅子沟社区", "㘵头村", "𠅤家湾", "上水井盖"]),
    "UTF-8": ("utf-8", ["上水井盖", "䃅子沟社区", "A座3m²"]),
}
# What the .cpg says, and which of the two families that means; None means nothing that counts.
CPG = {
    None: None,
    b"": None,
    b"nonsense": None,
    b"OEM": None,
    b"UTF-16": None,
    b"UTF-8": "utf-8",
    b"utf-8\n": "utf-8",
    b"\xef\xbb\xbfUTF-8\r\n": "utf-8",
    b"65001": "utf-8",
    b"GBK": "gbk",
    b"gbk\n": "gbk",
    b"GB18030": "gbk",
    b"GB2312 ": "gbk",
    b"ANSI 936": "gbk",
    b"936": "gbk",
    b"CP936\0": "gbk",
    b"OEM 936": "gbk",
    b"ISO-8859-1": "other",
    b"Big5": "other",
}
# What the language byte of the .dbf says. 0 and 0x57 ("ANSI") say nothing.
LANGUAGE_BYTES = {
    0x00: None, 0x57: None, 0x4D: "gbk", 0x7A: "gbk", 0x4F: "other", 0x13: "other", 0x03: "other", 0xFF: None,
}  # fmt: skip


@pytest.mark.parametrize("language_byte", LANGUAGE_BYTES)
@pytest.mark.parametrize("cpg", CPG, ids=repr)
@pytest.mark.parametrize("content", CONTENTS)
def test_content_by_declaration(make_dbf, column, tmp_path, content, cpg, language_byte):
    encoding, texts = CONTENTS[content]
    arguments = (tmp_path, make_dbf, column, encoding, texts, cpg, language_byte)
    frame, decision, findings = table(*arguments, name="名称")
    assert list(frame["名称"]) == texts
    family = "utf-8" if encoding == "utf-8" else "gbk"
    # The .cpg goes before the language byte.
    says = CPG[cpg] or LANGUAGE_BYTES[language_byte] or family
    assert [f.code for f in findings] == ([] if says == family else ["F09"])
    assert (decision.contradicted is None) == (says == family)
    assert any(text in str(decision.evidence) for text in texts)


# Fields too narrow, few texts, foreign texts: the encoding, the texts as they were, the width of the field,
# what the .cpg says, and the texts as they are to be read, or F02.
ODD = {
    "field cut in a GBK character": ("gbk", ["上水井盖", "路灯"], 7, None, ["上水井", "路灯"]),
    "field cut in a UTF-8 character": ("utf-8", ["上水井盖", "路灯"], 10, None, ["上水井", "路灯"]),
    "field cut after two of three bytes": ("utf-8", ["上水井盖", "路灯"], 11, None, ["上水井", "路灯"]),
    "field cut in four bytes, after one": ("gb18030", ["上水䃅", "路灯"], 5, None, ["上水", "路灯"]),
    "field cut in four bytes, after two": ("gb18030", ["上水䃅", "路灯"], 6, None, ["上水", "路灯"]),
    "field cut in four bytes, after three": ("gb18030", ["上水䃅", "路灯"], 7, None, ["上水", "路灯"]),
    "every value cut, and a wrong .cpg": ("gbk", ["上水井盖", "雨水箅子"], 7, b"UTF-8", ["上水井", "雨水箅"]),
    "one value": ("gbk", ["路灯"], 20, None, ["路灯"]),
    "one character": ("gbk", ["路"], 20, None, ["路"]),
    "one character in UTF-8": ("utf-8", ["路"], 20, None, ["路"]),
    "one character and a wrong .cpg": ("gbk", ["通"], 20, b"UTF-8", ["通"]),
    "one character, wrong the other way": ("utf-8", ["路"], 20, b"GBK", ["路"]),
    "one Chinese value among 500": ("gbk", [f"{i:04d}" for i in range(500)] + ["井盖"], 20, None, None),
    "one Chinese value among 500 in UTF-8": (
        "utf-8", [f"{i:04d}" for i in range(500)] + ["井盖"], 20, b"GBK", None,
    ),
    "nothing but ASCII": ("ascii", ["A1", "B2"], 20, b"GBK", ["A1", "B2"]),
    "GBK that is valid UTF-8 as well": ("gbk", ["联通"], 20, None, ["联通"]),
    "the width of a pipe": ("gbk", ["Φ600", "A1"], 20, None, ["Φ600", "A1"]),
    "the width of a pipe in UTF-8": ("utf-8", ["Φ600", "A1"], 20, None, ["Φ600", "A1"]),
    "the width of a pipe, declared": ("gbk", ["Φ600"], 20, b"GBK", ["Φ600"]),
    "signs of grade and measure": ("gbk", ["Ⅱ级", "≥3㎡", "①"], 20, b"ISO-8859-1", ["Ⅱ级", "≥3㎡", "①"]),
    "a character that may be either": ("gbk", ["虏"], 20, b"UTF-8", "F02"),
    "a rare character alone": ("gbk", ["鎏"], 20, None, "F02"),
    "a rare character said to be Latin": ("gbk", ["鎏"], 20, b"ISO-8859-1", "F02"),
    "a rare character said to be Big5": ("gbk", ["鎏"], 20, b"Big5", "F02"),
    "rare characters, declared rightly": ("gbk", ["鎏路"], 20, b"GBK", ["鎏路"]),
    "rare characters in UTF-8 said to be GBK": ("utf-8", ["阽艮"], 20, b"GBK", ["阽艮"]),
    "rare characters in UTF-8 said to be Latin": ("utf-8", ["阽艮"], 20, b"ISO-8859-1", ["阽艮"]),
    "Big5, declared": (
        "big5", ["嘉咸街", "必列者士街", "告士打道", "軒尼詩道"], 20, b"Big5", None,
    ),
    "Big5, undeclared": ("big5", ["譚臣道", "駱克道"], 20, None, "F02"),
    "Big5 said to be GBK": ("big5", ["譚臣道", "駱克道"], 20, b"GBK", "F02"),
    "Latin, declared": ("latin-1", ["Ñandú", "ÉCOLE"], 20, b"ISO-8859-1", ["Ñandú", "ÉCOLE"]),
    "Latin, undeclared": ("latin-1", ["Ñandú"], 20, None, "F02"),
    "Latin said to be UTF-8": ("latin-1", ["Ñandú"], 20, b"UTF-8", "F02"),
    "Japanese, undeclared": ("shift-jis", ["マンホール"], 20, None, "F02"),
    "Korean, undeclared": ("euc-kr", ["서울특별시종로구", "맨홀뚜껑", "가로등"], 20, None, "F02"),
    "Korean, declared": ("euc-kr", ["서울특별시종로구", "맨홀뚜껑", "가로등"], 20, b"949", "F02"),
    "UTF-8 of other scripts": ("utf-8", ["улица Ленина", "वार्ड"], 30, b"GBK", None),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_odd_tables(make_dbf, column, tmp_path, case):
    encoding, texts, width, cpg, expected = ODD[case]
    arguments = (tmp_path, make_dbf, column, encoding, texts, cpg, 0)
    if expected == "F02":
        with pytest.raises(FileProblem) as refused:
            table(*arguments, width=width)
        assert (refused.value.code, refused.value.field) == ("F02", "--encoding")
        with language("en"):
            assert "UTF-8: " in str(refused.value.expected)
            assert "--encoding" in str(refused.value.hint)
        return
    frame, _, findings = table(*arguments, width=width)
    assert list(frame["NAME"]) == (expected or texts)
    cut = [f for f in findings if f.severity is Severity.INFO]
    assert bool(cut) == case.startswith(("field cut", "every value cut"))


NAMES_OF_COLUMNS = ["养护单位名称", "权属单位", "名称A", "部件编码二〇一三"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "gb18030"])
@pytest.mark.parametrize("cpg", [None, b"UTF-8", b"GBK"])
def test_column_names_cut_in_the_middle_of_a_character(make_dbf, column, tmp_path, encoding, cpg):
    columns = [column(name.encode(encoding)[:10], [b"1"]) for name in NAMES_OF_COLUMNS]
    frame, _, _ = read(tmp_path, make_dbf(columns), cpg)
    for name, read_name in zip(NAMES_OF_COLUMNS, frame.columns, strict=True):
        assert name.startswith(read_name)
        assert len(read_name.encode(encoding)) > len(name.encode(encoding)[:10]) - 4


def test_files_of_one_delivery_are_decided_one_by_one(make_shapefile, column, tmp_path):
    for stem, encoding, cpg in (("a", "gbk", None), ("b", "utf-8", None), ("c", "gbk", b"UTF-8")):
        cells = [text.encode(encoding) for text in ("上水井盖", "雨水箅子", "路灯")]
        make_shapefile(stem, columns=[column(b"NAME", cells)], cpg=cpg)
    layers = read_layers([tmp_path], dataset="components")
    assert [list(layer.frame["NAME"]) for layer in layers] == [["上水井盖", "雨水箅子", "路灯"]] * 3
    assert [[f.code for f in layer.findings] for layer in layers] == [[], [], ["F09"]]


def test_a_person_is_not_believed_against_proof(make_dbf, column, tmp_path):
    texts = ["上水井盖", "雨水箅子", "花溪街道"]  # twelve bytes each: valid GBK as well
    content = make_dbf([column(b"NAME", [text.encode() for text in texts])])
    for said in ("GBK", "latin1", "big5"):
        with pytest.raises(FileProblem) as refused:
            read(tmp_path, content, None, given=said)
        assert refused.value.code == "F02"
        assert "UTF-8: 上水井盖" in str(refused.value.expected)


def test_a_person_is_believed_where_nothing_is_proved(make_dbf, column, tmp_path):
    texts = ["서울특별시종로구", "맨홀뚜껑", "가로등"]
    content = make_dbf([column(b"NAME", [text.encode("euc-kr") for text in texts])])
    frame, _, _ = read(tmp_path, content, None, given="EUC-KR")
    assert list(frame["NAME"]) == texts
    content = make_dbf(
        [column(b"NAME", [text.encode("gbk") for text in ("上水井盖", "雨水箅子", "花溪街道")])]
    )
    with pytest.raises(FileProblem):
        read(tmp_path, content, None, given="latin1")


hanzi = st.sampled_from(sorted(LEVEL_1 | LEVEL_2))
names = st.lists(st.text(hanzi, min_size=1, max_size=6), min_size=1, max_size=4)
declarations = st.sampled_from(
    [[]]
    + [[declared_in_cpg(said)] for said in CPG if said and declared_in_cpg(said)]
    + [[declared_in_language_byte(byte)] for byte in LANGUAGE_BYTES if declared_in_language_byte(byte)]
)


@settings(max_examples=1500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(texts=names, encoding=st.sampled_from(["gbk", "utf-8"]), declared=declarations)
def test_hanzi_are_read_right_or_asked_for(texts, encoding, declared):
    samples = [Sample(text.encode(encoding)) for text in texts]
    with contextlib.suppress(FileProblem):
        codec = decide(samples, path="a.dbf", declared=declared).codec
        assert [decode(sample, codec)[0] for sample in samples] == texts


def table(tmp_path, make_dbf, column, encoding, texts, cpg, language_byte, *, name="NAME", width=30):
    """Write a table of one column, and read it."""
    cells = [text.encode(encoding)[:width] for text in texts]
    content = make_dbf([column(name.encode(encoding), cells, width=width)], language_byte=language_byte)
    return read(tmp_path, content, cpg)


def read(tmp_path, content, cpg, given=None):
    file = tmp_path / "a.dbf"
    file.write_bytes(content)
    declared = None if cpg is None else declared_in_cpg(cpg)
    content = read_dbf(open_dbf(file, "a.dbf"), declared=declared, given=given, dataset="components")
    columns = {
        name: column.objects() if isinstance(column, Texts) else column
        for name, column in content.columns.items()
    }
    return pd.DataFrame(columns), content.decision, content.findings
