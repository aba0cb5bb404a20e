"""Small shops of the demo with lives of months, told to insight week by week; who looks after them; the model of who leaves."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from grapevine.front.demo import lives
from grapevine.front.demo.cast import CAST
from grapevine.front.demo.market import THEMES
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewShop, ShopNotFound
from grapevine.insight import facade as insight
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson

CAPACITY = 12
"""How many shops the cast's operator looks after."""
DESK_WEEKS = 13


def last_week(today: date) -> date:
    """The Monday of the last week that is over; this one is counted as it happens."""
    return today - timedelta(days=today.weekday() + 7)


def planned(seed: int, today: date, *, count: int = lives.COUNT) -> list[lives.Life]:
    last = last_week(today)
    mondays = [last - timedelta(weeks=n) for n in range(lives.WEEKS + 1)]
    away = frozenset(monday for monday in mondays if insight.is_holiday_week(monday))
    return lives.lives(seed, last, away, count=count)


def live(seed: int) -> int:
    """Open the shops, tell their weeks, train, judge, and open what there is to follow up; how many shops."""
    today = timezone.localdate()
    found = planned(seed, today)
    if not is_open(found[0].slug):
        open_shops(found)
    insight.count_shop_weeks()
    _tell_desks(seed, last_week(today))
    insight.set_shop_manager(
        operator_id=people.card_by_handle(CAST[4].handle).id,
        person_id=people.card_by_handle(CAST[4].handle).id, capacity=CAPACITY,
    )  # fmt: skip
    insight.train_shop_leaving()
    insight.judge_shops(is_counted=True)
    return len(found)


def is_open(slug: str) -> bool:
    """A run that was cut off had opened them already."""
    try:
        goods.shop_by_slug(slug)
    except ShopNotFound:
        return False
    return True


def open_shops(found: Sequence[lives.Life]) -> list[int]:
    """The shops with their owners and weeks; those closed for good are closed. Their ids."""
    opened = [_midnight(life.opened_on) for life in found]
    owners = people.save_people_bulk(
        [
            NewPerson(handle=f"{life.slug}-owner", name=f"{life.name}店主"[:40], joined_at=at)
            for life, at in zip(found, opened, strict=True)
        ]
    )
    ids = goods.save_shops_bulk(
        [
            NewShop(
                owner_id=owner, slug=life.slug, name=life.name, colour=life.colour, opened_at=at
            )
            for life, owner, at in zip(found, owners, opened, strict=True)
        ]
    )
    insight.tell_shop_weeks(
        {"shop_id": shop_id, "week": monday, **figures}
        for life, shop_id in zip(found, ids, strict=True)
        for monday, figures in life.weeks
    )
    for life, shop_id, owner in zip(found, ids, owners, strict=True):
        if life.is_closed:
            goods.close_shop(shop_id=shop_id, person_id=owner)
    return ids


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _tell_desks(seed: int, last: date) -> None:
    """The staff of the large shops; what these sold and when somebody was there is counted from the log."""
    ids = {shop.slug: shop.id for shop in goods.every_shop()}
    slugs = [brand.slug for theme in THEMES for brand in theme.brands if brand.slug in ids]
    mondays = [last - timedelta(weeks=n) for n in range(DESK_WEEKS - 1, -1, -1)]
    worked = [monday for monday in mondays if not insight.is_holiday_week(monday)]
    insight.tell_shop_weeks(
        {"shop_id": ids[slug], "week": monday, **figures}
        for slug, monday, figures in lives.desks(seed, slugs, worked)
    )
