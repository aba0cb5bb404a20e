"""After a case: re-opened once, rated once, appealed once; and every shop held against the targets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, transaction

from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.trade import facade, jobs
from grapevine.trade.actions import aftersales, afterwards, appealing
from grapevine.trade.aftersales import (
    AppealNotFound,
    CaseNotFound,
    IllegalCaseMove,
    NoAppeal,
    NotSoMany,
    OwnRuling,
    RatedAlready,
)
from grapevine.trade.models import Assessment, Case, CaseAppeal, Line, SettlementLine
from grapevine.trade.queries import assessing
from grapevine.trade.queries.aftersales import abuse_of
from grapevine.trade.queries.aftersales_open import open_figures
from grapevine.trade.tests.cast import Cast, api, gather, paid, send, sign_up
from grapevine.trade.tests.test_aftersales_pages import clerk, operator, page
from tests import invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def later() -> Iterator[Any]:
    """`later(days=2)` moves the clock for the rest of the test."""
    moved = [timedelta()]
    real = clock.now
    with mock.patch.object(clock, "now", side_effect=lambda: real() + moved[0]):
        yield lambda **by: moved.__setitem__(0, moved[0] + timedelta(**by))


def asked(cast: Cast, kind: str = "shortage", reason: str = "missing", line: Any = None) -> Case:
    """A case about one piece of an order of its own that was received."""
    line = line or cast.cup
    number = paid(cast, (line, 1)).order_numbers[0]
    staff = cast.bob if line.shop_id == cast.bobs.id else cast.carol
    facade.ship_order(
        shop_id=line.shop_id, number=number, carrier="顺丰", tracking="SF1001", actor_id=staff
    )
    facade.receive_order(buyer_id=cast.alice, number=number)
    pieces = {Line.objects.get(order__number=number).pk: 1}
    return aftersales.open_case(
        buyer_id=cast.alice, order_number=number, kind=kind, reason=reason, pieces=pieces
    )


def rejected(cast: Cast, case: Case, by: int | None = None) -> None:
    aftersales.reject_case(
        shop_id=cast.bobs.id, number=case.number, actor_id=by or cast.bob, reason="称重是足的"
    )


def ruled(cast: Cast, case: Case, operator_id: int, *, for_buyer: bool = True, **more: Any) -> None:
    rejected(cast, case)
    aftersales.escalate_case(buyer_id=cast.alice, number=case.number, words="真的少了")
    aftersales.rule_case(
        number=case.number, operator_id=operator_id, for_buyer=for_buyer, reason="证据如此", **more
    )


def settle_money() -> None:
    for _ in range(3):
        jobs.send_refunds()
    jobs.end_refunded()


def test_a_case_is_reopened_once_and_soon(cast: Cast, later: Any) -> None:
    case = asked(cast)
    rejected(cast, case)
    with pytest.raises(IllegalCaseMove):
        afterwards.reopen_case(buyer_id=cast.alice, number=case.number, words="还没完")
    later(days=8)
    jobs.run_timers()
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "rejected")
    later(days=6)
    with pytest.raises(CaseNotFound):
        afterwards.reopen_case(buyer_id=cast.eve, number=case.number, words="我来看看")
    with pytest.raises(BadInput):
        afterwards.reopen_case(buyer_id=cast.alice, number=case.number, words=" ")
    afterwards.reopen_case(buyer_id=cast.alice, number=case.number, words="还是少一只")
    case.refresh_from_db()
    assert (case.state, case.outcome, case.ended_at) == ("requested", "", None)
    rejected(cast, case)
    later(days=8)
    jobs.run_timers()
    with pytest.raises(IllegalCaseMove):
        afterwards.reopen_case(buyer_id=cast.alice, number=case.number, words="再来一次")
    case.refresh_from_db()
    assert (case.state, case.reopened_at is not None) == ("closed", True)
    assert invariants.broken(at_rest=False) == []


def test_what_is_over_is_not_reopened(cast: Cast, later: Any) -> None:
    """Refunded, cancelled, ruled upon, asked about elsewhere meanwhile, too long ago."""
    refunded, taken_back, lost, twice, old = (asked(cast) for _ in range(5))
    aftersales.approve_case(shop_id=cast.bobs.id, number=refunded.number, actor_id=cast.bob)
    settle_money()
    aftersales.cancel_case(buyer_id=cast.alice, number=taken_back.number)
    ruled(cast, lost, operator(cast), for_buyer=False)
    rejected(cast, twice)
    rejected(cast, old)
    later(days=7, minutes=1)
    jobs.run_timers()
    for case in (refunded, taken_back, lost):
        with pytest.raises(IllegalCaseMove):
            afterwards.reopen_case(buyer_id=cast.alice, number=case.number, words="还想说")
    facade.refund_order(number=twice.order.number, reason="算了", actor="shop", actor_id=cast.bob)
    with pytest.raises((IllegalCaseMove, NotSoMany)):
        afterwards.reopen_case(buyer_id=cast.alice, number=twice.number, words="还想说")
    later(days=7)
    with pytest.raises(IllegalCaseMove):
        afterwards.reopen_case(buyer_id=cast.alice, number=old.number, words="还想说")


def test_pieces_that_went_back_meanwhile_are_not_asked_about_again(cast: Cast, later: Any) -> None:
    number = paid(cast, (cast.cup, 1), (cast.vase, 1)).order_numbers[0]
    facade.ship_order(
        shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234", actor_id=cast.bob
    )
    facade.receive_order(buyer_id=cast.alice, number=number)
    cup = Line.objects.get(order__number=number, sku_id=cast.cup.sku_id).pk
    case = aftersales.open_case(
        buyer_id=cast.alice, order_number=number, kind="shortage", reason="missing", pieces={cup: 1}
    )
    rejected(cast, case)
    later(days=7, minutes=1)
    jobs.run_timers()
    facade.refund_pieces(number=number, pieces={cup: 1}, reason="", case_id=1)
    with pytest.raises(NotSoMany):
        afterwards.reopen_case(buyer_id=cast.alice, number=case.number, words="还想说")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "rejected")


def test_the_handling_is_rated_once_after_the_end(cast: Cast) -> None:
    case = asked(cast)
    with pytest.raises(IllegalCaseMove):
        afterwards.rate_case(buyer_id=cast.alice, number=case.number, stars=5)
    aftersales.approve_case(shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob)
    settle_money()
    for stars in (0, 6):
        with pytest.raises(BadInput):
            afterwards.rate_case(buyer_id=cast.alice, number=case.number, stars=stars)
    with pytest.raises(CaseNotFound):
        afterwards.rate_case(buyer_id=cast.eve, number=case.number, stars=0)
    answer = page(cast.alice).post(f"/after-sales/{case.number}/satisfaction/", {"stars": "4"})
    assert answer.status_code == 303
    with pytest.raises(RatedAlready):
        afterwards.rate_case(buyer_id=cast.alice, number=case.number, stars=1)
    assert open_figures(cast.bobs.id).stars_hundredths == 400
    shown = send(api(cast.alice), "GET", f"/after-sales/{case.number}").json()
    assert (shown["stars"], shown["appeal"]) == (4, None)


def test_a_right_appeal_is_paid_by_the_platform_and_the_buyer_keeps_the_money(
    cast: Cast, settings: Any
) -> None:
    settings.PLATFORM_FEE_BPS = 500
    carol, dora = operator(cast), sign_up("Dora")
    case = asked(cast)
    ruled(cast, case, carol)
    settle_money()
    case.refresh_from_db()
    assert (case.state, case.ruled_for, case.ruled_by) == ("done", "buyer", carol)
    with pytest.raises(BadInput):
        appealing.appeal_ruling(
            shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, words="不服"
        )
    with pytest.raises(CaseNotFound):
        appealing.appeal_ruling(
            shop_id=cast.carols.id,
            number=case.number,
            actor_id=cast.carol,
            words="不是我的店也说一句",
        )
    appeal: dict[str, Any] = {"shop_id": cast.bobs.id, "number": case.number, "actor_id": cast.bob}
    appealing.appeal_ruling(**appeal, words="出库录像里三只都在，称重一致")
    with pytest.raises(NoAppeal):
        appealing.appeal_ruling(**appeal, words="再补充一点：还有快递的重量")
    with pytest.raises(OwnRuling):
        appealing.decide_appeal(
            number=case.number, operator_id=carol, is_right=True, answer="我看没错"
        )
    assert CaseAppeal.objects.get().state == "waiting"
    net = 6900 - 6900 * 500 // 10_000
    assert (
        appealing.decide_appeal(
            number=case.number, operator_id=dora, is_right=True, answer="录像清楚"
        )
        == net
    )
    with pytest.raises(AppealNotFound):
        appealing.decide_appeal(
            number=case.number, operator_id=dora, is_right=False, answer="再看一次"
        )
    case.refresh_from_db()
    assert (case.state, case.outcome, case.ruled_for) == ("done", "refunded", "shop")
    assert ledger.balance(Account("platform", "goodwill")) == -net
    assert ledger.balance(Account(f"shop:{cast.bobs.id}", "payable")) == net
    assert list(SettlementLine.objects.values_list("kind", "net_minor")) == [("appeal", net)]
    invariants.assert_whole(at_rest=False)
    conduct = facade.shop_conduct(clock.now() - timedelta(days=1), clock.now())
    assert conduct[cast.bobs.id].disputed == 0, "a ruling that was wrong is not held against it"
    jobs.make_batches()
    assert ledger.balance(Account(f"shop:{cast.bobs.id}", "balance")) == net
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        CaseAppeal.objects.filter(case=case).update(state="maybe")


def test_an_appeal_that_is_wrong_too_late_or_about_nothing(cast: Cast, later: Any) -> None:
    carol, dora = operator(cast), sign_up("Dora")
    wrong, late, mine, unsent = (asked(cast) for _ in range(4))
    ruled(cast, wrong, carol)
    ruled(cast, late, carol)
    ruled(cast, mine, carol, for_buyer=False)
    ruled(cast, unsent, carol, needs_return=True)
    words = "出库录像里都在，称重一致"

    def appeal(case: Case) -> None:
        appealing.appeal_ruling(
            shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, words=words
        )

    with pytest.raises(NoAppeal):
        appeal(mine)
    appeal(wrong)
    appeal(unsent)
    decide: dict[str, Any] = {"operator_id": dora, "answer": "看过双方的证据"}
    assert appealing.decide_appeal(number=wrong.number, is_right=False, **decide) == 0
    assert appealing.decide_appeal(number=unsent.number, is_right=True, **decide) == 0
    states = dict(Case.objects.values_list("pk", "state"))
    assert (states[unsent.pk], Case.objects.get(pk=unsent.pk).outcome) == ("closed", "rejected")
    assert Case.objects.get(pk=wrong.pk).ruled_for == "buyer"
    assert SettlementLine.objects.count() == 0
    conduct = facade.shop_conduct(clock.now() - timedelta(days=1), clock.now())
    assert conduct[cast.bobs.id].disputed == 2, "the two rulings for the buyer that stand"
    later(days=8)
    with pytest.raises(NoAppeal):
        appeal(late)


def test_a_shop_sees_a_buyers_score_for_its_appeal_alone_and_of_itself_alone(cast: Cast) -> None:
    carol = operator(cast)
    for _ in range(3):
        asked(cast, line=cast.tea)
    case = asked(cast)
    bob, there = api(cast.bob), f"/shops/bobs/after-sales/{case.number}"
    desk = f"/console/bobs/after-sales/{case.number}/"
    assert "buyer_score" not in send(bob, "GET", there).json()
    assert "买家的售后记录" not in page(cast.bob).get(desk).content.decode()
    ruled(cast, case, carol)
    score = send(bob, "GET", there).json()["buyer_score"]
    assert [(one["count"], one["of"]) for one in score["parts"]] == [(1, 1), (0, 1), (0, 1)]
    assert score["level"] == "none"
    shown = page(cast.bob).get(desk).content.decode()
    assert "只算在本店的" in shown
    assert "1 / 1" in shown
    assert "4 / 4" not in shown
    whole = send(api(carol), "GET", f"/disputes/{case.number}").json()["buyer_score"]
    assert (whole["points"], whole["level"]) == (abuse_of(cast.alice).points, "middle")
    assert "4 / 4" in page(carol).get(f"/operator/disputes/{case.number}/").content.decode()


def test_an_appeal_over_the_pages(cast: Cast) -> None:
    carol = operator(cast)
    case = asked(cast)
    ruled(cast, case, carol)
    bob, dora = page(cast.bob), sign_up("Dora")
    desk = f"/console/bobs/after-sales/{case.number}/"
    assert "可以申诉一次" in bob.get(desk).content.decode()
    assert bob.post(f"{desk}appeal/", {"words": "短"}).status_code == 422
    assert bob.post(f"{desk}appeal/", {"words": "出库录像里都在，称重一致"}).status_code == 303
    assert "申诉待处理" in bob.get(desk).content.decode()
    there = f"/operator/disputes/{case.number}/"
    assert case.number in page(carol).get("/operator/disputes/?state=appeals").content.decode()
    assert "由另一位运营处理" in page(carol).get(there).content.decode()
    body = {"verdict": "overturned", "answer": "录像清楚"}
    assert page(dora).post(f"{there}appeal/", body).status_code == 404
    get_user_model().objects.filter(pk=dora).update(is_operator=True)
    assert page(dora).post(f"{there}appeal/", {"verdict": "x"}).status_code == 422
    assert page(dora).post(f"{there}appeal/", body).status_code == 303
    shown = bob.get(desk).content.decode()
    assert "已改判" in shown
    assert "录像清楚" in shown
    assert "69.00" in shown


def agents(cast: Cast) -> dict[str, Any]:
    found = {one.name: one for one in assessing.agent_performance(cast.bobs.id, 30)}
    return {name: one.figures for name, one in found.items()}


def test_figures_of_each_agent_match_the_rows(cast: Cast, later: Any) -> None:
    """Bob answers two cases after 2 and 30 hours, Eve one after 5; one nobody answers."""
    clerk(cast, "service")
    first, second, third, fourth = (asked(cast, line=cast.cup) for _ in range(4))
    later(hours=2)
    aftersales.approve_case(shop_id=cast.bobs.id, number=first.number, actor_id=cast.bob)
    settle_money()
    afterwards.rate_case(buyer_id=cast.alice, number=first.number, stars=5)
    later(hours=3)
    aftersales.say(
        case=Case.objects.get(pk=second.pk), author="shop", author_id=cast.eve, words="在查"
    )
    later(hours=25)
    rejected(cast, third)
    rejected(cast, second)
    later(days=8)
    jobs.run_timers()
    afterwards.reopen_case(buyer_id=cast.alice, number=second.number, words="还是不对")
    afterwards.rate_case(buyer_id=cast.alice, number=third.number, stars=2)
    found = agents(cast)
    bob, eve, nobody = found["Bob"], found["Eve"], found[""]
    assert (bob.cases, bob.answered, bob.answer_tenths, bob.answered_in_time) == (2, 2, 160, 1)
    assert (bob.ended, bob.ended_in_time, bob.reopened) == (2, 1, 0)
    assert (bob.rated, bob.stars_hundredths) == (2, 350)
    assert (eve.cases, eve.answer_tenths, eve.reopened, eve.reopened_bps) == (1, 50, 1, 10_000)
    assert (nobody.cases, nobody.answered, nobody.answer_due) == (1, 0, 1)
    whole = assessing.shop_performance(cast.bobs.id, 30)
    rows = list(Case.objects.filter(shop_id=cast.bobs.id))
    assert whole.figures.cases == len(rows) == 4
    waits = sorted(row.answered_at - row.opened_at for row in rows if row.answered_by)  # type: ignore[operator]
    assert whole.figures.answer_tenths == int(waits[1] / timedelta(minutes=6)) == 50
    assert whole.missed == ("reopened", "stars")
    since = clock.now() - timedelta(days=90)
    assert facade.aftersales_conduct(since, clock.now()) == {cast.bobs.id: (2, 1)}
    assert Case.objects.get(pk=fourth.pk).answered_by is None


def test_a_shop_that_misses_its_targets_is_told_once(cast: Cast, later: Any) -> None:
    case = asked(cast)
    assert jobs.assess_shops() == 1
    assert Assessment.objects.get().missed == []
    assert "项售后指标未达标" not in page(cast.bob).get("/console/bobs/").content.decode()
    later(hours=40)
    rejected(cast, case)
    assert jobs.assess_shops() == 1
    assert jobs.assess_shops() == 0
    row = Assessment.objects.latest("day")
    assert (row.missed, row.figures["answer_tenths"]) == (["answer"], 400)
    assert "项售后指标未达标" in page(cast.bob).get("/console/bobs/").content.decode()


def test_the_pages_of_the_assessment_filter_by_their_address(cast: Cast, later: Any) -> None:
    eve = clerk(cast, "service")
    mine, other = asked(cast), asked(cast)
    later(hours=30)
    aftersales.say(case=mine, author="shop", author_id=cast.bob, words="=1+1")
    aftersales.say(case=other, author="shop", author_id=eve, words="在查")
    there = "/console/bobs/after-sales/performance"
    shown = page(cast.bob).get(f"{there}/?days=7").content.decode()
    assert all(name in shown for name in ("全店", "Bob", "Eve", "首次响应"))
    only = page(cast.bob).get(f"{there}/?days=7&agent={eve}").content.decode()
    assert "全店" not in only
    own = page(eve).get(f"{there}/").content.decode()
    assert "Eve" in own
    assert "全店" not in own, "who may not see the shop's numbers sees their own"
    assert ">Bob<" not in own
    lines = page(cast.bob).get(f"{there}.csv?days=7").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["name", "全店", "Bob", "Eve"]
    assert lines[1] == "全店,2,2,30.0,0,0,–,0,0,–,answer"
    assert page(cast.carol).get(f"{there}/").status_code == 404
    carol = operator(cast)
    assert page(cast.bob).get("/operator/after-sales/").status_code == 404
    board = page(carol).get("/operator/after-sales/?days=7&missed=1").content.decode()
    assert "半日" in board
    assert page(carol).get("/operator/after-sales.csv").content.decode("utf-8-sig").count("\n") == 2
    got = send(api(cast.bob), "GET", "/shops/bobs/after-sales-performance?days=7").json()
    assert [one["name"] for one in got["rows"]] == ["全店", "Bob", "Eve"]
    assert got["targets"]["answer_hours"] == 24
    assert send(api(cast.bob), "GET", "/after-sales-assessments").status_code == 404


def test_three_closed_disputes_change_the_public_figures_the_same_day(cast: Cast) -> None:
    cases = [asked(cast) for _ in range(3)]
    before = open_figures(cast.bobs.id)
    assert (before.cases, before.ended, before.recent) == (3, 0, ())
    carol = operator(cast)
    for case, for_buyer in zip(cases, (True, True, False), strict=True):
        ruled(cast, case, carol, for_buyer=for_buyer)
    settle_money()
    after = open_figures(cast.bobs.id)
    today = clock.today_start().date()
    assert (after.ended, after.escalated) == (3, 3)
    assert [(one, n) for one, n, _ in after.outcomes if n] == [("refunded", 2), ("rejected", 1)]
    assert sorted(one.ruled_for for one in after.recent) == ["buyer", "buyer", "shop"]
    assert {one.ended_on for one in after.recent} == {today}
    for path in ("/shop/bobs/after-sales/", "/after-sales/figures/"):
        shown = page(None).get(path).content.decode()
        for case in cases:
            for secret in (
                case.number,
                case.order.number,
                "Alice",
                "13800138000",
                "科技路",
                "称重",
            ):
                assert secret not in shown
    assert after.answered_in_time_bps == 10_000
