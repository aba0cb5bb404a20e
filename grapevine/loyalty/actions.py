"""Earning, spending and giving back points; joining, leaving and setting up memberships.

Points move in the ledger alone, each time under a key made from the order, so that nothing happens twice:
`hold:points:<order>` sets them aside when the order is placed, the end of that hold spends or frees them,
`points:back:<order>` returns what a refunded order used, `points:earned:<order>` pays for a final one.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard, GoodsNotFound
from grapevine.guard import facade as guard
from grapevine.kit import clock, sql
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import InsufficientFunds, Leg
from grapevine.loyalty import models, rules
from grapevine.loyalty.contracts import (
    CURRENCY,
    ISSUED,
    MONEY,
    SPENT,
    Level,
    MemberJoined,
    MemberLeft,
    NoMembership,
)
from grapevine.loyalty.queries import account_of, levels_of
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OfferGone, Redemption

HELD_AT_MOST = timedelta(days=365)
"""A backstop. An order ends paid or cancelled, and its event ends the hold, however late it is told."""


def _key(order_number: str) -> str:
    return f"points:{order_number}"


def hold_points(redemption: Redemption) -> None:
    """Set the points aside that a purchase uses, one hold an order. OfferGone if they are not there any more.

    Runs in the transaction that places the orders: a refusal leaves nothing behind.
    """
    amounts: dict[str, int] = {}
    for order_number, _sku, _count, amount in redemption.lines:
        amounts[order_number] = amounts.get(order_number, 0) + amount
    parts = rules.split(amounts, per_yuan=settings.POINTS_PER_YUAN)
    try:
        for order_number, points in parts.items():
            if points:
                ledger.place_hold(
                    key=_key(order_number), account=account_of(redemption.buyer_id),
                    amount_minor=points, reference=order_number, currency=CURRENCY,
                    until=redemption.until + HELD_AT_MOST,
                )  # fmt: skip
    except InsufficientFunds:
        raise OfferGone from None


def spend_points(*, order_number: str) -> None:
    """The order was paid: what it set aside is spent."""
    ledger.post_hold(key=_key(order_number), credit=SPENT)


def free_points(*, order_number: str) -> None:
    """The order was never paid: what it set aside is free again."""
    ledger.void_hold(key=_key(order_number))


@transaction.atomic
def give_back(*, order_number: str, person_id: int, before: int = 0, whole: int = 0) -> None:
    """The order was refunded: what it spent comes back, once. Also right if we hear of it before of the payment.

    `before` of `whole` that points had paid went back by parts, with its points.
    """
    key = _key(order_number)
    if not before and ledger.void_hold(key=key):
        return
    if before:
        ledger.post_hold(key=key, credit=SPENT)
    held = ledger.hold(key)
    if held is not None and held.state == "posted":
        gone = held.amount_minor * before // whole if whole else 0
        _post_back(f"points:back:{order_number}", order_number, person_id, held.amount_minor - gone)


@transaction.atomic
def give_part_back(
    *, order_number: str, person_id: int, key: str, before: int, after: int, whole: int
) -> None:
    """Some pieces were refunded: the points that had paid for them come back, once a `key`.

    Parts are differences of whole shares, in whatever order they are told, and sum to what was spent.
    """
    ledger.post_hold(key=_key(order_number), credit=SPENT)
    held = ledger.hold(_key(order_number))
    if held is not None and held.state == "posted" and whole:
        part = held.amount_minor * after // whole - held.amount_minor * before // whole
        _post_back(f"points:back:{key}", order_number, person_id, part)


def _post_back(key: str, order_number: str, person_id: int, points: int) -> None:
    if points:
        ledger.post(
            key=key, kind="points.back", reference=order_number,
            legs=[Leg(SPENT, account_of(person_id), points)], currency=CURRENCY,
        )  # fmt: skip


@transaction.atomic
def uncount_order(*, order_number: str, key: str, left_minor: int) -> None:
    """Money of an order that was final went back, `left_minor` did not: it earned less than it was given.

    What of those points is spent already stays. Nothing for an order that is not final: it counts what is left then.
    """
    row = models.Purchase.objects.select_for_update().filter(order_number=order_number).first()
    if row is None or row.amount_minor <= left_minor:
        return
    mine = models.Purchase.objects.filter(pk=row.pk)
    if left_minor:
        mine.update(amount_minor=left_minor)
    else:
        mine.delete()
    if any(shop.id == row.shop_id for shop in goods.shops_of(row.person_id)):
        return
    had, has = (
        rules.earned(minor, per_yuan=settings.POINTS_EARNED_PER_YUAN)
        for minor in (row.amount_minor, left_minor)
    )
    account = account_of(row.person_id)
    lost = min(had - has, ledger.balance(account, CURRENCY))
    if lost > 0:
        ledger.post(
            key=f"points:unearned:{key}", kind="points.unearned", reference=order_number,
            legs=[Leg(account, ISSUED, lost)], currency=CURRENCY,
        )  # fmt: skip


@transaction.atomic
def give_points(*, key: str, person_id: int, points: int, reference: str) -> None:
    """Give points for something other than a purchase, once a key; none if `points` is 0."""
    if points:
        ledger.post(
            key=f"points:given:{key}", kind="points.given", reference=reference,
            legs=[Leg(ISSUED, account_of(person_id), points)], currency=CURRENCY,
        )  # fmt: skip


@transaction.atomic
def count_order(*, order_number: str, person_id: int, shop_id: int) -> None:
    """The order is final: it earns points and counts for the level, for what was paid in money.

    Buying at a shop one works for earns no points: that money comes back, and points are the platform's.
    """
    order = trade.order_for(person_id, order_number)
    paid = order.total_minor - order.refunded_minor
    if order.currency != MONEY or not paid:
        return
    models.Purchase.objects.bulk_create(
        [
            models.Purchase(
                order_number=order_number, person_id=person_id, shop_id=shop_id,
                amount_minor=paid, at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    points = rules.earned(paid, per_yuan=settings.POINTS_EARNED_PER_YUAN)
    if points and all(shop.id != shop_id for shop in goods.shops_of(person_id)):
        ledger.post(
            key=f"points:earned:{order_number}", kind="points.earned", reference=order_number,
            legs=[Leg(ISSUED, account_of(person_id), points)], currency=CURRENCY,
        )  # fmt: skip


@transaction.atomic
def join(*, person_id: int, shop_id: int) -> bool:
    """Become a member, free, for everybody. False if one was already; NoMembership if the shop has none."""
    if not levels_of(shop_id):
        raise NoMembership(shop_id)
    now = clock.now()
    made = sql.insert(
        "loyalty_member", "person_id, shop_id, joined_at", [(person_id, shop_id, now)],
        ending="ON CONFLICT DO NOTHING RETURNING id",
    )  # fmt: skip
    if made:
        signals.emit(MemberJoined(person_id, shop_id, now.isoformat()))
    return bool(made)


@transaction.atomic
def leave(*, person_id: int, shop_id: int) -> bool:
    """Be no member any more; what was spent still counts if one joins again. False if one was none."""
    gone, _ = models.Member.objects.filter(person_id=person_id, shop_id=shop_id).delete()
    if gone:
        signals.emit(MemberLeft(person_id, shop_id, clock.now().isoformat()))
    return gone > 0


@transaction.atomic
def set_levels(*, shop_id: int, levels: Sequence[Level], actor_id: int | None = None) -> None:
    """The shop's ladder from now on; none ends its member prices. Raises BadInput."""
    rules.check_levels(levels)
    models.Level.objects.bulk_create(
        [
            models.Level(
                shop_id=shop_id, rank=rank, name=one.name, threshold_minor=one.threshold_minor,
                rate_bps=one.rate_bps,
            )
            for rank, one in enumerate(levels)
        ],
        update_conflicts=True, unique_fields=["shop_id", "rank"],
        update_fields=["name", "threshold_minor", "rate_bps"],
    )  # fmt: skip
    models.Level.objects.filter(shop_id=shop_id, rank__gte=len(levels)).delete()
    guard.note(
        actor_id=actor_id, action="members.levels", object=f"shop:{shop_id}", shop_id=shop_id,
        after=[f"{one.name} {one.threshold_minor} {one.rate_bps}" for one in levels],
    )  # fmt: skip


@transaction.atomic
def exclude_goods(*, shop_id: int, public_id: str, actor_id: int | None = None) -> None:
    """No member price for these goods of the shop. Raises GoodsNotFound."""
    card = _own(shop_id, public_id)
    models.Exclusion.objects.bulk_create(
        [models.Exclusion(goods_id=card.id, shop_id=shop_id)], ignore_conflicts=True
    )
    _note_price(actor_id, shop_id, public_id, on=False)


@transaction.atomic
def include_goods(*, shop_id: int, public_id: str, actor_id: int | None = None) -> None:
    """These goods have a member price again. Raises GoodsNotFound."""
    models.Exclusion.objects.filter(goods_id=_own(shop_id, public_id).id).delete()
    _note_price(actor_id, shop_id, public_id, on=True)


def _note_price(actor_id: int | None, shop_id: int, public_id: str, *, on: bool) -> None:
    guard.note(
        actor_id=actor_id, action="members.price", object=f"goods:{public_id}",
        before={"on": not on}, after={"on": on}, shop_id=shop_id,
    )  # fmt: skip


def _own(shop_id: int, public_id: str) -> GoodsCard:
    card = goods.goods_by_public_id(public_id)
    if card.shop_id != shop_id:
        raise GoodsNotFound(public_id)
    return card
