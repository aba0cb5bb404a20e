"""Goods of the shops that a shop works with: what completes its own, never what competes with it."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from grapevine.discovery.contracts import Channel, Reason, Suggested
from grapevine.discovery.models import GoodsEntry
from grapevine.goods import facade as goods
from grapevine.spread import facade as spread
from grapevine.spread.facade import Partner

CONSIDERED_MAX = 200
TAKEN_MAX = 10


def partner_goods(
    shop_id: int, wishes: Mapping[int, float], *, without: Collection[int]
) -> list[Suggested]:
    """Partners' goods that are agreed on, of categories this shop does not sell: what the reader wishes most first.

    One query without partners, six with. Each names its agreement, by which the order is shared.
    """
    partners = {one.shop_id: one for one in spread.partners_of(shop_id)}
    if not partners:
        return []
    own = GoodsEntry.objects.filter(shop_id=shop_id).exclude(category="").values("category")
    rows = GoodsEntry.objects.filter(shop_id__in=partners).exclude(category__in=own)
    found = rows.filter(_agreed(partners)).exclude(goods_id__in=list(without))
    ids = list(
        found.order_by("-rank", "-goods_id").values_list("goods_id", flat=True)[:CONSIDERED_MAX]
    )
    ids.sort(key=lambda pk: -wishes.get(pk, 0.0))
    cards = goods.goods_cards(ids[:TAKEN_MAX])
    return [
        Suggested(
            cards[pk],
            Channel.PARTNER.value,
            Reason.PARTNER,
            via=partners[cards[pk].shop_id].public_id,
        )
        for pk in ids[:TAKEN_MAX]
        if pk in cards and cards[pk].on_sale and cards[pk].shop_id in partners
    ]


def _agreed(partners: Mapping[int, Partner]) -> Q:
    """What of each partner's shelf the agreement is about."""
    agreed = Q(pk__in=[])
    for shop_id, one in partners.items():
        part = Q(shop_id=shop_id)
        if one.categories or one.goods_ids:
            part &= Q(category__in=one.categories) | Q(goods_id__in=list(one.goods_ids))
        agreed |= part
    return agreed
