"""Turn a table of organisations (责任单位、组织机构) into rows of the dataset."""

from __future__ import annotations

from gis.columns import to_json
from gis.credit_codes import has_credit_code_form, is_credit_code
from gis.enumerations import split_list
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage_frames
from gis.text import Text, t
from grids.codes import normalise, parse_division_code
from grids.numbering import positions_by
from grids.reference import live_codes
from responsibility.duty_contacts import ORGANISATION_CONTACT_FIELDS, take_contacts_out
from responsibility.import_fields import ORGANISATION_FIELDS
from responsibility.organisation_checks import check_chains, check_jurisdictions, settle_validity

TYPES = {
    **dict.fromkeys(("authority", "主管部门", "主管单位", "主管"), "authority"),
    **dict.fromkeys(("owner", "权属单位", "产权单位", "权属"), "owner"),
    **dict.fromkeys(("maintainer", "养护单位", "管护单位", "养护", "作业单位"), "maintainer"),
    **dict.fromkeys(("enforcement", "执法", "执法单位", "执法部门", "执法队伍", "行政执法"), "enforcement"),
    **dict.fromkeys(("street", "街道办", "街道办事处", "街办", "街道", "乡镇", "乡镇政府"), "street"),
    **dict.fromkeys(("government", "政府", "人民政府", "区政府", "管委会"), "government"),
}
STATES = {
    **dict.fromkeys(("active", "在用", "存续", "正常", "在业"), "active"),
    **dict.fromkeys(("closed", "注销", "撤销", "停用", "撤并", "已撤并", "已注销", "已撤销"), "closed"),
}


def prepare_organisations(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare organisations.

    Codes are unified social credit codes; one with a wrong check character is refused (R01), a code
    of another form is kept with a warning, because departments within an organisation have none.
    Persons and telephone numbers go to the dataset of duty contacts.
    Checks R01, R02, R10, R11, R15, R22, R23 and R27.
    """
    frames = tables_of(sheets, ORGANISATION_FIELDS)
    fields = (*ORGANISATION_FIELDS, *ORGANISATION_CONTACT_FIELDS)
    staging = stage_frames(frames, fields, context, dataset="organisations", key="code")
    _check_codes(staging)
    _check_duplicates(staging)
    _translate(staging, "types", TYPES)
    _translate(staging, "state", STATES)
    for name in ("short_names", "former_names", "lines"):
        staging.set(name, [to_json(split_list(text)) if text else None for text in staging.values(name)])
    _check_references(staging, context)
    settle_validity(staging)
    check_chains(staging, context.registry)
    check_jurisdictions(staging, context.registry)
    contacts = take_contacts_out(staging)
    prepared = staging.prepared(staging.accepted())
    prepared.also = contacts
    return prepared


def _check_codes(staging: Staging) -> None:
    codes = [None if code is None else normalise(code) for code in staging.values("code")]
    staging.set("code", codes)
    for at, code in enumerate(codes):
        if staging.refused[at]:
            continue
        if code is None:
            _flag(staging, at, "R01", Severity.ERROR, t("Row {row} has no code", row=staging.row_number(at)))
        elif has_credit_code_form(code) and not is_credit_code(code):
            message = t("{code} is not a credit code: its check character is wrong", code=code)
            _flag(staging, at, "R01", Severity.ERROR, message)
        elif not has_credit_code_form(code):
            message = t("{code} is not a unified social credit code; it is kept as a local code", code=code)
            _flag(staging, at, "R01", Severity.WARNING, message)
        if staging.values("name")[at] is None:
            message = t("Row {row} has no name", row=staging.row_number(at))
            _flag(staging, at, "R01", Severity.ERROR, message, field="name")


def _check_duplicates(staging: Staging) -> None:
    """Refuse codes given twice, report names given twice (R02)."""
    codes, names = staging.values("code"), staging.values("name")
    for positions in positions_by(codes).values():
        for at in positions[1:]:
            message = t(
                "Organisation {code} is there in {where} already",
                code=codes[at],
                where=staging.where(positions[0]),
            )
            _flag(staging, at, "R02", Severity.ERROR, message)
            staging.refused[positions[0]] |= names[at] != names[positions[0]]
    for positions in positions_by(names).values():
        for at in (at for at in positions[1:] if codes[at] != codes[positions[0]]):
            message = t(
                "{name} is the name of {where} too",
                name=names[at],
                where=staging.where(positions[0]),
            )
            _flag(staging, at, "R02", Severity.WARNING, message, field="name")


def _translate(staging: Staging, name: str, words: dict[str, str]) -> None:
    """Bring words to the registry's (R11 for others); types are a JSON list, a missing state is active."""
    result: list[str | None] = []
    for at, text in enumerate(staging.values(name)):
        given = split_list(text)
        for word in (word for word in given if word.casefold() not in words):
            message = t("{word} is not understood", word=word)
            _flag(staging, at, "R11", Severity.WARNING, message, field=name, expected="、".join(words))
        known = list(dict.fromkeys(words[word.casefold()] for word in given if word.casefold() in words))
        if name == "types":
            result.append(to_json(known) if known else None)
        else:
            result.append(known[0] if known else "active")
    staging.set(name, result)


def _check_references(staging: Staging, context: ImportContext) -> None:
    """Report parents, successors and divisions that are nowhere (R10)."""
    known = {code for code in staging.values("code") if code is not None}
    known |= live_codes(context.registry, "organisations")
    divisions = live_codes(context.registry, "divisions")
    for name in ("parent_code", "successor_code"):
        for at, code in enumerate(staging.values(name)):
            if code is not None and code not in known:
                message = t("{code} is not an organisation of the registry or the delivery", code=code)
                _flag(staging, at, "R10", Severity.WARNING, message, field=name)
    cut = [_division(code) for code in staging.values("division_code")]
    staging.set("division_code", cut)
    for at, code in enumerate(cut):
        if code is not None and divisions and code not in divisions:
            message = t("Division {code} is not in the registry", code=code)
            _flag(staging, at, "R10", Severity.WARNING, message, field="division_code")


def _division(code: str | None) -> str | None:
    """Cut the zeros that fill a division code up."""
    parsed = parse_division_code(code) if code is not None else None
    return code if parsed is None else parsed.code


def _flag(
    staging: Staging,
    at: int,
    code: str,
    severity: Severity,
    message: Text,
    *,
    field: str = "code",
    expected: str | None = None,
) -> None:
    staging.flag(at, code, severity, message, field=field, expected=expected)
