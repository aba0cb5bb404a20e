"""Reads of shares, income and fans."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from grapevine.kit import sql
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.kit.sealed import blind_index
from grapevine.spread import access, objects
from grapevine.spread.contracts import (
    CommissionView,
    Earned,
    FanView,
    Income,
    OrderCredit,
    ShareCounts,
    ShareView,
    TieRow,
)
from grapevine.spread.models import Brought, Commission, CommissionRule, FanTie, Share, Tie, Visit
from grapevine.spread.rules import INVITED, SHARER

EDGES_MAX = 20_000
CODE_LENGTH = 12


def view(share: Share) -> ShareView:
    return ShareView(
        share.token, share.sharer_id, share.object_type, share.object_id, share.shop_id,
        share.parent_token, share.channel, share.created_at, f"/s/{share.token}/",
    )  # fmt: skip


def share_by_token(token: str) -> ShareView:
    return view(access.share_of(token))


def shares_of(
    person_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[ShareCounts]:
    """My shares, newest first, with what each brought. Four queries and one per kind of object."""
    size = clamp(limit)
    rows = Share.objects.filter(sharer_id=person_id).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    ids = [share.pk for share in found[:size]]
    visits = dict(
        Visit.objects.filter(share_id__in=ids).values_list("share_id").annotate(n=Count("id"))
    )
    brought = Brought.objects.filter(share_id__in=ids).values_list("share_id", "kind")
    counts = {(s, kind): n for s, kind, n in brought.annotate(n=Count("id"))}
    titles = objects.titles([(share.object_type, share.object_id) for share in found[:size]])
    items = [
        ShareCounts(
            share=view(share),
            title=titles.get((share.object_type, share.object_id), ""),
            visits=visits.get(share.pk, 0),
            sign_ups=counts.get((share.pk, "sign_up"), 0),
            orders=counts.get((share.pk, "order"), 0),
        )
        for share in found[:size]
    ]
    return Page(items, encode_cursor(found[size - 1].pk) if len(found) > size else None)


def income(person_id: int) -> Income:
    rows = Commission.objects.filter(payee_id=person_id).values_list("state")
    sums = dict(rows.annotate(total=Sum("amount_minor")))
    orders = Brought.objects.filter(share__sharer_id=person_id, kind="order").count()
    return Income(sums.get("held", 0), sums.get("released", 0), sums.get("reversed", 0), orders)


def commissions_of(
    person_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[CommissionView]:
    size = clamp(limit)
    rows = Commission.objects.filter(payee_id=person_id).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    items = [
        CommissionView(
            row.order_number, row.shop_id, row.amount_minor, row.state, row.at, row.side == INVITED
        )
        for row in found[:size]
    ]
    return Page(items, encode_cursor(found[size - 1].pk) if len(found) > size else None)


def earned_since(since: datetime) -> list[Earned]:
    """What every sharer earned by others' orders since then, and kept. One query."""
    rows = Commission.objects.filter(side=SHARER, at__gte=since).exclude(state="reversed")
    sums = rows.values_list("payee_id", "shop_id").order_by("payee_id", "shop_id")
    return [
        Earned(*row) for row in sums.annotate(kept=Sum(F("amount_minor") - F("reversed_minor")))
    ]


def code_of(shop_id: int, person_id: int) -> str:
    """What this shop calls a person whose name no order gave it: a keyed digest of both, so that two shops' lists
    have nothing in common.
    """
    return blind_index(str(person_id), context=f"insight.customer:{shop_id}")[:CODE_LENGTH].upper()


def fans_of(shop_id: int, cursor: str | None = None, limit: int | None = None) -> Page[FanView]:
    """A shop's fans, those who brought most buyers first."""
    size = clamp(limit)
    rows = FanTie.objects.filter(shop_id=shop_id).order_by("-brought", "id")
    if cursor:
        brought, last = decode_cursor(cursor, [int, int])
        rows = rows.filter(Q(brought__lt=brought) | Q(brought=brought, pk__gt=last))
    found = list(rows[: size + 1])
    last_row = found[size - 1] if len(found) > size else None
    more = encode_cursor(last_row.brought, last_row.pk) if last_row else None
    return Page(_fans(found[:size]), more)


def _fans(rows: Sequence[FanTie]) -> list[FanView]:
    return [
        FanView(
            person_id=row.person_id,
            code=code_of(row.shop_id, row.person_id),
            orders=row.orders, spent_minor=row.spent_minor, brought=row.brought,
            brought_by=row.brought_by, supporting=row.orders > 0 and row.brought > 0,
            since=row.since,
        )
        for row in rows
    ]  # fmt: skip


def network_of_shop(shop_id: int) -> list[FanView]:
    """Every tie of a shop, for the picture of its network; at most 20,000, the strongest first."""
    rows = FanTie.objects.filter(shop_id=shop_id).order_by("-brought", "-orders", "id")
    return _fans(list(rows[:EDGES_MAX]))


def is_shared(shop_id: int) -> bool:
    """Whether anybody shared a shop or something of it."""
    return Share.objects.filter(shop_id=shop_id).exists()


def rate_of(shop_id: int) -> int:
    rule = CommissionRule.objects.filter(shop_id=shop_id).first()
    return rule.rate_bps if rule else 0


def told_side(token: str, goods_public_id: str, visitor_id: str) -> str:
    """Who a visitor who opened a share of these goods was told is thanked; "" for another share. One query."""
    seen = Visit.objects.filter(
        share__token=token, share__object_type="goods", share__object_id=goods_public_id,
        visitor_id=visitor_id,
    )  # fmt: skip
    return seen.values_list("side", flat=True).first() or ""


def ties_of(person_id: int, limit: int = 200) -> list[tuple[int, int]]:
    """(other, weight): the people tied to this one by shares and invitations."""
    rows = Tie.objects.filter(person_id=person_id).values_list("other_id")
    return list(rows.annotate(weight=Sum("count")).order_by("-weight", "other_id")[:limit])


KNOWN = """
SELECT * FROM (
    SELECT kind AS what, other_id AS who, count AS number
    FROM spread_tie WHERE person_id = %s ORDER BY count DESC, other_id LIMIT %s
) AS tied
UNION ALL
SELECT * FROM (
    SELECT 'opened' AS what, share.sharer_id AS who, 1 AS number
    FROM spread_visit visit JOIN spread_share share ON share.id = visit.share_id
    WHERE visit.person_id = %s AND visit.at >= %s AND share.sharer_id <> %s ORDER BY visit.at DESC LIMIT %s
) AS opened
"""


def known_part(person_id: int, since: datetime, limit: int = 100) -> sql.Part:
    """Whom invitations and shares tie to this person, and whose shares they opened since then, to be asked along.

    Rows (kind, other, count); kinds are invite, share and opened. Who was opened twice comes twice.
    """
    return sql.Part(KNOWN, (person_id, limit, person_id, since, person_id, limit))


def ties_among(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs among these people of whom one shared with the other or brought them. Two queries."""
    mine = set(ids)
    shared = Tie.objects.filter(person_id__in=mine, other_id__in=mine)
    brought = Brought.objects.filter(person_id__in=mine, share__sharer_id__in=mine)
    return [
        *shared.values_list("person_id", "other_id"),
        *brought.values_list("person_id", "share__sharer_id"),
    ]


def tied(ids: Iterable[int], others: Iterable[int]) -> set[int]:
    """Those of `ids` who shared with, were brought by, or brought any of `others`. Two queries."""
    mine, theirs = set(ids), set(others)
    either = Q(person_id__in=mine, other_id__in=theirs) | Q(person_id__in=theirs, other_id__in=mine)
    pairs = set(Tie.objects.filter(either).values_list("person_id", "other_id"))
    brought = Q(person_id__in=mine, share__sharer_id__in=theirs)
    brought |= Q(person_id__in=theirs, share__sharer_id__in=mine)
    pairs |= set(Brought.objects.filter(brought).values_list("person_id", "share__sharer_id"))
    return {one for pair in pairs for one in pair} & mine


def sharers_among(shop_id: int, ids: Iterable[int]) -> set[int]:
    """Those of `ids` who shared the shop or its goods, or earned by it. Two queries."""
    mine = set(ids)
    shared = Share.objects.filter(shop_id=shop_id, sharer_id__in=mine)
    earned = Commission.objects.filter(shop_id=shop_id, payee_id__in=mine, side=SHARER)
    return {
        *shared.values_list("sharer_id", flat=True), *earned.values_list("payee_id", flat=True)
    }  # fmt: skip


def fan_ids(shop_id: int) -> list[int]:
    """The people tied to a shop; at most 20,000, the strongest first."""
    rows = FanTie.objects.filter(shop_id=shop_id).order_by("-brought", "-orders", "id")
    return list(rows.values_list("person_id", flat=True)[:EDGES_MAX])


def shops_with_fans() -> list[int]:
    return sorted(FanTie.objects.order_by().values_list("shop_id", flat=True).distinct())


def ties_of_shop(shop_id: int) -> list[TieRow]:
    """Every tie of a shop, bare: by person. One query."""
    rows = FanTie.objects.filter(shop_id=shop_id).order_by("person_id")
    return [TieRow(*row) for row in rows.values_list("person_id", "brought_by", "since")]


def orders_brought(shop_id: int, since: datetime) -> list[OrderCredit]:
    """Who brought which order of a shop since then, by what stands in the books of credit. One query."""
    rows = Brought.objects.filter(kind="order", share__shop_id=shop_id, at__gte=since)
    told = rows.order_by("id").values_list("share__sharer_id", "person_id", "reference", "at")
    return [OrderCredit(*row) for row in told]
