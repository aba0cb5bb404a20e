"""Drafting, starting, changing, stopping and deciding experiments. Who may is asked above, and so is the trail written."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.kit.text import marked
from grapevine.signals import drawing
from grapevine.signals.actions import emit
from grapevine.signals.experiments import (
    GUARDS,
    NAME_MAX,
    PLANNED_MAX,
    PLATFORM,
    REASON_MAX,
    WHOLE_BPS,
    WINDOW_DAYS_MAX,
    ExperimentMoved,
    ExperimentNotFound,
    ExperimentStopped,
    ExperimentView,
    Guarding,
    Knob,
    LayerFull,
    LayerOfOthers,
    NewExperiment,
    ShareVersion,
    State,
    UnitKind,
    WrongExperiment,
)
from grapevine.signals.knobs import knob_of, knobs
from grapevine.signals.models import Assignment, ClusterMember, Experiment, Layer, ShareChange

MIN_EFFECT_BPS_MAX = 100_000
PRICES = ("price", "discount")
"""How names of what may not be tried begin: the same goods cost everybody the same (PIPL, article 24)."""
DUE_MAX = 1_000
END_DAY = "end_day"
"""The reason of a stop that was planned."""


@transaction.atomic
def draft_experiment(*, new: NewExperiment, shop_id: int, by_id: int | None) -> ExperimentView:
    """Write it down; nobody is asked yet. Raises WrongExperiment."""
    knob = _checked(new, shop_id)
    row = Experiment.objects.create(
        shop_id=shop_id, knob=knob.name, name=new.name.strip(), hypothesis=new.hypothesis.strip(),
        unit=new.unit, layer=new.layer.strip() or knob.name, control=knob.control,
        primary=new.primary, guardrails=dict(new.guardrails), min_effect_bps=new.min_effect_bps,
        window_days=new.window_days, planned_units=new.planned_units, ends_on=new.ends_on,
        shares=_ordered(knob, new.shares), traffic_bps=new.traffic_bps, made_at=clock.now(),
        made_by=by_id,
    )  # fmt: skip
    _keep_shares(row, by_id)
    return _view(row)


def _checked(new: NewExperiment, shop_id: int) -> Knob:
    if new.knob.split(".")[-1].startswith(PRICES):
        raise WrongExperiment(
            fields={"knob": marked("价格不能拿来做实验：同一件商品，谁来看都是一个价")}
        )
    known = {knob.name: knob for knob in knobs()}
    knob = known.get(new.knob)
    if knob is None or (shop_id == PLATFORM and not knob.for_platform):
        raise WrongExperiment(fields={"knob": marked("没有这个可以试的地方")})
    wrong = _wrong_words(new) | _wrong_numbers(new) | _wrong_shares(knob, new.shares)
    if new.unit not in knob.units:
        wrong["unit"] = marked("这个地方不能按它分组")
    if new.primary not in knob.measures:
        wrong["primary"] = marked("这个地方没有这个指标")
    if not set(new.guardrails.values()) <= {str(one) for one in Guarding}:
        wrong["guardrails"] = marked("护栏只能提醒或停止")
    elif "unit" not in wrong and not set(new.guardrails) <= set(GUARDS.get(UnitKind(new.unit), ())):
        wrong["guardrails"] = marked("这样分组看不了这条护栏")
    if new.ends_on is not None and new.ends_on <= timezone.localdate():
        wrong["ends_on"] = marked("结束日要在今天之后")
    if wrong:
        raise WrongExperiment(fields=wrong)
    return knob


def _wrong_words(new: NewExperiment) -> dict[str, str]:
    wrong = {}
    if not 1 <= len(new.name.strip()) <= NAME_MAX:
        wrong["name"] = marked("名字写 1 到 60 个字")
    if not 1 <= len(new.hypothesis.strip()) <= REASON_MAX:
        wrong["hypothesis"] = marked("写下假设：你觉得会怎样，为什么，最多 300 个字")
    if len(new.layer.strip()) > 40:
        wrong["layer"] = marked("层的名字最多 40 个字")
    return wrong


def _wrong_numbers(new: NewExperiment) -> dict[str, str]:
    wrong = {}
    if not 1 <= new.traffic_bps <= WHOLE_BPS:
        wrong["traffic"] = marked("流量在 0.01% 到 100% 之间")
    if not 1 <= new.min_effect_bps <= MIN_EFFECT_BPS_MAX:
        wrong["min_effect"] = marked("最小提升在 0.01% 到 1000% 之间")
    if not 1 <= new.window_days <= WINDOW_DAYS_MAX:
        wrong["window_days"] = marked("观察期在 1 到 28 天之间")
    if not 2 <= new.planned_units <= PLANNED_MAX:
        wrong["planned_units"] = marked("计划的人数至少 2，最多一千万")
    return wrong


def _wrong_shares(knob: Knob, shares: Mapping[str, int]) -> dict[str, str]:
    names = {arm.name for arm in knob.arms}
    used = [arm for arm, share in shares.items() if share > 0]
    if not set(shares) <= names or min(shares.values(), default=0) < 0:
        return {"shares": marked("有一组不认识")}
    if sum(shares.values()) != WHOLE_BPS or len(used) < 2 or knob.control not in used:
        return {"shares": marked("至少两组（要有对照组），加起来是 100%")}
    return {}


def _ordered(knob: Knob, shares: Mapping[str, int]) -> dict[str, int]:
    return {arm.name: shares[arm.name] for arm in knob.arms if shares.get(arm.name)}


def _keep_shares(row: Experiment, by_id: int | None) -> None:
    ShareChange.objects.create(
        experiment=row, number=row.version, shares=row.shares, traffic_bps=row.traffic_bps,
        since=clock.now(), by_id=by_id,
    )  # fmt: skip


@transaction.atomic
def start_experiment(*, public_id: str, shop_id: int) -> ExperimentView:
    """Give it its part of the layer and begin. Raises ExperimentMoved, LayerFull, LayerOfOthers."""
    row = _row(public_id, shop_id)
    first = _part_of_layer(row, row.traffic_bps)
    newest = ClusterMember.objects.order_by("-clustering").values_list("clustering", flat=True)[:1]
    drafts = Experiment.objects.filter(pk=row.pk, state=State.DRAFT)
    if not drafts.update(
        state=State.RUNNING, started_at=clock.now(), first_slot=first,
        clustering=next(iter(newest), 0) if row.unit == UnitKind.CLUSTER else 0,
    ):  # fmt: skip
        raise ExperimentMoved(public_id)
    return experiment_of(public_id, shop_id)


def _part_of_layer(row: Experiment, count: int) -> int:
    """Where a part of `count` slots begins that no other running experiment of the layer has. Holds the layer's row.

    Its own old part is given back first; it stays where it is if it can.
    """
    Layer.objects.get_or_create(shop_id=row.shop_id, name=row.layer)
    Layer.objects.filter(shop_id=row.shop_id, name=row.layer).update(taken=F("taken") + 1)
    running = Experiment.objects.filter(
        shop_id=row.shop_id, layer=row.layer, state=State.RUNNING
    ).exclude(pk=row.pk)
    others = list(running.values_list("first_slot", "traffic_bps", "unit"))
    if any(unit != row.unit for _first, _size, unit in others):
        raise LayerOfOthers(row.public_id)
    taken = [(first, size) for first, size, _unit in others]
    if row.state == State.RUNNING and _is_free(taken, row.first_slot, count):
        return row.first_slot
    found = drawing.free_part(taken, count)
    if found is None:
        raise LayerFull(row.public_id)
    return found


def _is_free(taken: Sequence[tuple[int, int]], first: int, count: int) -> bool:
    fits = first + count <= WHOLE_BPS
    return fits and all(first + count <= at or at + size <= first for at, size in taken)


@transaction.atomic
def change_shares(
    *, public_id: str, shop_id: int, shares: Mapping[str, int], traffic_bps: int, by_id: int | None
) -> ExperimentView:
    """A new version of the shares; who was exposed keeps the arm they have. Raises WrongExperiment, LayerFull."""
    row = _row(public_id, shop_id)
    wrong = _wrong_shares(knob_of(row.knob), shares)
    if not 1 <= traffic_bps <= WHOLE_BPS:
        wrong["traffic"] = marked("流量在 0.01% 到 100% 之间")
    if wrong:
        raise WrongExperiment(fields=wrong)
    first = _part_of_layer(row, traffic_bps) if row.state == State.RUNNING else 0
    ordered = _ordered(knob_of(row.knob), shares)
    open_ = Experiment.objects.filter(
        pk=row.pk, state__in=[State.DRAFT, State.RUNNING], version=row.version
    )
    if not open_.update(
        shares=ordered, traffic_bps=traffic_bps, first_slot=first, version=F("version") + 1
    ):
        raise ExperimentMoved(public_id)
    row.refresh_from_db()
    _keep_shares(row, by_id)
    return _view(row)


@transaction.atomic
def stop_experiment(*, public_id: str, shop_id: int, reason: str) -> ExperimentView:
    """From the next request on nobody is asked. Raises ExperimentMoved, WrongExperiment."""
    row = _row(public_id, shop_id)
    if not _stop(row, _reason(reason)):
        raise ExperimentMoved(public_id)
    return experiment_of(public_id, shop_id)


def _stop(row: Experiment, reason: str) -> bool:
    """Whether it ran until now."""
    now = clock.now()
    running = Experiment.objects.filter(pk=row.pk, state=State.RUNNING)
    stopped = running.update(state=State.STOPPED, stopped_at=now, stop_reason=reason)
    if stopped:
        owner = row.shop_id or None
        emit(ExperimentStopped(row.public_id, owner, row.knob, row.name, reason, now.isoformat()))
    return bool(stopped)


@transaction.atomic
def decide_experiment(
    *, public_id: str, shop_id: int, arm: str, reason: str, is_lasting: bool = True
) -> ExperimentView:
    """Say which arm it is to be, and why. Where the knob allows it, it is in force for its owner's pages from then on.

    An earlier decision about the same knob of the same owner ends. Raises ExperimentMoved, WrongExperiment.
    """
    row = _row(public_id, shop_id)
    if arm not in row.shares:
        raise WrongExperiment(fields={"arm": marked("选其中的一组")})
    lasts = is_lasting and knob_of(row.knob).can_last
    stopped = Experiment.objects.filter(pk=row.pk, state=State.STOPPED)
    if not stopped.update(
        state=State.DECIDED, decided_at=clock.now(), decision=arm, decision_reason=_reason(reason),
        is_in_force=lasts,
    ):  # fmt: skip
        raise ExperimentMoved(public_id)
    others = Experiment.objects.filter(shop_id=shop_id, knob=row.knob, is_in_force=True)
    others.exclude(pk=row.pk).update(is_in_force=False)
    return experiment_of(public_id, shop_id)


def _reason(text: str) -> str:
    given = text.strip()
    if not 1 <= len(given) <= REASON_MAX:
        raise WrongExperiment(fields={"reason": marked("写下理由，最多 300 个字")})
    return given


def drop_draft(*, public_id: str, shop_id: int) -> None:
    """A draft was never seen by anybody: nothing is left of it."""
    _row(public_id, shop_id)
    found = Experiment.objects.filter(public_id=public_id, shop_id=shop_id, state=State.DRAFT)
    if not found.delete()[0]:
        raise ExperimentMoved(public_id)


def experiment_of(public_id: str, shop_id: int | None = None) -> ExperimentView:
    """With the versions of its shares; of this owner, or of anybody with None. Two queries."""
    row = _row(public_id, shop_id)
    changes = ShareChange.objects.filter(experiment=row).order_by("number")[:200]
    versions = [ShareVersion(one.number, one.shares, one.traffic_bps, one.since) for one in changes]
    return _view(row, versions)


def experiments(
    shop_id: int | None = None, *, state: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Page[ExperimentView]:  # fmt: skip
    """Newest first; of one owner, or of all with None. One query."""
    size = clamp(limit)
    rows = _of(shop_id).order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([_view(row) for row in found[:size]], more)


def read_experiments() -> list[ExperimentView]:
    """Those that run, or stopped within the last month and may still have somebody under watch; at most 500."""
    since = clock.now() - timedelta(days=WINDOW_DAYS_MAX + 2)
    rows = Experiment.objects.exclude(state=State.DRAFT).filter(
        Q(state=State.RUNNING) | Q(stopped_at__gte=since)
    )
    return [experiment_of(row.public_id) for row in rows.order_by("-id")[:500]]


def set_clusters(members: Mapping[int, int]) -> int:
    """Keep a new counting of the share communities (person → community); returns its number.

    What no running experiment draws by, and is not the newest, is dropped.
    """
    with transaction.atomic():
        newest = ClusterMember.objects.order_by("-clustering").values_list("clustering", flat=True)
        number = next(iter(newest[:1]), 0) + 1
        ClusterMember.objects.bulk_create(
            (
                ClusterMember(clustering=number, person_id=person, cluster=cluster)
                for person, cluster in members.items()
            ),
            batch_size=2_000,
        )
        used = Experiment.objects.filter(state=State.RUNNING).values_list("clustering", flat=True)
        ClusterMember.objects.exclude(clustering__in={number, *used}).delete()
    return number


def forget_unit(person_id: int) -> None:
    """Take a person out of what was drawn; the log is another's work."""
    Assignment.objects.filter(person_id=person_id).delete()
    ClusterMember.objects.filter(person_id=person_id).delete()


def tidy_experiments() -> None:
    """Stop what has come to its end day, and drop who was drawn ninety days after a stop."""
    due = Experiment.objects.filter(state=State.RUNNING, ends_on__lte=timezone.localdate())
    for row in due.order_by("id")[:DUE_MAX]:
        with transaction.atomic():
            _stop(row, END_DAY)
    long_ago = clock.now() - timedelta(days=90)
    Assignment.objects.filter(experiment__stopped_at__lt=long_ago).delete()


def _of(shop_id: int | None) -> Any:
    return (
        Experiment.objects.all() if shop_id is None else Experiment.objects.filter(shop_id=shop_id)
    )


def _row(public_id: str, shop_id: int | None) -> Experiment:
    row: Experiment | None = _of(shop_id).filter(public_id=public_id).first()
    if row is None:
        raise ExperimentNotFound(public_id)
    return row


def _view(row: Experiment, versions: Sequence[ShareVersion] = ()) -> ExperimentView:
    return ExperimentView(
        id=row.pk, public_id=row.public_id, shop_id=row.shop_id, knob=knob_of(row.knob),
        name=row.name, hypothesis=row.hypothesis, unit=UnitKind(row.unit), layer=row.layer,
        control=row.control, primary=row.primary, guardrails=row.guardrails,
        min_effect_bps=row.min_effect_bps, window_days=row.window_days,
        planned_units=row.planned_units, ends_on=row.ends_on, state=State(row.state),
        shares=row.shares, traffic_bps=row.traffic_bps, version=row.version,
        is_in_force=row.is_in_force, made_at=row.made_at, started_at=row.started_at,
        stopped_at=row.stopped_at, stop_reason=row.stop_reason, decided_at=row.decided_at,
        decision=row.decision, decision_reason=row.decision_reason, versions=versions,
    )  # fmt: skip
