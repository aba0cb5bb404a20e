"""What can be shared: its words, its picture, its shop and its address."""

from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from grapevine.goods import facade as goods
from grapevine.kit.errors import NotFound
from grapevine.kit.formats import money_text
from grapevine.scene import facade as scene
from grapevine.spread.contracts import NothingToShare, Shared

Describe = Callable[[str], Shared]
_described: dict[str, Describe] = {}


def register_object(kind: str, describe: Describe) -> None:
    """For a neighbour's object (a group): how to describe one by its public id."""
    _described[kind] = describe


def describe(object_type: str, object_id: str) -> Shared:
    """The object, or NothingToShare if it is gone or cannot be shared."""
    found = {"note": _note, "goods": _goods, "shop": _shop, **_described}.get(object_type)
    if found is None:
        raise NothingToShare(object_type)
    try:
        return found(object_id)
    except NotFound:
        raise NothingToShare(object_id) from None


def _note(public_id: str) -> Shared:
    note = scene.note_by_public_id(public_id).card
    cards = goods.goods_cards(note.goods_ids)
    shops = {card.shop_id for card in cards.values()}
    first = next(iter(cards.values()), None)
    return Shared(
        "note", public_id, next(iter(shops)) if len(shops) == 1 else None, note.title,
        note.author.name, first.price_minor if first else None, group=False,
        picture_id=note.cover.id if note.cover else None, path=reverse("scene:note", args=[public_id]),
        shop_name=first.shop_name if first else "",
    )  # fmt: skip


def _goods(public_id: str) -> Shared:
    card = goods.goods_by_public_id(public_id)
    shop = goods.shops([card.shop_id])[card.shop_id]
    return Shared(
        "goods", public_id, card.shop_id, card.title, card.shop_name, card.price_minor, group=False,
        picture_id=card.cover.id if card.cover else None, path=reverse("goods:goods", args=[public_id]),
        colour=shop.colour, shop_name=card.shop_name,
    )  # fmt: skip


def _shop(slug: str) -> Shared:
    shop = goods.shop_by_slug(slug)
    first = next(iter(goods.goods_of_shop(shop.id, limit=1).items), None)
    picture = shop.logo or (first.cover if first else None)
    return Shared(
        "shop", slug, shop.id, shop.name, shop.bio, None, group=False,
        picture_id=picture.id if picture else None, path=reverse("goods:shop", args=[slug]),
        colour=shop.colour, shop_name=shop.name,
    )  # fmt: skip


def titles(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    found = {}
    for pair in dict.fromkeys(pairs):
        try:
            found[pair] = describe(*pair).title
        except NothingToShare:
            found[pair] = _("已不在")
    return found


def price_words(shared: Shared) -> str:
    return money_text(shared.price_minor) if shared.price_minor is not None else ""
