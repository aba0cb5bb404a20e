"""The only place where a review's standing and the counters of its goods move, together.

Lock order: standings by review, then scores by goods. Every counter is moved by the difference between the standing
before and after, read under the lock, so that nothing is counted twice or lost.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db.models import F

from grapevine.care.models import GoodsScore, Standing


def tally(one: Standing) -> Counter[str]:
    """What a standing adds to the counters of its goods."""
    found = Counter(reviews=1)
    found["pictures"] = int(one.has_pictures and not one.is_hidden)
    found["follow_ups"] = int(one.has_follow_up and not one.is_hidden)
    found["hidden"] = int(one.is_hidden)
    found["flagged"] = int(one.flags > 0 and not one.is_hidden)
    if one.flags == 0 and not one.is_hidden:
        found[f"stars_{one.stars}"] = 1
        found["service_sum"] = one.service
        found["logistics_sum"] = one.logistics
    return found


def open_standing(one: Standing) -> None:
    """A new review stands. Must run in a transaction."""
    one.save(force_insert=True)
    GoodsScore.objects.bulk_create(
        [GoodsScore(goods_id=one.goods_id, shop_id=one.shop_id)], ignore_conflicts=True
    )
    _shift(one.goods_id, tally(one))


def move(review_ids: Iterable[int], change: Callable[[Standing], None]) -> int:
    """Apply `change` to these standings; how many there were. Must run in a transaction."""
    rows = Standing.objects.select_for_update().filter(pk__in=sorted(set(review_ids)))
    differences: dict[int, Counter[str]] = {}
    found = list(rows.order_by("pk"))
    for one in found:
        before = tally(one)
        change(one)
        difference = differences.setdefault(one.goods_id, Counter())
        difference.update(tally(one))
        difference.subtract(before)
        one.save()
    for goods_id in sorted(differences):
        _shift(goods_id, differences[goods_id])
    return len(found)


def _shift(goods_id: int, by: Counter[str]) -> None:
    moved = {name: F(name) + step for name, step in by.items() if step}
    if moved:
        GoodsScore.objects.filter(goods_id=goods_id).update(**moved)
