"""The pages of after-sales: buyer, shop, operator, everybody; and who finds nothing there."""

from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from grapevine.goods import facade as goods
from grapevine.media import facade as media
from grapevine.trade import facade, jobs
from grapevine.trade.actions import aftersales
from grapevine.trade.models import Case, CasePicture, Line, Order, Refund
from grapevine.trade.tests.cast import Cast, api, gather, paid, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any, tmp_path: Any) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    return gather()


def page(person_id: int | None) -> Client:
    client = Client()
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def photo() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (40, 30), "#804020").save(file, "JPEG")
    file.seek(0)
    file.name = "crack.jpg"
    return file


def received(cast: Cast) -> Order:
    one = paid(cast, (cast.cup, 3), (cast.vase, 1))
    number = one.order_numbers[0]
    facade.ship_order(
        shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1001", actor_id=cast.bob
    )
    facade.receive_order(buyer_id=cast.alice, number=number)
    return Order.objects.get(number=number)


def asked(cast: Cast, order: Order, wish: str = "shortage:missing", **more: Any) -> Case:
    line = Line.objects.filter(order=order).order_by("id")[0]
    answer = page(cast.alice).post(
        f"/orders/{order.number}/after-sales/", {f"pieces-{line.pk}": "1", "wish": wish, "words": "少了一只", **more}
    )  # fmt: skip
    assert answer.status_code == 303, answer.content
    return Case.objects.latest("id")


def clerk(cast: Cast, role: str) -> int:
    apps.get_model("goods", "Staff").objects.create(
        shop_id=cast.bobs.id, person_id=cast.eve, role=role
    )
    return cast.eve


def operator(cast: Cast) -> int:
    get_user_model().objects.filter(pk=cast.carol).update(is_operator=True)
    return cast.carol


def test_a_chosen_picture_survives_counting_and_a_refusal(cast: Cast) -> None:
    order = received(cast)
    alice, there = page(cast.alice), f"/orders/{order.number}/after-sales/"
    line = Line.objects.filter(order=order).order_by("id")[0]
    form = {f"pieces-{line.pk}": "1", "wish": "return:no_reason"}
    counted = alice.post(there, {**form, "step": "price", "pictures": [photo()]})
    kept = [one for one, _src in counted.context["drafts"]]
    assert len(kept) == 1
    assert f'name="kept" value="{kept[0]}" checked' in counted.content.decode()
    assert "data:image/jpeg;base64," in counted.content.decode()
    wrong = {**form, f"pieces-{line.pk}": "0", "kept": kept, "pictures": [photo()]}
    refused = alice.post(there, wrong)
    assert refused.status_code == 422
    both = [one for one, _src in refused.context["drafts"]]
    assert both[:1] == kept
    assert len(both) == 2
    theirs = media.store_picture(owner_id=cast.eve, file=photo(), is_private=True).public_id
    stolen = alice.post(there, {**form, "kept": [*both, theirs]})
    assert (stolen.status_code, stolen.context["drafts"]) == (404, [])
    assert not Case.objects.exists()
    assert alice.post(there, {**form, "kept": both}).status_code == 303
    case = Case.objects.get()
    shown = CasePicture.objects.filter(message__case=case).order_by("position")
    cards = media.pictures([one.picture_id for one in shown])
    assert [cards[one.picture_id].public_id for one in shown] == both
    for person, say in (
        (cast.alice, f"/after-sales/{case.number}/messages/"),
        (cast.bob, f"/console/bobs/after-sales/{case.number}/messages/"),
    ):
        files = [photo(), SimpleUploadedFile("x.png", b"no", "image/png")]
        refused = page(person).post(say, {"words": "看图", "pictures": files})
        assert refused.status_code == 422
        [(again, _src)] = refused.context["drafts"]
        html = refused.content.decode()
        assert f'name="kept" value="{again}" checked' in html
        assert "看图</textarea>" in html
        assert page(person).post(say, {"words": "看图", "kept": [again]}).status_code == 303
        last = media.pictures([CasePicture.objects.latest("pk").picture_id]).popitem()[1]
        assert last.public_id == again


def test_a_buyer_asks_on_one_page(cast: Cast) -> None:
    order = received(cast)
    alice, there = page(cast.alice), f"/orders/{order.number}/after-sales/"
    assert there in alice.get(f"/orders/{order.number}/").content.decode()
    line = Line.objects.filter(order=order).order_by("id")[0]
    shown = alice.post(
        there, {f"pieces-{line.pk}": "2", "wish": "return:no_reason", "step": "price"}
    )
    assert "¥138.00" in shown.content.decode()
    assert not Case.objects.exists()
    refused = alice.post(there, {f"pieces-{line.pk}": "0", "wish": "return:no_reason"})
    assert refused.status_code == 422
    case = asked(cast, order, "return:no_reason")
    body = alice.get(f"/after-sales/{case.number}/").content.decode()
    assert "退货退款" in body
    assert "少了一只" in body
    assert case.number in alice.get("/after-sales/").content.decode()


def test_the_whole_way_by_pages(cast: Cast) -> None:
    """Asked, agreed, sent, arrived, refunded: every step by the form the page shows."""
    case = asked(cast, received(cast), "return:no_reason")
    alice, bob = page(cast.alice), page(cast.bob)
    desk = f"/console/bobs/after-sales/{case.number}/"
    assert case.number in bob.get("/console/bobs/after-sales/?state=requested").content.decode()
    assert bob.post(f"{desk}approval/").status_code == 303
    form = {"carrier": "圆通", "tracking": "YT12345"}
    assert alice.post(f"/after-sales/{case.number}/parcel/", form).status_code == 303
    assert "YT12345" in bob.get(desk).content.decode()
    assert bob.post(f"{desk}arrival/", {"restocks": "1"}).status_code == 303
    jobs.send_refunds()
    jobs.send_refunds()
    assert jobs.end_refunded() == 1
    assert "已完成" in alice.get(f"/after-sales/{case.number}/").content.decode()
    assert list(Refund.objects.values_list("amount_minor", flat=True)) == [6900]


def test_evidence_is_for_both_sides_and_the_platform_alone(cast: Cast) -> None:
    case = asked(cast, received(cast), pictures=photo())
    picture_id = CasePicture.objects.get().picture_id
    shown = media.pictures([picture_id])[picture_id].public_id
    own, desk = f"/after-sales/{case.number}/pictures/{shown}.jpg", f"/console/bobs/after-sales/{case.number}/pictures/{shown}.jpg"  # fmt: skip
    assert page(cast.alice).get(own)["Content-Type"] == "image/jpeg"
    assert page(cast.alice).get(own)["Cache-Control"] == "private, no-store"
    assert page(cast.bob).get(desk).status_code == 200
    assert [page(one).get(own).status_code for one in (cast.eve, cast.bob)] == [404, 404]
    assert page(cast.carol).get(desk).status_code == 404
    assert Client().get(own).status_code in (302, 303, 401)
    for width in (360, 540, 720):
        assert Client().get(f"/pictures/{shown}/{width}.jpg").status_code == 404
    assert api(cast.alice).get(f"/api/v1/pictures/{shown}").status_code == 404
    platform = operator(cast)
    assert page(platform).get(own).status_code == 404
    aftersales.reject_case(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, reason="不属实"
    )
    aftersales.escalate_case(buyer_id=cast.alice, number=case.number, words="请看图")
    assert page(platform).get(own).status_code == 200


@pytest.mark.parametrize(
    ("deed", "role", "status"),
    [
        ("approval", "clerk", 403), ("approval", "service", 403), ("approval", "manager", 303),
        ("rejection", "clerk", 403), ("rejection", "service", 303), ("messages", "service", 303),
        ("arrival", "service", 403), ("refund", "service", 403),
    ],
)  # fmt: skip
def test_staff_do_what_their_role_may(cast: Cast, deed: str, role: str, status: int) -> None:
    case = asked(cast, received(cast))
    person = clerk(cast, role)
    answer = page(person).post(
        f"/console/bobs/after-sales/{case.number}/{deed}/", {"reason": "不同意", "words": "您好"}
    )
    assert answer.status_code == status
    case.refresh_from_db()
    if status == 403:
        assert (case.state, Refund.objects.count()) == ("requested", 0)


def test_strangers_find_nothing_and_change_nothing(cast: Cast) -> None:
    """Another buyer, another shop, a stranger: 404 or the sign-in page, and the case is as it was."""
    order = received(cast)
    case = asked(cast, order)
    for path in ("", "messages/", "cancellation/", "parcel/", "escalation/", "receipt/"):
        there = f"/after-sales/{case.number}/{path}"
        ask = page(cast.eve).get if not path else page(cast.eve).post
        assert ask(there).status_code == 404, there
    assert page(cast.eve).get(f"/orders/{order.number}/after-sales/").status_code == 404
    for deed in ("approval", "rejection", "arrival", "replacement", "refund", "messages"):
        there = f"/console/carols/after-sales/{case.number}/{deed}/"
        assert page(cast.carol).post(there, {"reason": "不同意", "words": "x"}).status_code == 404
        there = f"/console/bobs/after-sales/{case.number}/{deed}/"
        assert page(cast.carol).post(there, {"reason": "不同意"}).status_code == 404
    assert page(cast.eve).get("/operator/disputes/").status_code == 404
    assert page(cast.bob).post(f"/operator/disputes/{case.number}/", {"ruling": "shop", "reason": "好"}).status_code == 404  # fmt: skip
    case.refresh_from_db()
    assert (case.state, Refund.objects.count()) == ("requested", 0)


def test_many_are_agreed_after_a_look(cast: Cast) -> None:
    order = received(cast)
    first, second = asked(cast, order), asked(cast, order, "return:no_reason")
    bob, there = page(cast.bob), "/console/bobs/after-sales/approvals/"
    dry = bob.post(there, {"case": [first.number, second.number, "A0"], "step": "dry"})
    assert "¥69.00" in dry.content.decode()
    assert set(Case.objects.values_list("state", flat=True)) == {"requested"}
    bob.post(there, {"case": [first.number, second.number, "A0"]})
    assert list(Case.objects.order_by("id").values_list("state", flat=True)) == [
        "refunding", "returning",
    ]  # fmt: skip


def test_an_operator_decides(cast: Cast) -> None:
    case = asked(cast, received(cast))
    aftersales.reject_case(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, reason="不属实"
    )
    platform = page(operator(cast))
    there = f"/operator/disputes/{case.number}/"
    assert platform.get(there).status_code == 404
    page(cast.alice).post(f"/after-sales/{case.number}/escalation/", {"words": "真的少了"})
    assert case.number in platform.get("/operator/disputes/").content.decode()
    assert platform.post(there, {"ruling": "buyer", "reason": ""}).status_code == 422
    assert platform.post(there, {"reason": "属实"}).status_code == 422
    assert Refund.objects.count() == 0
    assert platform.post(there, {"ruling": "buyer", "reason": "属实"}).status_code == 303
    assert list(Refund.objects.values_list("amount_minor", flat=True)) == [6900]
    assert case.number in platform.get("/operator/disputes/?state=decided").content.decode()


def test_three_ended_cases_are_public_the_same_day(cast: Cast) -> None:
    """Rates, times and outcomes at once; nobody's name, number, word or picture."""
    order = received(cast)
    cases = [asked(cast, order) for _ in range(3)]
    for case in cases[:2]:
        aftersales.approve_case(shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob)
    aftersales.cancel_case(buyer_id=cast.alice, number=cases[2].number)
    for _ in range(2):
        jobs.send_refunds()
    assert jobs.end_refunded() == 2
    answer = Client().get("/api/v1/shops/bobs/after-sales-figures").json()
    assert (answer["orders"], answer["cases"], answer["ended"]) == (1, 3, 3)
    assert answer["rate_bps"] == 30_000
    assert {one["outcome"]: one["cases"] for one in answer["outcomes"]} == {
        "refunded": 2, "replaced": 0, "rejected": 0, "lapsed": 0, "cancelled": 1,
    }  # fmt: skip
    assert len(answer["recent"]) == 3
    assert set(answer["recent"][0]) == {
        "kind",
        "reason",
        "outcome",
        "ruled_for",
        "ended_on",
        "hours",
    }
    text = Client().get("/shop/bobs/after-sales/").content.decode()
    for secret in ["Alice", "少了一只", order.number, *(case.number for case in cases)]:
        assert secret not in text
    assert Client().get("/after-sales/figures/").status_code == 200
    other = Client().get("/api/v1/shops/carols/after-sales-figures").json()
    assert (other["cases"], other["answer_hours"]) == (0, None)


def test_checkout_asks_to_confirm_an_exception(cast: Cast) -> None:
    goods.set_returns(shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, returns="fresh")
    alice = page(cast.alice)
    body = alice.get(f"/checkout/?sku={cast.cup.code}&count=1").content.decode()
    assert f'name="no_return" value="{cast.cup.sku_id}"' in body
    assert "no_return" not in alice.get(f"/checkout/?sku={cast.vase.code}&count=1").content.decode()
    form = {
        "sku": cast.cup.code, "count": "1", "name": "张三", "phone": "13800138000",
        "province": "广东省", "city": "深圳市", "district": "南山区", "detail": "科技路 1 号",
        "key": "k", "expected_minor": "6900",
    }  # fmt: skip
    alice.post("/checkout/", form)
    alice.post("/checkout/", form | {"key": "k2", "no_return": str(cast.cup.sku_id)})
    assert list(Line.objects.order_by("id").values_list("returns", "returns_confirmed")) == [
        ("fresh", False), ("fresh", True),
    ]  # fmt: skip


def test_the_whole_way_by_api(cast: Cast) -> None:
    order = received(cast)
    line = Line.objects.filter(order=order).order_by("id")[0]
    alice, bob = api(cast.alice), api(cast.bob)
    body = {"kind": "return", "reason": "no_reason", "pieces": [{"line": line.pk, "count": 2}]}
    made = send(alice, "POST", f"/orders/{order.number}/after-sales", body)
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert made.json()["amount_minor"] == 13_800
    again = send(alice, "POST", f"/orders/{order.number}/after-sales", body)
    assert (again.status_code, again.json()["code"]) == (409, "trade.not_so_many")
    assert send(api(cast.eve), "GET", f"/after-sales/{number}").status_code == 404
    assert (
        send(api(cast.carol), "POST", f"/shops/carols/after-sales/{number}/approval").status_code
        == 404
    )
    assert send(bob, "POST", f"/shops/bobs/after-sales/{number}/approval").status_code == 204
    assert send(bob, "POST", f"/shops/bobs/after-sales/{number}/approval").status_code == 409
    parcel = {"carrier": "圆通", "tracking": "YT12345"}
    assert send(alice, "POST", f"/after-sales/{number}/parcel", parcel).status_code == 204
    assert send(bob, "POST", f"/shops/bobs/after-sales/{number}/arrival", {"restocks": True}).status_code == 204  # fmt: skip
    assert alice.get(f"/api/v1/after-sales/{number}").json()["state"] == "refunding"
    assert [one["number"] for one in alice.get("/api/v1/after-sales").json()["items"]] == [number]
    listed = bob.get("/api/v1/shops/bobs/after-sales?state=refunding").json()["items"]
    assert [one["number"] for one in listed] == [number]
    assert api(cast.alice).get("/api/v1/disputes").status_code == 404
