"""What everybody's purchases say, counted now and then: what is bought again, and what is bought where."""

from datetime import timedelta

from django.db import transaction

from grapevine.discovery.models import GoodsEntry, Regional
from grapevine.discovery.rules.choosing import region_key, repeated
from grapevine.kit import clock
from grapevine.trade import facade as trade

AGAIN_WITHIN = timedelta(days=365)
LATELY = timedelta(days=30)
BUYERS_LEAST = 5
"""Fewer people than these in a province say nothing about it, and might be known by what they bought."""
PART = 900


@transaction.atomic
def count_habits() -> int:
    """Which goods are bought again and again, and what each province buys; how many goods are bought again.

    Three queries and one for each 900 goods.
    """
    now = clock.now()
    category_of = dict(GoodsEntry.objects.values_list("goods_id", "category"))
    again = repeated(trade.buyers_again(now - AGAIN_WITHIN), category_of)
    GoodsEntry.objects.filter(is_repeat=True).update(is_repeat=False)
    wanted = sorted(again)
    for at in range(0, len(wanted), PART):
        GoodsEntry.objects.filter(goods_id__in=wanted[at : at + PART]).update(is_repeat=True)
    rows = trade.bought_in_regions(now - LATELY, least=BUYERS_LEAST)
    Regional.objects.all().delete()
    Regional.objects.bulk_create(
        (
            Regional(region=region_key(region), goods_id=goods_id, buyers=buyers)
            for region, goods_id, buyers in rows
            if region_key(region)
        ),
        batch_size=1_000,
    )
    return len(again)
