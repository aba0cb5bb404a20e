"""The full page of goods, part by part, and the desk over the API."""

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from grapevine.goods import facade as goods
from grapevine.goods.actions import importing, parts
from grapevine.goods.actions.parts import SkuWasWanted
from grapevine.goods.contracts import GoodsDetail, ShopCard, Want
from grapevine.goods.models import Goods, ImportRun, Sku, Staff, StockMovement
from grapevine.goods.rules.matrix import matrix, slots, values_of
from grapevine.goods.tests.test_desk_list import listed, person, signed_in
from grapevine.goods.tests.test_importing import TWO
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.media import facade as media
from grapevine.people import facade as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> int:
    return person("bob")


@pytest.fixture
def shop(bob: int) -> ShopCard:
    return goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")


def upload(name: str, colour: str) -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(target, "PNG")
    return SimpleUploadedFile(f"{name}.png", target.getvalue(), "image/png")


def detail(public_id: str) -> GoodsDetail:
    return goods.goods_detail(public_id)


def test_every_combination_comes_once() -> None:
    axes, options = matrix(
        [("釉色", values_of("雾蓝，赤陶, 雾蓝")), ("容量", ["350", "500"]), ("", [])]
    )
    assert (axes, options) == (
        "釉色 / 容量",
        ["雾蓝 / 350", "雾蓝 / 500", "赤陶 / 350", "赤陶 / 500"],
    )
    wrong: list[list[tuple[str, list[str]]]] = [
        [], [("", ["a"])], [("x", ["a / b"])], [("x", [str(n) for n in range(11)]), ("y", [str(n) for n in range(10)])],
        [("x", ["长" * 61])],
    ]  # fmt: skip
    for one in wrong:
        with pytest.raises(BadInput):
            matrix(one)


def test_times_of_chosen_days() -> None:
    first = date(2026, 12, 1)
    found = slots(
        first=first, last=first + timedelta(days=6), weekdays=[5, 6], times=["14:00", "9:30"]
    )
    assert found == [
        "2026-12-05 / 09:30",
        "2026-12-05 / 14:00",
        "2026-12-06 / 09:30",
        "2026-12-06 / 14:00",
    ]
    assert slots(first=first, last=first, weekdays=range(7), times=[]) == ["2026-12-01"]
    for last, days, times in (
        (first - timedelta(days=1), [0], []),
        (first, [5], []),
        (first, [1], ["25:00"]),
        (first + timedelta(days=200), range(7), []),
    ):
        with pytest.raises(BadInput):
            slots(first=first, last=last, weekdays=days, times=times)


def form_of(public_id: str, **typed: Any) -> dict[str, Any]:
    """The page's form as it stands, with what is typed over it."""
    now = detail(public_id)
    skus = now.skus
    return {
        "title": now.card.title, "category": now.card.category, "body": now.body,
        "axes": " / ".join(now.axes), "kind": now.facts.kind, "limit": "0", "returns": "seven_days",
        "code": [sku.code for sku in skus], "option": [sku.option for sku in skus],
        "price": [f"{sku.price_minor / 100:.2f}" for sku in skus],
        "stock": [str(sku.free) for sku in skus], "was": [str(sku.free) for sku in skus],
        "picture": [""] * len(skus), **typed,
    }  # fmt: skip


def post(client: Client, public_id: str, **typed: Any) -> Any:
    return client.post(f"/console/bobs/goods/{public_id}/", form_of(public_id, **typed))


def test_one_form_saves_every_part_of_goods(shop: ShopCard, bob: int) -> None:
    one, client = listed(shop, "杯", 1000, 3), signed_in(bob)
    answer = post(
        client, one, title="粗陶杯", category="家居", body="手拉坯。", kind="service", origin="景德镇",
        supplier="老窑", name=["材质", ""], value=["粗陶", ""], limit="2", returns="custom",
        on_sale_until="2099-09-01T10:00", price=["12.5", "15", ""], stock=["5", "4", ""],
        option=["雾蓝", "赤陶", ""], code=[detail(one).skus[0].code, "", ""], was=["3", "", ""],
        axes="釉色", pictures=[upload("a", "red"), upload("b", "blue")],
    )  # fmt: skip
    assert answer.status_code == 303
    row, now = Goods.objects.get(public_id=one), detail(one)
    assert (row.title, row.category, row.body) == ("粗陶杯", "家居", "手拉坯。")
    assert (row.limit_per_person, row.returns, row.on_sale) == (2, "custom", True)
    assert row.on_sale_until is not None
    assert row.on_sale_until.isoformat() == "2099-09-01T02:00:00+00:00"
    assert (now.facts.kind, now.facts.origin, now.facts.supplier, now.facts.attributes) == (
        "service", "景德镇", "老窑", (("材质", "粗陶"),),
    )  # fmt: skip
    assert [(sku.option, sku.price_minor, sku.free) for sku in now.skus] == [
        ("雾蓝", 1250, 5), ("赤陶", 1500, 4),
    ]  # fmt: skip
    assert [picture.alt for picture in now.pictures] == ["粗陶杯", "粗陶杯"]
    away = now.skus[1].code
    assert post(client, one, away=away, returns="custom").status_code == 303
    assert [sku.option for sku in detail(one).skus] == ["雾蓝"]


def test_stock_moves_by_what_was_typed_so_that_sales_meanwhile_count(
    shop: ShopCard, bob: int
) -> None:
    one, client = listed(shop, "杯", 1000, 9), signed_in(bob)
    typed = form_of(one, stock=["12"])
    goods.adjust(sku_id=detail(one).skus[0].sku_id, change=-4)
    assert client.post(f"/console/bobs/goods/{one}/", typed).status_code == 303
    assert detail(one).skus[0].free == 8


def test_every_mistake_is_told_beside_its_field_and_on_top_and_nothing_is_saved(
    shop: ShopCard, bob: int
) -> None:
    one, client = listed(shop, "杯", 1000, 3), signed_in(bob)
    answer = post(
        client, one, title="", limit="-1", returns="never", price=["abc"], stock=["1.5"],
        on_sale_from="gestern", origin="长" * 41, body="新的正文",
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert [target for target, _name, _text in answer.context["summary"]] == [
        "f-price-0", "f-stock-0", "f-on_sale_from", "f-origin", "f-limit", "f-returns", "f-title",
    ]  # fmt: skip
    for target in ("f-price-0", "f-stock-0", "f-on_sale_from", "f-origin", "f-limit", "f-returns"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page
    assert "第 1 个规格的价格" in page
    assert 'value="abc"' in page
    assert "新的正文" in page
    row = Goods.objects.get(public_id=one)
    assert (row.title, row.body, row.limit_per_person, row.returns) == ("杯", "", 0, "seven_days")
    wrong = client.post(
        "/console/bobs/goods/new/", {"title": "", "option": [""], "price": ["0"], "stock": [""]}
    )
    assert {target for target, _name, _text in wrong.context["summary"]} >= {"f-title", "f-price-0"}
    assert Goods.objects.count() == 1


def test_pictures_are_added_moved_described_and_taken_away(shop: ShopCard, bob: int) -> None:
    one, client = listed(shop, "杯"), signed_in(bob)
    post(client, one, pictures=[upload("a", "red"), upload("b", "blue"), upload("c", "green")])
    first, second, third = detail(one).pictures
    post(client, one, **{f"place-{second.id}": "1", f"place-{first.id}": "2"})
    assert [picture.id for picture in detail(one).pictures] == [second.id, first.id, third.id]
    assert detail(one).card.cover == second
    post(client, one, drop=[str(second.id)], **{f"alt-{third.id}": "杯底"})
    assert [(picture.id, picture.alt) for picture in detail(one).pictures] == [
        (first.id, "杯"), (third.id, "杯底"),
    ]  # fmt: skip
    refused = post(client, one, pictures=[upload(str(n), "red") for n in range(8)])
    assert (refused.status_code, refused.context["summary"][0][0]) == (422, "f-pictures")
    broken = post(client, one, pictures=[SimpleUploadedFile("x.png", b"no", "image/png")])
    assert (broken.status_code, broken.context["summary"][0][0]) == (422, "f-pictures")
    assert len(detail(one).pictures) == 2
    [lost] = [*refused.context["pictures"]][:1]
    assert lost["card"] == detail(one).pictures[0]


@pytest.mark.usefixtures("shop")
def test_chosen_pictures_are_chosen_still_when_the_form_is_refused(bob: int) -> None:
    client, new = signed_in(bob), "/console/bobs/goods/new/"
    form = {"title": "", "option": [""], "price": ["12"], "stock": ["3"], "picture": ["2"]}
    files = [upload("a", "red"), upload("b", "blue"), SimpleUploadedFile("c.png", b"no")]
    refused = client.post(new, form | {"pictures": files})
    fields = [target for target, _name, _text in refused.context["summary"]]
    assert (refused.status_code, fields) == (422, ["f-pictures", "f-title"])
    kept = refused.context["added"]
    first, second = (one["card"].id for one in refused.context["pictures"])
    for public_id in kept:
        assert f'name="kept" value="{public_id}"' in refused.content.decode()
    moved = {f"place-{first}": "2", f"place-{second}": "1", f"alt-{first}": "杯底"}
    again = client.post(new, form | moved | {"kept": kept})
    assert (again.status_code, again.context["added"]) == (422, kept)
    assert 'value="杯底"' in again.content.decode()
    theirs = media.store_picture(owner_id=person("eve"), file=upload("e", "green")).public_id
    stolen = client.post(new, form | {"title": "杯", "kept": [*kept, theirs]})
    assert (stolen.status_code, Goods.objects.count()) == (404, 0)
    assert client.post(new, form | moved | {"title": "杯", "kept": kept}).status_code == 303
    made = Goods.objects.get().public_id
    assert [(one.id, one.alt) for one in detail(made).pictures] == [(second, ""), (first, "杯底")]
    assert detail(made).skus[0].cover == detail(made).pictures[1]
    third = post(client, made, title="", pictures=[upload("d", "green")])
    assert (third.status_code, len(third.context["added"])) == (422, 1)
    post(client, made, kept=third.context["added"], drop=[str(first)])
    last = third.context["pictures"][-1]["card"].id
    assert [one.id for one in detail(made).pictures] == [second, last]


def test_the_matrix_fills_in_what_is_missing_and_takes_the_lone_sku_over(
    shop: ShopCard, bob: int
) -> None:
    one, client = listed(shop, "杯", 1000, 3), signed_in(bob)
    lone = detail(one).skus[0].code
    made = {"do": "matrix", "axis-0": "釉色", "values-0": "雾蓝，赤陶", "matrix-price": "12", "matrix-stock": "4"}  # fmt: skip
    post(client, one, body="一起存", **made)
    rows = [(sku.option, sku.price_minor, sku.free) for sku in detail(one).skus]
    assert rows == [("雾蓝", 1200, 4), ("赤陶", 1200, 4)]
    assert (detail(one).skus[0].code, list(detail(one).axes)) == (lone, ["釉色"])
    assert detail(one).body == "一起存"
    post(client, one, **(made | {"values-0": "雾蓝，赤陶，月白", "matrix-price": "15"}))
    assert [(sku.option, sku.price_minor) for sku in detail(one).skus] == [
        ("雾蓝", 1200),
        ("赤陶", 1200),
        ("月白", 1500),
    ]
    refused = post(client, one, **(made | {"matrix-price": ""}))
    assert (refused.status_code, refused.context["summary"][0][0]) == (422, "f-matrix")


def test_a_change_that_waits_is_what_the_form_shows_and_saving_it_again_asks_nobody_twice(
    shop: ShopCard, bob: int, settings: Any
) -> None:
    one, client = listed(shop, "杯", 1000, 3), signed_in(bob)
    post(client, one, pictures=[upload("a", "red")])
    settings.LISTING_REVIEW = "risky"
    assert post(client, one, title="粗陶杯").status_code == 303
    page = client.get(f"/console/bobs/goods/{one}/").content.decode()
    assert 'value="粗陶杯"' in page
    assert "现在在售的是：杯" in page
    post(client, one, title="粗陶杯", price=["12"])
    assert (detail(one).card.title, detail(one).card.price_minor) == ("杯", 1200)
    assert [row.change["title"] for row in goods.reviews().items] == ["粗陶杯"]
    post(client, one, title="杯")
    assert goods.reviews().items == []


def test_a_sku_nobody_wanted_goes_and_one_somebody_did_stays(shop: ShopCard) -> None:
    one = listed(shop, "杯", 1000, 3)
    parts.add_options(
        shop_id=shop.id, public_id=one, axes="色", options=["a", "b"], price_minor=500, stock=2
    )
    first, second = detail(one).skus
    goods.hold(wants=[Want("o1", first.sku_id, 1)], until=clock.now() + timedelta(hours=1))
    with pytest.raises(SkuWasWanted):
        parts.remove_sku(shop_id=shop.id, code=first.code)
    parts.remove_sku(shop_id=shop.id, code=second.code)
    assert [sku.code for sku in detail(one).skus] == [first.code]
    assert not StockMovement.objects.filter(sku_id=second.sku_id).exists()
    with pytest.raises(SkuWasWanted):
        parts.remove_sku(shop_id=shop.id, code=first.code)


def test_times_to_book_come_as_skus_with_places(shop: ShopCard, bob: int) -> None:
    one, client = listed(shop, "手作课"), signed_in(bob)
    post(client, one, kind="service")
    assert "可约时段" in client.get(f"/console/bobs/goods/{one}/").content.decode()
    post(
        client, one, kind="service", do="slots", first="2026-12-05", last="2026-12-06",
        times="10:00", weekday=["5", "6"], **{"slots-price": "199", "slots-stock": "8"},
    )  # fmt: skip
    assert [(sku.option, sku.price_minor, sku.free) for sku in detail(one).skus] == [
        ("2026-12-05 / 10:00", 19_900, 8), ("2026-12-06 / 10:00", 19_900, 8),
    ]  # fmt: skip


def test_the_clock_on_the_page(shop: ShopCard, bob: int) -> None:
    one, client = listed(shop, "月饼"), signed_in(bob)
    post(client, one, on_sale_from="2099-09-01T10:00")
    row = Goods.objects.get(public_id=one)
    assert (row.on_sale, row.on_sale_until) == (False, None)
    assert row.on_sale_from is not None
    assert row.on_sale_from.isoformat() == "2099-09-01T02:00:00+00:00"
    assert 'value="2099-09-01T10:00"' in client.get(f"/console/bobs/goods/{one}/").content.decode()


def test_a_category_suggests_attributes(shop: ShopCard, bob: int) -> None:
    one, client = listed(shop, "杯", category="家居"), signed_in(bob)
    assert (
        client.post(
            "/console/bobs/goods/categories/", {"name": "家居", "attributes": "材质，容量"}
        ).status_code
        == 303
    )
    page = client.get(f"/console/bobs/goods/{one}/").content.decode()
    assert 'value="材质"' in page
    assert 'value="容量"' in page
    client.post("/console/bobs/goods/categories/", {"name": "家居", "attributes": ""})
    assert 'value="材质"' not in client.get(f"/console/bobs/goods/{one}/").content.decode()
    assert (
        client.post(
            "/console/bobs/goods/categories/", {"name": "长" * 21, "attributes": "a"}
        ).status_code
        == 422
    )


def test_another_shops_goods_are_not_found(shop: ShopCard, bob: int) -> None:
    eve = goods.open_shop(owner_id=person("eve"), slug="eves", name="别家", colour="#8d3b1f")
    theirs, client = listed(eve, "别家的"), signed_in(bob)
    for slug in ("bobs", "eves"):
        answer = client.post(f"/console/{slug}/goods/{theirs}/", {"limit": "9", "title": "x"})
        assert answer.status_code == 404
    assert Goods.objects.get(public_id=theirs).limit_per_person == 0
    assert shop.slug == "bobs"


class Api:
    def __init__(self, person_id: int) -> None:
        self._headers = {"Authorization": f"Bearer {people.issue_token(person_id, 'test')}"}

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = Client().generic(
            method, f"/api/v1/shops/bobs/{path}", json.dumps(body) if body is not None else "",
            content_type="application/json", headers=self._headers,
        )  # fmt: skip
        return answer.status_code, answer.json() if answer.content else None

    def upload(self, content: bytes) -> tuple[int, Any]:
        file = SimpleUploadedFile("goods.csv", content, "text/csv")
        answer = Client().post("/api/v1/shops/bobs/imports", {"file": file}, headers=self._headers)
        return answer.status_code, answer.json()


def test_the_desk_over_the_api(shop: ShopCard, bob: int) -> None:
    one, api = listed(shop, "龙井", 1000), Api(bob)
    assert [row["title"] for row in api("GET", "desk/goods?state=on")[1]["items"]] == ["龙井"]
    change = {"kind": "price", "value": "10", "goods": [one]}
    assert (
        api("POST", "desk/changes", change | {"dry_run": True})[1]["rows"][0]["after"] == "¥11.00"
    )
    status, done = api("POST", "desk/changes", change)
    assert (status, done["changed"], goods.goods_by_public_id(one).price_minor) == (200, 1, 1100)
    assert api("POST", f"desk/changes/{done['batch']}/undoing")[1] == {"back": 1, "kept": []}
    row = api("GET", "desk/rows")[1]["items"][0]
    assert (row["price_minor"], row["cost_minor"]) == (1000, None)
    typed = {
        "rows": [
            {"sku": row["sku"], "seen": row["seen"], "fields": {"price": "12", "own_code": "T"}}
        ]
    }
    assert api("PUT", "desk/rows", typed)[1]["rows"] == 1
    assert list(api("PUT", "desk/rows", typed)[1]["wrong"]) == [row["sku"]]
    assert api("PUT", f"goods/{one}/schedule", {"on_sale_from": "2099-01-01T00:00:00+08:00"}) == (
        204,
        None,
    )
    slot = {
        "first": "2026-12-05",
        "last": "2026-12-05",
        "times": ["10:00"],
        "price_minor": 900,
        "capacity": 2,
    }
    assert api("POST", f"goods/{one}/slots", slot) == (200, {"added": 1})
    assert Sku.objects.get(own_code="T").option == "2026-12-05 / 10:00"


def test_a_file_over_the_api(shop: ShopCard, bob: int) -> None:
    api = Api(bob)
    status, run = api.upload((TWO + "x,,,,,,,,,,,\n").encode())
    assert (status, run["state"]) == (201, "waiting")
    importing.check(ImportRun.objects.get())
    read = api("GET", f"imports/{run['id']}")[1]
    assert (read["to_create"], read["refused"], read["rejects"][0]["line"]) == (2, 1, 5)
    assert api("POST", f"imports/{run['id']}/start")[1]["state"] == "running"
    importing.work(60)
    assert api("GET", "imports")[1]["items"][0]["created"] == 2
    assert api("POST", f"imports/{run['id']}/undoing")[1] == {"removed": 2, "back": 0}
    assert api("POST", f"imports/{run['id']}/cancellation")[0] == 409
    assert shop.id


def test_the_api_asks_for_rights(shop: ShopCard) -> None:
    clerk, eve, one = person("clerk"), person("eve"), listed(shop, "龙井", 1000)
    Staff.objects.create(shop_id=shop.id, person_id=clerk, role="clerk")
    row = {"rows": [{"sku": "x", "seen": "", "fields": {"price": "1"}}]}
    calls: tuple[tuple[str, str, Any, int], ...] = (
        ("GET", "desk/goods", None, 200), ("POST", "desk/changes", {"kind": "price", "value": "1", "goods": [one]}, 403),
        ("GET", "desk/rows", None, 200), ("PUT", "desk/rows", row, 403), ("GET", "imports", None, 403),
        ("POST", f"goods/{one}/slots", {"first": "2026-12-05", "last": "2026-12-05", "price_minor": 1, "capacity": 1}, 403),
        ("PUT", f"goods/{one}/schedule", {}, 204), ("POST", "imports/x/start", None, 403), ("POST", "imports/x/undoing", None, 403),
    )  # fmt: skip
    for method, path, body, status in calls:
        assert (path, Api(clerk)(method, path, body)[0]) == (path, status)
        assert (path, Api(eve)(method, path, body)[0]) == (path, 404)
    assert Api(eve).upload(TWO.encode())[0] == 404
    assert "cost_minor" not in Api(clerk)("GET", "desk/rows")[1]["items"][0]
    assert goods.goods_by_public_id(one).price_minor == 1000
