"""What happens here when something moves elsewhere. Each may run twice."""

from datetime import datetime

from grapevine.care.actions import screening, showing, writing
from grapevine.care.contracts import ReviewWritten
from grapevine.scene.contracts import NotePublished
from grapevine.trade.contracts import OrderPaid, OrderRefunded


def on_review_written(event: ReviewWritten) -> None:
    screening.screen_shop(shop_id=event.shop_id, around=datetime.fromisoformat(event.at))


def on_order_refunded(event: OrderRefunded) -> None:
    writing.mark_refunded(event.order_number)


def on_note_published(event: NotePublished) -> None:
    showing.tell_shown(note_public_id=event.object_id)


def on_order_paid(event: OrderPaid) -> None:
    if event.source.get("note"):
        showing.count_sale(
            note_public_id=event.source["note"], order_number=event.order_number,
            buyer_id=event.person_id,
        )  # fmt: skip
