"""What discovery does when something happens below."""

from typing import Any

from grapevine.campaigns.contracts import GroupJoined
from grapevine.care.contracts import ShopRated
from grapevine.discovery.actions import bonding, forgetting, indexing, learning, trending
from grapevine.goods import facade as goods
from grapevine.goods.contracts import (
    GoodsChanged,
    GoodsDelisted,
    GoodsImported,
    GoodsListed,
    ShopOpened,
)
from grapevine.people.contracts import PersonalisationSwitched, PersonSignedIn, PersonSignedUp
from grapevine.scene import facade as scene
from grapevine.scene.contracts import (
    NoteChanged,
    NoteCollected,
    NoteCommented,
    NoteDeleted,
    NoteLiked,
    NotePublished,
    NotesImported,
    NotesRecounted,
    NoteUncollected,
    NoteUnliked,
)
from grapevine.signals import facade as signals
from grapevine.signals.contracts import PERSONALISE
from grapevine.spread.contracts import ShareVisited, SignUpBrought
from grapevine.trade.contracts import OrderPaid

STEP = 1_000
Reaction = NoteLiked | NoteUnliked | NoteCollected | NoteUncollected | NoteCommented


def note_came(event: NotePublished | NoteChanged) -> None:
    indexing.index_notes([event.note_id])


def note_went(event: NoteDeleted) -> None:
    indexing.forget_notes([event.note_id])


def notes_imported(event: NotesImported) -> None:
    """Walk the range in bounded steps."""
    first = event.first_id
    while ids := scene.note_ids_between(first, event.last_id, STEP):
        indexing.index_notes(ids)
        first = ids[-1] + 1


def notes_recounted(event: NotesRecounted) -> None:
    indexing.recount_notes(event.note_ids)


def goods_came(event: GoodsListed | GoodsChanged) -> None:
    indexing.index_goods([event.goods_id])


def goods_imported(event: GoodsImported) -> None:
    """An import tells of its goods alone; the shops they belong to are indexed with them."""
    ids = goods.goods_ids_between(event.first_id, event.last_id)
    indexing.index_goods(ids)
    shops = goods.shops({card.shop_id for card in goods.goods_cards(ids).values()})
    indexing.index_shops(list(shops.values()))


def goods_went(event: GoodsDelisted) -> None:
    indexing.index_goods([event.goods_id])


def shop_opened(event: ShopOpened) -> None:
    indexing.index_shops(list(goods.shops([event.shop_id]).values()))


def shop_rated(event: ShopRated) -> None:
    indexing.rank_shop(event.shop_id)


def _reacted(event: Reaction, act: str, *, forwards: bool = True) -> None:
    learning.learn_from_note(
        person_id=event.person_id, act=act, note_id=event.note_id, author_id=event.author_id,
        goods_ids=event.goods_ids, topics=event.topics, forwards=forwards,
    )  # fmt: skip
    who = {"person_id": event.person_id, "note_id": event.note_id}
    if forwards:
        trending.note_reaction(**who, act=act, author_id=event.author_id)
    else:
        trending.take_back_reaction(**who, act=act)


def liked(event: NoteLiked) -> None:
    _reacted(event, "like")


def unliked(event: NoteUnliked) -> None:
    _reacted(event, "like", forwards=False)


def collected(event: NoteCollected) -> None:
    _reacted(event, "collect")


def uncollected(event: NoteUncollected) -> None:
    _reacted(event, "collect", forwards=False)


def commented(event: NoteCommented) -> None:
    _reacted(event, "comment")


def order_paid(event: OrderPaid) -> None:
    """A buyer's taste; and the note the order came from was worth showing."""
    learning.learn_from_goods(
        person_id=event.person_id, act="order", goods_ids=list(event.goods_ids)
    )
    note = event.source.get("note", "")
    if note:
        learning.heat_note(public_id=note, act="order")


def signed_in(event: PersonSignedUp | PersonSignedIn) -> None:
    """With consent alone: which browsers people share is only told for those who let themselves be known."""
    if PERSONALISE in event.consent.split(",") and event.visitor_id:
        trending.note_browser(person_id=event.person_id, visitor_id=event.visitor_id)


def brought(event: SignUpBrought) -> None:
    bonding.tie_brought(person_id=event.new_person_id, by_id=event.person_id)


def share_visited(event: ShareVisited) -> None:
    if event.person_id is not None:
        bonding.tie_sharer(person_id=event.person_id, sharer_id=event.sharer_id)


def group_joined(event: GroupJoined) -> None:
    bonding.tie_mates(person_id=event.person_id, group=event.object_id)


def personalisation_switched(event: PersonalisationSwitched) -> None:
    """Off: what was kept to choose for this person goes."""
    if not event.is_on:
        forgetting.forget_choices(event.person_id)


SUBSCRIPTIONS: list[tuple[Any, Any, str]] = [
    (NotePublished, note_came, "discovery.index_note"),
    (NoteChanged, note_came, "discovery.index_note"),
    (NoteDeleted, note_went, "discovery.forget_note"),
    (NotesImported, notes_imported, "discovery.index_notes"),
    (NotesRecounted, notes_recounted, "discovery.recount_notes"),
    (GoodsListed, goods_came, "discovery.index_goods"),
    (GoodsChanged, goods_came, "discovery.index_goods"),
    (GoodsDelisted, goods_went, "discovery.forget_goods"),
    (GoodsImported, goods_imported, "discovery.index_goods"),
    (ShopOpened, shop_opened, "discovery.index_shop"),
    (ShopRated, shop_rated, "discovery.rank_shop"),
    (NoteLiked, liked, "discovery.learn_like"),
    (NoteUnliked, unliked, "discovery.unlearn_like"),
    (NoteCollected, collected, "discovery.learn_collect"),
    (NoteUncollected, uncollected, "discovery.unlearn_collect"),
    (NoteCommented, commented, "discovery.learn_comment"),
    (OrderPaid, order_paid, "discovery.learn_order"),
    (PersonSignedUp, signed_in, "discovery.note_browser"),
    (PersonSignedIn, signed_in, "discovery.note_browser"),
    (SignUpBrought, brought, "discovery.tie_brought"),
    (ShareVisited, share_visited, "discovery.tie_sharer"),
    (GroupJoined, group_joined, "discovery.tie_mates"),
    (PersonalisationSwitched, personalisation_switched, "discovery.forget_choices"),
]


def subscribe() -> None:
    """Called once by the app's ready()."""
    for event_type, handler, name in SUBSCRIPTIONS:
        signals.subscribe(event_type, handler, name=name)
