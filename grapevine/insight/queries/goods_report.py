"""Goods and how they sell: the report of a shop from the cube, and one goods with its surges and what was near them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import timezone

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, GoodsNotFound
from grapevine.insight.cubes import Answer, Line, Question, Versus
from grapevine.insight.models import PulseCell
from grapevine.insight.queries.cube import ask, peaks_of
from grapevine.insight.queries.funnels import window
from grapevine.insight.rules import surges as rules
from grapevine.insight.rules.peaks import Peak
from grapevine.insight.rules.surges import Event, Surge
from grapevine.scene import facade as scene

MEASURES = (
    "sold", "revenue_minor", "times", "price_minor", "rating", "reviews", "again_share", "return_share",
)  # fmt: skip
DAYS_SHOWN = 28
SHARE_LEAST = 5
NOTES_MAX = 30
CAMPAIGN_START = timedelta(days=6)
"""What goes on for months explains no single day; its first week may."""
WORD_MAX = 60


@dataclass(frozen=True, slots=True)
class ReportLine:
    card: GoodsCard
    line: Line


@dataclass(frozen=True, slots=True)
class Report:
    """The lines that were asked for, in their order, and the sums of all goods of the shop in the span."""

    answer: Answer
    lines: Sequence[ReportLine]
    categories: Sequence[str]


@dataclass(frozen=True, slots=True)
class GoodsSheet:
    """One goods: each day's numbers, the sums beside the earlier window, its surges, and when it sells most."""

    card: GoodsCard
    days: Answer
    surges: Sequence[Surge]
    peaks: dict[str, list[Peak]]


def report_of(
    shop_id: int, first: date | None, last: date | None, *, category: str = "", words: str = "",
    on_sale: bool | None = None, sort: str = "", ascending: bool = False,
) -> Report:  # fmt: skip
    """What each goods sold in the span, beside the one before. Six queries, however many goods (at most 2,000)."""
    span = window(first, last, DAYS_SHOWN)
    where = (("category", category[:WORD_MAX]),) if category else ()
    question = Question(
        "goods", "goods", "", MEASURES, *span, where, Versus.PREVIOUS,
        sort if sort in MEASURES else "revenue_minor", ascending,
    )  # fmt: skip
    answer = ask(shop_id, question)
    ids = [int(line.key) for line in answer.lines if line.key.isdigit() and line.key != "0"]
    cards = goods.goods_cards(ids)
    wanted = words.strip().casefold()[:WORD_MAX]
    lines = [
        ReportLine(card, line)
        for line in answer.lines
        if (card := cards.get(int(line.key) if line.key.isdigit() else 0)) is not None
        and (not wanted or wanted in card.title.casefold())
        and (on_sale is None or card.on_sale == on_sale)
    ]
    return Report(answer, lines, sorted(goods.own_categories(shop_id) - {""}))


def sheet_of(shop_id: int, public_id: str, first: date | None, last: date | None) -> GoodsSheet:
    """One goods of the shop; raises GoodsNotFound. Eleven queries."""
    card = goods.goods_by_public_id(public_id)
    if card.shop_id != shop_id:
        raise GoodsNotFound
    span = window(first, last, DAYS_SHOWN)
    question = Question(
        "goods", "day", "", MEASURES, *span, (("goods", str(card.id)),), Versus.PREVIOUS, "key"
    )
    days = ask(shop_id, question)
    wide = (span[0] - timedelta(days=rules.AROUND_DAYS), span[1] + timedelta(days=rules.AROUND_DAYS))  # fmt: skip
    around = ask(shop_id, replace(question, measures=("times",), first=wide[0], last=wide[1], versus=Versus.NOTHING))  # fmt: skip
    counts = {date.fromisoformat(line.key): int(line.values["times"].number or 0) for line in around.lines}  # fmt: skip
    found = rules.explained(rules.surges(counts, *span), events_near(card, *span))
    return GoodsSheet(card, days, found, peaks_of(shop_id, replace(days, question=question)))


def events_near(card: GoodsCard, first: date, last: date) -> list[Event]:
    """What is known to have happened to goods around the span: campaigns, notes, shares, feasts. Four queries."""
    since = first - timedelta(days=rules.NEAR_DAYS)
    events = [
        Event("campaign", kind, begun, min(ended, begun + CAMPAIGN_START))
        for kind, begun, ended in campaigns.campaign_days(card.shop_id, card.id, card.category)
        if begun <= last and ended >= since
    ]
    events += [
        Event(
            "note",
            note.title,
            timezone.localdate(note.published_at),
            timezone.localdate(note.published_at),
        )
        for note in scene.notes_with_goods(card.id, NOTES_MAX)
        if note.published_at and since <= timezone.localdate(note.published_at) <= last
    ]
    rows = PulseCell.objects.filter(
        shop_id=card.shop_id, goods=card.id,
        day__gte=since - timedelta(days=rules.AROUND_DAYS), day__lte=last,
    )  # fmt: skip
    pulses = list(rows.values_list("day", "share_visits", "group_buyers"))
    events += rules.jumps({day: n for day, n, _ in pulses}, "share", SHARE_LEAST)
    events += rules.jumps({day: n for day, _, n in pulses}, "group", SHARE_LEAST)
    return [*events, *rules.feasts(since, last)]
