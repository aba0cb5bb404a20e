"""Which goods begin to rise, looked for once a day from the pulses; people are asked of the log only where one may."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
from ibis.expr.types import Table

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import engine, lake, telling
from grapevine.insight.models import Hit, PulseCell
from grapevine.insight.rules import hits as rules
from grapevine.insight.rules.hits import Rise
from grapevine.spread import facade as spread

PEOPLE_MAX = 2_000
CANDIDATES_MAX = 200
SIGNALS = {"viewers": "view", "buyers": "trade.order_paid"}
UNDONE = ("trade.order_refunded", "trade.order_cancelled")
TOLD_BY = ("group", "share")
"""Channels through which people bring each other: those who came by one link, or by groups on one day, are one circle."""
Days = Mapping[date, int]
Key = tuple[int, int]


def find(today: date) -> list[Hit]:
    """Name the goods that rise as of this whole day, and settle what was named two weeks ago."""
    pulses = _pulses(today)
    _settle(pulses["buyers"], today)
    chosen = _candidates(pulses, today)
    if not chosen:
        return []
    people = _people(today, {goods_id for (_shop, goods_id) in chosen})
    found = []
    for (shop_id, goods_id), (signal, rise) in chosen.items():
        rows = people.get((goods_id, signal), [])
        circles = _circles(rows, goods.people_with(shop_id, Right.TODAY))
        # What is left of the people is what the growth is of.
        growth = rise.growth * min(1.0, circles / max(rise.now, 1))
        if circles < rules.LEAST_CIRCLES or growth < rules.LEAST_GROWTH:
            continue
        found.append(
            Hit(
                shop_id=shop_id, goods=goods_id, day=today, signal=signal, people=circles,
                before_milli=round(rise.before * 1000), growth_bps=min(round(growth * 10_000), 10**9),
                channel=_channel(rows),
            )
        )  # fmt: skip
    return Hit.objects.bulk_create(found, ignore_conflicts=True)


def _pulses(today: date) -> dict[str, dict[Key, dict[date, int]]]:
    since = today - timedelta(days=rules.NOW_DAYS + rules.USUAL_DAYS + rules.AGAIN_DAYS + 1)
    found: dict[str, dict[Key, dict[date, int]]] = {
        name: defaultdict(dict) for name in SIGNALS
    }  # fmt: skip
    rows = PulseCell.objects.filter(day__gte=since, day__lte=today)
    for shop, pk, day, viewers, buyers in rows.values_list(
        "shop_id", "goods", "day", "viewers", "buyers"
    ).iterator(2000):
        found["viewers"][shop, pk][day] = viewers
        found["buyers"][shop, pk][day] = buyers
    return found


def _settle(buyers: Mapping[Key, Days], today: date) -> None:
    for hit in Hit.objects.filter(outcome="", day__lte=today - timedelta(days=rules.AGAIN_DAYS)):
        told, best, count = rules.outcome(buyers.get((hit.shop_id, hit.goods), {}), hit.day)
        hit.outcome, hit.top_day, hit.top_buyers = told, best, count
        hit.save(update_fields=["outcome", "top_day", "top_buyers"])


def _candidates(
    pulses: Mapping[str, Mapping[Key, Days]], today: date
) -> dict[Key, tuple[str, Rise]]:
    """Goods whose people rise, by the signal that rose most; none twice in two weeks."""
    named = set(
        Hit.objects.filter(day__gt=today - timedelta(days=rules.AGAIN_DAYS)).values_list(
            "shop_id", "goods"
        )
    )
    chosen: dict[Key, tuple[str, Rise]] = {}
    for signal, cells in pulses.items():
        market = market_growth(cells.values(), today)
        for key, days in cells.items():
            found = rules.rise(days, today, market)
            if key in named or not rules.may_rise(found):
                continue
            if key not in chosen or chosen[key][1].growth < found.growth:
                chosen[key] = (signal, found)
    best = sorted(chosen.items(), key=lambda item: (-item[1][1].growth, item[0]))
    return dict(best[:CANDIDATES_MAX])


def market_growth(cells: Iterable[Days], today: date) -> float:
    """By how much the middle goods of those with enough people grew; 1 where there are too few to say."""
    ratios = []
    for days in cells:
        found = rules.rise(days, today)
        if found.before >= 5:
            ratios.append(found.now / found.before)
    ratios.sort()
    return ratios[len(ratios) // 2] if len(ratios) >= 10 else 1.0


def _people(today: date, wanted: set[int]) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """(goods, signal) → who, by which browser and from where, each once; orders that were taken back are left out."""
    since = today - timedelta(days=rules.NOW_DAYS - 1)
    days = [day for day in lake.days() if since <= day <= today]
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    with (
        engine.opened() as connection,
        engine.kept(connection, telling.acts(connection, days)) as rows,
    ):
        for signal, verb in SIGNALS.items():
            for row in engine.rows(_who(rows, verb, sorted(wanted))):
                known = found[row["goods"], signal]
                if len(known) < PEOPLE_MAX:
                    known.append(row)
    return found


def _who(rows: Table, verb: str, wanted: Sequence[int]) -> Table:
    undone = rows.filter(rows.verb.isin(UNDONE) & (rows.order != "")).select("order").distinct()
    mine = rows.filter(
        (rows.verb == verb) & rows.goods.isin(wanted) & ~rows.who.startswith("v~")
        & ((rows.object_type == "goods") | (verb != "view"))
    )  # fmt: skip
    kept = mine.anti_join(undone, "order") if verb != "view" else mine
    kept = kept.mutate(by=ibis.coalesce(
        kept.share_token.nullif(""),
        ibis.ifelse(kept.channel.isin(TOLD_BY), kept.channel + kept.day.cast("string"), ""),
    ))  # fmt: skip
    return kept.group_by("goods", "who", "visitor_id", "by").aggregate(
        channel=lambda t: t.channel.max()
    ).order_by("goods", "who", "visitor_id", "by")  # fmt: skip


def _circles(rows: Sequence[Mapping[str, Any]], staff: Iterable[int]) -> int:
    own = {f"p{one}" for one in staff}
    people = {row["who"] for row in rows} - own
    browsers = [(row["who"], f"b{row['visitor_id']}") for row in rows if row["visitor_id"] and row["who"] in people]  # fmt: skip
    brought = [(row["who"], f"s{row['by']}") for row in rows if row["by"] and row["who"] in people]
    ids = [int(who[1:]) for who in people if who.startswith("p")]
    known = [(f"p{a}", f"p{b}") for a, b in spread.ties_among(ids)]
    return rules.circles(people, [*browsers, *brought, *known])


def _channel(rows: Sequence[Mapping[str, Any]]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["channel"]] += 1
    return max(counts, key=lambda one: (counts[one], one)) if counts else ""
