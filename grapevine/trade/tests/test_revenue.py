"""What the platform earns: a month's invoices against the records, on the pages, in files and over the API."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.trade import facade, jobs
from grapevine.trade.actions import charging
from grapevine.trade.actions.shipping import ship_order
from grapevine.trade.models import Line, Order, PlatformInvoice, ServiceCharge
from grapevine.trade.queries import revenue
from grapevine.trade.rules.revenue import HEIGHT, Bar, Piece, bars
from grapevine.trade.tests.cast import Cast, api, gather, paid


def arrived(cast: Cast, *lines: Any, **more: Any) -> list[str]:
    numbers = list(paid(cast, *lines, **more).order_numbers)
    for number in numbers:
        order = Order.objects.get(number=number)
        seller = cast.bob if order.shop_id == cast.bobs.id else cast.carol
        ship_order(
            shop_id=order.shop_id, number=number, carrier="顺丰", tracking="SF1234", actor_id=seller
        )
        facade.receive_order(buyer_id=cast.alice, number=number)
    return numbers


def operator() -> int:
    return people.save_people_bulk([NewPerson(handle="olga", name="Olga", is_operator=True)])[0]


@pytest.mark.django_db
def test_a_months_invoices_are_the_records_to_the_cent(settings: Any) -> None:
    settings.PLATFORM_FEE_BPS = 250
    cast, olga = gather(), operator()
    offer = goods.offer_goods(
        shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, actor_id=cast.bob, rate_bps=1111
    )
    pick = goods.pick_goods(shop_id=cast.carols.id, offer_id=offer, person_id=cast.carol)
    charging.save_plan(code="pro", name="专业版", price_minor=19_900, actor_id=olga)
    rates: dict[str, int] = {}
    ads = {cast.bobs.id: 0, cast.carols.id: 0}
    with time_machine.travel("2027-03-02T02:00:00Z", tick=True):
        charging.set_plan(shop_id=cast.bobs.id, code="pro", actor_id=olga)
        jobs.charge_plans()
        first = arrived(cast, (cast.cup, 2), (cast.tea, 1), picks={cast.cup.sku_id: pick})
        first += arrived(cast, (cast.vase, 3))
        rates |= dict.fromkeys(first, 250)
        charging.set_take_rate(shop_id=cast.bobs.id, rate_bps=777, actor_id=olga)
        later = arrived(cast, (cast.vase, 1), (cast.tea, 3))
        rates |= {n: 777 if n == later[0] else 250 for n in later}
        line = Line.objects.get(order__number=first[2])
        facade.refund_pieces(number=first[2], pieces={line.pk: 1}, reason="", case_id=1)
    with time_machine.travel("2027-03-20T02:00:00Z", tick=True):
        for shop_id, amounts in {cast.bobs.id: (1234, 5), cast.carols.id: (999,)}.items():
            for amount in amounts:
                charge: dict[str, Any] = {
                    "shop_id": shop_id, "amount_minor": amount, "key": f"ad-{amount}",
                    "reference": "首页",
                }  # fmt: skip
                assert [facade.charge_advertising(**charge) for _ in range(2)] == [True, False]
                ads[shop_id] += amount
        assert jobs.settle_final() == len(rates) == 5
    with time_machine.travel("2027-04-01T04:00:00Z", tick=True):
        assert (jobs.make_invoices(), jobs.make_invoices()) == (2, 0)
        for shop in (cast.bobs, cast.carols):
            own = Order.objects.filter(shop_id=shop.id, number__in=rates)
            expected = sum(
                (o.total_minor - o.refunded_minor) * rates[o.number] // 10_000 for o in own
            )
            plans = ServiceCharge.objects.filter(shop_id=shop.id, month=date(2027, 3, 1))
            one = PlatformInvoice.objects.get(shop_id=shop.id)
            assert (one.commission_minor, one.payment_minor) == (expected, 0)
            assert one.service_minor == sum(row.amount_minor for row in plans)
            assert one.advertising_minor == ads[shop.id]
            assert one.total_minor == one.commission_minor + one.service_minor + ads[shop.id]
        bobs, carols = (PlatformInvoice.objects.get(shop_id=s.id) for s in (cast.bobs, cast.carols))
        assert bobs.commission_minor == 345 + 290 + 450  # 13800, then 17400 less 5800, then 5800
        assert (bobs.service_minor, carols.service_minor) == (19_900, 0)
        facade.charge_advertising(
            shop_id=cast.bobs.id, amount_minor=50, key="april", reference="首页"
        )
        _shown(cast, olga, bobs, carols)


def _shown(cast: Cast, olga: int, bobs: PlatformInvoice, carols: PlatformInvoice) -> None:
    """The same figures everywhere; this month so far on the shop's own page alone."""
    both = bobs.commission_minor + carols.commission_minor
    answer = api(olga).get("/api/v1/platform-revenue").json()["items"]
    assert answer == [
        {
            "month": "2027-03", "currency": "CNY", "commission_minor": both, "payment_minor": 0,
            "service_minor": 19_900, "advertising_minor": 2238, "total_minor": both + 22_138,
            "is_open": False,
        }
    ]  # fmt: skip
    own = api(cast.bob).get("/api/v1/shops/bobs/platform-revenue").json()["items"]
    assert [(one["month"], one["advertising_minor"], one["is_open"]) for one in own] == [
        ("2027-04", 50, True), ("2027-03", 1239, False),
    ]  # fmt: skip
    assert api(cast.eve).get("/api/v1/platform-revenue").status_code == 404
    page = Client()
    page.force_login(_person(olga))
    text = page.get("/operator/invoices/").content.decode()
    assert f"¥{(both + 22_138) / 100:,.2f}" in text
    file = b"".join(page.get("/operator/invoices/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert (
        file.splitlines()[1]
        == f"2027-03,CNY,{both / 100:.2f},0.00,199.00,22.38,{(both + 22_138) / 100:.2f}"
    )
    page.force_login(_person(cast.bob))
    text = page.get("/console/bobs/finance/invoices/").content.decode()
    assert ('class="part-2"' in text, "到现在" in text) == (True, True)


def _person(person_id: int) -> Any:
    return get_user_model().objects.get(pk=person_id)


def test_bars_are_as_high_as_what_they_stand_for() -> None:
    march, april = date(2027, 3, 1), date(2027, 4, 1)
    high = HEIGHT - 4
    assert bars([(march, (50, 0, 50, 0)), (april, (1, 0, 0, 200))]) == [
        Bar(march, 0, (Piece(0, HEIGHT - 38, 38), Piece(2, HEIGHT - 76, 38))),
        Bar(april, 56, (Piece(0, HEIGHT - 1, 1), Piece(3, HEIGHT - 1 - 155, 155))),
    ]
    assert (bars([]), bars([(march, (0, 0, 0, 0))])) == ([], [Bar(march, 0, ())])
    assert revenue.MONTHS <= revenue.MONTHS_MAX
    assert high >= 1 + 155
