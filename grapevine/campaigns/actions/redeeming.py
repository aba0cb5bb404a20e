"""Taking what an order uses, in the transaction that places it, and giving it back, each once."""

import json
from zlib import crc32

from django.db import connection, transaction

from grapevine.campaigns import offers_sql as text
from grapevine.campaigns.contracts import COUPON, FLASH
from grapevine.campaigns.models import Coupon
from grapevine.campaigns.rules.flash import SHARES, split
from grapevine.kit import clock, sql
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OfferGone, OrderState, Redemption

GONE = (OrderState.CANCELLED, OrderState.REFUNDED)


def use_coupon(redemption: Redemption) -> None:
    """Held → used, if it is this buyer's and its time is not over; else OfferGone. One statement."""
    now = clock.now()
    orders = sorted({order for order, _, _, _ in redemption.lines})
    done = sql.changed(
        text.USE_COUPON,
        [
            redemption.payment_number, json.dumps(orders), redemption.amount_minor, now,
            _id(redemption.reference), redemption.buyer_id, now,
        ],
    )  # fmt: skip
    if not done:
        raise OfferGone(redemption.reference)


def take_flash(redemption: Redemption) -> None:
    """Count the pieces against the buyer's limit, then take them from the quota. OfferGone if either is short.

    Three statements. On PostgreSQL a buyer takes a share that nobody else is taking from, so buyers of one
    sale do not wait for one another until its last pieces.
    """
    count = sum(pieces for _, _, pieces, _ in redemption.lines)
    public_id = _id(redemption.reference)
    counted = sql.rows(
        text.COUNT_FLASH, [redemption.buyer_id, count, public_id, clock.now(), count]
    )
    if not counted:
        raise OfferGone(redemption.reference)
    sale_id = int(counted[0][0])
    taken = _take(sale_id, count, crc32(redemption.payment_number.encode()) % SHARES)
    if not taken:
        raise OfferGone(redemption.reference)
    order = redemption.lines[0][0]
    sql.insert(
        "campaigns_flashuse",
        text.USE_COLUMNS,
        [(sale_id, share, order, redemption.buyer_id, part, False) for share, part in taken],
    )


def _take(sale_id: int, count: int, mark: int) -> list[tuple[int, int]]:
    """(share, pieces), [] if the quota is used up.

    Shares somebody holds are waited for, all in one order, only where no free one has enough. Nothing of this
    sale is held by us then, also no share that was emptied while we reached for it: so nobody waits in a circle.
    """
    if connection.vendor == "postgresql":
        sql.changed("SAVEPOINT campaigns_flash")
        for (share,) in sql.rows(text.TAKE_UNLOCKED, [count, sale_id, count, mark]):
            return [(share, count)]
        sql.changed("ROLLBACK TO SAVEPOINT campaigns_flash")
    query = text.LOCKED_SHARES if connection.vendor == "postgresql" else text.SHARES
    taken = split(count, [(pk, free) for pk, free in sql.rows(query, [sale_id])])
    for share, part in taken:
        done = sql.changed(text.TAKE, [part, share, part])
        assert done, "the rows are locked, or this is the only writer"
    return taken


def give_back_flash(*, order_number: str) -> None:
    """An unpaid order was cancelled: its pieces belong to the quota again, while it lasts. Safe to repeat."""
    with transaction.atomic(savepoint=False):
        rows = sql.rows(text.RETURN, [True, order_number])
        for sale_id, share, person_id, count in sorted(rows):
            sql.changed(text.UNCOUNT, [count, sale_id, person_id, count])
            sql.changed(text.GIVE_SHARE, [count, share])


def give_back_coupon(*, public_id: str, payment_number: str) -> bool:
    """Used → held, once, when none of the orders it cut stands and its time is not over.

    A platform coupon that cut two orders of which one stands stays used; so does a coupon of an order that
    was refunded in part.
    """
    coupon = Coupon.objects.filter(
        public_id=public_id, payment_number=payment_number, state="used"
    ).first()
    if coupon is None:
        return False
    if any(trade.order_for(coupon.person_id, number).state not in GONE for number in coupon.orders):
        return False
    mine = Coupon.objects.filter(
        pk=coupon.pk, state="used", payment_number=payment_number, until__gt=clock.now()
    )
    return bool(
        mine.update(state="held", payment_number="", orders=[], amount_minor=0, used_at=None)
    )


def _id(reference: str) -> str:
    return reference.partition(":")[2]


def coupons_of(references: list[str]) -> list[str]:
    """The coupons among the offers of an order, by public id."""
    return [_id(one) for one in references if one.partition(":")[0] == COUPON]


def uses_flash(references: list[str]) -> bool:
    return any(one.partition(":")[0] == FLASH for one in references)
