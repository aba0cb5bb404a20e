"""For operators: who is shown by which channel, how evenly, whether new authors got what is owed to them, and why a feed is as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import Entry, Exposure, FeedSession, Trial
from grapevine.discovery.queries.steering import goods_rules, rules
from grapevine.discovery.rules.blending import PERSONAL_WEIGHTS
from grapevine.discovery.rules.choosing import GOODS_KEY, PERSONAL
from grapevine.discovery.rules.exposure import gini, top_share
from grapevine.kit import clock

PLACES_SHOWN = 60
AUTHORS_MAX = 200_000


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel: what holds for it, and how many people saw notes by it (each person and note once)."""

    channel: Channel
    weight: int
    usual_weight: int
    is_on: bool
    people: int
    clicks: int
    share: float


@dataclass(frozen=True, slots=True)
class Trials:
    """Notes on trial of authors whom nobody followed, among those that began in the span.

    `authors`: of those notes; `met`: authors whose note was shown to as many as were wanted, `missed`: whose note's time
    ran out before; the others are still on trial.
    """

    notes: int
    authors: int
    met: int
    missed: int
    wanted: int
    shown: int

    @property
    def share(self) -> float | None:
        return self.met / (self.met + self.missed) if self.met + self.missed else None


@dataclass(frozen=True, slots=True)
class ExposureReport:
    days: int
    channels: Sequence[ChannelRow]
    total: int
    authors: int
    """Who has a note that can be shown."""
    reached: int
    gini: float
    top_percent: float
    trials: Trials


def exposure(days: int) -> ExposureReport:
    """Of the last so many days. Six queries."""
    since = timezone.localdate(clock.now() - timedelta(days=days - 1))
    rows = Exposure.objects.filter(day__gte=since)
    by_channel = {
        channel: (people, clicks)
        for channel, people, clicks in rows.values_list("channel")
        .annotate(people=Sum("people"), clicks=Sum("clicks"))
        .order_by()
    }
    by_author = dict(rows.values_list("author_id").annotate(people=Sum("people")).order_by())
    authors = set(
        Entry.objects.order_by().values_list("author_id", flat=True).distinct()[:AUTHORS_MAX]
    )
    counts = [by_author.get(author, 0) for author in authors | by_author.keys()]
    total = sum(counts)
    return ExposureReport(
        days=days,
        channels=_channels(by_channel, total),
        total=total,
        authors=len(counts),
        reached=sum(count > 0 for count in counts),
        gini=gini(counts),
        top_percent=top_share(counts),
        trials=_trials(days),
    )


def _channels(counts: dict[str, tuple[int, int]], total: int) -> list[ChannelRow]:
    said = rules()
    found = []
    for channel, usual in PERSONAL_WEIGHTS.items():
        weight, is_on = said.get(channel, (usual, True))
        people, clicks = counts.get(channel.value, (0, 0))
        share = people / total if total else 0.0
        found.append(ChannelRow(channel, weight, usual, is_on, people, clicks, share))
    return found


@dataclass(frozen=True, slots=True)
class GoodsChannelRow:
    """A channel of goods and what holds for it; `key` names it for operators' words."""

    key: str
    channel: Channel
    weight: int
    usual_weight: int
    is_on: bool


def goods_channels() -> list[GoodsChannelRow]:
    """One query."""
    said = goods_rules()
    return [
        GoodsChannelRow(f"{GOODS_KEY}{channel.value}", channel, *_held(said, channel, usual))
        for channel, usual in PERSONAL.items()
    ]


def _held(
    said: Mapping[Channel, tuple[int, bool]], channel: Channel, usual: int
) -> tuple[int, int, bool]:
    weight, is_on = said.get(channel, (usual, True))
    return weight, usual, is_on


def _trials(days: int) -> Trials:
    now = clock.now()
    mine = Trial.objects.filter(was_unfollowed=True, opened_at__gte=now - timedelta(days=days))
    sums = mine.aggregate(
        notes=Count("id"), authors=Count("author_id", distinct=True),
        wanted=Sum("wanted"), shown=Sum("shown"),
    )  # fmt: skip
    told = mine.aggregate(
        met=Count("author_id", distinct=True, filter=Q(shown__gte=F("wanted"))),
    )
    lucky = mine.filter(shown__gte=F("wanted")).values("author_id")
    missed = mine.filter(ends_at__lte=now).exclude(author_id__in=lucky)
    return Trials(
        notes=sums["notes"], authors=sums["authors"], met=told["met"],
        missed=missed.values("author_id").distinct().count(),
        wanted=sums["wanted"] or 0, shown=sums["shown"] or 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One place of a feed as it was made."""

    position: int
    note_id: int
    channel: Channel
    author_id: int
    propensity: float
    why: str


def places_of(person_id: int | None) -> list[SlotRow]:
    """The first sixty places of the newest feed of a person, or of the impersonal one. One query."""
    session = FeedSession.objects.filter(person_id=person_id).order_by("-created_at").first()
    if session is None:
        return []
    return [
        SlotRow(
            at, place[0], Channel(place[1]), place[2],
            *(place[4:6] if len(place) > 5 else (0.0, "")),
        )
        for at, place in enumerate(session.places[:PLACES_SHOWN], 1)
    ]  # fmt: skip
