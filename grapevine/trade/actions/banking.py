"""Bank accounts: adding one, agreeing to it, removing it. Each asks for the second factor first."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.trade import money_refusals as no
from grapevine.trade.actions.settling import shop_of, take_turn
from grapevine.trade.models import BankAccount
from grapevine.trade.rules.settlement import TAIL, masked

ACCOUNTS_MAX = 5
NUMBER_MIN, NUMBER_MAX = 8, 34
"""From short domestic numbers to an IBAN (ISO 13616)."""
LIVE = ("pending", "active")


def add_bank_account(
    *, owner: str, holder: str, bank: str, number: str, actor_id: int, code: str
) -> int:
    """A new account, its id. Somebody else of the shop agrees, where there is somebody; then it waits.

    A person's account, and that of a shop with one person for its money, only waits.
    """
    clean = "".join(number.split()).upper()
    fields = {}
    if not 1 < len(holder.strip()) <= 60:
        fields["holder"] = marked("户名 2 到 60 个字")
    if not 1 < len(bank.strip()) <= 40:
        fields["bank"] = marked("银行 2 到 40 个字")
    if not (NUMBER_MIN <= len(clean) <= NUMBER_MAX and clean.isascii() and clean.isalnum()):
        fields["number"] = marked("账号是 8 到 34 位数字或字母")
    if fields:
        raise no.BadBankAccount(fields=fields)
    people.check_second_factor(actor_id, code)
    return _add(owner, holder.strip(), bank.strip(), clean, actor_id)


@transaction.atomic
def _add(owner: str, holder: str, bank: str, number: str, actor_id: int) -> int:
    take_turn(owner, "CNY")
    if BankAccount.objects.filter(owner=owner, state__in=LIVE).count() >= ACCOUNTS_MAX:
        raise no.TooManyBankAccounts
    now, alone = clock.now(), not _others(owner, actor_id)
    row = BankAccount.objects.create(
        owner=owner, holder=holder, bank=bank, number=number, tail=number[-TAIL:],
        added_by=actor_id, added_at=now, state="active" if alone else "pending",
        agreed_by=actor_id if alone else None,
        usable_at=now + timedelta(hours=settings.BANK_ACCOUNT_HOURS) if alone else None,
    )  # fmt: skip
    guard.audit(
        actor_id=actor_id, action="trade.bank_account_added", object=f"bank_account:{row.pk}",
        shop_id=shop_of(row.owner),
        after={"owner": owner, "bank": bank, "number": masked(number), "state": row.state},
    )  # fmt: skip
    return row.pk


def _others(owner: str, actor_id: int) -> frozenset[int]:
    """Who else of a shop may agree."""
    kind, _, number = owner.partition(":")
    if kind != "shop":
        return frozenset()
    return goods.people_with(int(number), Right.FINANCE) - {actor_id}


def agree_to_bank_account(*, owner: str, account_id: int, actor_id: int, code: str) -> None:
    """The second person says yes: the account can be used when the wait is over."""
    people.check_second_factor(actor_id, code)
    now = clock.now()
    with transaction.atomic():
        row = _pending(owner, account_id, actor_id)
        usable = now + timedelta(hours=settings.BANK_ACCOUNT_HOURS)
        mine = BankAccount.objects.filter(pk=row.pk, state="pending")
        if not mine.update(state="active", agreed_by=actor_id, usable_at=usable):
            raise no.BankAccountNotFound(account_id)
        _tell(row, "trade.bank_account_agreed", actor_id, "active")


def refuse_bank_account(*, owner: str, account_id: int, actor_id: int) -> None:
    """The second person says no."""
    with transaction.atomic():
        row = _pending(owner, account_id, actor_id)
        mine = BankAccount.objects.filter(pk=row.pk, state="pending")
        if not mine.update(state="refused", ended_at=clock.now()):
            raise no.BankAccountNotFound(account_id)
        _tell(row, "trade.bank_account_refused", actor_id, "refused")


def _pending(owner: str, account_id: int, actor_id: int) -> BankAccount:
    row = BankAccount.objects.filter(pk=account_id, owner=owner, state="pending").first()
    if row is None:
        raise no.BankAccountNotFound(account_id)
    if row.added_by == actor_id:
        raise no.NeedsSomebodyElse
    return row


def remove_bank_account(*, owner: str, account_id: int, actor_id: int, code: str) -> None:
    """Nothing goes there any more; what is on its way arrives."""
    people.check_second_factor(actor_id, code)
    with transaction.atomic():
        row = BankAccount.objects.filter(pk=account_id, owner=owner, state__in=LIVE).first()
        if row is None:
            raise no.BankAccountNotFound(account_id)
        BankAccount.objects.filter(pk=row.pk).update(state="removed", ended_at=clock.now())
        _tell(row, "trade.bank_account_removed", actor_id, "removed")


def _tell(row: BankAccount, action: str, actor_id: int, state: str) -> None:
    guard.audit(
        actor_id=actor_id, action=action, object=f"bank_account:{row.pk}",
        shop_id=shop_of(row.owner),
        before={"state": row.state}, after={"state": state},
    )  # fmt: skip
