"""Reads of a shop's face and domains."""

from dataclasses import replace
from time import monotonic
from typing import Any

from django.db import transaction

from grapevine.goods.brand import Block, DomainView, Face
from grapevine.goods.contracts import GoodsCard, ShopCard
from grapevine.goods.models import OwnDomain, Storefront
from grapevine.goods.proving import PATH
from grapevine.goods.queries import cards
from grapevine.goods.rules.storefront import DEFAULT
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard

KNOWN_SECONDS = 30.0
KNOWN_MAX = 2000
_known: dict[str, tuple[float, int | None]] = {}
"""Hosts this process looked up a moment ago, until when it believes so, and whose they are."""


def blocks_of(face: dict[str, Any]) -> tuple[Block, ...]:
    rows = face.get("blocks")
    return tuple(
        Block(row["id"], row["kind"], row["facts"]) for row in (DEFAULT if rows is None else rows)
    )


def live_blocks(shop_id: int) -> tuple[Block, ...]:
    row = Storefront.objects.filter(shop_id=shop_id).first()
    return blocks_of(row.live if row else {})


def face_of(shop: ShopCard) -> Face:
    """The face as it is edited: the draft's card and blocks."""
    row = Storefront.objects.filter(shop_id=shop.id).first()
    draft = row.draft if row else {}
    logo_id = draft.get("logo_id")
    edited = replace(
        shop, name=draft.get("name", shop.name), colour=draft.get("colour", shop.colour),
        bio=draft.get("bio", shop.bio),
        logo=media.pictures([logo_id]).get(logo_id) if logo_id else shop.logo,
    )  # fmt: skip
    return Face(
        edited, blocks_of(draft), bool(row and draft != row.live), bool(row and row.before),
        row.published_at if row else None,
    )  # fmt: skip


def shown(
    shop_id: int, blocks: tuple[Block, ...]
) -> list[tuple[Block, list[GoodsCard], PictureCard | None]]:
    """Each block with its goods on sale and its picture. Four queries however many blocks."""
    ids = [str(one) for block in blocks for one in block.facts.get("goods", [])]
    known = cards.goods_by_public_ids(ids) if ids else {}
    pictures = media.pictures(
        [int(block.facts["picture_id"]) for block in blocks if block.facts.get("picture_id")]
    )
    return [
        (
            block,
            [
                known[one]
                for one in block.facts.get("goods", [])
                if one in known and known[one].on_sale and known[one].shop_id == shop_id
            ],
            pictures.get(block.facts.get("picture_id") or 0),
        )
        for block in blocks
    ]


def domain_view(row: OwnDomain) -> DomainView:
    return DomainView(
        row.host, row.token, f"_grapevine.{row.host}", f"http://{row.host}{PATH}", row.proof,
        row.proved_at,
    )  # fmt: skip


def domains(shop_id: int) -> list[DomainView]:
    """A shop's host names, in the order they were added."""
    return [domain_view(row) for row in OwnDomain.objects.filter(shop_id=shop_id).order_by("id")]


def shop_of_host(host: str) -> ShopCard | None:
    """The shop that proved this host to be its own; remembered for half a minute in each process."""
    until, shop_id = _known.get(host, (0.0, None))
    if until < monotonic():
        shop_id = (
            OwnDomain.objects.filter(host=host, proved_at__isnull=False)
            .values_list("shop_id", flat=True)
            .first()
        )
        if len(_known) >= KNOWN_MAX:
            _known.clear()
        _known[host] = (monotonic() + KNOWN_SECONDS, shop_id)
    return cards.shops([shop_id]).get(shop_id) if shop_id else None


def forget_hosts() -> None:
    """Look again: a domain was proved or removed here."""
    transaction.on_commit(_known.clear)
