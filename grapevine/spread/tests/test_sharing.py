"""Shares and their lineage, what they bring, and commission to one tier, exactly once."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings as tuned, strategies as st
from hypothesis.extra.django import TestCase

from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.spread import actions, facade, queries
from grapevine.spread.contracts import NothingToShare, ShareNotFound, ShareView
from grapevine.spread.models import Brought, Commission, FanTie, Share, Tie, Visit
from grapevine.spread.tests.cast import Cast, buys, gather, job, sign_up
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def shares(cast: Cast, person_id: int, parent: str = "") -> ShareView:
    return facade.share(
        person_id=person_id, object_type="goods", object_id=cast.cup.public_id, parent_token=parent
    )


def held(person_id: int) -> int:
    return ledger.balance(Account(f"person:{person_id}", "commission_held"))


def payable(person_id: int) -> int:
    return ledger.balance(Account(f"person:{person_id}", "payable"))


def test_the_same_link_each_time_and_its_parent_is_what_brought_the_sharer(cast: Cast) -> None:
    first = shares(cast, cast.alice)
    assert shares(cast, cast.alice).token == first.token
    facade.visit(token=first.token, visitor_id="visitorvisit", person_id=cast.carol)
    assert shares(cast, cast.carol).parent_token == first.token
    assert shares(cast, cast.alice, parent=first.token).parent_token == ""
    assert shares(cast, cast.dan, parent=first.token[::-1]).parent_token == ""
    with pytest.raises(NothingToShare):
        facade.share(person_id=cast.alice, object_type="goods", object_id="nothinghere")
    with pytest.raises(NothingToShare):
        facade.share(person_id=cast.alice, object_type="secret", object_id="x")


def test_a_visitor_counts_once_a_link(cast: Cast) -> None:
    link = shares(cast, cast.alice)
    for person in (None, None, cast.carol):
        facade.visit(token=link.token, visitor_id="visitorvisit", person_id=person)
    assert list(Visit.objects.values_list("person_id", flat=True)) == [cast.carol]
    for wrong in ("", "x", link.token[:-1], link.token + "a", "../" + link.token[3:]):
        with pytest.raises(ShareNotFound):
            facade.visit(token=wrong, visitor_id="visitorvisit", person_id=None)


def test_a_sign_up_is_credited_to_the_link_the_browser_opened(cast: Cast) -> None:
    link = shares(cast, cast.alice)
    facade.visit(token=link.token, visitor_id="strangerstra", person_id=None)
    fresh = sign_up("Fresh", "strangerstra")
    signals.drain()
    row = Brought.objects.get()
    assert (row.kind, row.person_id, row.share.token) == ("sign_up", fresh, link.token)
    assert set(Tie.objects.values_list("person_id", "other_id", "kind")) == {
        (cast.alice, fresh, "invite"), (fresh, cast.alice, "invite"),
    }  # fmt: skip


def test_an_order_pays_the_direct_sharer_after_the_return_window(cast: Cast) -> None:
    link = shares(cast, cast.alice)
    number = buys(cast, cast.carol, token=link.token)
    assert (held(cast.alice), payable(cast.alice)) == (790, 0)
    trade.ship_order(
        shop_id=cast.shop.id, number=number, carrier="顺丰", tracking="SF123456", actor_id=cast.bob
    )
    trade.receive_order(buyer_id=cast.carol, number=number)
    with time_machine.travel(clock.now() + timedelta(days=6, hours=23), tick=False):
        job("trade.jobs.settle_final")
        signals.drain()
        assert (held(cast.alice), payable(cast.alice)) == (790, 0)
    with time_machine.travel(clock.now() + timedelta(days=7, hours=1), tick=False):
        job("trade.jobs.settle_final")
        signals.drain()
        actions.release(order_number=number)
    assert (held(cast.alice), payable(cast.alice)) == (0, 790)
    assert ledger.balance(trade.escrow(number)) == 0
    assert [one.state for one in facade.commissions_of(cast.alice).items] == ["released"]


def test_a_refund_takes_the_commission_back_once(cast: Cast) -> None:
    number = buys(cast, cast.carol, token=shares(cast, cast.alice).token)
    trade.refund_order(number=number, reason="不想要了")
    signals.drain()
    actions.reverse(order_number=number)
    actions.release(order_number=number)
    assert (held(cast.alice), payable(cast.alice)) == (0, 0)
    assert ledger.balance(trade.escrow(number)) == 0
    assert Commission.objects.get().state == "reversed"
    assert FanTie.objects.get(person_id=cast.carol).orders == 0
    assert queries.income(cast.alice).reversed_minor == 790


def test_nothing_for_an_own_purchase_a_forged_link_or_another_shops(cast: Cast) -> None:
    link = shares(cast, cast.alice)
    buys(cast, cast.alice, token=link.token)
    buys(cast, cast.carol, token=link.token[:-1] + ("a" if link.token[-1] != "a" else "b"))
    buys(cast, cast.dan, token="' OR 1=1 --")
    assert not Commission.objects.exists()
    assert not Brought.objects.exists()


def test_no_rate_no_commission_but_the_order_is_credited(cast: Cast) -> None:
    actions.set_rate(actor_id=cast.bob, slug="halfday", rate_bps=0)
    buys(cast, cast.carol, token=shares(cast, cast.alice).token)
    assert not Commission.objects.exists()
    assert Brought.objects.get().kind == "order"
    for wrong in (-1, 5001):
        with pytest.raises(BadInput):
            actions.set_rate(actor_id=cast.bob, slug="halfday", rate_bps=wrong)


def test_a_supporting_fan_bought_and_brought(cast: Cast) -> None:
    buys(cast, cast.alice)
    buys(cast, cast.carol, token=shares(cast, cast.alice).token)
    fans = {fan.person_id: fan for fan in facade.fans_of(cast.shop.id).items}
    alice, carol = fans[cast.alice], fans[cast.carol]
    assert (alice.orders, alice.brought, alice.supporting, alice.spent_minor) == (1, 1, True, 7900)
    assert (carol.brought, carol.brought_by, carol.supporting) == (0, cast.alice, False)


def test_the_database_knows_one_tier_and_no_own_order(cast: Cast) -> None:
    buys(cast, cast.carol, token=shares(cast, cast.alice).token)
    with pytest.raises(IntegrityError, match="spread_one_tier_only"), transaction.atomic():
        Commission.objects.update(tier=2)
    with pytest.raises(IntegrityError, match="spread_not_own_order"), transaction.atomic():
        Commission.objects.update(payee_id=cast.carol)


class AnyTree(TestCase):
    """Whatever the tree of shares, an order pays its direct sharer and nobody above."""

    @tuned(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32), st.integers(2, 6))
    def test_pays_the_direct_sharer_alone(self, seed: int, depth: int) -> None:
        draw = random.Random(seed)
        cast = gather()
        people = [cast.alice, *(sign_up(f"Person{n}") for n in range(depth))]
        links: list[ShareView] = []
        for person in people[:-1]:
            links.append(shares(cast, person, draw.choice(links).token if links else ""))
        direct = draw.choice(links)
        buys(cast, people[-1], token=direct.token)
        paid = {person: held(person) for person in people if held(person)}
        assert paid == {direct.sharer_id: 790}
        assert Share.objects.count() == depth
