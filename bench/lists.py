"""A shop's order list with a million orders in it: every filter, page by page, and the file. `make bench-lists`.

PostgreSQL, one process, the whole page as staff see it (door, query, template). Prints the 95th percentile of each
filter in milliseconds, the slowest of them, and what streaming a hundred thousand orders adds to memory; the last
line is JSON.
"""

import argparse
import json
import os
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
if "GRAPEVINE_HOME" not in os.environ:
    os.environ["GRAPEVINE_HOME"] = tempfile.mkdtemp(prefix="grapevine-bench-")

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  after django.setup
from django.db import connection  # noqa: E402  after django.setup
from django.test import Client  # noqa: E402  after django.setup

from bench import world  # noqa: E402  after django.setup
from grapevine.goods import facade as goods  # noqa: E402  after django.setup
from grapevine.goods.models import Goods, Sku  # noqa: E402  after django.setup
from grapevine.trade.contracts import OrderState  # noqa: E402  after django.setup
from grapevine.trade.rules.address import PROVINCES  # noqa: E402  after django.setup

BATCH = 100_000
NEXT = re.compile(r'rel="next" href="[^"]*cursor=([^"&]+)"')
DAYS = 730
PATH = "/console/shop-0/orders/"
STATES = ["completed"] * 89 + ["refunded"] * 4 + ["cancelled"] * 4 + ["received", "shipped", "paid"]
GROW = (
    """INSERT INTO trade_payment (number, buyer_id, key, state, method, total_minor, currency, expires_at, paid_at)
SELECT 'p' || n, 1 + mod(hashint4(n)::bigint + 2147483648, 20000), 'past-' || n, 'paid', 'sandbox', 1000, 'CNY', now(), now()
FROM generate_series(%(first)s, %(last)s) n""",
    """INSERT INTO trade_order (number, payment_id, buyer_id, shop_id, shop_name, state, goods_minor, discount_minor,
  shipping_minor, subsidy_minor, total_minor, currency, offers, message, waits, claim, source, address, region,
  placed_at, paid_at)
SELECT to_char(now() - interval '1 minute' * p.n, 'YYMMDD') || p.id, p.id, p.buyer_id, %(shop)s, '店',
  (%(states)s::text[])[1 + mod(hashint4(p.n)::bigint + 2147483648, 100)], 1000, 0, 0, 0, 1000, 'CNY', '[]', '', false, '', '{}', '',
  (%(provinces)s::text[])[1 + mod(hashint4(p.n + 7)::bigint + 2147483648, %(count)s)],
  now() - interval '1 minute' * p.n, now() - interval '1 minute' * p.n
FROM (SELECT id, buyer_id, substr(number, 2)::int AS n FROM trade_payment
      WHERE number IN (SELECT 'p' || n FROM generate_series(%(first)s, %(last)s) n)) p""",
    """INSERT INTO trade_line (order_id, sku_id, goods_id, goods_public_id, title, option, count, price_minor,
  discount_minor, subsidy_minor, cuts, placed_at)
SELECT o.id, sku.id, sku.goods_id, 'g', '商品', '默认', 1, 1000, 0, 0, '[]', o.placed_at
FROM trade_order o
JOIN goods_sku sku ON sku.id = %(sku)s + mod(hashint4(o.id::int)::bigint + 2147483648, 100)
WHERE o.payment_id IN (SELECT id FROM trade_payment WHERE number IN
  (SELECT 'p' || n FROM generate_series(%(first)s, %(last)s) n))""",
)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks


def grow(shop_id: int, orders: int) -> None:
    """Orders of one shop, one a minute into the past."""
    skus = Goods.objects.filter(shop_id=shop_id).order_by("id").values_list("public_id", flat=True)
    given: dict[str, Any] = {
        "shop": shop_id, "states": STATES, "provinces": list(PROVINCES), "count": len(PROVINCES),
        "sku": Sku.objects.filter(goods__public_id=skus[0]).order_by("id").values_list("id", flat=True)[0],
    }  # fmt: skip
    for first in range(1, orders + 1, BATCH):
        with connection.cursor() as cursor:
            for text in GROW:
                cursor.execute(
                    text, {**given, "first": first, "last": min(orders, first + BATCH - 1)}
                )
    world.analyse()


def filters(
    dice: random.Random, handles: list[str], public_ids: list[str]
) -> dict[str, Callable[[], str]]:
    """Every filter the page offers, and what people put together; each draws its words anew."""

    def day() -> date:
        return date.today() - timedelta(days=dice.randrange(DAYS - 40))  # noqa: DTZ011  any day will do

    def days() -> str:
        first = day()
        return f"first={first - timedelta(days=dice.choice((0, 6, 30)))}&last={first}"

    found: dict[str, Callable[[], str]] = {"all": lambda: "", "days": days}
    for state in OrderState:
        found[f"state {state}"] = lambda state=state: f"state={state}"  # type: ignore[misc]
    found["number"] = lambda: f"q={day():%y%m%d}"
    found["province"] = lambda: f"province={dice.choice(PROVINCES)}"
    found["goods"] = lambda: f"goods={dice.choice(public_ids)}"
    found["buyer"] = lambda: f"buyer={dice.choice(handles)}"
    for state in ("cancelled", "refunded", "received"):
        found[f"goods, {state}"] = lambda state=state: (  # type: ignore[misc]
            f"goods={dice.choice(public_ids)}&state={state}"
        )
    found["goods and days"] = lambda: f"goods={dice.choice(public_ids)}&{days()}"
    found["province, state, days"] = lambda: (
        f"province={dice.choice(PROVINCES)}&state=refunded&{days()}"
    )
    found["buyer and goods"] = lambda: (
        f"buyer={dice.choice(handles)}&goods={dice.choice(public_ids)}"
    )
    return found


def percentile(staff: Client, query: Callable[[], str], times: int) -> float:
    """The 95th percentile in milliseconds of a first page and the page after it."""
    taken = []
    for _ in range(times):
        words = query()
        for _page in range(2):
            start = time.perf_counter()
            answer = staff.get(f"{PATH}?{words}")
            taken.append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 200, answer.status_code
            more = NEXT.search(answer.content.decode())
            if more is None:
                break
            words = f"{words}&cursor={more.group(1)}"
    return sorted(taken)[int(len(taken) * 0.95)]


def streamed(staff: Client, orders: int) -> tuple[float, int, float]:
    """Reads the file until `orders` rows came: (MB it added to the process at most, rows, seconds)."""
    before, start, rows = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter(), 0
    for piece in staff.get(f"{PATH}export.csv"):
        rows += piece.count(b"\n")
        if rows > orders:
            break
    added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return added / 1024, rows, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    shop = world.build(64)
    say(f"growing {given.orders} orders in one shop")
    grow(shop.shop_id, given.orders)
    people = get_user_model().objects.all()
    staff = Client()
    staff.force_login(people.get(pk=goods.shop_by_slug("shop-0").owner_id))
    handles = [person.handle for person in people.order_by("id")[:60]]
    public_ids = list(
        Goods.objects.filter(shop_id=shop.shop_id).values_list("public_id", flat=True)[:100]
    )
    staff.get(PATH)
    found: dict[str, float] = {}
    dice = random.Random(7)  # noqa: S311  no secret
    for name, query in filters(dice, handles, public_ids).items():
        found[name] = round(percentile(staff, query, given.times), 1)
        say(f"  {name}: p95 {found[name]} ms")
    memory, rows, seconds = streamed(staff, 100_000)
    say(json.dumps({
        "orders": given.orders, "worst_p95_ms": max(found.values()), "p95_ms": found,
        "export_rows": rows, "export_added_mb": round(memory, 1), "export_seconds": round(seconds, 1),
    }, ensure_ascii=False))  # fmt: skip


if __name__ == "__main__":
    main()
