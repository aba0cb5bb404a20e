"""Opening and joining groups, filling and expiring them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from grapevine.campaigns import access
from grapevine.campaigns.contracts import (
    AlreadyIn,
    GroupExpired,
    GroupFilled,
    GroupFull,
    GroupJoined,
    GroupOpened,
    GroupOver,
    KeyUsed,
    PlanNotFound,
    PlanStopped,
    PlanView,
    Seated,
    SeatLost,
    SeatState,
    WrongSku,
)
from grapevine.campaigns.models import Group, GroupPlan, Seat
from grapevine.campaigns.queries.groups import forget_planned, plan_view
from grapevine.campaigns.rules.plans import check_plan
from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing
from grapevine.kit.errors import DomainError
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView, IllegalMove, Placed, Wishes, WrongCount

NO_WISHES = Wishes()

BATCH = 100
CLAIM = "group:"


def create_plan(
    *, shop_id: int, goods_public_id: str, size: int, price_minor: int, hours: int, limit: int = 2,
    actor_id: int | None = None,
) -> PlanView:  # fmt: skip
    """Offer goods as a group; a plan of the same goods that runs is stopped. Raises BadInput."""
    card = goods.goods_by_public_id(goods_public_id)
    if card.shop_id != shop_id:
        raise PlanNotFound(goods_public_id)
    check_plan(
        size=size, price_minor=price_minor, hours=hours, limit=limit, lowest_minor=card.price_minor
    )
    with transaction.atomic():
        GroupPlan.objects.filter(goods_id=card.id, active=True).update(active=False)
        plan = GroupPlan.objects.create(
            public_id=new_id(), goods_id=card.id, shop_id=shop_id, size=size, hours=hours,
            price_minor=price_minor, limit=limit, made_at=clock.now(),
        )  # fmt: skip
        guard.note(
            actor_id=actor_id, action="group.plan", object=f"goods:{goods_public_id}",
            after={"size": size, "price_minor": price_minor, "hours": hours}, shop_id=shop_id,
        )  # fmt: skip
        forget_planned()
    return plan_view(plan.public_id)


@transaction.atomic
def stop_plan(*, shop_id: int, public_id: str, actor_id: int | None = None) -> None:
    """No new groups; those that run go on to their end."""
    plan = access.plan_of_shop(shop_id, public_id)
    if GroupPlan.objects.filter(pk=plan.pk, active=True).update(active=False):
        guard.note(
            actor_id=actor_id, action="group.stop", object=f"plan:{public_id}", shop_id=shop_id
        )
        forget_planned()


def open_group(
    *,
    buyer_id: int,
    plan_id: str,
    sku_id: int,
    count: int,
    address: AddressView,
    source: Source | None = None,
    key: str = "",
    wishes: Wishes = NO_WISHES,
    expected_minor: int | None = None,
) -> Seated:
    """Open a group with yourself as leader and place the order that pays for your seat.

    The group is shown to others once the leader has paid. Raises PlanStopped, WrongSku, WrongCount,
    and what trade raises; then nothing happened.
    """
    plan = access.plan_of(plan_id)
    if not plan.active:
        raise PlanStopped(plan_id)
    _check_line(plan, sku_id, count)
    asked = _Asked(buyer_id, sku_id, count, address, source, key, wishes, expected_minor)

    def opened() -> Seated:
        now = clock.now()
        group = Group.objects.create(
            public_id=new_id(), plan=plan, goods_id=plan.goods_id, shop_id=plan.shop_id,
            leader_id=buyer_id, size=plan.size_now, held=1, region=address.province, opened_at=now,
            deadline=now + timedelta(hours=plan.hours),
        )  # fmt: skip
        told = GroupOpened(
            buyer_id, group.shop_id, group.public_id, group.goods_id, group.region, now.isoformat()
        )
        signals.emit(told)
        return _sit(group, asked)

    return _once(buyer_id, key, opened)


def join_group(
    *,
    buyer_id: int,
    group_id: str,
    sku_id: int,
    count: int,
    address: AddressView,
    source: Source | None = None,
    key: str = "",
    wishes: Wishes = NO_WISHES,
    expected_minor: int | None = None,
) -> Seated:
    """Take a seat and place the order that pays for it. Raises GroupFull, GroupOver or AlreadyIn."""
    group = access.group_of(group_id)
    _check_line(group.plan, sku_id, count)
    asked = _Asked(buyer_id, sku_id, count, address, source, key, wishes, expected_minor)

    def joined() -> Seated:
        live = Seat.objects.filter(group=group, person_id=buyer_id, state__in=["held", "paid"])
        if live.exists():
            raise AlreadyIn(group_id)
        seats = Group.objects.filter(pk=group.pk, state="open", deadline__gt=clock.now())
        if not seats.filter(size__gt=F("paid") + F("held")).update(held=F("held") + 1):
            raise GroupFull(group_id) if seats.exists() else GroupOver(group_id)
        return _sit(group, asked)

    return _once(buyer_id, key, joined)


def _once(buyer_id: int, key: str, sit: Callable[[], Seated]) -> Seated:
    """The same form twice, also at the same moment, is one seat, and both hear of it."""
    before = _seated_before(buyer_id, key)
    if before is not None:
        return before
    try:
        with transaction.atomic():
            return sit()
    except DomainError:
        before = _seated_before(buyer_id, key)
        if before is None:
            raise
        return before


def _check_line(plan: GroupPlan, sku_id: int, count: int) -> None:
    line = goods.sku_lines([sku_id]).get(sku_id)
    if line is None or line.goods_id != plan.goods_id:
        raise WrongSku
    if not 1 <= count <= plan.limit:
        raise WrongCount(most=plan.limit)


def _seated_before(buyer_id: int, key: str) -> Seated | None:
    """The same form sent twice: what it made the first time. KeyUsed if that was no seat."""
    if not key:
        return None
    placed = trade.placed_before(buyer_id, key)
    if placed is None:
        return None
    seats = Seat.objects.select_related("group").filter(order_number=placed.order_numbers[0])
    seat = seats.first()
    if seat is None:
        raise KeyUsed(key)
    return _seated(seat.group, placed)


def _seated(group: Group, placed: Placed) -> Seated:
    return Seated(
        group.public_id, placed.order_numbers[0], placed.payment_number, placed.total_minor,
        placed.expires_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """The order that pays for a seat, as its buyer asked for it."""

    buyer_id: int
    sku_id: int
    count: int
    address: AddressView
    source: Source | None
    key: str
    wishes: Wishes
    expected_minor: int | None


def _sit(group: Group, asked: _Asked) -> Seated:
    came = asked.source or Source()
    told = Source(came.surface or "group", came.share_token, came.note, group.public_id)
    placed = trade.place_order(
        buyer_id=asked.buyer_id, lines=[(asked.sku_id, asked.count)], address=asked.address,
        source=told, claim=f"{CLAIM}{group.public_id}", waits=True, key=asked.key,
        wishes=asked.wishes, expected_minor=asked.expected_minor,
    )  # fmt: skip
    try:
        Seat.objects.create(
            group=group,
            person_id=asked.buyer_id,
            order_number=placed.order_numbers[0],
            at=clock.now(),
        )
    except IntegrityError:
        raise AlreadyIn(group.public_id) from None
    _tell(group)
    crashing.point("campaigns.sit.before_commit")
    crashing.committed("campaigns.sit.after_commit")
    return _seated(group, placed)


def _tell(group: Group) -> None:
    signals.publish(f"group:{group.public_id}", {"changed": True})


def pay_seat(*, order_number: str) -> None:
    """The order behind a seat was paid. Fills the group if it was the last; a seat that was lost is
    taken again if one is free, else the order is refunded."""
    seat = Seat.objects.select_related("group").filter(order_number=order_number).first()
    if seat is None or seat.state in (SeatState.PAID, SeatState.REFUNDED):
        return
    group = seat.group
    open_ = Group.objects.filter(pk=group.pk, state="open")
    taken = 0
    if Seat.objects.filter(pk=seat.pk, state="held").update(state="paid"):
        taken = open_.filter(held__gt=0).update(held=F("held") - 1, paid=F("paid") + 1)
    elif _sits_elsewhere(seat):
        pass  # joined again meanwhile: one seat a person, so this money goes back
    elif open_.filter(size__gt=F("paid") + F("held")).update(paid=F("paid") + 1):
        taken = Seat.objects.filter(pk=seat.pk, state="released").update(state="paid")
    if not taken:
        Seat.objects.filter(pk=seat.pk).update(state="refunded")
        with suppress(IllegalMove):  # the buyer was faster
            trade.refund_order(number=order_number, reason=marked("付款时团已结束"))
        return
    crashing.point("campaigns.pay.seated")
    _lead_if_nobody_does(group, seat.person_id)
    now = clock.now().isoformat()
    signals.emit(GroupJoined(seat.person_id, group.shop_id, group.public_id, group.region, now))
    _fill(group, now)
    _tell(group)


def _sits_elsewhere(seat: Seat) -> bool:
    live = Seat.objects.filter(
        group=seat.group_id, person_id=seat.person_id, state__in=["held", "paid"]
    )
    return live.exclude(pk=seat.pk).exists()


def _lead_if_nobody_does(group: Group, person_id: int) -> None:
    """A leader who left while nobody else had paid is followed by the next who pays."""
    seats = Seat.objects.filter(group=group, state__in=["held", "paid"])
    Group.objects.filter(pk=group.pk, state="open").exclude(
        leader_id__in=seats.values("person_id")
    ).update(leader_id=person_id)


def _fill(group: Group, now: str) -> None:
    full = Group.objects.filter(pk=group.pk, state="open", paid=F("size"))
    if not full.update(state="filled"):
        return
    paid = Seat.objects.filter(group=group, state="paid")
    trade.release_waiting(list(paid.values_list("order_number", flat=True)))
    signals.emit(GroupFilled(group.leader_id, group.shop_id, group.public_id, group.region, now))
    crashing.point("campaigns.fill.before_commit")
    crashing.committed("campaigns.fill.after_commit")


def leave_seat(*, order_number: str, refunded: bool) -> None:
    """The order behind a seat was cancelled or refunded: before filling the seat is free again.

    If the leader left, the next paid member leads. After filling the group stands. A refund may be told
    before the payment is: then nobody sits down when that comes.
    """
    seat = Seat.objects.select_related("group").filter(order_number=order_number).first()
    if seat is None:
        return
    live, after = (("paid", "held"), "refunded") if refunded else (("held",), "released")
    mine = Seat.objects.filter(pk=seat.pk)
    before = next((one for one in live if mine.filter(state=one).update(state=after)), None)
    if before is None:
        return
    group = Group.objects.filter(pk=seat.group_id, state="open")
    group.filter(**{f"{before}__gt": 0}).update(**{before: F(before) - 1})
    heir = Seat.objects.filter(group_id=seat.group_id, state="paid").order_by("id").first()
    if heir is not None:
        group.filter(leader_id=seat.person_id).update(leader_id=heir.person_id)
    _tell(seat.group)


def expire_groups() -> int:
    """End groups whose deadline is over; every paid seat is refunded. Returns how many ended."""
    due = Group.objects.filter(state="open", deadline__lt=clock.now()).order_by("deadline")
    return sum(_expire(group) for group in due[:BATCH])


@transaction.atomic
def _expire(group: Group) -> bool:
    now = clock.now()
    if not Group.objects.filter(pk=group.pk, state="open", deadline__lt=now).update(
        state="expired"
    ):
        return False
    signals.emit(
        GroupExpired(group.leader_id, group.shop_id, group.public_id, group.region, now.isoformat())
    )
    _tell(group)
    crashing.point("campaigns.expire.before_commit")
    crashing.committed("campaigns.expire.after_commit")
    return True


@transaction.atomic
def refund_members(*, group_id: str) -> None:
    """Begin to refund everybody who paid for a group that expired, each on their own. Safe to repeat.

    In one transaction the first refunds would hold stock and accounts while they wait for a member who is
    leaving just now, and that member for them.
    """
    group = access.group_of(group_id)
    seats = Seat.objects.filter(group=group, state="paid").order_by("id")
    now = clock.now().isoformat()
    signals.emit(
        *(
            SeatLost(seat.person_id, group.shop_id, group_id, seat.order_number, now)
            for seat in seats
        )
    )


@transaction.atomic
def refund_seat(*, order_number: str) -> None:
    """Refund a member of a group that expired. Safe to repeat; one who left meanwhile has their money already."""
    with suppress(IllegalMove), transaction.atomic():
        trade.refund_order(number=order_number, reason=marked("没有成团，自动退款"))
    crashing.point("campaigns.refund.one")
    Seat.objects.filter(order_number=order_number, state="paid").update(state="refunded")
