"""A drawn log of two shops over six weeks that has something of everything, with parts of a second in every moment."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku
from grapevine.insight.tests.crowd import Stall, crowd, owner
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote
from grapevine.signals.facade import EXPOSED

NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
DAYS = 42
CHANNELS = ("", "feed", "search", "share", "group", "direct")
EXPERIMENT = {"person": "trialperson1", "goods": "trialgoods12"}
Row = dict[str, Any]


class Lot:
    def __init__(self, seed: int, size: int = 24) -> None:
        self.chance = Random(seed)
        self.stalls = [Stall("halfday", owner("bob")), Stall("other", owner("eve"), "家居")]
        more = [NewGoods(stall.id, f"{stall.id}-{n}", "家居", "", [NewSku("", 900, 50, cost_minor=500)]) for stall in self.stalls for n in range(2)]  # fmt: skip
        fresh = goods.save_goods_bulk(more)
        self.shelves = {
            stall.id: [(one.goods_id, one.public_id) for one in (stall.goods, *fresh[2 * n : 2 * n + 2])]
            for n, stall in enumerate(self.stalls)
        }  # fmt: skip
        self.people = crowd(size, "b")
        people.save_follows_bulk([(fan, self.people[0]) for fan in self.people[1:8]])
        listed = [[pk for pk, _ in self.shelves[stall.id]] for stall in self.stalls]
        self.authors = [*self.people[:2], self.stalls[0].owner_id]
        tagged = [listed[0][:2], [listed[1][0], listed[0][2]], listed[0][:1]]
        scene.save_notes_bulk([NewNote(author, f"n{n}", goods_ids=tagged[n]) for n, author in enumerate(self.authors)])  # fmt: skip
        self.notes = sorted({note for note, _ in scene.tagged_goods()})
        self.tagged = tagged
        self.number = 0

    def rows(self) -> Iterator[Row]:
        for n, note in enumerate(self.notes):
            yield self._row(NOW - timedelta(days=40), "scene.note_published", self.authors[n], None, object_type="note", object_id=note, goods_ids=self.tagged[n])  # fmt: skip
        for person in self.people:
            one = person % 3
            yield self._row(self._when(20), EXPOSED, person, None, object_type="experiment", object_id=EXPERIMENT["person"], arm="model" if one else "popular", version=1, cluster=one)  # fmt: skip
            yield self._row(
                self._when(), "tie", person, None, other_id=self.chance.choice(self.people)
            )
            for _ in range(5):
                yield from self._visit(person)
        for pk, _ in [each for shelf in self.shelves.values() for each in shelf]:
            yield self._row(self._when(20), EXPOSED, self.people[0], None, object_type="experiment", object_id=EXPERIMENT["goods"], arm="model" if pk % 2 else "popular", goods=pk, version=1)  # fmt: skip

    def _when(self, most: int = DAYS) -> datetime:
        return NOW - timedelta(days=most) + timedelta(microseconds=self.chance.randrange(most * 86_400_000_000))  # fmt: skip

    def _row(self, at: datetime, verb: str, person: int | None, shop: int | None, **more: Any) -> Row:  # fmt: skip
        self.number += 1
        plain = {name: more.pop(name) for name in list(more) if name in PLAIN}
        return {
            "id": f"e{self.number}", "ts": at.isoformat(), "verb": verb, "person_id": person, "shop_id": shop,
            "visitor_id": f"v{person}" if person else "", "props": json.dumps(more) if more else "",
            "region": self.chance.choice(["", "上海市", "广东省"]), **plain,
        }  # fmt: skip

    def _visit(self, person: int) -> Iterator[Row]:
        """One walk through a shop; at first perhaps without a name, which comes when they sign in."""
        chance, at = self.chance, self._when()
        stall = chance.choice(self.stalls)
        pk, public = chance.choice(self.shelves[stall.id])
        browser = f"{'~' if chance.random() < 0.1 else ''}v{person}"
        place = {
            "session_id": f"s{self.number}",
            "channel": chance.choice(CHANNELS),
            "visitor_id": browser,
        }
        token = chance.choice(["", "", "t1", "t2"])
        whose = None if chance.random() < 0.3 else person
        seen: dict[str, Any] = {
            "object_type": "goods",
            "object_id": public,
            "share_token": token,
            **place,
        }

        def then(verb: str, shop: int | None = stall.id, **more: Any) -> Row:
            nonlocal at
            at += timedelta(microseconds=chance.randrange(200_000, 90_000_000))
            return self._row(at, verb, whose, shop, **{**place, **more})

        sharer = chance.choice(self.people)
        yield then("spread.share_visited", **seen, sharer_id=sharer)
        yield then("impression", **seen, position=3, request_id="r1", surface="shop.slot")
        yield then("search", q="茶")
        yield then("view", None, object_type="note", object_id=chance.choice(self.notes))
        yield then("view", object_type="reviews", object_id=public)
        yield then("view", **seen)
        yield then("dwell", **seen, position=chance.randrange(2, 900))
        if whose is None:
            whose = person
            yield then("people.person_signed_in", None)
        yield then("click", **seen, surface="shop.slot")
        yield then(chance.choice(["like", "collect", "comment", "hide", "report", "campaigns.group_opened"]), **seen, goods_id=pk)  # fmt: skip
        if chance.random() < 0.5:
            yield then("cart", **seen, goods_id=pk)
            yield from self._order(then, stall, pk, token, sharer)
        if chance.random() < 0.3:
            yield then("people.person_signed_out", None)

    def _order(self, then: Any, stall: Stall, pk: int, token: str, sharer: int) -> Iterator[Row]:
        chance, number = self.chance, f"order{self.number}"
        also = chance.choice(self.shelves[stall.id])[0]
        told: dict[str, Any] = {
            "order_number": number,
            "goods_ids": list(dict.fromkeys([pk, also])),
        }
        about = {"object_type": "order", "object_id": number}
        yield then("checkout", **told)
        yield then("trade.order_placed", **about, **told)
        total = chance.randrange(1, 30_000)
        yield then("trade.order_paid", **about, **told, total_minor=total, items=2, source={"share_token": token}, share_token=token)  # fmt: skip
        yield then("spread.order_brought", buyer_id=sharer, **told)
        yield then("trade.order_received", **about, order_number=number)
        verb, state = chance.choice([("trade.order_refunded", ""), ("trade.after_sales_moved", "requested"), ("trade.after_sales_moved", "platform"), ("care.review_written", "")])  # fmt: skip
        more = {"state": state} if state else {}
        yield then(verb, **about, order_number=number, goods_id=pk, stars=chance.randrange(1, 6), amount_minor=total // 3, **more)  # fmt: skip


PLAIN = ("object_type", "object_id", "session_id", "channel", "visitor_id", "share_token", "position", "request_id", "surface")  # fmt: skip
