"""Places where orders are fetched, and the code that hands one over."""

import secrets
from collections.abc import Iterable

from django.db import transaction

from grapevine.guard import facade as guard
from grapevine.kit import clock, sealed
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.actions.moving import move
from grapevine.trade.actions.shipping import send_pieces, waiting_pieces
from grapevine.trade.contracts import IllegalMove, OrderReceived, OrderShipped, OrderState
from grapevine.trade.models import Order, Pickup, PickupPoint
from grapevine.trade.parcels import PointNotFound, PointView, WrongCode
from grapevine.trade.queries.pickup import point_view

DIGITS = 8
POINTS_MAX = 50
TRIES_A_MINUTE = 10
LENGTHS = {"name": 30, "address": 120, "hours": 60, "phone": 20}
CONTEXT = "trade.pickup"
TAKEN = marked("凭取货码取走")


def save_point(
    *, shop_id: int, name: str, address: str, hours: str, phone: str = "", is_active: bool = True,
    public_id: str = "",
) -> PointView:  # fmt: skip
    """Add a place, or change one. BadInput names what is missing or too long."""
    told = {"name": name, "address": address, "hours": hours, "phone": phone}
    clean = {key: " ".join(text.split()) for key, text in told.items()}
    wrong = {
        key: marked("写上这一项，不要太长")
        for key, text in clean.items()
        if len(text) > LENGTHS[key] or (not text and key != "phone")
    }
    if wrong:
        raise BadInput(fields=wrong)
    if public_id:
        rows = PickupPoint.objects.filter(shop_id=shop_id, public_id=public_id)
        if not rows.update(**clean, is_active=is_active):
            raise PointNotFound(public_id)
        return point_view(rows.get())
    if PickupPoint.objects.filter(shop_id=shop_id).count() >= POINTS_MAX:
        raise BadInput(fields={"name": marked("自提点太多了，先停用几个")})
    made = PickupPoint.objects.create(
        public_id=new_id(), shop_id=shop_id, **clean, is_active=is_active
    )
    return point_view(made)


def digest_of(shop_id: int, code: str) -> str:
    """Finds a code of a shop without opening any."""
    return sealed.blind_index(f"{shop_id}:{code}", context=CONTEXT)


def make_pickups(orders: Iterable[tuple[int, int, int]]) -> None:
    """(order, shop, point) of a purchase being placed: each gets a code. Must run in its transaction."""
    rows = []
    for order_id, shop_id, point_id in orders:
        code = _free_code(shop_id)
        rows.append(
            Pickup(order_id=order_id, point_id=point_id, code=code, digest=digest_of(shop_id, code))
        )
    Pickup.objects.bulk_create(rows)


def _free_code(shop_id: int) -> str:
    """Eight digits nobody at this shop has. The unique key decides; this only makes it unlikely to ask it."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if not Pickup.objects.filter(digest=digest_of(shop_id, code)).exists():
            return code


def hand_over(*, shop_id: int, code: str, actor_id: int) -> str:
    """Give an order to whoever shows its code; the order's number. It is sent and received in one step.

    Ten tries a minute for a member of staff and for a shop; then TooManyRequests. WrongCode for a code of nobody,
    of another shop, of an order not paid, or used.
    """
    guard.limit(f"pickup:{shop_id}:{actor_id}", per_minute=TRIES_A_MINUTE)
    guard.limit(f"pickup:{shop_id}", per_minute=TRIES_A_MINUTE * 3)
    digits = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    if len(digits) != DIGITS:
        raise WrongCode
    found = Pickup.objects.filter(digest=digest_of(shop_id, digits), taken_at=None)
    number = found.values_list("order__number", flat=True).first()
    if number is None:
        raise WrongCode
    _take(shop_id, number, actor_id)
    return str(number)


@transaction.atomic
def _take(shop_id: int, number: str, actor_id: int) -> None:
    order = access.order_of_shop(shop_id, number, lock=True)
    if order.state != OrderState.PAID:
        raise WrongCode
    now = clock.now()
    mine = Pickup.objects.filter(order=order, taken_at=None)
    if not mine.update(taken_at=now, taken_by=actor_id):
        raise WrongCode
    _send_all(order)
    try:
        move(
            order, OrderState.SHIPPED, actor="shop", actor_id=actor_id, reason=TAKEN,
            shipped_at=now, delivered_at=now,
        )  # fmt: skip
        # Showing the code is the buyer's own word that they have it.
        move(
            order, OrderState.RECEIVED, actor="buyer", actor_id=order.buyer_id, received_at=now
        )  # fmt: skip
    except IllegalMove:
        raise WrongCode from None
    told = (order.number, order.buyer_id, order.shop_id, order.claim, now.isoformat())
    signals.emit(OrderShipped(*told), OrderReceived(*told))
    guard.audit(
        actor_id=actor_id, action="trade.hand_over", object=f"order:{number}", shop_id=shop_id
    )


def _send_all(order: Order) -> None:
    for place, (name, counts) in waiting_pieces(order).items():
        send_pieces(
            order,
            place=place,
            name=name,
            counts=counts,
            carrier=marked("自提"),
            code="",
            tracking="",
        )
