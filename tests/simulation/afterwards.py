"""What a plan asks for after a sale: cases of after-sales, and what their sides do next."""

from typing import Any

from tests.simulation.cases import REASONS
from tests.simulation.choosing import Chooser, chance, pick
from tests.simulation.facts import Case

NEXT = {
    "requested": ("approve", "approve", "approve", "reject", "reject", "cancel"),
    "rejected": ("escalate", "escalate", "escalate", "cancel"),
    "platform": ("rule", "rule", "rule", "cancel"),
    "returning": ("send", "send", "send", "cancel"),
    "sent": ("receive", "receive", "receive", "reject"),
    "received": ("replace", "replace", "instead"),
    "replaced": ("confirm", "confirm", "escalate"),
    "done": ("reopen",),
    "closed": ("reopen",),
}
"""What may follow on a state, what is usual oftener."""
BY_BUYER = ("cancel", "send", "confirm", "escalate", "reopen")
ACTS = sorted({act for acts in NEXT.values() for act in acts})
FIT = {
    "paid": (("refund", "unsent"),),
    "shipped": (("refund", "not_arrived"), ("shortage", "missing"), ("refund", "damaged")),
    "received": (
        ("return", "no_reason"), ("exchange", "damaged"), ("exchange", "wrong"), ("refund", "quality"),
        ("return", "different"),
    ),
}  # fmt: skip
FIT["completed"] = FIT["received"]


class Afterwards:
    def __init__(self, chooser: Chooser, model: Any) -> None:
        self.chooser, self.market = chooser, model.market

    def pieces(self, order: int) -> list[tuple[int, int]]:
        """Some lines of an order, of each some pieces; now and then more than there are left."""
        lines = self.market.orders[order].lines
        found = []
        for place, line in enumerate(lines):
            left = max(1, line.count - line.back)
            most = left if chance(self.chooser, 90) else line.count + 1
            if len(lines) == 1 or chance(self.chooser, 60):
                found.append((place, self.chooser.whole(1, most)))
        return found or [(0, 1)]

    def ask(self) -> dict[str, Any] | None:
        """Rather what fits the order's state."""
        orders = self.market.orders
        fit = [n for n, one in enumerate(orders) if one.state in FIT]
        if not fit:
            return None
        number = pick(self.chooser, fit[-8:])
        order = orders[number]
        state = "shipped" if order.state == "paid" and order.parcels else order.state
        kind, reason = pick(self.chooser, FIT[state])
        if chance(self.chooser, 10):
            kind = pick(self.chooser, sorted(REASONS))
            reason = pick(self.chooser, REASONS[kind])
        buyer = order.buyer if chance(self.chooser, 97) else (order.buyer + 1) % self._buyers()
        return {
            "order": number, "buyer": buyer, "what": kind, "reason": reason,
            "pieces": self.pieces(number),
        }  # fmt: skip

    def _buyers(self) -> int:
        buyers: int = self.market.setup.buyers
        return buyers

    def case(self) -> dict[str, Any] | None:
        cases = self.market.cases
        if not cases:
            return None
        live = [n for n, one in enumerate(cases) if self._may_go_on(one)]
        if not live and chance(self.chooser, 80):
            return None
        number = pick(self.chooser, live) if live else self.chooser.whole(0, len(cases) - 1)
        case = cases[number]
        usual = NEXT.get(case.state, ())
        act = pick(self.chooser, usual if usual and chance(self.chooser, 92) else ACTS)
        return {"case": number, "act": act, **self._by(case, act)}

    def _may_go_on(self, case: Case) -> bool:
        is_over = case.state in ("done", "closed")
        return case.state in NEXT and not (is_over and case.outcome == "refunded")

    def _by(self, case: Case, act: str) -> dict[str, Any]:
        if act == "rule":
            return {
                "for_buyer": chance(self.chooser, 60), "goods_first": chance(self.chooser, 40),
            }  # fmt: skip
        if act in BY_BUYER:
            is_own = chance(self.chooser, 97)
            return {"buyer": case.buyer if is_own else (case.buyer + 1) % self._buyers()}
        shops = len(self.market.setup.shops)
        shop = case.shop if chance(self.chooser, 97) else (case.shop + 1) % shops
        return {"shop": shop} | ({"whole": chance(self.chooser, 60)} if act == "receive" else {})
