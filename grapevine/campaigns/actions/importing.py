"""Plans, groups and seats from elsewhere."""

from collections.abc import Sequence

from django.db import transaction

from grapevine.campaigns.contracts import ImportedGroup, ImportedSeat
from grapevine.campaigns.models import Group, GroupPlan, Seat
from grapevine.kit import clock
from grapevine.kit.ids import new_id


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
