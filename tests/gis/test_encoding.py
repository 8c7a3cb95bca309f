"""Encodings are decided by evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.encoding import Outcome, Sample, decide, decode
from gis.encoding_names import (
    GBK,
    UTF8,
    codec_of,
    declared_in_cpg,
    declared_in_language_byte,
    given_codec,
)
from gis.errors import FileProblem, UsageError
from gis.text import language

NAMES = ["上水井盖", "尚文大道1398号", "花溪街道办事处", "雨水箅子", "中国联通", "李家沱社区", "路灯"]


def samples(texts, encoding):
    return [Sample(text.encode(encoding)) for text in texts]


def cpg(text):
    return [declared_in_cpg(text.encode() if isinstance(text, str) else text)]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UTF-8", UTF8),
        ("utf8", UTF8),
        ("\ufeffUTF-8\r\n", UTF8),
        ("utf-8 (unicode)", UTF8),
        ("65001", UTF8),
        ("GBK", GBK),
        ("gb2312", GBK),
        ("GB18030", GBK),
        ("ANSI 936", GBK),
        ("ansi936", GBK),
        ("OEM 936", GBK),
        ("CP936", GBK),
        ("936\0\0junk", GBK),
        ("936 ", GBK),
        ("GBK\0junk", GBK),
        ("Big5", "big5hkscs"),
        ("950", "cp950"),
        ("ISO 88591", "iso8859-1"),
        ("88591", "iso8859-1"),
        ("ISO-8859-1", "iso8859-1"),
        ("ANSI 1252", "cp1252"),
        ("windows-1252", "cp1252"),
        ("nonsense", None),
        ("hex", None),
        ("idna", None),
        ("", None),
    ],
)
def test_names_of_encodings(name, codec):
    assert codec_of(name) == codec


def test_given_name_that_means_nothing_is_a_usage_error():
    with pytest.raises(UsageError) as refused:
        given_codec("kanji")
    assert refused.value.field == "--encoding"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("name", NAMES)
def test_one_undeclared_name_is_enough(name, encoding):
    decision = decide(samples([name], encoding), path="a.dbf")
    assert decision.codec == (UTF8 if encoding == "utf-8" else GBK)
    assert name in str(decision.evidence)


def test_ascii_needs_no_decision_whatever_is_declared():
    decision = decide(samples(["0101", "A"], "ascii"), path="a.dbf", declared=cpg("GBK"))
    assert decision.contradicted is None
    with language("en"):
        assert "ASCII" in str(decision.evidence)


def test_gbk_that_claims_to_be_utf8_is_found_out():
    decision = decide(samples(NAMES, "gbk"), path="a.dbf", declared=cpg("UTF-8"))
    assert decision.codec == GBK
    assert decision.contradicted.said == "UTF-8"
    with language("en"):
        assert "the .cpg says UTF-8, but 7 of 7 values are not valid in it" in str(decision.evidence)


def test_utf8_with_the_language_byte_of_gbk_is_found_out():
    declared = [declared_in_language_byte(0x4D)]
    decision = decide(samples(NAMES, "utf-8"), path="a.dbf", declared=declared)
    assert decision.codec == UTF8
    assert decision.contradicted is not None


@pytest.mark.parametrize("declared", ["1252", "ISO-8859-1", "437"])
def test_single_byte_claims_never_beat_chinese_text(declared):
    decision = decide(samples(NAMES, "gbk"), path="a.dbf", declared=cpg(declared))
    assert decision.codec == GBK
    assert decision.contradicted is not None


def test_declared_latin_text_is_believed():
    decision = decide(samples(["Ñandú", "São"], "latin-1"), path="a.dbf", declared=cpg("ISO-8859-1"))
    assert decision.codec == "iso8859-1"
    assert decision.contradicted is None


def test_declared_traditional_text_is_believed():
    decision = decide(samples(["嘉咸街", "必列者士街"], "big5"), path="a.dbf", declared=cpg("Big5"))
    assert decision.codec == "big5hkscs"
    decision = decide(samples(["嘉鹹街", "譚臣道"], "gbk"), path="a.dbf", declared=cpg("GBK"))
    assert decision.codec == GBK


@pytest.mark.parametrize(
    ("texts", "encoding"),
    [
        (["Ñandú"], "latin-1"),
        (["譚臣道", "駱克道"], "big5"),
        (["Москва"], "cp1251"),
        (["マンホール"], "shift-jis"),
    ],
)
def test_what_does_not_tell_is_asked_for_with_candidates(texts, encoding):
    with pytest.raises(FileProblem) as refused:
        decide(samples(texts, encoding), path="a.dbf")
    assert refused.value.code == "F02"
    assert "--encoding" in str(refused.value.hint)
    expected = str(refused.value.expected)
    assert "UTF-8: " in expected
    assert "GBK: " in expected


def test_declared_encoding_the_bytes_do_not_fit_is_asked_for():
    with pytest.raises(FileProblem) as refused:
        decide(samples(["Ñandú"], "latin-1"), path="a.dbf", declared=cpg("UTF-8"))
    assert refused.value.code == "F02"


def test_accidental_utf8_is_weighed():
    # GBK 联通 happens to be valid UTF-8; São in UTF-8 happens to be valid GBK with a common hanzi.
    assert decide(samples(["联通"], "gbk"), path="a").codec == GBK
    assert decide(samples(["São Paulo"], "utf-8"), path="a").codec == UTF8


@pytest.mark.parametrize(
    "texts", [["वार्ड"], ["Orléans", "Nîmes"], ["улица Ленина"], ["嘉鹹街"], ["서울특별시"]]
)
def test_utf8_of_any_script_is_recognised(texts):
    assert decide(samples(texts, "utf-8"), path="a").codec == UTF8


def test_a_letter_beside_a_hanzi_does_not_disturb():
    assert decide(samples(["a座", "b栋", "3m高"], "gbk"), path="a").codec == GBK


def test_given_encoding_is_taken():
    decision = decide(samples(["Ñandú"], "latin-1"), path="a.dbf", given="latin1")
    assert decision.codec == "iso8859-1"


def test_given_encoding_the_bytes_contradict_is_refused():
    with pytest.raises(FileProblem) as refused:
        decide(samples(NAMES, "gbk"), path="a.dbf", given="utf-8")
    assert refused.value.code == "F02"
    with language("en"):
        assert "7 of 7" in str(refused.value)


def test_a_few_damaged_values_do_not_change_the_decision():
    values = samples([f"{name}{i}" for name in NAMES for i in range(10)], "gbk")
    decision = decide([*values, Sample(b"\xff\xff bad \x81")], path="a.dbf")
    assert decision.codec == GBK


@pytest.mark.parametrize("encoding", [UTF8, GBK])
def test_a_character_cut_by_the_fields_width_is_dropped(encoding):
    raw = "权属单位名称".encode(encoding)[:10]
    text, outcome = decode(Sample(raw, full=True), encoding)
    assert "权属单位名称".startswith(text)
    assert outcome in (Outcome.CUT, Outcome.WHOLE)
    assert "\ufffd" not in text


def test_the_same_bytes_in_a_wider_field_are_damaged():
    text, outcome = decode(Sample("井盖".encode()[:5]), UTF8)
    assert outcome is Outcome.DAMAGED
    assert text.endswith("\ufffd")


@given(st.binary(max_size=40), st.booleans(), st.sampled_from([UTF8, GBK, "big5hkscs", "cp949", "iso8859-1"]))
def test_decoding_never_fails(raw, full, codec):
    text, outcome = decode(Sample(raw, full), codec)
    assert isinstance(text, str)
    if outcome is Outcome.WHOLE:
        assert raw.decode(codec) == text


@given(st.lists(st.binary(max_size=12), max_size=6))
def test_a_decision_is_an_encoding_or_f02(values):
    try:
        outcome = decide(map(Sample, values), path="a").codec
    except FileProblem as problem:
        outcome = problem.code
    assert outcome in (UTF8, GBK, "F02")
