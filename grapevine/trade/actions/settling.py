"""From earned to withdrawable: a party's earnings become its balance in batches.

Whoever moves what a party has (a batch, a claw-back, a charge, a withdrawal) takes the party's turn first and then the
ledger: one order for everybody, and each sees what the one before left.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Count, F, Sum

from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing
from grapevine.kit.ids import new_id
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Line, Order, Party, SettlementBatch, SettlementLine
from grapevine.trade.rules.settlement import spread_over_lines

IN_ESCROW = (OrderState.WAITING, OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED)
PARTIES_MAX = 1000


def shop_owner(shop_id: int) -> str:
    return f"shop:{shop_id}"


def shop_of(owner: str) -> int | None:
    """The shop of this owner name; None for a person and the platform."""
    kind, _, number = owner.partition(":")
    return int(number) if kind == "shop" else None


def person_owner(person_id: int) -> str:
    return f"person:{person_id}"


def party_of(owner: str, currency: str) -> Party:
    party, _ = Party.objects.get_or_create(owner=owner, currency=currency)
    return party


def take_turn(owner: str, currency: str) -> Party:
    """The party's row, ours until this transaction ends. Must run in a transaction."""
    party = party_of(owner, currency)
    Party.objects.filter(pk=party.pk).update(turns=F("turns") + 1)
    return party


def book_sale(order: Order, *, gross: int, kept: int) -> None:
    """A final order's money, line by line, to wait for the next batch. In the transaction that posts it.

    `kept` of it are the platform's fees and the parts of shops that sold for this one.
    """
    lines = list(Line.objects.filter(order=order).order_by("id"))
    weights = [line.price_minor * line.count - line.discount_minor for line in lines]
    party, now = party_of(shop_owner(order.shop_id), order.currency), clock.now()
    SettlementLine.objects.bulk_create(
        SettlementLine(
            key=f"sale:{order.number}:{line.pk}", party=party, kind="sale", reference=order.number,
            line=line, gross_minor=part, fee_minor=cost, net_minor=part - cost, at=now,
        )
        for line, (part, cost) in zip(
            lines, spread_over_lines(gross, kept, weights), strict=True
        )
    )  # fmt: skip


def book_earning(
    *, key: str, person_id: int, reference: str, amount_minor: int, currency: str
) -> None:
    """What a person earned and was posted to their `payable` in this transaction waits for the next batch."""
    SettlementLine.objects.create(
        key=key, party=party_of(person_owner(person_id), currency), kind="commission",
        reference=reference, gross_minor=amount_minor, net_minor=amount_minor, at=clock.now(),
    )  # fmt: skip


def keep_in_escrow(order_number: str) -> bool:
    """Whether the order's money is still in escrow; then it stays there until this transaction ends.

    For whoever is about to take a part of it: a refund waits, or was first and is seen.
    """
    held = Order.objects.filter(number=order_number, state__in=IN_ESCROW).select_for_update()
    return held.values_list("pk", flat=True).first() is not None


def make_batches(*, actor_id: int | None = None) -> int:
    """One batch for every party and currency with something earned; how many were made.

    Two runs at once make one batch: the second finds nothing left.
    """
    waiting = SettlementLine.objects.filter(batch=None).order_by().values_list("party", flat=True)
    return sum(
        settle_party(party_id, actor_id=actor_id)
        for party_id in sorted(waiting.distinct()[:PARTIES_MAX])
    )


@transaction.atomic
def settle_party(party_id: int, *, actor_id: int | None = None) -> bool:
    """Everything the party has earned becomes withdrawable, debts first. False if there is nothing."""
    known = Party.objects.get(pk=party_id)
    party = take_turn(known.owner, known.currency)
    waiting = SettlementLine.objects.filter(party=party, batch=None)
    if not waiting.exists():
        return False
    now = clock.now()
    Party.objects.filter(pk=party.pk).update(batches=F("batches") + 1)
    party.refresh_from_db(fields=["batches"])
    batch = SettlementBatch.objects.create(
        number=f"{now:%y%m%d}{new_id()}", party=party, sequence=party.batches, made_at=now,
        made_by=actor_id,
    )  # fmt: skip
    waiting.update(batch=batch)
    taken = SettlementLine.objects.filter(batch=batch).aggregate(
        n=Count("id"), sum=Sum("net_minor")
    )
    debt = credit(
        party, source="payable", amount_minor=taken["sum"], key=f"batch:{batch.number}",
        kind="settlement", reference=batch.number,
    )  # fmt: skip
    SettlementBatch.objects.filter(pk=batch.pk).update(
        total_minor=taken["sum"], lines=taken["n"], debt_minor=debt
    )
    if actor_id is not None:
        guard.audit(
            actor_id=actor_id, action="trade.settle", object=f"batch:{batch.number}",
            after={"total_minor": taken["sum"], "lines": taken["n"]},
        )  # fmt: skip
    crashing.point("trade.batch.before_commit")
    crashing.committed("trade.batch.after_commit")
    return True


def credit(
    party: Party, *, source: str, amount_minor: int, key: str, kind: str, reference: str
) -> int:
    """Move the party's own money from `source` to its balance, paying its debt first; how much debt was paid.

    The caller has the party's turn.
    """
    if not amount_minor:
        return 0
    have, debt, balance = (Account(party.owner, name) for name in (source, "debt", "balance"))
    paid = min(amount_minor, max(0, -ledger.balance(debt, party.currency)))
    ledger.post(
        key=key, kind=kind, reference=reference, currency=party.currency,
        legs=[Leg(have, debt, paid), Leg(have, balance, amount_minor - paid)],
    )  # fmt: skip
    return paid


def purses_of(party: Party, *kinds: str) -> Mapping[str, int]:
    """What lies in these accounts of the party now."""
    found = ledger.balances(party.owner, party.currency)
    return {kind: found.get(kind, 0) for kind in kinds}
