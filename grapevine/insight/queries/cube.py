"""The cube: measures by dimensions over the rollups. One query a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.db.models import Sum

from grapevine.goods import facade as goods
from grapevine.insight.contracts import Cube, CubeRow
from grapevine.insight.models import DailyFact, GoodsFact, RegionFact
from grapevine.insight.queries.windows import local_day
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

ROWS_MAX = 2000
DAYS_MAX = 400


@dataclass(frozen=True, slots=True)
class Subject:
    model: type[models.Model]
    measures: tuple[str, ...]
    dimensions: tuple[str, ...]


SUBJECTS = {
    "orders": Subject(
        DailyFact, ("orders", "items", "payments_minor", "refunds_minor"), ("day", "channel")
    ),
    "people": Subject(DailyFact, ("visitors", "buyers", "new_buyers"), ("day", "channel")),
    "goods": Subject(GoodsFact, ("orders", "payments_minor"), ("day", "channel", "goods_id")),
    "groups": Subject(RegionFact, ("opened", "filled", "expired"), ("day", "region")),
}
LABELS = {
    "orders": marked("订单"), "people": marked("人"), "goods": marked("商品"), "groups": marked("拼团"),
    "day": marked("日期"), "channel": marked("来源"), "goods_id": marked("商品"), "region": marked("地区"),
    "items": marked("件数"), "payments_minor": marked("支付额"), "refunds_minor": marked("退款额"),
    "visitors": marked("访客"), "buyers": marked("买家"), "new_buyers": marked("新买家"),
    "opened": marked("开团"), "filled": marked("成团"), "expired": marked("未成团"),
}  # fmt: skip
MEANINGS = {
    "orders": marked("当天付款的订单数"),
    "items": marked("这些订单里的件数"),
    "payments_minor": marked("当天付款的金额，未减退款"),
    "refunds_minor": marked("当天退款的金额"),
    "visitors": marked("当天看过本店内容的人，一人一天算一次"),
    "buyers": marked("当天付过款的人，一人一天算一次"),
    "new_buyers": marked("当天第一次在本店付款的人"),
    "opened": marked("当天开的团"),
    "filled": marked("当天成的团"),
    "expired": marked("当天到期没成的团"),
}


def cube(
    shop_id: int,
    *,
    subject: str = "orders",
    by: Sequence[str] = ("day",),
    first: date | None = None,
    last: date | None = None,
    channel: str = "",
) -> Cube:
    """Rows by the asked dimensions, newest day or largest first, with totals over all of them."""
    known = SUBJECTS.get(subject)
    if known is None or not by or not set(by) <= set(known.dimensions):
        raise BadInput(fields={"by": marked("没有这个维度")})
    end = last or local_day()
    start = first or end - timedelta(days=27)
    if not timedelta(0) <= end - start <= timedelta(days=DAYS_MAX):
        raise BadInput(fields={"first": marked("时间段要在 400 天以内")})
    rows = known.model._default_manager.filter(shop_id=shop_id, day__gte=start, day__lte=end)
    if channel and "channel" in known.dimensions:
        rows = rows.filter(channel=channel)
    sums = {f"sum_{name}": Sum(name) for name in known.measures}
    order = "-day" if by[0] == "day" else f"-sum_{known.measures[-1]}"
    found = list(rows.values(*by).annotate(**sums).order_by(order, *by)[: ROWS_MAX + 1])
    totals = rows.aggregate(**sums)
    names = _names(found) if "goods_id" in by else {}
    return Cube(
        subject=subject, dimensions=tuple(by), measures=known.measures,
        rows=tuple(
            CubeRow(
                tuple(names.get(row[d], str(row[d])) if d == "goods_id" else str(row[d]) for d in by),
                tuple(row[f"sum_{m}"] or 0 for m in known.measures),
            )
            for row in found[:ROWS_MAX]
        ),
        totals=tuple(totals[f"sum_{m}"] or 0 for m in known.measures),
        first=start, last=end, truncated=len(found) > ROWS_MAX,
    )  # fmt: skip


def _names(rows: Sequence[dict[str, object]]) -> dict[object, str]:
    ids = {int(str(row["goods_id"])) for row in rows}
    return {key: card.title for key, card in goods.goods_cards(ids).items()}
