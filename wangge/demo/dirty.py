"""The dirty twin of the delivery: seeded, listed faults in grids, components, plates and the case table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from wangge.demo.case_table import CaseRule, class_cell, rows_of, workbook
from wangge.demo.component_faults import ComponentFaults, standing
from wangge.demo.delivery import City
from wangge.demo.faults import FILE, GRIDS, Fault, GridFaults
from wangge.demo.files import Layer, write_archive, write_workbook
from wangge.demo.plate_faults import PLATES, STREETS, PlateFaults

TABLE = "dirty-case-table.xlsx"


def write(
    directory: Path, city: City, layers: list[Layer], table: list[CaseRule], folder: Path
) -> list[Fault]:
    """Write the dirty twin beside the clean delivery.

    Parameters
    ----------
    directory : pathlib.Path
        Receives ``dirty.zip``, ``dirty-noprj.zip``, ``dirty-case-table.xlsx`` and ``faults.json``.
    city, layers, table
        The clean delivery.
    folder : pathlib.Path
        An empty folder to work in.

    Returns
    -------
    list of Fault
        All that a check may find, in a registry that holds the clean city: the seeded faults, what they
        bring about, and, marked ``standing``, what the clean delivery has too. ``faults.json`` lists them
        under ``faults``, and under ``refused`` why ``dirty-noprj.zip`` is not even read.
    """
    copies = [layer.copied() for layer in layers]
    of_components = [layer for layer in copies if layer.path.startswith("部件/")]
    grids = next(layer for layer in copies if layer.path == GRIDS)
    spoiled = ComponentFaults(of_components, city.territory)
    of_grids = GridFaults(grids, city.territory)
    plates, streets = (next(one for one in copies if one.path == path) for path in (PLATES, STREETS))
    of_plates = PlateFaults(plates, streets, city.territory)
    faults = [*of_grids.seed(), *spoiled.seed(), *of_plates.seed()]
    others = [layer for layer in copies if not layer.path.startswith("部件/")]
    write_archive(directory / "dirty.zip", [*others, *spoiled.layers.values()], folder, gbk_names=False)
    _write_without_prj(directory / "dirty-noprj.zip", layers, folder)
    refused = [Fault("F03", "grids", FILE, None, "", "dirty-noprj.zip：缺少.prj，整体拒收")]
    faults += _spoil_table(directory / TABLE, table)
    faults += [*of_grids.standing(), *standing(city.components, of_components)]
    listed = {"faults": faults, "refused": refused}
    text = json.dumps({k: [f.to_dict() for f in v] for k, v in listed.items()}, ensure_ascii=False, indent=1)
    (directory / "faults.json").write_text(text + "\n", "utf-8")
    return faults


def _write_without_prj(path: Path, layers: list[Layer], folder: Path) -> None:
    grids = next(layer for layer in layers if layer.path == GRIDS)
    write_archive(path, [grids], folder, without=(".prj",))


def _spoil_table(path: Path, table: list[CaseRule]) -> list[Fault]:
    """Put an unreadable limit, an unknown unit and an unknown class into the case table."""
    spoiled = list(table)
    faults = []
    rows = rows_of(table)
    for code, position, change, note in (
        ("R03", 5, {"limit": "尽快处置"}, "时限无法识别"),
        ("R04", 27, {"acting": "相关工作专班"}, "责任主体无法识别"),
        ("R05", 40, {"code": "0166", "name": "无人配送柜"}, "小类不在名录中"),
    ):
        code_there = spoiled[position].code
        for index, rule in enumerate(spoiled):
            if rule.kind == "component" and rule.code == code_there and (code != "R03" or index == position):
                spoiled[index] = replace(rule, **change)
        first = next(
            i for i, rule in enumerate(table) if rule.code == code_there and rule.kind == "component"
        )
        row = rows["component", position if code == "R03" else first]
        faults.append(Fault(code, "rules", f"{TABLE}/部件", row, _cell(spoiled, position), note))
    write_workbook(path, workbook(spoiled))
    return faults


def _cell(table: list[CaseRule], position: int) -> str:
    """Return the code of a rule's class as its sheet shows it, perhaps without the leading zero."""
    numbered = list(dict.fromkeys(rule.code for rule in table if rule.kind == "component"))
    code = table[position].code
    return str(class_cell(numbered.index(code), code))
