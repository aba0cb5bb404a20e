"""Which arm somebody gets, and that they were shown it.

`variant` only looks; `expose` is called at the moment the arm takes effect, and writes one row a unit and day into the
log. Who switched personalisation off, or is not to be recognised, is not asked for here: the caller leaves them out.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from grapevine.kit import clock
from grapevine.signals import drawing, spool
from grapevine.signals.contracts import BOTH
from grapevine.signals.experiments import EXPOSED, PLATFORM, State, UnitKind, Variant
from grapevine.signals.knobs import knob_of
from grapevine.signals.models import Assignment, ClusterMember, Experiment

SALT = "signals.experiments"


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return salted_hmac(SALT, "", secret=secret, algorithm="sha256").digest()


def variant(
    knob: str, *, shop_id: int = PLATFORM, person_id: int | None = None, visitor_id: str = "",
    goods_id: int | None = None,
) -> Variant:  # fmt: skip
    """The arm for a person (with the browser they come by), a browser, or goods. Writes nothing.

    A shop's own experiment comes before the platform's, and what was decided after what runs. Queries: 1; 2 while an
    experiment runs, 3 if it is drawn by share community. Who was exposed as a browser keeps the arm as a person.
    """
    rows = list(
        Experiment.objects.filter(knob=knob, shop_id__in={PLATFORM, shop_id})
        .filter(Q(state=State.RUNNING) | Q(is_in_force=True))
        .order_by("-shop_id", "id")
    )
    asking = _Asking(person_id, visitor_id, goods_id)
    running = [row for row in rows if row.state == State.RUNNING and asking.unit(row.unit)]
    found = _drawn(running, asking) if running else None
    if found is not None:
        return found
    settled = next((row.decision for row in rows if row.is_in_force), "")
    return Variant(settled or knob_of(knob).default, knob=knob)


class _Asking:
    """Who asks, and under which names."""

    def __init__(self, person_id: int | None, visitor_id: str, goods_id: int | None) -> None:
        self.person_id, self.visitor_id, self.goods_id = person_id, visitor_id, goods_id

    def unit(self, kind: str) -> str:
        """The name of the unit; "" for who cannot be one of this kind."""
        if kind == UnitKind.GOODS:
            return "" if self.goods_id is None else f"g{self.goods_id}"
        if self.person_id is not None:
            return f"p{self.person_id}"
        return f"v{self.visitor_id}" if self.visitor_id else ""

    def names(self, kind: str) -> list[str]:
        """The unit's names, the one that counts first."""
        own = self.unit(kind)
        with_browser = kind != UnitKind.GOODS and self.person_id is not None and self.visitor_id
        return [own, f"v{self.visitor_id}"] if with_browser else [own]


def _drawn(running: Sequence[Experiment], asking: _Asking) -> Variant | None:
    """Of the first experiment that asks about this unit."""
    clusters = _clusters(running, asking.person_id)
    wanted = Q(pk=None)
    for row in running:
        of = Q(unit__in=asking.names(row.unit))
        if row.pk in clusters:
            of |= Q(cluster=clusters[row.pk])
        wanted |= Q(experiment_id=row.pk) & of
    kept: dict[tuple[int, str], Assignment] = {}
    in_cluster: dict[int, Assignment] = {}
    for one in Assignment.objects.filter(wanted).order_by("-id")[:1000]:
        kept[one.experiment_id, one.unit] = one
        if one.cluster is not None:
            in_cluster[one.experiment_id] = one
    for row in running:
        names = asking.names(row.unit)
        own = kept.get((row.pk, names[0]))
        others = (kept.get((row.pk, name)) for name in names[1:])
        before = own or next((one for one in others if one), None) or in_cluster.get(row.pk)
        arm = before.arm if before else _draw(row, names[0], clusters.get(row.pk))
        if arm:
            return Variant(
                arm, row.pk, row.public_id, row.knob, before.version if before else row.version,
                names[0], asking.person_id if row.unit != UnitKind.GOODS else None,
                asking.visitor_id if names[0].startswith("v") else "", clusters.get(row.pk),
                own is not None, own.last_day if own else None,
            )  # fmt: skip
    return None


def _clusters(running: Sequence[Experiment], person_id: int | None) -> dict[int, int]:
    """Experiment → the person's community in the counting it draws by, where they have one."""
    counted = {row.clustering for row in running if row.unit == UnitKind.CLUSTER}
    if not counted or person_id is None:
        return {}
    rows = ClusterMember.objects.filter(clustering__in=counted, person_id=person_id)
    cluster_of = dict(rows.values_list("clustering", "cluster"))
    return {
        row.pk: cluster_of[row.clustering]
        for row in running
        if row.unit == UnitKind.CLUSTER and row.clustering in cluster_of
    }


def _draw(row: Experiment, unit: str, cluster: int | None) -> str:
    """The arm; "" for a unit outside this experiment's part of the layer."""
    key = _key(settings.SECRET_KEY)
    drawn = unit if cluster is None else f"c{cluster}"
    layer = f"{row.shop_id}:{row.layer}"
    if not drawing.is_asked(key, layer, drawn, first=row.first_slot, count=row.traffic_bps):
        return ""
    return drawing.arm_of(key, row.public_id, drawn, row.shares)


def owners_experimenting(knob: str) -> list[int]:
    """Shops (0 is the platform) with an experiment on it that runs or was decided and is in force. One query."""
    rows = Experiment.objects.filter(knob=knob)
    live = rows.filter(Q(state=State.RUNNING) | Q(is_in_force=True))
    return sorted(set(live.values_list("shop_id", flat=True)))


def expose(shown: Variant) -> None:
    """Say in the log that the arm took effect, once a unit and day. Queries: none, or one write.

    The log first: its row's id says unit and day, so one that is written twice is in the lake once.
    """
    today = timezone.localtime(clock.now()).date()
    if not shown.experiment or shown.seen_on == today:
        return
    spool.append([_row(shown, today.isoformat())])
    if shown.is_kept:
        Assignment.objects.filter(experiment_id=shown.experiment, unit=shown.unit).update(
            last_day=today
        )
        return
    made = Assignment(
        experiment_id=shown.experiment, unit=shown.unit, person_id=shown.person_id,
        cluster=shown.cluster, arm=shown.arm, version=shown.version, first_day=today, last_day=today,
    )  # fmt: skip
    Assignment.objects.bulk_create([made], ignore_conflicts=True)


def _row(shown: Variant, day: str) -> dict[str, Any]:
    """A row of the log. No props name a person: erasing one is done by the column."""
    name = hashlib.sha256(f"{shown.public_id}:{shown.unit}:{day}".encode()).hexdigest()[:32]
    props = {"arm": shown.arm, "version": shown.version, "cluster": shown.cluster}
    if shown.unit.startswith("g"):
        props["goods"] = int(shown.unit[1:])
    return {
        "id": f"exp-{name}", "ts": clock.now().isoformat(), "person_id": shown.person_id,
        "visitor_id": shown.visitor_id or None, "surface": shown.knob, "verb": EXPOSED,
        "object_type": "experiment", "object_id": shown.public_id, "origin": "domain",
        "consent": BOTH, "props": json.dumps(props),
    }  # fmt: skip
