"""Corners of the pure rules that no whole story walks through."""

from datetime import UTC, datetime, timedelta

import pytest

from grapevine.trade.aftersales import CaseKind, CaseReason
from grapevine.trade.contracts import InvoiceAsk, OrderState
from grapevine.trade.parcels import BadFile
from grapevine.trade.rules.aftersales import Asked, refused
from grapevine.trade.rules.masking import HIDDEN, masked_invoice, masked_name
from grapevine.trade.rules.parcels import STALL, is_stalled
from grapevine.trade.rules.shipfile import read

NOON = datetime(2026, 3, 8, 4, tzinfo=UTC)


def test_a_companys_title_is_public_and_a_persons_is_not() -> None:
    company = InvoiceAsk("company", "半日陶瓷有限公司", "91440300MA5EXAMPLE", "a@example.com")
    assert masked_invoice(company) == InvoiceAsk(
        "company", "半日陶瓷有限公司", "91440300MA5EXAMPLE", HIDDEN
    )
    person = InvoiceAsk("personal", "张小满")
    assert masked_invoice(person) == InvoiceAsk("personal", masked_name("张小满"), "", "")
    assert masked_name("张小满") != "张小满"


@pytest.mark.parametrize(("short", "stalled"), [(0, True), (1, False)])
def test_a_parcel_stands_still_from_the_very_hour(short: int, stalled: bool) -> None:
    assert is_stalled(NOON, NOON + STALL - timedelta(seconds=short)) is stalled


def test_what_arrived_cannot_be_said_not_to_have() -> None:
    asked = Asked(OrderState.RECEIVED, NOON, excepted=False, window_days=15)
    said = refused(asked, CaseKind.REFUND, CaseReason.NOT_ARRIVED, NOON + timedelta(days=1))
    assert said == "reason"


def test_a_file_whose_quotes_never_end_is_refused_by_name() -> None:
    with pytest.raises(BadFile) as told:
        read('订单号,快递公司,快递单号\r\n"'.encode() + b"x" * 200_000)
    assert set(told.value.fields) == {"file"}


def test_a_broken_workbook_is_refused_by_name() -> None:
    with pytest.raises(BadFile) as told:
        read(b"PK\x03\x04 no workbook")
    assert set(told.value.fields) == {"file"}
