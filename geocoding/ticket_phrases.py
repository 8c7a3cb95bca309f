"""What is the matter (现象): the words of a ticket that say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from geocoding.traditional import simplified


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, the slice ``start:end`` of the ticket."""

    text: str
    start: int
    end: int


_WORDS = (
    "破损|损坏|缺失|丢失|被盗|松动|移位|下沉|塌陷|凹陷|沉降|断裂|倾斜|倒伏|倒塌|歪斜|脱落|坠落|开裂|裂缝|锈蚀|翘起|异响|"
    "不亮|没亮|熄灭|闪烁|漏电|停电|停水|漏水|渗水|积水|冒水|外溢|满溢|溢出|堵塞|堵住|爆裂|爆管|泄漏|冒烟|着火|起火|"
    "占道|占用|乱停|乱放|乱堆|堆放|堆积|乱扔|乱倒|倾倒|偷倒|遗撒|抛洒|暴露|焚烧|冒黑烟|油烟|扰民|噪音|噪声|异味|恶臭|臭味|"
    "违建|私搭|乱建|搭建|违规|违停|张贴|涂写|小广告|乱贴|挡住|遮挡|阻碍|枯死|折断|死亡|坑洼|不平|坑|没有盖|无盖|没盖|坏了|掉了|破了|断了|倒了|不见了|歪了|没人清|无人清|未清|没清|"
    "故障|松脱|松了|松咗|满了|满出|没了|堵起|堵死|堵了|锈断|撞坏|撞断|要掉(?:下来)?|掉下|垂落|垮了|烂了|又脏(?:又臭)?|好脏|臭得|很臭|太吵|吵得|亮着|充电|私拉"
)
_SUBJECT = re.compile(rf"[一-鿿]{{0,8}}(?:{_WORDS})(?:严重|了|很久|多日)?")


_SIMPLIFIED = str.maketrans(dict(simplified()))
MATTER = re.compile(_WORDS)
"""Words that begin what is the matter: no place goes on behind them."""


def phenomena(text: str, matters: Sequence[tuple[int, int]] = ()) -> tuple[Phrase, ...]:
    """Return the phrases that say what is the matter, in the order of the text.

    A phrase is the word for it with at most eight characters before.

    Parameters
    ----------
    text : str
    matters : sequence of (int, int)
        Spans that name a matter (事件) of the catalogue: phrases too, where no other covers any of them.
    """
    found = [one.span() for one in _SUBJECT.finditer(text.translate(_SIMPLIFIED))]
    further = [span for span in matters if not any(span[0] < end and start < span[1] for start, end in found)]
    return tuple(Phrase(text[start:end], start, end) for start, end in sorted({*found, *further}))
