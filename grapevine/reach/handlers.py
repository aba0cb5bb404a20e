"""What happens in the house, told to whom it concerns. Each may run twice: the key says it once."""

from collections.abc import Callable
from typing import Any

from grapevine.campaigns import facade as campaigns
from grapevine.campaigns.contracts import GroupExpired, GroupFilled, SeatLost
from grapevine.care.contracts import (
    ReviewHiddenByLaw,
    ReviewReplied,
    ReviewsFlagged,
    ReviewWritten,
    ShopRated,
)
from grapevine.goods import facade as goods
from grapevine.goods.contracts import (
    Cause,
    DocumentRefused,
    DocumentRunsOut,
    GoodsFailedInspection,
    SalesResumed,
    SalesWithheld,
    ShopApproved,
    ShopSentBack,
)
from grapevine.people import facade as people
from grapevine.people.contracts import PersonFollowed
from grapevine.reach.actions import tell, tell_shop
from grapevine.reach.gathering import tell_shop_of_each
from grapevine.scene.contracts import NoteCommented
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Event
from grapevine.spread.contracts import CommissionReleased
from grapevine.trade.contracts import (
    AfterSalesMoved,
    AppealDecided,
    BoughtGoodsFailed,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    ParcelAlarm,
    PiecesRefunded,
    TargetsMissed,
    WithdrawalMoved,
)

FOR_SHOP = frozenset({"requested", "platform", "sent"})
FOR_BUYER = frozenset({"rejected", "returning", "received", "replaced", "platform"})
TOLD_APART = frozenset({Cause.REVIEW, Cause.REJECTED, Cause.INSPECTION, Cause.CLOSED})
"""Causes of a stop that somebody chose, or that another notice tells."""
LOW_BELOW = 5
LOW_MAX = 20


def _title(goods_id: int) -> tuple[str, str]:
    """(title, public id) of goods; empty if they are gone."""
    card = goods.goods_cards([goods_id]).get(goods_id)
    return (card.title, card.public_id) if card else ("", "")


# ---- a shop's staff ---------------------------------------------------------------------------


def on_parcel_alarm(event: ParcelAlarm) -> None:
    facts = {"order": event.order_number, "variant": event.kind}
    key = f"{event.kind}:{event.order_number}:{event.tracking}"
    tell_shop(kind="parcel_alarm", key=key, shop_id=event.shop_id, facts=facts)


def on_case_moved(event: AfterSalesMoved) -> None:
    """The shop hears of what it has to do, the buyer of what was decided. Money is told when it goes back."""
    facts = {"order": event.order_number, "case": event.case_number, "variant": event.state}
    key = f"{event.case_number}:{event.state}:{event.at}"
    if event.state in FOR_SHOP:
        tell_shop(kind="case_to_answer", key=key, shop_id=event.shop_id, facts=facts)
    if event.state in FOR_BUYER:
        tell(kind="case_moved", key=key, person_ids=[event.person_id], facts=facts)


def on_appeal_decided(event: AppealDecided) -> None:
    """Ruled for the buyer or for the shop: the shop hears, since it asked."""
    facts = {
        "case": event.case_number, "variant": event.state,
        "amount_minor": event.repaid_minor, "currency": event.currency,
    }  # fmt: skip
    key = f"{event.case_number}:{event.at}"
    tell_shop(kind="appeal_decided", key=key, shop_id=event.shop_id, facts=facts)


def on_targets_missed(event: TargetsMissed) -> None:
    facts = {"count": len(event.missed)}
    tell_shop(kind="targets_missed", key=event.at, shop_id=event.shop_id, facts=facts)


def on_review_written(event: ReviewWritten) -> None:
    title, _public_id = _title(event.goods_id)
    facts = {"title": title, "stars": event.stars}
    tell_shop(kind="review_written", key=event.object_id, shop_id=event.shop_id, facts=facts)


def on_reviews_flagged(event: ReviewsFlagged) -> None:
    key = f"{event.object_id}:{event.at}"
    tell_shop(kind="reviews_flagged", key=key, shop_id=event.shop_id, facts={"count": event.count})


def on_shop_rated(event: ShopRated) -> None:
    """A first level is no change."""
    if event.before and event.before != event.level:
        facts = {"before": event.before, "level": event.level}
        tell_shop(kind="shop_rated", key=event.at, shop_id=event.shop_id, facts=facts)


def on_order_paid(event: OrderPaid) -> None:
    """The order, to those who ship; and what it left scarce, once a day for each SKU."""
    title, _public_id = _title(event.goods_ids[0]) if event.goods_ids else ("", "")
    facts = {
        "order": event.order_number, "title": title, "count": event.items,
        "amount_minor": event.total_minor, "currency": event.currency,
    }  # fmt: skip
    tell_shop_of_each(
        kind="order_paid", item=event.order_number, at=event.at, shop_id=event.shop_id, facts=facts
    )
    for line in goods.low_stock(event.shop_id, limit=LOW_MAX, below=LOW_BELOW):
        if line.goods_id in event.goods_ids:
            scarce = f"{line.title} {line.option}".strip()
            tell_shop(
                kind="low_stock", key=f"{line.sku_id}:{event.at[:10]}", shop_id=event.shop_id,
                facts={"title": scarce, "count": line.free},
            )  # fmt: skip


def on_pick_ended(event: goods.PickEnded) -> None:
    """Who took the goods down themself knows."""
    if event.why != "dropped":
        title, _public_id = _title(event.goods_id)
        key = f"{event.object_id}:{event.at}"
        facts = {"title": title, "variant": event.why}
        tell_shop(kind="pick_ended", key=key, shop_id=event.shop_id, facts=facts)


def on_goods_judged(event: goods.GoodsJudged) -> None:
    if event.state in ("passed", "rejected"):
        title, public_id = _title(event.goods_id)
        variant = _shelved(event) if event.state == "passed" else event.state
        tell_shop(
            kind="goods_judged", key=f"{event.goods_id}:{event.at}", shop_id=event.shop_id,
            facts={"title": title, "goods": public_id, "variant": variant},
        )  # fmt: skip


def _shelved(event: goods.GoodsJudged) -> str:
    """Goods that passed are on sale, or go on sale with their shop, or something else keeps them back."""
    card = goods.goods_cards([event.goods_id]).get(event.goods_id)
    if card is not None and card.on_sale:
        return "passed"
    cause, _application = goods.shop_hold(event.shop_id)
    return "with_shop" if cause == Cause.REVIEW else "held"


def on_goods_failed(event: GoodsFailedInspection) -> None:
    facts = {"title": event.title, "goods": event.object_id, "why": event.finding}
    key = f"{event.goods_id}:{event.at}"
    tell_shop(kind="goods_failed", key=key, shop_id=event.shop_id, facts=facts)


def on_sales_withheld(event: SalesWithheld) -> None:
    if event.cause not in TOLD_APART:
        key = f"{event.goods_id}:{event.cause}:{event.at}"
        facts = {"why": event.reason, "variant": event.cause}
        tell_shop(kind="sales_withheld", key=key, shop_id=event.shop_id, facts=facts)


def on_sales_resumed(event: SalesResumed) -> None:
    if event.cause not in TOLD_APART:
        key = f"{event.goods_id}:{event.cause}:resumed:{event.at}"
        facts = {"variant": "resumed"}
        tell_shop(kind="sales_withheld", key=key, shop_id=event.shop_id, facts=facts)


def on_shop_approved(event: ShopApproved) -> None:
    facts = {"variant": "approved"}
    tell_shop(kind="shop_application", key=event.at, shop_id=event.shop_id, facts=facts)


def on_shop_sent_back(event: ShopSentBack) -> None:
    facts = {"variant": event.state}
    tell_shop(kind="shop_application", key=event.at, shop_id=event.shop_id, facts=facts)


def on_document_runs_out(event: DocumentRunsOut) -> None:
    facts = {"days": event.days, "variant": "" if event.days > 0 else "over"}
    key = f"{event.document}:{event.days}"
    tell_shop(kind="document_runs_out", key=key, shop_id=event.shop_id, facts=facts)


def on_document_refused(event: DocumentRefused) -> None:
    facts = {"title": event.title, "why": event.why}
    if event.note:
        facts |= {"said": event.note, "variant": "noted"}
    tell_shop(kind="document_refused", key=event.document, shop_id=event.shop_id, facts=facts)


# ---- people themselves, and both --------------------------------------------------------------


def on_withdrawal_moved(event: WithdrawalMoved) -> None:
    facts = {
        "variant": event.state, "amount_minor": event.amount_minor, "currency": event.currency,
    }  # fmt: skip
    key = f"{event.number}:{event.state}"
    if event.shop_id is not None:
        tell_shop(kind="withdrawal", key=key, shop_id=event.shop_id, facts=facts)
    elif event.person_id is not None:
        tell(kind="own_withdrawal", key=key, person_ids=[event.person_id], facts=facts)


def on_group_filled(event: GroupFilled) -> None:
    members = campaigns.paid_members(event.object_id)
    facts = {"group": event.object_id}
    tell(kind="group", key=f"{event.object_id}:filled", person_ids=members, facts=facts)
    tell_shop(kind="shop_group", key=event.object_id, shop_id=event.shop_id, facts=facts)


def on_group_expired(event: GroupExpired) -> None:
    """The shop hears of the group here; its members of their own seats, when these are given back."""
    facts = {"group": event.object_id, "variant": "expired"}
    tell_shop(kind="shop_group", key=event.object_id, shop_id=event.shop_id, facts=facts)


def on_seat_lost(event: SeatLost) -> None:
    facts = {"group": event.object_id, "order": event.order_number, "variant": "lost"}
    key = f"{event.object_id}:{event.order_number}"
    tell(kind="group", key=key, person_ids=[event.person_id], facts=facts)


def on_order_shipped(event: OrderShipped) -> None:
    facts = {"order": event.order_number}
    tell(kind="order_shipped", key=event.order_number, person_ids=[event.person_id], facts=facts)


def on_order_refunded(event: OrderRefunded) -> None:
    if event.amount_minor:
        facts = {"order": event.order_number, "amount_minor": event.amount_minor}
        tell(
            kind="order_refunded", key=event.order_number, person_ids=[event.person_id],
            facts=facts,
        )  # fmt: skip


def on_pieces_refunded(event: PiecesRefunded) -> None:
    facts = {
        "order": event.order_number, "amount_minor": event.amount_minor, "currency": event.currency,
    }  # fmt: skip
    tell(kind="order_refunded", key=event.key, person_ids=[event.person_id], facts=facts)


def on_bought_goods_failed(event: BoughtGoodsFailed) -> None:
    facts = {"order": event.order_number, "title": event.title, "why": event.finding}
    key = f"{event.order_number}:{event.goods_id}"
    tell(kind="goods_recalled", key=key, person_ids=[event.person_id], facts=facts)


def on_review_replied(event: ReviewReplied) -> None:
    title, public_id = _title(event.goods_id)
    facts = {"title": title, "goods": public_id}
    tell(kind="review_replied", key=event.object_id, person_ids=[event.person_id], facts=facts)


def on_review_hidden(event: ReviewHiddenByLaw) -> None:
    key = f"{event.object_id}:{event.at}"
    facts = {"why": event.basis}
    tell(kind="review_hidden", key=key, person_ids=[event.person_id], facts=facts)


def on_experiment_stopped(event: signals.ExperimentStopped) -> None:
    """Only what the house itself stopped is news to whom it belongs."""
    if not event.broken:
        return
    facts = {"trial": event.object_id, "title": event.title, "variant": event.broken[0]}
    if event.shop_id is not None:
        tell_shop(kind="trial_stopped", key=event.object_id, shop_id=event.shop_id, facts=facts)
    else:
        tell(
            kind="own_trial_stopped", key=event.object_id, person_ids=people.operator_ids(), facts=facts
        )  # fmt: skip


def on_commission_released(event: CommissionReleased) -> None:
    facts = {"amount_minor": event.amount_minor, "variant": event.side, "order": event.order_number}
    tell(kind="commission", key=event.order_number, person_ids=[event.person_id], facts=facts)


def on_note_commented(event: NoteCommented) -> None:
    key = f"{event.object_id}:{event.person_id}:{event.at}"
    tell(
        kind="note_commented", key=key, person_ids=[event.author_id],
        facts={"note": event.object_id}, actor_id=event.person_id,
    )  # fmt: skip


def on_person_followed(event: PersonFollowed) -> None:
    """Once for each follower: who leaves and comes back is not told again."""
    tell(
        kind="follower", key=str(event.person_id), person_ids=[event.followee_id],
        actor_id=event.person_id,
    )  # fmt: skip


HANDLERS: tuple[tuple[type[Event], Callable[[Any], None]], ...] = (
    (ParcelAlarm, on_parcel_alarm), (AfterSalesMoved, on_case_moved),
    (ReviewWritten, on_review_written), (ReviewsFlagged, on_reviews_flagged),
    (ShopRated, on_shop_rated), (OrderPaid, on_order_paid), (goods.GoodsJudged, on_goods_judged),
    (AppealDecided, on_appeal_decided), (TargetsMissed, on_targets_missed),
    (goods.PickEnded, on_pick_ended), (GoodsFailedInspection, on_goods_failed), (SalesWithheld, on_sales_withheld),
    (SalesResumed, on_sales_resumed), (ShopApproved, on_shop_approved),
    (ShopSentBack, on_shop_sent_back), (DocumentRunsOut, on_document_runs_out),
    (DocumentRefused, on_document_refused),
    (WithdrawalMoved, on_withdrawal_moved), (GroupFilled, on_group_filled),
    (GroupExpired, on_group_expired), (SeatLost, on_seat_lost), (OrderShipped, on_order_shipped),
    (OrderRefunded, on_order_refunded), (PiecesRefunded, on_pieces_refunded),
    (BoughtGoodsFailed, on_bought_goods_failed), (ReviewReplied, on_review_replied),
    (ReviewHiddenByLaw, on_review_hidden), (CommissionReleased, on_commission_released),
    (NoteCommented, on_note_commented), (PersonFollowed, on_person_followed),
    (signals.ExperimentStopped, on_experiment_stopped),
)  # fmt: skip


def subscribe() -> None:
    for event, handler in HANDLERS:
        signals.subscribe(event, handler, name=f"reach.{event.name}")
