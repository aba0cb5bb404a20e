"""At which stage of its life a shop is: rules first, with hysteresis. `docs/SHOPS.md` has the table in words.

Two things keep a stage from flickering: what lets a shop in is more than what lets it stay, and what is wanted must be
wanted for some days before it becomes true.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    ACQUIRE = "acquire"
    START = "start"
    OPERATE = "operate"
    AT_RISK = "at_risk"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Signals:
    """A shop on one day. Without another word a figure is of the last 28 days; `…_before` of the 28 before those."""

    age_days: int
    is_closed: bool
    goods: int
    """Goods it has put up, ever."""
    orders_ever: int
    seen_days: int
    """Days on which its staff signed in or did something in the console."""
    seen_days_before: int
    quiet_days: int
    """Since the last such day, or since it opened; holidays do not count."""
    orderless_days: int
    """Since the last order, or since it opened; holidays do not count."""
    orders: int
    orders_before: int
    payments_minor: int
    payments_before_minor: int
    pages: int
    listings: int
    campaigns: int
    replies: int
    ship_hours: float | None
    tickets: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A code that the pages put into words, and its number."""

    code: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    stage: Stage
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a shop is, and what has been wanted for it since when."""

    stage: Stage
    since: date
    wanted: Stage
    wanted_since: date


QUIET_IN, QUIET_BACK = 14, 6
ABSENT_IN = 21
ORDERLESS_IN = 14
FALL_FROM, FALL_TO, FALL_STAY = 8, 0.4, 0.6
BACK_SEEN = 4
OPERATE_IN, OPERATE_STAY, OPERATE_SEEN = 12, 6, 6
HELD_DAYS: dict[Stage, int] = {
    Stage.ACQUIRE: 7, Stage.START: 7, Stage.OPERATE: 7, Stage.AT_RISK: 3, Stage.CLOSED: 0,
}  # fmt: skip
"""How long a stage must be wanted before a shop enters it."""
HELD_LEAVING_RISK = 7


def judge(shop: Signals, now: Stage | None) -> Verdict:
    """The stage this day speaks for, seen from the stage the shop is in (None: from nowhere)."""
    if shop.is_closed:
        return Verdict(Stage.CLOSED, (Reason("closed"),))
    leaving = _leaving(shop, stays=now is Stage.AT_RISK)
    if leaving:
        return Verdict(Stage.AT_RISK, leaving)
    if not shop.goods and not shop.orders_ever:
        return Verdict(Stage.ACQUIRE, (Reason("no_goods"), Reason("age", shop.age_days)))
    if _operates(shop, stays=now is Stage.OPERATE):
        return Verdict(
            Stage.OPERATE, (Reason("orders", shop.orders), Reason("seen", shop.seen_days))
        )
    if not shop.orders_ever:
        return Verdict(Stage.START, (Reason("goods", shop.goods), Reason("no_orders")))
    return Verdict(Stage.START, (Reason("few_orders", shop.orders), Reason("seen", shop.seen_days)))


def _operates(shop: Signals, *, stays: bool) -> bool:
    if stays:
        return shop.orders >= OPERATE_STAY
    return shop.orders >= OPERATE_IN and shop.seen_days >= OPERATE_SEEN


def _leaving(shop: Signals, *, stays: bool) -> tuple[Reason, ...]:
    """Why it may leave; () if nothing says so. A shop at risk must come back, not merely stop falling."""
    quiet = Reason("quiet", shop.quiet_days)
    if shop.quiet_days >= QUIET_IN and shop.orderless_days >= ORDERLESS_IN:
        nothing_new = () if shop.listings else (Reason("no_listings"),)
        return (quiet, Reason("orderless", shop.orderless_days), *nothing_new)
    if shop.quiet_days >= ABSENT_IN:
        return (quiet,)
    fell = _fell(shop, FALL_STAY if stays else FALL_TO)
    if fell and (stays or shop.seen_days <= shop.seen_days_before / 2):
        seen = Reason("seen_fell", shop.seen_days)
        return (fell, seen) if shop.seen_days < shop.seen_days_before else (fell,)
    if stays and not _is_back(shop):
        return (quiet, Reason("seen", shop.seen_days))
    return ()


def _fell(shop: Signals, share: float) -> Reason | None:
    """Orders against the month before, in per cent; None where there were too few to fall."""
    if shop.orders_before < FALL_FROM or shop.orders > shop.orders_before * share:
        return None
    return Reason("orders_fell", round(100 - 100 * shop.orders / shop.orders_before))


def _is_back(shop: Signals) -> bool:
    there = shop.quiet_days <= QUIET_BACK and shop.seen_days >= BACK_SEEN
    return there and bool(shop.orders or shop.listings)


def step(standing: Standing | None, shop: Signals, day: date) -> tuple[Standing, Verdict, bool]:
    """The standing after this day, what the day spoke for, and whether the stage changed.

    The first day decides at once. A day judged twice changes nothing more.
    """
    if standing is None:
        verdict = judge(shop, None)
        return Standing(verdict.stage, day, verdict.stage, day), verdict, True
    verdict = judge(shop, standing.stage)
    wanted = verdict.stage
    since = standing.wanted_since if wanted is standing.wanted else day
    if wanted is standing.stage:
        return Standing(standing.stage, standing.since, wanted, since), verdict, False
    if (day - since).days >= _held(standing.stage, wanted):
        return Standing(wanted, day, wanted, since), verdict, True
    return Standing(standing.stage, standing.since, wanted, since), verdict, False


def _held(now: Stage, wanted: Stage) -> int:
    """A closed shop that opens again, and one that lists its first goods, wait for nothing."""
    if now is Stage.CLOSED or (now, wanted) == (Stage.ACQUIRE, Stage.START):
        return 0
    if now is Stage.AT_RISK and wanted is not Stage.CLOSED:
        return HELD_LEAVING_RISK
    return HELD_DAYS[wanted]
