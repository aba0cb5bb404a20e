"""The log from end to end: exactly once, whose it is, how long it is kept, and how it comes back."""

import itertools
import json
import multiprocessing
import os
import random
import shutil
import signal
import threading
import time
from collections import Counter
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import time_machine
from django.conf import settings
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory

from grapevine.front import command
from grapevine.front.wsgi import application
from grapevine.insight import building, facade, idindex, keeping, lake
from grapevine.insight.models import DailyFact
from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.signals import actions as delivery, facade as signals, intake, spool
from grapevine.signals.contracts import (
    COLUMNS,
    LOG_COLUMNS,
    PAGE_VERBS,
    PEOPLE_FIELDS,
    SCHEMA_VERSION,
)
from grapevine.signals.models import OutboxEvent
from grapevine.trade.tests.cast import gather, paid as paid_order
from tools import events

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
PASSWORD = "vine-and-grape-7"


def told() -> list[dict[str, Any]]:
    files = [file for day in lake.days() for file in lake.files_of(day)]
    rows = [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]
    return sorted(rows, key=lambda row: (row["ts"], row["id"]))


def send(client: Client, *events: dict[str, Any], **batch: Any) -> dict[str, int]:
    body = json.dumps({"events": events, **batch})
    answer = client.post("/api/v1/events", body, content_type="text/plain;charset=UTF-8")
    assert answer.status_code == 202, answer.content
    found: dict[str, int] = answer.json()
    return found


def everything() -> str:
    """The text of every file there is, unpacked."""
    parts = [str(told())]
    for path in Path(settings.SPOOL_DIR).rglob("*"):
        if path.suffix in {".open", ".ready"}:
            parts.append(path.read_text())
    parts += [str(t.to_pylist()) for path in lake.kept() for t in keeping._packed_tables(path)]
    for path in Path(settings.LAKE_DIR).rglob("*.parquet"):
        parts.append(str(pq.read_table(path, partitioning=None).to_pylist()))
    return "\n".join(parts)


def test_ten_thousand_events_with_five_hundred_doubles_are_nine_thousand_five_hundred(
    client: Client, settings: Any
) -> None:
    """Doubles in the batch, in another batch, in another process, after a restart, and after midnight."""
    settings.EVENTS_PER_MINUTE = 0
    moment = NOON + timedelta(hours=11, minutes=59)
    events = [
        {"id": f"event-{n:06d}", "verb": "view", "shop_id": 1, "ts": moment.isoformat()}
        for n in range(9_500)
    ]
    with time_machine.travel(moment, tick=False):
        sent = events[:9_000] + events[:100]
        told_of = [send(client, *sent[n : n + 500]) for n in range(0, len(sent), 500)]
        assert sum(one["accepted"] for one in told_of) == 9_000
        assert sum(one["duplicates"] for one in told_of) == 100
        intake.recent.forget()  # another process, or this one after a restart
        signals.seal()
        assert send(client, *events[100:300])["accepted"] == 200
        assert len(keeping.compact()) == 1
        intake.recent.forget()
        assert send(client, *events[300:500])["accepted"] == 200
        assert send(client, *events[9_000:])["accepted"] == 500
    with time_machine.travel(moment + timedelta(hours=18), tick=False):
        # The sender's clock was put right in between: the same events seem to be of the next day.
        again = send(client, *events[500:500], sent_at=moment.isoformat())
        assert again["accepted"] == 0
        intake.recent.forget()
        send(client, *events[1_000:1_100], sent_at=moment.isoformat())
        signals.seal()
        keeping.compact()
    assert len(told()) == len({row["id"] for row in told()}) == 9_500
    assert lake.days() == [DAY]


def test_an_index_that_is_missing_is_made_anew_and_colliding_halves_are_told_apart() -> None:
    lake.write([{"id": "one-row-1", "ts": NOON, "verb": "view"}])
    (file,) = lake.files_of(DAY)
    idindex.path_for(file).unlink()
    assert lake.write([{"id": "one-row-1", "ts": NOON, "verb": "view"}]) == set()
    some = idindex.digests_of(["a", "b", "c"]).copy()
    some[0] = some[0][0]
    index = some[:, :2][:, ::-1].copy()
    order = index[1].argsort()
    assert list(idindex.known(some, [index[:, order]])) == [True, True, False]
    assert list(idindex.first_of_each(idindex.digests_of(["a", "b", "a", "b"]))) == [
        True, True, False, False,
    ]  # fmt: skip


def signed_up(phone: str, name: str) -> int:
    return people.sign_up(identifier=phone, password=PASSWORD, name=name)


def sign_in(client: Client, phone: str) -> None:
    answer = client.post("/signin/", {"identifier": phone, "password": PASSWORD})
    assert answer.status_code == 303


def view(name: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"view-{name}-row", "verb": "view", "object_type": "goods", "object_id": "kettle1",
        "shop_id": 1, "ts": at.isoformat(),
    }  # fmt: skip


def delivered() -> None:
    while delivery.drain():
        pass
    signals.seal()
    building.build()


def test_a_visit_is_the_persons_who_signs_in_and_a_shared_device_makes_nobody_of_two() -> None:
    anna, bert = signed_up("13900000001", "甲"), signed_up("13900000002", "乙")
    device = Client()
    device.get("/signin/")
    first_name = device.cookies["gv_visitor"].value
    with time_machine.travel(NOON - timedelta(days=2), tick=False) as clock:

        def look(name: str) -> None:
            clock.shift(60)
            send(
                device,
                view(
                    name,
                    NOON - timedelta(days=2) + (datetime.now(UTC) - (NOON - timedelta(days=2))),
                ),
            )

        look("alone-1")
        clock.shift(86_400)
        look("alone-2")
        clock.shift(60)
        sign_in(device, "13900000001")
        look("anna")
        clock.shift(60)
        device.post("/signout/")
        assert device.cookies["gv_visitor"].value != first_name
        look("between")
        clock.shift(60)
        sign_in(device, "13900000002")
        look("bert")
        device.logout()  # the session ran out: nobody signed out
        look("nobodys")
        clock.shift(60)
        sign_in(device, "13900000001")
        look("anna-again")
        delivered()
    names = {
        person: [row["id"] for row in facade.path_of(person) if row["verb"] == "view"]
        for person in (anna, bert)
    }
    assert names == {
        anna: ["view-alone-1-row", "view-alone-2-row", "view-anna-row", "view-anna-again-row"],
        bert: ["view-between-row", "view-bert-row"],
    }
    with time_machine.travel(NOON, tick=False):
        people.set_personalised(anna, on=False)
        people.set_personalised(anna, on=False)
        delivered()
    assert [row["id"] for row in facade.path_of(anna) if row["verb"] == "view"] == [
        "view-anna-row", "view-anna-again-row",
    ]  # fmt: skip


def test_whoever_does_not_consent_is_not_tied_to_a_browser() -> None:
    carl = signed_up("13900000003", "丙")
    people.set_personalised(carl, on=False)
    with time_machine.travel(NOON, tick=False) as clock:
        device = Client(headers={"X-Visitor": new_id()})
        send(device, view("before", NOON))
        clock.shift(60)
        sign_in(device, "13900000003")
        delivered()
    assert "view" not in {row["verb"] for row in facade.path_of(carl)}
    signs = [row for row in told() if row["verb"] == "people.person_signed_in"]
    assert [(row["visitor_id"], row["consent"]) for row in signs] == [(None, "service")]
    assert "visitor_id" not in json.loads(signs[0]["props"])


def paid(name: str, person_id: int, goods: list[int], at: datetime = NOON) -> dict[str, Any]:
    props = json.dumps({"person_id": person_id, "goods_ids": goods, "total_minor": 900, "items": 1})
    return {
        "id": name, "ts": at, "verb": "trade.order_paid", "shop_id": 1, "person_id": person_id,
        "props": props, "origin": "domain",
    }  # fmt: skip


def test_who_looked_three_times_and_did_not_buy() -> None:
    rows: list[dict[str, Any]] = []
    for person_id, times in ((1, 3), (2, 2), (3, 5), (4, 1), (17, 3)):
        rows += [{**view(f"{person_id}-{n}", NOON), "person_id": person_id} for n in range(times)]
    rows += [{**view(f"4-{n}-alone", NOON), "visitor_id": "browser4"} for n in range(2)]
    rows.append(
        {"id": "sign-4", "ts": NOON + timedelta(minutes=1), "verb": "people.person_signed_in",
         "visitor_id": "browser4", "person_id": 4}
    )  # fmt: skip
    rows += [paid("o1", 3, [5, 7]), paid("o2", 1, [77]), paid("o3", 17, [7])]
    lake.write(rows)
    assert facade.viewed_not_bought("kettle1", 7) == [1, 4]
    assert facade.viewed_not_bought("kettle1", 7, times=2) == [1, 2, 4]


def test_closing_the_account_takes_a_person_out_of_every_file() -> None:
    gone, stays = signed_up("13900000004", "丁"), signed_up("13900000005", "戊")
    browser, other = new_id(), new_id()
    with time_machine.travel(NOON, tick=False):
        device = Client(headers={"X-Visitor": browser})
        send(device, view("alone", NOON))
        sign_in(device, "13900000004")
        send(device, view("mine", NOON))
        send(Client(headers={"X-Visitor": other}), view("other", NOON))
        people.follow(person_id=stays, other_id=gone)
        delivered()
        lake.write([paid("o1", gone, [7]), paid("o2", gone, [7]), paid("o3", stays, [7])])
        building.build()
        before = DailyFact.objects.get(day=DAY)
        assert (before.buyers, before.orders, before.visitors) == (2, 3, 3)
        assert [row["verb"] for row in facade.own_log(gone)].count("view") == 2
        assert device.post("/settings/closure/", {"password": PASSWORD}).status_code == 303
        assert keeping.forget_people() == 1
        assert keeping.forget_people() == 0
        signals.record([{**paid("o4", gone, [7]), "ts": NOON.isoformat()}])
        signals.record([{**view("late", NOON), "person_id": gone}])
        delivered()
    text = everything()
    assert browser not in text
    assert other in text
    assert f'"followee_id": {gone}' not in text
    assert {row["person_id"] for row in told() if row["verb"] == "trade.order_paid"} == {
        signals.forgotten()[gone], stays,
    }  # fmt: skip
    assert gone not in {row["person_id"] for row in told()}
    assert not [row for row in told() if f'"person_id": {gone},' in (row["props"] or "")]
    after = DailyFact.objects.get(day=DAY)
    assert (after.buyers, after.orders, after.payments_minor) == (2, 4, 3600)


def test_a_lake_that_was_deleted_is_made_anew_with_the_same_numbers(client: Client) -> None:
    with time_machine.travel(NOON, tick=False):
        person_id = signed_up("13900000006", "己")
        send(client, *(view(f"n{n}", NOON - timedelta(days=n % 2)) for n in range(90)))
        people.set_personalised(person_id, on=False)
        delivered()
        send(client, *(view(f"m{n}", NOON) for n in range(10)))
        delivered()
        before, facts = told(), list(DailyFact.objects.order_by("day", "channel").values_list())
        shutil.rmtree(settings.LAKE_DIR)
        lines = facade.lake_rebuild()
        assert told() == before
        assert len(told()) == 102
        rows = DailyFact.objects.order_by("day", "channel").values_list()
        assert [row[1:] for row in rows] == [row[1:] for row in facts]
        shutil.rmtree(lake.kept_folder())
        shutil.rmtree(settings.LAKE_DIR)
        assert keeping.rebuild() == 1
        assert {row["verb"] for row in told()} == {
            "people.person_signed_up", "people.personalisation_switched",
        }  # fmt: skip
    assert lines[0].startswith("湖里有 / in the lake: 102 rows, 2 days (2026-11-09 … 2026-11-10)")


def test_pages_rows_go_when_their_time_is_over_and_what_was_counted_stays(client: Client) -> None:
    with time_machine.travel(NOON, tick=False):
        send(client, view("old", NOON))
        delivered()
        lake.write([paid("o1", 5, [7])])
        building.build()
    with time_machine.travel(NOON + timedelta(days=settings.LOG_DAYS), tick=False):
        assert keeping.keep() == {"rows": 0, "spool_files": 1}
    with time_machine.travel(NOON + timedelta(days=settings.LOG_DAYS + 1), tick=False):
        assert keeping.keep() == {"rows": 1, "spool_files": 0}
        building.build()
    assert [row["id"] for row in told()] == ["o1"]
    fact = DailyFact.objects.get(day=DAY)
    assert (fact.visitors, fact.payments_minor) == (2, 900)


def _writes_until_killed(pipe: int) -> None:
    """A process that tells what it was told is kept, as an endpoint does."""
    for number in itertools.count():
        ids = [f"{os.getpid()}-{number}-{n}" for n in range(20)]
        lines = (json.dumps({"id": one, "ts": NOON.isoformat(), "verb": "view"}) for one in ids)
        signals.record_lines(("\n".join(lines) + "\n").encode())
        os.write(pipe, ("".join(f"{one}\n" for one in ids)).encode())


def _compacts_until_killed(_pipe: int) -> None:
    while True:
        lake.compact()


def test_processes_killed_at_any_moment_lose_nothing_and_double_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spool, "FILE_SECONDS", 0.05)
    forks = multiprocessing.get_context("fork")
    reading, writing = os.pipe()
    heard: list[bytes] = []
    listener = threading.Thread(
        target=lambda: heard.extend(iter(lambda: os.read(reading, 65_536), b""))
    )
    listener.start()
    seed = random.Random(7)
    for _ in range(5):
        children = [
            forks.Process(target=work, args=(writing,))
            for work in (_writes_until_killed, _writes_until_killed, _compacts_until_killed)
        ]
        for child in children:
            child.start()
        for child in children:
            time.sleep(seed.uniform(0.02, 0.2))
            child.kill()
            child.join()
            assert child.exitcode == -signal.SIGKILL
    os.close(writing)
    listener.join()
    os.close(reading)
    told_of = b"".join(heard).decode().splitlines()
    while signals.waiting()[0]:
        time.sleep(0.06)
        lake.compact()
    kept = [row["id"] for row in told()]
    assert len(kept) == len(set(kept))
    assert set(told_of) <= set(kept)
    assert len(told_of) > 100


def test_a_purchase_is_counted_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's own loops, second by second: events are delivered, spool files closed by age, days built when due."""
    mine = delivery._periodic["insight.build"]
    monkeypatch.setattr(delivery, "_periodic", {"insight.build": mine})
    with time_machine.travel(NOON, tick=False) as clock:
        cast = gather()
        delivered()
        assert delivery.run_due() == 1  # it has just run: the purchase waits for the next turn
        order = paid_order(cast, (cast.cup, 2)).order_numbers[0]
        seconds = 0
        while not DailyFact.objects.filter(shop_id=cast.bobs.id, orders=1).exists():
            clock.shift(1)
            seconds += 1
            assert seconds <= 60
            delivery.drain()
            delivery.run_due()
    fact = DailyFact.objects.get(shop_id=cast.bobs.id, day=DAY, orders__gt=0)
    assert (fact.orders, fact.items, fact.payments_minor) == (1, 2, 13_800)
    rows = [row for row in told() if row["verb"] == "trade.order_paid"]
    assert [json.loads(row["props"])["order_number"] for row in rows] == [order]
    counted = Counter(OutboxEvent.objects.values_list("name", flat=True))
    OutboxEvent.objects.update(
        done_at=None
    )  # the worker died before it noted that it had delivered them
    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        delivered()
    assert Counter(row["verb"] for row in told()) == counted


def test_the_document_says_what_the_code_says() -> None:
    assert events.FILE.read_text(encoding="utf-8") == events.whole()
    assert LOG_COLUMNS[:3] == ("id", "ts", "person_id")
    assert max(one.since for one in (*COLUMNS, *PAGE_VERBS)) == SCHEMA_VERSION
    fields_of = {field.name for event in events.declared() for field in fields(event)}
    things = {
        "shop_id", "goods_id", "object_id", "note_id", "visitor_id", "first_id", "last_id",
    }  # fmt: skip
    assert {name for name in fields_of if name.endswith("_id")} <= PEOPLE_FIELDS | things


def test_a_browser_says_for_itself_that_it_is_not_to_be_recognised(client: Client) -> None:
    assert "已开启，点这里关闭" in client.get("/privacy/visits/").content.decode()
    assert client.post("/privacy/visits/", {"on": "0"}).status_code == 303
    assert client.cookies["gv_consent"].value == "none"
    assert "已关闭，点这里开启" in client.get("/privacy/visits/").content.decode()
    body = json.dumps({"events": [view("off", NOON), {**view("dwell", NOON), "verb": "dwell"}]})
    with time_machine.travel(NOON, tick=False):
        told_of = client.post("/api/v1/events", body, content_type="text/plain").json()
    assert (told_of["accepted"], [one["code"] for one in told_of["problems"]]) == (
        1,
        ["no_consent"],
    )
    client.post("/privacy/visits/", {"on": "1"})
    assert client.cookies["gv_consent"].value == ""
    page = client.get("/privacy/visits/", headers={"Sec-GPC": "1"}).content.decode()
    assert "你的浏览器要求网站不要认出它" in page


def test_the_short_way_in_knows_who_is_signed_in_and_refuses_as_the_long_one() -> None:
    anna = signed_up("13900000007", "庚")
    device = Client()
    device.get("/signin/")
    sign_in(device, "13900000007")
    cookies = "; ".join(f"{name}={one.value}" for name, one in device.cookies.items())
    good = json.dumps({"events": [{**view("short", NOON)}]}).encode()
    with time_machine.travel(NOON, tick=False):
        assert short_way(good, HTTP_COOKIE=cookies)[0] == 202
        status, answer = short_way(b"3", HTTP_COOKIE=cookies)
        assert (status, answer["code"]) == (422, "bad_input")
        assert short_way(b"", REQUEST_METHOD="GET")[0] == 405
        signals.seal()
        keeping.compact()
    assert [(row["id"], row["person_id"]) for row in told() if row["verb"] == "view"] == [
        ("view-short-row", anna)
    ]


def short_way(body: bytes, **environ: str) -> tuple[int, dict[str, Any]]:
    """A request through the house's own entry, where what pages tell passes few doors."""
    seen: list[str] = []
    given = RequestFactory().post("/api/v1/events", body, content_type="text/plain").environ
    request_started.disconnect(close_old_connections)  # a test's connection is not old
    try:
        parts = application(
            {**given, **environ}, lambda status, _headers, *_rest: seen.append(status)
        )
    finally:
        request_started.connect(close_old_connections)
    text = b"".join(parts)
    return int(seen[0][:3]), json.loads(text) if text.startswith(b"{") else {}


def test_the_lake_tells_how_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    lake.write([paid("o1", 5, [7])])
    assert command.main(["lake", "status"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(
        "湖里有 / in the lake: 1 rows, 1 days (2026-11-10 … 2026-11-10), 1 files"
    )
