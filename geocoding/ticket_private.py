"""Personal data in a ticket (个人信息): where it stands, and the text without it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MASK = "*"


class PrivateKind(StrEnum):
    """What kind of personal data a span holds."""

    PHONE = "phone"
    """电话号码."""
    IDENTITY = "identity"
    """公民身份号码."""
    VEHICLE = "vehicle"
    """车牌号."""
    NAME = "name"
    """姓名, 称呼."""
    EMAIL = "email"
    """电子邮箱."""


@dataclass(frozen=True, slots=True)
class PrivateSpan:
    """Where personal data stands in the text given; the data itself is not kept."""

    kind: PrivateKind
    start: int
    end: int


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦马苗方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋"
    "庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓"
    "郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠曲封芮储靳段巫焦谷车侯全班仰秋仲伊宫宁仇甘厉祖武符刘景詹束龙叶司黎白蒲鄂"
    "索赖卓蔺屠蒙池乔闻党翟谭贡劳姬申冉雍桑桂牛寿通边燕尚温庄晏柴瞿阎习艾鱼容向古易廖耿匡文广东欧沃利师巩聂晁敖冷辛那简"
    "饶曾关相查后荆红游权盖益桓公肖闫付代邸覃"
)
_TITLE = "先生|女士|小姐|师傅|阿姨|大爷|大妈|老师|同志|某某?"
_WHO = "我叫|我是|姓名|联系人|反映人|投诉人|来电人|市民|名叫"
_BEHIND_NAME = rf"{_TITLE}|[,，。;；、:：\s（(]|\d|电话|手机|联系|身份证|住在|反映|投诉|$"
_PATTERNS: tuple[tuple[PrivateKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (PrivateKind.IDENTITY, r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d{4}[\dXx](?!\d)"),
        (PrivateKind.PHONE, r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"),
        (PrivateKind.PHONE, r"(?<![\d-])(?:0\d{2,3}[- ]?)[2-9]\d{6,7}(?![\d-])"),
        (PrivateKind.PHONE, r"(?:电话|座机|联系|号码)[:： 是为]{0,2}([2-9]\d{6,7})(?!\d)"),
        (PrivateKind.VEHICLE, rf"[{_PROVINCES}][A-Za-z][·. ]?[A-Za-z0-9]{{5,6}}(?![A-Za-z0-9])"),
        (PrivateKind.EMAIL, r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"),
        (PrivateKind.NAME, rf"(?:{_WHO})[:： 为是]{{0,2}}([{_SURNAMES}][一-鿿]{{1,2}}?)(?={_BEHIND_NAME})"),
        (PrivateKind.NAME, rf"(?:我|免贵|本人|市民|来电人)姓([{_SURNAMES}])"),
        (
            PrivateKind.NAME,
            rf"(?:(?<![一-鿿])|联系|市民|居民|业主|来电人|反映人|投诉人)([{_SURNAMES}](?:{_TITLE}))",
        ),
    )
)


def private_spans(text: str) -> tuple[PrivateSpan, ...]:
    """Return where personal data stands in a text, in order, without overlaps.

    Digits of any width count; what kind a number is follows from its form.
    """
    plain = text.translate(_WIDTH)
    found = [
        (*(match.span(match.lastindex or 0)), kind)
        for kind, pattern in _PATTERNS
        for match in pattern.finditer(plain)
    ]
    return tuple(_without_overlaps(found))


def masked(text: str, spans: Iterable[PrivateSpan]) -> str:
    """Return a text of the same length with asterisks in place of personal data."""
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = MASK * (span.end - span.start)
    return "".join(characters)


_WIDTH = {0xFF01 + at: 0x21 + at for at in range(94)}


def _without_overlaps(found: list[tuple[int, int, PrivateKind]]) -> Iterable[PrivateSpan]:
    done = 0
    for start, end, kind in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= done:
            done = end
            yield PrivateSpan(kind, start, end)
