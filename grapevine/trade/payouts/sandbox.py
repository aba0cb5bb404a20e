"""A bank for trying things out: it keeps books of its own, and the end of an account's number says what happens.

…0000 is an account that does not exist, …0001 takes until it is asked again; every other is paid at once.
"""

from django.db import transaction

from grapevine.kit import clock
from grapevine.trade.models import SandboxPayout
from grapevine.trade.payments.wire import outside
from grapevine.trade.payouts.port import PaidOut, Payee

NO_SUCH_ACCOUNT = "0000"
SLOW = "0001"
REASONS = {"failed": "no_such_account"}


class SandboxBank:
    name = "sandbox"

    @outside
    def pay(self, *, payout_id: str, payee: Payee, amount_minor: int, currency: str) -> PaidOut:
        ends = {NO_SUCH_ACCOUNT: "failed", SLOW: "pending"}
        with transaction.atomic():
            row, _ = SandboxPayout.objects.get_or_create(
                payout_id=payout_id,
                defaults={
                    "amount_minor": amount_minor, "currency": currency, "at": clock.now(),
                    "state": ends.get(payee.number[-4:], "done"),
                },
            )  # fmt: skip
        return PaidOut(row.state, REASONS.get(row.state, ""))

    @outside
    def query(self, payout_id: str) -> PaidOut | None:
        """A slow one is through when it is asked about."""
        with transaction.atomic():
            SandboxPayout.objects.filter(payout_id=payout_id, state="pending").update(state="done")
            row = SandboxPayout.objects.filter(payout_id=payout_id).first()
        return PaidOut(row.state, REASONS.get(row.state, "")) if row else None
