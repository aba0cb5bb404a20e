"""Experiments over the API: the operators', and a shop's own."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.insight.actions import trials as actions
from grapevine.insight.queries import trials as reads
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import BadInput, NotFound
from grapevine.kit.pages import me
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.signals.facade import PLATFORM, NewExperiment, State

router = Router(tags=["experiments"])
Answer = dict[str, Any]


class ExperimentIn(Schema):
    """`shares`: arm → bps, together 10,000. `guardrails`: refunds, reports, hides → warn or stop."""

    knob: str = Field(max_length=40)
    name: str = Field(max_length=60)
    hypothesis: str = Field(max_length=300)
    primary: str = Field(max_length=20)
    unit: str = Field("person", max_length=10)
    shares: dict[str, int]
    traffic_bps: int = 10_000
    guardrails: dict[str, str] = {}
    min_effect_bps: int = 500
    window_days: int = 7
    planned_units: int = 2_000
    layer: str = Field("", max_length=40)
    ends_on: date | None = None


class MoveIn(Schema):
    """`move`: start, shares (with `shares` and `traffic_bps`), stop (`reason`), decide (`arm`, `reason`) or drop."""

    move: str = Field(max_length=10)
    reason: str = Field("", max_length=300)
    arm: str = Field("", max_length=20)
    shares: dict[str, int] = {}
    traffic_bps: int = 0


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else there is nothing here."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


def _told(found: reads.Trial) -> Answer:
    one = found.one
    return {
        "id": one.public_id, "knob": one.knob.name, "name": one.name, "hypothesis": one.hypothesis,
        "state": str(one.state), "unit": str(one.unit), "layer": one.layer, "control": one.control,
        "primary": one.primary, "shares": dict(one.shares), "traffic_bps": one.traffic_bps,
        "version": one.version, "guardrails": dict(one.guardrails), "min_effect_bps": one.min_effect_bps,
        "window_days": one.window_days, "planned_units": one.planned_units, "ends_on": one.ends_on,
        "started_at": one.started_at, "stopped_at": one.stopped_at, "stop_reason": one.stop_reason,
        "decision": one.decision, "decision_reason": one.decision_reason, "in_force": one.is_in_force,
        "read_at": found.as_of, "reading": found.body,
    }  # fmt: skip


def _page(owner: int | None, state: str, cursor: str | None, limit: int | None) -> Answer:
    if state not in {"", *State}:
        raise BadInput(fields={"state": marked("状态只能是 draft、running、stopped、decided")})
    page = reads.trials(owner, state=state, cursor=cursor, limit=limit)
    return {"items": [_told(row) for row in page.items], "next_cursor": page.next_cursor}


def _draft(actor_id: int, shop_id: int, body: ExperimentIn) -> Status[Any]:
    new = NewExperiment(**body.dict())
    made = actions.draft_trial(actor_id=actor_id, shop_id=shop_id, new=new)
    return Status(201, _told(reads.Trial(made, None, None)))


def _move(actor_id: int, owner: int | None, public_id: str, body: MoveIn) -> Status[Any]:
    one = signals.experiment_of(public_id, owner)
    actions.move_trial(
        actor_id=actor_id, one=one, move=body.move, reason=body.reason, arm=body.arm,
        shares=body.shares, traffic_bps=body.traffic_bps,
    )  # fmt: skip
    return Status(204, None)


@router.get("/operator/experiments", response=ListOut[Answer], auth=signed_in)
def list_experiments(
    request: HttpRequest, state: str = "", cursor: str | None = None, limit: int | None = None
) -> Any:
    """Everybody's, newest first; `reading` is what was last read from the log."""
    _operator(request)
    return _page(None, state, cursor, limit)


@router.get("/operator/experiments/proof", response=Answer, auth=signed_in)
def read_proof(request: HttpRequest) -> Any:
    """The latest run of experiments in which nothing differs: how many would have been believed, and the p-values in tenths."""
    _operator(request)
    found = reads.latest_proof()
    return {"day": found.day, **found.body} if found else {"day": None}


@router.post("/operator/experiments", response={201: Answer}, auth=signed_in)
@once
def draft_experiment(request: HttpRequest, body: ExperimentIn) -> Status[Any]:
    """Draft one of the platform's."""
    return _draft(_operator(request), PLATFORM, body)


@router.get("/operator/experiments/{public_id}", response=Answer, auth=signed_in)
def read_experiment(request: HttpRequest, public_id: str) -> Any:
    """One with its reading: arms, intervals that hold at every look, guardrails, every day since it began."""
    _operator(request)
    return _told(reads.trial_of(public_id, None))


@router.post("/operator/experiments/{public_id}/moves", response={204: None}, auth=signed_in)
@once
def move_experiment(request: HttpRequest, public_id: str, body: MoveIn) -> Status[None]:
    """Take it on by one step."""
    return _move(_operator(request), None, public_id, body)


@router.get("/shops/{slug}/experiments", response=ListOut[Answer], auth=signed_in)
def list_shop_experiments(
    request: HttpRequest, slug: str, state: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """The shop's own, newest first."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return _page(shop.id, state, cursor, limit)


@router.post("/shops/{slug}/experiments", response={201: Answer}, auth=signed_in)
@once
def draft_shop_experiment(request: HttpRequest, slug: str, body: ExperimentIn) -> Status[Any]:
    """Draft one of the shop's own."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    return _draft(me(request), shop.id, body)


@router.get("/shops/{slug}/experiments/{public_id}", response=Answer, auth=signed_in)
def read_shop_experiment(request: HttpRequest, slug: str, public_id: str) -> Any:
    """One of the shop's own, with its reading."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return _told(reads.trial_of(public_id, shop.id))


@router.post("/shops/{slug}/experiments/{public_id}/moves", response={204: None}, auth=signed_in)
@once
def move_shop_experiment(
    request: HttpRequest, slug: str, public_id: str, body: MoveIn
) -> Status[None]:
    """Take one of the shop's own on by one step."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    return _move(me(request), shop.id, public_id, body)
