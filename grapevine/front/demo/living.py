"""What happens at the demo world's desks in its last weeks, by the same actions as on the pages, each at its moment.

Prices change, a shop's goods are sold by two others, cases of after-sales stand in every state, one of them was before
a jury, money was settled and withdrawn. A world too small for a scene goes without it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from grapevine.cases import facade as cases
from grapevine.cases.contracts import Side
from grapevine.front.demo import jurors
from grapevine.front.demo.cast import CAST
from grapevine.front.demo.market import MOVED
from grapevine.front.demo.words import living_shops as said
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewPrice, NewSku, NewTerm, ShopCard, SkuLine
from grapevine.kit import clock
from grapevine.ledger.contracts import InsufficientFunds
from grapevine.people import facade as people
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView, OrderView

HOME = AddressView("小满", "13800000001", "浙江省", "杭州市", "西湖区", "文三路 18 号")
PARCEL: dict[str, Any] = {"carrier": "顺丰", "tracking": "SF1399201188273"}
WINDOW = timedelta(days=6, hours=20)
"""Buyers of the demo ask within seven days of receipt."""
SETTLED = 60
"""Orders of a shop that become final here; the worker does the rest."""
VOLUNTEERS, LOOKED_AT = 40, 600
SUPPLIER = 10
"""The place of the shop that opens goods to others, from the first shop on: a small one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case, who asked, and when."""

    number: str
    buyer: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """A shop, its owner, and the orders one may ask about; what shop and buyer do with a case."""

    shop: ShopCard
    owner: int
    received: list[OrderView]

    def take(self, at: datetime) -> OrderView | None:
        """An order received within the window before this moment, once."""
        for order in self.received:
            got = order.received_at
            if got is not None and got < at < got + WINDOW:
                self.received.remove(order)
                return order
        return None

    def approve(self, asked: Asked) -> None:
        trade.approve_case(shop_id=self.shop.id, number=asked.number, actor_id=self.owner)

    def reject(self, asked: Asked) -> None:
        trade.reject_case(
            shop_id=self.shop.id, number=asked.number, actor_id=self.owner, reason=said.REFUSES
        )

    def receive(self, asked: Asked) -> None:
        trade.receive_return(
            shop_id=self.shop.id, number=asked.number, actor_id=self.owner, restocks=False
        )

    def replace(self, asked: Asked) -> None:
        trade.send_replacement(
            shop_id=self.shop.id, number=asked.number, actor_id=self.owner, **PARCEL
        )

    def send(self, asked: Asked) -> None:
        trade.send_return(buyer_id=asked.buyer, number=asked.number, **PARCEL)

    def escalate(self, asked: Asked) -> None:
        trade.escalate_case(buyer_id=asked.buyer, number=asked.number, words=said.ESCALATES)


def live() -> int:
    """All of it; how many cases there are. Nothing where a run that was cut off had begun."""
    owner = people.card_by_handle(CAST[1].handle).id
    shop = next(iter(goods.shops_of(owner)), None)
    if shop is None or goods.price_batches(shop.id):
        return 0
    found = trade.orders_streamed(shop.id, trade.order_filter({"state": "received"}))
    recent = clock.now() - timedelta(days=16)
    orders = [one for one in found if one.received_at is not None and one.received_at > recent]
    desk = Desk(shop, owner, orders)
    _prices(desk)
    _supply()
    made = _cases(desk)
    _money(desk)
    return made


def ago(**by: float) -> datetime:
    return clock.now() - timedelta(**by)


# Prices


def _prices(desk: Desk) -> None:
    """The first two goods were dearer once and cheaper once; of one the cost is known. Two have no like elsewhere."""
    cards = [goods.sku_by_code(f"{one}-0").goods_public_id for one in MOVED]
    skus = [sku for one in cards for sku in goods.goods_detail(one).skus]
    for days, bps, why in zip((88, 60, 30), (10_800, 9_400, 10_000), said.REASONS, strict=True):
        with clock.at(ago(days=days)):
            goods.change_prices(
                shop_id=desk.shop.id, actor_id=desk.owner, reason=why,
                prices=[NewPrice(sku.code, sku.price_minor * bps // 10_000) for sku in skus],
            )  # fmt: skip
    costs = [
        (sku.code, sku.price_minor * 45 // 100) for sku in skus if sku.goods_public_id == cards[0]
    ]
    goods.set_costs(shop_id=desk.shop.id, costs=costs)
    second = goods.goods_detail(cards[1])
    goods.edit_goods(
        shop_id=desk.shop.id, public_id=cards[1], title=second.skus[0].title, body=second.body,
        category=said.OWN_CATEGORY, actor_id=desk.owner,
        skus=[(sku.code, NewSku(sku.option, sku.price_minor, sku.free)) for sku in second.skus],
    )  # fmt: skip
    title, body, category = said.ONE_OF_A_KIND
    with clock.at(ago(days=12)):
        goods.list_goods(
            shop_id=desk.shop.id, title=title, category=category, body=body,
            skus=[NewSku("单件", 128_000, 3)],
        )  # fmt: skip


# Selling for another shop


def _supply() -> None:
    """A shop opens two goods to others; two small shops pick them, and sell."""
    shops = goods.shops_page(limit=100).items
    if len(shops) < SUPPLIER:
        return
    supplier, pickers = shops[-SUPPLIER], shops[:2]
    cards = goods.goods_of_shop(supplier.id, limit=2).items
    picks: list[tuple[ShopCard, SkuLine, str]] = []
    for card, days in zip(cards, (40, 38), strict=False):
        sku = goods.goods_detail(card.public_id).skus[0]
        with clock.at(ago(days=days)):
            offer = goods.offer_goods(
                shop_id=supplier.id, public_id=card.public_id, actor_id=supplier.owner_id,
                rate_bps=1_500,
                terms=[NewTerm(sku.code, floor_minor=sku.price_minor * 9 // 10)],
            )  # fmt: skip
            for shop in pickers:
                made = goods.pick_goods(shop_id=shop.id, offer_id=offer, person_id=shop.owner_id)
                picks.append((shop, sku, made))
    buyer = people.card_by_handle(CAST[0].handle).id
    for number, (_, sku, pick) in enumerate(picks):
        _sell(supplier, buyer, sku, pick, days=30 - 3 * number)
    trade.settle_final(shop_id=supplier.id, most=SETTLED)


def _sell(supplier: ShopCard, buyer: int, sku: SkuLine, pick: str, *, days: float) -> None:
    with clock.at(ago(days=days)):
        placed = trade.place_order(
            buyer_id=buyer, lines=[(sku.sku_id, 1)], address=HOME, picks={sku.sku_id: pick}
        )
        trade.pay_in_sandbox(buyer_id=buyer, number=placed.payment_number)
    for number in placed.order_numbers:
        with clock.at(ago(days=days - 1)):
            trade.ship_order(
                shop_id=supplier.id, number=number, actor_id=supplier.owner_id, **PARCEL
            )
        with clock.at(ago(days=days - 4)):
            trade.receive_order(buyer_id=buyer, number=number)


# After-sales


def _cases(desk: Desk) -> int:
    """One case in each state in which somebody has to act, one that is done, one that was before a jury."""
    made = [
        _case(desk, kind, days, acts)
        for kind, days, acts in (
            ("return", 0.3, ()),
            ("return", 1.2, (desk.reject,)),
            ("refund", 1.5, (desk.reject, desk.escalate)),
            ("return", 2.0, (desk.approve,)),
            ("return", 2.5, (desk.approve, desk.send)),
            ("exchange", 2.2, (desk.approve, desk.send, desk.receive)),
            ("exchange", 2.8, (desk.approve, desk.send, desk.receive, desk.replace)),
            ("return", 5.0, (desk.approve, desk.send, desk.receive)),
        )
    ]
    judged = _case(desk, "refund", 6.5, (desk.reject, desk.escalate))
    if judged:
        _judge(desk, judged)
    return len([one for one in [*made, judged] if one])


def _case(
    desk: Desk, kind: str, days: float, acts: Sequence[Callable[[Asked], None]]
) -> Asked | None:
    """A case opened so many days ago, and what was done about it, some hours apart; None if nobody could ask."""
    at = ago(days=days)
    order = desk.take(at)
    if order is None:
        return None
    with clock.at(at):
        made = trade.open_case(
            buyer_id=order.buyer_id, order_number=order.number, kind=kind, reason="damaged",
            words=said.ASKS, pieces={order.lines[0].id: 1},
        )  # fmt: skip
    asked = Asked(made.number, order.buyer_id, at)
    for number, act in enumerate(acts, start=1):
        with clock.at(at + timedelta(hours=5 * number)):
            act(asked)
    return asked


def _judge(desk: Desk, asked: Asked) -> None:
    """Both sides let people judge; who was drawn votes, and an operator rules after them."""
    operator = people.card_by_handle(CAST[4].handle).id
    ready = _volunteers(asked.at - timedelta(days=1))
    begun = asked.at + timedelta(hours=12)
    sides = (
        (Side.BUYER, asked.buyer, said.BUYER_SAYS), (Side.SHOP, desk.owner, said.SHOP_SAYS),
    )  # fmt: skip
    with clock.at(begun):
        for side, person, words in sides:
            cases.agree(case_number=asked.number, side=side, person_id=person, statement=words)
    seats = [(person, seat) for person in ready for seat in cases.seats_of(person)]
    for number, (person, seat) in enumerate(seats):
        is_for_shop = number % 3 == 2
        with clock.at(begun + timedelta(minutes=11 * number + 7)):
            cases.vote(
                person_id=person, public_id=seat.jury.public_id, device=f"demo-{person}",
                side=Side.SHOP if is_for_shop else Side.BUYER,
                reason=said.VOTES[2 if is_for_shop else number % 2],
            )  # fmt: skip
    with clock.at(begun + timedelta(days=2, hours=1)):
        cases.close_juries()
        trade.rule_case(
            number=asked.number, operator_id=operator, for_buyer=True, reason=said.RULES
        )


def _volunteers(at: datetime) -> list[int]:
    """People who have been here long enough and received enough, each on a device of their own; some are planted."""
    first = people.card_by_handle(CAST[-1].handle).id + 1
    ids = range(first, first + LOOKED_AT)
    old = at - timedelta(days=settings.JURY_ACCOUNT_DAYS + 1)
    got = trade.received_counts(ids)
    known = people.accounts(ids).items()
    fit = [
        pk for pk, (joined, _) in known if joined < old and got.get(pk, 0) >= settings.JURY_ORDERS
    ]
    ready = list(dict.fromkeys([*jurors.arrive(), *fit[:VOLUNTEERS]]))
    with clock.at(at):
        for person in ready:
            cases.volunteer(person_id=person, device=f"demo-{person}")
    return ready


# Money


def _money(desk: Desk) -> None:
    """Orders became final, batches were made of them, and the shop took money out, with its second factor."""
    with clock.at(ago(days=3)):
        secret = people.begin_second_factor(desk.owner).secret
        people.confirm_second_factor(desk.owner, people.shown_code(secret))
        trade.settle_final(shop_id=desk.shop.id, most=SETTLED)
        trade.make_batches()
    owner = f"shop:{desk.shop.id}"
    with clock.at(ago(days=2.5)):
        account = trade.add_bank_account(
            owner=owner, holder=CAST[1].name, bank="演示银行", number="6222000000006789",
            actor_id=desk.owner, code=people.shown_code(secret),
        )  # fmt: skip
    with clock.at(ago(days=1)), suppress(InsufficientFunds):
        trade.withdraw(
            owner=owner, account_id=account, amount_minor=100_000, key="demo", actor_id=desk.owner,
            code=people.shown_code(secret),
        )  # fmt: skip
        trade.send_payouts()
    people.end_second_factor(desk.owner, people.shown_code(secret))
