"""Read DXF drawings: every drawing layer as a layer of its own, blocks as points where they are inserted.

GDAL goes by the code page in the header, which drawing programs get wrong; here the text is decoded by
evidence as everywhere, and GDAL is given a copy in UTF-8. A drawing knows no coordinate system.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.delivery import Item
from gis.encoding import Decision, Sample, decide
from gis.encoding_findings import contradicted
from gis.encoding_names import UTF8, Declaration, codec_of
from gis.errors import FileProblem
from gis.findings import Finding, Severity
from gis.layer import ROW, RawLayer, table_of
from gis.ogr import configured, curves_replaced
from gis.ogr_layers import read_ogr_layer, unreadable
from gis.text import t

_BINARY = b"AutoCAD Binary DXF"
_CODE_PAGE = re.compile(rb"\$DWGCODEPAGE\s+3\r?\n([^\r\n]{1,40})")
_VERSION = re.compile(rb"\$ACADVER\s+1\r?\n\s*AC(\d{4})")
_UNICODE_SINCE = 1021
_ENTITIES = re.compile(rb"\n\s*2\s*\r?\nENTITIES\s*\r?\n(.*?)\n\s*0\s*\r?\nENDSEC", re.S)
_TELLING = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_ENTITY = re.compile(rb"(?:^|\n)[ \t]*0[ \t]*\r?\n[ \t]*([A-Z_0-9]{2,40})")
# Parts of others, and windows on the drawing itself.
_NO_THINGS = frozenset((b"ATTRIB", b"SEQEND", b"VERTEX", b"VIEWPORT", b"ENDSEC"))
_READ = frozenset(
    b"POINT LINE POLYLINE LWPOLYLINE CIRCLE ELLIPSE ARC SPLINE 3DFACE SOLID TRACE INSERT MTEXT TEXT HATCH "
    b"DIMENSION LEADER MLEADER MULTILEADER MLINE".split()
)
_ARCS = frozenset((b"CIRCLE", b"ELLIPSE", b"ARC", b"SPLINE", b"POLYLINE", b"LWPOLYLINE", b"HATCH"))
_KEPT = ("Layer", "Text", "BlockName", "BlockAngle", "EntityHandle")
_HEAD = 64 << 10
_RING = 4  # points of the shortest closed line
_MEETS = 1e-6  # how far apart the computed ends of a circle may lie, drawing units


def read_drawing(item: Item, *, encoding: str | None, dataset: str) -> list[RawLayer]:
    """Read a DXF drawing.

    Parameters
    ----------
    item : Item
        The file.
    encoding : str, optional
        Encoding as a person declared it.
    dataset : str
        Name put into findings.

    Returns
    -------
    list of RawLayer
        One for every drawing layer, named as it is; closed lines are areas; the attributes of a block are
        columns. ``_row`` counts the objects of the model space over the whole drawing.

    Raises
    ------
    FileProblem
        F01: no DXF, a binary one, or cut off; F02: the encoding cannot be told; F06: nothing in it.
    """
    raw = item.file.read_bytes()
    _check_whole(raw, item.shown)
    decision = _encoding(raw, item.shown, encoding)
    frame, geometries, findings = _read(raw.decode(decision.codec, errors="replace"), item.shown, dataset)
    findings += [*contradicted(decision, item.shown, dataset), *_not_read(raw, item.shown, dataset)]
    frame, geometries, found = _model_space(frame, geometries, item.shown, dataset)
    if not len(frame):
        raise FileProblem(t("{path} has no features", path=item.shown), code="F06", value=item.shown)
    layers = _by_layer(frame, geometries, item, decision)
    layers[0].findings += findings + found
    return layers


def _check_whole(raw: bytes, shown: str) -> None:
    if raw.startswith(_BINARY):
        hint = t("Save it as an ASCII DXF")
        raise unreadable(shown, t("it is a binary DXF"), hint=hint)
    if b"SECTION" not in raw[:_HEAD]:
        raise unreadable(shown, t("it does not begin like a DXF drawing"))
    if not raw.rstrip(b" \t\r\n\0\x1a").endswith(b"EOF"):
        raise unreadable(shown, t("it is cut off: its last line is not EOF"))


def _encoding(raw: bytes, shown: str, given: str | None) -> Decision:
    """Decide the encoding; drawings since 2007 are in UTF-8, whatever code page they name."""
    declared = []
    version, page = _VERSION.search(raw[:_HEAD]), _CODE_PAGE.search(raw[:_HEAD])
    if version is not None and int(version[1]) >= _UNICODE_SINCE:
        said = f"AC{version[1].decode()}"
        declared.append(Declaration(t("the version in the header"), said, UTF8))
    elif page is not None:
        said = page[1].decode("ascii", "replace").strip()
        codec = codec_of(said.replace("_", " "))
        declared += [] if codec is None else [Declaration(t("the code page in the header"), said, codec)]
    lines = set(_TELLING.findall(raw))
    return decide(map(Sample, sorted(lines)), path=shown, declared=declared, given=given)


def _read(text: str, shown: str, dataset: str) -> tuple[pd.DataFrame, NDArray[np.object_], list[Finding]]:
    """Let GDAL read a copy in UTF-8."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "drawing.dxf"
        source.write_text(text, encoding="utf-8", newline="")
        with configured(DXF_ENCODING="UTF-8", DXF_INLINE_BLOCKS="FALSE"):
            frame, geometries, findings = read_ogr_layer(
                str(source), "entities", shown=shown, dataset=dataset
            )
    if np.any(np.nan_to_num(shapely.get_coordinates(geometries, include_z=True)[:, 2])):
        message = t("{path}: heights are not kept", path=shown)
        findings.append(Finding("F11", Severity.INFO, dataset, message, value=shown))
    with np.errstate(over="ignore", invalid="ignore"):  # coordinates and heights may be anything
        return frame, _areas(np.asarray(shapely.force_2d(geometries))), findings


def _areas(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Make areas of closed lines: a drawing knows no other."""
    lines = shapely.get_type_id(geometries) == shapely.GeometryType.LINESTRING
    ends = shapely.distance(shapely.get_point(geometries, 0), shapely.get_point(geometries, -1))
    counts = shapely.get_num_coordinates(geometries)
    closed = lines & (ends <= _MEETS) & (counts >= _RING)
    if not closed.any():
        return geometries
    areas = geometries.copy()
    xy = shapely.get_coordinates(geometries[closed])
    owner = np.repeat(np.arange(closed.sum()), counts[closed])
    areas[closed] = shapely.polygons(shapely.linearrings(xy, indices=owner))
    return areas


def _not_read(raw: bytes, shown: str, dataset: str) -> list[Finding]:
    """Report objects of kinds that GDAL passes over, such as those of other programs' extensions."""
    body = _ENTITIES.search(raw)
    kinds = Counter(_ENTITY.findall(b"\n" + body[1])) if body is not None else Counter[bytes]()
    findings = [
        Finding(
            "F01",
            Severity.WARNING,
            dataset,
            t("{path}: {n} objects of the kind {kind} are not read", path=shown, n=count, kind=kind.decode()),
            value=kind.decode(),
            hint=t("Explode them into lines and blocks in the drawing program, and save the DXF again"),
        )
        for kind, count in sorted(kinds.items())
        if kind not in _READ and kind not in _NO_THINGS
    ]
    return findings + ([curves_replaced(shown, dataset)] if _ARCS & kinds.keys() else [])


def _model_space(
    frame: pd.DataFrame, geometries: NDArray[np.object_], shown: str, dataset: str
) -> tuple[pd.DataFrame, NDArray[np.object_], list[Finding]]:
    """Leave out what is drawn on the sheets of paper, and the properties of drawing."""
    on_paper = frame["PaperSpace"].fillna(0).astype(int).to_numpy() == 1
    attributes = _block_attributes(frame.get("BlockAttributes"), len(frame))
    own = frame[[ROW, *(name for name in _KEPT if name in frame.columns)]]
    attributes.columns = [f"{name}_2" if name in own.columns else name for name in attributes.columns]
    kept = pd.concat([own, attributes], axis=1)
    findings = []
    if on_paper.any():
        message = t("{path}: {n} objects on paper sheets are left out", path=shown, n=int(on_paper.sum()))
        findings.append(Finding("F11", Severity.INFO, dataset, message, value=shown))
    return kept[~on_paper].reset_index(drop=True), geometries[~on_paper], findings


def _block_attributes(column: pd.Series | None, count: int) -> pd.DataFrame:
    """Turn the attributes of blocks, each a tag and its value, into columns."""
    columns: dict[str, NDArray[np.object_]] = {}
    values: list[object] = [] if column is None else column.tolist()
    for row, listed in enumerate(values):
        for attribute in listed if isinstance(listed, (list, np.ndarray)) else ():
            tag, _, value = str(attribute).partition(" ")
            columns.setdefault(tag, np.full(count, None, dtype=object))[row] = value or None
    return pd.DataFrame(columns, index=range(count))


def _by_layer(
    frame: pd.DataFrame, geometries: NDArray[np.object_], item: Item, decision: Decision
) -> list[RawLayer]:
    """Cut the drawing into its layers, in the order of their names; columns without a value are left out."""
    layers = []
    names = frame["Layer"].fillna("0").astype(str)
    for name in sorted(names.unique()):
        mine = (names == name).to_numpy()
        part = frame[mine].dropna(axis=1, how="all").reset_index(drop=True)
        shown = f"{item.shown}/{name}"
        layers.append(RawLayer(shown, name, table_of(part, geometries[mine]), None, decision.evidence))
    return layers
