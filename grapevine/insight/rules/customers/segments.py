"""Who is in a segment: a rule as plain values, read from an address and written back to the same address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from grapevine.kit.text import marked

WHOLE_MAX = 10_000
BOUGHT = ("never", "once", "more", "any")
FLAGS = ("fan", "likely", "follows")


@dataclass(frozen=True, slots=True)
class Rule:
    """Every given condition must hold; 0 and "" are not given. Days count back from the last count."""

    bought: str = ""
    fan: bool = False
    """Bought and brought an order in the last 90 days."""
    likely: bool = False
    follows: bool = False
    orders_least: int = 0
    orders_most: int = 0
    spent_least: int = 0
    """In whole units of money."""
    quiet_least: int = 0
    """Days since the last order."""
    quiet_most: int = 0
    views_least: int = 0
    known_most: int = 0
    """Days since the shop first knew them."""
    r_least: int = 0
    r_most: int = 0
    f_least: int = 0
    m_least: int = 0
    category: str = ""
    region: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Rule()


def rule_from(asked: Mapping[str, str]) -> Rule:
    """From an address; what is no number or no word of ours is left aside."""
    given: dict[str, str | int | bool] = {}
    for field in fields(Rule):
        text = str(asked.get(field.name, "")).strip()
        if field.name in FLAGS:
            given[field.name] = text == "1"
        elif field.name in ("category", "region"):
            given[field.name] = text[:40]
        elif field.name == "bought":
            given[field.name] = text if text in BOUGHT else ""
        else:
            given[field.name] = (
                min(int(text), WHOLE_MAX) if text.isascii() and text.isdigit() else 0
            )
    return Rule(**given)  # type: ignore[arg-type]


def query_of(rule: Rule) -> str:
    """The address of a rule, each condition once, in one order: equal rules have equal addresses."""
    given = ((field.name, getattr(rule, field.name)) for field in fields(Rule))
    return urlencode(
        [(name, int(value) if value is True else value) for name, value in given if value]
    )


READY: tuple[tuple[str, Rule], ...] = (
    (marked("看了三次还没买"), Rule(bought="never", views_least=3)),
    (marked("最可能买的人"), Rule(bought="never", likely=True)),
    (marked("买过一次，很久没来"), Rule(bought="once", quiet_least=60)),
    (marked("老顾客快走了"), Rule(bought="more", r_most=2, f_least=3)),
    (marked("最好的顾客"), Rule(bought="more", r_least=4, f_least=4, m_least=4)),
    (marked("支撑粉丝"), Rule(fan=True)),
    (marked("新粉丝"), Rule(known_most=14)),
)
"""Segments most shops ask for, ready to open."""


def fifths(values: Mapping[int, float]) -> dict[int, int]:
    """Each key's fifth by value, 5 the highest; equal values share a fifth, the higher one."""
    if not values:
        return {}
    order = sorted(values.values())
    count = len(order)
    highest = {value: at for at, value in enumerate(order)}
    return {key: highest[value] * 5 // count + 1 for key, value in values.items()}
