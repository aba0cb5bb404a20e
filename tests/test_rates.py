"""How often one caller may ask, without a statement."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from grapevine.guard import rates
from grapevine.kit import rates as counting
from grapevine.kit.rates import Buckets, address_of
from grapevine.people import facade as people

ME = "/api/v1/me"


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the buckets stands, however slow the machine is."""
    monkeypatch.setattr(rates.buckets, "_now", Watch())


def test_a_bucket_holds_a_minute_and_fills_evenly() -> None:
    watch = Watch()
    one = Buckets(watch)
    taken = [one.take("a", 60) for _ in range(61)]
    assert [taken[0].remaining, taken[59].remaining, taken[59].wait] == [59, 0, 0]
    assert (taken[60].wait, taken[60].remaining, taken[60].reset, taken[60].limit) == (1, 0, 60, 60)
    assert one.take("b", 60).remaining == 59
    watch.now += 0.99
    assert one.take("a", 60).wait == 1
    watch.now += 1
    assert one.take("a", 60).wait == 0
    watch.now += 3_600
    assert one.take("a", 60, 0).remaining == 60
    assert one.take("a", 60).remaining == 59


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "BUCKETS_MAX", 10)
    watch = Watch()
    one = Buckets(watch)
    for number in range(25):
        watch.now += 1
        one.take(str(number), 60)
    assert len(one._level) <= 10
    assert "24" in one
    assert "0" not in one


def test_the_address_is_what_the_trusted_proxies_saw(settings: Any) -> None:
    request = RequestFactory().get(ME, headers={"X-Forwarded-For": "6.6.6.6, 7.7.7.7, 8.8.8.8"})
    assert address_of(request) == "127.0.0.1"
    settings.PROXIES = 1
    assert address_of(request) == "8.8.8.8"
    settings.PROXIES = 2
    assert address_of(request) == "7.7.7.7"
    settings.PROXIES = 4
    assert address_of(request) == "127.0.0.1"


@pytest.mark.usefixtures("_still")
@pytest.mark.django_db
def test_too_many_requests_of_one_token_are_429_and_others_go_on(settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    ids = [
        people.sign_up(identifier=f"{name}@example.com", password="vine-and-grape-7", name=name)
        for name in ("alice", "bob")
    ]
    alice, bob = ({"Authorization": f"Bearer {people.issue_token(one, 'x')}"} for one in ids)
    answers = [Client().get(ME, headers=alice) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    last = answers[-1]
    assert (last["RateLimit-Limit"], last["Retry-After"]) == ("3", "20")
    assert last["Content-Type"] == "application/problem+json"
    assert last.json()["code"] == "guard.too_many_requests"
    assert Client().get(ME, headers=bob).status_code == 200
    strangers = [Client().get("/api/v1/payment-methods").status_code for _ in range(16)]
    assert strangers == [200] * 15 + [429]
    assert Client().get("/signin/").status_code == 200
    settings.API_PER_MINUTE = 0
    free = Client().get(ME, headers=alice)
    assert (free.status_code, free.has_header("RateLimit-Limit")) == (200, False)


@pytest.mark.usefixtures("_still")
@pytest.mark.django_db
def test_guessing_tokens_ends_and_does_not_keep_out_who_is_known() -> None:
    person = people.sign_up(identifier="a@example.com", password="vine-and-grape-7", name="a")
    known = {"Authorization": f"Bearer {people.issue_token(person, 'x')}"}
    assert Client().get(ME, headers=known).status_code == 200
    tries = [
        Client().get(ME, headers={"Authorization": f"Bearer gvk_{n}"}).status_code
        for n in range(31)
    ]
    assert tries == [401] * 30 + [429]
    assert Client().get(ME, headers=known).status_code == 200
