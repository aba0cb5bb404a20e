"""What was counted of people's ways through a shop, read from its blocks: one query each, sums by what is asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.funnels import FunnelQuestion
from grapevine.insight.models import JourneyBlock
from grapevine.insight.rules.packing import Cells, unpacked

Span = tuple[date, date]
Ways = list[tuple[date, str, int]]
"""Day, way, people."""
CLASSES = 1 << 10
"""More than there are classes of times."""
SECONDS = 1 << 12
"""More than a stay is long."""


def _blocks(shop_id: int, name: str, span: Span) -> Iterator[tuple[date, Cells]]:
    """Oldest first."""
    rows = JourneyBlock.objects.filter(shop_id=shop_id, day__gte=span[0], day__lte=span[1])
    for day, data in rows.order_by("day").values_list("day", name):
        if data:
            yield day, unpacked(bytes(data))


def ways_of(shop_id: int, question: FunnelQuestion, span: Span) -> Ways:
    """The journeys that are asked for, by day and way."""
    found = []
    for day, cells in _blocks(shop_id, "funnels", span):
        mine, ways = _asked(cells, question), cells.texts["way"]
        sums = _sums(ways.codes[mine], _numbers(cells, "people")[mine])
        found += sorted((day, ways.words[way], people) for way, people in sums)
    return found


def ways_by(shop_id: int, question: FunnelQuestion, span: Span) -> Mapping[str, Ways]:
    """The same of each channel, customer or goods, as `question.by` says; of every goods whatever goods are asked for."""
    found: dict[str, Ways] = defaultdict(list)
    for day, cells in _blocks(shop_id, "funnels", span):
        mine, ways = _asked(cells, question), cells.texts["way"]
        keys = _whole(cells, question.by)[mine] * len(ways.words) + ways.codes[mine]
        for key, people in _sums(keys, _numbers(cells, "people")[mine]):
            place, way = divmod(key, len(ways.words))
            text = str(place) if question.by == "goods" else cells.texts[question.by].words[place]
            found[text].append((day, ways.words[way], people))
    return found


def times_of(
    shop_id: int, question: FunnelQuestion, pairs: Sequence[str], span: Span
) -> Mapping[str, Mapping[int, int]]:
    """Of each of these pairs of steps: class of times → people."""
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for _day, cells in _blocks(shop_id, "gaps", span):
        mine = _asked(cells, question)
        keys = _whole(cells, "pair")[mine] * CLASSES + _numbers(cells, "bucket")[mine]
        for key, people in _sums(keys, _numbers(cells, "people")[mine]):
            if (pair := cells.texts["pair"].words[key // CLASSES]) in pairs:
                found[pair][key % CLASSES] += people
    return found


def stays_of(
    shop_id: int, names: Sequence[str], span: Span, *, kind: str = "", channel: str = ""
) -> Mapping[tuple[str, ...], Mapping[int, int]]:
    """By the texts of these names: seconds → visits."""
    found: dict[tuple[str, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for _day, cells in _blocks(shop_id, "dwells", span):
        mine = np.ones(cells.rows, np.bool_)
        for name, text in (("kind", kind), ("channel", channel)):
            mine &= _has(cells, name, text) if text else True
        sizes = [len(cells.texts[name].words) for name in names]
        key = np.ravel_multi_index([_whole(cells, name)[mine] for name in names], sizes)
        seconds = _numbers(cells, "seconds")[mine]
        for number, visits in _sums(key * SECONDS + seconds, _numbers(cells, "visits")[mine]):
            places = np.unravel_index(number // SECONDS, sizes)
            texts = (cells.texts[name].words[int(n)] for name, n in zip(names, places, strict=True))
            found[tuple(texts)][number % SECONDS] += visits
    return found


def paths_to(shop_id: int, kind: str, span: Span) -> list[tuple[str, int]]:
    """Paths with their visits, the most used first."""
    found: Counter[str] = Counter()
    for _day, cells in _blocks(shop_id, "paths", span):
        mine, ways = _has(cells, "kind", kind), cells.texts["path"]
        for way, visits in _sums(ways.codes[mine], _numbers(cells, "visits")[mine]):
            found[ways.words[way]] += visits
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _asked(cells: Cells, question: FunnelQuestion) -> NDArray[np.bool_]:
    goods = _numbers(cells, "goods")
    mine = goods != 0 if question.by == "goods" else goods == question.goods
    for name in ("channel", "customer"):
        if wanted := getattr(question, name):
            mine = mine & _has(cells, name, wanted)
    found: NDArray[np.bool_] = mine
    return found


def _has(cells: Cells, name: str, text: str) -> NDArray[np.bool_]:
    words, codes = cells.texts[name].words, cells.texts[name].codes
    if text not in words:
        return np.zeros(cells.rows, np.bool_)
    found: NDArray[np.bool_] = codes == words.index(text)
    return found


def _numbers(cells: Cells, name: str) -> NDArray[Any]:
    return cells.sums.get(name, np.zeros(cells.rows, np.int64))


def _whole(cells: Cells, name: str) -> NDArray[np.int64]:
    """A text's places, or numbers, wide enough to be reckoned with."""
    found = cells.texts[name].codes if name in cells.texts else _numbers(cells, name)
    return found.astype(np.int64)


def _sums(keys: NDArray[Any], counts: NDArray[Any]) -> list[tuple[int, int]]:
    """Each number, and the counts that stand beside it added up."""
    known, places = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(known), np.int64)
    np.add.at(sums, places, counts)
    return list(zip(known.tolist(), sums.tolist(), strict=True))
