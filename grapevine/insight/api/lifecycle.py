"""Shops' stages and what there is to follow up, for operators; and a shop's own next steps."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.insight.actions import following, serving
from grapevine.insight.lifecycle import FollowUpView, StageRow
from grapevine.insight.queries import followups, services, stages as reads
from grapevine.insight.rules.stages import Reason, Stage
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import BadInput, NotFound
from grapevine.kit.pages import me
from grapevine.kit.text import marked
from grapevine.people import facade as people

router = Router(tags=["lifecycle"])
Answer = dict[str, Any]


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else there is nothing here."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


class TaskIn(Schema):
    shop: str = Field(max_length=40)
    note: str = Field("", max_length=300)


class AssignmentIn(Schema):
    """`manager`: a handle, or null for nobody."""

    manager: str | None = Field(None, max_length=40)
    due_on: date
    note: str = Field("", max_length=300)


class ContactIn(Schema):
    """`outcome` ends the follow-up: stays, unsure, leaves or unreachable; "" leaves it open."""

    way: str = Field(max_length=5)
    note: str = Field("", max_length=500)
    outcome: str = Field("", max_length=12)


def _reasons(found: Any) -> list[Answer]:
    return [{"code": one.code, "value": one.value} for one in found if isinstance(one, Reason)]


def _row(row: StageRow) -> Answer:
    return {
        "shop": row.slug, "name": row.name, "stage": str(row.stage), "since": str(row.since),
        "reasons": _reasons(row.reasons), "payments_change_percent": row.trend_percent,
        "next_step": row.next_step, "chance_of_leaving": row.chance,
        "chance_a_week_ago": row.chance_before, "last_contact_at": row.last_contact_at,
        "follow_up": row.follow_up.public_id if row.follow_up else None,
    }  # fmt: skip


def _task(one: FollowUpView, slugs: dict[int, str], handles: dict[int, str]) -> Answer:
    return {
        "id": one.public_id, "shop": slugs.get(one.shop_id, ""), "stage": str(one.stage),
        "opened_on": str(one.opened_on), "due_on": str(one.due_on), "note": one.note,
        "manager": handles.get(one.manager_id or 0), "chance_of_leaving": one.chance,
        "outcome": one.outcome or None, "closed_at": one.closed_at, "contacts": one.contacts,
    }  # fmt: skip


def _tasks(found: list[FollowUpView]) -> list[Answer]:
    slugs = {pk: card.slug for pk, card in goods.shops([one.shop_id for one in found]).items()}
    cards = people.cards({one.manager_id for one in found if one.manager_id})
    handles = {pk: card.handle for pk, card in cards.items()}
    return [_task(one, slugs, handles) for one in found]


@router.get("/operator/lifecycle", response=ListOut[Answer], auth=signed_in)
def list_stages(
    request: HttpRequest, stage: str = "", q: str = "", order: str = "risk",
    cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """Shops with their stage, why, trend and next step. `order`: risk, trend, contact, since, opened."""
    _operator(request)
    if stage not in {"", "all", *Stage} or order not in reads.ORDERS:
        raise BadInput(fields={"stage": marked("阶段或排序不认识")})
    page = reads.stage_page(reads.StageFilter(stage, q[:60], order), cursor=cursor, limit=limit)
    return {"items": [_row(row) for row in page.items], "next_cursor": page.next_cursor}


@router.get("/operator/lifecycle/{slug}", response=Answer, auth=signed_in)
def read_stage(request: HttpRequest, slug: str) -> Any:
    """One shop: the figures it was judged by, the stages it went through, its follow-ups and contacts."""
    _operator(request)
    found = reads.stage_of(slug)
    return {
        **_row(found.row), "signals": dict(found.signals), "why": list(found.why),
        "is_held_out": found.is_held_out,
        "history": [
            {"before": one.before or None, "after": str(one.after), "on": str(one.on), "reasons": _reasons(one.reasons)}
            for one in found.history
        ],
        "follow_ups": _tasks(list(found.follow_ups)),
        "contacts": [{"at": one.at, "way": one.way, "note": one.note} for one in found.contacts],
    }  # fmt: skip


@router.get("/operator/follow-ups", response=ListOut[Answer], auth=signed_in)
def list_follow_ups(
    request: HttpRequest,
    state: str = "open",
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Tasks: open (the most urgent first), overdue, or done (the latest first)."""
    _operator(request)
    if state not in followups.STATES:
        raise BadInput(fields={"state": marked("状态只能是 open、overdue、done")})
    page = followups.follow_ups(state, cursor=cursor, limit=limit)
    return {"items": _tasks(list(page.items)), "next_cursor": page.next_cursor}


@router.get("/operator/follow-ups/effect", response=Answer, auth=signed_in)
def read_effect(request: HttpRequest) -> Any:
    """Shares that stayed, followed up and held out, their difference and its 95 % interval; and each manager's load."""
    _operator(request)
    found = followups.desk()
    one = found.effect
    cards = people.cards({row.person_id for row in found.managers})
    return {
        "followed": {"shops": one.followed.shops, "stayed": one.followed.stayed},
        "held_out": {"shops": one.held_out.shops, "stayed": one.held_out.stayed},
        "difference": one.difference, "low": one.low, "high": one.high, "is_enough": one.is_enough,
        "is_told": one.is_told, "waiting": found.waiting, "threshold": found.threshold,
        "managers": [
            {
                "handle": cards[row.person_id].handle if row.person_id in cards else None,
                "capacity": row.capacity, "open": row.open, "overdue": row.overdue,
                "done": row.done, "done_percent": row.done_percent,
            }
            for row in found.managers
        ],
    }  # fmt: skip


@router.post("/operator/follow-ups", response={201: Answer}, auth=signed_in)
@once
def open_follow_up(request: HttpRequest, body: TaskIn) -> Status[Any]:
    """Open a task about a shop; one that is open already is returned."""
    who, shop = _operator(request), goods.shop_by_slug(body.shop)
    made = following.open_follow_up(operator_id=who, shop_id=shop.id, note=body.note)
    return Status(201, {"id": made})


@router.put("/operator/follow-ups/{public_id}/assignment", response={204: None}, auth=signed_in)
@once
def assign_follow_up(request: HttpRequest, public_id: str, body: AssignmentIn) -> Status[None]:
    """Give a task to a manager with room, with a day and a note."""
    who = _operator(request)
    manager = people.card_by_handle(body.manager).id if body.manager else None
    following.assign_follow_up(
        operator_id=who, public_id=public_id, manager_id=manager, due_on=body.due_on, note=body.note
    )
    return Status(204, None)


@router.post("/operator/follow-ups/{public_id}/contacts", response={204: None}, auth=signed_in)
@once
def log_contact(request: HttpRequest, public_id: str, body: ContactIn) -> Status[None]:
    """Write down that somebody talked to the shop; with an outcome the task ends."""
    following.log_contact(
        operator_id=_operator(request), public_id=public_id, way=body.way, note=body.note,
        outcome=body.outcome,
    )  # fmt: skip
    return Status(204, None)


@router.get("/operator/services", response=ListOut[Answer], auth=signed_in)
def list_services(
    request: HttpRequest, state: str = "open", cursor: str | None = None, limit: int | None = None
) -> Any:
    """What shops are given by stage: open (the most urgent first), overdue, or done (the latest first)."""
    _operator(request)
    if state not in services.STATES:
        raise BadInput(fields={"state": marked("状态只能是 open、overdue、done")})
    page = services.services(state, cursor=cursor, limit=limit)
    slugs = {pk: one.slug for pk, one in goods.shops([one.shop_id for one in page.items]).items()}
    cards = people.cards({one.manager_id for one in page.items if one.manager_id})
    items = [
        {
            "id": one.public_id, "shop": slugs.get(one.shop_id), "stage": one.stage, "playbook": one.playbook,
            "opened_on": one.opened_on, "due_on": one.due_on, "ended_on": one.ended_on, "outcome": one.outcome,
            "manager": cards[one.manager_id].handle if one.manager_id in cards else None,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.post("/operator/services/{public_id}/completion", response={204: None}, auth=signed_in)
@once
def complete_service(request: HttpRequest, public_id: str) -> Status[None]:
    """Say that a service was given, where the house cannot see it by itself."""
    serving.complete_service(operator_id=_operator(request), public_id=public_id)
    return Status(204, None)


@router.get("/shops/{slug}/next-steps", response=ListOut[Answer], auth=signed_in)
def list_steps(request: HttpRequest, slug: str) -> Any:
    """What the shop should do next, the order it helps in; `is_done` null where nobody can know. For its staff."""
    shop = goods.shop_for_staff(me(request), slug, Right.TODAY)
    code, found = reads.steps_of(shop.id)
    return {
        "items": [
            {"code": step.code, "is_done": step.is_done, "is_next": step.code == code}
            for step in found
        ]
    }
