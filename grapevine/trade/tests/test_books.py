"""Orders' money, as an operator reads it in the ledger."""

import pytest
from django.contrib.auth import get_user_model

from grapevine.trade import facade, jobs
from grapevine.trade.tests.cast import api, gather, paid

pytestmark = pytest.mark.django_db


def test_only_an_operator_reads_the_books() -> None:
    cast = gather()
    number = paid(cast).order_numbers[0]
    facade.refund_order(number=number, reason="x")
    paths = [
        f"/api/v1/ledger/{one}" for one in ("trial-balance", "clearing", f"accounts/order:{number}")
    ]
    eve = api(cast.eve)
    for path in paths:
        assert api(None).get(path).status_code == 401
        assert eve.get(path).status_code == 404
    get_user_model().objects.filter(pk=cast.eve).update(is_operator=True)
    balance, ageing, owner = (eve.get(path).json() for path in paths)
    assert balance == {
        "CNY cash:sandbox": -6900, "CNY clearing:payment": 0, "CNY clearing:refund": 6900,
        "CNY escrow": 0,
    }  # fmt: skip
    assert [(one["reference"], one["amount_minor"]) for one in ageing] == [(number, 6900)]
    assert owner == {"escrow": 0}
    jobs.send_refunds()
    assert eve.get(paths[1]).json() == []


def test_an_operator_looks_a_posting_up_by_its_key() -> None:
    cast = gather()
    one = paid(cast)
    path = f"/api/v1/ledger/postings/capture:{one.payment_number}"
    eve = api(cast.eve)
    assert (api(None).get(path).status_code, eve.get(path).status_code) == (401, 404)
    get_user_model().objects.filter(pk=cast.eve).update(is_operator=True)
    found = eve.get(path).json()
    assert (found["kind"], found["currency"]) == ("capture", "CNY")
    assert [leg["amount_minor"] for leg in found["legs"]] == [6900, 6900]
    assert eve.get("/api/v1/ledger/postings/nothing").status_code == 404
