"""What must be true after any crash, once everything has come to rest: our books, the provider's, and what was told."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.crashes.till import Till

LIVE = {"paid", "waiting", "shipped", "received", "completed"}
ENDS = {"paid": LIVE | {"refunded"}, "closed": {"cancelled"}, "returned": {"cancelled"}}


def hold(facts: dict[str, Any], till: Till, told: Iterable[dict[str, Any]], *, stock: int) -> None:
    """Every acknowledged effect exists, none exists twice, nothing is half done."""
    _orders_are_whole(facts)
    _provider_agrees(facts, till)
    _stock_adds_up(facts, stock)
    _cases_are_over(facts)
    _settlement_adds_up(facts)
    _parcels_are_followed(facts, till)
    _files_are_in(facts)
    _what_was_told_is_true(facts, told)
    assert facts["broken"] == [], facts["broken"]
    assert facts["books"]["ok"], facts["books"]
    assert facts["trial_balance"] == 0
    assert facts["unclear"] == []
    assert (facts["waiting"], facts["unhandled"], facts["unlogged"]) == ([], [], [])
    assert not {"starting", "open"} & set(facts["attempts"].values()), facts["attempts"]
    for state, paid, held in facts["groups"]:
        assert (state, held) in {("filled", 0), ("expired", 0)}, facts["groups"]
        assert paid == (2 if state == "filled" else paid)
    assert "held" not in facts["seats"], facts["seats"]


def _orders_are_whole(facts: dict[str, Any]) -> None:
    by_payment: dict[str, list[dict[str, Any]]] = {number: [] for number in facts["payments"]}
    for order in facts["orders"].values():
        by_payment[order["payment"]].append(order)
    for number, payment in facts["payments"].items():
        orders = by_payment[number]
        assert orders, f"{number}: a payment without an order"
        assert sum(order["total"] for order in orders) == payment["total"]
        states = {order["state"] for order in orders}
        assert states <= ENDS[payment["state"]], (number, payment, states)
    assert Counter(
        {n: 1 for n, o in facts["orders"].items() if o["state"] != "cancelled"}
    ) == Counter(facts["paid_events"]), "one event of payment for each order that was paid"


def _provider_agrees(facts: dict[str, Any], till: Till) -> None:
    """Every amount at the provider is one of ours, once, and the other way round."""
    paid = till.paid()
    assert set(paid) <= set(facts["attempts"]), "money for an attempt we do not know"
    taken = {
        n: p["total"] for n, p in facts["payments"].items() if p["state"] in ("paid", "returned")
    }
    assert Counter({n.rpartition("-")[0]: amount for n, amount in paid.items()}) == Counter(taken)
    assert len(paid) == len(taken), "one capture a payment"
    back: Counter[str] = Counter()
    for number, amount, state in facts["refunds"]:
        assert state == "done", facts["refunds"]
        back[number] += amount
    there = Counter({n.rpartition("-")[0]: amount for n, amount in till.sent_back().items()})
    assert +there == +back, "each refund once, here and there"
    gone = Counter({o["payment"]: o["back"] for o in facts["orders"].values()})
    gone |= Counter(
        {n: p["total"] for n, p in facts["payments"].items() if p["state"] == "returned"}
    )
    assert +back == +gone, "exactly what was given up went back"
    whole = {n: o for n, o in facts["orders"].items() if o["state"] == "refunded"}
    assert all(order["back"] == order["total"] for order in whole.values()), whole
    assert facts["cash"] == sum(back.values()) - sum(paid.values())


def _stock_adds_up(facts: dict[str, Any], stock: int) -> None:
    assert facts["held"] == 0
    assert [sum(row) for row in facts["stock"]] == [stock, stock]
    assert [row[1] for row in facts["stock"]] == [0, 0]
    pieces = sum(order["pieces"] for order in facts["orders"].values() if order["state"] in LIVE)
    assert sum(row[2] for row in facts["stock"]) == pieces, "each piece sold once"


def _cases_are_over(facts: dict[str, Any]) -> None:
    """Each case went one way, once, and its money went back."""
    for number, case in facts["cases"].items():
        assert case["steps"] == ["requested", "refunding", "done"], (number, case)
        assert case["outcome"] == "refunded", (number, case)
    amounts = sorted(case["amount"] for case in facts["cases"].values())
    sent = [amount for _, amount, _ in facts["refunds"]]
    assert not Counter(amounts) - Counter(sent), "each case is one refund"


def _settlement_adds_up(facts: dict[str, Any]) -> None:
    """What was earned is in one batch; what was asked for left once or came back."""
    assert all(batch is not None for _, batch in facts["earned"]), facts["earned"]
    settled = sum(total - debt for _, total, debt in facts["batches"])
    states = {number: state for number, (state, _) in facts["withdrawals"].items()}
    assert set(states.values()) <= {"done", "failed"}, states
    assert facts["withdrawals"] == facts["paid_out"], "the bank says the same"
    out = sum(amount for state, amount in facts["withdrawals"].values() if state == "done")
    purses = {kind: minor for kind, minor in facts["purses"].items() if minor}
    assert purses == ({"balance": settled - out} if settled != out else {}), purses


def _parcels_are_followed(facts: dict[str, Any], till: Till) -> None:
    """What the carrier saw of a parcel under way is known here, each scan once."""
    for parcel in facts["parcels"]:
        if facts["orders"][parcel["order"]]["state"] != "shipped":
            continue
        assert parcel["followed"], parcel
        there = sorted(text for _, _, text, _ in till.post.parcels[parcel["tracking"]].scans)
        assert parcel["scans"] == there, parcel


def _files_are_in(facts: dict[str, Any]) -> None:
    """Every line of a file became one piece of goods, with its stock once."""
    rows = 0
    for number, (state, total, done, created, others) in facts["imports"].items():
        assert (state, done, created, others) == ("done", total, total, 0), (number, state, done)
        rows += total
    keys = [key for key, _ in facts["goods_in"]]
    assert len(keys) == len(set(keys)) == rows
    assert facts["goods"] == rows + 2, "no goods without their line"
    assert facts["stock_in"] == [3] * rows


def _what_was_told_is_true(facts: dict[str, Any], told: Iterable[dict[str, Any]]) -> None:
    for one in told:
        match one:
            case {"told": "placed", "payment": payment, "order": order}:
                assert facts["orders"][order]["payment"] == payment
            case {"told": "started", "attempt": attempt}:
                assert attempt in facts["attempts"]
            case {"told": "heard", "payment": payment}:
                assert facts["payments"][payment]["state"] in ("paid", "returned")
            case {"told": "cancellation", "order": order}:
                assert facts["orders"][order]["state"] == "cancelled"
            case {"told": "refund", "order": order}:
                assert facts["orders"][order]["state"] == "refunded"
            case _:
                _what_the_shop_was_told_is_true(facts, one)


def _what_the_shop_was_told_is_true(facts: dict[str, Any], one: dict[str, Any]) -> None:
    match one:
        case {"told": "shipped", "order": order, "tracking": tracking}:
            assert [p["order"] for p in facts["parcels"] if p["tracking"] == tracking] == [order]
        case {"told": "opened" | "approved", "case": number}:
            assert facts["cases"][number]["outcome"] == "refunded"
        case {"told": "withdrawn", "number": number}:
            assert number in facts["withdrawals"]
        case {"told": "moved", "tracking": tracking}:
            (found,) = [p for p in facts["parcels"] if p["tracking"] == tracking]
            assert found["scans"] == sorted(["已揽收", "到达分拨中心"])
        case {"told": "kept" | "begun", "run": number}:
            assert facts["imports"][number][0] == "done"
        case _:
            raise AssertionError(one)
