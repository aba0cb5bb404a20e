"""Reads of plans and groups. `group_view` 7 queries; lists 5, however long."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from grapevine.campaigns import access
from grapevine.campaigns.contracts import GroupState, GroupView, PlanView, SeatView
from grapevine.campaigns.models import Group, GroupPlan, Seat
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import clock, sql
from grapevine.kit.memory import Memory
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.people import facade as people
from grapevine.people.contracts import PersonCard

SEATS_SHOWN = 100
PLANNED_SECONDS, PLANNED_MAX = 5, 20_000
_planned: Memory[str, frozenset[int]] = Memory(1, PLANNED_SECONDS)
"""Goods with an active plan. A plan of another process is seen five seconds later; of a plan that is seen nothing is old."""


def _plan(plan: GroupPlan, card: GoodsCard | None = None) -> PlanView:
    return PlanView(
        plan.pk, plan.public_id, plan.goods_id, plan.shop_id, plan.size_now, plan.price_minor,
        plan.hours, plan.limit, plan.active, card, plan.size,
    )  # fmt: skip


def plan_view(public_id: str) -> PlanView:
    plan = access.plan_of(public_id)
    return _plan(plan, goods.goods_cards([plan.goods_id]).get(plan.goods_id))


def plan_for_goods(goods_id: int) -> PlanView | None:
    """The active plan of these goods."""
    plan = GroupPlan.objects.filter(goods_id=goods_id, active=True).first()
    return _plan(plan) if plan else None


PLAN = (
    "id",
    "public_id",
    "goods_id",
    "shop_id",
    "size",
    "trial_size",
    "price_minor",
    "hours",
    "limit",
    "active",
)
PLANNED = "SELECT goods_id FROM campaigns_groupplan WHERE active LIMIT %s"
PLANS = f"""
SELECT {", ".join(f'plan."{name}"' for name in PLAN)}, live.fewest, live.number FROM campaigns_groupplan plan
LEFT JOIN (
    SELECT goods_id, MIN(size - paid) AS fewest, COUNT(*) AS number FROM campaigns_group
    WHERE state = 'open' AND deadline > %s AND paid >= 1 AND size > paid + held AND goods_id IN ({{places}})
    GROUP BY goods_id
) live ON live.goods_id = plan.goods_id
WHERE plan.active AND plan.goods_id IN ({{places}})
"""  # noqa: S608  constants


def forget_planned() -> None:
    """A plan was made or stopped."""
    _planned.forget()
    transaction.on_commit(_planned.forget)


def _with_plans(goods_ids: Iterable[int]) -> list[int]:
    """Those that have a plan, as far as this process knows; all of them where too many goods have one."""
    wanted = list(goods_ids)
    known = _planned.get("goods")
    if known is None:
        found = sql.rows(PLANNED, [PLANNED_MAX + 1])
        known = _planned.put("goods", frozenset(pk for (pk,) in found))
    return wanted if len(known) > PLANNED_MAX else [pk for pk in wanted if pk in known]


def plans_for_goods(
    goods_ids: Iterable[int],
) -> dict[int, tuple[PlanView, tuple[int, int] | None]]:
    """goods_id → the active plan, and (fewest missing, number) of its joinable groups, if there are any, for price chips.

    One query, none where no goods has a plan; feeds ask it for every page.
    """
    wanted = sql.stepped(_with_plans(goods_ids))
    if not wanted:
        return {}
    places = sql.places(len(wanted))
    rows = sql.rows(PLANS.format(places=places), [clock.now(), *wanted, *wanted])
    return {
        row[2]: (
            _plan(GroupPlan.from_db(None, PLAN, row[: len(PLAN)])),
            (row[-2], row[-1]) if row[-1] else None,
        )
        for row in rows
    }


def plans_of_shop(shop_id: int) -> list[PlanView]:
    rows = list(GroupPlan.objects.filter(shop_id=shop_id).order_by("-active", "-id")[:200])
    cards = goods.goods_cards([plan.goods_id for plan in rows])
    return [_plan(plan, cards.get(plan.goods_id)) for plan in rows]


def plans_page(shop_id: int, cursor: str | None = None, limit: int | None = None) -> Page[PlanView]:
    """A shop's group plans, newest first, those that were stopped among them."""
    size = clamp(limit)
    rows = GroupPlan.objects.filter(shop_id=shop_id).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    cards = goods.goods_cards([plan.goods_id for plan in found[:size]])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([_plan(plan, cards.get(plan.goods_id)) for plan in found[:size]], more)


def _views(rows: Sequence[Group]) -> list[GroupView]:
    leaders = people.cards([group.leader_id for group in rows])
    cards = goods.goods_cards([group.goods_id for group in rows])
    return [_view(group, leaders[group.leader_id], cards.get(group.goods_id)) for group in rows]


def _view(group: Group, leader: PersonCard, card: GoodsCard | None) -> GroupView:
    return GroupView(
        id=group.pk, public_id=group.public_id, plan=_plan(group.plan, card), leader=leader,
        size=group.size, paid=group.paid, held=group.held, missing=max(0, group.size - group.paid),
        deadline=group.deadline, state=GroupState(group.state), opened_at=group.opened_at,
        region=group.region,
    )  # fmt: skip


def group_view(public_id: str, viewer_id: int | None = None) -> GroupView:
    """The group with its seats as this viewer sees them: faces paid, grey held, dashed empty."""
    group = access.group_of(public_id)
    seats = list(
        Seat.objects.filter(group=group, state__in=["held", "paid"]).order_by("id")[:SEATS_SHOWN]
    )
    cards = people.cards({seat.person_id for seat in seats} | {group.leader_id})
    card = goods.goods_cards([group.goods_id]).get(group.goods_id)
    shown = [
        SeatView(seat.state, cards.get(seat.person_id), leads=seat.person_id == group.leader_id)
        for seat in sorted(seats, key=lambda seat: (seat.state != "paid", seat.pk))
    ]
    empty = min(group.size, SEATS_SHOWN) - len(shown)
    shown += [SeatView("empty", None)] * max(0, empty)
    mine = next((seat for seat in seats if seat.person_id == viewer_id), None)
    view = _view(group, cards[group.leader_id], card)
    return GroupView(
        **{name: getattr(view, name) for name in view.__slots__ if name not in ("seats", "mine", "my_order")},
        seats=tuple(shown), mine=mine.state if mine else "", my_order=mine.order_number if mine else "",
    )  # fmt: skip


def live_groups(goods_id: int, limit: int = 3) -> list[GroupView]:
    """Joinable groups of these goods, the nearest to full first, then the nearest deadline."""
    rows = _joinable().filter(goods_id=goods_id)
    return _views(list(rows.order_by(F("size") - F("paid"), "deadline")[: min(limit, 20)]))


def _joinable() -> QuerySet[Group]:
    rows = Group.objects.select_related("plan").filter(state="open", deadline__gt=clock.now())
    return rows.filter(paid__gte=1, size__gt=F("paid") + F("held"))


def groups_of_shop(shop_id: int, state: str = "", limit: int = 20) -> list[GroupView]:
    """A shop's groups, the nearest deadline first when open, else the newest."""
    rows = Group.objects.select_related("plan").filter(shop_id=shop_id)
    if state:
        rows = rows.filter(state=state)
    order = "deadline" if state == "open" else "-id"
    return _views(list(rows.order_by(order)[: clamp(limit)]))


def groups_page(
    shop_id: int, state: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[GroupView]:
    """A shop's groups, newest first, page by page."""
    size = clamp(limit)
    rows = Group.objects.select_related("plan").filter(shop_id=shop_id).order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page(_views(found[:size]), more)


def group_of_order(order_number: str) -> str:
    """The public id of the group an order belongs to, "" if none."""
    seat = Seat.objects.filter(order_number=order_number).select_related("group").first()
    return seat.group.public_id if seat else ""


def seated_together(ids: Iterable[int], others: Iterable[int]) -> set[int]:
    """Those of `ids` who sat in a group with any of `others`, or led one they sat in. Two queries."""
    mine, theirs = set(ids), set(others)
    theirs_in = Seat.objects.filter(person_id__in=theirs).values("group_id")
    seats = Seat.objects.filter(group_id__in=theirs_in, person_id__in=mine)
    led = Group.objects.filter(pk__in=theirs_in, leader_id__in=mine)
    return {*seats.values_list("person_id", flat=True), *led.values_list("leader_id", flat=True)}


MATES = """
SELECT * FROM (
    SELECT 'mate' AS what, person_id AS who, 1 AS number FROM campaigns_seat
    WHERE state = 'paid' AND person_id <> %s
      AND group_id IN (SELECT group_id FROM campaigns_seat WHERE person_id = %s AND state = 'paid')
    ORDER BY id DESC LIMIT %s
) AS mates
"""


def mates_part(person_id: int, limit: int = 100) -> sql.Part:
    """Who paid for a seat in a group where this person did, the latest, to be asked along: rows (mate, who, 1), one a seat."""
    return sql.Part(MATES, (person_id, person_id, limit))


def paid_members(public_id: str) -> list[int]:
    """Who has paid for a seat in the group and still has it."""
    seats = Seat.objects.filter(group__public_id=public_id, state="paid")
    return list(seats.order_by("id").values_list("person_id", flat=True))
