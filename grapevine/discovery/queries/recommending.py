"""Goods for a person, alone or inside one shop, or beside a goods they look at.

Two ways that share no reading of people: `_for_person` knows acts, ties and tags; `_for_everybody` is not told who asks.
(Personal Information Protection Law, article 24: a choice that is not aimed at what one person is like.)
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from grapevine.discovery import artifacts, shortlists
from grapevine.discovery.contracts import Channel, Reason, Suggested
from grapevine.discovery.queries import shelves
from grapevine.discovery.queries.goodsranking import FRONT, ranked_goods
from grapevine.discovery.queries.needs import chosen_and_needed
from grapevine.discovery.queries.partners import partner_goods
from grapevine.discovery.queries.readers import Own, own_acts
from grapevine.discovery.queries.shelves import OnSale, ranked
from grapevine.discovery.queries.ties import Chosen, Ties, ties_for, ties_parts
from grapevine.discovery.queries.weights import GOODS, weights_for
from grapevine.discovery.queries.wishes import unwanted_goods
from grapevine.discovery.rules import choosing
from grapevine.discovery.rules.adapting import SCALE, segment_of
from grapevine.discovery.rules.blending import in_force
from grapevine.discovery.rules.tasting import strongest
from grapevine.discovery.rules.wishing import Words
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import clock, sql
from grapevine.people import facade as people
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade

CANDIDATES_MAX = 200
LIMIT_MAX = 50
NEW = timedelta(days=14)
"""So long goods on the shelf are new."""
SEEN_MAX = 10
CATEGORIES_MAX = 6
SPARE = 2
KEPT_OUT_SPARE = 4
REASONS: Mapping[Channel, Reason] = {
    Channel.ITEMS: Reason.NEAR, Channel.VISIT: Reason.VISIT, Channel.INTERESTS: Reason.OFTEN,
    Channel.LOCAL: Reason.LOCAL, Channel.POPULAR: Reason.POPULAR, Channel.WORDS: Reason.WRITTEN,
    Channel.NEIGHBOURS: Reason.AROUND, Channel.FRESH: Reason.NEW,
}  # fmt: skip


@dataclass(slots=True)
class _Draft:
    """Channels with their candidates, best first, and what is known of all of them.

    `unwanted`: what the person said they do not want, as (kind, key).

    `avoided` goods stand nowhere; `beside` are those taken with the goods looked at, which come first.
    `wishes`: what all channels together say of goods, of whatever shop. `segment`: of which readers the weights are; `filled`:
    goods that only fill the list up.
    """

    lists: dict[Channel, Sequence[int]] = field(default_factory=dict)
    weights: Mapping[Channel, int] = field(default_factory=dict)
    known: dict[int, OnSale] = field(default_factory=dict)
    beside: Sequence[int] = ()
    avoided: Collection[int] = ()
    ties: Ties = field(default_factory=Ties)
    chosen: Chosen = field(default_factory=Chosen)
    wishes: Mapping[int, float] = field(default_factory=dict)
    unwanted: Words = frozenset()
    segment: str = ""
    filled: Collection[int] = ()
    fresh: Sequence[int] = ()
    """What was put on the shelf of late, on the square alone: it gets one place in ten."""
    cards: Mapping[int, GoodsCard] = field(default_factory=dict)
    """Those that were read already, in this request."""
    works_alone: bool = False
    """The shop is known to have no partners."""


def recommend_goods(
    person_id: int | None, shop_id: int | None = None, limit: int = 12, *,
    beside: int | None = None, seen: Sequence[int] = (), region: str | None = None,
    personalised: bool | None = None,
) -> list[Suggested]:  # fmt: skip
    """Goods on sale, best first; inside a shop that shop's alone, but for what its partners'
    goods complete, at most two in ten.

    `beside`: a goods being looked at; what people take with it comes first. `seen`: goods looked at in this visit.
    `region`: where the reader says they are, as coarse as a province; None looks at the profile. Goods bought before are
    left out unless they are bought again and again. At most nine queries for a person whose list is full, three
    more where it must be filled up; nine without personalisation; with partners five more.
    """
    size = max(1, min(limit, LIMIT_MAX))
    if person_id is not None and personalised is None:
        personalised = people.personalised(person_id)
    if region is None:
        region = people.region_of(person_id) if person_id is not None else ""
    looked = [*([beside] if beside is not None else []), *seen[:SEEN_MAX]]
    if person_id is not None and personalised:
        draft = _for_person(person_id, shop_id, looked, region)
    else:
        draft = _for_everybody(shop_id, looked, region)
    if beside is not None:
        draft.beside = ranked(artifacts.neighbours({beside: 1.0}, CANDIDATES_MAX), draft.known)
    own = _shown(_ordered(draft, shop_id, beside, size), draft, shop_id, size)
    if shop_id is None or draft.works_alone:
        return own
    partners = partner_goods(shop_id, draft.wishes, without=draft.avoided)
    return choosing.among(own, partners, size=size)


def _for_everybody(shop_id: int | None, looked: Sequence[int], region: str) -> _Draft:
    """What is popular, what is bought in the region, and what goes with what is looked at in this visit."""
    near = artifacts.neighbours(dict.fromkeys(looked, 1.0), CANDIDATES_MAX)
    around = shelves.around_everybody([shelves.region_part(region), _newest(shop_id)])
    local = shelves.by_buyers(around.get("local", ()))
    fresh = _fresh(around)
    popular = artifacts.popular_items(CANDIDATES_MAX)
    known = shelves.on_sale({*near, *local, *popular, *looked, *fresh}, shop_id)
    alike = _alike(looked, known, shop_id)
    lists: dict[Channel, Sequence[int]] = {
        Channel.VISIT: list(dict.fromkeys([*ranked(near, known), *alike])),
        Channel.LOCAL: ranked(local, known),
        Channel.POPULAR: ranked(popular, known),
    }
    wishes = choosing.fused([near, local, popular])
    return _Draft(lists, choosing.COMMON, known, avoided=set(looked), wishes=wishes, fresh=fresh)


def _alike(
    looked: Sequence[int], known: dict[int, OnSale], shop_id: int | None
) -> list[int]:  # fmt: skip
    """The best of the categories that are looked at, in turns; `known` learns them."""
    names = list(dict.fromkeys(known[pk].category for pk in looked if pk in known))
    found = shelves.best_of_categories([one for one in names if one], shop_id)
    known |= {one.goods_id: one for best in found.values() for one in best}
    return choosing.by_turns([one.goods_id for one in best] for best in found.values())


def _along(person_id: int, shop_id: int | None, region: str) -> list[sql.Part]:
    """What other modules know of the reader, and of where they are: asked in one statement with their own acts."""
    local = shelves.region_part(region)
    partners = spread.partners_part(shop_id) if shop_id is not None else None
    parts = [
        *ties_parts(person_id), trade.bought_part(person_id), local, partners, _newest(shop_id)
    ]  # fmt: skip
    return [part for part in parts if part is not None]


def _newest(shop_id: int | None) -> sql.Part | None:
    return goods.newest_part(clock.now() - NEW) if shop_id is None else None


def _fresh(around: Mapping[str, Sequence[tuple[int, int]]]) -> list[int]:
    return sorted((pk for pk, _ in around.get("new", ())), reverse=True)


def _fresh_for(
    person_id: int, fresh: Sequence[int], own: Own, known: Mapping[int, OnSale]
) -> list[int]:
    """New goods of categories the person keeps to, then the others, each reader beginning elsewhere, so that all are seen."""
    turn = person_id % max(len(fresh), 1)
    found = [pk for pk in [*fresh[turn:], *fresh[:turn]] if pk in known]
    return sorted(found, key=lambda pk: -own.categories.get(known[pk].category, 0.0))


def _for_person(
    person_id: int, shop_id: int | None, looked: Sequence[int], region: str
) -> _Draft:  # fmt: skip
    own = own_acts(person_id, _along(person_id, shop_id, region))
    ties, bought = ties_for(person_id, own.around), dict(own.around.get("bought", ()))
    segment = segment_of(own.known)
    said = {channel: weight * SCALE for channel, weight in own.rules.items()}
    weights = in_force(weights_for(segment, GOODS), said)
    words = own.words if Channel.WORDS in weights else {}
    chosen, needed = chosen_and_needed(person_id, ties, words)
    scores: dict[Channel, Mapping[int, float]] = {
        Channel.ITEMS: artifacts.neighbours(own.goods, CANDIDATES_MAX),
        Channel.SOCIAL: chosen.goods,
        Channel.WORDS: needed,
        Channel.MODEL: shortlists.items_for(person_id, CANDIDATES_MAX),
        Channel.LOCAL: shelves.by_buyers(own.around.get("local", ())),
        Channel.POPULAR: artifacts.popular_items(CANDIDATES_MAX),
    }
    scores = {channel: one for channel, one in scores.items() if channel in weights}
    asked = {pk for one in scores.values() for pk in one} | {*bought, *own.bought, *looked}
    beside = artifacts.neighbours(dict.fromkeys(looked, 1.0), CANDIDATES_MAX)
    fresh = _fresh(own.around)
    known = shelves.on_sale(asked | {*beside, *fresh}, shop_id)
    if own.count < choosing.KAPPA and chosen.bought:
        _fit_prices(scores, known, chosen)
    lists: dict[Channel, Sequence[int]] = {
        channel: ranked(one, known) for channel, one in scores.items()
    }
    lists |= _of_categories(own, chosen, looked, known, shop_id)
    categories = own.keys("category")
    for channel in lists.keys() - {Channel.LOCAL, Channel.POPULAR}:
        lists[channel] = [pk for pk in lists[channel] if known[pk].category not in categories]
    likely = ranked(beside, known)[:FRONT]
    lists, cards = ranked_goods(lists, own.known, chosen.followed, likely=likely)
    once = {pk for pk in {*bought, *own.bought} if bought.get(pk, 1) == 1}
    once -= {pk for pk in once if pk in known and known[pk].is_repeat}
    wishes = choosing.fused(scores.values())
    once |= unwanted_goods(known, own.unwanted, in_shop=shop_id is not None)
    return _Draft(
        lists, weights, known, (), once | set(looked), ties, chosen, wishes, own.unwanted, segment,
        fresh=_fresh_for(person_id, fresh, own, known), cards=cards, works_alone=not dict(own.around.get("partners", ())).get(shop_id or 0, 0),
    )  # fmt: skip


def _of_categories(
    own: Own, chosen: Chosen, looked: Sequence[int], known: dict[int, OnSale], shop_id: int | None
) -> dict[Channel, Sequence[int]]:
    """The best of the categories of this visit, of those the person (at first: those tied to them) keeps to, and of
    those that people tied to them keep to and they themself never did anything for."""
    tied: dict[str, float] = {}
    for pk, weight in chosen.goods.items():
        if pk in known and known[pk].category:
            tied[known[pk].category] = tied.get(known[pk].category, 0.0) + weight
    unwanted = own.keys("category")
    tied = {name: weight for name, weight in tied.items() if name not in unwanted}
    often = choosing.warmed(own.categories, tied, acts=own.count)
    often = {name: weight for name, weight in often.items() if name not in unwanted}
    kept = strongest(often, CATEGORIES_MAX)
    around = {name: weight for name, weight in tied.items() if name not in own.categories}
    theirs = strongest(around, CATEGORIES_MAX)
    now = [known[pk].category for pk in looked if pk in known and known[pk].category]
    now = [one for one in dict.fromkeys([*now, *own.visit]) if one not in unwanted]
    names = list(dict.fromkeys([*kept, *now[:CATEGORIES_MAX], *theirs]))
    found = shelves.best_of_categories(names, shop_id)
    known |= {one.goods_id: one for best in found.values() for one in best}
    ids = {name: [one.goods_id for one in best] for name, best in found.items()}
    return {
        Channel.VISIT: choosing.by_turns(ids[name] for name in now[:CATEGORIES_MAX]),
        Channel.INTERESTS: choosing.by_turns(ids[name] for name in kept),
        Channel.NEIGHBOURS: choosing.by_turns(
            [pk for pk in ids[name] if pk not in chosen.goods] for name in theirs
        ),
    }


def _fit_prices(
    scores: dict[Channel, Mapping[int, float]], known: Mapping[int, OnSale], chosen: Chosen
) -> None:
    """Somebody new is taken to spend what those who brought them spend, until their own acts say more."""
    cards = goods.goods_cards(known)
    of_tier = choosing.tier([cards[pk].price_minor for pk in chosen.bought & cards.keys()])
    if of_tier is None:
        return
    for channel in scores.keys() & {Channel.MODEL, Channel.LOCAL, Channel.POPULAR}:
        scores[channel] = {
            pk: score * choosing.price_fit(cards[pk].price_minor, of_tier)
            for pk, score in scores[channel].items()
            if pk in cards
        }


def _ordered(
    draft: _Draft, shop_id: int | None, beside: int | None, size: int
) -> list[tuple[int, Channel]]:
    """The channels mixed, then what sells best until the list is full; some to spare for what was sold out."""
    room = size * SPARE
    lists = {
        channel: [pk for pk in ids if pk not in draft.avoided]
        for channel, ids in draft.lists.items()
    }
    first = [pk for pk in draft.beside if pk not in draft.avoided]
    order = choosing.mixed(lists, draft.weights, first=first, limit=room)
    if len(order) < room:
        have = {pk for pk, _ in order}
        depth = room * (KEPT_OUT_SPARE if draft.unwanted else 1)
        more = shelves.best_of_all(shop_id, depth, without={*draft.avoided, *have})
        if beside in draft.known:
            more.sort(key=lambda one: one.category != draft.known[beside].category)
        draft.known |= {one.goods_id: one for one in more}
        kept_out = unwanted_goods(
            {one.goods_id: one for one in more}, draft.unwanted, in_shop=shop_id is not None
        )
        more = [one for one in more if one.goods_id not in kept_out]
        order += [(one.goods_id, Channel.POPULAR) for one in more]
        draft.filled = {one.goods_id for one in more}
    if shop_id is None:
        order = choosing.few_of_a_shop(order, {pk: draft.known[pk].shop_id for pk, _ in order})
        if beside is None:
            order = _varied(order[:room], draft, size)
    return order[:room]


def _varied(
    order: Sequence[tuple[int, Channel]], draft: _Draft, size: int
) -> list[tuple[int, Channel]]:
    """With new goods and several categories among the first; what was brought for that alone is not learned from."""
    new = {*draft.fresh}
    kinds = {
        pk: choosing.Kind(one.category, one.shop_id, pk in new)
        for pk, one in draft.known.items()
        if pk not in draft.avoided
    }
    found = [(pk, channel) for channel, ids in draft.lists.items() for pk in ids]
    spare = [*found, *((pk, Channel.FRESH) for pk in draft.fresh)]
    varied = choosing.varied(order, spare, kinds, size=size)
    draft.filled = {*draft.filled, *({pk for pk, _ in varied} - {pk for pk, _ in order})}
    return varied


def _shown(
    order: Sequence[tuple[int, Channel]], draft: _Draft, shop_id: int | None, size: int
) -> list[Suggested]:
    """Cards of those that can be bought now, as they are at this moment, with why."""
    missing = {pk for pk, _ in order} - draft.cards.keys()
    cards = {**draft.cards, **goods.goods_cards(missing)}
    found = [
        _suggested(cards[pk], channel, draft)
        for pk, channel in order
        if pk in cards and cards[pk].on_sale and shop_id in (None, cards[pk].shop_id)
    ]
    return found[:size]


def _suggested(card: GoodsCard, channel: Channel, draft: _Draft) -> Suggested:
    if card.id in draft.beside:
        return Suggested(card, channel.value, Reason.BESIDE)
    found = _reasoned(card, channel, draft)
    return found if card.id in draft.filled else replace(found, segment=draft.segment)


def _reasoned(card: GoodsCard, channel: Channel, draft: _Draft) -> Suggested:
    if channel == Channel.SOCIAL:
        return _of_friend(card, draft)
    about = card.category if channel in (Channel.VISIT, Channel.INTERESTS) else ""
    return Suggested(card, channel.value, REASONS.get(channel, Reason.PICKED), about)


def _of_friend(card: GoodsCard, draft: _Draft) -> Suggested:
    """By name only where the friend lets friends know; otherwise it stands for itself."""
    who = draft.chosen.teller.get(card.id)
    if who is None:
        return Suggested(card, Channel.SOCIAL.value, Reason.PICKED)
    reason = Reason.FOLLOWED if who in draft.ties.followed else Reason.FRIEND
    return Suggested(card, Channel.SOCIAL.value, reason, draft.ties.names[who])
