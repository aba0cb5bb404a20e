"""What is known about a reader, from their own acts, their ties and the trained model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from grapevine.discovery import artifacts, shortlists
from grapevine.discovery.models import TagWord, Taste
from grapevine.discovery.queries.recall import Reader, Scope
from grapevine.discovery.rules.heads import Known
from grapevine.discovery.rules.tasting import WEIGHTS, Act, tastes
from grapevine.kit import clock
from grapevine.people import facade as people

ACTS_MAX = 300
TIES_MAX = 30
TIE_ACTS_MAX = 600
GOODS_MAX = 100
VISIT = timedelta(hours=2)


def reader_for(person_id: int, *, scope: Scope | None, depth: int) -> Reader:
    """Two queries: whom they follow; their acts and those of the people tied to them."""
    ties = artifacts.ties_of(person_id, TIES_MAX)
    own, others = _acts(person_id, ties)
    now = clock.now()
    mine = tastes(own, now)
    goods = _ints(_of_kind(mine, "goods"))
    near = artifacts.neighbours(goods, GOODS_MAX)
    followees = frozenset(people.followee_ids(person_id))
    return Reader(
        followees=followees,
        near_goods=_texts(_merged(near, goods)),
        social_goods=_social(others, ties),
        model_goods=_texts(shortlists.items_for(person_id, GOODS_MAX)),
        categories=_of_kind(mine, "category"),
        topics=_of_kind(mine, "topic"),
        scope=scope,
        depth=depth,
        known=_known(own, mine, followees),
    )


def _known(
    own: Sequence[Act], mine: Mapping[tuple[str, str], float], followees: frozenset[int]
) -> Known:
    is_buyer = any(act.weight >= WEIGHTS["order"] for act in own)
    return Known(mine, followees, len({act.at for act in own}), is_buyer)


@dataclass(frozen=True, slots=True)
class Own:
    """What a person did: goods and categories by weight, the categories of the last two hours newest first, how
    many acts there are (at most 300), and the categories they do not want to be used."""

    goods: Mapping[int, float]
    categories: Mapping[str, float]
    visit: Sequence[str]
    count: int
    dropped: frozenset[str]
    bought: frozenset[int]


def own_acts(person_id: int) -> Own:
    """Two queries. A tag that was taken away is not used from the next request on, whatever was learned since."""
    own, _others = _acts(person_id, {})
    now = clock.now()
    dropped = frozenset(key for kind, key in dropped_words(person_id) if kind == "category")
    found = tastes(own, now)
    recent = [act.key for act in own if act.kind == "category" and now - act.at <= VISIT]
    return Own(
        goods=_ints(_of_kind(found, "goods")),
        categories={k: w for k, w in _of_kind(found, "category").items() if k not in dropped},
        visit=[key for key in dict.fromkeys(recent) if ("category", key) in found],
        count=sum(act.kind == "goods" for act in own),
        dropped=dropped,
        bought=frozenset(
            int(act.key) for act in own if act.kind == "goods" and act.weight >= WEIGHTS["order"]
        ),
    )


def dropped_words(person_id: int) -> set[tuple[str, str]]:
    """(kind, key) of the tags this person does not want to be used. One query."""
    rows = TagWord.objects.filter(person_id=person_id, is_wanted=False)
    return set(rows.values_list("kind", "key"))


def _acts(person_id: int, ties: Mapping[int, float]) -> tuple[list[Act], dict[int, list[Act]]]:
    rows = Taste.objects.filter(person_id__in=[person_id, *ties]).order_by("-id")
    fields = rows.values_list("person_id", "kind", "key", "weight", "at")
    own: list[Act] = []
    others: dict[int, list[Act]] = {}
    for who, kind, key, weight, at in fields[: ACTS_MAX + TIE_ACTS_MAX * bool(ties)]:
        act = Act(kind, key, weight, at)
        if who == person_id:
            own.append(act)
        elif kind == "goods":
            others.setdefault(who, []).append(act)
    return own, others


def _social(acts: Mapping[int, list[Act]], ties: Mapping[int, float]) -> dict[str, float]:
    """Sum over ties of tie weight times what they chose, fading as their acts age."""
    now = clock.now()
    found: dict[str, float] = {}
    for who in sorted(acts):
        for (_kind, key), weight in tastes(acts[who], now).items():
            found[key] = found.get(key, 0.0) + ties[who] * weight
    return found


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
