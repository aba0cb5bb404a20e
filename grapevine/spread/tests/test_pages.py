"""Landing, sheet, poster and desk over HTTP, tried by the whole cast."""

import io
from typing import Any

import pytest
import segno
from django.conf import settings
from PIL import Image

from grapevine.spread import facade, poster
from grapevine.spread.contracts import Shared
from grapevine.spread.models import CommissionRule, Visit
from grapevine.spread.tests.cast import Cast, browser, buys, gather

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def link_of(cast: Cast) -> str:
    return facade.share(
        person_id=cast.alice, object_type="goods", object_id=cast.cup.public_id
    ).token


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_landing_needs_no_account_and_remembers_the_link(cast: Cast) -> None:
    token = link_of(cast)
    client = browser(None)
    answer = client.get(f"/s/{token}/")
    assert answer["Location"].startswith(f"/goods/{cast.cup.public_id}/")
    assert client.cookies["gv_share"].value == token
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("wrong", ["x", "https:evil.example", "aaaaaaaaaaaaaaaaa", "%00"])
def test_a_tampered_link_leads_home_and_earns_nobody_anything(cast: Cast, wrong: str) -> None:
    link_of(cast)
    client = browser(None)
    answer = client.get(f"/s/{wrong}/")
    assert answer["Location"] == "/"
    assert "gv_share" not in client.cookies
    assert not Visit.objects.exists()


def test_the_posters_code_is_the_link(cast: Cast) -> None:
    token = link_of(cast)
    answer = browser(None).get(f"/posters/{token}.png")
    assert answer["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (720, 1280)
        painted = picture.convert("L").crop((488, 1008, 720, 1280))
    code = segno.make(f"{settings.SITE_URL}/s/{token}/", error="m", micro=False)
    size = int(code.symbol_size(border=2)[0])
    scale = poster.QR_BOX // size
    read = [
        [int(painted.getpixel((x * scale + scale // 2, y * scale + scale // 2)) < 128) for x in range(size)]  # type: ignore[operator]
        for y in range(size)
    ]  # fmt: skip
    assert read == [list(row) for row in code.matrix_iter(border=2)]
    assert browser(None).get(f"/posters/{token[:-1]}.png").status_code == 404


def test_a_poster_of_chinese_english_and_emoji_is_painted() -> None:
    for title in (
        "粗陶马克杯 手工拉坯" * 6,
        "Hand-thrown mug for slow mornings " * 4,
        "🍇🍇杯",
        "",
    ):
        shared = Shared(
            "group", "x", 1, title, "三人团", 5990, group=True, picture_id=None, path="/"
        )
        with Image.open(io.BytesIO(poster.paint(shared, sharer="阿离🍇", link="https://a.cn/s/x/"))) as made:  # fmt: skip
            assert made.size == (720, 1280)
    assert poster.visible("🍇杯\u200b子") == "杯子"
    face = poster.font("bold", 38)
    lines = poster.wrapped("粗陶马克杯" * 20, face, 624, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(face.getlength(line) <= 624 for line in lines)


def test_sharing_asks_for_an_account_and_shows_the_link(cast: Cast) -> None:
    url = f"/share/goods/{cast.cup.public_id}/"
    assert "next=" in browser(None).get(url)["Location"]
    page = text(browser(cast.alice).get(url))
    assert f"/s/{link_of(cast)}/" in page
    assert browser(cast.alice).get("/share/goods/nothinghere/").status_code == 404
    assert browser(None).get("/rules/sharing/").status_code == 200


def test_only_the_shops_staff_see_and_set_what_it_pays(cast: Cast) -> None:
    number = buys(cast, cast.carol, token=link_of(cast))
    for person in (cast.alice, cast.carol, cast.dan, cast.eve):
        client = browser(person)
        answer = client.get("/console/halfday/promotion/")
        assert answer.status_code == 404
        assert "Carol" not in text(answer)
        assert client.post("/console/halfday/promotion/", {"rate": "50"}).status_code == 404
        assert client.get("/api/v1/shops/halfday/fans").status_code == 404
    assert CommissionRule.objects.get().rate_bps == 1000
    desk = browser(cast.bob)
    page = text(desk.get("/console/halfday/promotion/"))
    found = desk.get("/api/v1/shops/halfday/fans").json()["items"]
    code = facade.code_of(cast.shop.id, cast.carol)
    [told] = [one for one in found if one["code"] == code]
    assert f">{told['code'][:6]}<" in page
    for name in ("Carol", "carol"):
        assert name not in page
        assert name not in str(told), "names come with orders, nowhere else"
    assert desk.post("/console/halfday/promotion/", {"rate": "12"}).status_code == 303
    assert CommissionRule.objects.get().rate_bps == 1200
    assert desk.post("/console/halfday/promotion/", {"rate": "x"}).status_code == 422
    assert number in text(browser(cast.alice).get("/income/"))
    assert number not in text(browser(cast.eve).get("/income/"))
