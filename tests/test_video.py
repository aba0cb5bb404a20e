"""A video of goods: put there by form, API and file, looked at before it is shown, played without a script."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.actions import importpictures
from grapevine.goods.contracts import Clip, GoodsDetail, ShopCard
from grapevine.goods.models import Goods, GoodsReview
from grapevine.goods.queries import pictures, sheets
from grapevine.goods.tests.test_auditing import picture, shop_of, submit
from grapevine.goods.tests.test_desk_list import signed_in
from grapevine.goods.tests.test_desk_parts import form_of
from grapevine.goods.tests.test_import_audit import jpeg
from grapevine.goods.tests.test_importing import imported
from grapevine.media import facade as media
from grapevine.media.models import Video
from grapevine.media.tests.films import film, mp4, webm
from grapevine.people import facade as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> ShopCard:
    return shop_of()


def upload(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.mp4", mp4() if content is None else content, "video/mp4")


def detail(public_id: str) -> GoodsDetail:
    return goods.goods_detail(public_id)


def of_goods(public_id: str) -> tuple[int | None, int | None]:
    return Goods.objects.values_list("video_id", "poster_id").get(public_id=public_id)


def test_the_form_adds_changes_and_takes_a_video_away_and_keeps_one_it_refused(
    shop: ShopCard,
) -> None:
    shown = [picture(shop.owner_id), picture(shop.owner_id, "#5050c0")]
    one, client = submit(shop, picture_ids=shown), signed_in(shop.owner_id)
    page = f"/console/{shop.slug}/goods/{one}/"
    broken = client.post(page, form_of(one, video=upload(b"no film")))
    assert (broken.status_code, broken.context["summary"][0][0]) == (422, "f-video")
    refused = client.post(page, form_of(one, title="", video=upload(), poster="2"))
    kept = refused.context["came_video"]
    assert f'name="kept-video" value="{kept}"' in refused.content.decode()
    assert of_goods(one) == (None, None)
    assert client.post(page, form_of(one, **{"kept-video": kept, "poster": "2"})).status_code == 303
    first = Video.objects.get()
    assert of_goods(one) == (first.pk, shown[1])
    assert client.get(page).context["poster"] == "2"
    client.post(page, form_of(one, video=upload(webm())))
    now = detail(one)
    assert now.video is not None
    assert (now.video.content_type, now.poster) == ("video/webm", now.card.cover)
    client.post(page, form_of(one, **{"drop-video": "on"}))
    assert of_goods(one) == (None, None)
    theirs = media.store_video(owner_id=shop.owner_id + 1, file=film()).public_id
    assert client.post(page, form_of(one, **{"kept-video": theirs})).status_code == 404


def test_the_page_plays_it_with_the_browsers_own_player(shop: ShopCard) -> None:
    one, client = submit(shop), Client()
    assert "<video" not in client.get(f"/goods/{one}/").content.decode()
    made = media.store_video(owner_id=shop.owner_id, file=film())
    goods.change_keys(shop_id=shop.id, public_id=one, clip=Clip(made.id))
    [player] = re.findall(r"<video.*?</video>", client.get(f"/goods/{one}/").content.decode())
    cover = detail(one).pictures[0].url
    for said in (" controls ", f'poster="{cover}"', f'<source src="{made.url}" type="video/mp4">'):
        assert said in player


def test_a_new_video_of_goods_on_sale_waits_for_a_look_and_fewer_do_not(
    shop: ShopCard, settings: Any
) -> None:
    settings.LISTING_REVIEW = "risky"
    one = submit(shop)
    made = media.store_video(owner_id=shop.owner_id, file=film())
    mine: dict[str, Any] = {"shop_id": shop.id, "public_id": one}
    assert not goods.change_keys(**mine, clip=Clip(made.id))
    assert of_goods(one) == (None, None)
    assert pictures.videos_among([made.id, made.id + 1]) == {made.id}
    get_user_model().objects.filter(pk=shop.owner_id).update(is_operator=True)
    queue = signed_in(shop.owner_id).get("/operator/goods/").content.decode()
    assert f'src="{made.url}"' in queue
    assert not goods.change_keys(**mine, title="明前龙井")
    waiting = GoodsReview.objects.get(state="waiting")
    assert (waiting.change["title"], waiting.change["clip"]) == ("明前龙井", [made.id, 0])
    goods.decide_goods(public_id=waiting.public_id, operator_id=1, is_passed=True)
    assert of_goods(one) == (made.id, None)
    assert goods.change_keys(**mine, clip=Clip(made.id, 7)), "another poster"
    assert goods.change_keys(**mine, title="明前龙井")
    assert of_goods(one) == (made.id, 7)
    assert goods.change_keys(**mine, clip=Clip())
    assert of_goods(one) == (None, None)


def test_a_program_uploads_sets_and_reads_it(shop: ShopCard) -> None:
    one = submit(shop)
    client = Client(headers={"Authorization": f"Bearer {people.issue_token(shop.owner_id, 'x')}"})
    sent = client.post("/api/v1/videos", {"file": upload()})
    assert (sent.status_code, sent.json()["seconds"]) == (201, 12)
    there = f"/api/v1/shops/{shop.slug}/goods/{one}/video"
    told = client.put(
        there, {"video": sent.json()["public_id"], "poster": 1}, content_type="application/json"
    )
    assert told.json()["video"] == {
        "public_id": sent.json()["public_id"], "url": sent.json()["url"], "seconds": 12,
        "content_type": "video/mp4", "poster": detail(one).pictures[0].url,
    }  # fmt: skip
    assert client.put(there, {"video": ""}, content_type="application/json").json()["video"] is None
    theirs = media.store_video(owner_id=shop.owner_id + 1, file=film()).public_id
    assert client.put(there, {"video": theirs}, content_type="application/json").status_code == 404
    assert client.post("/api/v1/videos", {"file": upload(b"x")}).status_code == 422


def test_a_file_brings_it_names_it_and_never_takes_it_away(shop: ShopCard) -> None:
    head = "key,title,price,stock,on_sale,pictures,video\n"

    def bring(rows: str) -> str:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as box:
            box.writestr("goods.csv", head + rows)
            box.writestr("a.jpg", jpeg("#c05050"))
            box.writestr("a.mp4", mp4())
            box.writestr("long.webm", webm(seconds=90))
        made = imported(shop, out.getvalue(), name="goods.zip")
        while importpictures.work():
            pass
        return made

    made = bring("a,龙井,12,1,1,a.jpg,a.mp4\nb,白茶,12,1,1,a.jpg,long.webm\n")
    with_film, without = Goods.objects.order_by("id")
    assert detail(with_film.public_id).video is not None
    assert (len(detail(without.public_id).pictures), without.video_id) == (1, None)
    assert [one.reason for one in sheets.rejects_of(shop.id, made)] == ["视频超过 60 秒"]
    [said, _other] = sheets.exported(shop.id)
    film_id = Video.objects.get().public_id
    assert (said.video, said.pictures[0][:8]) == (f"video:{film_id}", "picture:")
    bring("a,龙井,15,1,1,,\n")
    bring(f"a,龙井,16,1,1,a.jpg,video:{film_id}\n")
    now = detail(with_film.public_id)
    assert now.video is not None
    assert (now.video.public_id, now.card.price_minor) == (film_id, 1600)
    assert Video.objects.count() == 1
