"""A file of goods through the import, and the desk over them afterwards. `make bench-import`.

PostgreSQL, one worker, as the job of the product does it: checked whole, then written in batches with their place in the
plan. Three SKUs of every fourth goods, one of the others. Then the desk's list and table are asked many times, each with
another filter. Ends with one line of JSON.
"""

import argparse
import csv
import io
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
if "GRAPEVINE_HOME" not in os.environ:
    os.environ["GRAPEVINE_HOME"] = tempfile.mkdtemp(prefix="grapevine-bench-")

import django

django.setup()

from django.core.management import call_command  # noqa: E402  after django.setup
from django.db import connection  # noqa: E402  after django.setup

from grapevine.goods import facade as goods  # noqa: E402  after django.setup
from grapevine.goods.actions import importing  # noqa: E402  after django.setup
from grapevine.goods.desking import DeskFilter  # noqa: E402  after django.setup
from grapevine.goods.models import ImportRun  # noqa: E402  after django.setup
from grapevine.goods.queries import desk, sheets  # noqa: E402  after django.setup
from grapevine.people import facade as people  # noqa: E402  after django.setup

PASSWORD = "vine-and-grape-7"  # noqa: S105  of a person who lives for a minute
ROUNDS = 20
FILTERS = {
    "list": DeskFilter(), "search": DeskFilter(query="茶杯 7"), "code": DeskFilter(query="SKU-77-0"),
    "low": DeskFilter(state="low"), "price": DeskFilter(sort="price"), "category": DeskFilter(category="类 3"),
}  # fmt: skip


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks


def table(count: int) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(
        [
            "key",
            "title",
            "category",
            "body",
            "axes",
            "option",
            "code",
            "price",
            "cost",
            "stock",
            "grams",
            "on_sale",
        ]
    )
    for n in range(count):
        options = ("雾蓝", "赤陶", "月白") if n % 4 == 0 else ("",)
        for m, option in enumerate(options):
            own = (
                [
                    f"茶杯 {n}",
                    f"类 {n % 20}",
                    "手工拉坯，每只略有不同。" * 5,
                    "釉色" if option else "",
                ]
                if m == 0
                else [""] * 4
            )
            writer.writerow(
                [
                    f"g{n}",
                    *own,
                    option,
                    f"SKU-{n}-{m}",
                    f"{10 + n % 500}.00",
                    "5",
                    n % 200,
                    300,
                    "1" if m == 0 else "",
                ]
            )
    return target.getvalue().encode()


def timed(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def run(shop_id: int, owner: int, data: bytes) -> tuple[float, float, tuple[int, ...]]:
    """Seconds to check and to write, and what became of it."""
    made = importing.begin(
        shop_id=shop_id, actor_id=owner, file=io.BytesIO(data), file_name="bench.csv"
    )
    checking = timed(lambda: importing.check(ImportRun.objects.get(public_id=made)))
    importing.start(shop_id=shop_id, public_id=made)

    def write() -> None:
        while ImportRun.objects.get(public_id=made).state == "running":
            importing.work()

    writing = timed(write)
    view = sheets.import_view(shop_id, made)
    return checking, writing, (view.created, view.updated, view.same, view.refused)


def p95_ms(act: Callable[[], object]) -> float:
    times = sorted(timed(act) for _ in range(ROUNDS))
    return 1000 * times[int(ROUNDS * 0.95) - 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=100_000)
    count = parser.parse_args().goods
    call_command("migrate", verbosity=0)
    owner = people.sign_up(identifier="owner@example.com", password=PASSWORD, name="店主")
    shop = goods.open_shop(owner_id=owner, slug="bench", name="店", colour="#1d5a41")
    data = table(count)
    say(f"{count} goods, {len(data) / 1e6:.1f} MB")
    used = time.process_time()  # of this process; a loaded machine changes it less
    checking, writing, made = run(shop.id, owner, data)
    used = time.process_time() - used
    say(
        f"checked in {checking:.1f} s, written in {writing:.1f} s: {count / (checking + writing):.0f} goods a second {made}"
    )
    checking_again, writing_again, again = run(shop.id, owner, data)
    say(f"the same file again: {checking_again + writing_again:.1f} s {again}")
    assert made == (count, 0, 0, 0)
    assert again == (0, 0, count, 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    desks = {}
    for name, wanted in FILTERS.items():
        desks[f"desk_{name}_p95_ms"] = round(p95_ms(partial(desk.desk_page, shop.id, wanted)), 1)
    desks["desk_table_p95_ms"] = round(p95_ms(lambda: desk.table_page(shop.id, DeskFilter())), 1)
    say("\n".join(f"{name}: {value}" for name, value in desks.items()))
    say(json.dumps({
        "goods": count, "check_seconds": round(checking, 1), "write_seconds": round(writing, 1),
        "goods_a_second": round(count / (checking + writing)), "cpu_seconds": round(used, 1), "again_seconds": round(checking_again + writing_again, 1), **desks,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
