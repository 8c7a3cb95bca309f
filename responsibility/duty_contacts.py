"""The duties of a body and who is reached for them, kept apart from the organisations.

A body has a department in charge (主管科室), takes cases in (受理), patrols (巡查) and has somebody who
answers for dealing with them (处置责任人). Names and telephone numbers are in a dataset that is never
published; the table of organisations may carry them in columns, from which they are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson
import pandas

from gis.attributes import ATTRIBUTES
from gis.columns import to_json
from gis.editions import Change
from gis.enumerations import split_list
from gis.findings import Severity
from gis.importing import ImportContext, Prepared
from gis.mapping import Field
from gis.models import DATASETS
from gis.sheet import Sheet
from gis.sheet_tables import tables_of
from gis.staging import Staging, stage_frames
from gis.text import t
from responsibility.organisations import Organisations, read_organisations

DATASET = "duty-contacts"
GENERAL = "general"
DUTIES = {
    **dict.fromkeys(("department", "主管科室", "主管部门", "科室"), "department"),
    **dict.fromkeys(("intake", "受理", "受理人", "接单", "信息员"), "intake"),
    **dict.fromkeys(("patrol", "巡查", "巡查责任人", "巡查人", "巡查员"), "patrol"),
    **dict.fromkeys(("handling", "处置", "处置责任人", "责任人", "处置人"), "handling"),
    **dict.fromkeys((GENERAL, "联系", "联系人", "值班"), GENERAL),
}

CONTACT_FIELDS = (
    Field("organisation_code", ("单位代码", "统一社会信用代码", "机构代码", "代码")),
    Field("organisation_name", ("单位名称", "机构名称", "单位", "名称")),
    Field("duty", ("职责", "职责类型", "岗位", "角色"), required=True),
    Field("contact", ("联系人", "姓名", "责任人", "科室名称")),
    Field("department", ("科室", "部门", "所在科室")),
    Field("phone", ("电话", "联系电话", "手机", "手机号", "值班电话")),
    Field("lines", ("条线", "业务条线")),
    Field("note", ("备注", "说明")),
)

# Columns of the table of organisations: who, and the number, by duty.
_COLUMNS: Mapping[str, tuple[str, str]] = {
    "department": ("主管科室 主管处室 责任科室", "主管科室电话 科室电话"),
    "intake": ("受理人 受理员 受理责任人 信息员", "受理电话 受理人电话 接单电话"),
    "patrol": ("巡查责任人 巡查人 巡查员", "巡查电话 巡查责任人电话 巡查人电话"),
    "handling": ("处置责任人 处置人 责任人", "处置电话 处置责任人电话 责任人电话"),
    GENERAL: ("联系人 值班人", "联系电话 电话 值班电话 手机 手机号 联系方式"),
}
ORGANISATION_CONTACT_FIELDS = tuple(
    Field(f"{duty}_{part}", tuple(headings.split()))
    for duty, columns in _COLUMNS.items()
    for part, headings in zip(("contact", "phone"), columns, strict=True)
)
_PERSONAL = re.compile(r"电话|手机|联系|传真|邮箱|微信|身份证")
_PHONE = re.compile(r"\+?[\d\s()（）/、,，;；-]{3,60}(?:转\d+)?")


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is reached for a duty of an organisation."""

    organisation_code: str
    duty: str
    contact: str
    department: str | None = None
    phone: str | None = None
    lines: str | None = None
    note: str | None = None


def prepare_duty_contacts(sheets: list[Sheet], context: ImportContext) -> Prepared:
    """Prepare duty contacts; those of an organisation are complete in a delivery.

    Checks R10 (organisation), R11 (duty) and R28 (nobody to reach).
    """
    staging = stage_frames(
        tables_of(sheets, CONTACT_FIELDS), CONTACT_FIELDS, context, dataset=DATASET, key="organisation_code"
    )
    organisations = read_organisations(context.registry)
    contacts = {}
    for at in range(len(staging)):
        contact = _contact(staging, at, organisations)
        if contact is not None:
            contacts[contact.organisation_code, contact.duty, contact.contact] = contact
    return staging.prepared(_frame(contacts.values()))


def take_contacts_out(staging: Staging) -> list[Change]:
    """Move the contacts of a table of organisations to their own dataset.

    Columns of no field whose heading speaks of telephones or persons leave the attributes too.

    Parameters
    ----------
    staging : Staging
        Rows of organisations; their codes are settled.

    Returns
    -------
    list of Change
        One where the table has such columns, else none.
    """
    others = _take_from_attributes(staging)
    contacts = {
        (contact.organisation_code, contact.duty, contact.contact): contact
        for at, code in enumerate(staging.values("code"))
        if code is not None and not staging.refused[at]
        for contact in (*_of_columns(staging, at, code), *others.get(at, ()))
    }
    return [Change(DATASET, _frame(contacts.values()))] if contacts else []


def _contact(staging: Staging, at: int, organisations: Organisations) -> Contact | None:
    code, name, duty, contact, department, phone, lines, note = (
        staging.values(field.name)[at] for field in CONTACT_FIELDS
    )
    unit = organisations.lookup(code, name)
    settled = unit.code if unit else code
    known = DUTIES.get((duty or "").casefold())
    if settled is None or unit is None:
        message = t("{unit} is not an organisation of the registry", unit=code or name or "–")
        staging.flag(at, "R10", Severity.ERROR, message, field="organisation_code")
    if known is None:
        message = t("{word} is not understood", word=duty or "–")
        expected = "主管科室、受理、巡查、处置责任人、联系人"
        staging.flag(at, "R11", Severity.ERROR, message, field="duty", expected=expected)
    who = contact or department or phone
    if who is None:
        message = t("Row {row} names neither a person nor a number", row=staging.row_number(at))
        staging.flag(at, "R28", Severity.ERROR, message, field="contact")
    elif phone is not None and not _PHONE.fullmatch(phone):
        staging.flag(
            at, "R28", Severity.WARNING, t("{text} is no telephone number", text=phone), field="phone"
        )
    if staging.refused[at] or settled is None or known is None or who is None:
        return None
    return Contact(
        settled, known, who, department, phone, to_json(split_list(lines)) if lines else None, note
    )


def _of_columns(staging: Staging, at: int, code: str) -> Iterator[Contact]:
    for duty in _COLUMNS:
        contact, phone = (staging.values(f"{duty}_{part}")[at] for part in ("contact", "phone"))
        who = contact or phone
        if who is not None:
            department = staging.values("department_contact")[at] if duty != "department" else None
            yield Contact(code, duty, who, department, phone)


def _take_from_attributes(staging: Staging) -> dict[int, list[Contact]]:
    texts = staging.values(ATTRIBUTES).copy()
    taken: dict[int, list[Contact]] = {}
    for at, text in enumerate(texts):
        kept = orjson.loads(text) if text else {}
        personal = [heading for heading in kept if _PERSONAL.search(heading)]
        for heading in personal:
            value, code = str(kept.pop(heading)), staging.values("code")[at]
            taken.setdefault(at, []).append(Contact(code or "", GENERAL, value, note=heading))
        if personal:
            texts[at] = orjson.dumps(kept).decode() if kept else None
    staging.set(ATTRIBUTES, texts)
    return taken


def _frame(contacts: Iterable[Contact]) -> pandas.DataFrame:
    columns = DATASETS[DATASET].columns
    rows = [[getattr(contact, name) for name in columns] for contact in contacts]
    return pandas.DataFrame(rows, columns=list(columns), dtype=object)
