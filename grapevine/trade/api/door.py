"""The door before the doors: an order for what a flash sale has sold out is refused before anything is read."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from grapevine.goods import facade as goods
from grapevine.goods.contracts import OutOfStock
from grapevine.guard import facade as guard
from grapevine.kit.problems import problem

ORDERS = "/api/v1/orders"
GetResponse = Callable[[HttpRequest], HttpResponse]


class SoldOutMiddleware:
    """Refuses orders of hot SKUs that were found empty a moment ago: one statement at most, and nothing written.

    A request that was answered before gets that answer: it may be the one that bought the last piece.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path == ORDERS and _wants_sold_out(request.body):
            return guard.answer_before(request) or problem(OutOfStock())
        return self.get_response(request)


def _wants_sold_out(body: bytes) -> bool:
    """Whether a line names such a SKU. What is not an order is for the endpoint to refuse."""
    try:
        lines = json.loads(body)["lines"]
        return any(goods.seems_sold_out(str(line["sku"])) for line in lines)
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
