"""The report on proposals (划分方案质量报告) as one HTML page: what came out, the tables, the map."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from gis.errors import UsageError
from gis.notes import told_once
from gis.text import Text, current_language, t
from grids.proposals.picture import STYLE, draw
from grids.proposals.profile import ZONE_NAMES, SizeRange, Zone
from grids.proposals.proposals import Proposals
from grids.proposals.quality import SMALLEST_M2, CommunityQuality

SHOWN_REMARKS = 100
_BARS = 24


def check_report(path: Path) -> None:
    """Refuse a report that cannot be written before any work is done.

    Raises
    ------
    UsageError
        Its name does not end in ``.html``, or its folder does not exist.
    """
    if path.suffix.lower() != ".html":
        raise UsageError(
            t("The report on proposals is an HTML page"), field="--report", value=str(path), expected=".html"
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(
            t("There is no folder {folder}", folder=str(path.absolute().parent)),
            field="--report",
            value=str(path),
            expected=t("a file in a folder that exists"),
        )


def write_report(proposals: Proposals, path: Path) -> None:
    """Write the report in the current language."""
    path.write_text(page(proposals), "utf-8")


def headline(proposals: Proposals) -> Text:
    """Say in one sentence what came out."""
    whole = proposals.quality.whole
    return t(
        "{grids} unit grids proposed in {communities} communities; {share} % are within the range of their "
        "zone, half of them below {median} m²; {features} % of the borders inside communities follow a road, "
        "bank or wall.",
        grids=whole.grids,
        communities=len(proposals.request.communities),
        share=f"{100 * whole.share_in_range:.1f}",
        median=f"{whole.size(0.5):.0f}",
        features=f"{100 * whole.borders.inner_on_features:.0f}",
    )


def page(proposals: Proposals) -> str:
    """Return the report as HTML that needs no network."""
    title = _text(t("Proposals for the division into unit grids"))
    parts = [
        f'<!doctype html><html lang="{current_language()}"><meta charset="utf-8">',
        f"<title>{title}</title><style>{_STYLE}{STYLE}</style><h1>{title}</h1>",
        f"<p>{_text(headline(proposals))}</p>",
        _legend(),
        draw(proposals),
        _section(t("Borders"), _borders(proposals.quality.whole)),
        _section(t("Sizes"), _histogram(proposals.quality.whole)),
        _section(t("Zones"), _zones(proposals)),
        _section(t("Communities"), _communities(proposals)),
        _remarks(proposals),
        *(f"<p class=note>{_text(note)}</p>" for note in told_once(proposals.notes)),
        "</html>",
    ]
    return "\n".join(part for part in parts if part)


def _section(heading: Text, body: str) -> str:
    return f"<h2>{_text(heading)}</h2>{body}"


def _legend() -> str:
    entries = (
        ("fits", t("within the range of its zone")),
        ("small", t("smaller")),
        ("large", t("larger")),
        ("obstacle", t("building or compound")),
        ("road", t("road or bank")),
        ("edge", t("community")),
    )
    return "<p class=legend>" + "".join(f'<i class="{key}"></i>{_text(word)} ' for key, word in entries)


def _borders(whole: CommunityQuality) -> str:
    shares = whole.borders
    rows = (
        (t("along a road or bank"), shares.line),
        (t("along the border of a community"), shares.community),
        (t("along a building or compound"), shares.wall),
        (t("across open ground"), shares.free),
    )
    cells = [
        (_text(name), f"{length / 1000:.1f}", f"{100 * length / max(shares.total, 1e-9):.1f}")
        for name, length in rows
    ]
    return _table((t("Border"), t("km"), t("%")), cells)


def _histogram(whole: CommunityQuality) -> str:
    """Draw the distribution of sizes on a logarithmic axis."""
    sizes = np.array(whole.sizes)
    low, high = np.log10(max(sizes.min(), 1.0)), np.log10(sizes.max() * 1.001)
    counts, edges = np.histogram(
        np.log10(np.maximum(sizes, 1.0)), bins=_BARS, range=(low, max(high, low + 0.1))
    )
    bars = "".join(
        f"<g><title>{10 ** edges[at]:.0f}–{10 ** edges[at + 1]:.0f} m²: {count}</title>"
        f'<rect x="{at * 30 + 2}" y="{160 - 150 * count / counts.max():.1f}" width="26" '
        f'height="{150 * count / counts.max():.1f}"/></g>'
        for at, count in enumerate(counts.tolist())
    )
    labels = "".join(
        f'<text x="{at * 30}" y="176">{10 ** edges[at]:,.0f}</text>' for at in range(0, _BARS, 4)
    )
    return f'<svg class="bars" viewBox="0 0 {_BARS * 30} 182">{bars}{labels}</svg>'


def _zones(proposals: Proposals) -> str:
    rows = []
    for zone in Zone:
        own = [row for row in proposals.quality.communities if row.zone == zone]
        if own:
            rows.append(_zone_row(zone, proposals.request.profile.sizes[zone], own))
    heads = (
        t("Zone"), t("Range, m²"), t("Aim, m²"), t("Communities"), t("Grids"), t("Within range"),
        t("Median, m²"),
    )  # fmt: skip
    return _table(heads, rows)


def _zone_row(zone: Zone, wanted: SizeRange, own: Sequence[CommunityQuality]) -> tuple[str, ...]:
    sizes = np.concatenate([row.sizes for row in own])
    fitting = sum(row.in_range for row in own)
    return (
        _text(ZONE_NAMES[zone]),
        f"{wanted.smallest:,.0f}–{wanted.largest:,.0f}",
        f"{wanted.target:,.0f}",
        str(len(own)),
        str(len(sizes)),
        f"{100 * fitting / len(sizes):.1f} %",
        f"{np.median(sizes):,.0f}",
    )


def _communities(proposals: Proposals) -> str:
    counted = proposals.quality.components is not None
    heads = [
        t("Community"), t("Zone"), t("because"), t("Grids"), t("Smallest, m²"), t("Median, m²"),
        t("Largest, m²"), t("Within range"), t("Inner borders on features"), t("Compactness"),
    ]  # fmt: skip
    if counted:
        heads += [t("Components"), t("Spread")]
    rows = [_community_row(row, counted=counted) for row in proposals.quality.communities]
    return _table(heads, rows)


def _community_row(row: CommunityQuality, *, counted: bool) -> tuple[str, ...]:
    cells = [
        _text(f"{row.code} {row.name or ''}".strip()),
        _text("" if row.zone is None else ZONE_NAMES[Zone(row.zone)]),
        _text(row.why or ""),
        str(row.grids),
        *(f"{row.size(quantile):,.0f}" for quantile in (0.0, 0.5, 1.0)),
        f"{100 * row.share_in_range:.0f} %",
        f"{100 * row.borders.inner_on_features:.0f} %",
        f"{row.compactness:.2f}",
    ]
    if counted:
        cells += [str(sum(row.components or ())), "" if row.spread is None else f"{row.spread:.2f}"]
    return tuple(cells)


def _remarks(proposals: Proposals) -> str:
    """List the proposals outside their range, with the reason."""
    codes = proposals.request.communities.codes[proposals.division.community]
    rows = [
        (
            _text(codes[at]),
            str(proposals.numbers[at]),
            f"{proposals.quality.area_m2[at]:,.0f}",
            _text(remark),
        )
        for at, remark in enumerate(proposals.quality.remarks)
        if remark is not None
    ]
    if not rows:
        return ""
    tiny = int((proposals.quality.area_m2 < SMALLEST_M2).sum())
    told = t("{n} grids are outside the range of their zone, {tiny} below 1000 m².", n=len(rows), tiny=tiny)
    table = _table((t("Community"), t("No."), t("m²"), t("Reason")), rows[:SHOWN_REMARKS])
    more = len(rows) - SHOWN_REMARKS
    rest = (
        f"<p class=note>{_text(t('and {n} more: see the column note of the file', n=more))}</p>"
        if more > 0
        else ""
    )
    return _section(t("Outside the range"), f"<p>{_text(told)}</p>{table}{rest}")


def _table(heads: Iterable[Text], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{_text(name)}" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    return f"<table><tr>{head}{body}</table>"


def _text(value: object) -> str:
    return html.escape(str(value))


_STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #222;
  max-width: 1200px; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem }
td, th { border: 1px solid #ddd; padding: .25rem .5rem; text-align: left; vertical-align: top }
th { background: #f4f4f6 }
td:first-child { white-space: nowrap }
.note { color: #555 }
.legend i { display: inline-block; width: 1.1em; height: .8em; margin: 0 .3em 0 1em; border: 1px solid #999 }
i.fits { background: #f4f1fb } i.small { background: #ffd9a8 } i.large { background: #bfe3ff }
i.obstacle { background: #b9b3ad } i.road { background: #4c9a5b } i.edge { background: #333 }
svg.bars { width: 100%; max-width: 720px }
svg.bars rect { fill: #b0008e; fill-opacity: .55 }
svg.bars text { font: 11px system-ui, sans-serif; fill: #555 }
"""
