"""Which goods stand where: pure, the same for the same input.

Cold start after the inviter: what somebody did counts n, what the people tied to them do counts as KAPPA acts more, of
which RHO is theirs; the rest is what everybody buys. Price tiers are compared on a log scale.
"""

import math
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grapevine.discovery.contracts import Channel

Item = TypeVar("Item")
Place = tuple[int, Channel]

PERSONAL: Mapping[Channel, int] = {
    Channel.ITEMS: 4, Channel.SOCIAL: 4, Channel.VISIT: 3, Channel.MODEL: 3, Channel.WORDS: 3,
    Channel.INTERESTS: 2, Channel.NEIGHBOURS: 1, Channel.LOCAL: 1, Channel.POPULAR: 1,
}  # fmt: skip
"""How often a channel comes, against the others, until an operator says otherwise."""
GOODS_KEY = "g."
"""What operators said of a channel of goods is kept under its name with this before it; notes have rules of their own."""
COMMON: Mapping[Channel, int] = {Channel.VISIT: 3, Channel.LOCAL: 2, Channel.POPULAR: 3}
RANK_OFFSET = 60
KAPPA = 5
RHO = 0.6
TIER_WIDTH = math.log(2.5)
REPEAT_PRIOR = 15
REPEAT_LEAST = 0.15
SHOP_WINDOW = 10
SHOP_MOST = 2
NEW_EACH = 10
CATEGORY_EACH, CATEGORIES_LEAST = 4, 5
PARTNER_WINDOW = 10
PARTNER_MOST = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """What a list is varied by."""

    category: str
    shop_id: int
    is_new: bool


def mixed(
    lists: Mapping[Channel, Sequence[int]], weights: Mapping[Channel, int], *,
    first: Sequence[int] = (), limit: int,
) -> list[tuple[int, Channel]]:  # fmt: skip
    """`first` as it is, then smooth weighted round robin; goods count for the first channel that brings them."""
    order = list(dict.fromkeys(first))[:limit]
    found = [(goods_id, Channel.ITEMS) for goods_id in order]
    seen = set(order)
    queues = {channel: deque(lists.get(channel, ())) for channel in weights}
    credit = dict.fromkeys(weights, 0)
    while len(found) < limit:
        for queue in queues.values():
            while queue and queue[0] in seen:
                queue.popleft()
        live = [channel for channel in weights if queues[channel]]
        if not live:
            break
        for channel in live:
            credit[channel] += weights[channel]
        chosen = max(live, key=lambda channel: credit[channel])
        credit[chosen] -= sum(weights[channel] for channel in live)
        goods_id = queues[chosen].popleft()
        seen.add(goods_id)
        found.append((goods_id, chosen))
    return found


def by_turns(lists: Iterable[Sequence[int]]) -> list[int]:
    """The best of each list, then the second of each, and so on."""
    waiting = [deque(one) for one in lists]
    found: dict[int, None] = {}
    while any(waiting):
        for queue in waiting:
            if queue:
                found.setdefault(queue.popleft())
    return list(found)


def fused(lists: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """Reciprocal ranks of several lists added up (Cormack, Clarke, Buettcher, SIGIR 2009)."""
    found: dict[int, float] = {}
    for scores in lists:
        for place, goods_id in enumerate(sorted(scores, key=lambda pk: -scores[pk])):
            found[goods_id] = found.get(goods_id, 0.0) + 1 / (RANK_OFFSET + place)
    return found


def few_of_a_shop(
    order: Sequence[tuple[int, Channel]], shop_of: Mapping[int, int]
) -> list[tuple[int, Channel]]:
    """At most two goods of a shop in any ten neighbouring places, for as long as others are left."""
    waiting = deque(order)
    recent: deque[int] = deque(maxlen=SHOP_WINDOW - 1)
    result: list[tuple[int, Channel]] = []
    while waiting:
        free = (
            place for place, (pk, _) in enumerate(waiting)
            if recent.count(shop_of[pk]) < SHOP_MOST
        )  # fmt: skip
        place = next(free, 0)
        waiting.rotate(-place)
        chosen = waiting.popleft()
        waiting.rotate(place)
        recent.append(shop_of[chosen[0]])
        result.append(chosen)
    return result


def varied(
    order: Sequence[Place], spare: Iterable[Place], kinds: Mapping[int, Kind], *, size: int
) -> list[Place]:
    """The first `size` places with one new goods in ten and a category for every four (at most five), as far as there are any.

    What is missing is taken from behind the page, then from `spare`, from shops with fewer than two places; it stands where the
    last goods stood that the page can do without: of a category with others, and not new. Goods without a category are of none.
    """
    page = list(order[:size])
    waiting = [one for one in [*order[size:], *spare] if one[0] in kinds]
    for _turn in range(size // NEW_EACH - sum(kinds[pk].is_new for pk, _ in page)):
        _bring(page, [one for one in waiting if kinds[one[0]].is_new], kinds)
    least = min(CATEGORIES_LEAST, size // CATEGORY_EACH)
    for _turn in range(least):
        have = {kinds[pk].category for pk, _ in page} | {""}
        if len(have) <= least:
            _bring(page, [one for one in waiting if kinds[one[0]].category not in have], kinds)
    shown = {pk for pk, _ in page}
    return [*page, *(one for one in order[size:] if one[0] not in shown)]


def _bring(page: list[Place], offered: Iterable[Place], kinds: Mapping[int, Kind]) -> None:
    """The first of these that may stand on the page, in the place of the last it can do without; nothing where there is none."""
    have = {pk for pk, _ in page}
    counts = Counter(kinds[pk].category for pk, _ in page)
    shops = Counter(kinds[pk].shop_id for pk, _ in page)
    fit = (
        one for one in offered if one[0] not in have and shops[kinds[one[0]].shop_id] < SHOP_MOST
    )
    new = next(fit, None)
    free = (
        place for place in reversed(range(len(page)))
        if counts[kinds[page[place][0]].category] > 1 and not kinds[page[place][0]].is_new
    )  # fmt: skip
    gone = next(free, None)
    if new is not None and gone is not None:
        page[gone] = new


def among(own: Sequence[Item], partners: Sequence[Item], *, size: int) -> list[Item]:
    """A shop's list with at most two partners' goods in ten places, never before the fifth; none takes a place that
    would otherwise stay empty."""
    result: list[Item] = []
    theirs = deque(partners)
    step = PARTNER_WINDOW // PARTNER_MOST
    for item in own:
        if theirs and len(result) % step == step - 1:
            result.append(theirs.popleft())
        result.append(item)
    return result[:size]


def warmed(
    own: Mapping[str, float], prior: Mapping[str, float], *, acts: int
) -> dict[str, float]:  # fmt: skip
    """Own categories and those of the people one is tied to, as shares: (κρ·prior + n·own) / (κ + n)."""
    mine, theirs = _shares(own), _shares(prior)
    return {
        key: (KAPPA * RHO * theirs.get(key, 0.0) + acts * mine.get(key, 0.0)) / (KAPPA + acts)
        for key in [*mine, *(key for key in theirs if key not in mine)]
    }


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {key: value / whole for key, value in weights.items()} if whole > 0 else {}


def tier(prices: Collection[int]) -> float | None:
    """The middle of these prices on a log scale; None without any."""
    found = sorted(math.log(price) for price in prices if price > 0)
    return found[len(found) // 2] if found else None


def price_fit(price_minor: int, of_tier: float) -> float:
    """1 at the tier's own price, less the further away, never below a quarter."""
    away = abs(math.log(max(price_minor, 1)) - of_tier) / TIER_WIDTH
    return 0.25 + 0.75 * math.exp(-away * away / 2)


def repeated(counts: Mapping[int, tuple[int, int]], category_of: Mapping[int, str]) -> set[int]:
    """Goods bought again by at least 15 % of their buyers, each share drawn towards its category's by 15 buyers."""
    sums: dict[str, tuple[int, int]] = {}
    for goods_id, (buyers, again) in counts.items():
        category = category_of.get(goods_id, "")
        whole, more = sums.get(category, (0, 0))
        sums[category] = (whole + buyers, more + again)
    found = set()
    for goods_id, (buyers, again) in counts.items():
        whole, more = sums[category_of.get(goods_id, "")]
        share = (again + REPEAT_PRIOR * more / whole) / (buyers + REPEAT_PRIOR)
        if share >= REPEAT_LEAST:
            found.add(goods_id)
    return found


def region_key(region: str) -> str:
    """What tells provinces apart, of "浙江省" as of "浙江 · 杭州"; "" for anything else."""
    key = region.strip()[:2]
    return key if len(key) == 2 and all("\u4e00" <= letter <= "\u9fff" for letter in key) else ""
