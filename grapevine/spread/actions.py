"""Sharing, crediting, paying the sharer, and the fans' ties."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_token
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.signals import facade as signals
from grapevine.spread import access, objects, rules, thanking
from grapevine.spread.contracts import (
    CommissionHeld,
    CommissionReleased,
    CommissionReversed,
    ImportedSale,
    ImportedShare,
    OrderBrought,
    ShareCreated,
    ShareView,
    ShareVisited,
    SignUpBrought,
)
from grapevine.spread.models import Brought, Commission, CommissionRule, FanTie, Share, Tie, Visit
from grapevine.spread.queries import view
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OrderPaid, PoolPart

CHANNELS = ("link", "poster", "native")
TOUCHES_MAX = 50


@transaction.atomic
def share(
    *,
    person_id: int,
    object_type: str,
    object_id: str,
    parent_token: str = "",
    channel: str = "link",
) -> ShareView:
    """A link to anything, the same one each time. Its parent is the link that brought this person."""
    shared = objects.describe(object_type, object_id)
    parent = access.find(parent_token) if parent_token else _last_visited(person_id)
    if parent is not None and parent.sharer_id == person_id:
        parent = None
    row, made = Share.objects.get_or_create(
        sharer_id=person_id, object_type=object_type, object_id=object_id,
        channel=channel if channel in CHANNELS else "link",
        parent_token=parent.token if parent else "",
        defaults={"token": new_token(), "shop_id": shared.shop_id, "created_at": clock.now()},
    )  # fmt: skip
    if made:
        signals.emit(
            ShareCreated(
                person_id, row.shop_id, object_type, object_id, row.token, row.parent_token,
                row.channel, row.created_at.isoformat(),
            )
        )  # fmt: skip
    return view(row)


def _last_visited(person_id: int) -> Share | None:
    visit = (
        Visit.objects.select_related("share").filter(person_id=person_id).order_by("-at").first()
    )
    return visit.share if visit and clock.now() - visit.at <= rules.WINDOW else None


@transaction.atomic
def visit(*, token: str, visitor_id: str, person_id: int | None) -> ShareView:
    """Note that somebody opened a share; once per visitor. Raises ShareNotFound for a wrong token."""
    found = access.share_of(token)
    now = clock.now()
    reward = thanking.reward_of(found.object_type, found.object_id, found.shop_id)
    signals.expose(reward)
    row, made = Visit.objects.get_or_create(
        share=found, visitor_id=visitor_id,
        defaults={"person_id": person_id, "at": now, "side": reward.arm},
    )  # fmt: skip
    if not made:
        Visit.objects.filter(pk=row.pk).update(
            at=now, person_id=person_id or row.person_id, side=reward.arm
        )
    elif person_id != found.sharer_id:
        signals.emit(
            ShareVisited(
                person_id, visitor_id, found.shop_id, found.object_type, found.object_id, token,
                found.sharer_id, now.isoformat(),
            )
        )  # fmt: skip
    return view(found)


def stitch(*, person_id: int, visitor_id: str) -> None:
    """What this visitor opened before signing in was opened by this person."""
    if visitor_id:
        Visit.objects.filter(visitor_id=visitor_id, person_id=None).update(person_id=person_id)


def _touches(person_id: int, token: str = "", at: datetime | None = None) -> list[rules.Touch]:
    rows = Visit.objects.select_related("share").filter(person_id=person_id).order_by("-at")
    found = [
        rules.Touch(row.share.pk, row.share.sharer_id, row.share.shop_id, row.at)
        for row in rows[:TOUCHES_MAX]
    ]
    carried = access.find(token) if token else None
    if carried is not None and not any(touch.share_id == carried.pk for touch in found):
        when = at or clock.now()
        found.append(rules.Touch(carried.pk, carried.sharer_id, carried.shop_id, when))
    return found


def credit_sign_up(*, person_id: int, visitor_id: str, at: datetime) -> None:
    """Credit a new person to the last share their browser opened. Safe to repeat."""
    stitch(person_id=person_id, visitor_id=visitor_id)
    touch = rules.credited(_touches(person_id), buyer_id=person_id, shop_id=None, now=at)
    if touch is None:
        return
    _, made = Brought.objects.get_or_create(
        kind="sign_up", reference=str(person_id),
        defaults={"share_id": touch.share_id, "person_id": person_id, "at": at},
    )  # fmt: skip
    if made:
        token = Share.objects.values_list("token", flat=True).get(pk=touch.share_id)
        tie(touch.sharer_id, person_id, "invite", at)
        signals.emit(
            SignUpBrought(touch.sharer_id, person_id, touch.shop_id, token, at.isoformat())
        )


def credit_order(event: OrderPaid) -> None:
    """Credit a paid order to its last valid share, hold the commission, update the fans. Safe to repeat."""
    at = datetime.fromisoformat(event.at)
    token = str(event.source.get("share_token") or "")
    touch = rules.credited(
        _touches(event.person_id, token, at),
        buyer_id=event.person_id,
        shop_id=event.shop_id,
        now=at,
    )
    _count_fan(event, touch.sharer_id if touch else None, at)
    for part in _sold_by(event):
        _count_fan(replace(event, shop_id=part.shop_id, total_minor=part.paid_minor), None, at)
    if touch is None:
        return
    brought = Share.objects.get(pk=touch.share_id)
    Brought.objects.get_or_create(
        kind="order", reference=event.order_number,
        defaults={"share": brought, "person_id": event.person_id, "at": at},
    )  # fmt: skip
    tie(touch.sharer_id, event.person_id, "share", at)
    signals.emit(
        OrderBrought(
            touch.sharer_id, event.person_id, event.shop_id, event.order_number, brought.token,
            event.total_minor, event.at,
        )
    )  # fmt: skip
    _hold_commission(event, brought, at)


def _sold_by(event: OrderPaid) -> list[PoolPart]:
    """Other shops that sold lines of this order; the buyer is their fan too. No query for nearly all."""
    return trade.pool_parts_of(event.order_number) if event.source.get("via") else []


def _count_fan(event: OrderPaid, sharer_id: int | None, at: datetime) -> None:
    """Add the order to the buyer's tie and, for a first order, one buyer to the sharer's.

    Runs once an order: the delivery of events sees to that.
    """
    buyer, _made = FanTie.objects.get_or_create(
        shop_id=event.shop_id, person_id=event.person_id, defaults={"since": at}
    )
    first = buyer.orders == 0
    FanTie.objects.filter(pk=buyer.pk).update(
        orders=F("orders") + 1, spent_minor=F("spent_minor") + event.total_minor
    )
    if first and sharer_id is not None:
        FanTie.objects.filter(pk=buyer.pk, brought_by=None).update(brought_by=sharer_id)
        own, _ = FanTie.objects.get_or_create(
            shop_id=event.shop_id, person_id=sharer_id, defaults={"since": at}
        )
        FanTie.objects.filter(pk=own.pk).update(brought=F("brought") + 1)


def tie(person_id: int, other_id: int, kind: str, at: datetime) -> None:
    """Strengthen a relation, both ways."""
    for a, b in ((person_id, other_id), (other_id, person_id)):
        row, made = Tie.objects.get_or_create(
            person_id=a, other_id=b, kind=kind, defaults={"last_at": at}
        )
        if not made:
            Tie.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=at)


def _held(person_id: int) -> Account:
    return Account(f"person:{person_id}", "commission_held")


def _hold_commission(event: OrderPaid, brought: Share, at: datetime) -> None:
    """Of the order's escrow, for whoever the buyer was told is thanked when they opened the share."""
    rule = CommissionRule.objects.filter(shop_id=event.shop_id).first()
    amount = rules.commission(event.total_minor, rule.rate_bps if rule else 0)
    if amount and event.source.get("via"):  # a shop earns by selling it: together at most half
        most = trade.commission_room(event.order_number, brought.sharer_id)
        amount = amount if most is None else min(amount, most)
    if not amount or not trade.keep_in_escrow(event.order_number):
        return  # nothing to earn, or the money has gone back already
    payee_of = {rules.SHARER: brought.sharer_id, rules.INVITED: event.person_id}
    for side, part in rules.thanks(amount, _told_side(brought, event.person_id)).items():
        row = Commission.objects.create(
            order_number=event.order_number, share=brought, payee_id=payee_of[side], side=side,
            buyer_id=event.person_id, shop_id=event.shop_id, amount_minor=part,
            currency=event.currency, at=at,
        )  # fmt: skip
        ledger.post(
            key=_key("commission", row), kind="commission", reference=row.order_number,
            currency=row.currency,
            legs=[Leg(trade.escrow(row.order_number), _held(row.payee_id), part)],
        )  # fmt: skip
        signals.emit(
            CommissionHeld(row.payee_id, row.shop_id, row.order_number, part, event.at, side)
        )
        _follow(row)


def _told_side(brought: Share, person_id: int) -> str:
    """Who the buyer was told is thanked; the sharer, if they never opened it here (a token that an app carried)."""
    seen = Visit.objects.filter(share=brought, person_id=person_id).order_by("-at")
    return seen.values_list("side", flat=True).first() or rules.SHARER


def _key(word: str, row: Commission) -> str:
    """Of a posting: one an order and side."""
    tail = "" if row.side == rules.SHARER else f":{row.side}"
    return f"{word}:{row.order_number}{tail}"


@transaction.atomic
def reverse(*, order_number: str) -> None:
    """The order was refunded: what is left of the commission goes back to where it came from, once."""
    for row in _still_paid(order_number):
        _take_back(row, _key("commission-back", row), row.amount_minor - row.reversed_minor)
        Commission.objects.filter(pk=row.pk).update(state="reversed")


@transaction.atomic
def reverse_part(*, order_number: str) -> None:
    """A part of the order was refunded: the same part of the commission goes back. Safe to repeat."""
    for row in _still_paid(order_number):
        _follow(row)


def _follow(row: Commission) -> None:
    """As much of the commission goes back as of the order by now, whichever news of it came first.

    What went back before counts, so that parts sum to the commission when all is refunded.
    """
    order = trade.order_for(row.buyer_id, row.order_number)
    if order.total_minor:
        gone = row.amount_minor * order.refunded_minor // order.total_minor
        _take_back(row, f"{_key('commission-back', row)}:{gone}", gone - row.reversed_minor)


def _locked_commissions(order_number: str) -> list[Commission]:
    """In one order of locks for everybody."""
    return list(
        Commission.objects.select_for_update().filter(order_number=order_number).order_by("pk")
    )


def _still_paid(order_number: str) -> list[Commission]:
    """The commissions, locked, unless they went back. Of a settled order they are the payees' own, whoever comes first."""
    rows = [row for row in _locked_commissions(order_number) if row.state != "reversed"]
    if any(row.state == "held" for row in rows) and (
        trade.order_for(rows[0].buyer_id, order_number).is_settled
    ):
        release(order_number=order_number)
        for row in rows:
            row.refresh_from_db()
    return rows


def _take_back(row: Commission, key: str, part: int) -> None:
    """A held commission goes to the order's escrow; one that is the payee's own goes to the shop. Once a key."""
    if part <= 0 or ledger.posting(key) is not None:
        return
    if row.state == "released":
        trade.claw_back_person(
            key=key, reference=row.order_number, person_id=row.payee_id, shop_id=row.shop_id,
            amount_minor=part, currency=row.currency,
        )  # fmt: skip
    else:
        ledger.post(
            key=key, kind="commission_reversed", reference=row.order_number, currency=row.currency,
            legs=[Leg(_held(row.payee_id), trade.escrow(row.order_number), part)],
        )  # fmt: skip
    Commission.objects.filter(pk=row.pk).update(reversed_minor=F("reversed_minor") + part)
    now = clock.now().isoformat()
    signals.emit(
        CommissionReversed(row.payee_id, row.shop_id, row.order_number, part, now, row.side)
    )


@transaction.atomic
def release(*, order_number: str) -> None:
    """The order is final: what is left of the commission becomes the payees' own, once."""
    for row in _locked_commissions(order_number):
        if Commission.objects.filter(pk=row.pk, state="held").update(state="released"):
            _hand_over(row)


def _hand_over(row: Commission) -> None:
    left = row.amount_minor - row.reversed_minor
    if left:
        own = Account(f"person:{row.payee_id}", "payable")
        ledger.post(
            key=_key("commission-final", row), kind="commission_released",
            reference=row.order_number, currency=row.currency,
            legs=[Leg(_held(row.payee_id), own, left)],
        )  # fmt: skip
        trade.book_earning(
            key=_key("commission", row), person_id=row.payee_id, reference=row.order_number,
            amount_minor=left, currency=row.currency,
        )  # fmt: skip
    now = clock.now().isoformat()
    signals.emit(
        CommissionReleased(row.payee_id, row.shop_id, row.order_number, left, now, row.side)
    )


def uncount_fan(*, shop_id: int, person_id: int, amount_minor: int) -> None:
    """A refund takes the order off the buyer's tie."""
    FanTie.objects.filter(shop_id=shop_id, person_id=person_id, orders__gt=0).update(
        orders=F("orders") - 1, spent_minor=F("spent_minor") - amount_minor
    )


def uncount_spent(*, shop_id: int, person_id: int, amount_minor: int) -> None:
    """A part of an order was refunded: it is no money spent, the order still counts."""
    FanTie.objects.filter(shop_id=shop_id, person_id=person_id).update(
        spent_minor=F("spent_minor") - amount_minor
    )


@transaction.atomic
def set_rate(*, actor_id: int, slug: str, rate_bps: int) -> None:
    """What the shop pays direct sharers; from 0 to half of the sale."""
    shop = goods.shop_for_staff(actor_id, slug, Right.MARKETING)
    if not 0 <= rate_bps <= rules.RATE_MAX_BPS:
        raise BadInput(fields={"rate": marked("佣金在 0 到 50% 之间")})
    rule = CommissionRule.objects.filter(shop_id=shop.id).first()
    CommissionRule.objects.update_or_create(shop_id=shop.id, defaults={"rate_bps": rate_bps})
    guard.audit(
        actor_id=actor_id, action="commission.rate", object=f"shop:{shop.slug}", shop_id=shop.id,
        before={"rate_bps": rule.rate_bps if rule else None}, after={"rate_bps": rate_bps},
    )  # fmt: skip


@transaction.atomic
def save_shares_bulk(rows: Sequence[ImportedShare]) -> list[str]:
    """Insert shares from elsewhere, with the ties to their receivers; tokens in order."""
    made = [
        Share(
            token=new_token(), sharer_id=row.sharer_id, object_type=row.object_type,
            object_id=row.object_id, shop_id=row.shop_id, parent_token=row.parent_token,
            channel=row.channel[:16] or "link", created_at=row.at,
        )
        for row in rows
    ]  # fmt: skip
    keys = {(s.sharer_id, s.object_type, s.object_id, s.channel, s.parent_token): s for s in made}
    before = Share.objects.filter(sharer_id__in={s.sharer_id for s in made}).filter(
        Q(object_id__in={s.object_id for s in made})
    )
    known = {
        (s.sharer_id, s.object_type, s.object_id, s.channel, s.parent_token): s.token
        for s in before
    }
    new = [share for key, share in keys.items() if key not in known]
    Share.objects.bulk_create(new, batch_size=500)
    known |= {
        (s.sharer_id, s.object_type, s.object_id, s.channel, s.parent_token): s.token for s in new
    }
    ties = {
        pair: row.at
        for row in rows
        if row.receiver_id and row.receiver_id != row.sharer_id
        for pair in ((row.sharer_id, row.receiver_id), (row.receiver_id, row.sharer_id))
    }
    Tie.objects.bulk_create(
        [Tie(person_id=a, other_id=b, kind="share", last_at=at) for (a, b), at in ties.items()],
        batch_size=500,
        ignore_conflicts=True,
    )
    return [known[s.sharer_id, s.object_type, s.object_id, s.channel, s.parent_token] for s in made]


@transaction.atomic
def save_sales_bulk(rows: Sequence[ImportedSale]) -> None:
    """Imported orders in the fans' ties and in what shares brought. Commission is not paid on them."""
    shares = {
        s.token: s for s in Share.objects.filter(token__in={row.token for row in rows if row.token})
    }
    people = {(row.shop_id, row.buyer_id): row.at for row in rows}
    for row in rows:
        if row.token in shares and shares[row.token].sharer_id != row.buyer_id:
            people.setdefault((row.shop_id, shares[row.token].sharer_id), row.at)
    FanTie.objects.bulk_create(
        [FanTie(shop_id=s, person_id=p, since=at) for (s, p), at in people.items()],
        batch_size=500,
        ignore_conflicts=True,
    )
    ties = FanTie.objects.filter(
        shop_id__in={s for s, _ in people}, person_id__in={p for _, p in people}
    )
    by_pair = {(tie_.shop_id, tie_.person_id): tie_ for tie_ in ties}
    brought = []
    for row in rows:
        own = by_pair[row.shop_id, row.buyer_id]
        found = shares.get(row.token)
        if found is not None and found.sharer_id != row.buyer_id:
            brought.append(
                Brought(
                    share=found,
                    kind="order",
                    reference=row.order_number,
                    person_id=row.buyer_id,
                    at=row.at,
                )
            )
            if own.orders == 0 and own.brought_by is None:
                own.brought_by = found.sharer_id
                by_pair[row.shop_id, found.sharer_id].brought += 1
        own.orders += 1
        own.spent_minor += row.amount_minor
        own.since = min(own.since, row.at)
    FanTie.objects.bulk_create(  # an upsert: bulk_update writes a CASE for every row and column
        by_pair.values(), batch_size=500, update_conflicts=True, unique_fields=["shop_id", "person_id"],
        update_fields=["orders", "spent_minor", "brought", "brought_by", "since"],
    )  # fmt: skip
    Brought.objects.bulk_create(brought, batch_size=500, ignore_conflicts=True)
