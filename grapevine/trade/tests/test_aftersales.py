"""Cases of after-sales from the wish to the money, by everybody who has a part in them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.trade import facade, jobs
from grapevine.trade.actions import aftersales, moving, shipping
from grapevine.trade.aftersales import CaseNotFound, IllegalCaseMove, NoAfterSales, NotSoMany
from grapevine.trade.contracts import IllegalMove, OrderNotFound, Wishes
from grapevine.trade.models import Case, CaseStep, Line, Order, Refund
from grapevine.trade.tests.cast import Cast, free, gather, paid
from tests import invariants

pytestmark = pytest.mark.django_db
OUT = Account("platform", "clearing:refund")


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def later() -> Iterator[Any]:
    """`later(days=2)` moves the clock for the rest of the test."""
    moved = [timedelta()]
    real = clock.now
    with mock.patch.object(clock, "now", side_effect=lambda: real() + moved[0]):
        yield lambda **by: moved.__setitem__(0, moved[0] + timedelta(**by))


def bought(cast: Cast, *lines: Any) -> Order:
    one = paid(cast, *(lines or ((cast.cup, 3), (cast.vase, 1))))
    return Order.objects.get(number=one.order_numbers[0])


def sent(cast: Cast, order: Order) -> Order:
    facade.ship_order(
        shop_id=cast.bobs.id,
        number=order.number,
        carrier="顺丰",
        tracking="SF1001",
        actor_id=cast.bob,
    )
    order.refresh_from_db()
    return order


def received(cast: Cast, *lines: Any) -> Order:
    order = sent(cast, bought(cast, *lines))
    facade.receive_order(buyer_id=cast.alice, number=order.number)
    order.refresh_from_db()
    return order


def lines_of(order: Order) -> list[Line]:
    return list(Line.objects.filter(order=order).order_by("id"))


def asked(cast: Cast, order: Order, kind: str, reason: str, *counts: int, **more: Any) -> Case:
    pieces = {line.pk: n for line, n in zip(lines_of(order), counts, strict=False)}
    return aftersales.open_case(
        buyer_id=cast.alice, order_number=order.number, kind=kind, reason=reason, pieces=pieces, **more
    )  # fmt: skip


def test_an_order_whose_unsent_pieces_went_back_is_shipped(cast: Cast) -> None:
    order = bought(cast)
    cups, _vase = lines_of(order)
    place = goods.holds_of(order.number)[0][1]
    shipping.ship_parcel(
        shop_id=cast.bobs.id, number=order.number, warehouse_id=place, pieces={cups.pk: 2},
        carrier="顺丰", tracking="SF1001", actor_id=cast.bob, is_sure=True,
    )  # fmt: skip
    first = asked(cast, order, "refund", "not_arrived", 1)
    aftersales.approve_case(shop_id=cast.bobs.id, number=first.number, actor_id=cast.bob)
    order.refresh_from_db()
    assert order.state == "paid", "the vase has yet to leave"
    second = asked(cast, order, "refund", "not_arrived", 0, 1)
    aftersales.approve_case(shop_id=cast.bobs.id, number=second.number, actor_id=cast.bob)
    order.refresh_from_db()
    assert (order.state, order.shipped_at is not None) == ("shipped", True)
    assert (free(cast.cup), free(cast.vase)) == (3, 5)
    facade.receive_order(buyer_id=cast.alice, number=order.number)
    assert invariants.broken(at_rest=False) == []


def state(case: Case) -> str:
    return str(Case.objects.values_list("state", flat=True).get(pk=case.pk))


def settle_money() -> None:
    for _ in range(3):
        jobs.send_refunds()
    jobs.end_refunded()
    signals.drain()


def approve(cast: Cast, case: Case) -> None:
    aftersales.approve_case(shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob)


def test_one_of_three_cups_before_shipping(cast: Cast) -> None:
    """Money and the piece come back, the order stands, and the parcel holds the rest."""
    order = bought(cast)
    case = asked(cast, order, "refund", "unsent", 1)
    assert (case.amount_minor, state(case)) == (6900, "requested")
    approve(cast, case)
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("paid", 6900)
    assert free(cast.cup) == 3
    assert ledger.balance(moving.escrow(order.number)) == 3 * 6900 + 5800 - 6900
    settle_money()
    assert state(case) == "done"
    sent(cast, order)
    parcel = facade.order_for(cast.alice, order.number).shipments[0]
    assert [n for _, _, n in parcel.lines] == [2, 1]
    signals.drain()
    invariants.assert_whole()


def test_the_last_piece_refunds_the_order(cast: Cast) -> None:
    order = bought(cast)
    approve(cast, asked(cast, order, "refund", "unsent", 2))
    approve(cast, asked(cast, order, "refund", "unsent", 1, 1))
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [6900 + 5800, 2 * 6900]
    assert (free(cast.cup), free(cast.vase)) == (5, 5)
    settle_money()
    invariants.assert_whole()


def test_a_whole_refund_after_a_part_gives_back_the_rest(cast: Cast) -> None:
    order = bought(cast)
    approve(cast, asked(cast, order, "refund", "unsent", 1))
    open_ = asked(cast, order, "refund", "unsent", 1)
    facade.refund_order(number=order.number, reason="缺货", actor="shop", actor_id=cast.bob)
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    assert (state(open_), Case.objects.get(pk=open_.pk).outcome) == ("closed", "refunded")
    settle_money()
    invariants.assert_whole()


def test_a_return_is_refunded_when_it_has_come_back(cast: Cast) -> None:
    order = received(cast)
    case = asked(cast, order, "return", "no_reason", 2, words="颜色不喜欢")
    approve(cast, case)
    assert (state(case), Order.objects.get(pk=order.pk).refunded_minor) == ("returning", 0)
    aftersales.send_return(
        buyer_id=cast.alice, number=case.number, carrier="圆通", tracking="YT1234"
    )
    before = free(cast.cup)
    aftersales.receive_return(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, restocks=True
    )
    assert free(cast.cup) == before + 2
    settle_money()
    case.refresh_from_db()
    assert (case.state, case.outcome, case.amount_minor) == ("done", "refunded", 2 * 6900)
    steps = list(CaseStep.objects.filter(case=case).order_by("id").values_list("state", "actor"))
    assert steps == [
        ("requested", "buyer"), ("returning", "shop"), ("sent", "buyer"), ("refunding", "shop"),
        ("done", "system"),
    ]  # fmt: skip
    invariants.assert_whole()


def test_what_came_back_broken_is_not_sold_again(cast: Cast) -> None:
    case = asked(cast, received(cast), "return", "damaged", 1)
    approve(cast, case)
    aftersales.send_return(
        buyer_id=cast.alice, number=case.number, carrier="圆通", tracking="YT1234"
    )
    before = free(cast.cup)
    aftersales.receive_return(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, restocks=False
    )
    assert free(cast.cup) == before


def test_an_exchange_sends_another(cast: Cast) -> None:
    order = received(cast)
    case = asked(cast, order, "exchange", "wrong", 1)
    approve(cast, case)
    aftersales.send_return(
        buyer_id=cast.alice, number=case.number, carrier="圆通", tracking="YT1234"
    )
    aftersales.receive_return(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, restocks=True
    )
    assert state(case) == "received"
    aftersales.send_replacement(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, carrier="顺丰", tracking="SF77"
    )
    aftersales.confirm_replacement(buyer_id=cast.alice, number=case.number)
    case.refresh_from_db()
    assert (case.state, case.outcome, Refund.objects.count()) == ("done", "replaced", 0)


def test_a_ruling_for_the_buyer_refunds_by_itself(cast: Cast) -> None:
    """Rejected, escalated, decided: the money goes without another hand, and once."""
    order = received(cast)
    case = asked(cast, order, "shortage", "missing", 1)
    aftersales.reject_case(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, reason="出库称重是足的"
    )
    with pytest.raises(CaseNotFound):
        aftersales.rule_case(
            number=case.number, operator_id=cast.carol, for_buyer=True, reason="少件属实"
        )
    aftersales.escalate_case(buyer_id=cast.alice, number=case.number, words="真的只有两只")
    aftersales.rule_case(
        number=case.number, operator_id=cast.carol, for_buyer=True, reason="少件属实"
    )
    with pytest.raises(IllegalCaseMove):
        aftersales.rule_case(
            number=case.number, operator_id=cast.carol, for_buyer=False, reason="再想想"
        )
    settle_money()
    case.refresh_from_db()
    assert (case.state, case.outcome, case.ruled_for) == ("done", "refunded", "buyer")
    assert list(Refund.objects.values_list("amount_minor", "state")) == [(6900, "done")]
    invariants.assert_whole()


def test_a_ruling_for_the_shop_ends_it(cast: Cast) -> None:
    case = asked(cast, received(cast), "shortage", "missing", 1)
    aftersales.reject_case(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, reason="出库称重是足的"
    )
    aftersales.escalate_case(buyer_id=cast.alice, number=case.number, words="真的只有两只")
    aftersales.rule_case(
        number=case.number, operator_id=cast.carol, for_buyer=False, reason="重量相符"
    )
    case.refresh_from_db()
    assert (case.state, case.outcome, Refund.objects.count()) == ("closed", "rejected", 0)


def test_pieces_are_asked_about_once(cast: Cast) -> None:
    order = bought(cast)
    first = asked(cast, order, "refund", "unsent", 2)
    with pytest.raises(NotSoMany):
        asked(cast, order, "refund", "unsent", 2)
    aftersales.cancel_case(buyer_id=cast.alice, number=first.number)
    approve(cast, asked(cast, order, "refund", "unsent", 2))
    with pytest.raises(NotSoMany):
        asked(cast, order, "refund", "unsent", 2)
    with pytest.raises(IllegalCaseMove):
        approve(cast, first)
    assert Refund.objects.count() == 1


def test_a_line_that_went_back_while_it_was_asked_about_does_not_stop_another(cast: Cast) -> None:
    order = bought(cast)
    cups, vase = (line.pk for line in lines_of(order))
    asked(cast, order, "refund", "unsent", 3)
    moving.refund_pieces(number=order.number, pieces={cups: 3}, reason="x", case_id=1)
    with pytest.raises(NotSoMany):
        asked(cast, order, "refund", "unsent", 1)
    other = aftersales.open_case(
        buyer_id=cast.alice, order_number=order.number, kind="refund", reason="unsent",
        pieces={vase: 1},
    )  # fmt: skip
    assert other.state == "requested"


@pytest.mark.parametrize("counts", [(), (0, 0), (4,), (-1, 1)])
def test_nonsense_counts_ask_for_nothing(cast: Cast, counts: tuple[int, ...]) -> None:
    with pytest.raises(BadInput):
        asked(cast, bought(cast), "refund", "unsent", *counts)
    assert not Case.objects.exists()


def test_strangers_find_no_case(cast: Cast) -> None:
    order = bought(cast)
    case = asked(cast, order, "refund", "unsent", 1)
    with pytest.raises(OrderNotFound):
        aftersales.open_case(
            buyer_id=cast.eve, order_number=order.number, kind="refund", reason="unsent",
            pieces={lines_of(order)[0].pk: 1},
        )  # fmt: skip
    with pytest.raises(CaseNotFound):
        aftersales.cancel_case(buyer_id=cast.eve, number=case.number)
    with pytest.raises(CaseNotFound):
        aftersales.approve_case(shop_id=cast.carols.id, number=case.number, actor_id=cast.carol)
    assert (state(case), Refund.objects.count()) == ("requested", 0)


def test_silence_refunds_what_was_not_sent(cast: Cast, later: Any) -> None:
    case = asked(cast, bought(cast), "refund", "unsent", 1)
    later(hours=47, minutes=59)
    assert jobs.run_timers() == 0
    later(minutes=2)
    assert jobs.run_timers() == 1
    assert jobs.run_timers() == 0
    assert (state(case), Refund.objects.count()) == ("refunding", 1)


def test_silence_about_sent_goods_goes_to_the_platform(cast: Cast, later: Any) -> None:
    case = asked(cast, received(cast), "shortage", "missing", 1)
    later(hours=49)
    assert jobs.run_timers() == 1
    assert state(case) == "platform"
    later(hours=73)
    assert jobs.run_timers() == 0
    case.refresh_from_db()
    assert case.state == "platform"
    assert case.due_at is not None
    assert case.due_at > clock.now()


def test_who_does_not_send_it_back_keeps_it(cast: Cast, later: Any) -> None:
    case = asked(cast, received(cast), "return", "no_reason", 1)
    approve(cast, case)
    later(days=8)
    assert jobs.run_timers() == 1
    case.refresh_from_db()
    assert (case.state, case.outcome, Refund.objects.count()) == ("closed", "lapsed", 0)


def test_an_open_case_keeps_the_money_in_escrow(cast: Cast, later: Any) -> None:
    order = received(cast)
    case = asked(cast, order, "return", "no_reason", 1)
    approve(cast, case)
    later(days=6)
    aftersales.send_return(
        buyer_id=cast.alice, number=case.number, carrier="圆通", tracking="YT1234"
    )
    later(days=2)
    assert jobs.settle_final() == 0
    aftersales.receive_return(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, restocks=True
    )
    settle_money()
    assert jobs.settle_final() == 1
    assert ledger.balance(moving.escrow(order.number)) == 0
    assert ledger.balance(Account(f"shop:{cast.bobs.id}", "payable")) == 2 * 6900 + 5800
    signals.drain()
    invariants.assert_whole()


def test_after_settlement_the_shop_pays(cast: Cast, later: Any) -> None:
    """Received in the morning, settled a week later to the minute; the seventh day is not over yet."""
    order = received(cast)
    Order.objects.filter(pk=order.pk).update(received_at=_morning(clock.now()))
    later(days=7, hours=1)
    assert jobs.settle_final() == 1
    before = ledger.balance(Account(f"shop:{cast.bobs.id}", "payable"))
    within = _morning(clock.now()) + timedelta(hours=-22)
    with mock.patch.object(clock, "now", return_value=within):
        case = asked(cast, order, "return", "no_reason", 3, 1)
    approve(cast, case)
    aftersales.send_return(
        buyer_id=cast.alice, number=case.number, carrier="圆通", tracking="YT1234"
    )
    aftersales.receive_return(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, restocks=True
    )
    order.refresh_from_db()
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    assert ledger.balance(Account(f"shop:{cast.bobs.id}", "payable")) == before - order.total_minor
    settle_money()
    assert ledger.balance(OUT) == 0


def test_the_database_holds_the_limit(cast: Cast) -> None:
    order = bought(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(refunded_minor=order.total_minor + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(order=order).update(refunded_count=9)


def test_more_pieces_than_left_are_refused_whole(cast: Cast) -> None:
    order = bought(cast)
    line = lines_of(order)[0].pk
    moving.refund_pieces(number=order.number, pieces={line: 2}, reason="x", case_id=1)
    with pytest.raises(IllegalMove):
        moving.refund_pieces(number=order.number, pieces={line: 2}, reason="x", case_id=1)
    assert Line.objects.get(pk=line).refunded_count == 2
    assert Refund.objects.count() == 1


def test_an_exception_not_confirmed_leaves_the_right(cast: Cast) -> None:
    goods.set_returns(shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, returns="custom")
    unconfirmed = received(cast, (cast.cup, 1))
    asked(cast, unconfirmed, "return", "no_reason", 1)
    one = paid(cast, (cast.cup, 1), wishes=Wishes(confirmed=frozenset({cast.cup.sku_id})))
    order = sent(cast, Order.objects.get(number=one.order_numbers[0]))
    facade.receive_order(buyer_id=cast.alice, number=order.number)
    with pytest.raises(NoAfterSales) as refused:
        asked(cast, order, "return", "no_reason", 1)
    assert refused.value.params["why"] == "下单时已确认这件商品不支持七天无理由退货"
    assert asked(cast, order, "return", "quality", 1).state == "requested"


def _morning(moment: Any) -> Any:
    """00:10 in Shanghai of that day."""
    from zoneinfo import ZoneInfo

    local = moment.astimezone(ZoneInfo("Asia/Shanghai"))
    return local.replace(hour=0, minute=10, second=0, microsecond=0)
