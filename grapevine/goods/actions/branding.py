"""A shop's face: edited as a draft, published as a whole, and one step back."""

from collections.abc import Callable, Mapping
from typing import IO, Any

from django.db import transaction

from grapevine.goods.actions.shelves import lock_shop
from grapevine.goods.brand import BlockNotFound, Face, NothingToUndo
from grapevine.goods.models import Goods, Shop, Storefront
from grapevine.goods.queries import brand as reads, cards
from grapevine.goods.rules import listing, storefront
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.media import facade as media

Rows = list[dict[str, Any]]


def _row(shop_id: int) -> tuple[Shop, Storefront]:
    """The shop, locked, and its storefront; the draft is complete from its first day."""
    shop = lock_shop(shop_id)
    row, is_new = Storefront.objects.get_or_create(shop=shop)
    if is_new or not row.live:
        row.live = _face(shop, [dict(one) for one in storefront.DEFAULT])
        row.draft = row.draft or row.live
        row.save(update_fields=["live", "draft"])
    return shop, row


def _face(shop: Shop, blocks: Rows) -> dict[str, Any]:
    return {
        "name": shop.name, "colour": shop.colour, "bio": shop.bio, "logo_id": shop.logo_id,
        "blocks": blocks,
    }  # fmt: skip


def _answer(shop_id: int) -> Face:
    return reads.face_of(cards.shops([shop_id])[shop_id])


@transaction.atomic
def edit_brand(
    *, shop_id: int, name: str, colour: str, bio: str = "", logo_file: IO[bytes] | None = None
) -> Face:
    """Change name, colour, line and logo of the draft. Raises BadInput (a colour white cannot be read on too) or Refused."""
    shop, row = _row(shop_id)
    listing.check_shop(slug=shop.slug, name=name, colour=colour, bio=bio)
    if not storefront.is_readable(colour):
        raise BadInput(fields={"colour": marked("颜色太浅，白字看不清，换深一点的")})
    guard.require_clean(f"{name} {bio}")
    logo = media.store_picture(owner_id=shop.owner_id, file=logo_file) if logo_file else None
    row.draft |= {"name": name.strip(), "colour": colour.lower(), "bio": bio.strip()}
    if logo:
        row.draft["logo_id"] = logo.id
    row.save(update_fields=["draft"])
    return _answer(shop_id)


def _with_blocks(shop_id: int, change: Callable[[Rows], Rows]) -> Face:
    _shop, row = _row(shop_id)
    row.draft["blocks"] = change(row.draft["blocks"])
    row.save(update_fields=["draft"])
    return _answer(shop_id)


def _clean(shop_id: int, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    kept = storefront.check_block(kind, facts)
    guard.require_clean(f"{kept.get('title', '')} {kept.get('text', '')}")
    wanted = kept.get("goods", [])
    own = set(
        Goods.objects.filter(shop_id=shop_id, public_id__in=wanted).values_list(
            "public_id", flat=True
        )
    )
    if set(wanted) - own:
        raise BadInput(fields={"goods": marked("只能放自己店里的商品")})
    return kept


@transaction.atomic
def add_block(*, shop_id: int, kind: str, facts: Mapping[str, Any]) -> Face:
    """A block at the end of the draft. Raises BadInput or Refused."""
    made = {"id": new_id(), "kind": kind, "facts": _clean(shop_id, kind, facts)}

    def added(blocks: Rows) -> Rows:
        if len(blocks) >= storefront.BLOCKS_MAX:
            raise BadInput(fields={"kind": marked("最多 20 个版块")})
        return [*blocks, made]

    return _with_blocks(shop_id, added)


@transaction.atomic
def move_block(*, shop_id: int, block_id: str, step: int) -> Face:
    """One place up (-1) or down (1)."""

    def ordered(blocks: Rows) -> Rows:
        known = {one["id"]: one for one in blocks}
        if block_id not in known:
            raise BlockNotFound(block_id)
        return [known[one] for one in storefront.moved(list(known), block_id, step=step)]

    return _with_blocks(shop_id, ordered)


@transaction.atomic
def remove_block(*, shop_id: int, block_id: str) -> Face:
    def without(blocks: Rows) -> Rows:
        left = [one for one in blocks if one["id"] != block_id]
        if len(left) == len(blocks):
            raise BlockNotFound(block_id)
        return left

    return _with_blocks(shop_id, without)


@transaction.atomic
def publish_brand(*, shop_id: int, actor_id: int) -> Face:
    """Show the draft to everybody; what was shown can be had back once."""
    shop, row = _row(shop_id)
    if row.draft != row.live:
        _show(shop, row, row.draft, actor_id)
    return _answer(shop_id)


@transaction.atomic
def undo_brand(*, shop_id: int, actor_id: int) -> Face:
    """Show what was shown before the last publish. Raises NothingToUndo."""
    shop, row = _row(shop_id)
    if not row.before:
        raise NothingToUndo
    _show(shop, row, row.before, actor_id)
    row.before = {}
    row.save(update_fields=["before"])
    return _answer(shop_id)


def _show(shop: Shop, row: Storefront, face: dict[str, Any], actor_id: int) -> None:
    row.before, row.live, row.draft, row.published_at = row.live, face, face, clock.now()
    row.save(update_fields=["before", "live", "draft", "published_at"])
    shop.name, shop.colour, shop.bio = face["name"], face["colour"], face["bio"]
    shop.logo_id = face["logo_id"]
    shop.save(update_fields=["name", "colour", "bio", "logo_id"])
    guard.audit(
        actor_id=actor_id, action="shop.brand", object=f"shop:{shop.pk}", shop_id=shop.pk,
        before={"name": row.before["name"]}, after={"name": face["name"]},
    )  # fmt: skip
