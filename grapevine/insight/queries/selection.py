"""What a shop should take up next: its own drafts and others' categories against what its fans want."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import Kind
from grapevine.goods import facade as goods
from grapevine.insight.rules import selection as rules
from grapevine.insight.rules.slow import WINDOW_DAYS, trend
from grapevine.kit import clock
from grapevine.scene import facade as scene
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade

SEARCH_DAYS = 30
SKUS_MAX = 900
SHOPS_LEAST = 3
"""A category's sales are told only where at least so many shops share in them."""
MISSED_MAX = 8
ROWS = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """One candidate. `goods` is the public id of an own draft, "" for a category; `fill` opens the form with it.

    `trend` None: too few shops sell it to tell.
    """

    title: str
    category: str
    goods: str
    told: rules.Scored
    searchers: int
    keepers: int
    trend: float | None
    rivals: int
    price_minor: int
    fill: str


@dataclass(frozen=True, slots=True)
class Selection:
    """`missed` are words fans searched for and that find no goods in the house: (word, fans, how to open the form)."""

    fans: int
    choices: tuple[Choice, ...]
    missed: tuple[tuple[str, int, str], ...]


def selection_of(shop_id: int) -> Selection:
    """Candidates, the best first, and what nobody offers. Queries grow with the fans (900 each), not with goods."""
    fans = spread.fan_ids(shop_id)
    since = clock.today_start()
    searched = discovery.searched_by(
        fans, since - timedelta(days=SEARCH_DAYS), least=rules.PEOPLE_LEAST
    )
    kept = scene.keepers_of_goods(fans, since - timedelta(days=WINDOW_DAYS))
    keepers = _by_category(kept)
    markets = goods.market(shop_id)
    drafts = goods.shelved_goods(shop_id)
    wanted = {one.category for one in drafts} | set(markets)
    trends = {name: _trend(markets[name]) for name in wanted if name in markets}
    found: list[tuple[rules.Candidate, str, str, str, str]] = []
    for one in drafts:
        there = markets.get(one.category)
        candidate = rules.Candidate(
            _searchers(searched, f"{one.title} {one.category}"),
            len(keepers.get(one.category, ())), trends.get(one.category, 1.0),
            one.price_minor, one.cost_minor, there.shops if there else 0,
        )  # fmt: skip
        found.append((candidate, one.title, one.category, one.public_id, ""))
    own = goods.own_categories(shop_id) | {one.category for one in drafts}
    for name, there in markets.items():
        if name not in own:
            candidate = rules.Candidate(
                _searchers(searched, name), len(keepers.get(name, ())), trends[name],
                there.price_minor, None, there.shops,
            )  # fmt: skip
            found.append((candidate, name, name, "", urlencode({"category": name})))
    choices = [
        _choice(told, *found[n]) for n, told in rules.ranked([row[0] for row in found])[:ROWS]
    ]
    return Selection(len(fans), tuple(choices), _missed(searched))


def _choice(
    told: rules.Scored, one: rules.Candidate, title: str, category: str, public_id: str, fill: str
) -> Choice:
    return Choice(
        title, category, public_id, told, rules.seen(one.searchers), rules.seen(one.keepers),
        one.trend if one.rivals >= SHOPS_LEAST else None, one.rivals, one.price_minor, fill,
    )  # fmt: skip


def _by_category(kept: dict[int, set[int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for goods_id, category in goods.categories_of_goods(kept).items():
        if category:
            found.setdefault(category, set()).update(kept[goods_id])
    return found


def _searchers(searched: list[tuple[str, int]], text: str) -> int:
    """Fans who searched for a word that these goods are called by; the most of any word, nobody counts twice."""
    plain = text.lower()
    return max((people for word, people in searched if word and word in plain), default=0)


def _trend(there: goods.Market) -> float:
    if there.shops < SHOPS_LEAST:
        return 1.0
    today = clock.today_start()
    sold = trade.sku_days(list(there.sku_ids[:SKUS_MAX]), today - timedelta(days=WINDOW_DAYS))
    pieces: dict[date, int] = {}
    for days in sold.values():
        for day, _, count in days:
            pieces[day] = pieces.get(day, 0) + count
    first = today.date()
    return trend([pieces.get(first - timedelta(days=n), 0) for n in range(WINDOW_DAYS, 0, -1)])


def _missed(searched: list[tuple[str, int]]) -> tuple[tuple[str, int, str], ...]:
    """Of the most wanted words those that find no goods anywhere in the house today."""
    found = []
    for word, people in searched[: MISSED_MAX * 3]:
        answer = discovery.search(query=word, kind=Kind.GOODS, limit=1)
        if not answer.goods or answer.widened:
            found.append((word, people, urlencode({"title": word})))
        if len(found) == MISSED_MAX:
            break
    return tuple(found)
