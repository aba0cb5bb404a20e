"""What is known about a reader, from their own acts, their ties and the trained model."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from grapevine.discovery import artifacts, shortlists
from grapevine.discovery.contracts import Channel
from grapevine.discovery.queries import readers_sql as sql
from grapevine.discovery.queries.recall import Reader, Scope, moment
from grapevine.discovery.rules.choosing import GOODS_KEY
from grapevine.discovery.rules.heads import Known
from grapevine.discovery.rules.phrasing import WORDS_KEPT
from grapevine.discovery.rules.tasting import WEIGHTS, Act, tastes
from grapevine.discovery.rules.ties import FOLLOWED, Bonds, tie_weights
from grapevine.kit import clock
from grapevine.kit.sql import Part, places, rows as rows_of, stepped
from grapevine.people import facade as people

ACTS_MAX = 300
TIES_MAX = 30
BONDS_MAX = 60
TIE_ACTS_MAX = 600
GOODS_MAX = 100
VISIT = timedelta(hours=2)


@dataclass(slots=True)
class Rows:
    """The rows of the one statement, sorted by what they are."""

    own: list[Act] = field(default_factory=list)
    others: dict[int, list[Act]] = field(default_factory=dict)
    bonds: dict[int, dict[str, int]] = field(default_factory=dict)
    words: dict[str, float] = field(default_factory=dict)
    dropped: set[tuple[str, str]] = field(default_factory=set)
    rules: dict[Channel, int] = field(default_factory=dict)
    goods_rules: dict[Channel, int] = field(default_factory=dict)
    around: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def reader_for(
    person_id: int, *, scope: Scope | None, depth: int, region: str = ""
) -> tuple[Reader, dict[Channel, int]]:
    """The reader, and what operators said of channels. One query: whom they follow, and all that discovery keeps:
    their acts and words, what they do not want used, those of the people tied to them, the operators' rules."""
    trained = artifacts.ties_of(person_id, TIES_MAX)
    rows = _rows(person_id, list(trained))
    followees = [who for who, _ in rows.around.get("followed", ())]
    ties = _tied(trained, followees, rows.bonds)
    now = clock.now()
    mine = {
        name: weight for name, weight in tastes(rows.own, now).items() if name not in rows.dropped
    }
    goods = _ints(_of_kind(mine, "goods"))
    near = artifacts.neighbours(goods, GOODS_MAX)
    social = _social(rows.others, ties)
    reader = Reader(
        person_id=person_id,
        followees=frozenset(followees),
        near_goods=_texts(_merged(near, goods)),
        social_goods=_of_kind(social, "goods"),
        social_notes=_of_kind(social, "note"),
        model_goods=_texts(shortlists.items_for(person_id, GOODS_MAX)),
        categories=_of_kind(mine, "category"),
        topics=_of_kind(mine, "topic"),
        words=rows.words,
        region=region,
        scope=scope,
        depth=depth,
        known=_known(rows.own, mine, frozenset(followees)),
    )
    return reader, rows.rules


def _rows(person_id: int, trained: Sequence[int]) -> Rows:
    follows, ids = people.followed_part(person_id), stepped(trained)
    others = sql.OTHERS.format(ids=places(len(ids)) or "NULL", followed=follows.text)
    parts = [sql.OWN, others, sql.BONDS, sql.WORDS, sql.DROPPED, sql.RULES]
    parts.append(sql.AROUND.format(part=follows.text))
    params = [person_id, ACTS_MAX, *ids, *follows.params, TIES_MAX, person_id, TIES_MAX]
    params += [TIE_ACTS_MAX, person_id, BONDS_MAX, person_id, WORDS_KEPT, person_id]
    rows = Rows()
    for row in rows_of(" UNION ALL ".join(parts), [*params, *follows.params]):
        _sort_in(rows, *row)
    return rows


def _sort_in(rows: Rows, what: str, who: int, kind: str, key: str, weight: Any, at: Any) -> None:
    match what:
        case "own":
            rows.own.append(Act(kind, key, weight, moment(at)))
        case "others":
            rows.others.setdefault(who, []).append(Act(kind, key, weight, moment(at)))
        case "bond":
            rows.bonds.setdefault(who, {})[kind] = int(weight)
        case "word":
            rows.words[key] = weight
        case "around":
            rows.around.setdefault(kind, []).append((who, int(weight)))
        case "dropped":
            rows.dropped.add((kind, key))
        case _ if key.startswith(GOODS_KEY):
            rows.goods_rules[Channel(key.removeprefix(GOODS_KEY))] = int(weight)
        case _:
            rows.rules[Channel(key)] = int(weight)


def _tied(trained: Mapping[int, float], followees: Sequence[int], bonds: Bonds) -> dict[int, float]:
    """Person → how much their choices count for the reader: what was trained, and what each kind of tie is worth."""
    worth = {**tie_weights(bonds, artifacts.tie_worth())}
    follow = artifacts.tie_worth().get(FOLLOWED, 0.0)
    for other in followees:
        worth[other] = worth.get(other, 0.0) + follow
    for other, weight in trained.items():
        worth[other] = worth.get(other, 0.0) + weight
    return worth


def _known(
    own: Sequence[Act], mine: Mapping[tuple[str, str], float], followees: frozenset[int]
) -> Known:
    is_buyer = any(act.kind == "goods" and act.weight >= WEIGHTS["order"] for act in own)
    return Known(mine, followees, len({act.at for act in own}), is_buyer)


@dataclass(frozen=True, slots=True)
class Own:
    """What a person did: goods and categories by weight, the categories of the last two hours newest first, how
    many acts there are (at most 300), the words they write and read, and what they do not want, as (kind, key).

    `rules`: what operators said of channels of goods."""

    goods: Mapping[int, float]
    categories: Mapping[str, float]
    visit: Sequence[str]
    count: int
    bought: frozenset[int]
    words: Mapping[str, float]
    unwanted: Set[tuple[str, str]]
    known: Known
    """What ranking may use."""
    rules: Mapping[Channel, int]
    around: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    """What was asked along: by its name, who or what and how often."""

    def keys(self, kind: str) -> frozenset[str]:
        """What of this kind they do not want."""
        return frozenset(key for of, key in self.unwanted if of == kind)


def own_acts(person_id: int, along: Sequence[Part] = ()) -> Own:
    """One query, with what is asked along. A tag that was taken away is not used from the next request on, whatever was learned since."""
    texts = [sql.OWN, sql.WORDS, sql.DROPPED, sql.RULES]
    texts += [sql.AROUND.format(part=part.text) for part in along]
    params = [person_id, ACTS_MAX, person_id, WORDS_KEPT, person_id]
    params += [value for part in along for value in part.params]
    rows = Rows()
    for row in rows_of(" UNION ALL ".join(texts), params):
        _sort_in(rows, *row)
    own, now = sorted(rows.own, key=lambda act: act.at, reverse=True), clock.now()
    dropped = {key for kind, key in rows.dropped if kind == "category"}
    liked = tastes(own, now)
    recent = [act.key for act in own if act.kind == "category" and now - act.at <= VISIT]
    return Own(
        goods=_ints(_of_kind(liked, "goods")),
        categories={k: w for k, w in _of_kind(liked, "category").items() if k not in dropped},
        visit=[key for key in dict.fromkeys(recent) if ("category", key) in liked],
        count=sum(act.kind == "goods" for act in own),
        bought=frozenset(
            int(act.key) for act in own if act.kind == "goods" and act.weight >= WEIGHTS["order"]
        ),
        words=rows.words,
        unwanted=rows.dropped,
        known=_known(own, {k: w for k, w in liked.items() if k not in rows.dropped}, frozenset()),
        rules=rows.goods_rules,
        around=rows.around,
    )


def _social(
    acts: Mapping[int, list[Act]], ties: Mapping[int, float]
) -> dict[tuple[str, str], float]:
    """Sum over ties of tie weight times what they chose, fading as their acts age."""
    now = clock.now()
    found: dict[tuple[str, str], float] = {}
    for who in sorted(acts):
        for name, weight in tastes(acts[who], now).items():
            found[name] = found.get(name, 0.0) + ties.get(who, 0.0) * weight
    return {name: weight for name, weight in found.items() if weight > 0}


def _of_kind(weights: Mapping[tuple[str, str], float], kind: str) -> dict[str, float]:
    return {key: weight for (of, key), weight in weights.items() if of == kind}


def _ints(weights: Mapping[str, float]) -> dict[int, float]:
    return {int(key): weight for key, weight in weights.items()}


def _texts(weights: Mapping[int, float]) -> dict[str, float]:
    return {str(key): weight for key, weight in weights.items()}


def _merged(near: Mapping[int, float], own: Mapping[int, float]) -> dict[int, float]:
    """What is near comes before more of the same."""
    least = min(near.values(), default=1.0)
    heaviest = max(own.values(), default=1.0)
    return {**{key: 0.5 * least * value / heaviest for key, value in own.items()}, **near}
