"""Who is tied to a person, and how much; and what those people chose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from grapevine.campaigns import facade as campaigns
from grapevine.discovery import artifacts
from grapevine.discovery.rules.tasting import WEIGHTS, Act, tastes
from grapevine.kit import clock, sql
from grapevine.people import facade as people
from grapevine.spread import facade as spread

TIES_MAX = 30
ACTS_MAX = 900
OPENED = timedelta(days=30)
OF_KIND: Mapping[str, float] = {"invite": 1.0, "opened": 0.8, "share": 0.6}
FOLLOWED = 0.4
SEATED = 0.4
LEARNED = 0.5
TIED = """
SELECT * FROM (
    SELECT 'tied' AS how, key AS word, person_id AS who, weight, at FROM discovery_taste
    WHERE kind = 'goods' AND person_id IN ({ids}) ORDER BY id DESC LIMIT %s
) AS tied
"""


@dataclass(frozen=True, slots=True)
class Ties:
    """`weights`: person → how close. `names`: those who let friends know what they bought."""

    weights: Mapping[int, float] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    followed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What tied people chose: goods and categories by weight, and for goods the closest who bought it and says so."""

    goods: Mapping[int, float] = field(default_factory=dict)
    bought: frozenset[int] = frozenset()
    teller: Mapping[int, int] = field(default_factory=dict)
    followed: Mapping[int, float] = field(default_factory=dict)
    """Of those who are followed alone, whatever else ties them: what heads are fitted on."""


def ties_parts(person_id: int) -> list[sql.Part]:
    """What `ties_for` is told of, to be asked along with something else."""
    return [
        spread.known_part(person_id, clock.now() - OPENED),
        people.followed_part(person_id),
        campaigns.mates_part(person_id),
    ]


def ties_for(person_id: int, around: Mapping[str, Sequence[tuple[int, int]]]) -> Ties:
    """The thirty closest: who brought them or whose shares they opened, whom they follow, with whom they bought
    in a group, and the trained ties. One query, none without ties."""
    weights: dict[int, float] = {}
    for kind, worth in OF_KIND.items():
        for other, count in dict(around.get(kind, ())).items():
            _add(weights, [other], worth * (1 + min(count - 1, 4) / 8))
    followed = {other for other, _ in around.get("followed", ())}
    _add(weights, followed, FOLLOWED)
    _add(weights, {other for other, _ in around.get("mate", ())}, SEATED)
    learned = artifacts.ties_of(person_id, TIES_MAX)
    most = max(learned.values(), default=1.0)
    for other, weight in learned.items():
        _add(weights, [other], LEARNED * weight / most)
    weights.pop(person_id, None)
    if not weights:
        return Ties()
    usable = people.friends_to_learn_from(person_id, weights)
    closest = sorted(usable, key=lambda pk: (-weights[pk], pk))[:TIES_MAX]
    return Ties(
        {pk: weights[pk] for pk in closest},
        {pk: usable[pk] for pk in closest if usable[pk]},
        frozenset(followed),
    )


def _add(weights: dict[int, float], others: Iterable[int], weight: float) -> None:
    for other in others:
        weights[other] = weights.get(other, 0.0) + weight


def tied_part(ties: Ties) -> tuple[str, list[object]]:
    """What those people did for goods, the newest: rows (tied, key, who, weight, at)."""
    ids = sql.stepped(sorted(ties.weights))
    return TIED.format(ids=sql.places(len(ids))), [*ids, ACTS_MAX]


def chosen_of(ties: Ties, rows: Iterable[tuple[str, int, float, Any]]) -> Chosen:
    """s(i) = Σ over ties of closeness times what part of all they did they did to it, fading by e in thirty days.

    A part, so that who does a hundred things says as much as who does three. `rows`: key, who, weight, at.
    """
    acts: dict[int, list[Act]] = {}
    for key, who, weight, at in rows:
        acts.setdefault(who, []).append(Act("goods", key, weight, sql.moment(at)))
    now = clock.now()
    goods: dict[int, float] = {}
    teller: dict[int, int] = {}
    followed: dict[int, float] = {}
    bought: set[int] = set()
    for who in sorted(acts, key=lambda pk: (-ties.weights[pk], pk)):
        own = _bought(acts[who])
        bought |= own
        liked = tastes(acts[who], now)
        whole = sum(liked.values())
        for (_kind, key), weight in liked.items():
            goods[int(key)] = goods.get(int(key), 0.0) + ties.weights[who] * weight / whole
            if who in ties.followed:
                followed[int(key)] = followed.get(int(key), 0.0) + weight
        for goods_id in own if who in ties.names else ():
            teller.setdefault(goods_id, who)
    return Chosen(goods, frozenset(bought), teller, followed)


def _bought(acts: Sequence[Act]) -> set[int]:
    return {int(act.key) for act in acts if act.weight >= WEIGHTS["order"]}
