"""Reads of after-sales: cases with their lines, timeline and thread, lists, counts, a buyer's history."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.media import facade as media
from grapevine.trade import access
from grapevine.trade.aftersales import (
    AppealView,
    CaseKind,
    CaseLineView,
    CaseNotFound,
    CaseReason,
    CaseState,
    CaseStepView,
    CaseView,
    MessageView,
)
from grapevine.trade.models import (
    Case,
    CaseAppeal,
    CaseLine,
    CaseMessage,
    CasePicture,
    CaseSatisfaction,
    CaseStep,
    Line,
    Order,
)
from grapevine.trade.queries.giving_back import amounts_of
from grapevine.trade.rules import abuse
from grapevine.trade.rules.aftersales import OPEN

LOOK_BACK = timedelta(days=180)


def case_view(case: Case) -> CaseView:
    """A case with everything its two sides see. At most twelve queries."""
    order = case.order
    return CaseView(
        number=case.number, order_number=order.number, buyer_id=case.buyer_id,
        shop_id=case.shop_id, shop_name=order.shop_name, kind=CaseKind(case.kind),
        reason=CaseReason(case.reason), words=case.words, state=CaseState(case.state),
        amount_minor=case.amount_minor, currency=case.currency, opened_at=case.opened_at,
        due_at=case.due_at, ended_at=case.ended_at, answered_at=case.answered_at,
        outcome=case.outcome, ruled_for=case.ruled_for, carrier=case.carrier,
        tracking=case.tracking, new_carrier=case.new_carrier, new_tracking=case.new_tracking,
        before_shipping=case.before_shipping, lines=_lines(case), timeline=_steps(case),
        thread=_thread(case), refund_state=case.refund.state if case.refund else "",
        reopened_at=case.reopened_at, ruled_at=case.ruled_at, ruled_by=case.ruled_by, stars=_stars(case), appeal=_appeal(case),
    )  # fmt: skip


def _stars(case: Case) -> int:
    found = CaseSatisfaction.objects.filter(case=case).values_list("stars", flat=True)
    return found.first() or 0


def _appeal(case: Case) -> AppealView | None:
    if case.ruled_at is None:
        return None
    one = CaseAppeal.objects.filter(case=case).first()
    if one is None:
        return None
    return AppealView(
        one.words, one.at, one.state, one.answer, one.decided_at, one.repaid_minor
    )  # fmt: skip


def _lines(case: Case) -> tuple[CaseLineView, ...]:
    """Its pieces; what they are worth is said while the money has not gone."""
    rows = list(CaseLine.objects.filter(case=case).select_related("line").order_by("line"))
    pieces = {row.line.pk: row.count for row in rows}
    worth = {} if case.refund_id else {b.id: b for b in amounts_of(case.order, pieces)}
    cards = goods.goods_cards({row.line.goods_id for row in rows})
    return tuple(
        CaseLineView(
            row.line.pk, row.line.title, row.line.option, row.count,
            worth[row.line.pk].goods_minor if row.line.pk in worth else 0,
            worth[row.line.pk].shipping_minor if row.line.pk in worth else 0,
            card.cover if (card := cards.get(row.line.goods_id)) else None,
        )
        for row in rows
    )  # fmt: skip


def _steps(case: Case) -> tuple[CaseStepView, ...]:
    rows = CaseStep.objects.filter(case=case).order_by("id")
    return tuple(CaseStepView(row.state, row.at, row.actor, row.reason) for row in rows)


def _thread(case: Case) -> tuple[MessageView, ...]:
    rows = list(CaseMessage.objects.filter(case=case).order_by("id"))
    shown: dict[int, list[int]] = {}
    for message_id, picture_id in (
        CasePicture.objects.filter(message__case=case)
        .order_by("message", "position")
        .values_list("message_id", "picture_id")
    ):
        shown.setdefault(message_id, []).append(picture_id)
    cards = media.pictures({one for own in shown.values() for one in own})
    return tuple(
        MessageView(
            row.author, row.words, row.at,
            tuple(cards[one].public_id for one in shown.get(row.pk, ()) if one in cards),
        )
        for row in rows
    )  # fmt: skip


def picture_of(case: Case, public_id: str) -> bytes:
    """A picture of the case's thread; whoever asks has passed the case's door. CaseNotFound if it is none of it."""
    ids = CasePicture.objects.filter(message__case=case).values_list("picture_id", flat=True)
    for pk, card in media.pictures(ids).items():
        if card.public_id == public_id:
            return media.picture_bytes(pk)
    raise CaseNotFound(public_id)


def disputed_case(number: str) -> CaseView:
    """A case the platform was asked about, whole, for whoever helps to decide it. Raises CaseNotFound."""
    return case_view(_disputed(number))


def disputed_picture(number: str, public_id: str) -> bytes:
    return picture_of(_disputed(number), public_id)


def _disputed(number: str) -> Case:
    rows = Case.objects.select_related("order", "refund").filter(escalated_at__isnull=False)
    found = rows.filter(number=number).first()
    if found is None:
        raise CaseNotFound(number)
    return found


def lock_dispute(number: str) -> CaseState:
    """The state of a case, which stays until this transaction ends. Its order is locked first, as everywhere."""
    found = _disputed(number)
    access.order_by_number(found.order.number, lock=True)
    return CaseState(Case.objects.values_list("state", flat=True).get(pk=found.pk))


def cases_of(buyer_id: int, cursor: str | None = None, limit: int | None = None) -> Page[CaseView]:
    return _page(Case.objects.filter(buyer_id=buyer_id), cursor, limit)


def cases_of_order(order_number: str) -> list[CaseView]:
    rows = Case.objects.filter(order__number=order_number).select_related("order", "refund")
    return _bare(list(rows.order_by("-id")[:20]))


def cases_of_shop(
    shop_id: int, state: str = "", cursor: str | None = None, limit: int | None = None, *,
    kind: str = "", late: bool = False, query: str = "",
) -> Page[CaseView]:  # fmt: skip
    """A shop's cases, newest first; `late`: whose time runs out within six hours."""
    rows = Case.objects.filter(shop_id=shop_id)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(kind=kind) if kind else rows
    if late:
        rows = rows.filter(due_at__lt=clock.now() + timedelta(hours=6))
    if query:
        rows = rows.filter(Q(number__istartswith=query) | Q(order__number__istartswith=query))
    return _page(rows, cursor, limit)


def disputes(
    state: str = "platform", cursor: str | None = None, limit: int | None = None
) -> Page[CaseView]:
    """What the platform was asked to decide; those waiting longest are the oldest, and come first."""
    rows = Case.objects.filter(escalated_at__isnull=False)
    if state == "appeals":
        return _page(rows.filter(appeal__state="waiting"), cursor, limit, oldest=True)
    if state == "platform":
        return _page(rows.filter(state="platform"), cursor, limit, oldest=True)
    return _page(rows.exclude(state="platform"), cursor, limit)


def _page(
    rows: QuerySet[Case], cursor: str | None, limit: int | None, *, oldest: bool = False
) -> Page[CaseView]:
    size = clamp(limit)
    rows = rows.select_related("order", "refund").order_by("id" if oldest else "-id")
    if cursor:
        last = decode_cursor(cursor, [int])[0]
        rows = rows.filter(pk__gt=last) if oldest else rows.filter(pk__lt=last)
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(_bare(found[:size]), more)


def _bare(rows: Sequence[Case]) -> list[CaseView]:
    """Cases with their lines' names, without thread and timeline. One query more."""
    inside: dict[int, list[CaseLineView]] = {}
    lines = CaseLine.objects.filter(case__in=rows).select_related("line").order_by("line")
    for one in lines:
        view = CaseLineView(one.line.pk, one.line.title, one.line.option, one.count, 0, 0)
        inside.setdefault(one.case_id, []).append(view)
    return [
        CaseView(
            number=row.number, order_number=row.order.number, buyer_id=row.buyer_id,
            shop_id=row.shop_id, shop_name=row.order.shop_name, kind=CaseKind(row.kind),
            reason=CaseReason(row.reason), words=row.words, state=CaseState(row.state),
            amount_minor=row.amount_minor, currency=row.currency, opened_at=row.opened_at,
            due_at=row.due_at, ended_at=row.ended_at, answered_at=row.answered_at,
            outcome=row.outcome, ruled_for=row.ruled_for, carrier=row.carrier,
            tracking=row.tracking, new_carrier=row.new_carrier, new_tracking=row.new_tracking,
            before_shipping=row.before_shipping, lines=tuple(inside.get(row.pk, ())),
            refund_state=row.refund.state if row.refund else "",
        )
        for row in rows
    ]  # fmt: skip


def appeals_waiting() -> int:
    return CaseAppeal.objects.filter(state="waiting").count()


def case_counts(shop_id: int | None = None) -> dict[str, int]:
    """Cases by state, of a shop or of everybody."""
    rows = Case.objects.filter(shop_id=shop_id) if shop_id is not None else Case.objects.all()
    return dict(rows.values_list("state").annotate(n=Count("id")).order_by())


def cases_to_answer(shop_id: int) -> int:
    """Cases that wait for this shop's word."""
    return Case.objects.filter(shop_id=shop_id, state=CaseState.REQUESTED).count()


def left_of(order_number: str) -> dict[int, int]:
    """Line id → pieces that can still be asked about."""
    lines = Line.objects.filter(order__number=order_number)
    left = dict(lines.values_list("pk", F("count") - F("refunded_count")))
    waiting = [state for state in OPEN if state != CaseState.REFUNDING]
    asked = CaseLine.objects.filter(case__order__number=order_number, case__state__in=waiting)
    for pk, n in asked.values_list("line").annotate(Sum("count")).order_by("line"):
        left[pk] -= n
    return left


def worth(order: Order, pieces: dict[int, int]) -> dict[str, Any]:
    """What would go back now: goods, shipping, together."""
    parts = amounts_of(order, pieces)
    return {
        "goods_minor": sum(part.goods_minor for part in parts),
        "shipping_minor": sum(part.shipping_minor for part in parts),
        "amount_minor": sum(part.amount_minor for part in parts),
    }


def abuse_of(buyer_id: int, shop_id: int | None = None) -> abuse.Score:
    """How this buyer's after-sales look, over 180 days: at all shops for operators, at its own for a shop. Two queries.

    A shop learns nothing of what somebody bought elsewhere (个人信息保护法, articles 6 and 23).
    """
    since = clock.now() - LOOK_BACK
    orders = Order.objects.filter(buyer_id=buyer_id, paid_at__gt=since)
    cases = Case.objects.filter(buyer_id=buyer_id, opened_at__gt=since)
    if shop_id is not None:
        orders, cases = orders.filter(shop_id=shop_id), cases.filter(shop_id=shop_id)
    sums = cases.aggregate(
        cases=Count("id", filter=~Q(state="cancelled")),
        money=Count("id", filter=Q(kind="refund", before_shipping=False) & ~Q(state="cancelled")),
        rejected=Count("id", filter=Q(outcome="rejected")),
    )
    return abuse.score(
        abuse.History(orders.count(), sums["cases"], sums["money"], sums["rejected"])
    )
