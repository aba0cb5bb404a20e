"""How large a city is, by the people who live in its urban area.

Classes of the State Council's notice 国发〔2014〕51 号: above ten million, five to ten million, below. Which cities those are:
National Bureau of Statistics, seventh census, in 求是 2021/18.
"""

from enum import StrEnum


class Size(StrEnum):
    HUGE = "huge"
    LARGE = "large"
    OTHER = "other"


HUGE = frozenset({"上海市", "北京市", "深圳市", "重庆市", "广州市", "成都市", "天津市"})
LARGE = frozenset({
    "武汉市", "东莞市", "西安市", "杭州市", "佛山市", "南京市", "沈阳市", "青岛市", "济南市", "长沙市", "哈尔滨市", "郑州市",
    "昆明市", "大连市",
})  # fmt: skip


def size_of(city: str) -> Size:
    return Size.HUGE if city in HUGE else Size.LARGE if city in LARGE else Size.OTHER
