"""Ratings from real rows, and certificates that show a badge only while valid."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from grapevine.care import facade
from grapevine.care.actions.rating import rate_shops
from grapevine.care.contracts import NewCertificate
from grapevine.care.models import Certificate
from grapevine.care.refusals import BadCertificate, CertificateNotFound
from grapevine.care.rules import rating as rules
from grapevine.care.tests.cast import (
    GOOD,
    Cast,
    arrived,
    browser,
    crowd,
    events,
    gather,
    job,
    later,
    paid,
    picture_file,
)
from grapevine.kit import clock, sql
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def factor(shop_id: int, name: str) -> tuple[int | None, int, int]:
    found = facade.rating_of(shop_id)
    assert found is not None
    one = next(own for own in found.factors if own.name == name)
    return one.points, one.cases, one.value


def busy(cast: Cast) -> None:
    """Both shops sent twelve orders within a day and have six reviews each."""
    buyers = crowd(12)
    for line in (cast.cup, cast.tea):
        numbers = arrived(line, buyers, hours=80)
        for buyer, number in list(zip(buyers, numbers, strict=True))[:6]:
            facade.write_review(buyer_id=buyer, number=number, position=1, opinion=GOOD)
    signals.drain()


def test_two_shops_that_differ_in_refund_speed_alone(cast: Cast) -> None:
    busy(cast)
    for line, hours in ((cast.cup, 0), (cast.tea, 100)):
        number = paid(cast.alice, line)
        trade.refund_order(number=number, reason="不要了", actor="shop")
        with later(hours=hours):
            job("trade.jobs.send_refunds")
    assert rate_shops() == 2
    assert factor(cast.bobs.id, "refund_speed") == (100, 1, 0)
    assert factor(cast.carols.id, "refund_speed") == (47, 1, 100)
    quick, slow = facade.rating_of(cast.bobs.id), facade.rating_of(cast.carols.id)
    assert quick is not None
    assert slow is not None
    same = [(a.name, a.points) for a in quick.factors if a.name != "refund_speed"]
    assert same == [(a.name, a.points) for a in slow.factors if a.name != "refund_speed"]
    assert (quick.points or 0) > (slow.points or 0)


def test_a_rating_is_computed_again_from_what_is_shown(cast: Cast) -> None:
    busy(cast)
    assert rate_shops() == 2
    assert rate_shops() == 0
    found = facade.rating_of(cast.bobs.id)
    assert found is not None
    assert factor(cast.bobs.id, "ship_time") == (100, 12, 24)
    assert factor(cast.bobs.id, "refund_rate") == (100, 12, 0)
    assert factor(cast.bobs.id, "reviews") == (58, 6, 6891)
    assert factor(cast.bobs.id, "violations") == (100, 0, 0)
    assert factor(cast.bobs.id, "inspections")[0] is None
    whole = sum(one.points * one.weight for one in found.factors if one.points is not None)
    weight = sum(one.weight for one in found.factors if one.points is not None)
    assert found.points == (2 * whole + weight) // (2 * weight) == rules.overall(found.factors)
    assert found.level == rules.level_of(found.points)
    assert facade.levels_of([cast.bobs.id, 999]) == {cast.bobs.id: found.level}
    for path in ("/shop/bobs/credit/", "/shop/bobs/", "/rules/rating/"):
        assert browser(None).get(path).status_code == 200
    page = browser(None).get("/shop/bobs/credit/").content.decode()
    assert f"{found.points} 分" in page
    assert "怎样提高" in browser(cast.bob).get("/console/bobs/rating/").content.decode()


def test_days_are_dated_and_never_changed(cast: Cast) -> None:
    busy(cast)
    rate_shops()
    buyers = crowd(8, name="later")
    for buyer, number in zip(buyers, arrived(cast.cup, buyers, state="refunded"), strict=True):
        assert trade.order_for(buyer, number).state == "refunded"
    with later(days=1):
        assert rate_shops() == 2
        history = facade.rating_history(cast.bobs.id)
    assert [one.day for one in history] == [
        clock.today_start().date() + timedelta(days=1), clock.today_start().date(),
    ]  # fmt: skip
    assert (history[0].points or 0) < (history[1].points or 0)
    assert len(events("care.shop_rated")) >= 2
    for change in ("UPDATE care_ratingday SET points = 100", "DELETE FROM care_ratingday"):
        with pytest.raises(DatabaseError, match="reviews are kept"), transaction.atomic():
            sql.changed(change)


def test_a_new_shop_has_no_level(cast: Cast) -> None:
    assert rate_shops() == 2
    found = facade.rating_of(cast.bobs.id)
    assert found is not None
    assert (found.points, found.level) == (None, "")
    assert browser(None).get("/shop/bobs/credit/").status_code == 200
    assert browser(cast.bob).get("/console/bobs/rating/").status_code == 200


def certificate(cast: Cast, *, since: int = -10, until: int = 10) -> str:
    today = clock.today_start().date()
    new = NewCertificate(
        "有机产品认证", "中国质量认证中心", "CQC-1", today + timedelta(days=since), today + timedelta(days=until)
    )  # fmt: skip
    return facade.hand_in_certificate(
        shop_id=cast.bobs.id, new=new, file=picture_file(), actor_id=cast.bob
    )


def badges(cast: Cast) -> list[str]:
    return [one.public_id for one in facade.badges_of(cast.bobs.id)]


def test_a_badge_shows_only_while_it_is_valid(cast: Cast) -> None:
    public_id = certificate(cast)
    assert badges(cast) == []
    facade.decide_certificate(operator_id=cast.dora, public_id=public_id, is_genuine=True)
    assert badges(cast) == [public_id]
    assert "有机产品认证" in browser(None).get("/shop/bobs/").content.decode()
    with later(days=11):
        assert badges(cast) == []
        assert "有机产品认证" not in browser(None).get("/shop/bobs/").content.decode()
    early = certificate(cast, since=2)
    facade.decide_certificate(operator_id=cast.dora, public_id=early, is_genuine=True)
    assert badges(cast) == [public_id]
    facade.withdraw_certificate(operator_id=cast.dora, public_id=public_id, reason="被注销")
    assert badges(cast) == []
    with pytest.raises(CertificateNotFound):
        facade.decide_certificate(operator_id=cast.dora, public_id=public_id, is_genuine=True)


def test_certificates_are_handed_in_and_checked_by_those_who_may(cast: Cast) -> None:
    sent = {
        "name": "质检报告", "issuer": "质检院", "number": "1", "valid_from": "2026-01-01",
        "valid_until": "2030-01-01", "file": picture_file(),
    }  # fmt: skip
    for who in (cast.alice, cast.carol):
        assert browser(who).post("/console/bobs/certificates/", sent).status_code == 404
    wrong = browser(cast.bob).post(
        "/console/bobs/certificates/", {"name": "质检报告", "valid_from": "昨天"}
    )
    assert wrong.status_code == 422
    assert "写清楚起止日期" in wrong.content.decode()
    assert (
        browser(cast.bob)
        .post("/console/bobs/certificates/", sent | {"file": picture_file()})
        .status_code
        == 303
    )
    public_id = Certificate.objects.get().public_id
    path = f"/operator/certificates/{public_id}/decision/"
    assert browser(cast.bob).post(path, {"act": "approve"}).status_code == 404
    dora = browser(cast.dora)
    assert "质检报告" in dora.get("/operator/certificates/").content.decode()
    with pytest.raises(BadCertificate):
        facade.decide_certificate(operator_id=cast.dora, public_id=public_id, is_genuine=False)
    assert dora.post(path, {"act": "approve"}).status_code == 303
    assert badges(cast) == [public_id]
    assert dora.post(path, {"act": "withdraw", "reason": "伪造"}).status_code == 303
    assert badges(cast) == []
