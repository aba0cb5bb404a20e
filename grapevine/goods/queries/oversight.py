"""Reads of reviews, plans and inspections."""

from grapevine.goods.models import Goods, GoodsReview, Inspection, InspectionPlan
from grapevine.goods.oversight import (
    InspectionNotFound,
    InspectionView,
    PlanView,
    ReviewNotFound,
    ReviewView,
)
from grapevine.goods.queries import cards
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor


def review_views(rows: list[GoodsReview]) -> list[ReviewView]:
    known = cards.goods_cards([row.goods_id for row in rows])
    bodies = dict(
        Goods.objects.filter(pk__in=[row.goods_id for row in rows]).values_list("pk", "body")
    )
    return [
        ReviewView(
            row.public_id, known[row.goods_id], row.state, row.change,
            tuple((code, detail) for code, detail in row.findings),
            tuple((code, note) for code, note in row.reasons), row.risk, bodies[row.goods_id],
            row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def reviews(
    *, state: str = "waiting", cursor: str | None = None, limit: int | None = None
) -> Page[ReviewView]:
    """Reviews in a state, the riskiest first, then the oldest."""
    size, start = clamp(limit), decode_cursor(cursor, [int])[0] if cursor else 0
    rows = GoodsReview.objects.filter(state=state).order_by("-risk", "id")
    found = list(rows[start : start + size + 1])
    more = encode_cursor(start + size) if len(found) > size else None
    return Page(review_views(found[:size]), more)


def review(public_id: str) -> ReviewView:
    row = GoodsReview.objects.filter(public_id=public_id).first()
    if row is None:
        raise ReviewNotFound(public_id)
    return review_views([row])[0]


def last_review(goods_id: int) -> ReviewView | None:
    """What was last said about goods, for their shop's desk."""
    row = GoodsReview.objects.filter(goods_id=goods_id).order_by("-id").first()
    return review_views([row])[0] if row else None


def plans(*, limit: int = 30) -> list[PlanView]:
    """Sampling plans, newest first."""
    return [_plan(row) for row in InspectionPlan.objects.order_by("-id")[:limit]]


def _plan(row: InspectionPlan) -> PlanView:
    states = list(Inspection.objects.filter(plan=row).values_list("state", flat=True))
    return PlanView(
        row.public_id, row.share_bps, row.seed, row.weights, row.population, len(states),
        states.count("drawn"), states.count("failed"), row.drawn_at,
    )  # fmt: skip


def plan(public_id: str) -> PlanView | None:
    row = InspectionPlan.objects.filter(public_id=public_id).first()
    return _plan(row) if row else None


def inspections(
    *, plan: str = "", state: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[InspectionView]:
    """Inspections of a plan or of all, in the order they were drawn."""
    size = clamp(limit)
    rows = Inspection.objects.select_related("plan").order_by("id")
    if plan:
        rows = rows.filter(plan__public_id=plan)
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__gt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    known = cards.goods_cards([row.goods_id for row in found])
    views = [
        InspectionView(
            row.public_id, row.plan.public_id, known[row.goods_id], row.weight, row.inspector_id,
            row.state, row.finding, row.report_id is not None, row.decided_at,
        )
        for row in found[:size]
    ]  # fmt: skip
    return Page(views, more)


def plan_of(inspection_id: str) -> str:
    """The plan of an inspection."""
    return _inspection(inspection_id).plan.public_id


def report_file(inspection_id: str) -> int:
    """The private file of an inspection's report."""
    found = _inspection(inspection_id).report_id
    if found is None:
        raise InspectionNotFound(inspection_id)
    return found


def _inspection(public_id: str) -> Inspection:
    row = Inspection.objects.select_related("plan").filter(public_id=public_id).first()
    if row is None:
        raise InspectionNotFound(public_id)
    return row
