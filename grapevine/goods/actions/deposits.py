"""Deposits: received by bank transfer, kept for the shop, paid back when it has closed."""

from django.db import IntegrityError, transaction

from grapevine.goods.actions.limits import judge
from grapevine.goods.actions.shelves import lock_shop
from grapevine.goods.models import DepositMove, Withholding
from grapevine.goods.onboarding import Cause, DepositWrong, NotClosed
from grapevine.goods.queries.sales import deposit_paid
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.money import MINOR_MAX
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg

BANK = Account("platform", "cash:bank")


def deposit_account(shop_id: int) -> Account:
    return Account(f"shop:{shop_id}", "deposit")


def receive_deposit(
    *, shop_id: int, amount_minor: int, reference: str, operator_id: int
) -> int:  # fmt: skip
    """Record a bank transfer that came in, once by its reference; what is paid now. Raises DepositWrong or BadInput."""
    if not 0 < amount_minor <= MINOR_MAX:
        raise DepositWrong
    return _move(shop_id, amount_minor, reference, operator_id)


def return_deposit(*, shop_id: int, amount_minor: int, reference: str, operator_id: int) -> int:
    """Record a transfer that was sent back, of a closed shop and never more than was paid.

    Raises NotClosed, DepositWrong or BadInput.
    """
    if not 0 < amount_minor <= MINOR_MAX:
        raise DepositWrong
    return _move(shop_id, -amount_minor, reference, operator_id)


def _move(shop_id: int, amount_minor: int, reference: str, operator_id: int) -> int:
    said = reference.strip()
    if not 1 <= len(said) <= 60:
        raise BadInput(fields={"reference": marked("写银行流水号")})
    try:
        with transaction.atomic():
            return _write(shop_id, amount_minor, said, operator_id)
    except IntegrityError:
        raise BadInput(fields={"reference": marked("这个流水号已经记过了")}) from None


def _write(shop_id: int, amount_minor: int, reference: str, operator_id: int) -> int:
    lock_shop(shop_id)
    paid = deposit_paid(shop_id)
    if amount_minor < 0:
        closed = Withholding.objects.filter(
            shop_id=shop_id, goods=None, cause=Cause.CLOSED, lifted_at=None
        )
        if not closed.exists():
            raise NotClosed
        if paid + amount_minor < 0:
            raise DepositWrong
    DepositMove.objects.create(
        shop_id=shop_id, amount_minor=amount_minor, reference=reference, by_id=operator_id,
        at=clock.now(),
    )  # fmt: skip
    mine = deposit_account(shop_id)
    ends = (BANK, mine) if amount_minor > 0 else (mine, BANK)
    ledger.post(
        key=f"deposit:{reference}", kind="deposit", reference=f"shop:{shop_id}",
        legs=[Leg(*ends, abs(amount_minor))],
    )  # fmt: skip
    guard.audit(
        actor_id=operator_id, action="shop.deposit", object=f"shop:{shop_id}",
        before={"paid_minor": paid}, after={"paid_minor": paid + amount_minor, "reference": reference},
    )  # fmt: skip
    judge(shop_id)
    return paid + amount_minor
