"""Reads of points, levels and memberships."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import clock, sql
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.loyalty import queries_sql as text, rules
from grapevine.loyalty.contracts import (
    CURRENCY,
    Level,
    MemberPrice,
    MembershipView,
    MyMembership,
    NoMembership,
    PointsLine,
    PointsRules,
    PointsView,
)
from grapevine.loyalty.models import Exclusion, Member

YEAR = timedelta(days=365)
REASONS = {
    "points.earned": marked("购物得积分"),
    "points.given": marked("晒单得积分"),
    "points.back": marked("订单退款，积分退回"),
    "points.unearned": marked("订单退款，收回赠送的积分"),
    "hold": marked("下单抵现"),
    "hold.voided": marked("订单没有付款，积分退回"),
    "hold.expired": marked("订单没有付款，积分退回"),
}
"""Kinds of postings that touch a person's points, in words."""


def account_of(person_id: int) -> Account:
    return Account(f"person:{person_id}", "points")


def points_rules() -> PointsRules:
    return PointsRules(
        settings.POINTS_PER_YUAN, settings.POINTS_EARNED_PER_YUAN, settings.POINTS_SHARE_BPS
    )


def points(person_id: int) -> int:
    """Points free to use. One query."""
    return ledger.balance(account_of(person_id), CURRENCY)


def points_of(person_id: int) -> PointsView:
    """One query."""
    found = ledger.balances(account_of(person_id).owner, CURRENCY)
    free = found.get("points", 0)
    return PointsView(
        free, found.get("hold", 0), rules.worth(free, per_yuan=settings.POINTS_PER_YUAN)
    )


def points_statement(
    person_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[PointsLine]:
    """Every movement of a person's points, newest first. Two queries."""
    page = ledger.statement(account_of(person_id), cursor, limit, CURRENCY)
    items = [
        PointsLine(one.id, one.at, one.amount_minor, one.kind, REASONS[one.kind], one.reference)
        for one in page.items
    ]
    return Page(items, page.next_cursor)


def levels_of(shop_id: int) -> list[Level]:
    """A shop's ladder, the first step first; empty if it has no membership. One query."""
    return [Level(*row) for row in sql.rows(text.LEVELS, [shop_id])]


def joined(person_id: int, shop_ids: Iterable[int]) -> dict[int, Level]:
    """The person's level at each of these shops they joined. One query."""
    found = _ladders(person_id, shop_ids)
    return {shop_id: rules.level_for(*own) for shop_id, own in found.items()}


def _ladders(person_id: int, shop_ids: Iterable[int]) -> dict[int, tuple[int, list[Level]]]:
    """What was spent, and the levels, at each of these shops that the person joined and that has any."""
    wanted = sorted(set(shop_ids))
    found: dict[int, tuple[int, list[Level]]] = {}
    query = text.JOINED.format(sql.places(len(wanted)))
    for shop_id, spent, *level in sql.rows(query, [clock.now() - YEAR, person_id, *wanted]):
        found.setdefault(shop_id, (spent, []))[1].append(Level(*level))
    return found


def excluded(goods_ids: Iterable[int]) -> set[int]:
    """Those of these goods that have no member price. One query."""
    wanted = sorted(set(goods_ids))
    return {pk for (pk,) in sql.rows(text.EXCLUDED.format(sql.places(len(wanted))), wanted)}


def membership(shop_id: int, person_id: int | None) -> MembershipView | None:
    """Where a person stands at a shop; None if it has no membership. Two queries, one for a stranger."""
    levels = levels_of(shop_id)
    if not levels:
        return None
    count = spent = 0
    if person_id is not None:
        given = [person_id, shop_id, person_id, shop_id, clock.now() - YEAR]
        count, spent = sql.rows(text.STANDING, given)[0]
    return _view(shop_id, spent, levels, is_member=count > 0)


def _view(shop_id: int, spent: int, levels: Sequence[Level], *, is_member: bool) -> MembershipView:
    return MembershipView(
        shop_id, levels, is_member, spent, rules.level_for(spent, levels),
        rules.following(spent, levels),
    )  # fmt: skip


def membership_of(shop_id: int, person_id: int | None) -> MembershipView:
    found = membership(shop_id, person_id)
    if found is None:
        raise NoMembership(shop_id)
    return found


def price_for_member(card: GoodsCard, person_id: int | None) -> MemberPrice | None:
    """What goods cost a member, or would cost; None if no less. One query without a membership, else two
    or three."""
    found = membership(card.shop_id, person_id)
    if found is None:
        return None
    price = rules.member_price(card.price_minor, found.level.rate_bps)
    if price >= card.price_minor or excluded([card.id]):
        return None
    return MemberPrice(price, found.level, found.is_member)


def memberships_of(
    person_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[MyMembership]:
    """What a person joined, the newest first. Three queries, four with logos; one if none."""
    size = clamp(limit)
    rows = Member.objects.filter(person_id=person_id).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    if not found:
        return Page([])
    ids = {row.shop_id for row in found[:size]}
    shops = goods.shops(ids)
    views = {
        shop_id: _view(shop_id, *own, is_member=True)
        for shop_id, own in _ladders(person_id, ids).items()
    }
    items = [
        MyMembership(shops[row.shop_id], row.joined_at, views.get(row.shop_id))
        for row in found[:size]
        if row.shop_id in shops
    ]
    return Page(items, more)


def member_count(shop_id: int) -> int:
    return Member.objects.filter(shop_id=shop_id).count()


def excluded_of_shop(shop_id: int) -> set[int]:
    return set(Exclusion.objects.filter(shop_id=shop_id).values_list("goods_id", flat=True))
