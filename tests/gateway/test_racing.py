"""Threads that meet: refresh tokens used at once, and addresses that answer slowly."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grapevine.gateway.actions import oauth, sending
from grapevine.gateway.contracts import OAuthRefused, Tokens
from grapevine.gateway.models import App, Delivery, Installation
from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.tests.racing import alone, own_database
from grapevine.people.models import Person
from grapevine.signals import facade as signals
from grapevine.trade.tests.cast import gather, placed
from tests.gateway.receiver import Receiver
from tests.gateway.test_keys import asked
from tests.gateway.test_oauth import BACK
from tests.gateway.test_webhooks import hook

FOUR = 4


def installed() -> Installation:
    bob = Person.objects.create(handle="bob", name="Bob", joined_at=clock.now())
    shop = goods.open_shop(owner_id=bob.pk, slug="bobs", name="半日", colour="#8d3b1f", bio="")
    oauth.register_app(owner_id=bob.pk, name="打单宝", redirect_uris=[BACK])
    return Installation.objects.create(
        app=App.objects.get(), person=bob, shop_id=shop.id, scopes=["orders:read"],
        created_at=clock.now(),
    )  # fmt: skip


def renewal(app: App, token: str, gate: threading.Barrier) -> Tokens | str:
    gate.wait()
    try:
        return oauth.refresh(app=app, token=token)
    except OAuthRefused as error:
        return error.error


@pytest.mark.usefixtures("django_db_setup")
def test_four_refreshes_at_once_end_the_family(tmp_path: Path, django_db_blocker: Any) -> None:
    """One gets an answer, the others are second uses, and then what the one got is worth nothing."""
    with django_db_blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(FOUR) as pool:
        row = pool.submit(alone, installed).result()
        for turn in range(8):
            token, gate = f"gvr_{turn}", threading.Barrier(FOUR)
            words: list[Any] = [row, "refresh", token, f"f{turn}", ["orders:read"]]
            pool.submit(alone, partial(oauth._give, seconds=99), *words).result()
            races = [pool.submit(alone, renewal, row.app, token, gate) for _ in range(FOUR)]
            got = [one.result() for one in races]
            [brought] = [one for one in got if not isinstance(one, str)]
            assert got.count("invalid_grant") == FOUR - 1
            used = pool.submit(alone, asked, brought.access, "/shops/bobs/orders").result()
            assert used[0] == 401
            again = pool.submit(alone, renewal, row.app, brought.refresh, threading.Barrier(1))
            assert again.result() == "invalid_grant"


def three_orders_told_to(urls: list[str]) -> None:
    cast = gather()
    for url in urls:
        hook(cast, url)
    for _ in range(3):
        placed(cast)
    signals.drain()


def states() -> list[str]:
    return list(Delivery.objects.order_by("state").values_list("state", flat=True).distinct())


@pytest.mark.usefixtures("django_db_setup")
def test_a_slow_address_does_not_keep_others_waiting(
    tmp_path: Path, django_db_blocker: Any, settings: Any
) -> None:
    settings.WEBHOOK_LOOPBACK = True
    slow, receiver = Receiver(), Receiver()
    slow.body, slow.drip = b"zzzzzzzz", 0.25
    with django_db_blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(1) as other:
        try:
            other.submit(alone, three_orders_told_to, [slow.url, receiver.url]).result()
            sender, deadline = sending.Sender(at_once=2), time.monotonic() + 20
            assert other.submit(alone, sender.step).result() == 2
            while len(receiver.got) < 3 and time.monotonic() < deadline:
                time.sleep(0.01)
            assert (len(receiver.got), len(slow.got)) == (3, 1)
            slow.drip = 0.0
            sender.close()
            assert len(slow.got) == 3
            assert other.submit(alone, states).result() == ["delivered"]
        finally:
            slow.close()
            receiver.close()
