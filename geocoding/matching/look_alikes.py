"""Characters people take for each other by their shape (形近字), in simplified spelling.

The sets are of two kinds: characters that differ by one stroke, its length or its place (``未末``),
and characters that share one part and differ in the one beside it (``清晴情``). Those that share the sound as
well are here too: which of the two misled somebody does not matter. The list is short on purpose; it is of
characters that stand in names of places.
"""

from __future__ import annotations

_ONE_STROKE = (
    "未末 己已巳 土士 日曰 天夭无 大太犬 人入八 千干于 午牛 今令 田由甲申 白自百 井开 王玉主 名各 "
    "乌鸟 西酉 木本术 心必 刀力刃 万方 右石 古吉 史吏 冶治怡 折拆 免兔 候侯 庆厌 戍戌戊 茶荼 庄压 "
    "贝见 风凤 厂广 历厉 亨享 乔齐 间问闻 雨两 辛幸 季李 兴兵 州川 目且 几九"
)
_ONE_PART = (
    "清晴情请青 洋样详祥 江汪 河何柯 湖胡 桥娇骄侨 坡波披玻 杨扬汤 林杯 松公 柏拍泊 梅海悔 桃挑逃 "
    "洲洒 沙纱 浦捕铺 港巷 湾弯 滨宾 岭岑 峰锋蜂 洞同桐铜 溪奚 堤提题 塘糖 坪评平 埔辅 坑抗 "
    "园圆 圃圉 苑菀 城诚成 堡保 楼搂 阁阂 门们 阳阴 陵凌菱 隆降 福副富 禄绿 寿涛 康唐 安按 宁拧 "
    "和禾 顺须 泰秦 昌冒 华毕 新析 明朋 文支 学字 府俯 仁仕 义叉 礼札 智知 "
    "忠患 孝考 德得 永水 长张 沿铅 漳障 潮嘲 沧苍 浩洁 渔鱼 淮准 汉汊 沪泸 淡谈 深探"
)

SETS: tuple[str, ...] = tuple((_ONE_STROKE + " " + _ONE_PART).split())
"""Characters of one set look alike."""


def shape_classes() -> dict[str, int]:
    """Return the number of the set each character is in, from 1 on."""
    return {character: number for number, alike in enumerate(SETS, 1) for character in alike}
