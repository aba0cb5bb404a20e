"""What of other people stands behind orders: planted shares are found, each order says what met its buyer, and nobody is told apart."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from grapevine.insight import influencing, lake
from grapevine.insight.models import InfluencedOrder
from grapevine.insight.queries.influence import influence_of
from grapevine.insight.rules.influence import KINDS, Touch, lift, main_of
from grapevine.insight.tests.crowd import Stall, browser, crowd, owner
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SEEDED = {"friend": 160, "kol": 100, "review": 40, "circle": 20, "crowd": 20, "none": 60}
"""40, 25, 10, 5, 5 and 15 in a hundred. Circle and crowd read the same note; the circle shares with who wrote it."""


def test_the_last_one_counts_and_lift_has_an_interval() -> None:
    assert main_of([], carries_share=False) == "none"
    assert main_of([], carries_share=True) == "friend"
    met = [Touch("review", 50, "reviews:x"), Touch("kol", 90, "note:n"), Touch("friend", 20, "share:A")]  # fmt: skip
    assert main_of(met, carries_share=True) == "kol"
    found = lift(30, 100, 40, 400)
    assert found is not None
    assert found.ratio == pytest.approx(3.0)
    assert (round(found.low, 2), round(found.high, 2)) == (1.97, 4.56)
    assert lift(0, 100, 40, 400) is None


def row(name: str, verb: str, person: int | None, days: float, shop: int | None, **more: Any) -> dict[str, Any]:  # fmt: skip
    at = NOW - timedelta(days=days)
    made = {"id": name, "ts": at.isoformat(), "verb": verb, "person_id": person, "shop_id": shop, "props": "{}"}  # fmt: skip
    return made | {"visitor_id": f"v{person}"} | more


def paid(number: str, person: int, days: float, shop: int) -> dict[str, Any]:
    props = json.dumps({"order_number": number, "total_minor": 1_000, "goods_ids": [1], "source": {"share_token": ""}})  # fmt: skip
    return row(f"paid-{number}", "trade.order_paid", person, days, shop, props=props)


class Village:
    """A stall whose buyers met a friend's share, a leader's note, its reviews or nobody; and much that must not count."""

    def __init__(self) -> None:
        self.stall = Stall("halfday", owner("bob"))
        self.other = Stall("other", owner("eve"))
        self.friend, self.leader, self.plain = crowd(3, "w")
        fans = crowd(3, "fan")
        people.save_follows_bulk([(fan, self.leader) for fan in fans])
        self.buyers = crowd(sum(SEEDED.values()) + 30, "b")
        self.rows: list[dict[str, Any]] = []
        self.rows.append(row("made", "spread.share_created", self.friend, 60, self.stall.id, origin="import", share_token="tok"))  # fmt: skip
        for author, note in ((self.leader, "kolnote"), (self.plain, "talknote"), (self.stall.owner_id, "ownnote")):  # fmt: skip
            goods = json.dumps({"goods_ids": [self.stall.goods.goods_id]})
            self.rows.append(row(f"pub-{note}", "scene.note_published", author, 300, None, object_type="note", object_id=note, props=goods))  # fmt: skip

    def touch(self, kind: str, person: int, days: float) -> None:
        shop, name = self.stall.id, f"{kind}-{person}-{days}"
        if kind == "friend" and person % 2:  # opened elsewhere, and brought in
            self.rows.append(row(name, "view", person, days, shop, object_type="goods", origin="import", share_token="tok"))  # fmt: skip
        elif kind == "friend":
            told = json.dumps({"sharer_id": self.friend})
            self.rows.append(row(name, "spread.share_visited", person, days, shop, object_type="goods", object_id=self.stall.goods.public_id, props=told))  # fmt: skip
        elif kind in ("kol", "circle", "crowd", "own"):
            note = {"kol": "kolnote", "own": "ownnote"}.get(kind, "talknote")
            self.rows.append(row(name, "view", person, days, None, object_type="note", object_id=note))  # fmt: skip
        elif kind == "review":
            self.rows.append(row(name, "view", person, days, shop, object_type="reviews", object_id=self.stall.goods.public_id))  # fmt: skip

    def live(self) -> None:
        shop, buyers = self.stall.id, iter(self.buyers)
        for kind, count in SEEDED.items():
            for n in range(count):
                person = next(buyers)
                self.touch(kind, person, 3 + n % 2)
                if kind == "review":
                    self.touch("kol", person, 5.5)  # earlier: it stands beside, and does not count
                if kind == "circle":
                    tie = json.dumps({"other_id": self.plain})
                    self.rows.append(row(f"tie-{person}", "tie", person, 40, None, props=tie))
                if kind == "crowd":  # these share with each other, and not with who wrote it
                    tie = json.dumps({"other_id": self.buyers[-1]})
                    self.rows.append(row(f"tie-{person}", "tie", person, 40, None, props=tie))
                self.touch("own", person, 2.5)  # the shop's own note is no other people's
                self.touch("circle", person, 12)  # too long ago
                self.rows.append(row(f"l-{person}", "view", person, 2.2, shop, object_type="goods"))
                self.rows.append(paid(f"order{person}x", person, 2, shop))
        for person in buyers:  # who only looked
            self.rows.append(row(f"l-{person}", "view", person, 2.2, shop, object_type="goods"))
            self.rows.append(row(f"s-{person}", "spread.share_visited", person, 2.1, self.other.id, props=json.dumps({"sharer_id": self.friend})))  # fmt: skip
        lake.write(self.rows)


@pytest.fixture
def village(monkeypatch: pytest.MonkeyPatch) -> Village:
    monkeypatch.setattr("grapevine.insight.rules.influence.FOLLOWERS", 3)
    return Village()


@pytest.mark.django_db
def test_seeded_shares_are_found_and_each_order_says_what_met_its_buyer(village: Village) -> None:
    with time_machine.travel(NOW, tick=False):
        village.live()
        off = village.buyers[0]
        people.set_personalised(off, on=False)
        assert influencing.build() == influencing.build() == 400
        found = influence_of(village.stall.id, None, None)
        shares = {line.kind: line.share for line in found.lines}
        for kind in KINDS:
            assert shares[kind] == pytest.approx(SEEDED.get(kind, 0) / 400, abs=0.02), kind
        assert found.social == pytest.approx(0.85, abs=0.02)
        orders = {
            tuple(touch[0] for touch in order.touches)
            for order in InfluencedOrder.objects.filter(main="review")
        }
        assert orders == {("review", "kol")}
        unseen = InfluencedOrder.objects.get(main="unseen")
        assert (unseen.touches, unseen.amount_minor) == ([], 1_000)
        by_kind = {line.kind: line for line in found.lines}
        assert (by_kind["none"].visitors, by_kind["none"].conversion) == (90, 60 / 90)
        assert by_kind["friend"].conversion == 1.0
        told = by_kind["friend"].lift
        assert told is not None
        assert told.low > 1
        assert told.ratio == pytest.approx(1.5)
        _pages(village)
        assert influence_of(village.other.id, None, None).orders is None
        every = influence_of(None, None, None)
        assert (every.orders, list(every.listed)) == (400, [])


def _pages(village: Village) -> None:
    bob, eve = browser(village.stall.owner_id), browser(village.other.owner_id)
    html = bob.get("/console/halfday/influence/").content.decode()
    for words in ("朋友分享", "40.0%", "25.0%", "10.0%", "15.0%", "1.50 倍", "看了评价", "打开了", "关了个性化"):  # fmt: skip
        assert words in html, words
    assert '<span class="saying">付款前 7 天里，最后打开的是别人分享的链接</span>' in html
    for number in (f"order{person}x" for person in village.buyers[:50]):
        assert number not in html
    assert ">B0<" not in html
    only = bob.get("/console/halfday/influence/?main=review").content.decode()
    assert only.count('<td data-label="主要影响">评价</td>') == 40
    file = bob.get("/console/halfday/influence/?format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert [(one[0], one[2]) for one in rows[1:7]] == [
        ("朋友分享", "40.0%"),
        ("意见领袖", "25.0%"),
        ("评价", "10.0%"),
        ("分享圈里的讨论", "5.0%"),
        ("分享圈外的讨论", "5.0%"),
        ("没有别人的影响", "15.0%"),
    ]
    assert len(rows) == 7 + 2 + 50
    assert bob.get("/console/halfday/influence/?format=xlsx").status_code == 200
    assert bob.get("/console/halfday/influence/?first=nonsense").status_code == 422
    assert eve.get("/console/halfday/influence/").status_code == 404
    assert "订单还太少" in eve.get("/console/other/influence/").content.decode()
    boss = browser(people.save_people_bulk([NewPerson("op", "Op", is_operator=True)])[0])
    sums = boss.get("/operator/influence/").content.decode()
    assert "40.0%" in sums
    assert "订单代码" not in sums
    assert bob.get("/operator/influence/").status_code == 404
