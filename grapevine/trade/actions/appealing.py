"""A shop's word against a ruling, once, decided by another operator than the one who ruled.

The buyer keeps what a ruling gave: where it was wrong the platform pays. E-Commerce Law of the PRC, article 63: an
operator's own dispute settlement is to be open and fair to both sides.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.signals import facade as signals
from grapevine.trade.actions.aftersales import case_for_platform, case_of_shop, locked, read_reason
from grapevine.trade.actions.cases import move_case
from grapevine.trade.actions.charging import take_rate
from grapevine.trade.actions.settling import shop_owner, take_turn
from grapevine.trade.aftersales import (
    AppealDecided,
    AppealNotFound,
    CaseState,
    CaseView,
    NoAppeal,
    OwnRuling,
)
from grapevine.trade.models import Case, CaseAppeal, SettlementLine
from grapevine.trade.rules.settlement import fees_of

WORDS_MAX = 1000
GOODWILL = Account("platform", "goodwill")
"""What the platform pays out of its own pocket."""


def appeal_until(case: Case | CaseView) -> datetime | None:
    """Until when the shop may appeal; None if it may not, or not any more."""
    if case.ruled_for != "buyer" or case.ruled_at is None:
        return None
    until = case.ruled_at + timedelta(days=settings.AFTER_SALES_APPEAL_DAYS)
    return until if clock.now() < until else None


@transaction.atomic
def appeal_ruling(*, shop_id: int, number: str, actor_id: int, words: str) -> None:
    """Ask for a second look at a ruling for the buyer. Raises NoAppeal if it is too late, was done, or there is nothing."""
    case = locked(case_of_shop(shop_id, number))
    said = words.strip()
    if not 10 <= len(said) <= WORDS_MAX:
        raise BadInput(fields={"words": marked("写 10 到 1000 个字：裁定哪里不对，凭什么")})
    if appeal_until(case) is None:
        raise NoAppeal(number)
    try:
        with transaction.atomic():
            CaseAppeal.objects.create(case=case, by_id=actor_id, words=said, at=clock.now())
    except IntegrityError:
        raise NoAppeal(number) from None
    guard.note(
        actor_id=actor_id, action="trade.appeal", object=f"case:{number}", after={"words": said},
        shop_id=shop_id,
    )  # fmt: skip
    signals.publish("operator:disputes", {"case": number})


@transaction.atomic
def decide_appeal(*, number: str, operator_id: int, is_right: bool, answer: str) -> int:
    """Uphold the ruling or overturn it, once; what the platform paid the shop, in minor units.

    Raises OwnRuling for the operator who ruled, AppealNotFound, BadInput.
    """
    case = locked(case_for_platform(number))
    told = read_reason(answer)
    if case.ruled_by == operator_id:
        raise OwnRuling(number)
    waiting = CaseAppeal.objects.filter(case=case, state="waiting")
    if not waiting.exists():
        raise AppealNotFound(number)
    repaid = _overturn(case, operator_id, told) if is_right else 0
    state = "overturned" if is_right else "upheld"
    waiting.update(
        state=state, answer=told, decided_by=operator_id, decided_at=clock.now(),
        repaid_minor=repaid,
    )  # fmt: skip
    guard.audit(
        actor_id=operator_id, action=f"trade.appeal_{state}", object=f"case:{number}",
        before={"ruled_for": case.ruled_for},
        after={"answer": told, "repaid_minor": repaid},
    )  # fmt: skip
    signals.emit(
        AppealDecided(number, case.shop_id, state, repaid, case.currency, clock.now().isoformat())
    )
    return repaid


def _overturn(case: Case, operator_id: int, told: str) -> int:
    """The ruling counts for the shop. Goods not sent yet are not to be sent; money that left for nothing is replaced."""
    Case.objects.filter(pk=case.pk).update(ruled_for="shop")
    if case.state == CaseState.RETURNING:
        move_case(
            case, CaseState.CLOSED, actor="operator", actor_id=operator_id, reason=told,
            outcome="rejected",
        )  # fmt: skip
        return 0
    if case.refund_id is None or case.carrier:
        return 0
    return _repay(case)


def _repay(case: Case) -> int:
    """What the shop would have earned of these pieces: what went back, less what the platform keeps of a sale."""
    kept = fees_of(
        left=case.amount_minor, sale=case.amount_minor, take_bps=take_rate(case.order),
        payment_bps=settings.PAYMENT_FEE_BPS.get(case.order.payment.method, 0),
    )  # fmt: skip
    amount = case.amount_minor - kept.total
    if not amount:
        return 0
    owner = shop_owner(case.shop_id)
    party = take_turn(owner, case.currency)
    ledger.post(
        key=f"appeal:{case.number}", kind="appeal", reference=case.number, currency=case.currency,
        legs=[Leg(GOODWILL, Account(owner, "payable"), amount)],
    )  # fmt: skip
    SettlementLine.objects.create(
        key=f"appeal:{case.number}", party=party, kind="appeal", reference=case.number,
        gross_minor=amount, net_minor=amount, at=clock.now(),
    )  # fmt: skip
    return amount
