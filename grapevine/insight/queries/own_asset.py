"""What the people whom a person brought are worth, as the nightly count told it: for that person alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from grapevine.goods import facade as goods
from grapevine.insight.models import PersonAssetDay
from grapevine.insight.rules.customers.brought import Part, moved_most
from grapevine.people import facade as people

BEFORE_DAYS = 28


@dataclass(frozen=True, slots=True)
class Value:
    """One of the three parts in minor units, and its change against four weeks ago. None: not told, or not told then."""

    name: str
    now_minor: int | None
    change_minor: int | None


@dataclass(frozen=True, slots=True)
class OwnAsset:
    """`active` None: fewer than five people. `moved`: the part that moved most; "" where nothing can be compared."""

    day: date
    reached: int
    active: int | None
    reached_change: int | None
    values: tuple[Value, ...]
    before_on: date | None
    moved: str


@dataclass(frozen=True, slots=True)
class Line:
    """A `rules.customers.brought.Part` by the shop's address; "": shops of fewer than five people together."""

    shop: str
    people: int | None
    commission_minor: int
    stays: float
    income_minor: int
    customers_minor: int | None
    network_minor: int | None


def is_closed_to(person_id: int) -> bool:
    """Whether nothing may be learned of this person. One query."""
    return bool(people.not_personalised([person_id]))


def asset_of_person(person_id: int) -> OwnAsset | None:
    """None before the first count, for who brought nobody, and for who switched personalisation off. Three queries."""
    if is_closed_to(person_id):
        return None
    rows = PersonAssetDay.objects.filter(person_id=person_id).order_by("-day")
    last = rows.first()
    if last is None:
        return None
    then = rows.filter(day__lte=last.day - timedelta(days=BEFORE_DAYS)).first()
    values = tuple(_value(name, last, then) for name in ("income", "customers", "network"))
    return OwnAsset(
        last.day, last.reached, last.active, last.reached - then.reached if then else None, values,
        then.day if then else None, moved_most({one.name: one.change_minor for one in values}),
    )  # fmt: skip


def _value(name: str, last: PersonAssetDay, then: PersonAssetDay | None) -> Value:
    now: int | None = getattr(last, f"{name}_minor")
    was: int | None = getattr(then, f"{name}_minor") if then else None
    return Value(name, now, None if now is None or was is None else now - was)


def lines_of(person_id: int) -> list[Line]:
    """Lines that add up to the newest day's parts. Three queries."""
    if is_closed_to(person_id):
        return []
    last = PersonAssetDay.objects.filter(person_id=person_id).order_by("-day").first()
    parts = [Part(**part) for part in last.parts] if last else []
    shops = goods.shops({part.shop_id for part in parts if part.shop_id is not None})
    return [
        Line(
            shops[one.shop_id].slug if one.shop_id in shops else "", one.people, one.commission_minor,
            one.alive, one.income_minor, one.customers_minor, one.network_minor,
        )
        for one in parts
    ]  # fmt: skip


def own_asset(person_id: int) -> list[dict[str, Any]]:
    """Every day that is kept of this person, for their export."""
    rows = PersonAssetDay.objects.filter(person_id=person_id).order_by("day")
    return [
        {
            "day": row.day.isoformat(), "reached": row.reached, "active": row.active,
            "income_minor": row.income_minor, "customers_minor": row.customers_minor,
            "network_minor": row.network_minor,
        }
        for row in rows
    ]  # fmt: skip
