"""Limits count, stored answers answer again, screening quotes what it found."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from grapevine.guard import actions, facade
from grapevine.guard.contracts import Outcome, Refused, TooManyRequests
from grapevine.guard.models import AuditEntry, Bucket, StoredAnswer
from grapevine.kit import clock

pytestmark = pytest.mark.django_db


def test_a_limit_holds_for_its_minute_and_key() -> None:
    with time_machine.travel(clock.now().replace(second=10), tick=False) as traveller:
        for _ in range(3):
            facade.limit("a", per_minute=3)
        with pytest.raises(TooManyRequests) as refused:
            facade.limit("a", per_minute=3)
        assert refused.value.params == {"retry_after": 50}
        facade.limit("b", per_minute=3)
        traveller.shift(timedelta(minutes=1))
        facade.limit("a", per_minute=3)
    assert "a" not in Bucket.objects.values_list("key", flat=True)


@pytest.mark.parametrize(
    ("text", "outcome", "hits"),
    [
        ("手作的山茶籽油护手霜", Outcome.PASS, []),
        ("代 开\u200b发-票", Outcome.BLOCK, ["代开发票"]),
        ("国家级的工艺", Outcome.REVIEW, ["国家级"]),
        ("最佳赏味期 7 天", Outcome.PASS, []),
        ("我家最佳的一款", Outcome.PASS, []),
        ("抗 癌 神器", Outcome.BLOCK, ["抗癌"]),
    ],
)
def test_screening_reads_through_tricks_and_knows_the_exemptions(
    text: str, outcome: Outcome, hits: list[str]
) -> None:
    verdict = facade.screen(text)
    assert (verdict.outcome, [hit.text for hit in verdict.hits]) == (outcome, hits)


def test_a_blocked_text_is_refused_with_its_words() -> None:
    facade.require_clean("好茶")
    with pytest.raises(Refused) as refused:
        facade.require_clean("根治一切")
    assert refused.value.params == {"hits": "根治"}


def test_the_trail_keeps_who_did_what() -> None:
    facade.audit(actor_id=7, action="stock.adjust", object="sku:a", after={"change": 3})
    row = AuditEntry.objects.get()
    assert (row.actor_id, row.action, row.after) == (7, "stock.adjust", {"change": 3})


def sign_up(client: Client, email: str, key: str = "") -> Any:
    body = {"identifier": email, "password": "vine-and-grape-7", "name": "Alice"}
    headers = {"X-Visitor": "abcdefgh2345"} | ({"Idempotency-Key": key} if key else {})
    return client.post(
        "/api/v1/people", json.dumps(body), content_type="application/json", headers=headers
    )


def test_the_same_key_gets_the_same_answer_byte_for_byte(client: Client) -> None:
    first = sign_up(client, "alice@example.com", "k1")
    again = sign_up(client, "alice@example.com", "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replay"] == "true"


def test_the_same_key_with_another_body_is_refused_without_effect(client: Client) -> None:
    sign_up(client, "alice@example.com", "k1")
    other = sign_up(client, "bob@example.com", "k1")
    assert (other.status_code, json.loads(other.content)["code"]) == (422, "idempotency.mismatch")
    assert sign_up(client, "bob@example.com").status_code == 201


def test_somebody_elses_key_is_another_key(client: Client) -> None:
    first = sign_up(client, "alice@example.com", "k1")
    other = client.post(
        "/api/v1/people",
        json.dumps(
            {"identifier": "bob@example.com", "password": "vine-and-grape-7", "name": "Bob"}
        ),
        content_type="application/json",
        headers={"X-Visitor": "bcdefghj2345", "Idempotency-Key": "k1"},
    )
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.content != other.content
    assert StoredAnswer.objects.count() == 2


def test_a_refusal_is_not_stored_and_the_key_may_try_again(client: Client) -> None:
    sign_up(client, "alice@example.com")
    taken = sign_up(client, "alice@example.com", "k2")
    assert taken.status_code == 409
    assert StoredAnswer.objects.count() == 0
    assert sign_up(client, "bob@example.com", "k2").status_code == 201


@pytest.mark.parametrize("key", ["x" * 81, "\x07bell"])
def test_a_key_that_is_none_is_refused(client: Client, key: str) -> None:
    answer = sign_up(client, "alice@example.com", key)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "idempotency.bad_key")


def test_old_answers_and_buckets_are_tidied(client: Client) -> None:
    sign_up(client, "alice@example.com", "k1")
    facade.limit("a", per_minute=3)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        actions.tidy()
    assert (StoredAnswer.objects.count(), Bucket.objects.count()) == (0, 0)


def test_the_database_refuses_to_change_the_trail() -> None:
    facade.audit(actor_id=1, action="x.y", object="z:1", shop_id=2)
    for change in (
        lambda: AuditEntry.objects.update(actor_id=None),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert AuditEntry.objects.values_list("actor_id", "shop_id").get() == (1, 2)
