"""Show-orders: a buyer's note about what they received."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from grapevine.care import access
from grapevine.care.contracts import ShowOrderPublished
from grapevine.care.models import ShowOrder, ShowOrderSale, ShowOrderView
from grapevine.care.refusals import NotReceived, ShownAlready
from grapevine.kit import clock
from grapevine.kit.sealed import blind_index
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NoteCard
from grapevine.signals import facade as signals


@transaction.atomic
def show_order(
    *,
    buyer_id: int,
    number: str,
    position: int,
    title: str,
    body: str = "",
    topics: Sequence[str] = (),
    picture_ids: Sequence[int] = (),
) -> NoteCard:
    """Publish a note about a line that arrived, tied to it and tagging its goods; once a line.

    It arrived when the carriers say so, or the buyer does.

    Raises NotReceived, ShownAlready, NoteIncomplete or NoteRefused; then there is no note either.
    """
    order, line = access.line_of_buyer(buyer_id, number, position)
    if order.received_at is None and order.delivered_at is None:
        raise NotReceived(number)
    card = scene.publish_note(
        author_id=buyer_id, title=title, body=body, topics=topics, picture_ids=picture_ids,
        goods_public_ids=[line.goods_public_id],
    )  # fmt: skip
    row = ShowOrder(
        order_number=number, position=position, sku_id=line.sku_id, goods_id=line.goods_id,
        shop_id=order.shop_id, buyer_id=buyer_id, note_id=card.id, note_public_id=card.public_id,
        at=clock.now(),
    )  # fmt: skip
    ShowOrder.objects.bulk_create([row], ignore_conflicts=True)
    if not ShowOrder.objects.filter(note_public_id=card.public_id).exists():
        raise ShownAlready(number)
    return card


@transaction.atomic
def tell_shown(*, note_public_id: str) -> None:
    """The note of a show-order is out, for the first time: tell the house. Twice tells nothing more."""
    now = clock.now()
    rows = ShowOrder.objects.filter(note_public_id=note_public_id)
    if not rows.filter(told_at=None).update(told_at=now):
        return
    shown = rows.get()
    signals.emit(
        ShowOrderPublished(
            shown.buyer_id, shown.shop_id, shown.goods_id, shown.order_number, shown.position,
            note_public_id, now.isoformat(),
        )
    )  # fmt: skip


@transaction.atomic
def count_view(*, note_id: int, visitor_id: str) -> None:
    """A visitor looked at the note today; once a day each. Does nothing for a note that is no show-order."""
    shown_id = ShowOrder.objects.filter(note_id=note_id).values_list("pk", flat=True).first()
    if shown_id is None:
        return
    digest = blind_index(visitor_id, context="care.visitor")
    _row, is_new = ShowOrderView.objects.get_or_create(
        shown_id=shown_id, visitor=digest, day=clock.today_start().date()
    )
    if is_new:
        ShowOrder.objects.filter(pk=shown_id).update(views=F("views") + 1)


@transaction.atomic
def count_sale(*, note_public_id: str, order_number: str, buyer_id: int) -> None:
    """A paid order came from this note; once an order, not the writer's own. Nothing for another note."""
    shown = ShowOrder.objects.filter(note_public_id=note_public_id).exclude(buyer_id=buyer_id)
    for shown_id in shown.values_list("pk", flat=True):
        _row, is_new = ShowOrderSale.objects.get_or_create(
            order_number=order_number, defaults={"shown_id": shown_id}
        )
        if is_new:
            ShowOrder.objects.filter(pk=shown_id).update(orders=F("orders") + 1)
