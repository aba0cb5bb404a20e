"""Money out of the house: set aside at once, reviewed above a sum, sent by a job, back if the bank refuses.

review → ready → sent → done; refused, cancelled and failed give it back. No transaction is open while the bank is asked;
it knows a payout by our number and pays it once.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.trade import money_refusals as no
from grapevine.trade.actions.settling import credit, shop_of, take_turn
from grapevine.trade.models import BankAccount, Withdrawal
from grapevine.trade.money_news import WithdrawalMoved
from grapevine.trade.payments.port import ProviderDown
from grapevine.trade.payouts.port import PaidOut, Payee, Payouts
from grapevine.trade.payouts.registry import payouts

ASK_AFTER = timedelta(seconds=30)
BATCH = 100
AMOUNT_MAX = 10**12
logger = logging.getLogger(__name__)


def withdraw(
    *, owner: str, account_id: int, amount_minor: int, key: str, actor_id: int, code: str,
    currency: str = "CNY",
) -> str:  # fmt: skip
    """Ask for money; its number. The same key is the same withdrawal, and asks for no code again.

    InsufficientFunds, BankAccountNotUsable or BadWithdrawal, and the refusals of the second factor.
    """
    before = Withdrawal.objects.filter(owner=owner, key=key).values_list("number", flat=True)
    if before:
        return before[0]
    least = settings.WITHDRAWAL_LEAST_MINOR
    if not key or len(key) > 80 or not least <= amount_minor <= AMOUNT_MAX:
        raise no.BadWithdrawal(fields={"amount": marked("少于每次最少能提的金额")})
    people.check_second_factor(actor_id, code)
    try:
        return _set_aside(owner, account_id, amount_minor, key, actor_id, currency)
    except IntegrityError:  # the same form at the same moment
        return Withdrawal.objects.get(owner=owner, key=key).number


@transaction.atomic
def _set_aside(
    owner: str, account_id: int, amount: int, key: str, actor_id: int, currency: str
) -> str:
    party, now = take_turn(owner, currency), clock.now()
    account = BankAccount.objects.filter(pk=account_id, owner=owner).first()
    if account is None:
        raise no.BankAccountNotFound(account_id)
    if account.state != "active" or account.usable_at is None or account.usable_at > now:
        raise no.BankAccountNotUsable(account_id)
    row = Withdrawal.objects.create(
        number=f"{now:%y%m%d}{new_id()}", owner=owner, key=key, account=account,
        amount_minor=amount, currency=currency, asked_by=actor_id, asked_at=now,
        state="review" if amount > settings.WITHDRAWAL_REVIEW_MINOR else "ready",
    )  # fmt: skip
    ledger.post(
        key=f"withdraw:{row.number}", kind="withdrawal", reference=row.number, currency=currency,
        legs=[Leg(Account(party.owner, "balance"), Account(party.owner, "withdrawing"), amount)],
    )  # fmt: skip
    guard.audit(
        actor_id=actor_id, action="trade.withdrawal_asked", object=f"withdrawal:{row.number}",
        shop_id=shop_of(owner),
        after={"owner": owner, "amount_minor": amount, "currency": currency, "state": row.state},
    )  # fmt: skip
    if row.state == "review":
        _tell(row, "review")
    crashing.point("trade.withdraw.before_commit")
    crashing.committed("trade.withdraw.after_commit")
    return row.number


def cancel_withdrawal(*, owner: str, number: str, actor_id: int) -> None:
    """Whoever asked changes their mind, before it is sent."""
    _give_back(_of(owner, number), ("review", "ready"), "cancelled", actor_id=actor_id)


def _of(owner: str, number: str) -> Withdrawal:
    found = Withdrawal.objects.filter(owner=owner, number=number).first()
    if found is None:
        raise no.WithdrawalNotFound(number)
    return found


def approve_withdrawal(*, number: str, operator_id: int) -> None:
    """An operator has looked: the job sends it."""
    with transaction.atomic():
        waiting = Withdrawal.objects.filter(number=number, state="review")
        if not waiting.update(state="ready", reviewed_by=operator_id, reviewed_at=clock.now()):
            raise no.WithdrawalGone(number)
        guard.audit(
            actor_id=operator_id, action="trade.withdrawal_approved", object=f"withdrawal:{number}",
            before={"state": "review"}, after={"state": "ready"},
        )  # fmt: skip


def refuse_withdrawal(*, number: str, operator_id: int, reason: str) -> None:
    """An operator says no: it goes back to the balance, with the reason."""
    row = Withdrawal.objects.filter(number=number).first()
    if row is None:
        raise no.WithdrawalNotFound(number)
    Withdrawal.objects.filter(pk=row.pk, state="review").update(
        reviewed_by=operator_id, reviewed_at=clock.now()
    )
    _give_back(row, ("review", "ready"), "refused", actor_id=operator_id, reason=reason)


@transaction.atomic
def _give_back(
    row: Withdrawal, states: tuple[str, ...], end: str, *, actor_id: int | None, reason: str = ""
) -> None:
    """End it and put the money back, debts first; once. WithdrawalGone if it has moved on."""
    party = take_turn(row.owner, row.currency)
    mine = Withdrawal.objects.filter(pk=row.pk, state__in=states)
    if not mine.update(state=end, reason=reason[:120], ended_at=clock.now()):
        raise no.WithdrawalGone(row.number)
    credit(
        party, source="withdrawing", amount_minor=row.amount_minor, key=f"withdraw-back:{row.number}",
        kind="withdrawal_back", reference=row.number,
    )  # fmt: skip
    guard.audit(
        actor_id=actor_id, action=f"trade.withdrawal_{end}", object=f"withdrawal:{row.number}",
        shop_id=shop_of(row.owner),
        before={"state": row.state}, after={"state": end, "reason": reason[:120]},
    )  # fmt: skip
    if end != "cancelled":
        _tell(row, end)


def _tell(row: Withdrawal, state: str) -> None:
    kind, _, number = row.owner.partition(":")
    signals.emit(
        WithdrawalMoved(
            row.number, int(number) if kind == "shop" else None,
            int(number) if kind == "person" else None, state, row.amount_minor, row.currency,
            clock.now().isoformat(),
        )
    )  # fmt: skip


def send_payouts() -> int:
    """Send what is ready, ask about what is on its way; how many came to an end.

    One that cannot be sent does not hold up the others. A crash between the call and our note of it is repaired by
    asking again: the bank pays a number once.
    """
    bank = payouts()
    if bank is None:
        return 0
    late = clock.now() - ASK_AFTER
    due = Withdrawal.objects.filter(
        Q(state="ready") | Q(state="sent") & (Q(told_at=None) | Q(told_at__lt=late))
    ).select_related("account")
    order = due.order_by(F("told_at").asc(nulls_first=True), "id")
    return sum(_go_on(one, bank) for one in order[:BATCH])


def _go_on(row: Withdrawal, bank: Payouts) -> bool:
    """One step; of two workers that took the same one goes on."""
    mine = Withdrawal.objects.filter(pk=row.pk, state=row.state, told_at=row.told_at)
    with transaction.atomic():
        if not mine.update(state="sent", told_at=clock.now(), provider=bank.name):
            return False
        if row.state == "ready":
            guard.audit(
                actor_id=None, action="trade.withdrawal_sent", object=f"withdrawal:{row.number}",
                before={"state": "ready"}, after={"state": "sent", "provider": bank.name},
            )  # fmt: skip
    crashing.point("trade.payout.claimed")
    try:
        told = _ask(row, bank)
    except ProviderDown:
        return False
    crashing.point("trade.payout.asked")
    if told.state == "pending":
        return False
    return _end(row, bank, told)


def _ask(row: Withdrawal, bank: Payouts) -> PaidOut:
    known = bank.query(row.number) if row.state == "sent" else None
    if known is not None:
        return known
    account = row.account
    return bank.pay(
        payout_id=row.number, payee=Payee(account.holder, account.bank, account.number),
        amount_minor=row.amount_minor, currency=row.currency,
    )  # fmt: skip


def _end(row: Withdrawal, bank: Payouts, told: PaidOut) -> bool:
    if told.state != "done":
        logger.warning("withdrawal %s failed: %s", row.number, told.reason)
        row.state = "sent"
        try:
            _give_back(row, ("sent",), "failed", actor_id=None, reason=told.reason)
        except no.WithdrawalGone:
            return False  # another worker heard the same
        return True
    with transaction.atomic():
        mine = Withdrawal.objects.filter(pk=row.pk, state="sent")
        if not mine.update(state="done", ended_at=clock.now()):
            return False
        ledger.post(
            key=f"payout:{row.number}", kind="payout", reference=row.number, currency=row.currency,
            legs=[
                Leg(
                    Account(row.owner, "withdrawing"), Account("platform", f"cash:{bank.name}_bank"),
                    row.amount_minor,
                )
            ],
        )  # fmt: skip
        guard.audit(
            actor_id=None, action="trade.withdrawal_done", object=f"withdrawal:{row.number}",
            before={"state": "sent"}, after={"state": "done"},
        )  # fmt: skip
        _tell(row, "done")
        crashing.point("trade.payout.booked")
    return True
