"""Answers of the data cube, from its blocks alone. Two queries, three with a comparison; a shop sees its own blocks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from grapevine.insight.cubes import Answer, Line, Question, Value, Versus
from grapevine.insight.measures import ASPECTS, BEHIND, TIMES, Aspect, Measure, Unit
from grapevine.insight.models import CubeDay
from grapevine.insight.queries import cities, sharers
from grapevine.insight.queries.blocks import Key, Span, Sums, summed
from grapevine.insight.queries.cities import OTHERS
from grapevine.insight.queries.windows import local_day
from grapevine.insight.rules import hiding
from grapevine.insight.rules.peaks import Peak, peaks
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

DAYS_MAX = 800
GROUPS_MAX = 20_000
LINES_MAX = 2000
COLUMNS_MAX = 12
WHERE_MAX = 6
DAYS_SHOWN = 28
WHOLE = (hiding.TOTAL, hiding.TOTAL)


def ask(shop_id: int, question: Question) -> Answer:
    """The answer over the shop's own cells; BadInput for a question the cube does not have."""
    aspect, wanted = _checked(question)
    last = question.last or local_day()
    first = question.first or last - timedelta(days=DAYS_SHOWN - 1)
    if not timedelta(0) <= last - first <= timedelta(days=DAYS_MAX):
        raise BadInput(fields={"first": marked("开始要早于结束，最长 800 天")})
    found, is_cut = _groups(shop_id, aspect, question, wanted, (first, last))
    span = _before(question.versus, first, last)
    earlier_found = _groups(shop_id, aspect, question, wanted, span)[0] if span else {}
    groups, before = cities.told(aspect, question, found, earlier_found)
    is_placed = cities.names_cities(question)
    columned = _few_columns(groups, wanted[0], question)
    table = _Table(aspect, wanted, columned, is_placed=is_placed)
    shifted = _shifted(before, question.by, first, span) if span else {}
    earlier = _Table(aspect, wanted, shifted, is_placed=is_placed) if span else None
    columns = table.columns if question.across else []
    lines = [
        Line(
            key, table.line(key), earlier.line(key) if earlier else {},
            [table.value(wanted[0], (key, column)) for column in columns],
        )
        for key in dict.fromkeys([*table.keys, *(earlier.keys if earlier else [])])
    ]  # fmt: skip
    if is_placed:  # none and few look alike; a city that is named is not few
        lines = [
            line for line in lines if _says_anything(line) or cities.is_named(question, line.key)
        ]
    ordered = _ordered(lines, question, wanted)
    return Answer(
        question, first, last, tuple(one.name for one in wanted), tuple(columns),
        ordered[:LINES_MAX], table.totals(columns, earlier),
        before_first=span[0] if span else None, before_last=span[1] if span else None,
        is_cut=is_cut or len(ordered) > LINES_MAX,
        is_rounded=any(one.unit is Unit.PEOPLE for one in table.parts), is_placed=is_placed,
        fresh_at=CubeDay.objects.order_by("-built_at").values_list("built_at", flat=True).first(),
    )  # fmt: skip


def _says_anything(line: Line) -> bool:
    values = [*line.values.values(), *line.before.values(), *line.across]
    return any(value.number is not None for value in values)


def _checked(question: Question) -> tuple[Aspect, tuple[Measure, ...]]:
    aspect = ASPECTS.get(question.aspect)
    if aspect is None:
        raise BadInput(fields={"on": marked("没有这个方面")})
    dimensions = {*TIMES, *aspect.dimensions}
    asked = {question.by, *([question.across] if question.across else [])}
    if not asked | {name for name, _ in question.where} <= dimensions:
        raise BadInput(fields={"by": marked("这个方面没有这个维度")})
    if question.by == question.across:
        raise BadInput(fields={"across": marked("行和列要用不同的维度")})
    if len(question.where) > WHERE_MAX:
        raise BadInput(fields={"where": marked("最多同时筛选 6 个条件")})
    names = {measure.name for measure in aspect.shown}
    chosen = question.measures or tuple(measure.name for measure in aspect.shown)
    if not set(chosen) <= names:
        raise BadInput(fields={"show": marked("这个方面没有这个指标")})
    return aspect, tuple(aspect.measure(name) for name in dict.fromkeys(chosen))


def _conditions(question: Question) -> list[tuple[str, str]]:
    """The conditions with their values as the blocks have them."""
    return [(name, _value(name, value)) for name, value in question.where]


def _value(name: str, value: str) -> str:
    if name in ("hour", "weekday"):
        return str(_whole(value))
    if name not in TIMES:
        return value
    try:
        return str(date.fromisoformat(value))
    except ValueError:
        raise BadInput(fields={"where": marked("日期写成 2026-01-31 这样")}) from None


def _whole(value: str) -> int:
    if not value.lstrip("-").isdigit() or len(value) > 4:
        raise BadInput(fields={"where": marked("这里要一个数")})
    return int(value)


def _parts(aspect: Aspect, wanted: Sequence[Measure]) -> list[Measure]:
    """What is to be summed for the measures: themselves, or the parts of ratios."""
    names = [n for one in wanted for n in (one.parts[:2] if one.parts else (one.name,))]
    return [aspect.measure(name) for name in dict.fromkeys(names)]


def _groups(
    shop_id: int, aspect: Aspect, question: Question, wanted: Sequence[Measure], span: Span
) -> tuple[dict[Key, Sums], bool]:
    """(row, column) → sums, and whether there were too many."""
    parts = _parts(aspect, wanted)
    names = dict.fromkeys(one.name for one in [*parts, *cities.weighed(aspect, question, parts)])
    groups = _summed(shop_id, aspect, question, span, list(names))
    wider = cities.around(question)
    if wider is not None:
        every = _summed(shop_id, aspect, wider, span, list(names))
        groups = cities.beside(question, groups, every)
    if len(groups) <= GROUPS_MAX:
        return groups, False
    kept = sorted(groups, key=lambda key: (_in_order(key[0]), _in_order(key[1])))[:GROUPS_MAX]
    return {key: groups[key] for key in kept}, True


def _summed(
    shop_id: int, aspect: Aspect, question: Question, span: Span, parts: Sequence[str]
) -> dict[Key, Sums]:
    where = sharers.by_id(shop_id, aspect.name, _conditions(question), span, parts[0])
    by, across = question.by, question.across
    groups = summed(shop_id, aspect.name, by=by, across=across, span=span, parts=parts, where=where)
    return dict(sharers.by_code(shop_id, groups, by=by, across=across))


def _before(versus: Versus, first: date, last: date) -> tuple[date, date] | None:
    """As many days just before, or the same days a year ago (52 weeks: the same days of the week)."""
    if versus is Versus.PREVIOUS:
        length = (last - first).days + 1
        return first - timedelta(days=length), first - timedelta(days=1)
    if versus is Versus.YEAR:
        return first - timedelta(days=364), last - timedelta(days=364)
    return None


def _shifted(
    groups: Mapping[Key, Sums], by: str, first: date, span: tuple[date, date]
) -> dict[Key, Sums]:
    """The earlier span's days and weeks under the names of those they are compared with."""
    if by not in ("day", "week"):
        return dict(groups)
    moved: dict[Key, Sums] = {}
    for (row, column), sums in groups.items():
        day = date.fromisoformat(row) + (first - span[0])
        if by == "week":
            day -= timedelta(days=day.weekday())
        known = moved.setdefault((str(day), column), dict.fromkeys(sums, 0))
        for name, number in sums.items():
            known[name] += number
    return moved


def _few_columns(
    groups: Mapping[Key, Sums], measure: Measure, question: Question
) -> dict[Key, Sums]:
    """At most twelve columns; the smaller ones together."""
    if not question.across or question.across in (*TIMES, "hour"):
        return dict(groups)
    name = measure.parts[1] if measure.parts else measure.name
    sizes: dict[str, int] = defaultdict(int)
    for (_, column), sums in groups.items():
        sizes[column] += sums[name]
    kept = set(sorted(sizes, key=lambda column: (-sizes[column], column))[:COLUMNS_MAX])
    merged: dict[Key, Sums] = {}
    for (row, column), sums in groups.items():
        key = (row, column if column in kept else OTHERS)
        known = merged.setdefault(key, dict.fromkeys(sums, 0))
        for part, number in sums.items():
            known[part] += number
    return merged


class _Table:
    """Sums with their margins; what is of people as it may be told."""

    def __init__(
        self, aspect: Aspect, wanted: Sequence[Measure], groups: Mapping[Key, Sums], *,
        is_placed: bool,
    ) -> None:  # fmt: skip
        self.wanted, self.parts = wanted, _parts(aspect, wanted)
        self.keys = list(dict.fromkeys(row for row, _ in groups))
        self.columns = sorted({column for _, column in groups}, key=_in_order)
        self.told: dict[str, Mapping[Any, int | None]] = {}
        self.is_placed = is_placed
        for part in self.parts:
            cells = {key: sums[part.name] for key, sums in groups.items()}
            if is_placed:
                self.told[part.name] = _placed(part.name, cells, groups)
            elif part.unit is Unit.PEOPLE:
                self.told[part.name] = {k: v.people for k, v in hiding.tell(cells).items()}
            else:
                self.told[part.name] = hiding.with_margins(cells)

    def value(self, measure: Measure, place: Any) -> Value:
        if measure.parts is None:
            return self._told(measure.name, place)
        above, below = (self._told(name, place) for name in measure.parts[:2])
        if above.is_hidden or below.is_hidden:
            return Value(None, is_hidden=True)
        if not below.number:
            return Value(None)
        return Value((above.number or 0) / (below.number * measure.parts[2]))

    def _told(self, name: str, place: Any) -> Value:
        number = self.told[name].get(place, None if self.is_placed else 0)
        return Value(number, is_hidden=number is None)

    def line(self, key: str) -> dict[str, Value]:
        return {one.name: self.value(one, (key, hiding.TOTAL)) for one in self.wanted}

    def totals(self, columns: Sequence[str], earlier: "_Table | None") -> Line:
        return Line(
            "", {one.name: self.value(one, WHOLE) for one in self.wanted},
            {one.name: earlier.value(one, WHOLE) for one in self.wanted} if earlier else {},
            [self.value(self.wanted[0], (hiding.TOTAL, column)) for column in columns],
        )  # fmt: skip


def _placed(
    name: str, cells: Mapping[Key, int], groups: Mapping[Key, Sums]
) -> Mapping[Any, int | None]:
    """A part's cells as they may be told of a city: by what is counted behind it, if it is an amount."""
    counted = BEHIND.get(name, name)
    counts = {key: sums[counted] for key, sums in groups.items()}
    wide = f"{cities.AROUND}{counted}"
    has_wide = any(wide in sums for sums in groups.values())
    around = {key: sums[wide] for key, sums in groups.items()} if has_wide else None
    told = hiding.tell_placed(counts, around)
    return told if counted == name else hiding.tell_amounts(cells, counts, told)


def _in_order(key: str) -> tuple[int, int, str]:
    """Numbers as numbers; what is not known last, what is left over after it."""
    if key in ("", "-1"):
        return (1, 0, key)
    if key == OTHERS:
        return (2, 0, key)
    return (0, int(key), "") if key.isdigit() else (0, 0, key)


def _ordered(lines: Iterable[Line], question: Question, wanted: Sequence[Measure]) -> list[Line]:
    """Times and hours in their order unless a measure is asked for; others by the first measure, the largest first."""
    natural = question.by in (*TIMES, "hour")
    sort = question.sort or ("key" if natural else wanted[0].name)
    if sort == "key" or sort not in {one.name for one in wanted}:
        newest_first = question.by in ("day", "week", "month")
        turned = not question.ascending if question.sort else newest_first
        return sorted(lines, key=lambda line: _in_order(line.key), reverse=turned)

    def size(line: Line) -> tuple[bool, float, Any]:
        number = line.values[sort].number
        ranked = 0.0 if number is None else float(number)
        return (number is None, ranked if question.ascending else -ranked, _in_order(line.key))

    return sorted(lines, key=size)


def peaks_of(shop_id: int, answer: Answer) -> dict[str, list[Peak]]:
    """weekday and hour → when the shop's goods of this answer sell most; nothing of one city's. Two queries."""
    if cities.CITY in dict(answer.question.where):
        return {}
    question = replace(
        answer.question, across="", measures=("times",), first=answer.first, last=answer.last,
        versus=Versus.NOTHING, sort="key",
    )  # fmt: skip
    aspect, wanted = _checked(question)
    days = (answer.last - answer.first).days + 1
    weekdays = [0] * 8
    for n in range(days):
        weekdays[(answer.first + timedelta(days=n)).isoweekday()] += 1
    found = {}
    for name, lengths in (("weekday", weekdays), ("hour", [days] * 24)):
        one = replace(question, by=name)
        groups = _groups(shop_id, aspect, one, wanted, (answer.first, answer.last))[0]
        counts = {int(key): sums["times"] for (key, _), sums in groups.items() if key != "-1"}
        found[name] = peaks(counts, lengths)
    return found
