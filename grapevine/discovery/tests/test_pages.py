"""Home and search over HTTP."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.discovery import facade
from grapevine.discovery.models import Taste
from grapevine.discovery.tests.test_feed import many
from grapevine.goods import facade as goods
from grapevine.kit import panels
from grapevine.kit.memory import forget_all
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.tests.cast import Cast, gather, sell, write
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobi"}
DESK = {"User-Agent": "Mozilla/5.0 (X11; Linux)"}


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    cast = gather()
    signals.drain()
    return cast


def browser(person_id: int | None = None, *, headers: dict[str, str] | None = None) -> Client:
    client = Client(headers=headers or PHONE)
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def cards(html: str) -> list[str]:
    return re.findall(r'data-see="note:(\w+)"', html)


def test_home_is_two_columns_of_cards(cast: Cast) -> None:
    for i in range(5):
        write(cast.bob, f"第 {i} 篇", goods_public_ids=(cast.cup.public_id,) if i == 4 else ())
    signals.drain()
    page = text(browser().get("/"))
    assert page.count('class="col"') == 2
    assert len(cards(page)) == 5
    assert page.count('fetchpriority="high"') == 2
    assert page.count('class="pricechip plain"') == 1
    assert "¥69" in page
    assert sorted(re.findall(r'aria-posinset="(\d+)"', page)) == ["1", "2", "3", "4", "5"]
    assert set(re.findall(r'data-channel="(\w+)"', page)) == {"fresh"}
    assert re.search(r'data-request="c\w{20}\.0"', page)
    assert 'role="feed"' in page
    assert "\x01" not in page
    assert "gv0" not in page
    assert text(browser(headers=DESK).get("/")).count('class="col"') == 4


def test_the_column_count_is_what_the_browser_told(cast: Cast) -> None:
    many(cast.bob, 6)
    client = browser()
    client.cookies["gv_cols"] = "5"
    assert text(client.get("/")).count('class="col"') == 5


def test_scrolling_brings_fragments_without_a_repeat(cast: Cast) -> None:
    many(cast.bob, 50)
    client = browser(cast.alice)
    seen: list[str] = []
    path = "/"
    while path:
        htmx = {"HX-Request": "true"} if seen else {}
        answer = client.get(path, headers=htmx)
        html = text(answer)
        assert answer["Vary"].count("HX-Request") == 1
        assert ("<html" in html) is (not seen)
        seen += cards(html)
        more = (
            re.search(r'hx-get="([^"]+)"', html.split("feedmore")[-1])
            if "feedmore" in html
            else None
        )
        path = "/" + more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 50
    assert 'id="end"' in html


def test_without_a_script_more_is_a_link_to_a_whole_page(cast: Cast) -> None:
    many(cast.bob, 25)
    first = text(browser().get("/"))
    link = re.search(r'rel="next" href="([^"]+)"', first)
    second = text(browser().get("/" + link[1]))  # type: ignore[index]
    assert "<html" in second
    assert len(cards(second)) == 5
    assert not set(cards(first)) & set(cards(second))
    assert re.findall(r'aria-posinset="(\d+)"', second)[0] == "21"


def test_an_empty_feed_says_what_to_do_next(cast: Cast) -> None:
    assert "写第一篇笔记" in text(browser().get("/"))
    assert "登录后看你关注的人" in text(browser().get("/?tab=following"))
    assert "还没有新笔记" in text(browser(cast.alice).get("/?tab=following"))


def test_blocked_authors_are_on_no_page_of_each_other(cast: Cast) -> None:
    write(cast.dan, "丹写的")
    write(cast.alice, "爱丽丝写的")
    signals.drain()
    assert "丹写的" not in text(browser(cast.alice).get("/"))
    assert "爱丽丝写的" not in text(browser(cast.dan).get("/"))
    assert "丹写的" in text(browser(cast.eve).get("/"))
    assert cards(text(browser(cast.alice).get("/search/?q=丹写的"))) == []


def test_a_like_shows_at_once_though_the_card_is_cached(cast: Cast) -> None:
    card = write(cast.bob)
    signals.drain()
    client = browser(cast.alice)
    assert 'aria-pressed="false"' in text(client.get("/"))
    scene.like(person_id=cast.alice, public_id=card.public_id)
    page = text(client.get("/"))
    assert 'aria-pressed="true"' in page
    assert '<span class="num">1</span>' in page
    assert 'aria-pressed="false"' in text(browser(cast.eve).get("/"))


def test_an_edited_note_is_drawn_anew(cast: Cast) -> None:
    card = write(cast.bob, "旧标题")
    signals.drain()
    assert "旧标题" in text(browser().get("/"))
    scene.edit_note(author_id=cast.bob, public_id=card.public_id, title="新<i>标题")
    page = text(browser().get("/"))
    assert "旧标题" not in page
    assert "新&lt;i&gt;标题" in page


def test_a_live_groups_chip_takes_the_place_of_the_price(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = write(cast.bob, goods_public_ids=(cast.cup.public_id,))
    signals.drain()
    asked: list[list[int]] = []

    def chip(_request: object, *, notes: list[Any]) -> dict[int, str]:
        asked.append([note.id for note in notes])
        return {card.id: '<span class="pricechip">还差 1 人</span>'}

    monkeypatch.setattr(panels, "_batches", {"card.chip": [chip]})
    page = text(browser().get("/"))
    assert asked == [[card.id]]
    assert "还差 1 人" in page
    assert "pricechip plain" not in page


def test_elder_mode_is_one_column(cast: Cast) -> None:
    many(cast.bob, 3)
    client = browser()
    client.cookies["gv_look"] = "elder"
    assert text(client.get("/")).count('class="col"') == 1


@pytest.mark.parametrize("count", [1, 12])
def test_queries_of_the_home_page(cast: Cast, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", {})  # the bar's face and badges are their modules' own
    many(cast.bob, count, topics=("露营",), goods_ids=(cast.cup.id,))
    people.follow(person_id=cast.alice, other_id=cast.bob)
    scene.like(person_id=cast.alice, public_id=scene.notes_of(cast.bob).items[0].public_id)
    signals.drain()
    facade.count_popular()
    found = []
    for client in (browser(), browser(cast.alice)):
        cache.clear()
        forget_all()
        for _turn in ("cold", "warm"):
            with CaptureQueriesContext(connection) as captured:
                assert len(cards(text(client.get("/")))) == count
            found.append(len(captured))
    assert found == [13, 3, 15, 4]


def test_search_finds_marks_and_keeps_its_state_in_the_address(cast: Cast) -> None:
    write(cast.bob, "手冲<b>咖啡</b>入门", goods_public_ids=(cast.cup.public_id,))
    signals.drain()
    page = text(browser().get("/search/?q=咖啡&kind=note"))
    assert "手冲&lt;b&gt;<mark>咖啡</mark>&lt;/b&gt;入门" in page
    assert "<b>咖啡" not in page
    assert 'value="咖啡"' in page
    assert "kind=goods" in page
    found = text(browser().get("/search/?q=马克杯&kind=goods"))
    assert f"/goods/{cast.cup.public_id}/?from=search" in found
    assert "<mark>马克杯</mark>" in found
    assert "<mark>半日</mark>" in text(browser().get("/search/?q=半日&kind=shop"))


def test_what_is_asked_is_never_markup(cast: Cast) -> None:
    page = text(browser(cast.alice).get('/search/?q="><script>alert(1)</script>'))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in text(browser(cast.alice).get("/search/"))


def test_nothing_found_offers_a_way_on(cast: Cast) -> None:
    write(cast.bob, "露营", topics=("露营装备",))
    signals.drain()
    facade.count_popular()
    page = text(browser().get("/search/?q=quetzalcoatl"))
    assert "没有找到「quetzalcoatl」" in page
    assert "露营装备" in page
    assert "也许你会喜欢" in page
    assert "粗陶马克杯" in page


def test_search_inside_a_shop_is_that_shops_alone(cast: Cast) -> None:
    other = goods.open_shop(owner_id=cast.eve, slug="other", name="别家", colour="#123456", bio="")
    sell(other, "别家的马克杯")
    signals.drain()
    page = text(browser().get("/search/?q=马克杯&kind=goods&shop=halfday"))
    assert "粗陶" in page
    assert "别家" not in page
    assert browser().get("/search/?q=x&shop=nowhere").status_code == 404


def test_history_is_shown_to_its_owner_and_can_be_cleared(cast: Cast) -> None:
    client = browser(cast.alice)
    client.get("/search/?q=露营")
    assert "露营" in text(client.get("/search/"))
    assert "露营" not in text(browser(cast.eve).get("/search/"))
    assert browser().post("/search/history/deletion/", {}).status_code == 302
    assert client.post("/search/history/deletion/", {"query": "露营"}).status_code == 303
    assert "露营" not in text(client.get("/search/"))


def test_suggestions_are_a_fragment(cast: Cast) -> None:
    found = text(browser().get("/search/suggestions/?q=马克杯")).strip()
    assert found == f'<option value="{cast.cup.title}">'
    assert text(browser().get("/search/suggestions/?q=")).strip() == ""


def test_the_goods_page_shows_what_else_the_shop_has_and_learns_from_the_look(cast: Cast) -> None:
    write(cast.bob, "晒一晒新杯子", goods_public_ids=(cast.cup.public_id,))
    other = goods.open_shop(owner_id=cast.eve, slug="other", name="别家", colour="#123456", bio="")
    sell(other, "别家的马克杯")
    signals.drain()
    page = text(browser(cast.alice).get(f"/goods/{cast.cup.public_id}/"))
    assert "晒一晒新杯子" in page
    assert "看了又看" in page
    assert cast.vase.title in page
    assert "别家的马克杯" not in page
    assert "别家的马克杯" not in text(browser(cast.alice).get("/shop/halfday/"))
    browser(cast.alice).get(f"/goods/{cast.cup.public_id}/")
    tastes = Taste.objects.filter(person_id=cast.alice, kind="goods")
    assert list(tastes.values_list("key", "weight")) == [(str(cast.cup.id), 0.5)]
    people.set_personalised(cast.eve, on=False)
    browser(cast.eve).get(f"/goods/{cast.cup.public_id}/")
    assert not Taste.objects.filter(person_id=cast.eve).exists()


def test_reading_a_note_is_a_small_sign_of_taste(cast: Cast) -> None:
    card = write(cast.bob, topics=("露营",))
    for person_id in (cast.alice, cast.bob):
        browser(person_id).get(f"/note/{card.public_id}/")
    assert not Taste.objects.filter(person_id=cast.bob).exists()
    tastes = Taste.objects.filter(person_id=cast.alice, kind="topic")
    assert list(tastes.values_list("key", "weight")) == [("露营", 0.5)]


# ---- API -------------------------------------------------------------------------------------


def get(path: str, person_id: int | None = None) -> tuple[int, bytes]:
    headers = {}
    if person_id is not None:
        headers["Authorization"] = f"Bearer {people.issue_token(person_id, 'test')}"
    answer = Client(headers=headers).get(f"/api/v1{path}")
    return answer.status_code, answer.content


def test_the_feed_over_the_api(cast: Cast) -> None:
    many(cast.bob, 25, goods_ids=(cast.cup.id,), topics=("露营",))
    status, body = get("/feed?limit=20", cast.alice)
    first = json.loads(body)
    assert (status, len(first["items"])) == (200, 20)
    assert set(first["items"][0]) == {
        "public_id", "title", "author", "cover", "likes", "published_at", "sponsored", "position",
        "channel", "propensity", "reason",
    }  # fmt: skip
    _status, body = get(f"/feed?limit=20&cursor={first['next_cursor']}", cast.alice)
    second = json.loads(body)
    assert len(second["items"]) == 5
    assert second["next_cursor"] is None
    ids = [item["public_id"] for item in first["items"] + second["items"]]
    assert len(set(ids)) == 25
    assert [i["position"] for i in first["items"] + second["items"]] == list(range(1, 26))
    assert len(json.loads(get("/feed?topic=露营&shop=halfday")[1])["items"]) == 20
    assert get("/feed?cursor=nonsense")[0] == 400
    assert get("/feed?shop=nowhere")[0] == 404


def test_personalisation_off_is_byte_equal_for_two_opposite_people(cast: Cast) -> None:
    camping = many(cast.bob, 20, topics=("露营",), goods_ids=(cast.cup.id,))
    reading = many(cast.carol, 20, topics=("读书",), goods_ids=(cast.vase.id,))
    public = {pk: card.public_id for pk, card in scene.note_cards(camping + reading).items()}
    for person_id, ids in ((cast.alice, camping), (cast.eve, reading)):
        for note_id in ids[:8]:
            scene.like(person_id=person_id, public_id=public[note_id])
    people.follow(person_id=cast.alice, other_id=cast.bob)
    signals.drain()
    facade.count_popular()
    assert get("/feed", cast.alice) != get("/feed", cast.eve)
    for person_id in (cast.alice, cast.eve):
        people.set_personalised(person_id, on=False)
    for path in ("/feed", "/recommendations", "/recommendations?shop=halfday", "/search?q=第"):
        assert get(path, cast.alice) == get(path, cast.eve)


def test_search_over_the_api(cast: Cast) -> None:
    write(cast.bob, "手冲咖啡")
    signals.drain()
    found = json.loads(get("/search?q=咖啡")[1])
    assert [item["title"] for item in found["items"]] == ["手冲咖啡"]
    found = json.loads(get("/search?q=马克杯&kind=goods")[1])
    assert [item["public_id"] for item in found["items"]] == [cast.cup.public_id]
    found = json.loads(get("/search?q=半日&kind=shops")[1])
    assert [item["slug"] for item in found["items"]] == ["halfday"]
    assert get("/search?q=x&kind=people")[0] == 422
    status, problem = get(f"/search?q={'长' * 81}")
    assert (status, json.loads(problem)["code"]) == (422, "discovery.query_too_long")


def test_history_over_the_api_is_the_callers_own(cast: Cast) -> None:
    facade.remember_search(person_id=cast.alice, query="露营")
    assert json.loads(get("/search/history", cast.alice)[1])["items"] == ["露营"]
    assert json.loads(get("/search/history", cast.eve)[1])["items"] == []
    assert get("/search/history")[0] == 401
    token = people.issue_token(cast.alice, "test")
    caller = Client(headers={"Authorization": f"Bearer {token}"})
    assert caller.delete("/api/v1/search/history").status_code == 204
    assert facade.history_of(cast.alice) == []
    suggested = json.loads(get("/search/suggestions?q=马克杯")[1])
    assert suggested["items"] == [cast.cup.title]


def test_recommendations_over_the_api(cast: Cast) -> None:
    found = json.loads(get(f"/recommendations?beside={cast.cup.public_id}", cast.alice)[1])
    assert [item["public_id"] for item in found["items"]] == [cast.vase.public_id]
