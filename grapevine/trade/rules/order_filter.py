"""What a shop's order list may be narrowed to. Every filter is met by an index; see `queries.desk`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.trade.contracts import OrderState
from grapevine.trade.rules.address import PROVINCES

TEXT_MAX = 40


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Empty values narrow nothing. Days are whole local ones, both included. `goods` is a public id, `buyer` a handle."""

    state: str = ""
    number: str = ""
    first: date | None = None
    last: date | None = None
    goods: str = ""
    province: str = ""
    buyer: str = ""

    def __bool__(self) -> bool:
        return self != OrderFilter()


def order_filter(words: Mapping[str, str]) -> OrderFilter:
    """From the words of an address (`state`, `q`, `first`, `last`, `goods`, `province`, `buyer`).

    Raises BadInput, with the field, for a word that cannot be meant.
    """
    given = {name: words.get(name, "").strip()[:TEXT_MAX] for name in FIELDS}
    wrong: dict[str, str] = {}
    if given["state"] and given["state"] not in set(OrderState):
        wrong["state"] = marked("没有这种订单状态")
    if given["province"] and given["province"] not in PROVINCES:
        wrong["province"] = marked("没有这个省份")
    first, last = (_day(given[name], name, wrong) for name in ("first", "last"))
    if first and last and first > last:
        wrong["last"] = marked("结束那天早于开始那天")
    if wrong:
        raise BadInput(fields=wrong)
    return OrderFilter(
        given["state"], given["q"].lower(), first, last, given["goods"], given["province"],
        given["buyer"],
    )  # fmt: skip


FIELDS = ("state", "q", "first", "last", "goods", "province", "buyer")


def days_of_number(beginning: str) -> tuple[date, date] | None:
    """The days between which orders were placed whose number begins so: a number begins with the day, as YYMMDD.

    One day wider on both sides than it says, so that no time zone matters. None where it says nothing.
    """
    digits = beginning[:6]
    if not digits.isdecimal() or not digits.isascii() or len(digits) < len("YY"):
        return None
    year = 2000 + int(digits[:2])
    try:
        if len(digits) < len("YYMM"):
            first, last = date(year, 1, 1), date(year, 12, 31)
        elif len(digits) < len("YYMMDD"):
            first = date(year, int(digits[2:4]), 1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        else:
            first = last = date(year, int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None
    return first - timedelta(days=1), last + timedelta(days=1)


def _day(text: str, name: str, wrong: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong[name] = marked("日期写成 2026-03-08 这样")
        return None
