"""Every write that a shop's staff gets through leaves a line in that shop's trail."""

import json
from typing import Any

import pytest
from django.db import transaction

from grapevine.goods.contracts import Right
from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter, AuditView
from tests.authorisation.endpoints import ENDPOINTS
from tests.authorisation.table import PAGES
from tests.authorisation.test_matrix import address, ask, endpoints, pages
from tests.authorisation.world import SLUG, World, fingerprint, found

pytestmark = pytest.mark.django_db
REFUSED_FROM = 400
OWN_HISTORY = {
    "trade:aftersales_approval",
    "POST /shops/{slug}/after-sales/{number}/approval",  # each step of a case keeps who took it
    "PUT /shops/{slug}/reviews/{public_id}/reply",  # a reply keeps who wrote it
    "PUT /shops/{slug}/application",  # a draft
    "DELETE /shops/{slug}/brand/blocks/{block_id}",  # a draft
    "reach:desk_read_all",  # what one has read is one's own
    "POST /shops/{slug}/webhooks/{public_id}/test",  # a message that says it is a test
}
"""Writes that tell elsewhere who made them, or that nobody sees yet."""


def newest(world: World) -> AuditView | None:
    page = guard.trail(AuditFilter(actor_id=world.ids["owner"]), limit=1)
    return page.items[0] if page.items else None


def writes() -> list[tuple[str, str, Any, Any]]:
    """(name, method, route, row) of everything a right opens that is not a GET."""
    rows = [
        (key, method, pages()[key.split()[0]], row)
        for key, row in PAGES.items()
        for method in row.methods
    ]
    rows += [(name, name.split()[0], endpoints()[name], row) for name, row in ENDPOINTS.items()]
    return [
        one
        for one in rows
        if isinstance(one[3].who, Right) and one[1] != "GET" and not one[3].remote
    ]


def test_a_write_that_succeeds_is_in_the_trail() -> None:
    world, silent, told = found(), [], 0
    for name, method, route, row in writes():
        before, rows = newest(world), fingerprint()
        client = (world.programs if route.is_api else world.pages)["owner"]
        with transaction.atomic():
            answer = ask(client, method, address(route, row, world), route)
            after, changed = newest(world), fingerprint() != rows
            transaction.set_rollback(True)
        if answer.status_code >= REFUSED_FROM:
            continue
        if after == before and changed and name not in OWN_HISTORY:
            silent.append(f"{name} ({answer.status_code})")
        elif after is not None and after != before:
            told += 1
            if after.shop_id is None:
                silent.append(f"{name}: {after.action} is in nobody's trail")
    assert silent == [], "\n" + "\n".join(silent)
    assert told >= 55


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "before", "after"),
    [
        ("PUT", "/goods/{goods}/shelf", {"on": False}, "goods.shelf", {"on": True}, {"on": False}),
        ("PUT", "/commission", {"rate_bps": 500}, "commission.rate", {"rate_bps": None}, {"rate_bps": 500}),
        ("POST", "/skus/{code}/adjustments", {"change": 3}, "stock.adjust", None, {"change": 3}),
        (
            "POST", "/orders/{order}/shipment", {"carrier": "顺丰", "tracking": "SF1234567"},
            "order.ship", None, {"carrier": "顺丰", "tracking": "SF1234567"},
        ),
        (
            "POST", "/orders/{order}/refund", {"reason": "缺货"},
            "order.refund", {"state": "paid"}, {"state": "refunded", "reason": "缺货"},
        ),
    ],
)  # fmt: skip
def test_before_and_after_are_what_was_changed(
    method: str, path: str, body: dict[str, Any], action: str, before: Any, after: Any
) -> None:
    world = found()
    answer = world.programs["owner"].generic(
        method, f"/api/v1/shops/{SLUG}{path.format(**world.things)}", json.dumps(body),
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code in {200, 201, 204}, answer.content
    entry = newest(world)
    assert entry is not None
    assert (entry.action, entry.before, entry.after) == (action, before, after)
