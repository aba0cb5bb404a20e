"""Goods for a person, alone or inside one shop, or beside a goods they look at."""

from collections.abc import Collection, Mapping

from grapevine.discovery import artifacts, shortlists
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
        lists.append((Channel.MODEL, shortlists.items_for(person_id, CANDIDATES_MAX)))
        near = artifacts.neighbours(own_goods(person_id), CANDIDATES_MAX)
        lists.append((Channel.ITEMS, near))
    lists.append((Channel.POPULAR, artifacts.popular_items(CANDIDATES_MAX)))
    order: dict[int, Channel] = {}
    known = _present({pk for _channel, scores in lists for pk in scores}, shop_id)
    for channel, scores in lists:
        for goods_id in _ranked(scores, known):
            order.setdefault(goods_id, channel)
    chosen = list(order)
    for goods_id in _filling(shop_id, beside, size):
        order.setdefault(goods_id, Channel.POPULAR)
        chosen.append(goods_id)
    wanted = [pk for pk in dict.fromkeys(chosen) if pk != beside][: size * 2]
    cards = goods.goods_cards(wanted)
    shown = [pk for pk in wanted if pk in cards and cards[pk].on_sale]
    if shop_id is not None:
        shown = [pk for pk in shown if cards[pk].shop_id == shop_id]
    return [Suggested(cards[pk], order[pk].value) for pk in shown[:size]]


def _present(goods_ids: Collection[int], shop_id: int | None) -> dict[int, int]:
    """Those that are on sale, and the shop's where there is one: id → what its shop's rating makes of a score."""
    if not goods_ids:
        return {}
    rows = GoodsEntry.objects.filter(goods_id__in=goods_ids)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return dict(rows.values_list("goods_id", "ranking_bps"))


def _ranked(scores: Mapping[int, float], known: Mapping[int, int]) -> list[int]:
    """The known ones of a channel by score times rating, best first; what is equal stays in its order."""
    return sorted((pk for pk in scores if pk in known), key=lambda pk: -scores[pk] * known[pk])


def _filling(shop_id: int | None, beside: int | None, size: int) -> list[int]:
    """What sells best, first of the same category as the goods looked at."""
    rows = GoodsEntry.objects.order_by("-rank", "-goods_id")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    best = list(rows.values_list("goods_id", flat=True)[: size * 2])
    if beside is None:
        return best
    category = GoodsEntry.objects.filter(goods_id=beside).values("category")[:1]
    alike = rows.filter(category__in=category).values_list("goods_id", flat=True)
    return [*alike[: size * 2], *best]
