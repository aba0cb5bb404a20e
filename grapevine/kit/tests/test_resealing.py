"""Keys turn while the house lives: in batches, from where it stopped, with the old key readable until nothing needs it."""

from itertools import islice
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from grapevine.kit import resealing
from grapevine.kit.sealed import SealBroken

pytestmark = pytest.mark.django_db
OLD, NEW = {"old": "secret-of-last-year"}, {"new": "secret-of-this-year"}


def planted(count: int) -> list[tuple[int, str]]:
    """People with sealed phones, made with whatever the keys are now: (id, phone)."""
    person = get_user_model()
    before = person.objects.count()
    return [
        (
            person.objects.create(
                handle=f"p{n}", name="p", phone=f"+86138{n:08d}", joined_at="2026-01-01T00:00:00Z"
            ).pk,
            f"+86138{n:08d}",
        )
        for n in range(before, before + count)
    ]


def opened() -> list[tuple[int, str]]:
    return list(get_user_model().objects.order_by("pk").values_list("pk", "phone"))


def raw(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person WHERE id = %s", [pk])
        return str(cursor.fetchone()[0])


def test_everything_is_sealed_anew_and_the_old_key_can_go(settings: Any) -> None:
    settings.SEAL_KEYS = OLD
    people = planted(3)
    settings.SEAL_KEYS = NEW | OLD
    assert opened() == people  # the old key still opens
    people += planted(1)
    assert resealing.keys_in_use() == {"new": 1, "old": 3}
    assert list(resealing.reseal()) == [3]
    assert resealing.keys_in_use() == {"new": 4, "old": 0}
    assert list(resealing.reseal()) == []
    settings.SEAL_KEYS = NEW
    assert opened() == people


def test_stopped_in_the_middle_it_goes_on_where_it_was(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    settings.SEAL_KEYS = OLD
    people = planted(5)
    settings.SEAL_KEYS = NEW | OLD
    assert list(islice(resealing.reseal(), 1)) == [2]  # and killed
    assert resealing.keys_in_use() == {"new": 2, "old": 3}
    assert opened() == people
    assert list(resealing.reseal()) == [2, 1]
    assert resealing.keys_in_use() == {"new": 5, "old": 0}
    assert opened() == people


def test_a_value_that_changed_meanwhile_is_left_alone(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEAL_KEYS = OLD
    (pk, phone), other = planted(2)
    settings.SEAL_KEYS = NEW | OLD
    found = resealing._stale

    def late(column: resealing.SealedColumn, after: int) -> list[tuple[int, str]]:
        rows = found(column, after)
        if rows and column.table == "people_person":
            with connection.cursor() as cursor:  # somebody writes between the read and the write
                cursor.execute("UPDATE people_person SET phone = '' WHERE id = %s", [pk])
        return rows

    monkeypatch.setattr(resealing, "_stale", late)
    assert list(resealing.reseal()) == [1]
    assert raw(pk) == ""
    assert phone
    assert opened()[1] == other


def test_without_the_old_key_it_stops_and_loses_nothing(settings: Any) -> None:
    settings.SEAL_KEYS = OLD
    (pk, _phone), *_ = planted(1)
    before = raw(pk)
    settings.SEAL_KEYS = NEW
    with pytest.raises(SealBroken):
        list(resealing.reseal())
    assert raw(pk) == before


def test_sealed_columns_are_found_by_themselves() -> None:
    found = {(one.table, one.column) for one in resealing.sealed_columns()}
    assert found >= {
        ("people_person", "email"), ("people_person", "phone"), ("trade_address", "body"),
        ("trade_invoicerequest", "body"), ("trade_order", "address"),
    }  # fmt: skip
