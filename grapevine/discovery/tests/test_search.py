"""Search, on whichever database the tests run."""

import pytest

from grapevine.discovery import facade
from grapevine.discovery.contracts import Found, Kind, QueryTooLong
from grapevine.discovery.models import Document
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewShop, NewSku
from grapevine.kit.paging import BadCursor
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote
from grapevine.scene.tests.cast import Cast, gather, sell, write
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = gather()
    signals.drain()
    return cast


def titles(found: Found) -> list[str]:
    named = [note.title for note in found.notes] + [card.title for card in found.goods]
    return named + [shop.name for shop in found.shops]


def look(query: str, kind: Kind = Kind.NOTE, **more: object) -> list[str]:
    return titles(facade.search(query=query, kind=kind, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "通勤",
        "跑鞋",
        "通勤跑鞋",
        "iPhone15",
        "iphone15",
        "ＩＰＨＯＮＥ１５",
        "上脚一周",
        "板鞋",
        "脚感",
        "2026",
    ],
)
def test_words_of_title_body_and_topics_are_found(cast: Cast, query: str) -> None:
    write(
        cast.bob, "上脚一周：通勤跑鞋 vs 板鞋", body="用 iPhone15 拍的，2026 年秋", topics=("脚感",)
    )
    write(cast.bob, "今天也是被压在身下的一天")
    signals.drain()
    assert look(query) == ["上脚一周：通勤跑鞋 vs 板鞋"]


def test_a_title_counts_more_than_a_body(cast: Cast) -> None:
    write(cast.bob, "周末", body="带着咖啡去露营，露营真好")
    write(cast.bob, "露营装备清单", body="帐篷和灯")
    signals.drain()
    assert look("露营") == ["露营装备清单", "周末"]


def test_goods_and_shops_are_found_as_they_come(cast: Cast) -> None:
    assert look("马克杯", Kind.GOODS) == [cast.cup.title]
    assert look("花瓶", Kind.GOODS) == [cast.vase.title]
    assert look("家居", Kind.GOODS) == [cast.vase.title, cast.cup.title]
    assert look("半日", Kind.SHOP) == ["半日"]
    assert look("halfday", Kind.SHOP) == ["半日"]


def test_imported_goods_and_their_shop_are_found(cast: Cast) -> None:
    [shop_id] = goods.save_shops_bulk(
        [NewShop(owner_id=cast.eve, slug="teahouse", name="山间茶铺")]
    )
    goods.save_goods_bulk([
        NewGoods(shop_id=shop_id, title="白毫银针 50g", category="茶", body="",
                 skus=[NewSku(option="50g", price_minor=9900, stock=3)])
    ])  # fmt: skip
    signals.drain()
    assert look("银针", Kind.GOODS) == ["白毫银针 50g"]
    assert look("茶铺", Kind.SHOP) == ["山间茶铺"]


def test_a_note_is_found_by_the_goods_it_tags(cast: Cast) -> None:
    write(cast.bob, "好用", goods_public_ids=(cast.vase.public_id,))
    signals.drain()
    assert look("花瓶") == ["好用"]


def test_inside_a_shop_only_that_shops(cast: Cast) -> None:
    other = goods.open_shop(owner_id=cast.eve, slug="other", name="别家", colour="#123456", bio="")
    theirs = sell(other, "别家的马克杯")
    write(cast.bob, "我家的杯子", goods_public_ids=(cast.cup.public_id,))
    write(cast.bob, "别家的杯子", goods_public_ids=(theirs.public_id,))
    write(cast.bob, "两家的杯子", goods_public_ids=(cast.cup.public_id, theirs.public_id))
    write(cast.bob, "没有标记的杯子")
    signals.drain()
    assert look("马克杯", Kind.GOODS, shop_id=cast.shop.id) == ["粗陶马克杯"]
    assert look("杯子", shop_id=cast.shop.id) == ["我家的杯子"]
    assert look("别家", shop_id=cast.shop.id) == []
    assert set(look("马克杯", Kind.GOODS)) == {"粗陶马克杯", "别家的马克杯"}


def test_a_changed_note_is_found_by_its_new_words_only(cast: Cast) -> None:
    card = write(cast.bob, "手冲咖啡")
    signals.drain()
    scene.edit_note(author_id=cast.bob, public_id=card.public_id, title="冷泡茶")
    signals.drain()
    assert look("手冲咖啡") == []
    assert look("冷泡茶") == ["冷泡茶"]


def test_a_deleted_note_is_not_found_even_before_the_index_knows(cast: Cast) -> None:
    card = write(cast.bob, "手冲咖啡")
    signals.drain()
    scene.delete_note(author_id=cast.bob, public_id=card.public_id)
    assert look("手冲咖啡") == []
    signals.drain()
    assert not Document.objects.filter(kind="note").exists()


def test_blocked_authors_are_not_found(cast: Cast) -> None:
    write(cast.dan, "手冲咖啡")
    signals.drain()
    assert look("手冲咖啡", viewer_id=cast.alice) == []
    assert look("手冲咖啡", viewer_id=cast.eve) == ["手冲咖啡"]


def test_one_character_finds_titles(cast: Cast) -> None:
    assert set(look("杯", Kind.GOODS)) == {cast.cup.title}
    assert set(look("瓶", Kind.GOODS)) == {cast.vase.title}


def test_a_word_cut_elsewhere_is_found_by_its_pairs(cast: Cast) -> None:
    write(cast.bob, "粗陶杯子真好看")
    signals.drain()
    assert look("陶杯") == ["粗陶杯子真好看"]


def test_where_nothing_holds_every_word_the_nearest_are_shown(cast: Cast) -> None:
    write(cast.bob, "手冲咖啡入门")
    signals.drain()
    found = facade.search(query="手冲咖啡 月球基地")
    assert (titles(found), found.widened) == (["手冲咖啡入门"], True)
    exact = facade.search(query="手冲咖啡")
    assert (titles(exact), exact.widened) == (["手冲咖啡入门"], False)
    none = facade.search(query="quetzalcoatl")
    assert (titles(none), none.widened) == ([], False)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "!!!",
        '"',
        "'",
        "a' OR '1'='1",
        'x" OR title:"y',
        "NEAR(a b)",
        "*",
        "\\",
        "' & !",
        "%_%",
    ],
)
def test_odd_text_is_only_text(cast: Cast, query: str) -> None:
    write(cast.bob, "手冲咖啡")
    signals.drain()
    assert look(query) == []


def test_a_query_has_a_bound() -> None:
    with pytest.raises(QueryTooLong):
        facade.search(query="长" * 81)
    with pytest.raises(BadCursor):
        facade.search(query="杯", cursor="nonsense")


def test_results_are_walked_without_a_repeat(cast: Cast) -> None:
    ids = scene.save_notes_bulk(
        [NewNote(author_id=cast.bob, title=f"露营日记第 {i} 天") for i in range(25)]
    )
    signals.drain()
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = facade.search(query="露营", cursor=cursor, limit=10)
        seen += [card.id for card in page.notes]
        cursor = page.next_cursor
    assert sorted(seen) == ids


def test_history_is_the_persons_own_and_deletable(cast: Cast) -> None:
    for query in ("露营", " 咖啡  豆 ", "露营", ""):
        facade.remember_search(person_id=cast.alice, query=query)
    assert facade.history_of(cast.alice) == ["露营", "咖啡 豆"]
    assert facade.history_of(cast.eve) == []
    assert facade.history_of(None) == []
    facade.forget_searches(person_id=cast.eve)
    facade.forget_searches(person_id=cast.alice, query="露营")
    assert facade.history_of(cast.alice) == ["咖啡 豆"]
    facade.forget_searches(person_id=cast.alice)
    assert facade.history_of(cast.alice) == []


def test_only_fifty_searches_are_kept(cast: Cast) -> None:
    from grapevine.discovery.models import SearchTerm

    for i in range(53):
        facade.remember_search(person_id=cast.alice, query=f"q{i}")
    assert SearchTerm.objects.count() == 50


def test_suggestions_go_on_as_typed(cast: Cast) -> None:
    write(cast.bob, "露营装备清单", topics=("露营装备",))
    signals.drain()
    facade.count_popular()
    assert facade.suggestions("露营") == ["露营装备", "露营装备清单"]
    assert facade.suggestions(" ") == []
    assert facade.hot_words() == ["露营装备"]


def test_rebuilding_gives_the_same_index(cast: Cast) -> None:
    write(cast.bob, "手冲咖啡", goods_public_ids=(cast.cup.public_id,))
    signals.drain()
    before = {kind: look("杯" if kind == Kind.GOODS else "半日" if kind == Kind.SHOP else "手冲咖啡", kind)
              for kind in Kind}  # fmt: skip
    Document.objects.all().delete()
    assert look("手冲咖啡") == []
    facade.rebuild()
    after = {kind: look("杯" if kind == Kind.GOODS else "半日" if kind == Kind.SHOP else "手冲咖啡", kind)
             for kind in Kind}  # fmt: skip
    assert after == before
    assert people.personalised(cast.alice)
