"""Experiments, read from the log: who was exposed first when and to which arm, and what they did in the days that followed.

A unit is watched for the experiment's window from its first exposure and counts once that is over; what it did in the
28 days before is what the effect is adjusted by. Of a share community those count who came within the window of its
first. Goods are watched by what everybody did with them; a group that was opened within the window has a week to fill.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import ibis
import numpy as np
from django.db import transaction
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.guard import facade as guard
from grapevine.insight import circles, engine, lake, metrics, stitching, trialgoods
from grapevine.insight.models import TrialProof, TrialReading
from grapevine.insight.rules.trials.drawing import aa
from grapevine.insight.rules.trials.effects import DAY, Units
from grapevine.insight.rules.trials.telling import Asked, told
from grapevine.kit import clock
from grapevine.signals import facade as signals
from grapevine.signals.facade import EXPOSED, ExperimentView, UnitKind

BEFORE_DAYS = 28
CLOCK_SECONDS = 60
"""A page's clock may be behind ours by so much and its events still follow what was shown."""
FILL_DAYS = 7
SIGNS = (*stitching.SIGNED_IN, stitching.SIGNED_OUT, stitching.SWITCHED)
OUTCOMES = (*metrics.SEEN, metrics.PAID, *trialgoods.GAVE_BACK, trialgoods.CASE, "report", "hide")
OF_PEOPLE = (
    "shown",
    "clicks",
    "orders",
    "paid_minor",
    "refunded_minor",
    "reports",
    "hides",
    "seen",
    "cases",
    "disputes",
)
BEFORE = 8
"""So many of the columns say what was before; what guardrails alone watch is too rare to foretell anything."""
PROOF_DAYS, PROOF_WINDOW, PROOF_PEOPLE, PROOF_DRAWS, PROOF_LOOKS = 42, 3, 4_000, 200, 12


@dataclass(frozen=True, slots=True)
class Frame:
    """What is read of the log: `first` and `last` are the seconds between which somebody may first be exposed."""

    kind: UnitKind
    shop_id: int
    surface: str
    window_days: int
    first: datetime
    last: datetime
    until: datetime
    with_margin: bool = False
    """Goods only: what pieces left over their cost is read too."""

    @property
    def days(self) -> list[Any]:
        """Local days the log is read of: the days before, and those under watch."""
        start = timezone.localtime(self.first).date() - timedelta(days=BEFORE_DAYS)
        end = timezone.localtime(self.until).date()
        return [day for day in lake.days() if start <= day <= end]


def read(one: ExperimentView) -> dict[str, Any] | None:
    """What is to be told of it now; None while nobody was exposed."""
    assert one.started_at is not None
    now = clock.now()
    frame = Frame(
        one.unit, one.shop_id, one.knob.surface, one.window_days, one.started_at,
        one.stopped_at or now, now, "margin" in one.guardrails,
    )  # fmt: skip
    arms = [one.control, *(arm for arm in one.shares if arm != one.control)]
    for version in one.versions:
        arms += [arm for arm in version.shares if arm not in arms]
    found = units_of(frame, one.public_id, arms)
    if found is None:
        return None
    units, mixed = found
    asked = Asked(
        arms, [one.primary, *(m for m in one.knob.measures if m != one.primary)], one.guardrails,
        {version.number: version.shares for version in one.versions}, one.min_effect_bps / 10_000,
        one.planned_units, of_goods=one.unit == UnitKind.GOODS,
        is_grouped=one.unit == UnitKind.CLUSTER,
    )  # fmt: skip
    return {"mixed": mixed, "arms": arms, **told(asked, units, _looks(one.started_at, now))}


def _looks(first: datetime, now: datetime) -> list[tuple[str, float]]:
    """Each local day since then with the second it ends; the last one ends now. At most a year."""
    day, looks = timezone.localtime(first).date(), []
    today = timezone.localtime(now).date()
    day = max(day, today - timedelta(days=365))
    zone = timezone.get_default_timezone()
    while day < today:
        day += timedelta(days=1)
        end = datetime.combine(day, time(), tzinfo=zone)
        looks.append((str(day - timedelta(days=1)), end.timestamp()))
    return [*looks, (str(today), now.timestamp())]


def units_of(frame: Frame, public_id: str, arms: Sequence[str]) -> tuple[Units, int] | None:
    """The units, and how many were left out because they saw more than one arm."""
    with engine.opened() as connection:
        log = engine.log(connection, frame.days)
        if log is None:
            return None
        exposures = _exposures(log, frame, public_id)
        rows = engine.rows(_watched(connection, log, exposures, frame))
    if not rows:
        return None
    pure = [row for row in rows if row["arms"] == 1 and row["arm"] in arms]
    units = _units(pure, frame, arms)
    return (_summed(units, pure, frame) if frame.kind == UnitKind.CLUSTER else units), len(
        rows
    ) - len(pure)


def _exposures(log: Table, frame: Frame, public_id: str) -> Table:
    """(who, first, arm, arms, version, cluster) of everybody who was exposed."""
    rows = log.filter(log.verb.isin([EXPOSED, *SIGNS]))
    named = metrics.with_who(rows)
    mine = named.filter(
        (named.verb == EXPOSED)
        & (named.object_id == public_id)
        & (named.ts >= frame.first)
        & (named.ts <= frame.last)
    )
    if frame.kind == UnitKind.GOODS:
        mine = mine.mutate(who=ibis.literal("g") + mine.props.re_extract(r'"goods":\s*(\d+)', 1))
    told_arm = mine.props.re_extract(r'"arm":\s*"([^"]*)"', 1)
    mine = mine.filter(mine.who.notnull()).mutate(
        arm=told_arm, version=_whole(mine, "version"), cluster=_whole(mine, "cluster")
    )
    return mine.group_by("who").aggregate(
        first=engine.second(mine.ts).min(),
        arm=mine.arm.min(),
        arms=mine.arm.nunique(),
        version=mine.version.min(),
        cluster=mine.cluster.max(),
    )


def _came(log: Table, frame: Frame) -> Table:
    """The same of everybody who saw something: the first sight is the exposure, to nothing."""
    named = metrics.with_who(log.filter(log.verb.isin([*metrics.SEEN, *SIGNS])))
    seen = named.filter(
        named.verb.isin(metrics.SEEN)
        & named.who.notnull()
        & (named.ts >= frame.first)
        & (named.ts <= frame.last)
    )
    found = seen.group_by("who").aggregate(first=engine.second(seen.ts).min())
    return found.mutate(
        arm=ibis.literal("a"),
        arms=ibis.literal(1),
        version=ibis.literal(1),
        cluster=ibis.null("int64"),
    )


def _whole(table: Table, name: str) -> Any:
    return table.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")


def _watched(connection: Any, log: Table, exposures: Table, frame: Frame) -> Table:
    """One row a unit: its exposure, and every outcome summed over the window and over the days before."""
    of_goods = frame.kind == UnitKind.GOODS
    outcomes = _of_goods(connection, log, frame) if of_goods else _of_people(log, frame)
    names, known = _columns(frame)
    did = outcomes.rename(doer="who")
    joined = exposures.left_join(did, exposures.who == did.doer)
    after = joined.at - joined["first"]
    within = (after >= -CLOCK_SECONDS) & (after < frame.window_days * int(DAY))
    before = (after < -CLOCK_SECONDS) & (after >= -BEFORE_DAYS * int(DAY))
    sums: dict[str, Any] = {}
    for n, name in enumerate(names):
        sums[name] = ibis.ifelse(within, joined[name], 0).fill_null(0).sum().cast("float64")
        if n < known:
            sums[f"{name}_before"] = ibis.ifelse(before, joined[name], 0).fill_null(0).sum().cast("float64")  # fmt: skip
    keys = ["who", "first", "arm", "arms", "version", "cluster"]
    return joined.group_by(keys).aggregate(**sums).order_by(["first", "who"])


def _columns(frame: Frame) -> tuple[Sequence[str], int]:
    """The outcomes, and how many of them are known from before."""
    if frame.kind == UnitKind.GOODS:
        return trialgoods.COLUMNS, trialgoods.BEFORE
    return OF_PEOPLE, BEFORE


def _of_goods(connection: Any, log: Table, frame: Frame) -> Table:
    span = (frame.first - timedelta(days=BEFORE_DAYS), frame.until) if frame.with_margin else None
    return trialgoods.outcomes(connection, log, frame.shop_id, span)


def _of_people(log: Table, frame: Frame) -> Table:
    """(who, at, a column an outcome) of what people did, in the shop where the experiment is a shop's."""
    rows = metrics.with_who(log.filter(log.verb.isin([*OUTCOMES, *SIGNS])))
    here = rows.shop_id.notnull() if frame.shop_id == 0 else rows.shop_id == frame.shop_id
    about = here | (rows.verb.isin(["report", "hide"] if frame.shop_id == 0 else []))
    mine = rows.filter(rows.who.notnull() & rows.verb.isin(OUTCOMES) & about)
    in_place = (
        mine.surface.fill_null("") == frame.surface if frame.surface else ibis.literal(True)  # noqa: FBT003
    )
    return mine.select(
        "who",
        at=engine.second(mine.ts),
        shown=((mine.verb == "impression") & in_place).cast("int64"),
        clicks=((mine.verb == "click") & in_place).cast("int64"),
        orders=(mine.verb == metrics.PAID).cast("int64"),
        paid_minor=ibis.ifelse(mine.verb == metrics.PAID, _whole(mine, "total_minor"), 0),
        refunded_minor=ibis.ifelse(
            mine.verb.isin(trialgoods.GAVE_BACK), _whole(mine, "amount_minor"), 0
        ),
        reports=(mine.verb == "report").cast("int64"),
        hides=(mine.verb == "hide").cast("int64"),
        seen=mine.verb.isin(metrics.SEEN).cast("int64"),
        cases=trialgoods.is_case(mine, "requested").cast("int64"),
        disputes=trialgoods.is_case(mine, "platform").cast("int64"),
    )


def _units(rows: Sequence[Mapping[str, Any]], frame: Frame, arms: Sequence[str]) -> Units:
    names, known = _columns(frame)
    sums = {name: np.array([row[name] for row in rows], dtype=np.float64) for name in names}
    sums["people"] = np.ones(len(rows))
    sums["bought"] = (sums["orders"] > 0).astype(np.float64)
    before = [[row[f"{name}_before"] for name in names[:known]] for row in rows]
    entered = np.array([row["first"] for row in rows], dtype=np.float64)
    watch = (frame.window_days + (FILL_DAYS if frame.kind == UnitKind.GOODS else 0)) * DAY
    return Units(
        arms, np.array([arms.index(row["arm"]) for row in rows], dtype=np.int64),
        np.array([row["version"] or 1 for row in rows], dtype=np.int64), entered, entered + watch,
        sums, np.array(before, dtype=np.float64).reshape(len(rows), known),
    )  # fmt: skip


def _summed(units: Units, rows: Sequence[Mapping[str, Any]], frame: Frame) -> Units:
    """Communities as units: the sums of who came within a window of their first; who has none is one of their own."""
    label = [f"c{row['cluster']}" if row["cluster"] is not None else row["who"] for row in rows]
    _names, first, of = np.unique(label, return_index=True, return_inverse=True)  # rows are by time
    early = units.entered < units.entered[first][of] + frame.window_days * DAY
    kept, place, count = units.taken(early), of[early], len(first)
    few = units.taken(first)
    sums: dict[str, Any] = {
        name: np.bincount(place, column, count).astype(float) for name, column in kept.sums.items()
    }
    columns = [np.bincount(place, column, count) for column in kept.before.T]
    return Units(
        few.arms, few.arm, few.version, few.entered, few.ripe + frame.window_days * DAY, sums,
        np.stack([*columns, sums["people"]], 1),
    )  # fmt: skip


def read_all() -> int:
    """Read every experiment that is under watch and keep what is told; stop those whose guardrail says so."""
    count = 0
    for one in signals.read_experiments():
        body = read(one)
        if body is None:
            continue
        TrialReading.objects.update_or_create(
            experiment=one.public_id, defaults={"as_of": clock.now(), "body": body}
        )
        count += 1
        _guard(one, body)
    return count


def _guard(one: ExperimentView, body: Mapping[str, Any]) -> None:
    broken = [
        row["measure"] for row in body["guardrails"] if row["act"] == "stop" and row["broken"]
    ]
    if not broken or one.state != signals.State.RUNNING:
        return
    reason = signals.GUARDRAIL + ",".join(broken)
    with transaction.atomic():
        signals.stop_experiment(public_id=one.public_id, shop_id=one.shop_id, reason=reason)
        guard.audit(
            actor_id=None, action="trials.guard", object=f"experiment:{one.public_id}",
            before={"state": str(one.state)}, after={"guardrails": broken}, shop_id=one.shop_id or None,
        )  # fmt: skip


def prove(draws: int = PROOF_DRAWS) -> dict[str, Any] | None:
    """Two hundred experiments without a difference over the last weeks of the log, by the same reading; None without people."""
    now = clock.now()
    frame = Frame(UnitKind.PERSON, 0, "", PROOF_WINDOW, now - timedelta(days=PROOF_DAYS), now, now)
    with engine.opened() as connection:
        log = engine.log(connection, frame.days)
        if log is None:
            return None
        watched = _watched(connection, log, _came(log, frame), frame)
        rows = engine.rows(watched.limit(PROOF_PEOPLE))
    if not rows:
        return None
    units = _units(rows, frame, ("a",))
    body = aa(
        units.taken(units.ripe <= now.timestamp()), ("ctr", "conversion", "gmv"),
        draws=draws, looks=PROOF_LOOKS, planned=max(2, len(rows)),
    )  # fmt: skip
    TrialProof.objects.update_or_create(day=timezone.localdate(), defaults={"body": body})
    TrialProof.objects.filter(day__lt=timezone.localdate() - timedelta(days=90)).delete()
    return body


def count_communities() -> int:
    """Find the share communities in the log and have experiments draw by them from now on; returns how many people."""
    with engine.opened() as connection:
        log = engine.log(connection, lake.days())
        found = {} if log is None else circles.found(log)
    if found:
        signals.set_clusters(found)
    return len(found)
