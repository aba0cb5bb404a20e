"""Scans: in order however they come, once however often, believed only when signed; what follows from them."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from grapevine.kit import clock
from grapevine.trade import facade, jobs
from grapevine.trade.actions import alarming, shipping, tracking
from grapevine.trade.carriers.kuaidi100.config import Config
from grapevine.trade.carriers.kuaidi100.fake import FakeKuaidi100
from grapevine.trade.carriers.kuaidi100.signing import opened, sign
from grapevine.trade.carriers.kuaidi100.tracker import Kuaidi100
from grapevine.trade.models import Order, Scan, Shipment, ShippingAlarm
from grapevine.trade.parcels import BadPush, ScanStatus, ScanView
from grapevine.trade.payments.fakes.server import Message
from grapevine.trade.payments.port import ProviderDown, ProviderRefused
from grapevine.trade.queries.parcels import alarm_counts, order_alarms
from grapevine.trade.rules.parcels import in_order, outcome
from grapevine.trade.tests.cast import Cast, gather, paid
from grapevine.trade.tests.shipping_cast import NUMBER, fake_tracker, hours_ago, parcel, send_piece

pytestmark = pytest.mark.django_db
OutboxEvent: Any = apps.get_model("signals", "OutboxEvent")
SCANS = (
    (20, "1", "已揽收"), (15, "0", "到达分拨中心"), (9, "0", "离开分拨中心"), (3, "5", "正在派送"),
    (1, "3", "已签收"),
)  # fmt: skip
WORDS = [text for _, _, text in SCANS]


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def fake(settings: Any) -> Any:
    with fake_tracker(settings) as one:
        yield one


def followed(cast: Cast, fake: FakeKuaidi100, count: int = 1) -> str:
    """An order on its way whose parcel is followed; its number."""
    fake.faults.drop = True
    number = paid(cast, (cast.cup, count)).order_numbers[0]
    send_piece(cast, number)
    assert jobs.subscribe_parcels() == 1
    return number


def push(message: Message) -> int:
    """As the carrier's message comes to our door."""
    where = "/api/v1/parcels/kuaidi100/push"
    kind = "application/x-www-form-urlencoded"
    return Client().post(where, message.body, content_type=kind).status_code


def texts(cast: Cast, number: str) -> list[str]:
    return [one.text for one in facade.order_for(cast.alice, number).shipments[0].scans]


def test_five_scans_one_out_of_order_stand_in_the_order_of_their_moments(
    cast: Cast, fake: FakeKuaidi100
) -> None:
    number = followed(cast, fake)
    for hours, state, text in SCANS:
        fake.scan(NUMBER, state, text, at=hours_ago(hours), tells=False)
    one = fake.parcels[NUMBER]
    for place in (0, 2, 1, 3, 4):
        assert push(fake.push_message(one, only=[place])) == 200
    assert texts(cast, number) == WORDS
    found = facade.order_for(cast.alice, number)
    assert [scan.status for scan in found.shipments[0].scans] == [
        "collected", "moving", "moving", "delivering", "delivered",
    ]  # fmt: skip


def test_the_same_push_many_times_counts_once(cast: Cast, fake: FakeKuaidi100) -> None:
    number = followed(cast, fake)
    for hours, state, text in SCANS[:3]:
        fake.scan(NUMBER, state, text, at=hours_ago(hours), tells=False)
    message = fake.push_message(fake.parcels[NUMBER])
    assert [push(message) for _ in range(5)] == [200] * 5
    assert (texts(cast, number), Scan.objects.count()) == (WORDS[:3], 3)


def test_forged_pushes_have_no_effect(cast: Cast, fake: FakeKuaidi100, settings: Any) -> None:
    followed(cast, fake)
    fake.scan(NUMBER, "3", "已签收", tells=False)
    true = fake.push_message(fake.parcels[NUMBER])
    param = parse_qs(true.body.decode())["param"][0]
    forged = [
        fake.forged(true).body,
        urlencode({"param": param}).encode(),
        urlencode({"param": param, "sign": ""}).encode(),
        urlencode({"param": param, "sign": sign(param)}).encode(),
        urlencode({"param": param.replace("签收", "拒收"), "sign": sign(param, settings.KUAIDI100["salt"])}).encode(),
        true.body + b"&param=x",
        b"",
        b"\xff\xfe",
        b"param=%ff&sign=0",
    ]  # fmt: skip
    for body in forged:
        assert push(Message("", {}, body)) == 400
    settings.KUAIDI100 = {**settings.KUAIDI100, "salt": ""}
    assert push(Message("", {}, urlencode({"param": param, "sign": sign(param)}).encode())) == 400
    assert push(true) == 400
    assert not Scan.objects.exists()
    assert Client().post("/api/v1/parcels/nobody/push", {}).status_code == 400


def test_a_short_secret_is_none() -> None:
    salt = "s" * 15
    weak = Kuaidi100(Config("c", "k", salt))
    assert not weak.ready()
    with pytest.raises(BadPush, match="bad_push keys"):
        weak.read_push(
            headers={}, body=urlencode({"param": "{}", "sign": sign("{}", salt)}).encode()
        )
    with pytest.raises(BadPush):
        opened(b"param=a&sign=b", salt="")


@pytest.mark.parametrize(
    "told", ["[]", "1", "{", '{"lastResult": 1}', '{"lastResult": {"com": "jd"}}']
)
def test_a_signed_push_of_another_shape_is_refused(told: str) -> None:
    salt = "s" * 16
    body = urlencode({"param": told, "sign": sign(told, salt)}).encode()
    with pytest.raises(BadPush):
        Kuaidi100(Config("c", "k", salt)).read_push(headers={}, body=body)


def test_the_delivery_starts_the_time_until_receipt(cast: Cast, fake: FakeKuaidi100) -> None:
    number = followed(cast, fake)
    with time_machine.travel(clock.now() + timedelta(days=4), tick=False):
        fake.scan(NUMBER, "3", "已签收", at=hours_ago(0), tells=False)
        assert push(fake.push_message(fake.parcels[NUMBER])) == 200
        arrived = hours_ago(0)
    assert Order.objects.get(number=number).delivered_at == arrived
    with time_machine.travel(arrived + timedelta(days=10)):
        assert jobs.receive_overdue() == 0
    with time_machine.travel(arrived + timedelta(days=10, seconds=1)):
        assert jobs.receive_overdue() == 1
    assert facade.order_for(cast.alice, number).state == "received"


def test_an_order_has_arrived_with_its_last_parcel(cast: Cast, fake: FakeKuaidi100) -> None:
    number = followed(cast, fake, count=2)
    send_piece(cast, number, 1, "SF1234567890124")
    assert jobs.subscribe_parcels() == 1
    for name, known in ((NUMBER, False), ("SF1234567890124", True)):
        fake.scan(name, "3", "已签收", tells=False)
        push(fake.push_message(fake.parcels[name]))
        assert (Order.objects.get(number=number).delivered_at is not None) is known


def test_a_parcel_on_its_way_back_raises_an_alarm_and_stops_the_clock(
    cast: Cast, fake: FakeKuaidi100
) -> None:
    number = followed(cast, fake)
    fake.scan(NUMBER, "6", "收件人拒收，退回中", at=hours_ago(2), tells=False)
    push(fake.push_message(fake.parcels[NUMBER]))
    push(fake.push_message(fake.parcels[NUMBER]))
    assert [one.kind for one in order_alarms(number)] == ["returned"]
    assert alarm_counts(cast.bobs.id) == {"returned": 1}
    assert alarms_told() == ["returned"]
    with time_machine.travel(clock.now() + timedelta(days=30)):
        assert jobs.receive_overdue() == 0


def alarms_told() -> list[str]:
    rows = OutboxEvent.objects.filter(name="trade.parcel_alarm").order_by("id")
    return [row.payload["kind"] for row in rows]


def test_two_days_without_a_scan_are_told_once_for_each_stall(
    cast: Cast, fake: FakeKuaidi100
) -> None:
    number = followed(cast, fake)
    fake.scan(NUMBER, "1", "已揽收", tells=False)
    push(fake.push_message(fake.parcels[NUMBER]))
    seen = parcel(number).last_scan_at
    assert seen is not None
    with time_machine.travel(seen + timedelta(hours=48, seconds=-1)):
        assert jobs.watch_parcels() == 0
    with time_machine.travel(seen + timedelta(hours=48)):
        assert [jobs.watch_parcels() for _ in range(3)] == [1, 0, 0]
        assert alarms_told() == ["stall"]
        told = OutboxEvent.objects.get(name="trade.parcel_alarm").payload
        assert (told["order_number"], told["person_id"], told["shop_id"], told["tracking"]) == (
            number, cast.alice, cast.bobs.id, NUMBER,
        )  # fmt: skip
        fake.scan(NUMBER, "0", "到达分拨中心", tells=False)
        push(fake.push_message(fake.parcels[NUMBER]))
        assert alarm_counts(cast.bobs.id) == {}
    with time_machine.travel(seen + timedelta(hours=96)):
        assert jobs.watch_parcels() == 1
    assert alarms_told() == ["stall", "stall"]


def test_late_is_counted_from_the_shops_own_promise_and_told_once(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    carols = paid(cast, (cast.tea, 1)).order_numbers[0]
    alarming.set_ship_hours(shop_id=cast.carols.id, hours=24)
    start = clock.now()
    with time_machine.travel(start + timedelta(hours=25)):
        assert [jobs.watch_parcels() for _ in range(2)] == [1, 0]
        assert [one.kind for one in order_alarms(carols)] == ["late"]
    with time_machine.travel(start + timedelta(hours=49)):
        assert [jobs.watch_parcels() for _ in range(2)] == [1, 0]
        assert alarm_counts(cast.bobs.id) == {"late": 1}
        send_piece(cast, number)
        assert alarm_counts(cast.bobs.id) == {}
        facade.refund_order(number=carols, reason="x")
        assert jobs.watch_parcels() == 0
        assert alarm_counts(cast.carols.id) == {}
    assert ShippingAlarm.objects.count() == 2


def test_a_lost_push_is_found_by_asking(cast: Cast, fake: FakeKuaidi100) -> None:
    number = followed(cast, fake)
    fake.scan(NUMBER, "1", "已揽收", tells=False)
    assert jobs.query_parcels() == 0
    with time_machine.travel(clock.now() + timedelta(hours=12, minutes=1)):
        assert [jobs.query_parcels() for _ in range(2)] == [1, 0]
    assert texts(cast, number) == ["已揽收"]


def test_a_parcel_is_followed_once_and_again_after_its_number_changed(
    cast: Cast, fake: FakeKuaidi100
) -> None:
    number = followed(cast, fake)
    assert jobs.subscribe_parcels() == 0
    assert (fake.parcels[NUMBER].com, fake.parcels[NUMBER].phone) == ("shunfeng", "8000")
    fake.scan(NUMBER, "1", "别人的包裹", tells=False)
    push(fake.push_message(fake.parcels[NUMBER]))
    shipping.correct_parcel(
        shop_id=cast.bobs.id, number=number, parcel_id=parcel(number).pk, carrier="圆通",
        tracking="YT1234567890123", actor_id=cast.bob,
    )  # fmt: skip
    assert jobs.subscribe_parcels() == 1
    assert fake.parcels["YT1234567890123"].com == "yuantong"
    assert push(fake.push_message(fake.parcels[NUMBER])) == 200
    assert texts(cast, number) == []


def test_a_tracker_that_does_not_answer_or_says_no_is_asked_again_later(
    cast: Cast, fake: FakeKuaidi100, settings: Any
) -> None:
    send_piece(cast, paid(cast).order_numbers[0])
    fake.faults.deaf = True
    assert jobs.subscribe_parcels() == 0
    fake.faults.deaf = False
    assert jobs.subscribe_parcels() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert jobs.subscribe_parcels() == 1
    wrong = Kuaidi100(Config(**{**settings.KUAIDI100, "key": "another"}))
    with pytest.raises(ProviderRefused):
        wrong.subscribe(carrier_code="jd", tracking="JD1", phone_end="", callback_url="http://x")
    with pytest.raises(ProviderRefused):
        wrong.query(carrier_code="shunfeng", tracking=NUMBER, phone_end="")
    gone = Kuaidi100(Config("c", "k", "s" * 16, "http://127.0.0.1:9"))
    with pytest.raises(ProviderDown):
        gone.query(carrier_code="shunfeng", tracking=NUMBER, phone_end="")


def test_without_keys_nobody_is_asked(cast: Cast) -> None:
    send_piece(cast, paid(cast).order_numbers[0])
    assert (jobs.subscribe_parcels(), jobs.query_parcels()) == (0, 0)
    assert Shipment.objects.get().asked_at is None


def test_scans_of_an_older_parcel_with_the_same_number_and_of_the_future_are_left_out(
    cast: Cast, fake: FakeKuaidi100
) -> None:
    number = followed(cast, fake)
    fake.scan(NUMBER, "3", "去年的签收", at=hours_ago(24 * 200), tells=False)
    fake.scan(NUMBER, "3", "明天的签收", at=hours_ago(-24), tells=False)
    fake.scan(NUMBER, "1", "已揽收", tells=False)
    push(fake.push_message(fake.parcels[NUMBER]))
    assert texts(cast, number) == ["已揽收"]
    assert Order.objects.get(number=number).delivered_at is None


def test_what_scans_mean() -> None:
    now = clock.now()

    def scan(minutes: int, status: ScanStatus) -> ScanView:
        return ScanView(now + timedelta(minutes=minutes), str(status), status)

    sent, came, went = (
        scan(0, ScanStatus.COLLECTED),
        scan(5, ScanStatus.DELIVERED),
        scan(9, ScanStatus.RETURNED),
    )
    assert in_order([went, came, sent]) == [sent, came, went]
    assert outcome([]) == (None, None)
    assert outcome([came, sent]) == (came.at, None)
    assert outcome([scan(7, ScanStatus.MOVING), came]) == (came.at, None)
    assert outcome([went, came]) == (None, went.at)
    assert outcome([scan(12, ScanStatus.DELIVERED), went]) == (now + timedelta(minutes=12), None)


def test_a_push_about_a_parcel_of_nobody_has_no_effect() -> None:
    from grapevine.trade.carriers.port import Heard

    heard = Heard("shunfeng", "SF999", [ScanView(clock.now(), "moving", "x")])
    assert tracking.note_scans(heard) == 0
