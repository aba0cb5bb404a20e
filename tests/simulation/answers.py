"""The real side of after-sales: what buyer, shop and operator do with a case."""

from typing import Any

from grapevine.trade.actions import aftersales, afterwards
from tests.simulation.facts import Operation
from tests.simulation.names import Names, buyer_id, owner_id

PARCEL: dict[str, Any] = {"carrier": "顺丰", "tracking": "SF123456"}


class Answers:
    """One method for each act, by its name in the model."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def _shop(self, op: Operation) -> dict[str, Any]:
        shop = op.args["shop"]
        return {
            "shop_id": self.names.shops[shop], "actor_id": owner_id(shop),
            "number": self.names.cases[op.args["case"]],
        }  # fmt: skip

    def _buyer(self, op: Operation) -> dict[str, Any]:
        return {"buyer_id": buyer_id(op.args["buyer"]), "number": self.names.cases[op.args["case"]]}

    def approve(self, op: Operation) -> None:
        aftersales.approve_case(**self._shop(op))

    def reject(self, op: Operation) -> None:
        aftersales.reject_case(**self._shop(op), reason="不是质量问题")

    def receive(self, op: Operation) -> None:
        aftersales.receive_return(**self._shop(op), restocks=op.args["whole"])

    def replace(self, op: Operation) -> None:
        aftersales.send_replacement(**self._shop(op), **PARCEL)

    def instead(self, op: Operation) -> None:
        aftersales.refund_instead(**self._shop(op), reason="没有货了")

    def cancel(self, op: Operation) -> None:
        aftersales.cancel_case(**self._buyer(op))

    def send(self, op: Operation) -> None:
        aftersales.send_return(**self._buyer(op), **PARCEL)

    def confirm(self, op: Operation) -> None:
        aftersales.confirm_replacement(**self._buyer(op))

    def escalate(self, op: Operation) -> None:
        aftersales.escalate_case(**self._buyer(op), words="请平台看看")

    def reopen(self, op: Operation) -> None:
        afterwards.reopen_case(**self._buyer(op), words="还是坏的")

    def rule(self, op: Operation) -> None:
        aftersales.rule_case(
            number=self.names.cases[op.args["case"]], operator_id=1, reason="看过双方的证据",
            for_buyer=op.args["for_buyer"], needs_return=op.args["goods_first"],
        )  # fmt: skip
