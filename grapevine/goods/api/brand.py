"""A shop's face and domains over the API, for its staff."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods.actions import branding, domains
from grapevine.goods.brand import Face
from grapevine.goods.contracts import Right
from grapevine.goods.queries import brand, cards
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me
from grapevine.media import facade as media

router = Router(tags=["own brand"])
Answer = dict[str, Any]


class BrandIn(Schema):
    name: str = Field(max_length=60)
    colour: str = Field(max_length=10)
    bio: str = Field("", max_length=300)


class BlockIn(Schema):
    """`kind` banner, goods, offers, text or notes; `picture` is the public id of one you uploaded."""

    kind: str = Field(max_length=10)
    title: str = Field("", max_length=60)
    text: str = Field("", max_length=600)
    goods: list[str] = Field(default_factory=list, max_length=12)
    picture: str = Field("", max_length=12)


class StepIn(Schema):
    step: int = Field(ge=-1, le=1)


class HostIn(Schema):
    host: str = Field(max_length=300)


def _shop_id(request: HttpRequest, slug: str) -> int:
    return cards.shop_for_staff(me(request), slug, Right.SETTINGS).id


def _face(face: Face) -> Answer:
    return {
        "name": face.shop.name, "colour": face.shop.colour, "bio": face.shop.bio,
        "logo": face.shop.logo.url if face.shop.logo else None,
        "blocks": [
            {"id": one.id, "kind": one.kind, "facts": dict(one.facts)} for one in face.blocks
        ],
        "is_changed": face.is_changed, "has_before": face.has_before,
        "published_at": face.published_at,
    }  # fmt: skip


@router.get("/shops/{slug}/brand", response=Answer, auth=signed_in)
def read_brand(request: HttpRequest, slug: str) -> Any:
    """The draft of the shop's face."""
    return _face(brand.face_of(cards.shop_for_staff(me(request), slug, Right.SETTINGS)))


@router.put("/shops/{slug}/brand", response=Answer, auth=signed_in)
@once
def edit_brand(request: HttpRequest, slug: str, body: BrandIn) -> Any:
    """Change name, colour and line of the draft."""
    shop_id = _shop_id(request, slug)
    return _face(branding.edit_brand(shop_id=shop_id, **body.model_dump()))


@router.post("/shops/{slug}/brand/blocks", response={201: Answer}, auth=signed_in)
@once
def add_block(request: HttpRequest, slug: str, body: BlockIn) -> Status[Any]:
    """A block at the end of the draft."""
    shop_id = _shop_id(request, slug)
    facts: Answer = {"title": body.title, "text": body.text, "goods": body.goods}
    if body.picture:
        facts["picture_id"] = media.pictures_owned_by(me(request), [body.picture])[0].id
    return Status(201, _face(branding.add_block(shop_id=shop_id, kind=body.kind, facts=facts)))


@router.put("/shops/{slug}/brand/blocks/{block_id}/place", response=Answer, auth=signed_in)
@once
def move_block(request: HttpRequest, slug: str, block_id: str, body: StepIn) -> Any:
    """One place up (-1) or down (1)."""
    shop_id = _shop_id(request, slug)
    return _face(branding.move_block(shop_id=shop_id, block_id=block_id, step=body.step))


@router.delete("/shops/{slug}/brand/blocks/{block_id}", response=Answer, auth=signed_in)
@once
def remove_block(request: HttpRequest, slug: str, block_id: str) -> Any:
    """Take a block out of the draft."""
    return _face(branding.remove_block(shop_id=_shop_id(request, slug), block_id=block_id))


@router.post("/shops/{slug}/brand/publication", response=Answer, auth=signed_in)
@once
def publish_brand(request: HttpRequest, slug: str) -> Any:
    """Show the draft to everybody."""
    return _face(branding.publish_brand(shop_id=_shop_id(request, slug), actor_id=me(request)))


@router.delete("/shops/{slug}/brand/publication", response=Answer, auth=signed_in)
@once
def undo_brand(request: HttpRequest, slug: str) -> Any:
    """Show what was shown before."""
    return _face(branding.undo_brand(shop_id=_shop_id(request, slug), actor_id=me(request)))


@router.get("/shops/{slug}/domains", response=ListOut[Answer], auth=signed_in)
def list_domains(request: HttpRequest, slug: str) -> Any:
    """The shop's host names, and what proves each."""
    return {"items": [asdict(one) for one in brand.domains(_shop_id(request, slug))]}


@router.post("/shops/{slug}/domains", response={201: Answer}, auth=signed_in)
@once
def add_domain(request: HttpRequest, slug: str, body: HostIn) -> Status[Any]:
    """A host name with the token that proves it."""
    return Status(201, asdict(domains.add_domain(shop_id=_shop_id(request, slug), host=body.host)))


@router.post("/shops/{slug}/domains/{host}/proof", response=Answer, auth=signed_in)
def prove_domain(request: HttpRequest, slug: str, host: str) -> Any:
    """Look for the token now; repeats safely by itself."""
    shop_id = _shop_id(request, slug)
    return asdict(domains.prove_domain(shop_id=shop_id, host=host, actor_id=me(request)))


@router.delete("/shops/{slug}/domains/{host}", response=Answer, auth=signed_in)
@once
def remove_domain(request: HttpRequest, slug: str, host: str) -> Any:
    """Answer to it no more."""
    domains.remove_domain(shop_id=_shop_id(request, slug), host=host, actor_id=me(request))
    return {"host": host}
