"""Reads of a shop's own people: how many a rule finds, who they are by code, what was done with them.

Nobody is told by name, and no group of fewer than ten people is told at all.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from urllib.parse import parse_qsl

from django.db.models import F, Max, Q, QuerySet

from grapevine.insight.crowds import (
    ACTS_MAX,
    RESULT_DAYS,
    ActView,
    Counted,
    PersonRow,
    Result,
    SegmentView,
)
from grapevine.insight.models import AssetDay, Customer, Segment, SegmentAct, Touch
from grapevine.insight.rules.customers.segments import Rule, rule_from
from grapevine.insight.rules.hiding import LEAST, rounded
from grapevine.kit import clock
from grapevine.spread.facade import code_of
from grapevine.trade import facade as trade

EXPORT_MAX = 50_000


def narrowed(shop_id: int, rule: Rule) -> QuerySet[Customer]:
    """Those whom the rule finds and of whom something may be learned."""
    rows = Customer.objects.filter(shop_id=shop_id, is_personalised=True)
    return rows.filter(_bought(rule) & _worth(rule) & _looked(rule, clock.today_start().date()))


def _bought(rule: Rule) -> Q:
    found = Q()
    match rule.bought:
        case "never":
            found &= Q(orders=0)
        case "once":
            found &= Q(orders=1)
        case "more":
            found &= Q(orders__gt=1)
        case "any":
            found &= Q(orders__gt=0)
    if rule.orders_least:
        found &= Q(orders__gte=rule.orders_least)
    if rule.orders_most:
        found &= Q(orders__gt=0, orders__lte=rule.orders_most)
    if rule.fan:
        found &= Q(orders__gt=0, brought__gt=0)
    return found


def _worth(rule: Rule) -> Q:
    found = Q()
    for name, least in (
        ("recency", rule.r_least),
        ("frequency", rule.f_least),
        ("money", rule.m_least),
    ):
        if least:
            found &= Q(**{f"{name}__gte": least})
    if rule.r_most:
        found &= Q(recency__gt=0, recency__lte=rule.r_most)
    if rule.spent_least:
        found &= Q(spent_minor__gte=rule.spent_least * 100)
    return found


def _looked(rule: Rule, today: date) -> Q:
    found = Q()
    if rule.quiet_least:
        found &= Q(last_on__lte=today - timedelta(days=rule.quiet_least))
    if rule.quiet_most:
        found &= Q(last_on__gte=today - timedelta(days=rule.quiet_most))
    if rule.known_most:
        found &= Q(known_on__gte=today - timedelta(days=rule.known_most))
    if rule.views_least:
        found &= Q(views__gte=rule.views_least)
    if rule.likely:
        found &= Q(is_likely=True)
    if rule.follows:
        found &= Q(is_following=True)
    if rule.category:
        found &= Q(category=rule.category)
    if rule.region:
        found &= Q(region__startswith=rule.region)
    return found


def counted(shop_id: int, rule: Rule) -> Counted:
    """How many people the rule finds, as it may be told. One query."""
    return told(narrowed(shop_id, rule).count())


def told(people: int) -> Counted:
    return Counted(rounded(people) if people >= LEAST or not people else None)


def found(shop_id: int, rule: Rule) -> list[int]:
    """Who they are, for acting on them; nobody where there are fewer than ten. One query."""
    ids = list(narrowed(shop_id, rule).order_by("person_id").values_list("person_id", flat=True))
    return ids if len(ids) >= LEAST else []


def people_of(shop_id: int, rule: Rule, limit: int = EXPORT_MAX) -> list[PersonRow]:
    """Under the shop's own codes: where it is asked who has not bought by likelihood, else by what they are expected to spend.

    Nobody where there are fewer than ten. One query.
    """
    place, worth = F("place").asc(nulls_last=True), F("expected_minor").desc(nulls_last=True)
    order = (place, worth) if rule.bought == "never" else (worth, place)
    rows = list(narrowed(shop_id, rule).order_by(*order, "person_id")[:limit])
    return [person_row(row) for row in rows] if len(rows) >= min(LEAST, limit) else []


def everybody_of(shop_id: int) -> list[PersonRow]:
    """All of a shop's people, for its own keeping: of who is not to be learned about, their orders alone. One query."""
    rows = list(Customer.objects.filter(shop_id=shop_id).order_by("person_id")[:EXPORT_MAX])
    return [person_row(row) for row in rows] if len(rows) >= LEAST else []


def person_row(row: Customer) -> PersonRow:
    return PersonRow(
        code_of(row.shop_id, row.person_id), row.orders, row.spent_minor, row.first_on, row.last_on,
        row.views, row.brought, row.brought_minor, row.region, row.category,
        bool(row.orders and row.brought), row.is_following, row.recency, row.frequency, row.money,
        row.expected_minor, row.known_on, tuple(filter(None, row.reasons.split(","))),
    )  # fmt: skip


def names_of(shop_id: int) -> tuple[list[str], list[str]]:
    """The categories and the regions of a shop's people that at least ten of them share. Two queries."""
    return (_shared(shop_id, "category"), _shared(shop_id, "region"))


def _shared(shop_id: int, field: str) -> list[str]:
    rows = Customer.objects.filter(shop_id=shop_id, is_personalised=True).exclude(**{field: ""})
    counts: dict[str, int] = {}
    for name in rows.values_list(field, flat=True):
        counts[name] = counts.get(name, 0) + 1
    return sorted(name for name, people in counts.items() if people >= LEAST)


def segments_of(shop_id: int) -> list[SegmentView]:
    """With today's count each: a query for every segment, at most thirty."""
    rows = Segment.objects.filter(shop_id=shop_id).order_by("id")
    return [segment_view(row) for row in rows]


def segment_view(row: Segment) -> SegmentView:
    rule = rule_from(asked(row.query))
    return SegmentView(row.public_id, row.name, row.query, counted(row.shop_id, rule), row.made_at)


def asked(query: str) -> dict[str, str]:
    return dict(parse_qsl(query))


def acts_of(shop_id: int) -> list[ActView]:
    """The newest twenty, drafts first. Three queries for each that was carried out."""
    rows = SegmentAct.objects.filter(shop_id=shop_id).exclude(state="dropped").order_by("-id")
    views = [act_view(row) for row in rows[:ACTS_MAX]]
    return sorted(views, key=lambda one: one.state != "draft")


def act_view(row: SegmentAct) -> ActView:
    return ActView(
        row.public_id, row.query, row.kind, row.text, row.worth_minor, row.threshold_minor,
        row.days, row.state, row.reached, row.left_out, row.held_out, row.made_at, row.done_at,
        _result(row) if row.state == "done" else None,
    )  # fmt: skip


def _result(act: SegmentAct) -> Result | None:
    """What those did who were reached, beside those left alone; None where either would give somebody away."""
    assert act.done_at is not None
    reached, control = _came(act, is_held_out=False), _came(act, is_held_out=True)
    if act.reached < LEAST:
        return None
    return Result(
        came=rounded(reached), came_bps=reached * 10_000 // act.reached,
        control_bps=control * 10_000 // act.held_out if act.held_out >= LEAST else None,
    )  # fmt: skip


def _came(act: SegmentAct, *, is_held_out: bool) -> int:
    assert act.done_at
    touched = Touch.objects.filter(act=act, is_held_out=is_held_out)
    return len(
        trade.bought_within(
            act.shop_id, act.done_at, timedelta(days=RESULT_DAYS),
            touched.values_list("person_id", flat=True),
        )
    )  # fmt: skip


def reached_since(
    person_ids: Iterable[int], shop_id: int, days: int
) -> tuple[set[int], dict[int, int]]:
    """Of these people who was reached by this shop in the last days, and how often by any shop. One query a part."""
    since = clock.now() - timedelta(days=days)
    rows = Touch.objects.filter(is_held_out=False, act__done_at__gte=since)
    wanted: Sequence[int] = sorted(person_ids)
    here: set[int] = set()
    often: dict[int, int] = {}
    for at in range(0, len(wanted), 900):
        part = rows.filter(person_id__in=wanted[at : at + 900])
        for person_id, shop in part.values_list("person_id", "act__shop_id"):
            often[person_id] = often.get(person_id, 0) + 1
            if shop == shop_id:
                here.add(person_id)
    return here, often


def as_of(shop_id: int) -> date | None:
    """The day of the last count that a shop's people were in."""
    last: date | None = AssetDay.objects.filter(shop_id=shop_id).aggregate(Max("day"))["day__max"]
    return last
