"""What goods ask of modules above: how many complaints there were about goods."""

from collections.abc import Callable, Mapping, Sequence

Complaints = Callable[[Sequence[int]], Mapping[int, int]]
_counters: list[Complaints] = []


def register_complaints(counter: Complaints) -> None:
    """Fill in how often each goods id was complained about."""
    _counters.append(counter)


def complaints(goods_ids: Sequence[int]) -> dict[int, int]:
    total: dict[int, int] = {}
    for counter in _counters:
        for goods_id, count in counter(goods_ids).items():
            total[goods_id] = total.get(goods_id, 0) + count
    return total
