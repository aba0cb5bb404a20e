"""Goods for a person, alone or inside one shop, or beside a goods they look at."""

from collections.abc import Mapping, Sequence

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import Channel, Suggested
from grapevine.discovery.models import GoodsEntry
from grapevine.discovery.queries.readers import own_goods
from grapevine.goods import facade as goods
from grapevine.people import facade as people

CANDIDATES_MAX = 200
LIMIT_MAX = 50


def recommend_goods(
    person_id: int | None,
    shop_id: int | None = None,
    limit: int = 12,
    *,
    beside: int | None = None,
    personalised: bool | None = None,
) -> list[Suggested]:
    """Goods on sale, best first; inside a shop that shop's alone. At most eight queries.

    `beside`: a goods being looked at; what people take with it comes first. Without personalisation
    only `beside` and what is popular count, so that everyone sees the same.
    """
    size = max(1, min(limit, LIMIT_MAX))
    if person_id is not None and personalised is None:
        personalised = people.personalised(person_id)
    lists: list[tuple[Channel, Mapping[int, float]]] = []
    if beside is not None:
        lists.append((Channel.ITEMS, artifacts.neighbours({beside: 1.0}, CANDIDATES_MAX)))
    if person_id is not None and personalised:
        lists.append((Channel.MODEL, artifacts.items_for(person_id, CANDIDATES_MAX)))
        near = artifacts.neighbours(own_goods(person_id), CANDIDATES_MAX)
        lists.append((Channel.ITEMS, near))
    lists.append((Channel.POPULAR, artifacts.popular_items(CANDIDATES_MAX)))
    order: dict[int, Channel] = {}
    for channel, scores in lists:
        for goods_id in scores:
            order.setdefault(goods_id, channel)
    chosen = _present(list(order), shop_id)
    for goods_id in _filling(shop_id, beside, size):
        order.setdefault(goods_id, Channel.POPULAR)
        chosen.append(goods_id)
    wanted = [pk for pk in dict.fromkeys(chosen) if pk != beside][: size * 2]
    cards = goods.goods_cards(wanted)
    shown = [pk for pk in wanted if pk in cards and cards[pk].on_sale]
    if shop_id is not None:
        shown = [pk for pk in shown if cards[pk].shop_id == shop_id]
    return [Suggested(cards[pk], order[pk].value) for pk in shown[:size]]


def _present(goods_ids: Sequence[int], shop_id: int | None) -> list[int]:
    """Those that are on sale, and the shop's where there is one, in their order."""
    if not goods_ids:
        return []
    rows = GoodsEntry.objects.filter(goods_id__in=goods_ids)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    known = set(rows.values_list("goods_id", flat=True))
    return [pk for pk in goods_ids if pk in known]


def _filling(shop_id: int | None, beside: int | None, size: int) -> list[int]:
    """What sells best, first of the same category as the goods looked at."""
    rows = GoodsEntry.objects.order_by("-points", "-goods_id")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    best = list(rows.values_list("goods_id", flat=True)[: size * 2])
    if beside is None:
        return best
    category = GoodsEntry.objects.filter(goods_id=beside).values("category")[:1]
    alike = rows.filter(category__in=category).values_list("goods_id", flat=True)
    return [*alike[: size * 2], *best]
