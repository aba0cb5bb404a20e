"""Funnels, dwell and paths, from what was counted. Funnels 4 queries, dwell 1, paths 1; a shop sees its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from grapevine.insight.contracts import State
from grapevine.insight.cubes import Value
from grapevine.insight.funnels import (
    LONGEST_DAYS,
    Dwell,
    Funnel,
    FunnelQuestion,
    Part,
    Path,
    StepLine,
)
from grapevine.insight.models import JourneyBuild
from grapevine.insight.queries.ways import paths_to, stays_of, times_of, ways_by, ways_of
from grapevine.insight.queries.windows import local_day
from grapevine.insight.rules import funnels as rules, hiding
from grapevine.insight.rules.funnels import Change
from grapevine.insight.steps import LINES, Step
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

DAYS_SHOWN = 14
SPLITS = ("channel", "customer", "goods")
PARTS_MAX = 30
PATHS_MAX = 20
PAGES_MAX = 30
Span = tuple[date, date]


def funnel_of(shop_id: int, question: FunnelQuestion) -> Funnel:
    """The funnel beside the earlier window of the same length; BadInput for one there is not."""
    steps = _checked(question)
    span = window(question.first, question.last)
    earlier = _earlier(span)
    whole = replace(question, by="")
    cells = [ways_of(shop_id, whole, one) for one in (span, earlier)]
    if not question.steps:
        steps = _done(steps, cells)
    letters = [step.letter for step in steps]
    now, before = (
        rules.counts(some, letters, one[1])
        for some, one in zip(cells, (span, earlier), strict=True)
    )
    changes = rules.judge(now, before, len(steps))
    buckets = times_of(shop_id, whole, [a + b for a, b in pairwise(letters)], span)
    counts = rules.summed(now, len(steps))
    lines = [_line(n, steps, counts, changes, buckets) for n in range(len(steps))]
    parts = _parts(shop_id, question, letters, span) if question.by else []
    return Funnel(
        question, *span, *earlier, lines, parts, fresh_at=fresh_at(),
    )  # fmt: skip


def fresh_at() -> datetime | None:
    return JourneyBuild.objects.values_list("built_at", flat=True).order_by("-built_at").first()


def window(first: date | None, last: date | None, shown: int = DAYS_SHOWN) -> Span:
    """The days asked for, else the last whole ones; BadInput if there are too many."""
    end = last or local_day() - timedelta(days=1)
    start = first or end - timedelta(days=shown - 1)
    if not timedelta(0) <= end - start < timedelta(days=LONGEST_DAYS):
        raise BadInput(fields={"first": marked("开始要早于结束，最长 120 天")})
    return start, end


def _earlier(span: Span) -> Span:
    length = (span[1] - span[0]).days + 1
    return span[0] - timedelta(days=length), span[0] - timedelta(days=1)


def _checked(question: FunnelQuestion) -> tuple[Step, ...]:
    line = LINES.get(question.line)
    if line is None:
        raise BadInput(fields={"line": marked("没有这条漏斗")})
    if not set(question.steps) <= set(line.steps):
        raise BadInput(fields={"step": marked("这条漏斗没有这一步")})
    steps = line.chosen(question.steps or line.usual)
    if len(steps) < 2:
        raise BadInput(fields={"step": marked("至少选两步")})
    if question.by and question.by not in SPLITS:
        raise BadInput(fields={"by": marked("漏斗不能这样分")})
    return steps


def _done(steps: tuple[Step, ...], cells: Sequence[Sequence[tuple[date, str, int]]]) -> tuple[Step, ...]:  # fmt: skip
    """Those of the steps that anybody did; all of them if that leaves no funnel."""
    known = set("".join({way for some in cells for _day, way, _people in some}))
    found = tuple(step for step in steps if step.letter in known)
    return found if len(found) > 1 else steps


def told(people: int) -> Value:
    """As it may be told: in fives, few not at all."""
    if hiding.is_few(people):
        return Value(None, is_hidden=True)
    return Value(hiding.rounded(people))


def share(above: int, below: int) -> Value:
    if hiding.is_few(above) or hiding.is_few(below):
        return Value(None, is_hidden=True)
    return Value(above / below) if below else Value(None)


def _line(
    n: int, steps: Sequence[Step], counts: Sequence[int], changes: Sequence[Change],
    buckets: Mapping[str, Mapping[int, int]],
) -> StepLine:  # fmt: skip
    name, people = steps[n].name, counts[n]
    if n == 0:
        nothing = Value(None)
        return StepLine(name, told(people), share(people, people), nothing, nothing, State.UNKNOWN, None, None, None)  # fmt: skip
    change = changes[n - 1]
    timed = buckets.get(steps[n - 1].letter + steps[n].letter, {})
    is_few = hiding.is_few(sum(timed.values())) or hiding.is_few(people)
    median = None if is_few else rules.quantile(timed, 0.5)
    low, high = rules.quantile(timed, 0.25), rules.quantile(timed, 0.75)
    return StepLine(
        name, told(people), share(people, counts[0]), share(people, counts[n - 1]),
        Value(None if change.chance is None else change.before), change.state, change.chance,
        median, None if median is None or low is None or high is None else (low, high),
    )  # fmt: skip


def _parts(
    shop_id: int, question: FunnelQuestion, letters: Sequence[str], span: Span
) -> list[Part]:
    """The funnel of each channel, kind of customer or goods; the largest first."""
    cells = ways_by(shop_id, question, span)
    counts = {
        key: rules.summed(rules.counts(some, letters, span[1]), len(letters))
        for key, some in cells.items()
    }
    # Each step is a table of its own: what is hidden there must not be found from the others and the whole.
    shown = [
        hiding.tell({(key, ""): row[n] for key, row in counts.items()}) for n in range(len(letters))
    ]
    parts = []
    for key in sorted(counts, key=lambda one: (-counts[one][0], one))[:PARTS_MAX]:
        people = [Value(one[key, ""].people, one[key, ""].people is None) for one in shown]
        is_hidden = people[0].is_hidden or people[-1].is_hidden
        whole = Value(None, is_hidden=True) if is_hidden else share(counts[key][-1], counts[key][0])
        parts.append(Part(key, people, whole))
    return parts


def dwell_of(
    shop_id: int, first: date | None, last: date | None, *, by: str = "kind", kind: str = "", channel: str = ""
) -> list[Dwell]:  # fmt: skip
    """How long visits stayed: by kind of page, by source (`channel`), or by page (`page`); those with most visits first."""
    span = window(first, last)
    names = {"kind": ("kind",), "channel": ("kind", "channel"), "page": ("kind", "object_id")}
    if by not in names:
        raise BadInput(fields={"by": marked("停留时间不能这样分")})
    values = {
        (one[0], one[1] if len(one) > 1 else ""): times
        for one, times in stays_of(shop_id, names[by], span, kind=kind, channel=channel).items()
    }
    ordered = sorted(values.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return [_dwell(key, times) for key, times in ordered[:PAGES_MAX]]


def _dwell(key: tuple[str, str], times: Mapping[int, int]) -> Dwell:
    visits = sum(times.values())
    if hiding.is_few(visits):
        return Dwell(*key, Value(None, is_hidden=True), None, None)
    low, middle, high = (rules.exact_quantile(times, share) for share in (0.25, 0.5, 0.75))
    quartiles = None if low is None or high is None else (low, high)
    return Dwell(*key, told(visits), middle, quartiles)


def paths_of(shop_id: int, first: date | None, last: date | None, kind: str) -> list[Path]:
    """The most used ways to a payment (`buy`) or out of the shop (`leave`); those of few people stand together."""
    span = window(first, last)
    found = paths_to(shop_id, kind, span)
    total = sum(visits for _path, visits in found)
    shown = [one for one in found[:PATHS_MAX] if not hiding.is_few(one[1])]
    rest = total - sum(visits for _path, visits in shown)
    lines = [Path(path, hiding.rounded(visits), visits / total) for path, visits in shown]
    if rest and not hiding.is_few(rest):
        lines.append(Path("", hiding.rounded(rest), rest / total))
    return lines
