"""The shop's page of an order offers what the role of whoever looks may do, and nothing else."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.trade.tests.cast import gather, paid


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "ships", "refunds"),
    [
        ("owner", True, True), ("manager", True, True), ("clerk", True, False),
        ("service", False, False), ("finance", False, False),
    ],
)  # fmt: skip
def test_the_order_offers_what_the_role_may(role: str, ships: bool, refunds: bool) -> None:
    cast = gather()
    number = paid(cast, (cast.cup, 1)).order_numbers[0]
    if role != "owner":
        apps.get_model("goods", "Staff").objects.create(
            shop_id=cast.bobs.id, person_id=cast.eve, role=role
        )
    client, person = Client(), cast.bob if role == "owner" else cast.eve
    client.force_login(get_user_model().objects.get(pk=person))
    there = f"/console/bobs/orders/{number}/"
    shown = client.get(there).content.decode()
    assert (f"{there}shipment/" in shown, f"{there}refund/" in shown) == (ships, refunds)
    for path, offered in (("shipment/", ships), ("refund/", refunds)):
        answer = client.post(f"{there}{path}", {"carrier": "", "tracking": "", "reason": ""})
        assert (answer.status_code == 403) is not offered


@pytest.mark.django_db
def test_the_shop_reads_that_the_buyer_ordered_not_that_it_did() -> None:
    cast = gather()
    number = paid(cast, (cast.cup, 1)).order_numbers[0]
    shop, buyer = Client(), Client()
    shop.force_login(get_user_model().objects.get(pk=cast.bob))
    buyer.force_login(get_user_model().objects.get(pk=cast.alice))
    told = shop.get(f"/console/bobs/orders/{number}/").context["steps"][0]["actor"]
    assert (told, buyer.get(f"/orders/{number}/").context["steps"][0]["actor"]) == ("买家", "你")
