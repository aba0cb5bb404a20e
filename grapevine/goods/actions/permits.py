"""Papers that run out, and categories that ask for them."""

from collections.abc import Sequence

from django.db import transaction

from grapevine.goods.actions.shelves import lift, lock_shop, withhold
from grapevine.goods.models import CategoryRule, Document, Goods, Shop, Withholding
from grapevine.goods.onboarding import Cause, DocumentRunsOut, Paper, RuleView
from grapevine.goods.queries import onboarding as reads
from grapevine.goods.rules import onboarding as rules
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

RISK_MAX = 3


def watch_documents() -> int:
    """Tell of papers that run out in 30, 7 or 1 days and that have; judge every shop this concerns. News told."""
    told = 0
    dated = Document.objects.filter(state="accepted").exclude(until=None)
    for shop_id in dated.order_by("shop_id").values_list("shop_id", flat=True).distinct():
        told += _tell(shop_id)
        judge_permits(shop_id)
    return told


@transaction.atomic
def _tell(shop_id: int) -> int:
    shop, today, now = lock_shop(shop_id), reads.today(), clock.now()
    told = 0
    rows = Document.objects.filter(shop=shop, state="accepted").exclude(until=None).order_by("id")
    for row in rows:
        days = rules.reminder(row.until, today, row.told_days) if row.until else None
        if days is None:
            continue
        Document.objects.filter(pk=row.pk).update(told_days=days)
        signals.emit(
            DocumentRunsOut(
                shop_id, shop.owner_id, row.public_id, row.kind, row.permit, days, now.isoformat()
            )
        )
        told += 1
    return told


def supersede(shop_id: int) -> int:
    """Set aside what a later accepted paper took the place of, looked at or not; how many. The shop is locked.

    They stay on record; they count no more, and nobody is told when they run out.
    """
    rows = Document.objects.filter(shop_id=shop_id, state__in=("given", "accepted"))
    current: list[Document] = []
    gone = 0
    for row in rows.order_by("-id"):
        by = next((one for one in current if rules.replaces(_named(one), _named(row))), None)
        if by is not None:
            gone += Document.objects.filter(pk=row.pk).update(state="replaced", replaced_by=by)
        elif row.state == "accepted":
            current.append(row)
    return gone


def _named(row: Document) -> rules.Named:
    return row.kind, row.permit, row.number


@transaction.atomic
def judge_permits(shop_id: int) -> int:
    """Hold a shop and its goods against its papers; how many reasons came or went.

    Goods of a category whose permit is missing or over stop selling, and come back with a valid one. So does the
    whole shop with its licence. A shop that was never asked for papers is left alone where nothing asks for any.
    """
    lock_shop(shop_id)
    papers, today = reads.papers(shop_id, accepted=True), reads.today()
    changed = _judge_licence(shop_id, papers)
    ruled = {name: rule for name, rule in reads.rules_in_force().items() if rule.permits}
    rows = Goods.objects.filter(shop_id=shop_id, category__in=ruled).values_list("pk", "category")
    lacking = {
        name: missing
        for name, rule in ruled.items()
        if (missing := rules.missing_permits(rule, papers, today))
    }
    bad = [pk for pk, category in rows if category in lacking]
    held = set(
        Withholding.objects.filter(
            shop_id=shop_id, cause=Cause.PERMIT, goods__isnull=False, lifted_at=None
        ).values_list("goods_id", flat=True)
    )
    why = "、".join(sorted({one for missing in lacking.values() for one in missing}))
    fresh, cured = [pk for pk in bad if pk not in held], sorted(held - set(bad))
    if fresh:
        changed += withhold(
            shop_id=shop_id, cause=Cause.PERMIT, goods_ids=fresh, reason=f"permits:{why}"
        )
    if cured:
        changed += lift(shop_id=shop_id, cause=Cause.PERMIT, goods_ids=cured)
    return changed


def _judge_licence(shop_id: int, papers: Sequence[Paper]) -> int:
    today = reads.today()
    over = False
    for kind in ("licence", "identity"):
        own = [paper for paper in papers if paper.kind == kind]
        if own and all(paper.until is not None and paper.until < today for paper in own):
            over = True
    change = withhold if over else lift
    return change(shop_id=shop_id, cause=Cause.LICENCE)


@transaction.atomic
def set_rule(*, rule: RuleView, operator_id: int) -> RuleView:
    """What selling a category takes from now on, as a new version; every shop that offers it is judged.

    Raises BadInput.
    """
    wrong: dict[str, str] = {}
    category = rule.category.strip()
    if not 1 <= len(category) <= 20:
        wrong["category"] = marked("类目名 1 到 20 个字")
    if any(permit not in rules.PERMITS for permit in rule.permits):
        wrong["permits"] = marked("选是哪一种许可证")
    if not 0 <= rule.risk <= RISK_MAX:
        wrong["risk"] = marked("风险在 0 到 3 之间")
    if any(not 1 <= len(name) <= 20 for name in rule.required) or len(rule.required) > 20:
        wrong["required"] = marked("必填参数名 1 到 20 个字，最多 20 个")
    if not 0 <= rule.deposit_minor <= 10**10:
        wrong["deposit"] = marked("金额不对")
    if wrong:
        raise BadInput(fields=wrong)
    before = reads.rules_in_force([category]).get(category)
    made = CategoryRule.objects.create(
        category=category, version=before.version + 1 if before else 1, permits=list(rule.permits),
        required=list(rule.required), risk=rule.risk, is_forbidden=rule.is_forbidden,
        deposit_minor=rule.deposit_minor, by_id=operator_id, at=clock.now(),
    )  # fmt: skip
    guard.audit(
        actor_id=operator_id, action="category.rule", object=f"category:{category}",
        before={"version": made.version - 1}, after={"version": made.version},
    )  # fmt: skip
    offering = Goods.objects.filter(category=category).order_by("shop_id")
    for shop_id in Shop.objects.filter(pk__in=offering.values("shop_id")).values_list(
        "pk", flat=True
    ):
        judge_permits(shop_id)
    return reads.rules_in_force([category])[category]
