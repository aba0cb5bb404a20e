"""Samples of what is on sale: drawn, given to somebody, decided once; what fails is off sale at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import IO

from django.db import transaction

from grapevine.goods import ports
from grapevine.goods.actions.shelves import lift, lock_shop, withhold
from grapevine.goods.contracts import GoodsFailedInspection
from grapevine.goods.models import Goods, Inspection, InspectionPlan
from grapevine.goods.onboarding import AlreadyDecided, Cause
from grapevine.goods.oversight import InspectionNotFound, PlanView
from grapevine.goods.queries import onboarding as reads, oversight as views
from grapevine.goods.rules import sampling as rules
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.signals import facade as signals

NEW = timedelta(days=30)
DEAR_MINOR = 100_000
SEED_MAX = 2**62
BATCH = 500


@transaction.atomic
def draw_plan(
    *, share_bps: int, seed: int, operator_id: int, weights: Mapping[str, int] | None = None
) -> PlanView:
    """Draw a share of everything on sale. The same share, seed and weights over the same goods draw the same.

    Raises BadInput.
    """
    used = rules.WEIGHTS | dict(weights or {})
    if set(used) != set(rules.WEIGHTS) or any(not 0 <= one <= 1000 for one in used.values()):
        raise BadInput(fields={"weights": marked("权重在 0 到 1000 之间")})
    if not 0 < share_bps <= rules.SHARE_WHOLE or used["base"] < 1 or not 0 <= seed < SEED_MAX:
        raise BadInput(fields={"share": marked("比例在 0 到 100% 之间，种子是不小于 0 的整数")})
    weighed = _population(used)
    drawn = rules.draw(
        [(public_id, weight) for public_id, (_, weight) in weighed.items()],
        count=rules.count_of(len(weighed), share_bps), seed=seed,
    )  # fmt: skip
    plan = InspectionPlan.objects.create(
        public_id=new_id(), share_bps=share_bps, seed=seed, weights=used, population=len(weighed),
        by_id=operator_id, drawn_at=clock.now(),
    )  # fmt: skip
    Inspection.objects.bulk_create(
        [
            Inspection(
                public_id=new_id(), plan=plan, goods_id=weighed[one][0], weight=weighed[one][1]
            )
            for one in drawn
        ],
        batch_size=BATCH,
    )
    guard.audit(
        actor_id=operator_id, action="inspection.plan", object=f"plan:{plan.public_id}",
        after={"share_bps": share_bps, "seed": seed, "drawn": len(drawn)},
    )  # fmt: skip
    found = views.plan(plan.public_id)
    assert found is not None
    return found


def _population(weights: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Everything on sale: public id → (id, weight)."""
    ruled, new_since = reads.rules_in_force(), clock.now() - NEW
    rows = list(
        Goods.objects.filter(on_sale=True)
        .order_by("pk")
        .values_list("pk", "public_id", "category", "price_minor", "listed_at")
    )
    complaints = ports.complaints([row[0] for row in rows])
    return {
        public_id: (
            pk,
            rules.weight_of(
                weights, risk=ruled[category].risk if category in ruled else 0,
                is_dear=price >= DEAR_MINOR, is_new=listed_at >= new_since,
                complaints=complaints.get(pk, 0),
            ),
        )
        for pk, public_id, category, price, listed_at in rows
    }  # fmt: skip


@transaction.atomic
def assign_inspection(*, public_id: str, inspector_id: int, operator_id: int) -> None:
    """Give it to somebody. Raises InspectionNotFound or AlreadyDecided."""
    row = _row(public_id)
    if not Inspection.objects.filter(pk=row.pk, state="drawn").update(inspector_id=inspector_id):
        raise AlreadyDecided
    guard.audit(
        actor_id=operator_id, action="inspection.assign", object=f"inspection:{public_id}",
        after={"inspector_id": inspector_id},
    )  # fmt: skip


def _row(public_id: str) -> Inspection:
    row = Inspection.objects.select_related("goods").filter(public_id=public_id).first()
    if row is None:
        raise InspectionNotFound(public_id)
    return row


def record_inspection(
    *,
    public_id: str,
    operator_id: int,
    is_passed: bool,
    finding: str = "",
    report: IO[bytes] | None = None,
) -> None:
    """Write down what was found, once. What failed is off sale at once, and whoever bought it is told.

    A failure says what was wrong and carries a report. Raises BadInput, AlreadyDecided, InspectionNotFound.
    """
    row, said = _row(public_id), finding.strip()
    if not is_passed and (not said or report is None):
        raise BadInput(fields={"finding": marked("不合格要写明问题，并附报告")})
    report_id = media.store_private(owner_id=operator_id, file=report) if report else None
    with transaction.atomic():
        goods, now = row.goods, clock.now()
        shop = lock_shop(goods.shop_id)
        state = "passed" if is_passed else "failed"
        if not Inspection.objects.filter(pk=row.pk, state="drawn").update(
            state=state, finding=said[:400], report_id=report_id, decided_at=now,
            decided_by_id=operator_id,
        ):  # fmt: skip
            raise AlreadyDecided
        guard.audit(
            actor_id=operator_id, action=f"inspection.{state}", object=f"goods:{goods.public_id}",
            after={"finding": said[:400]},
        )  # fmt: skip
        if not is_passed:
            withhold(
                shop_id=shop.pk, cause=Cause.INSPECTION, goods_ids=[goods.pk], reason=said,
                by_id=operator_id,
            )  # fmt: skip
            signals.emit(
                GoodsFailedInspection(
                    shop.pk, shop.owner_id, goods.pk, goods.public_id, goods.title, said[:200],
                    now.isoformat(),
                )
            )  # fmt: skip


@transaction.atomic
def release_goods(*, public_id: str, operator_id: int) -> None:
    """Let goods that failed be sold again, after they were put right."""
    row = _row(public_id)
    lift(
        shop_id=row.goods.shop_id, cause=Cause.INSPECTION, goods_ids=[row.goods_id],
        by_id=operator_id,
    )  # fmt: skip
    guard.audit(
        actor_id=operator_id, action="inspection.release", object=f"goods:{row.goods.public_id}"
    )
