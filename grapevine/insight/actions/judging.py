"""What came of advice: the node over the window that followed, and what this teaches about each kind."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from grapevine.insight.models import Advice, AdviceDraft, AdviceOutcome, AdviceSuccess
from grapevine.insight.queries.situation import nodes_of
from grapevine.insight.queries.windows import local_day, window_of
from grapevine.insight.rules import learning, outcomes, tree
from grapevine.kit import clock

BATCH = 200
LEARN_DAYS = 365
DRIFT_ROWS = 500
WINDOWS = (7, 28)


def judge() -> int:
    """Judge every advice whose window is over: those carried out, and a sample of shops that did nothing; how many."""
    return sum(_judge(row, is_done=True) for row in _done_and_over()) + sum(
        _judge(row, is_done=False) for row in _idle_and_over()
    )


def _done_and_over() -> list[Advice]:
    """Those whose window is over: it begins the day after, so a day more than its length has passed."""
    today = clock.today_start()
    over = Q()
    for days in WINDOWS:
        over |= Q(advice__days=days, done_at__lt=today - timedelta(days=days))
    drafts = AdviceDraft.objects.filter(over, state="done", advice__outcome=None)
    rows = drafts.select_related("advice").order_by("done_at", "id")[:BATCH]
    return [row.advice for row in rows if _last(row.advice, row) < local_day()]


def _idle_and_over() -> list[Advice]:
    """One a shop and week, of shops that carried nothing out around it: what comes of a finding by itself."""
    found: list[Advice] = []
    for days in WINDOWS:
        for late in range(1, 8):
            found += _idle(local_day() - timedelta(days=days + late), days)
    return found


def _idle(day: date, days: int) -> list[Advice]:
    busy = AdviceDraft.objects.filter(
        advice__shop_id=OuterRef("shop_id"), done_at__date__gte=day - timedelta(days=days),
        done_at__date__lte=day + timedelta(days=days),
    )  # fmt: skip
    rows = Advice.objects.filter(day=day, days=days, place=0, outcome=None, draft=None)
    mine = rows.annotate(turn=F("shop_id") % 7).filter(turn=day.toordinal() % 7)
    return list(mine.exclude(Exists(busy)).order_by("id")[:BATCH])


def _last(row: Advice, draft: AdviceDraft | None = None) -> date:
    """The last day of the window that followed: it begins the day after."""
    begun = timezone.localtime(draft.done_at).date() if draft and draft.done_at else row.day
    return begun + timedelta(days=row.days)


def _judge(row: Advice, *, is_done: bool) -> bool:
    draft = AdviceDraft.objects.filter(advice=row).first() if is_done else None
    last = _last(row, draft)
    root = tree.build(window_of(row.shop_id, row.days, last=last)).root
    observed = next((node.now for node in nodes_of(root) if node.name == row.node), 0.0)
    expected = row.now * (_drift(row.node) if is_done else 1.0)
    try:
        with transaction.atomic():
            AdviceOutcome.objects.create(
                advice=row, is_done=is_done, until=last, expected=expected, observed=observed,
                worked=outcomes.worked(observed, expected), judged_at=clock.now(),
                gained_minor=outcomes.gained(
                    observed, expected, now=row.now, before=row.before, gap_minor=row.gap_minor,
                    days=row.days,
                ),
            )  # fmt: skip
    except IntegrityError:
        return False
    return True


def _drift(node: str) -> float:
    """How such a node moves on in shops that did nothing; 1 while too few are known."""
    rows = AdviceOutcome.objects.filter(is_done=False, advice__node=node, expected__gt=0)
    pairs = rows.order_by("-id").values_list("observed", "expected")[:DRIFT_ROWS]
    return outcomes.drift([observed / expected for observed, expected in pairs])


def learn() -> int:
    """Make what is known of each kind and category anew from the outcomes of a year; how many rows."""
    since = clock.now() - timedelta(days=LEARN_DAYS)
    rows = AdviceOutcome.objects.filter(is_done=True, judged_at__gt=since).values_list(
        "advice__kind", "advice__category", "advice__propensity", "worked", "advice__shop_id"
    )
    own: dict[tuple[str, str], list[tuple[float, bool, int]]] = defaultdict(list)
    for kind, category, propensity, worked, shop_id in rows.iterator():
        for key in {(kind, category), (kind, "")}:
            own[key].append((propensity, worked, shop_id))
    made = [_success(kind, category, own) for kind, category in sorted(own)]
    with transaction.atomic():
        AdviceSuccess.objects.all().delete()
        AdviceSuccess.objects.bulk_create(made)
    return len(made)


Known = Mapping[tuple[str, str], Sequence[tuple[float, bool, int]]]


def _success(kind: str, category: str, own: Known) -> AdviceSuccess:
    everywhere, mine = _counts(own[kind, ""]), _counts(own[kind, category])
    a, b = learning.posterior(everywhere, mine) if category else learning.kind_posterior(everywhere)
    rows = own[kind, category]
    return AdviceSuccess(
        kind=kind, category=category, judged=len(rows), worked=sum(worked for _, worked, _ in rows),
        shops=len({shop for _, _, shop in rows}), a=a, b=b,
    )  # fmt: skip


def _counts(rows: Sequence[tuple[float, bool, int]]) -> tuple[float, float]:
    weights = [(learning.weight(propensity), worked) for propensity, worked, _shop in rows]
    return learning.effective(
        sum(one for one, _ in weights), sum(one**2 for one, _ in weights),
        sum(one for one, worked in weights if worked),
    )  # fmt: skip
