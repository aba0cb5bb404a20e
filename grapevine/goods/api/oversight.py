"""Goods judged and sampled, over the API, for operators; and what their shop is told."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from grapevine.goods import access
from grapevine.goods.actions import auditing, inspecting
from grapevine.goods.api.opening import operator, paper_answer
from grapevine.goods.contracts import Right
from grapevine.goods.oversight import InspectionView, ReviewView
from grapevine.goods.queries import cards, oversight as reads
from grapevine.goods.queries.onboarding import withheld_goods
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["judging goods"])
Answer = dict[str, Any]


class VerdictIn(Schema):
    is_passed: bool
    reason: str = Field("", max_length=20)
    note: str = Field("", max_length=200)


class InspectionPlanIn(Schema):
    """`share_bps` of everything on sale, in basis points: 500 is 5 %."""

    share_bps: int = Field(ge=1, le=10_000)
    seed: int = Field(ge=0, lt=2**62)
    weights: dict[str, int] = Field(default_factory=dict, max_length=10)


class InspectorIn(Schema):
    inspector_id: int = Field(ge=1, lt=2**62)


def _review(view: ReviewView) -> Answer:
    told = asdict(view)
    told["goods"] = {
        "public_id": view.goods.public_id, "title": view.goods.title, "shop": view.goods.shop_slug,
        "on_sale": view.goods.on_sale,
    }  # fmt: skip
    return told


def _inspection(view: InspectionView) -> Answer:
    return asdict(view) | {"goods": view.goods.public_id}


@router.get("/shops/{slug}/goods/{public_id}/review", response=Answer, auth=signed_in)
def goods_review(request: HttpRequest, slug: str, public_id: str) -> Any:
    """What the checks last said of goods, and what keeps them from being sold; for their shop."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    goods = access.goods_for_shop(shop.id, public_id)
    last = reads.last_review(goods.pk)
    held = withheld_goods([goods.pk]).get(goods.pk, [])
    return {"review": _review(last) if last else None, "withheld": [asdict(one) for one in held]}


@router.get("/operator/reviews", response=ListOut[Answer], auth=signed_in)
def list_reviews(
    request: HttpRequest, state: str = "waiting", cursor: str | None = None, limit: int | None = None
) -> Any:  # fmt: skip
    """Goods and changes of goods in a state, the riskiest first."""
    operator(request)
    page = reads.reviews(state=state, cursor=cursor, limit=limit)
    return {"items": [_review(one) for one in page.items], "next_cursor": page.next_cursor}


@router.put("/operator/reviews/{public_id}/decision", response=Answer, auth=signed_in)
@once
def decide_goods(request: HttpRequest, public_id: str, body: VerdictIn) -> Any:
    """Let it pass, or reject it with a reason, once."""
    who = operator(request)
    reasons = [(body.reason, body.note)] if body.reason else []
    return _review(
        auditing.decide_goods(
            public_id=public_id, operator_id=who, is_passed=body.is_passed, reasons=reasons
        )
    )


@router.get("/operator/inspection-plans", response=ListOut[Answer], auth=signed_in)
def list_plans(request: HttpRequest) -> Any:
    """Sampling plans, newest first."""
    operator(request)
    return {"items": [asdict(one) for one in reads.plans()]}


@router.post("/operator/inspection-plans", response={201: Answer}, auth=signed_in)
@once
def draw_plan(request: HttpRequest, body: InspectionPlanIn) -> Status[Any]:
    """Draw a sample of what is on sale; the same share, seed and weights draw the same."""
    who = operator(request)
    made = inspecting.draw_plan(
        share_bps=body.share_bps, seed=body.seed, weights=body.weights, operator_id=who
    )
    return Status(201, asdict(made))


@router.get("/operator/inspections", response=ListOut[Answer], auth=signed_in)
def list_inspections(
    request: HttpRequest,
    plan: str = "",
    state: str = "",
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Inspections in the order they were drawn."""
    operator(request)
    page = reads.inspections(plan=plan, state=state, cursor=cursor, limit=limit)
    return {"items": [_inspection(one) for one in page.items], "next_cursor": page.next_cursor}


@router.put("/operator/inspections/{public_id}/inspector", response=Answer, auth=signed_in)
@once
def assign_inspection(request: HttpRequest, public_id: str, body: InspectorIn) -> Any:
    """Give an inspection to somebody."""
    who = operator(request)
    inspecting.assign_inspection(
        public_id=public_id, inspector_id=body.inspector_id, operator_id=who
    )
    return {"public_id": public_id, "inspector_id": body.inspector_id}


@router.post("/operator/inspections/{public_id}/result", response=Answer, auth=signed_in)
def record_inspection(
    request: HttpRequest,
    public_id: str,
    is_passed: Form[bool],
    finding: Form[str] = "",
    report: File[UploadedFile | None] = None,
) -> Any:
    """Write down what was found, once; a failure says what and carries a report, and is off sale at once."""
    who = operator(request)
    inspecting.record_inspection(
        public_id=public_id, operator_id=who, is_passed=is_passed, finding=finding, report=report
    )  # fmt: skip
    return {"public_id": public_id, "is_passed": is_passed}


@router.get("/operator/inspections/{public_id}/report", auth=signed_in)
def read_report(request: HttpRequest, public_id: str) -> HttpResponse:
    """The report of an inspection, as it was handed in."""
    operator(request)
    return paper_answer(request, reads.report_file(public_id), public_id)
