"""Factors of the rating that come from modules below and from the reviews themselves."""

from collections.abc import Mapping
from datetime import datetime

from grapevine.care.contracts import Measure
from grapevine.care.queries.scores import shop_scores
from grapevine.goods import facade as goods
from grapevine.trade import facade as trade

BPS = 10_000


def ship_time(since: datetime, until: datetime) -> Mapping[int, Measure]:
    found = trade.shop_conduct(since, until)
    return {pk: Measure(one.shipped, one.ship_hours) for pk, one in found.items()}


def refund_speed(since: datetime, until: datetime) -> Mapping[int, Measure]:
    found = trade.shop_conduct(since, until)
    return {pk: Measure(one.repaid, one.refund_hours) for pk, one in found.items()}


def refund_rate(since: datetime, until: datetime) -> Mapping[int, Measure]:
    found = trade.shop_conduct(since, until)
    return {pk: Measure(one.paid, _share(one.refunded, one.paid)) for pk, one in found.items()}


def dispute_rate(since: datetime, until: datetime) -> Mapping[int, Measure]:
    found = trade.shop_conduct(since, until)
    return {pk: Measure(one.paid, _share(one.disputed, one.paid)) for pk, one in found.items()}


def reviews(since: datetime, until: datetime) -> Mapping[int, Measure]:  # noqa: ARG001  all that stand
    """The lower bound of the score of all reviews that count, whenever they were written."""
    return {pk: Measure(score.counted, score.floor) for pk, score in shop_scores().items()}


def violations(since: datetime, until: datetime) -> Mapping[int, Measure]:
    found = goods.violations(since, until)
    return {pk: Measure(count, count) for pk, count in found.items()}


def inspections(since: datetime, until: datetime) -> Mapping[int, Measure]:
    found = goods.inspected(since, until)
    return {pk: Measure(n, _share(failed, n)) for pk, (n, failed) in found.items()}


def after_sales(since: datetime, until: datetime) -> Mapping[int, Measure]:
    """The share of a shop's ended cases that met every target of after-sales."""
    found = trade.aftersales_conduct(since, until)
    return {pk: Measure(n, _share(met, n)) for pk, (n, met) in found.items()}


def _share(part: int, whole: int) -> int:
    """In basis points, rounded half up."""
    return (2 * BPS * part + whole) // (2 * whole) if whole else 0
