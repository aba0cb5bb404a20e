"""Every step of a funnel, once: its letter, its name, what it means, and which rows of the log are it.

`of` takes the log (or any table with its columns) and says of each row whether it is the step, written with the table's
own methods, so that pages may read names and meanings without loading an engine. `journeys.py` counts, `rules/funnels.py`
reads what was counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grapevine.kit.text import marked


@dataclass(frozen=True, slots=True)
class Step:
    """`letter` is how a journey's text writes it; `is_late`: it may come weeks after the payment it belongs to."""

    letter: str
    name: str
    label: str
    meaning: str
    of: Callable[[Any], Any]
    is_late: bool = False


def _is(*verbs: str) -> Callable[[Any], Any]:
    return lambda t: t.verb.isin(verbs)


def _view_of(kind: str) -> Callable[[Any], Any]:
    return lambda t: (t.verb == "view") & (t.object_type == kind)


SEEN = (
    "impression",
    "click",
    "view",
    "open_share",
    "spread.share_visited",
    "like",
    "collect",
    "search",
)
STEPS = (
    Step("s", "seen", marked("看到"), marked("本店的商品、店铺、拼团或带货笔记出现在眼前"), _is(*SEEN)),
    Step("n", "note", marked("读笔记"), marked("打开了带本店商品的笔记"), _view_of("note")),
    Step("h", "shared", marked("打开分享"), marked("从别人的分享链接进来"), _is("open_share", "spread.share_visited")),
    Step("j", "joined", marked("参团"), marked("开了团或参加了团"), _is("campaigns.group_joined", "campaigns.group_opened")),
    Step("g", "goods", marked("打开商品"), marked("打开了商品页"), _view_of("goods")),
    Step("c", "cart", marked("加购"), marked("放进了购物车；直接买的人不走这一步"), _is("cart")),
    Step("q", "quoted", marked("看到总价"), marked("到了确认订单那一页"), _is("checkout")),
    Step("o", "placed", marked("下单"), marked("提交了订单"), _is("trade.order_placed")),
    Step("p", "paid", marked("付款"), marked("付了款"), _is("trade.order_paid")),
    Step("r", "received", marked("收货"), marked("收到了货"), _is("trade.order_received"), is_late=True),
    Step("v", "reviewed", marked("评价"), marked("写了评价"), _is("care.review_written"), is_late=True),
)  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}
RANK = {step.letter: n for n, step in enumerate(STEPS)}
LATE = tuple(step.letter for step in STEPS if step.is_late)


@dataclass(frozen=True, slots=True)
class Line:
    """A written list of steps in their order; a funnel takes two or more of them.

    `usual` are those taken if none are chosen, as far as anybody did them: whoever buys at once never fills a cart.
    """

    name: str
    label: str
    steps: tuple[str, ...]
    usual: tuple[str, ...]

    def chosen(self, names: "tuple[str, ...]") -> tuple[Step, ...]:
        return tuple(BY_NAME[name] for name in self.steps if name in names)


LINES = {
    line.name: line
    for line in (
        Line("buy", marked("购买"),
             ("seen", "goods", "cart", "quoted", "placed", "paid", "received", "reviewed"),
             ("seen", "goods", "quoted", "placed", "paid")),
        Line("note", marked("笔记带来的"), ("note", "goods", "paid"), ("note", "goods", "paid")),
        Line("share", marked("分享带来的"), ("shared", "joined", "paid"), ("shared", "joined", "paid")),
    )
}  # fmt: skip
PAIRS = tuple(
    dict.fromkeys(
        BY_NAME[a].letter + BY_NAME[b].letter
        for line in LINES.values()
        for n, a in enumerate(line.steps)
        for b in line.steps[n + 1 :]
    )
)
"""Two letters: the pairs of steps whose time between is kept."""
QUIET_DAYS = 3
"""A journey ends with its payment, after three days of quiet, or on its seventh day, whatever comes first."""
LONGEST_DAYS = 7
LATE_DAYS = 60
"""What comes later than this after the journey began is not of it."""
