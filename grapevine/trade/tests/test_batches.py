"""Sending by file: a dry run that says everything, each order once, whatever the file was saved as."""

from dataclasses import replace

import pytest

from grapevine.goods import facade as goods
from grapevine.kit import workbook
from grapevine.trade import facade, jobs
from grapevine.trade.actions import batches
from grapevine.trade.models import Shipment, ShippingBatch
from grapevine.trade.parcels import BadFile, BatchNotFound
from grapevine.trade.rules import shipfile
from grapevine.trade.tests.cast import Cast, gather, paid, placed
from grapevine.trade.tests.shipping_cast import csv_of

pytestmark = pytest.mark.django_db
SF = "SF12345678901{}"


@pytest.fixture
def cast() -> Cast:
    return gather()


def draft(cast: Cast, content: bytes, **more: bool) -> ShippingBatch:
    return batches.draft(
        shop_id=cast.bobs.id, actor_id=cast.bob, name="a.csv", content=content, **more
    )


def confirm(cast: Cast, one: ShippingBatch) -> ShippingBatch:
    return batches.confirm(shop_id=cast.bobs.id, public_id=one.public_id, actor_id=cast.bob)


def states(one: ShippingBatch) -> list[str]:
    return [row["state"] for row in one.rows]


def test_a_dry_run_says_what_will_be_sent_and_what_not_and_why(cast: Cast) -> None:
    good, twice, odd = (paid(cast).order_numbers[0] for _ in range(3))
    unpaid = placed(cast).order_numbers[0]
    carols = paid(cast, (cast.tea, 1)).order_numbers[0]
    content = csv_of([
        (good, "", "顺丰", SF.format("01")), (twice, "", "圆通", "YT1234567890123"),
        (twice, "", "圆通", "YT1234567890124"), (odd, "", "顺丰", "12345"),
        (unpaid, "", "顺丰", SF.format("02")), (carols, "", "顺丰", SF.format("03")),
        ("没有的单号", "", "顺丰", SF.format("04")), (odd, "火星仓", "顺丰", SF.format("05")),
        (odd, "", "", SF.format("06")), (odd, "", "", ""),
    ])  # fmt: skip
    made = draft(cast, content)
    assert [(row["row"], row["state"], row["why"]) for row in made.rows] == [
        (2, "ok", ""), (3, "ok", ""), (4, "bad", "同一个订单在文件里出现了两次"),
        (5, "bad", "单号不像这家快递的"), (6, "bad", "订单不在待发货状态"), (7, "bad", "没有这个订单"),
        (8, "bad", "没有这个订单"), (9, "bad", "这个仓库没有要发的"), (10, "bad", "写上快递公司和单号"),
    ]  # fmt: skip
    assert not Shipment.objects.exists()
    done = confirm(cast, made)
    assert (done.state, states(done)[:2], Shipment.objects.count()) == ("done", ["done", "done"], 2)
    assert [facade.order_for(cast.alice, one).state for one in (good, twice, odd)] == ["shipped", "shipped", "paid"]  # fmt: skip


def test_the_same_file_twice_sends_once(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    content = csv_of([(number, "", "顺丰", SF.format("01"))])
    first = confirm(cast, draft(cast, content))
    again = draft(cast, content)
    assert (again.pk, again.state) == (first.pk, "done")
    assert confirm(cast, again).state == "done"
    other = draft(cast, content + b"\n")
    assert states(other) == ["skip"]
    confirm(cast, other)
    assert Shipment.objects.count() == 1


def test_a_file_that_was_sent_but_not_noted_is_gone_over_again(cast: Cast) -> None:
    """As after a crash between the parcels and the note of them."""
    number = paid(cast, (cast.cup, 2)).order_numbers[0]
    made = draft(cast, csv_of([(number, "", "顺丰", SF.format("01"))]))
    before = list(made.rows)
    confirm(cast, made)
    ShippingBatch.objects.update(state="confirmed", rows=before, done_at=None)
    assert jobs.run_batches() == 1
    assert (states(ShippingBatch.objects.get()), Shipment.objects.count()) == (["done"], 1)
    assert jobs.run_batches() == 0


def test_what_happened_since_the_dry_run_is_seen_when_it_is_sent(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    made = draft(cast, csv_of([(number, "", "顺丰", SF.format("01"))]))
    facade.refund_order(number=number, reason="x")
    done = confirm(cast, made)
    assert [(row["state"], row["why"]) for row in done.rows] == [("failed", "订单不在待发货状态")]
    assert not Shipment.objects.exists()


def test_an_order_in_two_warehouses_needs_their_names(cast: Cast) -> None:
    there = goods.add_warehouse(shop_id=cast.bobs.id, name="南仓", priority=1)
    goods.adjust(sku_id=cast.cup.sku_id, change=3, warehouse_id=there.id)
    number = paid(cast, (cast.cup, 7)).order_numbers[0]
    names = [name for _, _, name, _ in goods.holds_of(number)]
    assert states(draft(cast, csv_of([(number, "", "顺丰", SF.format("01"))]))) == ["bad"]
    rows = [(number, name, "顺丰", SF.format(f"0{n}")) for n, name in enumerate(names)]
    done = confirm(cast, draft(cast, csv_of(rows)))
    assert (states(done), facade.order_for(cast.alice, number).state) == (
        ["done", "done"],
        "shipped",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_encoding_people_save_in_is_read(encoding: str) -> None:
    (row,) = shipfile.read(csv_of([("A1", "北仓", "圆通", "yt 1234567890123")], encoding))
    assert row == shipfile.FileRow(2, "a1", "北仓", "圆通", "YT1234567890123")


def test_a_workbook_is_read_as_a_text_file_is() -> None:
    rows = [("订单号", "快递公司", "快递单号"), ("'A1", "顺丰", "SF1234567890123"), ("A2", "", "")]
    assert shipfile.read(workbook.written(rows)) == [
        shipfile.FileRow(2, "a1", "", "顺丰", "SF1234567890123")
    ]
    tabs = "订单号\t快递公司\t快递单号\nA1\t顺丰\tSF1234567890123\n".encode()
    assert shipfile.read(tabs)[0].tracking == "SF1234567890123"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"PK\x03\x04nonsense", "一,二\n1,2\n".encode(), csv_of([]), b"\xff\xff\xff",
        csv_of([("A1", "", "", "")]), b"x" * (shipfile.BYTES_MAX + 1),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(cast: Cast, content: bytes) -> None:
    with pytest.raises(BadFile) as refused:
        draft(cast, content)
    assert refused.value.fields["file"]


def test_ten_thousand_rows_are_read_and_one_more_is_refused() -> None:
    rows = [(f"A{n}", "", "顺丰", "SF1234567890123") for n in range(10_000)]
    assert len(shipfile.read(csv_of(rows))) == 10_000
    with pytest.raises(BadFile):
        shipfile.read(csv_of([*rows, rows[0]]))


def test_a_large_file_is_sent_by_the_worker_a_turn_at_a_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    monkeypatch.setattr(batches, "A_TURN", 1)
    numbers = [paid(cast).order_numbers[0] for _ in range(2)]
    rows = [(one, "", "顺丰", SF.format(f"0{n}")) for n, one in enumerate(numbers)]
    made = confirm(cast, draft(cast, csv_of(rows)))
    assert (made.state, Shipment.objects.count()) == ("confirmed", 0)
    assert [jobs.run_batches() for _ in range(3)] == [1, 1, 0]
    assert ShippingBatch.objects.get().state == "done"


def test_a_file_is_its_shops_alone(cast: Cast) -> None:
    made = draft(cast, csv_of([(paid(cast).order_numbers[0], "", "顺丰", SF.format("01"))]))
    with pytest.raises(BatchNotFound):
        batches.confirm(shop_id=cast.carols.id, public_id=made.public_id, actor_id=cast.carol)
    assert replace(shipfile.FileRow(2, "a", "", "b", "c"), row=3).row == 3
