"""The model's after-sales: what a buyer may ask for, who moves a case where, and what time does by itself."""

from collections.abc import Callable
from typing import Any

from tests.simulation import pricing
from tests.simulation.facts import (
    DAY,
    REOPEN,
    RETURN_WINDOW,
    SHANGHAI,
    Case,
    Operation,
    Order,
    Refused,
)
from tests.simulation.market import CASE_OPEN, Market

HOUR = 3600
MOVES = {
    ("requested", "refunding"): ("shop", "system"),
    ("requested", "returning"): ("shop", "system"),
    ("requested", "rejected"): ("shop",),
    ("requested", "platform"): ("system",),
    ("requested", "cancelled"): ("buyer",),
    ("rejected", "platform"): ("buyer",),
    ("rejected", "closed"): ("system",),
    ("rejected", "cancelled"): ("buyer",),
    ("platform", "refunding"): ("operator",),
    ("platform", "returning"): ("operator",),
    ("platform", "closed"): ("operator",),
    ("platform", "cancelled"): ("buyer",),
    ("returning", "sent"): ("buyer",),
    ("returning", "closed"): ("system",),
    ("returning", "cancelled"): ("buyer",),
    ("sent", "refunding"): ("shop", "system"),
    ("sent", "received"): ("shop",),
    ("sent", "rejected"): ("shop",),
    ("sent", "platform"): ("system",),
    ("received", "replaced"): ("shop",),
    ("received", "refunding"): ("shop",),
    ("received", "platform"): ("system",),
    ("replaced", "done"): ("buyer", "system"),
    ("replaced", "platform"): ("buyer",),
    ("refunding", "done"): ("system",),
    ("done", "requested"): ("buyer",),
    ("closed", "requested"): ("buyer",),
}
"""As docs/AFTER_SALES.md has them: every move and who may make it."""
TIMES = {
    "requested": 48 * HOUR, "rejected": 7 * DAY, "platform": 72 * HOUR, "returning": 7 * DAY,
    "sent": 10 * DAY, "received": 72 * HOUR, "replaced": 10 * DAY,
}  # fmt: skip
REASONS = {
    "refund": ("quality", "damaged", "wrong", "different", "not_arrived", "unsent"),
    "return": ("no_reason", "quality", "damaged", "wrong", "different"),
    "exchange": ("quality", "damaged", "wrong", "different"),
    "shortage": ("missing",),
}
BACK = ("return", "exchange")
"""Kinds in which goods come back first."""


class Cases:
    def __init__(self, market: Market) -> None:
        self.market = market
        self._acts: dict[str, Callable[[int, Operation], None]] = {
            "approve": self._approve, "reject": self._reject, "receive": self._receive,
            "replace": self._replace, "instead": self._instead, "cancel": self._cancel,
            "send": self._send, "confirm": self._confirm, "escalate": self._escalate,
            "reopen": self._reopen, "rule": self._rule,
        }  # fmt: skip

    # Asking

    def ask(self, op: Operation) -> int:
        args, number = op.args, op.args["order"]
        order, pieces = self.market.orders[number], dict(op.args["pieces"])
        if order.buyer != args["buyer"]:
            raise Refused("trade.order_not_found")
        if not pieces or any(n > order.lines[k].count for k, n in pieces.items()):
            raise Refused("bad_input")
        state = "shipped" if order.state == "paid" and order.parcels else order.state
        if not self._may_ask(order, state, args["what"], args["reason"]):
            raise Refused("trade.no_after_sales")
        if any(n > self._left(number, k) for k, n in pieces.items()):
            raise Refused("trade.not_so_many")
        goods, shipping, _ = pricing.given_back(order, pieces)
        self.market.cases.append(
            Case(
                number, order.buyer, order.shop, args["what"], pieces, state == "paid",
                sum(goods.values()) + shipping, self.market.now + TIMES["requested"],
            )
        )  # fmt: skip
        self.market.tell("case", [len(self.market.cases) - 1])
        return len(self.market.cases) - 1

    def _may_ask(self, order: Order, state: str, kind: str, reason: str) -> bool:
        if state not in ("paid", "shipped", "received", "completed") or reason not in REASONS[kind]:
            return False
        if state == "paid":
            return kind == "refund" and reason == "unsent"
        if reason == "unsent":
            return False
        if state == "shipped":
            return kind not in BACK
        lawful = self._seven_days_after(order.received_at)
        if reason == "no_reason":
            return self.market.now < lawful
        last = max(lawful, order.received_at + RETURN_WINDOW)
        return reason != "not_arrived" and self.market.now < last

    def _seven_days_after(self, received_at: int) -> int:
        """The day of receipt does not count; days begin at midnight in Shanghai."""
        return ((received_at + SHANGHAI) // DAY + 8) * DAY - SHANGHAI

    def _left(self, order: int, place: int) -> int:
        """Pieces of a line that are neither given back nor asked about."""
        line = self.market.orders[order].lines[place]
        return (
            line.count
            - line.back
            - sum(
                case.pieces.get(place, 0)
                for case in self.market.cases
                if case.order == order and case.state in CASE_OPEN and case.state != "refunding"
            )
        )

    # Moving

    def act(self, op: Operation) -> None:
        case = self.market.cases[op.args["case"]]
        for who in ("buyer", "shop"):
            if op.args.get(who, getattr(case, who)) != getattr(case, who):
                raise Refused("trade.case_not_found")
        self._acts[op.args["act"]](op.args["case"], op)

    def _move(self, number: int, target: str, actor: str, **changes: Any) -> None:
        case = self.market.cases[number]
        if actor not in MOVES.get((case.state, target), ()):
            raise Refused("trade.illegal_case_move")
        case.state = target
        case.due = self.market.now + TIMES[target] if target in TIMES else None
        if target not in CASE_OPEN:
            case.ended_at = self.market.now
        case.is_escalated |= target == "platform"
        for name, value in changes.items():
            setattr(case, name, value)
        self.market.tell("case", [number])

    def _require(self, number: int, state: str) -> None:
        if self.market.cases[number].state != state:
            raise Refused("trade.illegal_case_move")

    def _refund(self, number: int, actor: str, *, came_back: bool = False) -> None:
        """The case's pieces go back; refused as a whole where they have gone already."""
        case = self.market.cases[number]
        order = self.market.orders[case.order]
        if actor not in MOVES.get((case.state, "refunding"), ()) or any(
            n > order.lines[k].count - order.lines[k].back for k, n in case.pieces.items()
        ):
            raise Refused("trade.illegal_case_move")
        self._move(number, "refunding", actor)
        case.refund = self.market.refund_pieces(case.order, case.pieces, came_back=came_back)
        case.outcome = "refunded"
        case.amount = 0 if case.refund is None else self.market.refunds[case.refund].amount

    def _approve(self, number: int, _: Operation) -> None:
        self._require(number, "requested")
        self._agree(number, "shop")

    def _agree(self, number: int, actor: str) -> None:
        if self.market.cases[number].kind in BACK:
            self._move(number, "returning", actor)
        else:
            self._refund(number, actor)

    def _reject(self, number: int, _: Operation) -> None:
        self._move(number, "rejected", "shop")

    def _receive(self, number: int, op: Operation) -> None:
        self._require(number, "sent")
        if self.market.cases[number].kind == "exchange":
            self._move(number, "received", "shop")
        else:
            self._refund(number, "shop", came_back=op.args["whole"])

    def _replace(self, number: int, _: Operation) -> None:
        self._move(number, "replaced", "shop")

    def _instead(self, number: int, _: Operation) -> None:
        self._require(number, "received")
        self._refund(number, "shop")

    def _cancel(self, number: int, _: Operation) -> None:
        self._move(number, "cancelled", "buyer", outcome="cancelled")

    def _send(self, number: int, _: Operation) -> None:
        self._move(number, "sent", "buyer", is_sent=True)

    def _confirm(self, number: int, _: Operation) -> None:
        self._require(number, "replaced")
        self._move(number, "done", "buyer", outcome="replaced")

    def _escalate(self, number: int, _: Operation) -> None:
        self._move(number, "platform", "buyer")

    def _reopen(self, number: int, _: Operation) -> None:
        case = self.market.cases[number]
        if (
            case.ended_at is None or case.outcome not in ("replaced", "rejected", "lapsed")
            or case.is_ruled or case.is_reopened or self.market.now >= case.ended_at + REOPEN
            or self.market.orders[case.order].state in ("cancelled", "refunded")
        ):  # fmt: skip
            raise Refused("trade.illegal_case_move")
        if any(n > self._left(case.order, k) for k, n in case.pieces.items()):
            raise Refused("trade.not_so_many")
        self._move(
            number, "requested", "buyer", ended_at=None, outcome="", is_reopened=True, is_sent=False
        )

    def _rule(self, number: int, op: Operation) -> None:
        """An operator decides what was put before the platform."""
        case, goods_first = self.market.cases[number], op.args["goods_first"]
        if not case.is_escalated:
            raise Refused("trade.case_not_found")
        self._require(number, "platform")
        if not op.args["for_buyer"]:
            self._move(number, "closed", "operator", outcome="rejected")
        elif not goods_first:
            self._refund(number, "operator")
        elif case.is_sent:
            raise Refused("bad_input")
        else:
            self._move(number, "returning", "operator", kind="return")
        case.is_ruled = True

    # What time does

    def time_out(self) -> int:
        now, moved = self.market.now, 0
        due = [(one.due, n) for n, one in enumerate(self.market.cases) if (one.due or now) < now]
        for _, number in sorted(due)[:100]:
            try:
                moved += self._silent(number)
            except Refused:
                continue  # its pieces have gone back already
        return moved

    def _silent(self, number: int) -> bool:
        case = self.market.cases[number]
        if case.due is None or case.due >= self.market.now:
            return False
        if case.state == "platform":
            case.due = self.market.now + DAY
            return False
        if case.state == "requested" and (
            case.kind in BACK or (case.kind == "refund" and case.is_unsent)
        ):
            self._agree(number, "system")
        elif case.state == "sent" and case.kind == "return":
            self._refund(number, "system", came_back=True)
        else:
            self._lapse(number, case.state)
        return True

    def _lapse(self, number: int, state: str) -> None:
        target = {"rejected": "closed", "returning": "closed", "replaced": "done"}
        outcome = {"rejected": "rejected", "returning": "lapsed", "replaced": "replaced"}
        self._move(number, target.get(state, "platform"), "system", outcome=outcome.get(state, ""))

    def end(self) -> int:
        """Cases whose money has left are done."""
        due = [
            n
            for n, one in enumerate(self.market.cases)
            if one.state == "refunding"
            and (one.refund is None or self.market.refunds[one.refund].state == "done")
        ]
        for number in due[:100]:
            self._move(number, "done", "system", outcome="refunded")
        return len(due[:100])
