"""The real side: every operation through the product's own facades and actions, on a real database."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, SkuLine
from grapevine.kit.errors import DomainError
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade
from grapevine.trade.actions import aftersales, cart, moving, withdrawing
from grapevine.trade.actions.paying import receive_callback
from grapevine.trade.contracts import Wishes
from grapevine.trade.models import CartRow, Line, Refund, Withdrawal
from grapevine.trade.queries.reading import quote
from grapevine.trade.rules.reconciling import refund_id
from tests.simulation import forging
from tests.simulation.adapter import signed, told_by
from tests.simulation.answers import Answers
from tests.simulation.edges import Edges
from tests.simulation.facts import DAY, PROVINCES, Operation, Reply
from tests.simulation.model import JOBS
from tests.simulation.names import Names, address, buyer_id, owner_id

PATHS = {
    "groups": "grapevine.campaigns.jobs.expire_groups", "holds": "grapevine.goods.jobs.expire_holds",
    "close": "grapevine.trade.jobs.close_attempts", "complete": "grapevine.trade.jobs.complete_payments",
    "expire": "grapevine.trade.jobs.expire_payments", "receive": "grapevine.trade.jobs.receive_overdue",
    "send": "grapevine.trade.jobs.send_refunds", "settle": "grapevine.trade.jobs.settle_final",
    "ended": "grapevine.trade.jobs.end_refunded", "timers": "grapevine.trade.jobs.run_timers",
    "batches": "grapevine.trade.jobs.make_batches", "payouts": "grapevine.trade.jobs.send_payouts",
}  # fmt: skip


class World:
    def __init__(self, names: Names, edges: Edges) -> None:
        self.names, self.edges = names, edges

    def do(self, op: Operation) -> Reply:
        self.edges.now += op.after
        doer: Callable[[Operation], Any] = getattr(self, f"_{op.kind}")
        try:
            return Reply("ok", doer(op))
        except DomainError as refusal:
            return Reply("refused", refusal.code)
        except Exception as error:  # noqa: BLE001  whatever it is, the model did not expect it
            return Reply("crashed", f"{type(error).__name__}: {error}")

    # The providers' side

    def _decide(self, op: Operation) -> None:
        key = self.names.attempt(op.args["payment"], op.args["place"])
        self.edges.remotes[op.args["method"]].decide(key, op.args["state"])

    def _mode(self, op: Operation) -> None:
        remote = self.edges.remotes[op.args["method"]]
        remote.mode, remote.returns = op.args["mode"], op.args["returns"]

    def _clerk(self, op: Operation) -> None:
        row = Refund.objects.select_related("payment").order_by("id")[op.args["refund"]]
        name = refund_id(row.payment.number, row.pk)
        self.edges.remotes[op.args["method"]].settle(name, op.args["state"])

    def _hiccup(self, op: Operation) -> None:
        self.edges.hiccups = op.args["times"]

    def _deliver(self, op: Operation) -> None:
        queue = self.edges.remotes[op.args["method"]].messages
        message = queue[op.args["message"]]
        if not op.args["again"]:
            del queue[op.args["message"]]
        headers, body = signed(told_by(message))
        receive_callback(method=message.method, headers=headers, body=body)

    def _drop(self, op: Operation) -> None:
        self.edges.remotes[op.args["method"]].lose(op.args["message"])

    def _repeat(self, op: Operation) -> None:
        self.edges.remotes[op.args["method"]].repeat()

    def _forge(self, op: Operation) -> None:
        headers, body = forging.forged(self.names, op.args)
        receive_callback(method=op.args["method"], headers=headers, body=body)

    # Buyers

    def _lines(self, op: Operation) -> list[tuple[int, int]]:
        return [(self.names.skus[sku], count) for sku, count in op.args["lines"]]

    def _cart_add(self, op: Operation) -> None:
        known = goods.sku_lines({sku for sku, _ in self._lines(op)}, covers=False)
        lines: list[tuple[SkuLine, int]] = [(known[sku], count) for sku, count in self._lines(op)]
        cart.add_to_cart(buyer_id=buyer_id(op.args["buyer"]), lines=lines)

    def _cart_set(self, op: Operation) -> None:
        who, sku = buyer_id(op.args["buyer"]), self.names.skus[op.args["sku"]]
        row = CartRow.objects.filter(buyer_id=who, sku_id=sku).first()
        cart.set_count(buyer_id=who, line_id=row.pk if row else 0, count=op.args["count"])

    def _quote(self, op: Operation) -> list[tuple[int, int, int, int]]:
        where = op.args["province"]
        told = quote(
            buyer_id=buyer_id(op.args["buyer"]), lines=self._lines(op),
            province="" if where is None else PROVINCES[where],
            wishes=Wishes(points_minor=op.args["points"]),
        )  # fmt: skip
        return [
            (self.names.shops.index(one.shop_id), one.discount_minor, one.shipping_minor, one.total_minor)
            for one in told.shops
        ]  # fmt: skip

    def _place(self, op: Operation) -> tuple[int, tuple[int, ...], int]:
        args = op.args
        placed = trade.place_order(
            buyer_id=buyer_id(args["buyer"]), lines=self._lines(op), key=args["key"],
            address=address(args["province"]), expected_minor=args["expected"],
            from_cart=args["from_cart"], source=self._source(args["share"]),
            wishes=Wishes(method=args["method"], points_minor=args["points"]),
        )  # fmt: skip
        numbers = self.names.placed(placed.payment_number, placed.order_numbers)
        return *numbers, placed.total_minor

    def _source(self, share: int | None) -> Source:
        return Source() if share is None else Source(share_token=self.names.shares[share])

    def _start(self, op: Operation) -> tuple[int, str]:
        args = op.args
        view = trade.start_payment(
            buyer_id=buyer_id(args["buyer"]), number=self.names.payments[args["payment"]],
            method=args["method"], way=args["way"],
        )  # fmt: skip
        return int(view.number.rpartition("-")[2]), view.state

    def _cancel(self, op: Operation) -> None:
        trade.cancel_order(buyer_id=buyer_id(op.args["buyer"]), number=self._number(op))

    def _number(self, op: Operation) -> str:
        number: str = self.names.orders[op.args["order"]]
        return number

    def _again(self, op: Operation) -> int:
        return cart.buy_again(buyer_id=buyer_id(op.args["buyer"]), number=self._number(op))

    def _receive(self, op: Operation) -> None:
        trade.receive_order(buyer_id=buyer_id(op.args["buyer"]), number=self._number(op))

    def _refund(self, op: Operation) -> None:
        if "buyer" in op.args:
            who = buyer_id(op.args["buyer"])
            moving.refund_by_buyer(buyer_id=who, number=self._number(op), reason="不想要了")
            return
        shop = op.args["shop"]
        moving.refund_by_shop(
            shop_id=self.names.shops[shop], number=self._number(op), reason="没货了",
            actor_id=owner_id(shop),
        )  # fmt: skip

    def _share(self, op: Operation) -> int:
        made = spread.share(
            person_id=buyer_id(op.args["buyer"]), object_type="goods",
            object_id=self.names.goods[op.args["goods"]],
        )  # fmt: skip
        return self.names.shared(made.token)

    # After-sales

    def _lines_of(self, op: Operation) -> dict[int, int]:
        """Places of an order's lines as the ids they have."""
        rows = Line.objects.filter(order__number=self._number(op)).order_by("id")
        ids = list(rows.values_list("id", flat=True))
        return {ids[place]: count for place, count in op.args["pieces"]}

    def _pieces(self, op: Operation) -> None:
        trade.refund_pieces(
            number=self._number(op), pieces=self._lines_of(op), reason="召回", case_id=0
        )

    def _ask(self, op: Operation) -> int:
        args = op.args
        made = aftersales.open_case(
            buyer_id=buyer_id(args["buyer"]), order_number=self._number(op), kind=args["what"],
            reason=args["reason"], words="有问题", pieces=self._lines_of(op),
        )  # fmt: skip
        self.names.cases.append(made.number)
        return len(self.names.cases) - 1

    def _case(self, op: Operation) -> None:
        getattr(Answers(self.names), op.args["act"])(op)

    # Money out

    def _withdraw(self, op: Operation) -> int:
        """Without its door, which asks for the second factor."""
        who, number = op.args["who"], op.args["number"]
        made = withdrawing._set_aside(
            self.names.owner(who, number), self.names.banks[f"{who}:{number}"], op.args["amount"],
            f"w{len(self.names.withdrawals)}", 1, "CNY",
        )  # fmt: skip
        self.names.withdrawals.append(made)
        return len(self.names.withdrawals) - 1

    def _payout(self, op: Operation) -> None:
        name = self.names.withdrawals[op.args["withdrawal"]]
        if op.args["act"] == "cancel":
            owner = Withdrawal.objects.get(number=name).owner
            withdrawing.cancel_withdrawal(owner=owner, number=name, actor_id=1)
        elif op.args["act"] == "approve":
            withdrawing.approve_withdrawal(number=name, operator_id=1)
        else:
            withdrawing.refuse_withdrawal(number=name, operator_id=1, reason="账户有问题")

    # Groups

    def _open(self, op: Operation) -> tuple[int, int, int]:
        return self._sit(campaigns.open_group, op, plan_id=self.names.plans[op.args["plan"]])

    def _join(self, op: Operation) -> tuple[int, int, int]:
        return self._sit(campaigns.join_group, op, group_id=self.names.groups[op.args["group"]])

    def _sit(self, action: Callable[..., Any], op: Operation, **where: str) -> tuple[int, int, int]:
        args = op.args
        seated = action(
            buyer_id=buyer_id(args["buyer"]), sku_id=self.names.skus[args["sku"]],
            count=args["count"], address=address(args["province"]), key=args["key"], **where,
        )  # fmt: skip
        _, (order,) = self.names.placed(seated.payment_number, (seated.order_number,))
        return self.names.seated(seated.group_public_id), order, seated.total_minor

    # Shops

    def _ship(self, op: Operation) -> None:
        trade.ship_order(
            shop_id=self.names.shops[op.args["shop"]], number=self._number(op), carrier="顺丰",
            tracking="SF123456", actor_id=owner_id(op.args["shop"]),
            warehouse_id=self.names.warehouse_id(op.args["warehouse"]),
        )  # fmt: skip

    def _adjust(self, op: Operation) -> None:
        goods.adjust(
            sku_id=self.names.skus[op.args["sku"]], change=op.args["change"],
            warehouse_id=self.names.warehouse_id(op.args["warehouse"]),
        )  # fmt: skip

    def _count(self, op: Operation) -> int:
        return goods.set_free(sku_id=self.names.skus[op.args["sku"]], count=op.args["count"])

    def _transfer(self, op: Operation) -> None:
        _, code, shop = self._sku(op)
        source, target = (self.names.warehouses[op.args[k]][1] for k in ("source", "target"))
        goods.transfer(
            shop_id=shop, code=code, source=source, target=target, count=op.args["count"]
        )

    def _sku(self, op: Operation) -> tuple[SkuLine, str, int]:
        sku = self.names.skus[op.args["sku"]]
        line = goods.sku_lines([sku], covers=False)[sku]
        return line, line.code, line.shop_id

    def _hot(self, op: Operation) -> None:
        _, code, shop = self._sku(op)
        goods.set_hot(shop_id=shop, code=code, on=op.args["on"])

    def _price(self, op: Operation) -> None:
        line, code, shop = self._sku(op)
        detail = goods.goods_detail(line.goods_public_id)
        skus = [
            (one.code, NewSku(one.option, op.args["price"] if one.code == code else one.price_minor, one.free))
            for one in detail.skus
        ]  # fmt: skip
        goods.edit_goods(
            shop_id=shop, public_id=line.goods_public_id, title=line.title, category=line.category,
            body=detail.body, skus=skus,
        )  # fmt: skip

    def _shelf(self, op: Operation) -> None:
        number = op.args["goods"]
        shop = next(line.shop_id for line in goods.goods_detail(self.names.goods[number]).skus)
        goods.set_on_sale(shop_id=shop, public_id=self.names.goods[number], on=op.args["on"])

    def _stop_plan(self, op: Operation) -> None:
        shop = self.names.shops[op.args["shop"]]
        campaigns.stop_plan(shop_id=shop, public_id=self.names.plans[op.args["plan"]])

    # The worker

    def _job(self, op: Operation) -> int:
        return run(op.args["name"])

    def _worker(self, _: Operation) -> list[int]:
        return [run(name) for name in JOBS]

    def _days(self, op: Operation) -> list[list[int]]:
        first = self._worker(op)
        self.edges.now += op.args["days"] * DAY
        return [first, self._worker(op)]


def run(name: str) -> int:
    done: int = signals.drain() if name == "drain" else import_string(PATHS[name])()
    return done
