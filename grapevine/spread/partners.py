"""Reads of cooperations: who works with whom now, on which terms something is sold, what it brings, and with whom it might."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count, Q

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, PickTerm, ShopCard, SkuLine
from grapevine.kit import clock, sql
from grapevine.spread import rules
from grapevine.spread.models import Cooperation, FanTie
from grapevine.spread.partnership import (
    FANS_LEAST,
    OPEN,
    RIVAL_FROM_BPS,
    CooperationView,
    Gain,
    Partner,
    PartnerIdea,
)
from grapevine.trade import facade as trade

LISTED_MAX = 100
IDEAS_MAX = 10
CONSIDERED_MAX = 200


PARTNERS = """
SELECT 'partners' AS what, %s AS who, COUNT(*) AS number FROM spread_cooperation
WHERE (shop_id = %s OR other_id = %s) AND state = 'accepted' AND starts_at <= %s AND ends_at > %s
"""


def partners_part(shop_id: int) -> sql.Part:
    """How many shops this one works with at this moment, to be asked along: a row (partners, shop, how many)."""
    now = clock.now()
    return sql.Part(PARTNERS, (shop_id, shop_id, shop_id, now, now))


def partners_of(shop_id: int) -> list[Partner]:
    """With whom this shop works at this moment. One query."""
    now = clock.now()
    rows = Cooperation.objects.filter(Q(shop_id=shop_id) | Q(other_id=shop_id))
    rows = rows.filter(state="accepted", starts_at__lte=now, ends_at__gt=now).order_by("id")
    return [_partner(row, shop_id) for row in rows]


def _partner(row: Cooperation, shop_id: int) -> Partner:
    other = row.other_id if row.shop_id == shop_id else row.shop_id
    return Partner(row.public_id, other, tuple(row.categories), frozenset(row.goods_ids))


def terms_among(
    ways: Mapping[int, str], lines: Sequence[SkuLine], buyer_id: int | None
) -> dict[int, PickTerm]:
    """SKU → the terms by which the cooperation it is bought through shares it now; without those that do not.

    Nobody's shop earns by what its own people buy. Three queries.
    """
    now = clock.now()
    rows = Cooperation.objects.filter(public_id__in=set(ways.values()), state="accepted")
    live = {row.public_id: row for row in rows.filter(starts_at__lte=now, ends_at__gt=now)}
    if not live:
        return {}
    cards = goods.shops({pk for row in live.values() for pk in (row.shop_id, row.other_id)})
    own = {shop.id for shop in goods.shops_of(buyer_id)} if buyer_id is not None else set()
    categories = goods.categories_of_goods({line.goods_id for line in lines})
    found = {}
    for line in lines:
        row = live.get(ways.get(line.sku_id, ""))
        if row is None or line.shop_id not in (row.shop_id, row.other_id):
            continue
        host = cards[row.other_id if line.shop_id == row.shop_id else row.shop_id]
        covered = _partner(row, host.id).covers(line.goods_id, categories.get(line.goods_id, ""))
        if covered and host.id not in own:
            found[line.sku_id] = PickTerm(
                row.public_id, line.sku_id, host.id, host.name, host.slug, line.price_minor,
                row.rate_bps, line.price_minor,
            )  # fmt: skip
    return found


def cooperations_of(shop_id: int) -> list[CooperationView]:
    """A shop's cooperations, those that wait for its answer first, with what each side has of them. Seven queries."""
    rows = list(
        Cooperation.objects.filter(Q(shop_id=shop_id) | Q(other_id=shop_id)).order_by("-id")[
            :LISTED_MAX
        ]
    )
    shops = goods.shops({pk for row in rows for pk in (row.shop_id, row.other_id)})
    cards = goods.goods_cards({pk for row in rows for pk in row.goods_ids})
    sums = trade.sold_by_ways([row.public_id for row in rows])
    views = [_view(row, shop_id, shops, cards, sums) for row in rows]
    waits = {one.public_id for one in views if one.state == "proposed" and not one.is_ours}
    return sorted(views, key=lambda one: one.public_id not in waits)


def _view(
    row: Cooperation, shop_id: int, shops: Mapping[int, ShopCard], cards: Mapping[int, GoodsCard],
    sums: Mapping[tuple[str, int], tuple[int, int, int]],
) -> CooperationView:  # fmt: skip
    other = row.other_id if row.shop_id == shop_id else row.shop_id
    ours, theirs = (_gain(row, sums, one, two) for one, two in ((shop_id, other), (other, shop_id)))
    return CooperationView(
        row.public_id, shops[other], _state(row), row.shop_id == shop_id, row.rate_bps,
        tuple(row.categories), tuple(cards[pk] for pk in row.goods_ids if pk in cards),
        row.starts_at, row.ends_at, row.words, row.proposed_at, row.ended_at, ours, theirs,
    )  # fmt: skip


def _gain(
    row: Cooperation, sums: Mapping[tuple[str, int], tuple[int, int, int]], shop_id: int, other: int
) -> Gain:
    """What was sold by the other's pages is this shop's; what was sold by its own earned it a share."""
    orders, sold, paid = sums.get((row.public_id, other), (0, 0, 0))
    earned = sums.get((row.public_id, shop_id), (0, 0, 0))[2]
    return Gain(orders, sold, paid, earned)


def _state(row: Cooperation) -> str:
    now = clock.now()
    if row.state in OPEN and row.ends_at <= now:
        return "over"
    return "waiting" if row.state == "accepted" and row.starts_at > now else row.state


def waiting_proposals(shop_id: int | None) -> int:
    """How many wait for this shop's answer. One query."""
    if shop_id is None:
        return 0
    rows = Cooperation.objects.filter(other_id=shop_id, state="proposed")
    return rows.filter(ends_at__gt=clock.now()).count()


def partner_ideas(shop_id: int, limit: int = IDEAS_MAX) -> list[PartnerIdea]:
    """Shops whose fans are this one's and whose goods are not, the best first, without rivals. Seven queries.

    Counts alone cross from shop to shop, and none of fewer than five people.
    """
    mine = FanTie.objects.filter(shop_id=shop_id, orders__gt=0)
    fans = mine.count()
    taken = _taken(shop_id)
    shared = FanTie.objects.filter(person_id__in=mine.values("person_id"), orders__gt=0)
    counted = shared.exclude(shop_id__in={shop_id, *taken}).values_list("shop_id").order_by()
    common = dict(
        counted.annotate(n=Count("id")).filter(n__gte=FANS_LEAST).order_by("-n")[:CONSIDERED_MAX]
    )
    if not common:
        return []
    crowd = FanTie.objects.filter(shop_id__in=common, orders__gt=0).order_by()
    sizes = dict(crowd.values_list("shop_id").annotate(n=Count("id")))
    shelves = goods.category_counts({shop_id, *common})
    shops = goods.shops(common)
    found = [
        _idea(shops[pk], n, fans, sizes[pk], shelves.get(shop_id, {}), shelves[pk])
        for pk, n in common.items()
        if pk in shops and shelves.get(pk)
    ]
    apart = [one for one in found if one.same_goods_bps < RIVAL_FROM_BPS]
    return sorted(apart, key=lambda one: (-one.score, one.shop.id))[:limit]


def _idea(
    shop: ShopCard, common: int, fans: int, other_fans: int, mine: Mapping[str, int],
    theirs: Mapping[str, int],
) -> PartnerIdea:  # fmt: skip
    same = rules.category_overlap(mine, theirs)
    score = rules.partner_score(common=common, fans=fans, other_fans=other_fans, same_goods=same)
    names = sorted(theirs, key=lambda name: (-theirs[name], name))
    return PartnerIdea(
        shop, common * 10_000 // fans, round(same * 10_000), round(score * 10_000),
        tuple(name for name in names if name not in mine)[:3],
    )  # fmt: skip


def _taken(shop_id: int) -> Iterable[int]:
    rows = Cooperation.objects.filter(state__in=OPEN, ends_at__gt=clock.now())
    pairs = rows.filter(Q(shop_id=shop_id) | Q(other_id=shop_id)).values_list("shop_id", "other_id")
    return {pk for pair in pairs for pk in pair} - {shop_id}
