"""The log played again, oldest first: what each reader and note looked like when a note was shown, and what came of it.

Nothing later than the showing is looked at for its features (leakage); a deed counts for the last showing of the note
to that person before it, within the window of its head.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grapevine.discovery import facade as discovery
from grapevine.discovery.facade import Facts, GoodsFacts, Known, Purse

HOUR, DAY = 3600.0, 86_400.0
WINDOWS: Mapping[str, float] = {
    "click": HOUR, "save": DAY, "order": 3 * DAY, "share": DAY, "hide": DAY,
}  # fmt: skip
"""How long after a showing a deed counts for it, in seconds."""
DEEDS: Mapping[str, str] = {
    "click": "click", "view": "click", "like": "save", "collect": "save", "share": "share",
    "scene.note_liked": "save", "scene.note_collected": "save", "spread.share_created": "share",
    "hide": "hide", "report": "hide",
}  # fmt: skip
ACTS: Mapping[str, tuple[str, int]] = {
    "click": ("click", 1), "view": ("click", 1), "like": ("like", 1), "collect": ("collect", 1),
    "comment": ("comment", 1), "scene.note_liked": ("like", 1), "scene.note_unliked": ("like", -1),
    "scene.note_collected": ("collect", 1), "scene.note_uncollected": ("collect", -1),
    "scene.note_commented": ("comment", 1),
}  # fmt: skip
"""What an act teaches about a taste, as pages learn it: its name and sign."""
GOODS_DEEDS: Mapping[str, str] = {
    "click": "click", "view": "click", "cart": "save", "share": "share", "spread.share_created": "share",
    "hide": "hide", "report": "hide",
}  # fmt: skip
"""Of goods that were shown; putting into the cart is what keeping is of a note."""
GOODS_ACTS: Mapping[str, str] = {"click": "click", "view": "click"}
TAKEN_BACK = "discovery.word_taken_back"
WORDS: Mapping[str, str] = {
    "discovery.not_wanted": "hide", "discovery.more_wanted": "more", TAKEN_BACK: "",
}  # fmt: skip
"""What people say of a thing: one word at a time, and the last one counts alone. "" leaves none."""
FOLLOWEES_MAX = 30


@dataclass(frozen=True, slots=True)
class Happening:
    """A row of the log. `note`: the public id it is about; `goods`: ids of what was ordered, shown or looked at.

    `kind`: what the row itself is about, where that is goods.
    """

    at: float
    verb: str
    person_id: int
    note: str = ""
    place: int | None = None
    request_id: str = ""
    goods: tuple[int, ...] = ()
    other_id: int = 0
    kind: str = ""


@dataclass(slots=True)
class Showing:
    """A note or goods shown to somebody. `row`: features as they were then; `note`: "" of goods."""

    at: float
    person_id: int
    note: str
    place: int | None
    request_id: str
    row: list[float]
    deeds: set[str] = field(default_factory=set)


class Fading(dict[tuple[str, str], float]):
    """Tastes as of `now`: each fades by e in DECAY_DAYS from when it last moved."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._moved: dict[tuple[str, str], float] = {}

    def get(self, key: tuple[str, str], default: float = 0.0) -> float:  # type: ignore[override]
        held = super().get(key)
        if held is None:
            return default
        days = (self.now - self._moved[key]) / DAY
        return held * math.exp(-days / discovery.DECAY_DAYS)

    def add(self, key: tuple[str, str], weight: float) -> None:
        self[key] = self.get(key) + weight
        self._moved[key] = self.now


@dataclass(slots=True)
class _Memory:
    """What was known of one person up to now."""

    tastes: Fading = field(default_factory=Fading)
    followees: set[int] = field(default_factory=set)
    acts: int = 0
    is_buyer: bool = False
    touched: set[str] = field(default_factory=set)
    purse: Purse = field(default_factory=Purse)

    def known(self) -> Known:
        return Known(self.tastes, self.followees, self.acts, self.is_buyer)


@dataclass(frozen=True, slots=True)
class _Word:
    """What somebody said of a thing and what it taught. `showing`: the one that it made a deed of, if it was the first to."""

    at: float
    act: str
    keys: list[tuple[str, str]]
    showing: Showing | None


class Replay:
    """Plays happenings in the order of time; `showings` are what was shown, in that order."""

    def __init__(
        self, facts: Mapping[str, Facts], categories: Mapping[str, str],
        goods: Mapping[int, GoodsFacts] | None = None,
    ) -> None:  # fmt: skip
        """`goods`: of everything anybody acted on; `sold` as it was before the first happening. Without, goods shown are passed over."""
        self.showings: list[Showing] = []
        self.goods_showings: list[Showing] = []
        self._goods = goods or {}
        self._sold: Counter[int] = Counter()
        self._goods_shown: dict[tuple[int, int], Showing] = {}
        self._facts = facts
        self._categories = categories
        self._memories: defaultdict[int, _Memory] = defaultdict(_Memory)
        self._points: Counter[str] = Counter()
        self._shown: dict[tuple[int, str], Showing] = {}
        self._by_goods: dict[tuple[int, str], Showing] = {}
        self._seen: dict[tuple[int, str], float] = {}
        self._words: dict[tuple[int, str], _Word] = {}

    def play(self, happenings: Iterable[Happening]) -> list[Showing]:
        for one in happenings:
            memory = self._memories[one.person_id]
            memory.tastes.now = one.at
            if one.kind == "goods":
                self._goods_row(one, memory)
            elif one.verb == "impression":
                self._show(one, memory)
            elif one.verb == "trade.order_paid":
                self._order(one, memory)
            elif one.verb in ("people.person_followed", "people.person_unfollowed"):
                change = (
                    memory.followees.add
                    if one.verb.endswith("_followed")
                    else memory.followees.discard
                )
                change(one.other_id)
            elif one.note:
                self._note_act(one, memory)
        return self.showings

    def _show(self, one: Happening, memory: _Memory) -> None:
        note = self._facts.get(one.note)
        if note is None:
            return
        then = replace(note, points=self._points[one.note])
        row = discovery.features(memory.known(), then, one.at, place=one.place)
        showing = Showing(one.at, one.person_id, one.note, one.place, one.request_id, row)
        self.showings.append(showing)
        self._shown[one.person_id, one.note] = showing
        for goods in note.goods:
            self._by_goods[one.person_id, goods] = showing

    def _note_act(self, one: Happening, memory: _Memory) -> None:
        showing = self._shown.get((one.person_id, one.note))
        note, act = self._facts.get(one.note), ACTS.get(one.verb)
        if one.verb in WORDS:
            if note is not None:
                self._said(one, memory, one.note, showing, _keys_of_note(note))
            return
        deed = DEEDS.get(one.verb)
        if deed:
            _did(showing, deed, one.at)
        if note is None or act is None:
            return
        name, sign = act
        if name == "click" and self._just_seen(one.person_id, one.note, one.at):
            return
        keys = _keys_of_note(note)
        self._learn(memory, keys, name, sign)
        self._points[one.note] += sign * discovery.POINTS.get(name, 0)

    def _goods_row(self, one: Happening, memory: _Memory) -> None:
        """Goods were shown, or something was done to them; a look that came from a note is an act on the note."""
        if not one.goods:
            return
        if one.verb == "impression":
            self._show_goods(one, memory)
            return
        showing = self._goods_shown.get((one.person_id, one.goods[0]))
        if one.verb in WORDS:
            name = f"g{one.goods[0]}"
            self._said(one, memory, name, showing, self._keys_of(one.goods))
            return
        deed, act = GOODS_DEEDS.get(one.verb), GOODS_ACTS.get(one.verb)
        if deed:
            _did(showing, deed, one.at)
        if one.note and one.verb == "view":
            self._note_act(one, memory)
        elif act and not (
            act == "click" and self._just_seen(one.person_id, f"g{one.goods[0]}", one.at)
        ):
            self._learn(memory, self._keys_of(one.goods), act, 1)

    def _show_goods(self, one: Happening, memory: _Memory) -> None:
        facts = self._goods.get(one.goods[0])
        if facts is None:
            return
        then = replace(facts, sold=facts.sold + self._sold[facts.goods_id])
        row = discovery.goods_features(
            memory.known(), then, one.at, tie=self._tie(facts.goods_id, memory, one.at),
            purse=memory.purse, place=one.place,
        )  # fmt: skip
        showing = Showing(one.at, one.person_id, "", one.place, one.request_id, row)
        self.goods_showings.append(showing)
        self._goods_shown[one.person_id, facts.goods_id] = showing

    def _tie(self, goods_id: int, memory: _Memory, at: float) -> float:
        """What those the person follows did for it by then."""
        total = 0.0
        for other in sorted(memory.followees, reverse=True)[:FOLLOWEES_MAX]:
            theirs = self._memories.get(other)
            if theirs is not None:
                theirs.tastes.now = at
                total += max(theirs.tastes.get(("goods", str(goods_id))), 0.0)
        return total

    def _order(self, one: Happening, memory: _Memory) -> None:
        bought = {str(pk) for pk in one.goods}
        for pk in one.goods:
            _did(self._goods_shown.get((one.person_id, pk)), "order", one.at)
            self._sold[pk] += 1
        for showing in self._led_to(one, bought):
            _did(showing, "order", one.at)
        memory.is_buyer = True
        self._learn(memory, self._keys_of(one.goods), "order", 1)
        if one.note in self._facts:
            self._points[one.note] += discovery.POINTS["order"]

    def _led_to(self, one: Happening, bought: Iterable[str]) -> Iterator[Showing]:
        """The showing of the note the order names, else the last one of each thing bought."""
        named = self._shown.get((one.person_id, one.note)) if one.note else None
        if named is not None:
            yield named
            return
        for goods in bought:
            showing = self._by_goods.get((one.person_id, goods))
            if showing is not None:
                yield showing

    def _keys_of(self, goods_ids: Iterable[int]) -> list[tuple[str, str]]:
        names = [str(pk) for pk in goods_ids]
        found = sorted({self._categories[name] for name in names if name in self._categories})
        return [("goods", name) for name in names] + [("category", name) for name in found]

    def _learn(self, memory: _Memory, keys: list[tuple[str, str]], act: str, sign: int) -> None:
        memory.acts += sign > 0
        for key in keys:
            memory.tastes.add(key, sign * discovery.WEIGHTS[act])
            if key[0] == "goods" and sign * discovery.WEIGHTS[act] > 0:
                self._touch(memory, key[1])

    def _said(
        self, one: Happening, memory: _Memory, name: str, showing: Showing | None,
        keys: list[tuple[str, str]],
    ) -> None:  # fmt: skip
        """A word takes the place of the one before it on the same thing; taken back, it leaves none."""
        earlier = self._words.pop((one.person_id, name), None)
        if earlier is not None:
            _unsay(earlier, memory, one.at)
        if one.verb == TAKEN_BACK:
            return
        act, did = WORDS[one.verb], False
        if act == "hide" and showing is not None and "hide" not in showing.deeds:
            did = _did(showing, "hide", one.at)
        self._learn(memory, keys, act, 1)
        self._words[one.person_id, name] = _Word(one.at, act, keys, showing if did else None)

    def _touch(self, memory: _Memory, key: str) -> None:
        facts = self._goods.get(int(key))
        if facts is not None and key not in memory.touched:
            memory.touched.add(key)
            one = Purse.of([facts.price_minor])
            memory.purse = Purse(memory.purse.count + one.count, memory.purse.logs + one.logs)

    def _just_seen(self, person_id: int, name: str, at: float) -> bool:
        last = self._seen.get((person_id, name))
        if last is not None and at - last < HOUR:
            return True
        self._seen[person_id, name] = at
        return False


def _keys_of_note(note: Facts) -> list[tuple[str, str]]:
    keys = [("note", str(note.note_id)), ("author", str(note.author_id))]
    keys += [("topic", topic) for topic in note.topics] + [("goods", pk) for pk in note.goods]
    return keys + [("category", category) for category in note.categories]


def _unsay(word: _Word, memory: _Memory, at: float) -> None:
    """What is left of it by now goes; the price of something that was wanted stays known."""
    if word.showing is not None:
        word.showing.deeds.discard("hide")
    memory.acts -= 1
    left = math.exp(-(at - word.at) / DAY / discovery.DECAY_DAYS)
    for key in word.keys:
        memory.tastes.add(key, -discovery.WEIGHTS[word.act] * left)


def _did(showing: Showing | None, deed: str, at: float) -> bool:
    """Whether it counts."""
    if showing is None or at - showing.at > WINDOWS[deed]:
        return False
    showing.deeds.add(deed)
    return True


def happening_of(row: Mapping[str, Any], goods_ids: Mapping[str, int]) -> Happening:
    """A row as `heads` reads it from the lake."""
    is_note = row["object_type"] == "note"
    listed = [int(part) for part in (row["goods"] or "").split(",") if part.strip()]
    if row["object_type"] == "goods" and row["object_id"] in goods_ids:
        listed = [goods_ids[row["object_id"]]]
    return Happening(
        at=row["ts"].timestamp(), verb=row["verb"], person_id=row["person_id"],
        note=(row["object_id"] or "") if is_note else (row["source_note"] or ""),
        place=row["position"], request_id=row["request_id"] or "", goods=tuple(listed),
        other_id=int(row["followee"] or 0), kind="goods" if row["object_type"] == "goods" else "",
    )  # fmt: skip
