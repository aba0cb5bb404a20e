"""What happens is told once, to exactly those whom it concerns, and read in the reader's own language."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.utils import translation

from grapevine.campaigns.contracts import GroupExpired, GroupFilled, SeatLost
from grapevine.campaigns.tests import cast as groups
from grapevine.care.contracts import (
    ReviewHiddenByLaw,
    ReviewReplied,
    ReviewsFlagged,
    ReviewWritten,
    ShopRated,
)
from grapevine.cases.contracts import JuryOpened
from grapevine.front import telling
from grapevine.gateway.contracts import WebhookSwitchedOff
from grapevine.goods import facade as goods
from grapevine.goods.contracts import (
    DocumentRefused,
    DocumentRunsOut,
    GoodsFailedInspection,
    NewSku,
    Right,
    Role,
    SalesResumed,
    SalesWithheld,
    ShopApproved,
    ShopSentBack,
)
from grapevine.kit import clock, sql
from grapevine.people import facade as people
from grapevine.people.contracts import PersonFollowed
from grapevine.reach import actions, calling, gathering, handlers, jobs, mailing, queries
from grapevine.reach.contracts import MAIL, OFF, NoticeNotFound
from grapevine.reach.models import Notice
from grapevine.reach.rules.kinds import KINDS
from grapevine.scene.contracts import NoteCommented
from grapevine.signals import facade as signals
from grapevine.spread.contracts import CommissionReleased
from grapevine.trade.contracts import (
    AfterSalesMoved,
    AppealDecided,
    BoughtGoodsFailed,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    ParcelAlarm,
    PiecesRefunded,
    TargetsMissed,
    WithdrawalMoved,
)

pytestmark = pytest.mark.django_db
AT = "2026-11-20T08:00:00+00:00"


@dataclass(frozen=True)
class World:
    own: groups.Cast
    staff: dict[str, int]

    def told(self) -> dict[str, set[str]]:
        """Kind → who was told of it, by name; each once, or it fails."""
        names = {pk: name for name, pk in self.staff.items()}
        names |= {getattr(self.own, one): one for one in ("alice", "carol", "dan", "eve")}
        found: dict[str, set[str]] = {}
        for row in Notice.objects.order_by("id"):
            assert names[row.person_id] not in found.setdefault(row.kind, set()), row.key
            found[row.kind].add(names[row.person_id])
        return found


@pytest.fixture
def world() -> World:
    """Bob's shop with one of each role; Alice buys."""
    own = groups.gather(stock=3)
    staff = {"owner": own.bob}
    for role in (Role.MANAGER, Role.CLERK, Role.SERVICE, Role.FINANCE):
        staff[role] = groups.sign_up(role.title())
        join(own.shop.id, staff[role], role)
    signals.drain()
    Notice.objects.all().delete()
    return World(own, staff)


def join(shop_id: int, person_id: int, role: str) -> None:
    """As a member of a shop's staff, by the page's own doors."""
    slug, handle = "halfday", people.cards([person_id])[person_id].handle
    owner = groups.browser(goods.shops([shop_id])[shop_id].owner_id)
    owner.post(f"/console/{slug}/staff/", {"handle": handle, "role": role})
    rows = sql.rows("SELECT public_id FROM goods_staffinvite WHERE person_id = %s", [person_id])
    groups.browser(person_id).post(f"/invitations/{rows[0][0]}/", {"answer": "accept"})


def happen(*events: Any) -> None:
    """Each is delivered to us twice, as it comes out of the outbox; others of the house do not hear of it."""
    hears = dict(handlers.HANDLERS) | {
        WebhookSwitchedOff: telling.on_webhook_switched_off, JuryOpened: telling.on_jury_opened,
    }  # fmt: skip
    for _ in "12":
        for event in events:
            handler: Any = hears[type(event)]
            handler(type(event)(**json.loads(json.dumps(event.payload()))))


OWNER, MANAGER, CLERK, SERVICE, FINANCE = "owner", "manager", "clerk", "service", "finance"


def test_every_kind_is_told_once_to_exactly_those_who_may_know(world: World) -> None:
    own, shop = world.own, world.own.shop.id
    alice, cup = own.alice, own.cup
    happen(
        ParcelAlarm("late", "A1", alice, shop, "", AT),
        AfterSalesMoved("C1", "A1", alice, shop, "refund", "requested", AT),
        AfterSalesMoved("C1", "A1", alice, shop, "refund", "rejected", AT),
        AfterSalesMoved("C1", "A1", alice, shop, "refund", "done", AT),
        AppealDecided("C1", shop, "overturned", 7900, "CNY", AT),
        TargetsMissed(shop, ["first"], AT),
        goods.PickEnded(shop, own.bob, cup.id, cup.public_id, "dropped", AT),
        goods.PickEnded(shop, own.bob, cup.id, cup.public_id, "raised", AT),
        JuryOpened("j1", [alice], AT, AT),
        ReviewWritten(alice, shop, cup.id, "r1", 4, AT),
        ReviewsFlagged(shop, "f1", "words", 6, AT),
        ShopRated(shop, "A", "B", AT),
        OrderPaid("A1", alice, shop, [cup.id], 1, 7900, "CNY", {}, "", AT),
        goods.GoodsJudged(shop, own.bob, cup.id, "rejected", False, AT),
        GoodsFailedInspection(shop, own.bob, cup.id, cup.public_id, cup.title, "铅超标", AT),
        SalesWithheld(shop, own.bob, 0, "suspended", "假货", AT),
        ShopApproved(shop, own.bob, "business", AT),
        DocumentRunsOut(shop, own.bob, "d1", "licence", "", 7, AT),
        DocumentRefused(shop, own.bob, "d2", "营业执照", "看不清", "角上反光", AT),
        GroupExpired(alice, shop, "gone", "", AT),
        SeatLost(alice, shop, "gone", "A1", AT),
        WithdrawalMoved("W1", shop, None, "done", 12300, "CNY", AT),
        WithdrawalMoved("W2", None, alice, "done", 4500, "CNY", AT),
        WebhookSwitchedOff(shop, "w1", "failing", AT),
        OrderShipped("A1", alice, shop, "", AT),
        OrderRefunded("A1", alice, shop, 7900, "", AT),
        BoughtGoodsFailed(alice, "A1", shop, cup.id, cup.public_id, cup.title, "铅超标", AT),
        ReviewReplied(alice, shop, cup.id, "r1", AT),
        ReviewHiddenByLaw(alice, shop, "r1", "民法典第一千零二十四条", AT),
        CommissionReleased(alice, shop, "A1", 300, AT, "invited"),
        NoteCommented(own.carol, "n1", 1, alice, at=AT),
        NoteCommented(alice, "n1", 1, alice, at=AT),
        PersonFollowed(own.dan, alice, AT),
        signals.ExperimentStopped("t1", shop, "group.size", "少一个人", "guardrail:refunds", AT),
        signals.ExperimentStopped("t2", shop, "group.size", "少一个人", "看够了", AT),
        signals.ExperimentStopped("t3", None, "shop.slot", "位置", "guardrail:hides", AT),
    )
    calling.call_fans(shop_id=shop, key="a1", person_ids=[alice], actor_id=own.bob)
    leads, buyer = {OWNER, MANAGER}, {"alice"}
    assert world.told() == {
        "parcel_alarm": leads | {CLERK},
        "order_paid": leads | {CLERK},
        "case_to_answer": leads | {SERVICE},
        "appeal_decided": leads | {SERVICE},
        "targets_missed": leads | {SERVICE},
        "pick_ended": leads | {CLERK},
        "jury_seat": buyer,
        "review_written": leads | {SERVICE},
        "reviews_flagged": leads | {SERVICE},
        "shop_rated": leads | {SERVICE},
        "low_stock": leads | {CLERK},
        "goods_judged": leads | {CLERK},
        "goods_failed": leads | {CLERK},
        "sales_withheld": leads | {CLERK},
        "shop_group": leads,
        "trial_stopped": leads,
        "withdrawal": {OWNER, FINANCE},
        "shop_application": {OWNER},
        "document_runs_out": {OWNER},
        "document_refused": {OWNER},
        "webhook_off": leads,
        "order_shipped": buyer, "order_refunded": buyer, "goods_recalled": buyer,
        "case_moved": buyer, "group": buyer, "review_replied": buyer, "review_hidden": buyer,
        "shop_call": buyer, "commission": buyer, "own_withdrawal": buyer, "note_commented": buyer, "follower": buyer,
    }  # fmt: skip
    assert set(world.told()) == {
        name for name, kind in KINDS.items() if not kind.waits_for_yes and not kind.for_operators
    }  # here nobody is an operator
    assert not [row for row in Notice.objects.all() if "13800138000" in str(row.facts)]


def test_what_is_no_news_is_not_told(world: World) -> None:
    own, shop = world.own, world.own.shop.id
    happen(
        SalesWithheld(shop, own.bob, own.cup.id, "rejected", "", AT),
        ShopRated(shop, "A", "", AT),
        AfterSalesMoved("C1", "A1", own.alice, shop, "refund", "done", AT),
        goods.GoodsJudged(shop, own.bob, own.cup.id, "waiting", False, AT),
        OrderRefunded("A1", own.alice, shop, 0, "", AT),
    )
    assert world.told() == {}
    happen(
        PiecesRefunded("k1", "A1", own.alice, shop, 100, 0, 7900, "CNY", "", AT),
        PiecesRefunded("k2", "A1", own.alice, shop, 200, 100, 7900, "CNY", "", AT),
        SalesResumed(shop, own.bob, 0, "suspended", AT),
        ShopSentBack(shop, own.bob, "more", AT),
    )
    assert [row.facts["amount_minor"] for row in Notice.objects.filter(kind="order_refunded")] == [
        100, 200,
    ]  # fmt: skip


def test_goods_that_passed_are_said_to_be_on_sale_only_where_they_are(
    world: World, settings: Any
) -> None:
    own = world.own
    settings.SHOP_REVIEW = "all"
    fresh = goods.open_draft_shop(owner_id=own.bob, slug="fresh", name="新店", colour="#1d5a41")
    tea = goods.list_goods(
        shop_id=fresh.id, title="龙井", category="茶", body="", skus=[NewSku("", 900, 5)]
    )
    happen(goods.GoodsJudged(fresh.id, own.bob, tea.id, "passed", False, "1"))
    page = groups.browser(own.bob).get("/console/fresh/notices/").content.decode()
    assert "“龙井”审核通过，店铺通过审核后上架" in page
    assert "可以卖了" not in page
    happen(goods.GoodsJudged(own.shop.id, own.bob, own.cup.id, "passed", False, "2"))
    goods.suspend_shop(shop_id=own.shop.id, operator_id=own.carol, reason="假货")
    happen(goods.GoodsJudged(own.shop.id, own.bob, own.cup.id, "passed", False, "3"))
    rows = Notice.objects.filter(kind="goods_judged", person_id=own.bob).order_by("id")
    assert [row.facts["variant"] for row in rows] == ["with_shop", "passed", "held"]


def test_a_group_that_fills_is_told_to_its_members(world: World) -> None:
    own = world.own
    seats = [groups.opens(own, own.alice)]
    seats += [groups.joins(own, one, seats[0].group_public_id) for one in (own.carol, own.dan)]
    for person_id, seat in zip((own.alice, own.carol, own.dan), seats, strict=True):
        groups.pays(person_id, seat)
    singly = Notice.objects.filter(kind="order_paid")
    assert singly.filter(person_id=own.bob).count() == 3
    singly.delete()
    told = world.told()
    assert told["group"] == {"alice", "carol", "dan"}
    assert told["shop_group"] == {OWNER, MANAGER}
    happen(GroupFilled(own.alice, own.shop.id, seats[0].group_public_id, "", AT))
    assert world.told() == told


def test_an_inbox_shows_what_todays_role_may_see_and_nobody_elses(world: World) -> None:
    own, shop = world.own, world.own.shop.id
    happen(
        WithdrawalMoved("W1", shop, None, "done", 12300, "CNY", AT),
        ParcelAlarm("late", "A1", own.alice, shop, "", AT),
    )
    desk = "/console/halfday/notices/"
    finance = groups.browser(world.staff[FINANCE]).get(desk).content.decode()
    clerk = groups.browser(world.staff[CLERK]).get(desk).content.decode()
    assert "提现 ¥123 到账了" in finance
    assert "订单 A1" not in finance
    assert "提现 ¥" not in clerk
    assert "订单 A1 过了承诺的发货时间，还没发" in clerk
    # The same person as a clerk: what was told to them before is out of sight.
    handle = people.cards([world.staff[FINANCE]])[world.staff[FINANCE]].handle
    groups.browser(own.bob).post(f"/console/halfday/staff/{handle}/role/", {"role": "clerk"})
    assert "提现 ¥" not in groups.browser(world.staff[FINANCE]).get(desk).content.decode()
    assert groups.browser(own.eve).get(desk).status_code == 404
    theirs = Notice.objects.get(person_id=own.bob, kind="parcel_alarm").public_id
    with pytest.raises(NoticeNotFound):
        actions.mark_read(person_id=own.eve, public_id=theirs)
    assert groups.browser(own.eve).get(f"/notices/{theirs}/").status_code == 404


def test_reading_one_and_all(world: World) -> None:
    own = world.own
    happen(
        OrderShipped("A1", own.alice, own.shop.id, "", AT),
        PersonFollowed(own.dan, own.alice, AT),
        PersonFollowed(own.carol, own.alice, AT),
    )
    alice = groups.browser(own.alice)
    count = "/notices/count/"
    assert "3" in alice.get(count).content.decode()
    first = Notice.objects.get(person_id=own.alice, kind="order_shipped")
    gone = alice.get(f"/notices/{first.public_id}/")
    assert (gone.status_code, gone["Location"]) == (302, "/orders/A1/")
    assert queries.unread(own.alice, None) == 2
    shown = alice.get("/notices/?show=unread&topic=social").content.decode()
    assert "Carol 关注了你" in shown
    assert "Dan 关注了你" in shown
    assert "发货了" not in alice.get("/notices/?topic=social").content.decode()
    with translation.override("en"):
        assert queries.inbox(own.alice).items[0].text == "Carol follows you now"
    page = queries.inbox(own.alice, limit=2)
    rest = queries.inbox(own.alice, limit=2, cursor=page.next_cursor)
    assert (len(page.items), len(rest.items), rest.next_cursor) == (2, 1, None)
    alice.post("/notices/reading/")
    assert queries.unread(own.alice, None) == 0
    assert alice.get(count).content == b""
    lines = sql.rows(
        "SELECT count(*) FROM signals_livemessage WHERE channel = %s", [f"notices:{own.alice}"]
    )
    assert lines[0][0] == 5  # three told, one read, all read


def test_a_program_reads_and_chooses_as_the_pages_do(world: World) -> None:
    own = world.own
    happen(
        OrderShipped("A1", own.alice, own.shop.id, "", AT),
        PersonFollowed(own.dan, own.alice, AT),
    )
    assert actions.tell_shop(kind="webhook_off", key="1", shop_id=own.shop.id) == 2
    alice, bob = groups.browser(own.alice), groups.browser(own.bob)
    mine, count = "/api/v1/me/notices", "/api/v1/me/notices/count"
    page = alice.get(f"{mine}?limit=1").json()
    rest = alice.get(f"{mine}?cursor={page['next_cursor']}").json()
    found = [*page["items"], *rest["items"]]
    assert [(one["kind"], one["is_read"]) for one in found] == [("follower", False), ("order_shipped", False)]  # fmt: skip
    assert (found[0]["text"], rest["next_cursor"]) == ("Dan 关注了你", None)
    english = alice.get(f"{mine}?topic=social", headers={"Accept-Language": "en"}).json()["items"]
    assert [one["text"] for one in english] == ["Dan follows you now"]
    assert alice.get(count).json() == {"unread": 2}
    one = f"{mine}/{found[1]['public_id']}/reading"
    assert [who.put(one).status_code for who in (bob, alice, alice)] == [404, 204, 204]
    assert [row["kind"] for row in alice.get(f"{mine}?unread=true").json()["items"]] == ["follower"]
    assert alice.put(f"{mine}/reading").json() == {"read": 1}
    assert alice.get(count).json() == {"unread": 0}
    desk = "/api/v1/shops/halfday/notices"
    told = [row["kind"] for row in bob.get(desk).json()["items"]]
    assert (told, alice.get(desk).status_code) == (["webhook_off"], 404)
    assert bob.put(f"{desk}/reading").json() == {"read": 1}
    assert bob.get(f"{desk}?unread=true").json()["items"] == []
    choices = "/api/v1/me/notice-choices"
    ways = {row["kind"]: row["way"] for row in alice.get(choices).json()["items"]}
    assert ways["follower"] == "site"
    assert (ways["shop_news"], ways["shop_call"]) == ("off", "site")
    hints = {row["kind"]: row["hint"] for row in alice.get(choices).json()["items"] if row["hint"]}
    assert set(hints) == {"shop_news", "shop_call"}
    for hint in hints.values():
        assert f">{hint}</small>" in alice.get("/notices/settings/").content.decode()
    chosen = alice.patch(choices, {"ways": {"follower": "off", "x": "mail"}}, "application/json")
    now = {row["kind"]: row["way"] for row in chosen.json()["items"]}
    assert now == ways | {"follower": "off"}
    wrong = alice.patch(choices, {"ways": {"follower": "loud"}}, "application/json")
    assert wrong.status_code == 422
    happen(PersonFollowed(own.carol, own.alice, AT))
    assert alice.get(count).json() == {"unread": 0}


def test_off_is_off_and_mail_is_gathered(world: World, settings: Any) -> None:
    own, settings.EMAIL_HOST = world.own, "mail.example.com"
    alice = groups.browser(own.alice)
    alice.post("/notices/settings/", {"way-follower": OFF, "way-order_shipped": MAIL, "way-x": "y"})
    happen(
        PersonFollowed(own.dan, own.alice, AT),
        OrderShipped("A1", own.alice, own.shop.id, "", AT),
        OrderShipped("A2", own.alice, own.shop.id, "", AT),
        OrderRefunded("A2", own.alice, own.shop.id, 100, "", AT),
    )
    assert sorted(Notice.objects.values_list("kind", flat=True)) == [
        "order_refunded", "order_shipped", "order_shipped",
    ]  # fmt: skip
    assert mailing.send_letters() == 0
    now = clock.now() + timedelta(hours=25)
    with mock.patch.object(clock, "now", return_value=now):
        with mock.patch.object(mailing, "send_mail", side_effect=OSError):
            assert mailing.send_letters() == 0
        later = now + timedelta(hours=25)
        with mock.patch.object(clock, "now", return_value=later):
            assert (mailing.send_letters(), mailing.send_letters()) == (1, 0)
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.com"]
    assert letter.body.count("发货了") == 2
    assert "退款" not in letter.body
    settings.EMAIL_HOST = ""
    assert "站内和邮件" in alice.get("/notices/settings/").content.decode()
    assert mailing.send_letters() == 0


def test_old_notices_go_and_a_closed_account_leaves_none(world: World, settings: Any) -> None:
    own, settings.NOTICE_DAYS = world.own, 90
    happen(PersonFollowed(own.dan, own.alice, AT), PersonFollowed(own.alice, own.carol, AT))
    Notice.objects.filter(person_id=own.alice).update(at=clock.now() - timedelta(days=91))
    jobs.forget_old()
    assert list(Notice.objects.values_list("person_id", flat=True)) == [own.carol]
    groups.browser(own.alice).post("/settings/closure/", {"password": groups.PASSWORD})
    assert not Notice.objects.exists()


def test_many_orders_of_an_hour_are_told_singly_at_first_then_as_one_that_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, shop = world.own, world.own.shop.id
    desk = goods.shop_for_staff(own.bob, "halfday", Right.SHIPPING)

    def pay(*numbers: str, hour: str = "08") -> None:
        at = f"2026-11-20T{hour}:59:00+00:00"
        happen(
            *(
                OrderPaid(n, own.alice, shop, [own.cup.id], 2, 15800, "CNY", {}, "", at)
                for n in numbers
            )
        )

    def inbox() -> list[tuple[str, str, bool]]:
        page = queries.inbox(own.bob, desk, topic="trade")
        return [(one.text, one.url, one.is_read) for one in page.items]

    def single(number: str, *, is_read: bool = False) -> tuple[str, str, bool]:
        text = f"新订单 {number}：{own.cup.title}，共 2 件，付了 ¥158"
        return (text, f"/console/halfday/orders/{number}/", is_read)

    def rest(count: str, *, is_read: bool = False) -> tuple[str, str, bool]:
        text = f"这一小时还有 {count} 个新订单，去发货页看"
        return (text, "/console/halfday/shipping/", is_read)

    pay("A1", "A2", "A3")
    first = [single("A3"), single("A2"), single("A1")]
    assert inbox() == first
    pay("A4")
    assert inbox() == [rest("1"), *first]
    actions.mark_all_read(person_id=own.bob, shop_id=shop)
    pay("A1", "A4")
    assert all(is_read for _text, _url, is_read in inbox())
    pay("A5")
    assert inbox()[0] == rest("2")
    assert queries.unread(own.bob, desk) == 1
    monkeypatch.setattr(gathering, "COUNTED_MAX", 4)
    pay("A6", "A7", "A8")
    assert inbox()[0] == rest("4+")
    actions.mark_all_read(person_id=own.bob, shop_id=shop)
    pay("A7", "A8", "A9")
    assert inbox()[0] == rest("4+", is_read=True)
    pay("C1", hour="09")
    assert inbox()[0] == single("C1")
    told = Notice.objects.filter(kind="order_paid", person_id=world.staff[CLERK])
    assert (told.count(), Notice.objects.filter(person_id=world.staff[SERVICE]).count()) == (5, 0)
