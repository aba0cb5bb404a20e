"""Money only moves, exactly once, and nothing that moved can be changed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, strategies as st
from hypothesis.extra.django import TestCase

from grapevine.kit import clock
from grapevine.ledger import facade
from grapevine.ledger.contracts import Account, InsufficientFunds, Leg, Posting, PostingMismatch
from grapevine.ledger.models import AccountRow, PostingRow, Transfer

pytestmark = pytest.mark.django_db
CASH = Account("platform", "cash:sandbox")
CLEARING = Account("platform", "clearing:payment")
ESCROW = Account("shop:1", "escrow")
PAYABLE = Account("shop:1", "payable")


def capture(key: str = "pay:1", amount: int = 900) -> bool:
    legs = [Leg(CASH, CLEARING, amount), Leg(CLEARING, ESCROW, amount)]
    return facade.post(key=key, kind="capture", reference="A1", legs=legs)


def test_a_payment_passes_through_clearing_and_leaves_it_empty() -> None:
    assert capture()
    assert facade.balance(CASH) == -900
    assert facade.balance(ESCROW) == 900
    assert facade.clearing_accounts() == [(CLEARING, 0)]
    assert sum(facade.trial_balance().values()) == 0


def test_posting_twice_is_posting_once() -> None:
    assert capture() is True
    assert capture() is False
    assert Transfer.objects.count() == 2
    assert facade.balance(ESCROW) == 900


def test_the_same_key_with_other_legs_is_refused_without_effect() -> None:
    capture()
    with pytest.raises(PostingMismatch):
        capture(amount=901)
    assert facade.balance(ESCROW) == 900
    assert PostingRow.objects.count() == 1


def test_what_is_owed_never_goes_below_zero() -> None:
    facade.post(key="s", kind="settle", reference="A1", legs=[Leg(ESCROW, PAYABLE, 500)])
    with pytest.raises(InsufficientFunds):
        facade.post(key="w", kind="withdraw", reference="W1", legs=[Leg(PAYABLE, CASH, 501)])
    assert facade.balance(PAYABLE) == 500
    assert not PostingRow.objects.filter(key="w").exists()
    assert facade.post(key="w", kind="withdraw", reference="W1", legs=[Leg(PAYABLE, CASH, 500)])


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_postingrow", "ledger_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_posted(table: str, statement: str) -> None:
    capture()
    facade_seal()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def facade_seal() -> int:
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        return facade.seal()


def test_verify_says_that_whole_books_are_whole() -> None:
    capture("pay:1")
    assert facade_seal() == 1
    capture("pay:2", 100)
    assert facade_seal() == 1
    assert facade_seal() == 0
    report = facade.verify()
    assert report == {
        "ok": True,
        "postings": 2,
        "transfers": 4,
        "accounts": 4,
        "sealed": 2,
        "differences": [],
    }


def test_a_young_posting_waits_for_its_seal() -> None:
    capture()
    assert facade.seal() == 0


def test_verify_finds_a_balance_that_was_changed() -> None:
    capture()
    _tamper("UPDATE ledger_accountrow SET balance_minor = 901 WHERE kind = 'escrow'")
    report = facade.verify()
    assert report["ok"] is False
    assert "shop:1 escrow: balance 901, transfers 900" in report["differences"]
    assert "the sum of all accounts is 1" in report["differences"]


def _tamper(sql: str) -> None:
    """As somebody with the database in hand would: triggers off, one statement, triggers gone."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ALL")
            cursor.execute("ALTER TABLE ledger_postingrow DISABLE TRIGGER ALL")
            cursor.execute("ALTER TABLE ledger_accountrow DISABLE TRIGGER ALL")
        else:
            cursor.execute("DROP TRIGGER ledger_transfer_no_update")
            cursor.execute("DROP TRIGGER ledger_postingrow_no_update")
            cursor.execute("DROP TRIGGER ledger_accountrow_guard")
        cursor.execute(sql)


def test_verify_finds_a_changed_amount_and_a_changed_digest() -> None:
    capture()
    facade_seal()
    _tamper("UPDATE ledger_transfer SET amount_minor = amount_minor + 1")
    assert "pay:1: content differs from its digest" in facade.verify()["differences"]


def test_the_chain_finds_a_posting_rewritten_with_its_digest() -> None:
    capture()
    facade_seal()
    _tamper("UPDATE ledger_postingrow SET digest = 'x'")
    found = facade.verify()["differences"]
    assert any("the chain is broken" in line for line in found)


def test_a_statement_reads_newest_first_from_both_sides() -> None:
    capture("pay:1", 900)
    facade.post(key="r", kind="refund", reference="A1", legs=[Leg(ESCROW, CASH, 400)])
    first = facade.statement(ESCROW, limit=1)
    assert [(line.kind, line.amount_minor) for line in first.items] == [("refund", -400)]
    second = facade.statement(ESCROW, first.next_cursor, limit=1)
    assert [(line.kind, line.amount_minor, line.other) for line in second.items] == [
        ("capture", 900, CLEARING)
    ]
    assert second.next_cursor is None
    assert facade.statement(Account("nobody", "escrow")).items == []


def test_many_postings_at_once_balance_too() -> None:
    made = facade.post_many(
        [Posting(f"i:{n}", "import", f"O{n}", [Leg(CASH, ESCROW, n)]) for n in range(1, 101)]
    )
    assert made == 100
    assert facade.balances("shop:1") == {"escrow": 5050}
    assert facade.verify()["ok"] is True


def test_legs_of_zero_are_left_out_and_a_negative_one_is_a_defect() -> None:
    facade.post(
        key="z", kind="k", reference="r", legs=[Leg(CASH, ESCROW, 5), Leg(CASH, PAYABLE, 0)]
    )
    assert Transfer.objects.count() == 1
    with pytest.raises(AssertionError):
        facade.post(key="n", kind="k", reference="r", legs=[Leg(CASH, ESCROW, -5)])


def test_the_ageing_report_names_what_has_not_cleared() -> None:
    capture("pay:1")
    assert facade.clearing_ageing() == []
    now = clock.now()
    facade.post(key="a", kind="k", reference="B2", legs=[Leg(CASH, CLEARING, 30)], at=now)
    facade.post(
        key="b", kind="k", reference="B1", legs=[Leg(CASH, CLEARING, 50)],
        at=now - timedelta(days=1),
    )  # fmt: skip
    facade.post(key="c", kind="k", reference="B1", legs=[Leg(CLEARING, ESCROW, 20)], at=now)
    found = [(one.reference, one.amount_minor, one.since) for one in facade.clearing_ageing()]
    assert found == [("B1", 30, now - timedelta(days=1)), ("B2", 30, now)]
    assert facade.clearing() == {"platform clearing:payment": 60}


def test_many_postings_with_one_key_posted_before_change_nothing() -> None:
    capture()
    old = Posting("pay:1", "capture", "A1", [Leg(CASH, ESCROW, 900)])
    new = Posting("pay:2", "capture", "A2", [Leg(CASH, ESCROW, 1)])
    with pytest.raises(IntegrityError):
        facade.post_many([new, old])
    assert facade.balance(ESCROW) == 900
    assert PostingRow.objects.count() == 1


def test_a_busy_account_is_kept_in_stripes_and_read_as_one() -> None:
    for number in range(40):
        capture(f"pay:{number}", 10)
    stripes = AccountRow.objects.filter(owner=CASH.owner, kind=CASH.kind)
    assert 8 < stripes.count() <= 16
    assert facade.balance(CASH) == -400
    assert facade.balances("platform") == {CASH.kind: -400, "clearing:payment": 0}
    assert len(facade.statement(CASH, limit=100).items) == 40


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE ledger_accountrow SET balance_minor = balance_minor + 1", "transfers only"),
        ("DELETE FROM ledger_accountrow", "keeps its accounts"),
        (
            "INSERT INTO ledger_accountrow (owner, kind, currency, stripe, balance_minor) VALUES ('x', 'y', 'C', 0, 5)",
            "opens at zero",
        ),
    ],
)
def test_the_database_refuses_to_move_a_balance_by_hand(statement: str, words: str) -> None:
    capture()
    with (
        pytest.raises(DatabaseError, match=words),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert facade.verify()["ok"] is True


POINTS = Account("person:7", "points")
SPENT = Account("platform", "points:spent")


def earn(amount: int = 100) -> None:
    facade.post(
        key="earn", kind="earn", reference="A1", currency="PTS",
        legs=[Leg(Account("platform", "points:issued"), POINTS, amount)],
    )  # fmt: skip


def aside(key: str = "h1", amount: int = 60) -> bool:
    return facade.place_hold(
        key=key, account=POINTS, amount_minor=amount, reference="P1", currency="PTS",
        until=clock.now() + timedelta(minutes=5),
    )  # fmt: skip


def test_a_hold_sets_money_aside_and_ends_exactly_once() -> None:
    earn()
    assert aside() is True
    assert aside() is False
    assert (facade.balance(POINTS, "PTS"), facade.hold("h1").state) == (40, "held")  # type: ignore[union-attr]
    with pytest.raises(InsufficientFunds):
        aside("h2", 41)
    assert facade.hold("h2") is None
    assert facade.post_hold(key="h1", credit=SPENT) is True
    assert facade.post_hold(key="h1", credit=SPENT) is False
    assert facade.void_hold(key="h1") is False
    assert (facade.balance(POINTS, "PTS"), facade.balance(SPENT, "PTS")) == (40, 60)
    assert facade.balance(Account("person:7", "hold"), "PTS") == 0


def test_a_voided_hold_gives_back_and_an_expired_one_too() -> None:
    earn()
    aside("h1")
    aside("h2", 40)
    assert facade.void_hold(key="h1") is True
    assert facade.expire_holds() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert facade.expire_holds() == 1
        assert facade.expire_holds() == 0
    assert facade.post_hold(key="h2", credit=SPENT) is False
    assert facade.balance(POINTS, "PTS") == 100
    assert facade.hold("h2").state == "expired"  # type: ignore[union-attr]
    assert facade.verify()["ok"] is True


OWNERS = st.sampled_from(["a", "b", "c"])
LEGS = st.tuples(OWNERS, OWNERS, st.integers(1, 1000)).filter(lambda leg: leg[0] != leg[1])


class AnyHistory(TestCase):
    @given(st.lists(st.lists(LEGS, min_size=1, max_size=4), max_size=12))
    def test_sums_to_zero_and_verifies(self, history: list[list[tuple[str, str, int]]]) -> None:
        """Whatever is posted, in whatever order, the books are whole."""
        for number, legs in enumerate(history):
            facade.post(
                key=f"k{number}", kind="any", reference="r",
                legs=[Leg(Account(a, "escrow"), Account(b, "escrow"), n) for a, b, n in legs],
            )  # fmt: skip
        assert sum(facade.trial_balance().values()) == 0
        assert facade.verify()["ok"] is True


def test_money_that_goes_nowhere_is_a_defect_not_a_want_of_funds() -> None:
    with pytest.raises(IntegrityError, match="ledger_two_accounts"):
        facade.post(key="k", kind="x", reference="r", legs=[Leg(POINTS, POINTS, 1)], currency="PTS")
    assert not PostingRow.objects.exists()


def test_a_clock_that_goes_back_leaves_no_posting_behind() -> None:
    def post(key: str) -> None:
        facade.post(key=key, kind="x", reference="r", legs=[Leg(Account("a", "x"), Account("b", "x"), 1)])  # fmt: skip

    with time_machine.travel(clock.now() + timedelta(days=8)):
        post("early")
    post("late")
    later = clock.now() + timedelta(minutes=1)
    with time_machine.travel(later):
        assert facade.seal() == 0
    with time_machine.travel(clock.now() + timedelta(days=9)):
        assert facade.seal() == 2
        assert facade.verify()["differences"] == []
