"""After-sales, step by step: the buyer asks, the shop answers, an operator decides, time does the rest.

Everybody locks the order first and moves the case by a guarded update then; what ends in money refunds in the same
transaction, so a case never says more than was done.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.actions.cases import move_case
from grapevine.trade.actions.moving import refund_pieces
from grapevine.trade.aftersales import (
    AfterSalesMoved,
    CaseKind,
    CaseNotFound,
    CaseReason,
    CaseState,
    IllegalCaseMove,
    NoAfterSales,
    NotSoMany,
)
from grapevine.trade.contracts import IllegalMove, OrderState
from grapevine.trade.models import (
    Case,
    CaseLine,
    CaseMessage,
    CasePicture,
    CaseStep,
    Line,
    Order,
    Shipment,
)
from grapevine.trade.queries.giving_back import amounts_of
from grapevine.trade.rules import aftersales as rules

BATCH = 100
PICTURES_MAX = 9
WORDS_MAX, REASON_MAX = 500, 300
AGAIN = timedelta(days=1)
"""How often the operators are told of a case nobody decides."""


def case_of_buyer(buyer_id: int, number: str) -> Case:
    return _case(number=number, buyer_id=buyer_id)


def case_of_shop(shop_id: int, number: str) -> Case:
    return _case(number=number, shop_id=shop_id)


def case_for_platform(number: str) -> Case:
    """For operators; a case is theirs once somebody asked them."""
    return _case(number=number, escalated_at__isnull=False)


def _case(**wanted: object) -> Case:
    try:
        return Case.objects.select_related("order").get(**wanted)
    except Case.DoesNotExist:
        raise CaseNotFound(str(wanted.get("number"))) from None


def locked(case: Case) -> Case:
    """The case as it is once its order is ours. One order of locks for everybody: order, case, lines."""
    access.order_by_number(case.order.number, lock=True)
    return Case.objects.select_related("order").get(pk=case.pk)


@transaction.atomic
def open_case(
    *, buyer_id: int, order_number: str, kind: str, reason: str, words: str = "",
    pieces: Mapping[int, int], picture_ids: Sequence[str] = (),
) -> Case:  # fmt: skip
    """Ask for after-sales on pieces of an order (line id → how many).

    Raises BadInput, NoAfterSales (too late, wrong state), NotSoMany (refunded or asked about already),
    PictureNotFound; then nothing is written.
    """
    asked, why = _kind(kind, reason)
    order = access.order_of_buyer(buyer_id, order_number, lock=True)
    lines = list(Line.objects.filter(order=order).order_by("id"))
    wanted = _wanted(lines, pieces)
    state = _check(order, [line for line in lines if line.pk in wanted], asked, why)
    _check_left(order, lines, wanted)
    now = clock.now()
    amount = sum(part.amount_minor for part in amounts_of(order, wanted))
    case = Case.objects.create(
        number=f"A{now:%y%m%d}{new_id()}", order=order, buyer_id=buyer_id, shop_id=order.shop_id,
        kind=asked, reason=why, words=words.strip()[:WORDS_MAX], amount_minor=amount,
        currency=order.currency, before_shipping=state == OrderState.PAID, opened_at=now,
        due_at=now + rules.TIMERS[CaseState.REQUESTED],
    )  # fmt: skip
    CaseLine.objects.bulk_create(
        CaseLine(case=case, line_id=pk, count=n) for pk, n in sorted(wanted.items())
    )
    CaseStep.objects.create(
        case=case, state=case.state, at=now, actor="buyer", actor_id=buyer_id, reason=""
    )
    if words.strip() or picture_ids:
        _say(case, "buyer", buyer_id, words, picture_ids)
    signals.emit(
        AfterSalesMoved(
            case.number, order.number, buyer_id, order.shop_id, asked, case.state, now.isoformat()
        )
    )
    return case


def _kind(kind: str, reason: str) -> tuple[CaseKind, CaseReason]:
    wrong = {}
    if kind not in set(CaseKind):
        wrong["kind"] = marked("选一种售后方式")
    if reason not in set(CaseReason):
        wrong["reason"] = marked("选一个原因")
    if wrong:
        raise BadInput(fields=wrong)
    return CaseKind(kind), CaseReason(reason)


def _wanted(lines: Sequence[Line], pieces: Mapping[int, int]) -> dict[int, int]:
    known = {line.pk: line.count for line in lines}
    wanted = {pk: n for pk, n in pieces.items() if n}
    if not wanted or any(not 0 < n <= known.get(pk, 0) for pk, n in wanted.items()):
        raise BadInput(fields={"pieces": marked("选好商品和件数")})
    return wanted


def _check(order: Order, lines: Sequence[Line], kind: CaseKind, reason: CaseReason) -> OrderState:
    """Refuse what may not be asked for now. One parcel on its way counts as sent; returns the state that counts."""
    state = OrderState(order.state)
    if state == OrderState.PAID and Shipment.objects.filter(order=order).exists():
        state = OrderState.SHIPPED
    excepted = any(line.returns != rules.SEVEN_DAYS and line.returns_confirmed for line in lines)
    asked = rules.Asked(state, order.received_at, excepted, settings.RETURN_WINDOW_DAYS)
    why = rules.refused(asked, kind, reason, clock.now())
    if why:
        raise NoAfterSales(order.number, why=rules.WHY[why])
    return state


def _check_left(order: Order, lines: Sequence[Line], wanted: Mapping[int, int]) -> None:
    """Pieces given back, or asked about in an open case, cannot be asked about again."""
    waiting = [state for state in rules.OPEN if state != CaseState.REFUNDING]  # given back already
    open_ = CaseLine.objects.filter(case__order=order, case__state__in=waiting)
    asked = dict(open_.values_list("line").annotate(Sum("count")).order_by("line"))
    for line in (one for one in lines if one.pk in wanted):
        left = line.count - line.refunded_count - asked.get(line.pk, 0)
        if wanted[line.pk] > left:
            raise NotSoMany(line.title)


def _say(
    case: Case, author: str, author_id: int, words: str, picture_ids: Sequence[str]
) -> CaseMessage:
    if not words.strip() and not picture_ids:
        raise BadInput(fields={"words": marked("写几句话，或者加一张图")})
    shown = media.pictures_owned_by(author_id, list(picture_ids)[:PICTURES_MAX], private=True)
    made = CaseMessage.objects.create(
        case=case, author=author, author_id=author_id, words=words.strip()[:1000], at=clock.now()
    )
    CasePicture.objects.bulk_create(
        CasePicture(message=made, picture_id=one.id, position=n) for n, one in enumerate(shown)
    )
    return made


@transaction.atomic
def say(
    *, case: Case, author: str, author_id: int, words: str, picture_ids: Sequence[str] = ()
) -> None:
    """Add to the thread while the case is open; a shop's first word is its first answer."""
    case = locked(case)
    if case.state in rules.FINAL:
        raise IllegalCaseMove(case.number)
    _say(case, author, author_id, words, picture_ids)
    if author == "shop":
        Case.objects.filter(pk=case.pk, answered_at=None).update(
            answered_at=clock.now(), answered_by=author_id
        )


@transaction.atomic
def cancel_case(*, buyer_id: int, number: str) -> None:
    case = locked(case_of_buyer(buyer_id, number))
    move_case(case, CaseState.CANCELLED, actor="buyer", actor_id=buyer_id, outcome="cancelled")


@transaction.atomic
def approve_case(*, shop_id: int, number: str, actor_id: int, words: str = "") -> None:
    """The shop agrees: money goes back at once, goods are to be sent first."""
    case = locked(case_of_shop(shop_id, number))
    require_state(case, CaseState.REQUESTED)
    _agree(case, actor="shop", actor_id=actor_id, reason=words)


@transaction.atomic
def reject_case(*, shop_id: int, number: str, actor_id: int, reason: str) -> None:
    """The shop says no, to the wish or to what came back; the buyer reads why."""
    case = locked(case_of_shop(shop_id, number))
    move_case(
        case, CaseState.REJECTED, actor="shop", actor_id=actor_id, reason=read_reason(reason)
    )  # fmt: skip


@transaction.atomic
def send_return(*, buyer_id: int, number: str, carrier: str, tracking: str) -> None:
    case = locked(case_of_buyer(buyer_id, number))
    carrier, tracking = _parcel(carrier, tracking)
    move_case(
        case, CaseState.SENT, actor="buyer", actor_id=buyer_id, reason=f"{carrier} {tracking}",
        carrier=carrier, tracking=tracking,
    )  # fmt: skip


@transaction.atomic
def receive_return(*, shop_id: int, number: str, actor_id: int, restocks: bool) -> None:
    """The goods came back. A return is refunded now; an exchange waits for others. `restocks`: they can be sold."""
    case = locked(case_of_shop(shop_id, number))
    require_state(case, CaseState.SENT)
    if case.kind == CaseKind.EXCHANGE:
        move_case(case, CaseState.RECEIVED, actor="shop", actor_id=actor_id)
        return
    refund_case(case, actor="shop", actor_id=actor_id, came_back=restocks)


@transaction.atomic
def send_replacement(
    *, shop_id: int, number: str, actor_id: int, carrier: str, tracking: str
) -> None:
    case = locked(case_of_shop(shop_id, number))
    carrier, tracking = _parcel(carrier, tracking)
    move_case(
        case, CaseState.REPLACED, actor="shop", actor_id=actor_id, reason=f"{carrier} {tracking}",
        new_carrier=carrier, new_tracking=tracking,
    )  # fmt: skip


@transaction.atomic
def refund_instead(*, shop_id: int, number: str, actor_id: int, reason: str) -> None:
    """The shop has no other piece to send: the buyer gets the money."""
    case = locked(case_of_shop(shop_id, number))
    require_state(case, CaseState.RECEIVED)
    refund_case(case, actor="shop", actor_id=actor_id, reason=read_reason(reason), came_back=False)


@transaction.atomic
def confirm_replacement(*, buyer_id: int, number: str) -> None:
    case = locked(case_of_buyer(buyer_id, number))
    require_state(case, CaseState.REPLACED)
    move_case(case, CaseState.DONE, actor="buyer", actor_id=buyer_id, outcome="replaced")


@transaction.atomic
def escalate_case(*, buyer_id: int, number: str, words: str) -> None:
    """Ask the platform to decide, with both sides' evidence."""
    case = locked(case_of_buyer(buyer_id, number))
    move_case(
        case, CaseState.PLATFORM, actor="buyer", actor_id=buyer_id, reason=read_reason(words)
    )  # fmt: skip


@transaction.atomic
def rule_case(
    *, number: str, operator_id: int | None, for_buyer: bool, reason: str,
    needs_return: bool = False,
) -> None:  # fmt: skip
    """An operator decides, once; a jury where nobody is named. For the buyer: the money goes back now, or after the goods."""
    case = locked(case_for_platform(number))
    require_state(case, CaseState.PLATFORM)
    actor = "jury" if operator_id is None else "operator"
    mine: dict[str, Any] = {"actor": actor, "actor_id": operator_id, "reason": read_reason(reason)}
    Case.objects.filter(pk=case.pk).update(
        ruled_for="buyer" if for_buyer else "shop", ruled_at=clock.now(), ruled_by=operator_id
    )
    if not for_buyer:
        move_case(case, CaseState.CLOSED, outcome="rejected", **mine)
    elif needs_return:
        if case.carrier:
            raise BadInput(fields={"needs_return": marked("商品已经寄回过了")})
        move_case(case, CaseState.RETURNING, kind=CaseKind.RETURN, **mine)
    else:
        refund_case(case, came_back=False, **mine)
    guard.audit(
        actor_id=operator_id, action="trade.rule_case", object=f"case:{number}",
        after={"for_buyer": for_buyer, "needs_return": needs_return, "reason": mine["reason"]},
    )  # fmt: skip


def rule_by_jury(*, number: str, for_buyer: bool, reason: str) -> None:
    """What a jury found is done as an operator's ruling is; goods that were to come back still do first."""
    case = case_for_platform(number)
    comes_back = case.kind in (CaseKind.RETURN, CaseKind.EXCHANGE) and not case.carrier
    rule_case(
        number=number, operator_id=None, for_buyer=for_buyer, reason=reason,
        needs_return=for_buyer and comes_back,
    )  # fmt: skip


def require_state(case: Case, state: CaseState) -> None:
    """The order's lock is ours, so what was read is what is."""
    if case.state != state:
        raise IllegalCaseMove(case.number)


def read_reason(text: str) -> str:
    if len(text.strip()) < 2:
        raise BadInput(fields={"reason": marked("写上理由，对方会看到")})
    return text.strip()[:REASON_MAX]


def _parcel(carrier: str, tracking: str) -> tuple[str, str]:
    if not 1 <= len(carrier.strip()) <= 30 or not 4 <= len(tracking.strip()) <= 40:
        raise BadInput(fields={"tracking": marked("写上快递公司和单号")})
    return carrier.strip(), tracking.strip()


def _agree(case: Case, *, actor: str, actor_id: int | None, reason: str = "") -> None:
    if rules.agreed(CaseKind(case.kind)) == CaseState.RETURNING:
        move_case(case, CaseState.RETURNING, actor=actor, actor_id=actor_id, reason=reason)
    else:
        refund_case(case, actor=actor, actor_id=actor_id, reason=reason, came_back=False)


def refund_case(
    case: Case, *, actor: str, actor_id: int | None, reason: str = "", came_back: bool
) -> None:
    """The case's pieces go back into money. IllegalCaseMove if they are not left."""
    move_case(case, CaseState.REFUNDING, actor=actor, actor_id=actor_id, reason=reason)
    pieces = dict(CaseLine.objects.filter(case=case).values_list("line_id", "count"))
    try:
        made = refund_pieces(
            number=case.order.number, pieces=pieces, reason=marked("售后退款"), case_id=case.pk,
            came_back=came_back,
        )  # fmt: skip
    except IllegalMove:
        raise IllegalCaseMove(case.number) from None
    amount = made.amount_minor if made else 0
    Case.objects.filter(pk=case.pk).update(refund=made, amount_minor=amount, outcome="refunded")
    crashing.point("trade.case.refunded")


def run_timers() -> int:
    """What happens when nobody does anything; how many cases moved. One that cannot does not hold up the others."""
    due = Case.objects.filter(due_at__lt=clock.now()).select_related("order")
    moved = 0
    for case in due.order_by("due_at")[:BATCH]:
        with suppress(IllegalCaseMove):  # somebody was faster
            moved += _time_out(case)
    return moved


@transaction.atomic
def _time_out(seen: Case) -> bool:
    case = locked(seen)
    now = clock.now()
    if case.due_at is None or case.due_at >= now:
        return False
    state, kind = CaseState(case.state), CaseKind(case.kind)
    target = rules.on_silence(state, kind, before_shipping=case.before_shipping)
    if target is None:
        Case.objects.filter(pk=case.pk, due_at=case.due_at).update(due_at=now + AGAIN)
        signals.publish("operator:disputes", {"case": case.number})
        return False
    if target == CaseState.REFUNDING:
        refund_case(
            case, actor="system", actor_id=None, reason=SILENCE[state],
            came_back=state == CaseState.SENT,
        )  # fmt: skip
        return True
    outcome = {CaseState.DONE: "replaced", CaseState.CLOSED: "lapsed"}.get(target, "")
    if state == CaseState.REJECTED and target == CaseState.CLOSED:
        outcome = "rejected"
    move_case(case, target, actor="system", reason=SILENCE[state], outcome=outcome)
    return True


SILENCE = {
    CaseState.REQUESTED: marked("店家没有按时答复"),
    CaseState.REJECTED: marked("没有在期限内申请平台介入"),
    CaseState.RETURNING: marked("没有在期限内寄回"),
    CaseState.SENT: marked("店家没有按时确认收到退货"),
    CaseState.RECEIVED: marked("店家没有按时换货"),
    CaseState.REPLACED: marked("到期自动完成"),
}


def end_refunded() -> int:
    """Cases whose money has left are done; how many."""
    rows = Case.objects.filter(state=CaseState.REFUNDING).select_related("order", "refund")
    done = 0
    for case in rows.exclude(refund__state__in=["requested", "sent", "failed"]).order_by("id")[
        :BATCH
    ]:
        with suppress(IllegalCaseMove), transaction.atomic():
            move_case(locked(case), CaseState.DONE, actor="system", outcome="refunded")
            done += 1
    return done
