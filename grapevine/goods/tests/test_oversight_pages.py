"""The operator's queue of goods and the samples, over HTTP."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from grapevine.goods import facade as goods
from grapevine.goods.tests.opening_cast import is_on_sale, sign_up
from grapevine.goods.tests.test_auditing import change, shop_of, submit
from grapevine.goods.tests.test_opening_pages import as_person, operator_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def auditing(settings: Any) -> None:
    settings.LISTING_REVIEW = "risky"


def test_an_operator_passes_and_rejects_from_the_queue() -> None:
    shop, (_carol, operator) = shop_of(), operator_client()
    first, second = submit(shop, title="全网第一的茶"), submit(shop, title="顶级红茶")
    page = operator.get("/operator/goods/").content.decode()
    assert ("全网第一的茶" in page, "顶级红茶" in page) == (True, True)
    rows = {one.goods.public_id: one.public_id for one in goods.reviews().items}
    operator.post(f"/operator/goods/{rows[first]}/decision/", {"outcome": "passed"})
    refused = operator.post(f"/operator/goods/{rows[second]}/decision/", {"outcome": "rejected"})
    assert refused.status_code == 422
    assert len(goods.reviews().items) == 1
    operator.post(
        f"/operator/goods/{rows[second]}/decision/",
        {"outcome": "rejected", "reason": "wording", "note": "删掉顶级"},
    )
    assert (is_on_sale(first), is_on_sale(second)) == (True, False)
    desk = as_person(shop.owner_id)
    told = desk.get(f"/console/bobs/goods/{second}/").content.decode()
    assert "删掉顶级" in told
    assert "审核没有通过" in desk.get("/console/bobs/goods/").content.decode()


def test_a_change_shows_both_versions() -> None:
    shop, (_carol, operator) = shop_of(), operator_client()
    public_id = submit(shop)
    change(shop, public_id, title="明前龙井")
    page = operator.get("/operator/goods/").content.decode()
    assert '<td data-label="改成">明前龙井</td>' in page
    told = as_person(shop.owner_id).get(f"/console/bobs/goods/{public_id}/").content.decode()
    assert "有改动在等审核，在售的是原来的样子。" in told


def test_the_shops_form_says_what_is_wrong_and_what_waits() -> None:
    shop = shop_of()
    client = as_person(shop.owner_id)
    form = {"title": "龙井", "category": "茶", "body": "", "axes": "", "code": "", "option": "",
            "price": "9", "stock": "3", "picture": ""}  # fmt: skip
    made = client.post("/console/bobs/goods/new/", form)
    assert made.status_code == 303
    told = client.get(made["Location"]).content.decode()
    assert ("没有图片" in told, "改好下面几处再保存，会重新检查。" in told) == (True, True)
    refused = client.post("/console/bobs/goods/new/", form | {"title": "仿真枪"})
    assert (refused.status_code, "仿真枪" in refused.content.decode()) == (422, True)


def test_an_operator_draws_takes_and_records() -> None:
    shop, (_carol, operator) = shop_of(), operator_client()
    public_id = submit(shop)
    weights = {f"weight-{name}": "10" for name in ("base", "risk", "dear", "new", "complaint")}
    assert operator.post("/operator/inspections/", weights | {"share": "0", "seed": "7"}).status_code == 422  # fmt: skip
    made = operator.post("/operator/inspections/", weights | {"share": "100", "seed": "7"})
    assert made.status_code == 303
    one = goods.inspections().items[0]
    assert one.weight == 20
    path = f"/operator/inspections/results/{one.public_id}/"
    assert operator.post(path, {"do": "mine"}).status_code == 303
    assert "Carol" in operator.get(made["Location"]).content.decode()
    assert operator.post(path, {"do": "failed", "finding": "农残"}).status_code == 422
    assert is_on_sale(public_id)
    file = SimpleUploadedFile("r.pdf", b"%PDF-1.4 report")
    operator.post(path, {"do": "failed", "finding": "农残超标", "report": file})
    assert not is_on_sale(public_id)
    assert operator.get(path + "report/").content == b"%PDF-1.4 report"
    operator.post(path, {"do": "release"})
    assert is_on_sale(public_id)


def test_nobody_else_sees_or_decides_anything() -> None:
    shop, eve = shop_of(), sign_up("Eve")
    submit(shop, title="顶级红茶")
    review = goods.reviews().items[0].public_id
    for client in (as_person(eve), as_person(shop.owner_id)):
        assert client.get("/operator/goods/").status_code == 404
        assert client.get("/operator/inspections/").status_code == 404
        answer = client.post(f"/operator/goods/{review}/decision/", {"outcome": "passed"})
        assert answer.status_code == 404
    assert goods.reviews().items[0].state == "waiting"
