"""A paper that takes the place of another: only once it is approved, and then wholly."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from grapevine.goods import facade as goods, jobs
from grapevine.goods.models import Document
from grapevine.goods.onboarding import AlreadyDecided, DocumentView, Reason, RuleView
from grapevine.goods.rules.onboarding import replaces
from grapevine.goods.tests.opening_cast import (
    COMPANY,
    apply,
    approved_company,
    draft,
    is_on_sale,
    news_named,
    paper,
    shelve,
    sign_up,
)
from grapevine.goods.tests.test_opening_pages import as_person, operator_client
from grapevine.kit import clock

DAY = timedelta(days=1)
db = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewing(settings: Any) -> None:
    settings.SHOP_REVIEW = "companies"


@pytest.mark.parametrize(
    ("later", "earlier", "does"),
    [
        (("licence", "", "A"), ("licence", "", "B"), True),
        (("licence", "", ""), ("identity", "", ""), False),
        (("permit", "food", "A"), ("permit", "food", "B"), True),
        (("permit", "food", ""), ("permit", "alcohol", ""), False),
        (("permit", "cosmetics", "A"), ("permit", "cosmetics", "A"), True),
        (("permit", "cosmetics", "A"), ("permit", "cosmetics", "B"), False),
        (("report", "test_report", ""), ("report", "test_report", ""), False),
    ],
)
def test_one_of_the_same_kind_replaces_and_of_products_the_same_number(
    later: tuple[str, str, str], earlier: tuple[str, str, str], does: bool
) -> None:
    assert replaces(later, earlier) is does


def permit(shop: Any, days: int) -> DocumentView:
    return goods.add_document(
        shop_id=shop.id, person_id=shop.owner_id, kind="permit", permit="food", file=paper(),
        number=f"JY{days}", until=(timezone.localdate() + days * DAY).isoformat(),
    )  # fmt: skip


def states(shop: Any) -> list[tuple[str, str]]:
    """Of food permits, the oldest first: number and state."""
    rows = Document.objects.filter(shop_id=shop.id, permit="food").order_by("id")
    return list(rows.values_list("number", "state"))


@db
def test_a_renewal_counts_when_it_is_approved_and_the_old_one_until_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    carol = sign_up("Carol")
    shop = approved_company(sign_up("Bob"), carol)
    goods.set_rule(rule=RuleView("茶", permits=("food",)), operator_id=carol)
    old = permit(shop, 40)
    goods.decide_document(public_id=old.public_id, operator_id=carol, is_accepted=True)
    tea = shelve(shop)
    refused, stale, new = permit(shop, 100), permit(shop, 300), permit(shop, 400)
    goods.decide_document(
        public_id=refused.public_id, operator_id=carol, is_accepted=False, reason="unreadable"
    )
    assert is_on_sale(tea)
    before = [("JY40", "accepted"), ("JY100", "refused"), ("JY300", "given"), ("JY400", "given")]
    assert states(shop) == before
    goods.decide_document(public_id=new.public_id, operator_id=carol, is_accepted=True)
    assert states(shop) == [
        ("JY40", "replaced"), ("JY100", "refused"), ("JY300", "replaced"), ("JY400", "accepted"),
    ]  # fmt: skip
    with pytest.raises(AlreadyDecided):
        goods.decide_document(public_id=stale.public_id, operator_id=carol, is_accepted=True)
    found = goods.application_of(shop.id)
    assert found is not None
    shown = {one.number: (one.state, one.replaced_by) for one in found.documents if one.number}
    assert shown == {
        "JY400": ("accepted", ""), "JY100": ("refused", ""), "JY300": ("replaced", new.public_id), "JY40": ("replaced", new.public_id),
    }  # fmt: skip
    start = timezone.now()
    for days, told in ((12, 0), (39, 0), (41, 0), (371, 1), (399, 1), (401, 1)):
        monkeypatch.setattr(clock, "now", lambda at=start + days * DAY: at)
        assert jobs.watch_documents() == told, days
        assert is_on_sale(tea) is (days <= 400)
    last = news_named("goods.document_runs_out").order_by("id")
    assert {event.payload["document"] for event in last} == {new.public_id}


@db
def test_what_was_handed_in_anew_for_a_second_round_is_what_was_approved() -> None:
    bob, carol = sign_up("Bob"), sign_up("Carol")
    shop = draft(bob)
    one = apply(shop, COMPANY)
    goods.decide_application(
        public_id=one.public_id, operator_id=carol, outcome="more",
        reasons=[Reason("licence", "unreadable")],
    )  # fmt: skip
    fresh = goods.add_document(shop_id=shop.id, person_id=bob, kind="licence", file=paper("clear"))
    for _ in "12":
        goods.add_document(
            shop_id=shop.id, person_id=bob, kind="report", permit="test_report", file=paper()
        )
    goods.submit_application(shop_id=shop.id, person_id=bob)
    goods.decide_application(public_id=one.public_id, operator_id=carol, outcome="approved")
    rows = Document.objects.order_by("id").values_list("kind", "state", "replaced_by__public_id")
    assert list(rows) == [
        ("licence", "replaced", fresh.public_id), ("identity", "accepted", None),
        ("licence", "accepted", None), ("report", "accepted", None), ("report", "accepted", None),
    ]  # fmt: skip


@db
def test_a_refused_paper_says_why_to_whoever_handed_it_in() -> None:
    bob, (carol, operator) = sign_up("Bob"), operator_client()
    shop = approved_company(bob, carol)
    one = permit(shop, 40)
    decision = f"/operator/documents/{one.public_id}/decision/"
    refusals: tuple[tuple[dict[str, str], str], ...] = (
        ({}, "选一个驳回的原因"), ({"reason": "nosuch"}, "选一个驳回的原因"), ({"reason": "other"}, "写清楚原因"),
    )  # fmt: skip
    for wrong, words in refusals:
        answer = operator.post(decision, {"on": "0", **wrong}, follow=True)
        assert words in answer.content.decode()
        assert states(shop) == [("JY40", "given")]
    assert not news_named("goods.document_refused").exists()
    operator.post(decision, {"on": "0", "reason": "unreadable", "note": "右下角反光 "})
    assert states(shop) == [("JY40", "refused")]
    (event,) = news_named("goods.document_refused")
    said = {name: event.payload[name] for name in ("document", "title", "why", "note")}
    assert said == {
        "document": one.public_id, "title": "食品经营许可证", "why": "看不清", "note": "右下角反光",
    }  # fmt: skip
    page = as_person(bob).get("/console/tea-house/application/").content.decode()
    assert "看不清 · 右下角反光" in page
    assert "改好再传一份" in page


@db
def test_the_page_shows_the_replaced_one_last_and_as_replaced() -> None:
    bob, (carol, operator) = sign_up("Bob"), operator_client()
    shop = approved_company(bob, carol)
    for days in (40, 400):
        one = permit(shop, days)
        queue = operator.get("/operator/shops/applications/").content.decode()
        assert f"/operator/documents/{one.public_id}/decision/" in queue
        operator.post(f"/operator/documents/{one.public_id}/decision/", {"on": "1"})
    page = as_person(bob).get("/console/tea-house/application/")
    assert [(one.number, said) for name, said, _why, one in page.context["papers"] if one.number] == [
        ("JY400", "有效"), ("JY40", "已换新"),
    ]  # fmt: skip
    assert page.content.decode().count("已换新") == 1
