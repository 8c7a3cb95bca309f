"""Archives are unpacked without trust."""

import gzip
import stat
import struct
import zipfile

import pytest

from gis.archives import Budget, Limits, Member, check_package, gunzip, unpack
from gis.errors import FileProblem, UsageError
from gis.files import read_layers
from gis.findings import Severity
from gis.text import language

GBK_FLAGLESS = "部件普查/上水井盖.csv"


@pytest.fixture
def budget(tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return Budget(folder)


def zip_of(path, members, raw_names=False):
    """Write a zip; with ``raw_names`` names are bytes that no flag explains."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name if isinstance(name, str) else name.decode("cp437"))
            if isinstance(name, bytes):
                info = RawName(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


class RawName(zipfile.ZipInfo):
    """A member whose name is written byte for byte, without the flag for UTF-8."""

    __slots__ = ("raw",)

    def __init__(self, raw):
        super().__init__(raw.decode("cp437"))
        self.raw = raw

    def _encodeFilenameFlags(self):
        return self.raw, self.flag_bits


def shown(members):
    return [member.shown for member in members]


def refusal(call, *arguments):
    with pytest.raises(FileProblem) as refused:
        call(*arguments)
    return refused.value


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_a_flag_are_decoded_by_evidence(tmp_path, budget, encoding):
    path = zip_of(tmp_path / "a.zip", {GBK_FLAGLESS.encode(encoding): b"x"})
    assert shown(unpack(Member("a.zip", path), budget)) == [f"a.zip/{GBK_FLAGLESS}"]


def test_a_backslash_inside_a_hanzi_is_no_separator(tmp_path, budget):
    # The second byte of 乗 in GBK is that of a backslash.
    name = "乗\\a.csv"
    path = zip_of(tmp_path / "a.zip", {name.encode("gbk") + b"": b"x", "上水井盖.csv".encode("gbk"): b"y"})
    assert "a.zip/乗/a.csv" in shown(unpack(Member("a.zip", path), budget))


def test_names_that_cannot_be_told_are_spelt(tmp_path, budget):
    path = zip_of(tmp_path / "a.zip", {"Ñandú.csv".encode("latin-1"): b"x"})
    assert shown(unpack(Member("a.zip", path), budget)) == ["a.zip/%D1and%FA.csv"]


def test_zip_in_zip(tmp_path, budget):
    inner = zip_of(tmp_path / "inner.zip", {"x.csv": b"1"}).read_bytes()
    path = zip_of(tmp_path / "a.zip", {"d/inner.zip": inner, "y.csv": b"2"})
    assert shown(unpack(Member("a.zip", path), budget)) == ["a.zip/d/inner.zip/x.csv", "a.zip/y.csv"]


def test_what_operating_systems_add_is_left_out(tmp_path, budget):
    members = {"__MACOSX/._x.shp": b"", ".DS_Store": b"", "d/Thumbs.db": b"", "x.csv": b"1", "d/": b""}
    path = zip_of(tmp_path / "a.zip", members)
    assert shown(unpack(Member("a.zip", path), budget)) == ["a.zip/x.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "../x.csv",
        "d/../../x.csv",
        "/etc/x.csv",
        "C:/x.csv",
        "..\\x.csv",
        "\\x.csv",
        "\\\\host\\share\\x.csv",
        "C:\\x.csv",
        b"x.csv\0..",
    ],
)
def test_names_that_lead_outside_are_refused(tmp_path, budget, name):
    path = zip_of(tmp_path / "a.zip", {"good.csv": b"1", name: b"2"})
    problem = refusal(unpack, Member("a.zip", path), budget)
    assert problem.code == "F07"
    assert not (tmp_path / "x.csv").exists()


def test_links_are_refused(tmp_path, budget):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("x.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert refusal(unpack, Member("a.zip", path), budget).code == "F07"


def test_two_members_of_one_name_are_refused(tmp_path, budget):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.csv", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("x.csv", "2")
    assert refusal(unpack, Member("a.zip", path), budget).code == "F07"


def on_top_of_each_other(path, copies):
    """Write a zip whose members all have the bytes of one."""
    zip_of(path, {"a.csv": b"\0" * 1_000_000})
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry, tail = content[start:end], bytearray(content[end:])
    entries = b"".join(entry.replace(b"a.csv", b"%05d" % number) for number in range(copies))
    struct.pack_into("<HHI", tail, 8, copies, copies, len(entries))
    path.write_bytes(content[:start] + entries + tail)
    return path


@pytest.mark.parametrize("copies", [2, 5000])
def test_members_that_lie_on_top_of_each_other_are_refused(tmp_path, budget, copies):
    path = on_top_of_each_other(tmp_path / "a.zip", copies)
    assert path.stat().st_size < 300_000
    assert refusal(unpack, Member("a.zip", path), budget).code == "F07"
    assert list(budget.folder.iterdir()) == []
    assert refusal(check_package, path, "a.xlsx").code == "F07"


@pytest.mark.parametrize(
    "limits",
    [
        Limits(total_bytes=1000),
        Limits(members=1),
        Limits(ratio=10, ratio_from=1000),
        Limits(depth=0),
    ],
)
def test_bombs_are_refused(tmp_path, budget, limits):
    path = zip_of(tmp_path / "a.zip", {"x.csv": b"\0" * 100_000, "y.csv": b"1"})
    problem = refusal(unpack, Member("a.zip", path), Budget(budget.folder, limits))
    assert problem.code == "F07"


def test_the_limit_holds_over_all_archives(tmp_path, budget):
    inner = zip_of(tmp_path / "inner.zip", {"x.csv": b"\0" * 600}).read_bytes()
    path = zip_of(tmp_path / "a.zip", {"1.zip": inner, "2.zip": inner})
    limited = Budget(budget.folder, Limits(total_bytes=1300))
    assert refusal(unpack, Member("a.zip", path), limited).code == "F07"


def test_nesting_has_an_end(tmp_path, budget):
    content = b"1"
    for level in range(5):
        content = zip_of(
            tmp_path / f"{level}.zip", {f"{level}.{'zip' if level else 'csv'}": content}
        ).read_bytes()
    assert refusal(unpack, Member("4.zip", tmp_path / "4.zip"), budget).code == "F07"


def test_a_zip_with_a_password_says_so(tmp_path, budget):
    path = zip_of(tmp_path / "a.zip", {"x.csv": b"1"})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    problem = refusal(unpack, Member("a.zip", path), budget)
    assert problem.code == "F01"
    with language("en"):
        assert "password" in str(problem)


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path, budget, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert refusal(unpack, Member("a.zip", path), budget).code == "F01"


def test_a_member_with_wrong_bytes_is_refused(tmp_path, budget):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.csv", "lon,lat\n106,29\n")
    path.write_bytes(path.read_bytes().replace(b"106,29", b"107,29"))
    assert refusal(unpack, Member("a.zip", path), budget).code == "F01"


def test_an_archive_with_nothing_to_read(tmp_path):
    empty = tmp_path / "empty.zip"
    zip_of(empty, {})
    assert refusal(lambda: read_layers([empty], dataset="x")).code == "F06"
    other = zip_of(tmp_path / "other.zip", {"readme.txt": b"hello"})
    problem = refusal(lambda: read_layers([other], dataset="x"))
    assert problem.code == "F06"
    assert "readme.txt" in str(problem)


def test_shapefile_in_a_zip_with_gbk_names(make_shapefile, tmp_path):
    shp = make_shapefile("x")
    members = {
        f"部件/上水井盖{suffix}".encode("gbk"): shp.with_suffix(suffix).read_bytes()
        for suffix in (".shp", ".shx", ".dbf", ".prj")
    }
    layers = read_layers([zip_of(tmp_path / "delivery.zip", members)], dataset="components")
    assert [(layer.path, layer.name, len(layer.frame)) for layer in layers] == [
        ("delivery.zip/部件/上水井盖.shp", "上水井盖", 3)
    ]


def test_nothing_is_left_behind(make_shapefile, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    shp = make_shapefile("x")
    members = {f"x{s}": shp.with_suffix(s).read_bytes() for s in (".shp", ".shx", ".dbf", ".prj")}
    read_layers([zip_of(tmp_path / "delivery.zip", members)], dataset="components")
    assert list(scratch.iterdir()) == []


def test_gunzip(tmp_path, budget):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"lon,lat\n1,2\n"))
    member = gunzip(Member("a.csv.gz", path), budget)
    assert member.shown == "a.csv"
    assert member.file.read_bytes() == b"lon,lat\n1,2\n"


@pytest.mark.parametrize("cut", [0, 3, 12, 20])
def test_damaged_gz_is_refused(tmp_path, budget, cut):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"lon,lat\n1,2\n")[:cut] or b"x")
    assert refusal(gunzip, Member("a.csv.gz", path), budget).code == "F01"


def test_a_gz_bomb_is_refused(tmp_path, budget):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"\0" * 1_000_000))
    limited = Budget(budget.folder, Limits(ratio=100, ratio_from=10_000))
    assert refusal(gunzip, Member("a.csv.gz", path), limited).code == "F07"


def test_a_package_is_checked_before_its_reader_opens_it(tmp_path):
    path = zip_of(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": b" " * 1_000_000})
    check_package(path, "a.xlsx")
    assert refusal(check_package, path, "a.xlsx", Limits(ratio=100, ratio_from=10_000)).code == "F07"
    path.write_bytes(path.read_bytes()[:100])
    assert refusal(check_package, path, "a.xlsx").code == "F01"


@pytest.mark.parametrize("name", ["a.rar", "a.7z", "a.dwg", "a.mdb", "a.gml", "a.xls", "a.pdf", "a"])
def test_kinds_that_have_to_be_exported_are_a_usage_error(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UsageError) as refused:
        read_layers([tmp_path / name], dataset="x")
    assert name in str(refused.value)
    assert refused.value.hint is not None


def test_an_empty_folder_named_like_a_geodatabase_is_refused(tmp_path):
    (tmp_path / "a.gdb").mkdir()
    with pytest.raises(FileProblem) as refused:
        read_layers([tmp_path / "a.gdb"], dataset="x")
    assert refused.value.code == "F06"


def test_a_drawing_that_came_along_is_named(make_shapefile, tmp_path):
    make_shapefile()
    (tmp_path / "plan.dwg").write_bytes(b"x")
    (tmp_path / "readme.pdf").write_bytes(b"x")
    (layer,) = read_layers([tmp_path], dataset="x")
    assert [(f.code, f.severity) for f in layer.findings] == [("F01", Severity.WARNING)]
    assert layer.findings[0].value.endswith("plan.dwg")


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError) as refused:
        read_layers([tmp_path / "nothing.shp"], dataset="x")
    assert "nothing.shp" in str(refused.value)


def test_an_empty_folder_is_refused(tmp_path):
    assert refusal(lambda: read_layers([tmp_path], dataset="x")).code == "F06"


def test_a_member_larger_than_a_chunk_arrives_whole(tmp_path, budget):
    content = bytes(range(256)) * 10_000
    path = zip_of(tmp_path / "a.zip", {"x.csv": content})
    (member,) = unpack(Member("a.zip", path), budget)
    assert member.file.read_bytes() == content
