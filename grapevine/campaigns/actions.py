"""Opening and joining groups, filling and expiring them."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from grapevine.campaigns import access, rules
from grapevine.campaigns.contracts import (
    AlreadyIn,
    GroupExpired,
    GroupFilled,
    GroupFull,
    GroupJoined,
    GroupOpened,
    GroupOver,
    ImportedGroup,
    ImportedSeat,
    PlanNotFound,
    PlanStopped,
    PlanView,
    Seated,
    SeatState,
    WrongSku,
)
from grapevine.campaigns.models import Group, GroupPlan, Seat
from grapevine.campaigns.queries import plan_view
from grapevine.goods import facade as goods
from grapevine.kit import clock, crashing
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView, IllegalMove, Placed, WrongCount

BATCH = 100
CLAIM = "group:"


def create_plan(
    *, shop_id: int, goods_public_id: str, size: int, price_minor: int, hours: int, limit: int = 2
) -> PlanView:
    """Offer goods as a group; a plan of the same goods that runs is stopped. Raises BadInput."""
    card = goods.goods_by_public_id(goods_public_id)
    if card.shop_id != shop_id:
        raise PlanNotFound(goods_public_id)
    rules.check_plan(
        size=size, price_minor=price_minor, hours=hours, limit=limit, lowest_minor=card.price_minor
    )
    with transaction.atomic():
        GroupPlan.objects.filter(goods_id=card.id, active=True).update(active=False)
        plan = GroupPlan.objects.create(
            public_id=new_id(), goods_id=card.id, shop_id=shop_id, size=size, hours=hours,
            price_minor=price_minor, limit=limit, made_at=clock.now(),
        )  # fmt: skip
    return plan_view(plan.public_id)


def stop_plan(*, shop_id: int, public_id: str) -> None:
    """No new groups; those that run go on to their end."""
    plan = access.plan_of_shop(shop_id, public_id)
    GroupPlan.objects.filter(pk=plan.pk).update(active=False)


@transaction.atomic
def open_group(
    *,
    buyer_id: int,
    plan_id: str,
    sku_id: int,
    count: int,
    address: AddressView,
    source: Source | None = None,
    key: str = "",
) -> Seated:
    """Open a group with yourself as leader and place the order that pays for your seat.

    The group is shown to others once the leader has paid. Raises PlanStopped, WrongSku, WrongCount,
    and what trade raises; then nothing happened.
    """
    plan = access.plan_of(plan_id)
    if not plan.active:
        raise PlanStopped(plan_id)
    _check_line(plan, sku_id, count)
    before = _seated_before(buyer_id, key)
    if before is not None:
        return before
    now = clock.now()
    group = Group.objects.create(
        public_id=new_id(), plan=plan, goods_id=plan.goods_id, shop_id=plan.shop_id,
        leader_id=buyer_id, size=plan.size, held=1, region=address.province, opened_at=now,
        deadline=now + timedelta(hours=plan.hours),
    )  # fmt: skip
    signals.emit(
        GroupOpened(
            buyer_id, group.shop_id, group.public_id, group.goods_id, group.region, now.isoformat()
        )
    )
    return _sit(group, buyer_id, sku_id, count, address, source, key)


@transaction.atomic
def join_group(
    *,
    buyer_id: int,
    group_id: str,
    sku_id: int,
    count: int,
    address: AddressView,
    source: Source | None = None,
    key: str = "",
) -> Seated:
    """Take a seat and place the order that pays for it. Raises GroupFull, GroupOver or AlreadyIn."""
    group = access.group_of(group_id)
    _check_line(group.plan, sku_id, count)
    before = _seated_before(buyer_id, key)
    if before is not None:
        return before
    if Seat.objects.filter(group=group, person_id=buyer_id, state__in=["held", "paid"]).exists():
        raise AlreadyIn(group_id)
    seats = Group.objects.filter(pk=group.pk, state="open", deadline__gt=clock.now())
    if not seats.filter(size__gt=F("paid") + F("held")).update(held=F("held") + 1):
        raise GroupFull(group_id) if seats.exists() else GroupOver(group_id)
    return _sit(group, buyer_id, sku_id, count, address, source, key)


def _check_line(plan: GroupPlan, sku_id: int, count: int) -> None:
    line = goods.sku_lines([sku_id]).get(sku_id)
    if line is None or line.goods_id != plan.goods_id:
        raise WrongSku
    if not 1 <= count <= plan.limit:
        raise WrongCount(most=plan.limit)


def _seated_before(buyer_id: int, key: str) -> Seated | None:
    """The same form sent twice: what it made the first time."""
    if not key:
        return None
    placed = trade.placed_before(buyer_id, key)
    if placed is None:
        return None
    seat = Seat.objects.select_related("group").get(order_number=placed.order_numbers[0])
    return _seated(seat.group, placed)


def _seated(group: Group, placed: Placed) -> Seated:
    return Seated(
        group.public_id, placed.order_numbers[0], placed.payment_number, placed.total_minor,
        placed.expires_at,
    )  # fmt: skip


def _sit(
    group: Group,
    buyer_id: int,
    sku_id: int,
    count: int,
    address: AddressView,
    source: Source | None,
    key: str,
) -> Seated:
    came = source or Source()
    told = Source(came.surface or "group", came.share_token, came.note, group.public_id)
    placed = trade.place_order(
        buyer_id=buyer_id, lines=[(sku_id, count)], address=address, source=told,
        claim=f"{CLAIM}{group.public_id}", waits=True, key=key,
    )  # fmt: skip
    try:
        Seat.objects.create(
            group=group, person_id=buyer_id, order_number=placed.order_numbers[0], at=clock.now()
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

    If the leader left, the next paid member leads. After filling the group stands.
    """
    seat = Seat.objects.select_related("group").filter(order_number=order_number).first()
    if seat is None:
        return
    before, after = ("paid", "refunded") if refunded else ("held", "released")
    if not Seat.objects.filter(pk=seat.pk, state=before).update(state=after):
        return
    group = Group.objects.filter(pk=seat.group_id, state="open")
    if refunded:
        group.filter(paid__gt=0).update(paid=F("paid") - 1)
    else:
        group.filter(held__gt=0).update(held=F("held") - 1)
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


def refund_members(*, group_id: str) -> None:
    """Refund everybody who paid for a group that expired. Safe to repeat."""
    group = access.group_of(group_id)
    for seat in Seat.objects.filter(group=group, state="paid").order_by("order_number"):
        try:
            with transaction.atomic():
                trade.refund_order(number=seat.order_number, reason=marked("没有成团，自动退款"))
                Seat.objects.filter(pk=seat.pk).update(state="refunded")
            crashing.point("campaigns.refund.one")
        except IllegalMove:
            Seat.objects.filter(pk=seat.pk).update(state="refunded")  # refunded before


@transaction.atomic
def save_groups_bulk(rows: Sequence[ImportedGroup]) -> list[tuple[int, str]]:
    """Insert groups from elsewhere, each with a plan that is not offered again; (id, public id) in order."""
    now = clock.now()
    plans = GroupPlan.objects.bulk_create(
        [
            GroupPlan(
                public_id=new_id(), goods_id=row.goods_id, shop_id=row.shop_id,
                size=max(2, row.size), price_minor=max(1, row.price_minor), active=False,
                hours=min(168, max(1, int((row.deadline - row.opened_at).total_seconds() // 3600))),
                made_at=now,
            )
            for row in rows
        ],
        batch_size=500,
    )  # fmt: skip
    groups = Group.objects.bulk_create(
        [
            Group(
                public_id=new_id(), plan=plan, goods_id=row.goods_id, shop_id=row.shop_id,
                leader_id=row.leader_id, size=max(2, row.size), state=row.state,
                region=row.region[:40], opened_at=row.opened_at, deadline=row.deadline,
            )
            for row, plan in zip(rows, plans, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    return [(group.pk, group.public_id) for group in groups]


@transaction.atomic
def offer_bulk(rows: Sequence[tuple[int, int, int, int, int]]) -> None:
    """Active plans for imported goods: (goods_id, shop_id, size, price_minor, hours)."""
    now = clock.now()
    GroupPlan.objects.bulk_create(
        [
            GroupPlan(
                public_id=new_id(), goods_id=g, shop_id=s, size=size, price_minor=price, hours=hours,
                made_at=now,
            )
            for g, s, size, price, hours in rows
        ],
        batch_size=500,
        ignore_conflicts=True,
    )  # fmt: skip


@transaction.atomic
def save_seats_bulk(rows: Sequence[ImportedSeat]) -> None:
    """Seats of imported groups; a paid seat counts in its group as far as the size allows."""
    Seat.objects.bulk_create(
        [
            Seat(
                group_id=row.group_id, person_id=row.person_id, order_number=row.order_number,
                state=row.state, at=row.at,
            )
            for row in rows
        ],
        batch_size=500,
        ignore_conflicts=True,
    )  # fmt: skip
    counts: dict[int, int] = {}
    for row in rows:
        if row.state == "paid":
            counts[row.group_id] = counts.get(row.group_id, 0) + 1
    groups = list(Group.objects.filter(pk__in=counts).order_by("pk"))
    for group in groups:
        group.paid = min(group.size - group.held, group.paid + counts[group.pk])
    Group.objects.bulk_update(groups, ["paid"], batch_size=500)
