"""Callbacks that are not what they seem. Each must be refused and change nothing."""

from typing import Any

from grapevine.trade.models import Attempt, Refund
from grapevine.trade.rules.reconciling import refund_id
from tests.simulation.adapter import HEADER, signed
from tests.simulation.names import Names

HOW = ("unsigned", "amount", "currency", "stranger", "swapped", "stolen", "returning")
"""stolen: another attempt's event id; swapped: a message that came in at the wrong provider's door."""


def forged(names: Names, args: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    number, how = names.attempt(args["payment"], args["place"]), args["how"]
    row = Attempt.objects.select_related("payment").get(number=number)
    told: dict[str, Any] = {
        "method": args["method"], "number": number, "state": "paid", "currency": "CNY",
        "amount": row.payment.total_minor, "event": f"{number}:forged",
    }  # fmt: skip
    if how == "amount":
        told["amount"] += args["by"]
    elif how == "currency":
        told["currency"] = "USD"
    elif how == "stranger":
        told["number"] = f"{number}9"
    elif how == "swapped":
        told["method"] = "south" if args["method"] == "north" else "north"
    elif how == "stolen":
        told["event"] = f"{names.attempt(*args['other'])}:paid"
    elif how == "returning":
        refund = Refund.objects.select_related("payment").order_by("id")[args["refund"]]
        told["returning"] = refund_id(refund.payment.number, refund.pk)
        told["amount"] = refund.amount_minor + args["by"]
    headers, body = signed(told)
    return ({HEADER: "0" * 64} if how == "unsigned" else headers), body
