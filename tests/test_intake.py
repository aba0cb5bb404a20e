"""What pages send: judged one by one, kept once, by our clock, and only as consented."""

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.signals import facade, spool
from grapevine.signals.contracts import SCHEMA_VERSION
from grapevine.signals.devices import device_from
from grapevine.signals.rules import NotABatch, Recent, Row, Sender, judge, lines_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
PASSWORD = "vine-and-grape-7"
BROWSER = Sender(7, "browser-a", "page", is_recognised=True, share_token="tok")
STRANGER = Sender(None, "~0123", "page", is_recognised=False, share_token="tok")
_numbers = count()


def event(verb: str = "view", **columns: Any) -> dict[str, Any]:
    return {"id": f"event-{next(_numbers):05d}", "verb": verb, **columns}


def judged(
    *events: Any, sender: Sender = BROWSER, **batch: Any
) -> tuple[list[Row], list[tuple[int, str]]]:
    found = judge(json.dumps({"events": events, **batch}).encode(), sender, now=NOW)
    return found.rows, [(one.index, one.code) for one in found.refusals]


def spooled() -> list[dict[str, Any]]:
    facade.seal()
    return [
        json.loads(line)
        for path in facade.ready_spool_files()
        for line in path.read_text().splitlines()
    ]


def send(client: Client, *events: Any, kind: str = "application/json", **batch: Any) -> Any:
    body = json.dumps({"events": events, **batch})
    return client.post("/api/v1/events", body, content_type=kind)


def test_every_wrong_event_is_named_and_takes_no_other_with_it() -> None:
    rows, refusals = judged(
        event(),
        event("own"),
        {"id": "x", "verb": "view"},
        {"id": "outbox-12345", "verb": "view"},
        3,
        event(object_id="a b"),
        event(object_id="two\nlines"),
        event(ts="2026-11-10T04:00:00"),
        event(ts="yesterday"),
        event(position="7", shop_id=1),
        {"verb": "view"},
    )
    assert refusals == [
        (4, "malformed"), (8, "malformed"), (10, "malformed"), (1, "unknown_verb"), (2, "bad_id"),
        (3, "bad_id"), (5, "bad_name"), (6, "bad_name"), (7, "bad_time"),
    ]  # fmt: skip
    assert [(row.position, row.shop_id) for row in rows] == [(None, None), (7, 1)]


@pytest.mark.parametrize(
    "body",
    [b"3", b"{}", b'{"events": 1}', b"not json", b"\xff", json.dumps({"events": [{}] * 501}).encode(),
     json.dumps({"events": [{"id": "event-123", "verb": "view"}] * 501}).encode(),
     b'{"events": [], "version": 99}'],
)  # fmt: skip
def test_what_is_no_batch_is_refused_whole(body: bytes) -> None:
    with pytest.raises(NotABatch):
        judge(body, BROWSER, now=NOW)


@pytest.mark.parametrize(
    ("ts", "sent_at", "lands"),
    [
        ("2026-11-10T03:59:00Z", None, NOW - timedelta(minutes=1)),
        ("2026-11-10T11:59:00+08:00", "2026-11-10T11:59:57+08:00", NOW - timedelta(minutes=1)),
        ("2026-11-10T05:00:00Z", "2026-11-10T05:10:00Z", NOW - timedelta(minutes=10)),
        ("2001-01-01T00:00:00Z", "2001-01-01T01:00:00Z", NOW - timedelta(hours=1)),
        ("2999-01-01T00:00:00Z", None, NOW),
        ("2026-11-03T04:00:00Z", None, NOW - timedelta(days=7)),
        (None, None, NOW),
    ],
)
def test_moments_are_by_our_clock_and_the_senders_is_kept(
    ts: str | None, sent_at: str | None, lands: datetime
) -> None:
    ((row,), refusals) = judged(event(ts=ts), sent_at=sent_at)
    assert (row.ts, refusals, row.received_at) == (lands, [], NOW)
    assert row.client_ts == (datetime.fromisoformat(ts) if ts else None)


def test_what_is_more_than_a_week_late_is_refused_with_the_reason() -> None:
    late = (NOW - timedelta(days=7, seconds=1)).isoformat()
    assert judged(event(ts=late)) == ([], [(0, "too_late")])


def test_without_consent_only_what_serves_is_kept_and_nobody_is_in_it() -> None:
    seen = event(request_id="r", session_id="s", **{"from": "feed"})
    rows, refusals = judged(
        seen, event("dwell"), event("impression"), event("search"), sender=STRANGER
    )
    assert refusals == [(1, "no_consent"), (2, "no_consent"), (3, "no_consent")]
    assert json.loads(lines_of(rows)) == {
        "id": seen["id"], "ts": "2026-11-10T04:00:00Z", "verb": "view", "origin": "page",
        "received_at": "2026-11-10T04:00:00Z", "consent": "service", "version": SCHEMA_VERSION,
        "visitor_id": "~0123", "channel": "share",
    }  # fmt: skip
    (row,), _none = judged(seen, sender=BROWSER)
    assert (row.person_id, row.visitor_id, row.share_token) == (7, "browser-a", "tok")
    assert (row.request_id, row.session_id, row.consent) == ("r", "s", "service,personalise")


def test_recent_ids_are_known_until_twice_as_many_came() -> None:
    memory = Recent(size=2)
    rows = [judged(event())[0][0] for _ in range(4)]
    assert memory.fresh([rows[0], rows[1], rows[0]]) == rows[:2]
    memory.add(rows[:2])
    assert memory.fresh(rows) == rows[2:]
    memory.add(rows[2:])
    assert memory.fresh(rows) == rows[:2]


def test_a_beacon_is_taken_as_text_too_and_a_second_time_counts_nothing(client: Client) -> None:
    first, second = event(object_type="note", object_id="ab", **{"from": "feed"}), event()
    answer = send(client, first, second, first, event("own"), kind="text/plain;charset=UTF-8")
    assert answer.status_code == 202
    told = answer.json()
    assert (told["accepted"], told["duplicates"], told["refused"]) == (2, 1, 1)
    assert [(one["index"], one["code"]) for one in told["problems"]] == [(3, "unknown_verb")]
    again = send(client, first).json()
    assert (again["accepted"], again["duplicates"]) == (0, 1)
    rows = spooled()
    assert [(row["id"], row.get("channel")) for row in rows] == [
        (first["id"], "feed"),
        (second["id"], "direct"),
    ]
    assert {row["origin"] for row in rows} == {"page"}


def test_a_batch_without_a_single_good_event_is_an_error(client: Client) -> None:
    answer = send(client, event("own"))
    assert answer.status_code == 422
    assert answer.json()["fields"]["events[0]"].startswith("unknown_verb: ")
    assert send(client, *[event()] * 501).status_code == 422
    assert spooled() == []


def test_switching_off_stops_it_with_the_next_request() -> None:
    person_id = people.sign_up(identifier="13900001234", password=PASSWORD, name="甲")
    token = people.issue_token(person_id, "test")
    app = Client(headers={"Authorization": f"Bearer {token}", "X-Visitor": new_id()})
    assert send(app, event(), event("dwell")).json()["accepted"] == 2
    people.set_personalised(person_id, on=False)
    stopped = send(app, event(), event("dwell")).json()
    assert (stopped["accepted"], stopped["refused"]) == (1, 1)
    rows = spooled()
    assert [row.get("person_id") for row in rows] == [person_id, person_id, None]
    assert [row["visitor_id"][0] == "~" for row in rows] == [False, False, True]
    assert {row["origin"] for row in rows} == {"app"}


@pytest.mark.parametrize("how", ["cookie", "header"])
def test_a_browser_that_asks_for_it_is_not_recognised_from_day_to_day(
    client: Client, how: str
) -> None:
    headers = {"X-Visitor": new_id(), **({"Sec-GPC": "1"} if how == "header" else {})}
    if how == "cookie":
        client.cookies["gv_consent"] = "none"
    for hours in (0, 1, 24):
        with time_machine.travel(NOW + timedelta(hours=hours)):
            body = json.dumps({"events": [event()]})
            client.post("/api/v1/events", body, content_type="text/plain", headers=headers)
    names = [row["visitor_id"] for row in spooled()]
    assert names[0] == names[1] != names[2]
    assert headers["X-Visitor"] not in names


def test_a_visitor_over_the_limit_is_refused_whole_and_the_next_is_not(
    client: Client, settings: Any
) -> None:
    settings.EVENTS_PER_MINUTE = 3
    one, other = new_id(), new_id()

    def ask(visitor: str) -> Any:
        body = json.dumps({"events": [event(), event()]})
        return client.post(
            "/api/v1/events", body, content_type="text/plain", headers={"X-Visitor": visitor}
        )

    with time_machine.travel(NOW, tick=False):
        assert [ask(one).status_code for _ in range(3)] == [202, 202, 429]
        assert int(ask(one)["Retry-After"]) >= 1
        assert ask(other).status_code == 202
    assert len(spooled()) == 6


def test_what_could_not_be_written_is_not_remembered_as_written(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = event()
    with monkeypatch.context() as patch:
        patch.setattr(spool, "_write_all", _full_disk)
        with pytest.raises(OSError, match="no space"):
            send(client, row)
    assert send(client, row).json()["accepted"] == 1
    assert [one["id"] for one in spooled()] == [row["id"]]


def _full_disk(handle: int, data: bytes) -> None:
    os.write(handle, data[:10])
    raise OSError("no space")


def test_a_dead_writers_torn_line_is_cut_off_and_a_living_writer_begins_anew() -> None:
    facade.record_lines(b'{"id":"a"}\n', sync=True)
    (mine,) = Path(settings.SPOOL_DIR).glob("*.open")
    dead = mine.with_name("1-1-dead.open")
    dead.write_bytes(b'{"id":"b"}\n{"id":"c"')
    mine.with_name("1-1-torn.open").write_bytes(b'{"id":"d"')
    moved = mine.with_name("9-2-taken.open")
    mine.rename(moved)
    assert [path.read_bytes() for path in facade.ready_spool_files()] == [
        b'{"id":"b"}\n',
        b'{"id":"a"}\n',
    ]
    facade.record_lines(b'{"id":"e"}\n')
    assert [row["id"] for row in spooled()] == ["b", "e", "a"]
    assert facade.waiting() == (3, 33)


MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("agent", "hint", "device"),
    [
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "", "phone"),
        (f"{MOZILLA} (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36", "?1", "phone"),
        (f"{MOZILLA} (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "?0", "tablet"),
        (f"{MOZILLA} (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "", "tablet"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "?0", "desktop"),
        (f"{MOZILLA} (iPhone) MicroMessenger/8.0.50 MiniProgramEnv/iOS", "", "mini-app"),
        (f"{MOZILLA} (Linux; Android 14) AliApp(AP/10.6) Mobile miniprogram", "?1", "mini-app"),
        ("okhttp/4.12.0", "", "api"),
        ("", "", "api"),
    ],
)  # fmt: skip
def test_a_browser_is_of_one_of_five_kinds(agent: str, hint: str, device: str) -> None:
    assert device_from(agent, mobile_hint=hint) == device


def test_the_device_goes_into_the_log_also_of_who_is_not_recognised(client: Client) -> None:
    phone = f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"
    body = json.dumps({"events": [event()]})
    more: Any = {"data": body, "content_type": "text/plain"}
    client.post("/api/v1/events", headers={"User-Agent": phone}, **more)
    more["data"] = json.dumps({"events": [event()]})
    client.post("/api/v1/events", headers={"User-Agent": phone, "Sec-GPC": "1"}, **more)
    more["data"] = json.dumps({"events": [event()]})
    client.post("/api/v1/events", headers={"Referer": "https://servicewechat.com/wx1/2/page-frame.html"}, **more)  # fmt: skip
    rows = spooled()
    assert [row["device"] for row in rows] == ["phone", "phone", "mini-app"]
    assert [row["consent"] for row in rows] == ["service,personalise", "service", "service,personalise"]  # fmt: skip
    assert not any("Mozilla" in str(row) for row in rows)
