"""Pictures of drafts that were never sent go after a month; whatever is shown, waits or was said stays."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

from grapevine.care import facade as care
from grapevine.care.contracts import Opinion
from grapevine.care.tests import cast as house
from grapevine.goods import facade as goods
from grapevine.goods.actions import branding
from grapevine.goods.contracts import NewSku
from grapevine.media import facade as media, files, ports
from grapevine.media.models import Picture
from grapevine.people.actions import edit_profile
from grapevine.scene import facade as scene
from grapevine.trade.actions import aftersales
from grapevine.trade.models import Line

pytestmark = pytest.mark.django_db
NAMED = re.compile(r"(^|_)(pictures?|avatar|logo|cover|poster|banner)(_ids?)?$")
INSIDE = {
    "goods.goodsreview.change",
    "goods.storefront.draft",
    "goods.storefront.live",
    "goods.storefront.before",
}
"""Columns that name pictures somewhere in them."""
OTHER = {
    "scene.notegoods.picture",  # which of a note's pictures
    "care.goodsscore.pictures",  # how many
    "care.standing.has_pictures",  # whether
    "cases.consent.pictures",  # pictures of a case, released
}


def forget() -> int:
    done: int = import_string("grapevine.media.jobs.forget_unused")()
    return done


def test_every_column_that_names_pictures_is_asked() -> None:
    found = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("grapevine.")
        and not model.__module__.startswith("grapevine.media")
        for field in model._meta.concrete_fields
        if NAMED.search(field.name)
    }
    assert found - OTHER | INSIDE == set(ports.columns())
    assert found >= OTHER
    films = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if re.search(r"(^|_)videos?_ids?$", field.name)
    }
    assert films | {"goods.goodsreview.change"} == set(ports.columns(of="video"))


def test_what_was_never_sent_goes_and_everything_else_stays(settings: Any) -> None:
    settings.LISTING_REVIEW = "risky"
    cast = house.gather()
    with house.later(days=-31):
        lost, secret, *used = [_stored(cast.alice, is_private=n == 1) for n in range(8)]
        shown = media.store_picture(owner_id=cast.alice, file=house.picture_file(), is_private=True)
    face, note, review, offered, changed, banner = used
    edit_profile(person_id=cast.alice, changes={"avatar_id": face})
    scene.save_draft(author_id=cast.alice, title="草稿", body="", picture_ids=[note])
    number = house.received(cast, cast.alice, cast.cup)
    care.write_review(
        buyer_id=cast.alice,
        number=number,
        position=1,
        opinion=Opinion(5, 5, 5, "好", (), [review]),
    )
    aftersales.open_case(
        buyer_id=cast.alice,
        order_number=number,
        kind="refund",
        reason="damaged",
        words="碎了",
        pieces={Line.objects.get(order__number=number).pk: 1},
        picture_ids=[shown.public_id],
    )
    card = goods.submit_goods(
        shop_id=cast.bobs.id,
        title="龙井",
        category="茶",
        body="",
        skus=[NewSku("", 900, 1)],
        picture_ids=[offered],
    )
    assert not goods.change_keys(
        shop_id=cast.bobs.id, public_id=card.public_id, picture_ids=[changed]
    )
    branding.add_block(
        shop_id=cast.bobs.id, kind="banner", facts={"title": "", "text": "", "picture_id": banner}
    )
    young = _stored(cast.alice)
    paths = [files.path_of(Picture.objects.get(pk=pk).public_id) for pk in (lost, secret)]
    files.sized(Picture.objects.get(pk=lost).public_id, 360)
    before = set(Picture.objects.values_list("pk", flat=True))
    assert forget() == 2
    assert before - set(Picture.objects.values_list("pk", flat=True)) == {lost, secret}
    assert [list(path.parent.glob(f"{path.stem}*")) for path in paths] == [[], []]
    kept = set(Picture.objects.exclude(kept_at=None).values_list("pk", flat=True))
    assert {*used, shown.id} <= kept
    assert young not in kept
    asked: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ports, "_uses", [((), _noting(asked))])
        assert forget() == 0
    assert asked == [], "each picture is asked about once"


def _stored(owner_id: int, *, is_private: bool = False) -> int:
    return media.store_picture(
        owner_id=owner_id, file=house.picture_file(), is_private=is_private
    ).id


def _noting(asked: list[Any]) -> Callable[[Any], Any]:
    def note(ids: Any) -> Any:
        asked.append(ids)
        return ids

    return note
