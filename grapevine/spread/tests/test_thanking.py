"""Who is thanked for a share, as a shop may try it: by goods alone, the same sum for all, kept as it was told, back in parts."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, strategies as st

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.signals.facade import ExperimentView, NewExperiment, UnitKind, WrongExperiment
from grapevine.spread import actions, facade, queries
from grapevine.spread.models import Commission
from grapevine.spread.rules import BOTH, INVITED, SHARER, thanks
from grapevine.spread.tests.cast import HOME, Cast, browser, gather, job
from grapevine.spread.thanking import REWARD
from grapevine.trade import facade as trade


@given(st.integers(0, 10**9), st.sampled_from([SHARER, INVITED, BOTH]))
def test_the_sum_is_the_same_whoever_is_thanked(amount: int, side: str) -> None:
    parts = thanks(amount, side)
    assert sum(parts.values()) == amount
    assert all(part > 0 for part in parts.values())
    assert set(parts) <= {SHARER, INVITED}


def tried(cast: Cast, arm: str) -> ExperimentView:
    new = NewExperiment(
        knob=REWARD.name, name="谢谁", hypothesis="被邀请的人更愿意买", primary="brought", unit="goods",
        shares={SHARER: 1, arm: 9_999},
    )  # fmt: skip
    made = signals.draft_experiment(new=new, shop_id=cast.shop.id, by_id=cast.bob)
    return signals.start_experiment(public_id=made.public_id, shop_id=cast.shop.id)


def opened(cast: Cast, person_id: int) -> str:
    """Alice shares the cup, somebody opens her link in their browser; the token."""
    link = facade.share(person_id=cast.alice, object_type="goods", object_id=cast.cup.public_id)
    client = browser(person_id)
    client.get(f"/s/{link.token}/")
    return link.token


def bought(cast: Cast, person_id: int, count: int = 3) -> str:
    placed = trade.place_order(buyer_id=person_id, lines=[(cast.sku, count)], address=HOME)
    trade.start_payment(buyer_id=person_id, number=placed.payment_number)
    browser(person_id).post(f"/sandbox/{placed.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    signals.drain()
    return placed.order_numbers[0]


def held(person_id: int) -> int:
    return ledger.balance(Account(f"person:{person_id}", "commission_held"))


@pytest.mark.django_db
def test_it_is_drawn_by_goods_and_nobodys_profile_or_price_has_a_part_in_it() -> None:
    cast = gather()
    assert REWARD.units == (UnitKind.GOODS,)
    assert (REWARD.control, REWARD.default) == (SHARER, SHARER)
    wrong = NewExperiment(
        knob=REWARD.name, name="谢谁", hypothesis="x", primary="brought", unit="person",
        shares={SHARER: 5_000, INVITED: 5_000},
    )  # fmt: skip
    with pytest.raises(WrongExperiment):
        signals.draft_experiment(new=wrong, shop_id=cast.shop.id, by_id=None)
    tried(cast, BOTH)
    pages = {
        browser(one).get(f"/share/goods/{cast.cup.public_id}/").content.decode()
        for one in (cast.alice, cast.dan)
    }
    assert all("你和朋友各得成交额的 5.0%" in page for page in pages)
    kept = signals.variant(REWARD.name, shop_id=cast.shop.id, goods_id=cast.cup.id)
    assert (kept.unit, kept.person_id, kept.arm) == (f"g{cast.cup.id}", None, BOTH)
    assert kept.is_kept  # the page was an exposure
    assert browser(None).get(f"/goods/{cast.cup.public_id}/").content.decode().count("¥79") >= 1
    assert cast.cup.price_minor == 7_900


@pytest.mark.django_db
def test_both_are_thanked_in_halves_until_the_order_goes_back() -> None:
    cast = gather()
    one = tried(cast, BOTH)
    client = browser(cast.carol)
    link = facade.share(person_id=cast.alice, object_type="goods", object_id=cast.cup.public_id)
    client.get(f"/s/{link.token}/")
    assert "你得成交额的 5.0%" in client.get(f"/goods/{cast.cup.public_id}/").content.decode()
    signals.stop_experiment(public_id=one.public_id, shop_id=cast.shop.id, reason="enough")
    number = bought(cast, cast.carol)  # what she was told holds
    assert (held(cast.alice), held(cast.carol)) == (1_185, 1_185)
    assert Commission.objects.filter(order_number=number).count() == 2
    order = trade.order_for(cast.carol, number)
    trade.refund_pieces(number=number, pieces={order.lines[0].id: 1}, reason="x", case_id=1)
    signals.drain()
    assert (held(cast.alice), held(cast.carol)) == (790, 790)
    assert [row.is_own_order for row in queries.commissions_of(cast.carol).items] == [True]
    assert queries.sharers_among(cast.shop.id, [cast.carol, cast.alice]) == {cast.alice}
    trade.refund_pieces(number=number, pieces={order.lines[0].id: 2}, reason="x", case_id=2)
    signals.drain()
    assert (held(cast.alice), held(cast.carol)) == (0, 0)
    assert ledger.balance(trade.escrow(number)) == 0
    assert set(Commission.objects.values_list("state", flat=True)) == {"reversed"}


@pytest.mark.django_db
def test_who_was_invited_is_thanked_when_the_order_is_final_and_at_once_back_when_it_stops() -> (
    None
):
    cast = gather()
    one = tried(cast, INVITED)
    opened(cast, cast.carol)
    number = bought(cast, cast.carol, 1)
    assert (held(cast.alice), held(cast.carol)) == (0, 790)
    actions.release(order_number=number)
    actions.release(order_number=number)
    signals.drain()
    assert ledger.balance(Account(f"person:{cast.carol}", "payable")) == 790
    row = Commission.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Commission.objects.filter(pk=row.pk).update(payee_id=cast.dan)  # of her own order alone
    signals.stop_experiment(public_id=one.public_id, shop_id=cast.shop.id, reason="enough")
    opened(cast, cast.dan)
    bought(cast, cast.dan, 1)
    assert (held(cast.alice), held(cast.dan)) == (790, 0)
