"""Under which headings and words deliveries carry past cases."""

from __future__ import annotations

from gis.mapping import Field
from responsibility.question import Kind


def _field(name: str, headings: str, *, required: bool = False) -> Field:
    return Field(name, tuple(headings.split()), required=required)


CASE_FIELDS = (
    _field("id", "案件编号 案件号 案卷编号 案卷号 任务号 任务编号 工单编号 工单号 事件编号 编号"),
    _field("class_code", "小类代码 小类编码 类别代码 小类 小类名称 案件类别 类别 class"),
    _field("standard", "分类版本 类别版本"),
    _field("kind", "问题类型 案件类型 部件事件 类型"),
    _field("component_id", "部件标识码 部件编码 部件代码 部件编号 component"),
    _field("reported_at", "上报时间 立案时间 发现时间 受理时间 发生时间 案件时间"),
    _field("source", "定位来源 位置来源 坐标来源"),
    _field("accuracy_m", "定位精度 位置精度 精度"),
    _field("rule_no", "立案条件序号 规则号 规则序号"),
    _field("acting_code", "处置单位代码 责任单位代码 处置部门代码"),
    _field("acting_name", "处置单位 处置单位名称 处置部门 责任单位 责任单位名称 责任部门 主责部门"),
    _field("outcome", "处置结果 处理结果 派遣结果 结果"),
    _field("stated_grid", "单元网格编码 单元网格代码 单元网格 所属单元网格 网格编码"),
    _field("stated_street", "所属街道 街道 街道名称 街道代码 乡镇街道"),
    _field("stated_community", "所属社区 社区 社区名称 社区代码 村居 村社区"),
    _field("address", "事发地址 案发地址 事发地点 问题地址 地址 位置描述 地址描述"),
    _field("note", "问题描述 案件描述 描述 备注"),
)

KINDS = {
    **dict.fromkeys(("component", "部件", "部件类", "部件问题"), str(Kind.COMPONENT)),
    **dict.fromkeys(("matter", "event", "事件", "事项", "事件类", "事件问题"), str(Kind.MATTER)),
}

ACCEPTED, CHANGED, RETURNED = "accepted", "changed", "returned"
OUTCOMES = {
    **dict.fromkeys(
        ("accepted", "受理", "接收", "已接收", "已受理", "已处置", "已办结", "办结", "结案", "已结案"),
        ACCEPTED,
    ),
    **dict.fromkeys(("changed", "改派", "转派", "改派处置", "调整"), CHANGED),
    **dict.fromkeys(("returned", "退单", "退回", "回退", "拒签", "推诿", "不受理"), RETURNED),
}
