"""Lists of other cities taken in as components, the way the command line takes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis.findings import Finding, Report
from gis.importing import ImportOptions, ImportReport
from gis.registry import Registry
from wangge.deliveries import deliver, examine_delivery
from wangge.mapping_files import read_mapping

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@dataclass
class Foreign:
    """A registry with one county, and deliveries into it."""

    registry: Registry
    data: Path
    scratch: Path

    def county(self, west: float, south: float, east: float, north: float) -> None:
        """Import a county, so that coordinates are held against it and numbers can be given."""
        path = self.scratch / "county.geojson"
        columns = {"code": ["990001"], "name": ["县"], "level": ["county"]}
        gpd.GeoDataFrame(columns, geometry=[shapely.box(west, south, east, north)], crs=4326).to_file(path)
        deliver(self.registry, "divisions", [path], ImportOptions())

    def check(self, *paths: str | Path, map_file: str | None = None, **options: object) -> ImportReport:
        """Check a delivery; what was read is accepted or refused, in all and file by file."""
        report = examine_delivery(
            self.registry, "components", self._present(paths), _options(map_file, options)
        )
        assert isinstance(report, ImportReport)
        return _reconciled(report)

    def refusal(self, *paths: str | Path, map_file: str | None = None, **options: object) -> Report:
        """Check a delivery that cannot be read at all."""
        given = _options(map_file, options)
        report = examine_delivery(self.registry, "components", self._present(paths), given)
        assert (report.checked, report.accepted, report.rejected) == (0, 0, 0)
        return report

    def load(self, *paths: str | Path, map_file: str | None = None, **options: object) -> ImportReport:
        """Import a delivery."""
        given = _options(map_file, options)
        return _reconciled(deliver(self.registry, "components", self._present(paths), given))

    def _present(self, paths: tuple[str | Path, ...]) -> list[Path]:
        whole = [self.data / path for path in paths]
        for path in whole:
            if not path.exists():
                pytest.skip(f"no {path}: set WANGGE_TEST_DATA to a folder that has it")
        return whole


def found(report: ImportReport, code: str) -> list[Finding]:
    """Return the findings of a code."""
    return [finding for finding in report.findings if finding.code == code]


def refusals(report: Report) -> dict[str, int]:
    """Count the findings that refused something, by code."""
    counts: Counter[str] = Counter()
    for finding in report.errors:
        counts[finding.code] += finding.count
    return dict(counts)


def _options(map_file: str | None, given: dict[str, object]) -> ImportOptions:
    mapping = read_mapping(None if map_file is None else EXAMPLES / map_file)
    fields = {**mapping.fields, **given.pop("fields", {})}  # type: ignore[dict-item]
    constants = {**mapping.constants, **given.pop("constants", {})}  # type: ignore[dict-item]
    return ImportOptions(
        fields=fields,
        constants=constants,
        words=mapping.words,
        **given,  # type: ignore[arg-type]
    )


def _reconciled(report: ImportReport) -> ImportReport:
    assert report.checked == report.accepted + report.rejected
    assert report.checked == sum(file.checked or 0 for file in report.files)
    assert report.rejected == sum(file.rejected or 0 for file in report.files)
    assert report.rejected_rows is None or len(report.rejected_rows) == report.rejected
    return report
