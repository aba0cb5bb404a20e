"""A shop's portrait of its people, and a person's own view of what shops' counts hold of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grapevine.discovery import facade as discovery
from grapevine.goods import facade as goods
from grapevine.insight.models import Customer, Touch
from grapevine.insight.rules import hiding
from grapevine.insight.rules.cities import size_of
from grapevine.kit import clock
from grapevine.spread.facade import code_of

SHARES_SHOWN = 34
TAGS_SHOWN = 30
SPENDING = (
    ("under_100", 10_000), ("under_500", 50_000), ("under_2000", 200_000), ("over_2000", None),
)  # fmt: skip
"""Names of what somebody spent in all, and below how many minor units."""
KNOWN = (("days_14", 14), ("days_90", 90), ("days_365", 365), ("longer", None))


def own_customer(person_id: int) -> list[dict[str, Any]]:
    """What every shop's count holds of this person, for their export; with what they were reached by."""
    rows = list(Customer.objects.filter(person_id=person_id).order_by("shop_id"))
    touched = Touch.objects.filter(person_id=person_id, is_held_out=False).values_list(
        "act__shop_id", "act__kind", "act__text", "act__done_at"
    )
    shops = goods.shops({row.shop_id for row in rows})
    return [
        {
            "shop": shops[row.shop_id].slug if row.shop_id in shops else "",
            "code": code_of(row.shop_id, person_id), "orders": row.orders,
            "spent_minor": row.spent_minor, "known_on": row.known_on.isoformat(),
            "views": row.views, "carts": row.carts, "comments": row.comments, "reads": row.reads,
            "brought": row.brought, "region": row.region, "city": row.city,
            "category": row.category,
            "rfm": [row.recency, row.frequency, row.money],
            "alive_bps": row.alive_bps, "expected_orders": row.expected_orders,
            "expected_minor": row.expected_minor, "chance": row.chance, "reasons": row.reasons,
            "reached_by": [
                {"kind": kind, "text": text, "at": at.isoformat()}
                for shop_id, kind, text, at in touched if at and shop_id == row.shop_id
            ],
        }
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a shop's people. `people` None: fewer than ten, or would give such a part away."""

    name: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Portrait:
    """A shop's people in parts, rounded to five; nothing of one of them. `tags` by (tag, source) with their part each.

    `closed`: how many switched personalisation off; of them nothing but orders is counted, and only in `bought`.
    """

    people: int | None
    closed: int | None
    bought: tuple[Share, ...]
    regions: tuple[Share, ...]
    cities: tuple[Share, ...]
    """Those that may be told; the others are in their province's number alone."""
    sizes: tuple[Share, ...]
    categories: tuple[Share, ...]
    spending: tuple[Share, ...]
    known: tuple[Share, ...]
    tags: tuple[tuple[str, str, int | None], ...]


def portrait_of(shop_id: int) -> Portrait:
    """One query over the shop's people, two or three for each 900 of them."""
    rows = list(Customer.objects.filter(shop_id=shop_id))
    open_ = [row for row in rows if row.is_personalised]
    today = clock.today_start().date()
    tags = discovery.tag_counts([row.person_id for row in open_ if _is_own(row)])
    told = hiding.tell(tags)
    shown = sorted(tags.items(), key=lambda pair: (-pair[1], pair[0]))[:TAGS_SHOWN]
    regions, cities = _places([row for row in open_ if row.region])
    return Portrait(
        people=_few(len(rows)), closed=_few(len(rows) - len(open_)),
        bought=_parts(rows, lambda row: "never" if not row.orders else "once" if row.orders == 1 else "more"),
        regions=regions, cities=cities,
        sizes=_parts([row for row in open_ if row.city], lambda row: size_of(row.city)),
        categories=_parts([row for row in open_ if row.category], lambda row: row.category),
        spending=_parts([row for row in open_ if row.orders], _spent),
        known=_parts(open_, lambda row: _known_since((today - row.known_on).days)),
        tags=tuple((name, source, told[name, source].people) for (name, source), _ in shown),
    )  # fmt: skip


def _is_own(row: Customer) -> bool:
    """A customer or a follower: of somebody who only passed by a shop learns no tags."""
    return bool(row.orders or row.is_following or row.brought)


def _few(people: int) -> int | None:
    return None if hiding.is_few(people) else hiding.rounded(people)


def _parts(rows: Sequence[Customer], named: Callable[[Customer], str]) -> tuple[Share, ...]:
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        place = (named(row), "people")
        counts[place] = counts.get(place, 0) + 1
    told = hiding.tell(counts)
    order = sorted(counts, key=lambda place: (-counts[place], place))
    return tuple(Share(name, told[name, "people"].people) for name, _ in order[:SHARES_SHOWN])


def _places(rows: Sequence[Customer]) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    """Provinces, and the cities of those that are told: within its province no city gives a smaller one away."""
    regions, cities = _parts(rows, lambda row: row.region), []
    for region in (one.name for one in regions if one.people is not None):
        counts = Counter((row.city, "people") for row in rows if row.region == region)
        told = hiding.tell(counts)
        cities += [
            (-counts[place], place[0], told[place].people) for place in counts
            if place[0] and told[place].people is not None
        ]  # fmt: skip
    return regions, tuple(Share(name, people) for _, name, people in sorted(cities)[:SHARES_SHOWN])


def _spent(row: Customer) -> str:
    return next(name for name, most in SPENDING if most is None or row.spent_minor < most)


def _known_since(days: int) -> str:
    return next(name for name, most in KNOWN if most is None or days <= most)
