"""The outbox delivers once in effect, retries what failed, and runs what is due."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from grapevine.kit import clock
from grapevine.signals import actions, facade, spool
from grapevine.signals.contracts import BadLiveToken, Event, Source, source_from
from grapevine.signals.models import Handled, LiveMessage, OutboxEvent, Periodic

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class KettleBoiled(Event):
    name: ClassVar[str] = "tests.kettle_boiled"
    person_id: int
    shop_id: int
    cups: int


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[KettleBoiled]:
    heard: list[KettleBoiled] = []
    monkeypatch.setattr(actions, "_subscriptions", {})
    monkeypatch.setattr(actions, "_periodic", {})
    monkeypatch.setattr(actions, "_long", set())
    facade.subscribe(KettleBoiled, heard.append, name="tests.pour")
    return heard


def boil(cups: int = 2) -> None:
    with transaction.atomic():
        facade.emit(KettleBoiled(person_id=1, shop_id=2, cups=cups))


def spooled() -> list[dict[str, object]]:
    facade.seal()
    return [
        json.loads(line)
        for path in facade.ready_spool_files()
        for line in path.read_text().splitlines()
    ]


def test_an_event_reaches_its_subscriber_once(seen: list[KettleBoiled]) -> None:
    boil()
    assert facade.drain() == 1
    assert facade.drain() == 0
    assert seen == [KettleBoiled(person_id=1, shop_id=2, cups=2)]


def test_an_event_redelivered_after_a_crash_has_no_second_effect(seen: list[KettleBoiled]) -> None:
    boil()
    facade.drain()
    OutboxEvent.objects.update(done_at=None)
    assert facade.drain() == 1
    assert len(seen) == 1
    assert Handled.objects.count() == 1


def test_a_failing_handler_is_retried_and_loses_its_half_done_work(
    seen: list[KettleBoiled],
) -> None:
    fail = [True]

    def stubborn(event: KettleBoiled) -> None:
        facade.publish("tests", {"cups": event.cups})
        if fail[0]:
            raise RuntimeError("spilled")

    facade.subscribe(KettleBoiled, stubborn, name="tests.stubborn")
    boil()
    assert facade.drain() == 0
    row = OutboxEvent.objects.get()
    assert (row.attempts, row.done_at, row.last_error) == (1, None, "RuntimeError: spilled")
    assert not LiveMessage.objects.exists()
    fail[0] = False
    assert facade.drain() == 0
    with time_machine.travel(clock.now() + timedelta(seconds=3)):
        assert facade.drain() == 1
    assert LiveMessage.objects.count() == 1
    assert len(seen) == 1


@pytest.mark.usefixtures("seen")
def test_after_the_last_attempt_the_event_stays_in_sight() -> None:
    def never(event: KettleBoiled) -> None:
        raise RuntimeError(event.cups)

    facade.subscribe(KettleBoiled, never, name="tests.never")
    boil()
    OutboxEvent.objects.update(attempts=actions.ATTEMPTS_MAX - 1)
    facade.drain()
    row = OutboxEvent.objects.get()
    assert row.done_at is None
    assert row.retry_at is not None
    assert row.retry_at > clock.now() + timedelta(days=300)


def test_subscribing_twice_under_one_name_is_refused(seen: list[KettleBoiled]) -> None:
    with pytest.raises(ValueError, match="twice"):
        facade.subscribe(KettleBoiled, seen.append, name="tests.pour")


@pytest.mark.usefixtures("seen")
def test_every_event_lands_in_the_log_with_its_columns() -> None:
    boil(cups=3)
    facade.drain()
    (row,) = spooled()
    assert (row["verb"], row["person_id"], row["shop_id"]) == ("tests.kettle_boiled", 1, 2)
    assert json.loads(str(row["props"]))["cups"] == 3


def test_an_event_that_could_not_be_logged_is_delivered_again(
    seen: list[KettleBoiled], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, or the process dies there: the log may have a row twice, never not at all."""

    def full(_rows: object) -> None:
        raise OSError("no space left")

    boil()
    with monkeypatch.context() as patch:
        patch.setattr(spool, "append", full)
        with pytest.raises(OSError, match="no space"):
            facade.drain()
    assert OutboxEvent.objects.get().done_at is None
    assert facade.drain() == 1
    assert [row["verb"] for row in spooled()] == ["tests.kettle_boiled"]
    assert len(seen) == 1


@pytest.mark.usefixtures("seen")
def test_a_periodic_job_runs_when_due_and_not_before() -> None:
    facade.every("tests.tidy", seconds=60, job="grapevine.signals.jobs.tidy")
    assert facade.run_due() == 1
    assert facade.run_due() == 0
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert facade.run_due() == 1
    assert Periodic.objects.count() == 1


@pytest.mark.usefixtures("seen")
def test_a_look_at_what_is_due_asks_once_however_many_jobs_there_are() -> None:
    for n in range(40):
        facade.every(f"tests.{n}", seconds=60, job="grapevine.signals.jobs.tidy")
    assert facade.run_due() == 40
    with CaptureQueriesContext(connection) as asked:
        assert facade.run_due() == 0
    assert len(asked) == 1


@pytest.mark.usefixtures("seen")
def test_a_long_job_runs_beside_the_short_ones() -> None:
    facade.every("tests.short", seconds=60, job="grapevine.signals.jobs.tidy")
    facade.every("tests.long", seconds=60, job="grapevine.signals.jobs.tidy", is_long=True)
    assert (facade.run_short(), facade.run_short()) == (1, 0)
    assert (facade.run_long(), facade.run_long(), facade.run_due()) == (1, 0, 0)


def test_tidy_drops_old_live_messages_and_keeps_young_ones() -> None:
    facade.publish("tests", {"n": 1})
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        facade.publish("tests", {"n": 2})
        facade.tidy()
        assert [row.body for row in LiveMessage.objects.all()] == [{"n": 2}]


def test_a_live_token_opens_its_channel_and_nothing_else() -> None:
    assert facade.channel_of(facade.live_token("group:a")) == "group:a"
    with pytest.raises(BadLiveToken):
        facade.channel_of(facade.live_token("group:a") + "x")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("note:ab", Source(surface="note", note="ab")),
        ("group:cd", Source(surface="group", group="cd")),
        ("search", Source(surface="search")),
        ("", Source(surface="direct")),
        ("javascript:1", Source(surface="direct")),
    ],
)
def test_from_is_read_as_a_source(text: str, source: Source) -> None:
    assert source_from(text) == source


def test_the_most_personal_part_of_a_source_is_its_channel() -> None:
    assert Source(surface="note", note="n", share_token="t", group="g").channel == "group"
    assert Source(surface="note", note="n", share_token="t").channel == "share"
    assert Source(surface="note", note="n").channel == "note"
    assert Source(surface="feed").channel == "feed"
    assert Source(surface="elsewhere").channel == "direct"
