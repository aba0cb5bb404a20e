"""A show-order from delivery to what it brought, across the house."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.care import facade as care
from grapevine.care.refusals import NotReceived
from grapevine.care.tests.cast import browser, gather, paid, picture, tell_again
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.signals.contracts import source_from
from grapevine.trade import facade as trade
from grapevine.trade.actions import tracking
from grapevine.trade.models import Order, Shipment


def feed(person_id: int) -> list[Any]:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return list(client.get("/api/v1/feed?tab=following").json()["items"])


@pytest.mark.django_db
def test_from_delivery_to_what_it_brought(settings: Any) -> None:
    cast = gather()
    people.follow(person_id=cast.eve, other_id=cast.alice)
    number = paid(cast.alice, cast.cup)
    asked: dict[str, Any] = {
        "buyer_id": cast.alice, "number": number, "position": 1, "title": "晒晒我的杯子",
    }  # fmt: skip
    with pytest.raises(NotReceived):
        care.show_order(**asked)
    trade.ship_order(
        shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234", actor_id=cast.bob
    )
    with pytest.raises(NotReceived):
        care.show_order(**asked)  # on its way is not there
    assert feed(cast.eve) == []
    Shipment.objects.filter(order__number=number).update(
        delivered_at=clock.now() + timedelta(minutes=1)
    )
    tracking.note_delivery(Order.objects.get(number=number))
    note = care.show_order(**asked, picture_ids=[picture(cast.alice)]).public_id
    signals.drain()
    assert Order.objects.get(number=number).received_at is None  # the carrier's word was enough
    assert [one["public_id"] for one in feed(cast.eve)] == [note]
    assert (
        "晒晒我的杯子" in browser(None).get(f"/goods/{cast.cup.goods_public_id}/").content.decode()
    )
    for client in (browser(cast.eve), browser(None)):
        for _ in range(2):
            client.get(f"/note/{note}/")
    for buyer in (cast.eve, cast.carol):
        paid(buyer, cast.cup, source=source_from(f"note:{note}"))
    tell_again()
    shown = care.shown_of_shop(cast.bobs.id).items
    assert [(one.views, one.orders) for one in shown] == [(2, 2)]
    points = ledger.balance(Account(f"person:{cast.alice}", "points"), "PTS")
    assert points == settings.POINTS_SHOW_ORDER == 20
