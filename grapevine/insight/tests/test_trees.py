"""Every shop's tree every night, and the pages that read it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from grapevine.goods import facade as goods
from grapevine.insight import building, planting
from grapevine.insight.actions import advising
from grapevine.insight.contracts import Baseline, Node, State, Tree
from grapevine.insight.models import BuiltDay, CubeBlock, DailyFact, ShopTree
from grapevine.insight.queries.traces import traces_of
from grapevine.insight.queries.trees import tree_of
from grapevine.insight.rules import ending, written
from grapevine.insight.rules.drawing import Spark, spark
from grapevine.insight.rules.packing import Cells, packed
from grapevine.insight.rules.tree import nodes
from grapevine.insight.tests.orchard import SUNDAY, node
from grapevine.insight.tests.test_lake import DAY, paid, row
from grapevine.insight.web import words
from grapevine.people import facade as people
from grapevine.signals import facade as signals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_chinese")]
DAYS = 84
LARGE, STEADY, SMALL, BROKEN = 1, 2, 3, 4


@pytest.fixture
def in_chinese() -> Iterator[None]:
    """Whatever language the page before was read in."""
    with translation.override("zh-hans"):
        yield


def fact(shop: int, day: date, channel: str, visitors: int, **more: Any) -> DailyFact:
    """One in ten buys, one in four of those at the till does not."""
    buyers = visitors // 10
    usual = {
        "lookers": visitors // 2, "carters": buyers + visitors // 30, "buyers": buyers, "new_buyers": buyers // 2,
        "orders": buyers, "items": buyers * 2, "payments_minor": buyers * 10_000,
        "payments_square": buyers * 1.25e8, "refunds_minor": buyers * 100,
    }  # fmt: skip
    return DailyFact(shop_id=shop, day=day, channel=channel, visitors=visitors, **{**usual, **more})


def income(listed: int, cut: int, received: int) -> bytes:
    """A day's block with two cells, of which the second has a hundred of each."""
    told = {"listed_minor": listed, "cut_minor": cut, "received_minor": received}
    sums = {name: np.array([value - 100, 100]) for name, value in told.items()}
    return next(packed(np.array([0]), Cells(2, {}, sums)))


def fill(
    shop: int,
    last: date,
    visitors: int,
    *,
    note_now: int | None = None,
    extra: int = 0,
    every: int = 1,
) -> None:
    """Twelve weeks, alike but for the visitors of notes in the last; of a small shop only `every` so many days."""
    rows, cells = [], []
    for number in range(0, DAYS + extra, every):
        day = last - timedelta(days=number)
        of_note = visitors if note_now is None or number >= 7 else note_now
        mine = [fact(shop, day, "note", of_note), fact(shop, day, "feed", visitors)]
        total = sum(one.payments_minor for one in mine)
        cells.append(CubeBlock(shop_id=shop, day=day, income=income(total * 2, total, total)))
        rows += mine
    DailyFact.objects.bulk_create(rows)
    CubeBlock.objects.bulk_create(cells)


def plant() -> dict[int, Tree]:
    fill(LARGE, SUNDAY, 200, note_now=60)
    fill(STEADY, SUNDAY, 200)
    fill(SMALL, SUNDAY, 10, every=7)
    assert planting.plant(SUNDAY) == planting.Planted(shops=3, failed=0)
    return {one.shop_id: written.tree_from(one.body) for one in ShopTree.objects.all()}


def test_every_shop_has_its_tree_in_the_span_that_says_something() -> None:
    found = plant()
    large, steady, small = found[LARGE], found[STEADY], found[SMALL]
    assert large.cause == ("payment", "buyers", "visitors", "channel:note")
    assert (large.days, large.is_widened, large.baseline) == (7, False, Baseline.WEEKS)
    assert large.first == SUNDAY - timedelta(days=6)
    # 7 days of 6 and 20, and 28 days of 20 and 20
    assert (large.orders_now, large.orders) == (182, 182 + 1120)
    assert (large.root.now, large.root.before) == (1_820_000, 2_800_000)
    assert (large.refunds_minor, large.refunds_before_minor) == (18_200, 28_000)
    assert {child.name for child in node(large, "conversion").children} == {
        "mix",
        "detail",
        "cart",
        "pay",
    }
    assert [child.name for child in node(large, "aov").children] == ["pieces", "price", "discount"]
    assert node(large, "price").now == 10_000
    assert (steady.root.state, steady.cause) == (State.FLAT, ())
    assert (small.root.state, small.days, small.is_widened) == (State.UNKNOWN, 28, True)
    assert (small.orders_now, small.orders_missing) == (8, 25)
    stored = ShopTree.objects.get(shop_id=LARGE)
    assert (stored.day, stored.days, stored.state, stored.cause) == (
        SUNDAY,
        7,
        "down",
        "channel:note",
    )
    assert json.loads(stored.noise)["payment"] == 0.000909091


def test_one_shop_reads_what_is_stored_or_makes_another_span_by_the_same_measure() -> None:
    plant()
    with CaptureQueriesContext(connection) as queries:
        stored = tree_of(LARGE, last=SUNDAY)
    assert len(queries) == 1
    assert stored.built_at is not None
    with CaptureQueriesContext(connection) as queries:
        week = tree_of(LARGE, 7, last=SUNDAY)
    assert len(queries) == 3
    assert [_told(one) for one in nodes(week.root)] == [_told(one) for one in nodes(stored.root)]
    month = tree_of(LARGE, 28, last=SUNDAY, baseline=Baseline.BEFORE)
    assert (month.days, month.root.before, month.root.now) == (28, 11_200_000, 10_220_000)
    ShopTree.objects.all().delete()
    again = tree_of(LARGE, last=SUNDAY)
    assert (again.built_at, again.days, again.cause) == (None, 7, stored.cause)
    assert tree_of(SMALL, last=SUNDAY).is_widened
    nobody = tree_of(99, last=SUNDAY)
    assert (nobody.root.state, nobody.days) == (State.UNKNOWN, 28)


def test_the_weeks_behind_a_small_line() -> None:
    plant()
    with CaptureQueriesContext(connection) as queries:
        traces = traces_of(LARGE, SUNDAY)
    assert len(queries) == 2
    assert traces["payment"].values == (2_800_000.0,) * 7 + (1_820_000.0,)
    assert traces["channel:note"].values == (1_400.0,) * 7 + (420.0,)
    assert traces["aov"].values == (10_000.0,) * 8
    assert traces["payment"].ends[-2:] == (SUNDAY - timedelta(days=7), SUNDAY)
    DailyFact.objects.filter(shop_id=STEADY, day__lte=SUNDAY - timedelta(days=14)).delete()
    assert traces_of(STEADY, SUNDAY)["payment"].values == (2_800_000.0,) * 2
    assert traces_of(STEADY, SUNDAY)["shipping"].values == (None, None)  # nobody pays for shipping
    assert traces_of(99, SUNDAY)["payment"].values == ()


def test_a_small_line_is_drawn_of_what_is_known() -> None:
    assert spark([1.0, 2.0, 3.0]) == Spark("M0.0 16.0L22.0 8.0L44.0 0.0", 44.0, 0.0)
    assert spark([2.0, None, 2.0]) == Spark("M0.0 8.0L44.0 8.0", 44.0, 8.0)
    assert (spark([]), spark([1.0]), spark([None, 1.0])) == (None, None, None)


def _told(one: Node) -> tuple[object, ...]:
    return (
        one.name,
        one.state,
        one.contribution_minor,
        one.on_path,
        round(one.low, 4),
        round(one.high, 4),
    )


def test_the_same_days_a_year_before() -> None:
    fill(LARGE, SUNDAY, 200, extra=364)
    DailyFact.objects.filter(day__lt=SUNDAY - timedelta(days=300)).update(payments_minor=400_000)
    tree = tree_of(LARGE, 7, baseline=Baseline.YEAR, last=SUNDAY)
    assert (tree.root.now, tree.root.before) == (2_800_000, 5_600_000)
    assert tree.cause == ("payment", "aov")
    assert node(tree, "aov").children == ()  # trade tells of other payments than the log


def test_days_before_a_shop_opened_are_no_days_of_little_trade() -> None:
    fill(LARGE, SUNDAY, 200)
    fill(STEADY, SUNDAY, 200)
    fill(SMALL, SUNDAY, 200)
    DailyFact.objects.filter(shop_id=LARGE, day__lte=SUNDAY - timedelta(days=14)).delete()
    DailyFact.objects.filter(shop_id=STEADY, day__lte=SUNDAY - timedelta(days=9)).delete()
    DailyFact.objects.filter(shop_id=SMALL, day__lte=SUNDAY - timedelta(days=5)).delete()
    planting.plant(SUNDAY)
    two_weeks, nine_days, five_days = (
        tree_of(shop, last=SUNDAY) for shop in (LARGE, STEADY, SMALL)
    )
    assert (two_weeks.root.state, two_weeks.root.before, two_weeks.orders) == (
        State.FLAT,
        2_800_000,
        560,
    )
    assert (nine_days.root.before, nine_days.orders, nine_days.root.state) == (
        2_800_000,
        360,
        State.FLAT,
    )
    assert (five_days.root.now, five_days.root.before, five_days.is_young) == (2_000_000, 0, True)
    assert {one.state for one in nodes(five_days.root)} == {State.UNKNOWN}
    assert words.verdict(five_days) == "还没有以前的日子可比，先不下结论。"
    assert words.notes(five_days)[0] == "这家店在前四周同期还没有数据，没有可比的日子。"


def test_a_shop_that_cannot_be_read_keeps_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    for shop in (LARGE, STEADY, SMALL, BROKEN, 5):
        fill(shop, SUNDAY, 200)
    DailyFact.objects.filter(shop_id=BROKEN, day=SUNDAY).update(visitors=-1)
    assert planting.plant(SUNDAY) == planting.Planted(shops=4, failed=1)
    assert sorted(ShopTree.objects.values_list("shop_id", flat=True)) == [LARGE, STEADY, SMALL, 5]
    assert [record.getMessage() for record in caplog.records] == ["no tree for shop 4"]


def test_trees_are_made_once_a_day_and_again_when_a_day_was_counted_again() -> None:
    assert planting.plant_due() is None
    yesterday = timezone.localdate() - timedelta(days=1)
    fill(LARGE, yesterday, 200)
    old = ShopTree.objects.create(
        shop_id=LARGE, day=yesterday - timedelta(days=8), days=7, version=1, state="flat", body="{}",
        noise="{}", built_at=timezone.now(),
    )  # fmt: skip
    BuiltDay.objects.create(day=yesterday, files="x", built_at=timezone.now())
    assert planting.plant_due() == planting.Planted(shops=1, failed=0)
    assert planting.plant_due() is None
    assert not ShopTree.objects.filter(pk=old.pk).exists()
    BuiltDay.objects.update(built_at=timezone.now())
    assert planting.plant_due() == planting.Planted(shops=1, failed=0)
    assert ShopTree.objects.count() == 1


def test_how_far_people_came_is_counted_by_day() -> None:
    signals.record([
        row("see", visitor_id="aaaa", channel="feed", object_type="goods", object_id="g1"),
        row("note", visitor_id="bbbb", channel="feed", object_type="note", object_id="n1"),
        row("fill", "cart", visitor_id="cccc", channel="feed", object_type="goods", object_id="g1"),
        row("come", person_id=6, visitor_id="dddd", channel="feed"),
        row("place", "trade.order_placed", person_id=6, channel="feed"),
        paid("pay", 5, 900, channel="feed"),
    ])  # fmt: skip
    signals.seal()
    building.build()
    found = DailyFact.objects.get(day=DAY)
    assert (found.visitors, found.lookers, found.carters, found.buyers) == (5, 4, 3, 1)


# ---- the pages --------------------------------------------------------------------------------


@pytest.fixture
def bob() -> int:
    return people.sign_up(identifier="bob@example.com", password="vine-and-grape-7", name="Bob")


def opened(bob: int, *, note_now: int = 60, visitors: int = 200, every: int = 1) -> Client:
    shop = goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")
    fill(
        shop.id, timezone.localdate() - timedelta(days=1), visitors, note_now=note_now, every=every
    )
    client = Client()
    client.force_login(get_user_model().objects.get(pk=bob))
    return client


def test_the_page_says_what_fell_and_why(bob: int) -> None:
    client = opened(bob)
    page = client.get("/console/bobs/tree/?days=7").content.decode()
    assert (
        "最近 7 天的支付额比前四周同期少 35%（¥9,800），主要因为「笔记」来的访客少了 70%。" in page
    )
    assert "支付额算在付款那天，没有减退款。这些天退了 ¥182，前四周同期退了 ¥280。" in page
    assert page.count('class="node ') == 7  # aov and conversion are folded
    assert page.count('<details class="what">') == 7
    assert "↓" in page
    assert "降 −70.0%" in page
    assert "展开客单价的 3 项" in page
    assert "?days=7&amp;open=aov%2Cvisitors" in page
    assert page.count('<svg class="spark ') == 7
    assert page.count("九成把握 ") == 7  # every card; the table has a column of it
    yesterday = timezone.localdate() - timedelta(days=1)
    heads = [yesterday - timedelta(days=7 * back) for back in reversed(range(8))]
    assert all(f"到 {day.month}/{day.day}</th>" in page for day in heads)
    wide = client.get("/console/bobs/tree/?days=7&open=aov,visitors,conversion").content.decode()
    assert wide.count('class="node ') == 14
    by_who = client.get("/console/bobs/tree/?by=who").content.decode()
    assert by_who.count('class="node ') == 5
    english = client.get("/console/bobs/tree/?days=7", headers={"accept-language": "en"})
    assert (
        "Payments of the last 7 days are 35% (¥9,800) below the four weeks before, "
        "mostly because visitors from “Notes” fell by 70%."
    ) in english.content.decode()


def test_a_small_shop_is_told_what_is_missing(bob: int) -> None:
    page = (
        opened(bob, visitors=10, note_now=10, every=7).get("/console/bobs/tree/").content.decode()
    )
    assert "最近 28 天的订单还太少，先不下结论。" in page
    assert "单左右，就能看出支付额有没有大的变化。" in page
    assert "7 天的订单不够下结论，自动放宽到 28 天。" in page
    assert "影响看不准" in page


def test_the_tree_over_the_api(bob: int) -> None:
    client = opened(bob)
    answer = client.get("/api/v1/shops/bobs/tree?days=7").json()
    assert (answer["vs"], answer["days"], answer["widened"]) == ("weeks", 7, False)
    assert answer["cause"] == ["payment", "buyers", "visitors", "channel:note"]
    assert answer["root"]["contribution_minor"] == -980_000
    assert answer["root"]["low"] < answer["root"]["change"] < answer["root"]["high"]
    assert answer["refunds_minor"] == 18_200
    before = client.get("/api/v1/shops/bobs/tree?vs=before").json()
    assert (before["vs"], before["root"]["before"]) == ("before", 2_800_000)
    assert client.get("/api/v1/shops/bobs/tree?vs=never").status_code == 422


def test_the_sentence_for_every_state() -> None:
    found = plant()
    assert (
        words.verdict(found[STEADY]) == "最近 7 天的支付额和前四周同期持平（0.0%，在日常波动内）。"
    )
    assert words.verdict(found[SMALL]) == "最近 28 天的订单还太少，先不下结论。"
    assert words.notes(found[SMALL])[:2] == [
        "这 28 天有 8 单。再多 25 单左右，就能看出支付额有没有大的变化。",
        "7 天的订单不够下结论，自动放宽到 28 天。",
    ]
    fill(7, SUNDAY, 200, note_now=400)
    risen = tree_of(7, 7, last=SUNDAY)
    assert (
        words.verdict(risen)
        == "最近 7 天的支付额比前四周同期多 50%（¥14,000），主要因为「笔记」来的访客多了 100%。"
    )
    for name in [*words.LABELS, "channel:note"]:
        assert words.node_label(name)
        assert words.node_meaning(name)


def left(visitors: int, silent: int, last: date = SUNDAY) -> Tree:
    """The tree of a shop to which so many came a day until so many days before the last."""
    DailyFact.objects.all().delete()
    CubeBlock.objects.all().delete()
    fill(STEADY, last - timedelta(days=silent), visitors)
    with time_machine.travel(datetime.combine(last + timedelta(days=1), time(12), tzinfo=UTC)):
        return tree_of(STEADY)


@pytest.mark.parametrize(
    ("visitors", "silent", "is_ended"),
    [
        (200, 6, False),
        (200, 7, True),
        (200, 400, True),
        (1, 7, True),
        (200, 0, False),
    ],
)
def test_a_shop_that_ended_is_told_until_its_last_day(
    visitors: int,
    silent: int,
    is_ended: bool,
) -> None:
    """Both channels have `visitors` a day."""
    tree = left(visitors, silent)
    final = SUNDAY - timedelta(days=silent)
    assert (tree.ended_on, tree.last) == ((final, final) if is_ended else (None, SUNDAY))
    assert (tree.root.state is State.DOWN) == (silent == 6)
    said = words.verdict(tree)
    assert said.startswith(f"{final} 以后没有人来，也没有订单。到那天为止：") == is_ended


def test_days_without_visits_that_may_be_chance_are_no_end() -> None:
    assert [ending.is_ended(visits, 7) for visits in (27, 28)] == [False, True]
    counts = np.array([[27.0, *[0.0] * 7], [28.0, *[0.0] * 7]])
    assert ending.ended(counts, np.arange(1, 9), 8).tolist() == [False, True]


def test_a_shop_that_ended_has_no_stored_tree_and_no_advice() -> None:
    fill(LARGE, SUNDAY, 200, note_now=60)
    assert planting.plant(SUNDAY) == planting.Planted(shops=1)
    fill(STEADY, SUNDAY - timedelta(days=8), 200, note_now=60)
    DailyFact.objects.filter(shop_id=LARGE, day__gt=SUNDAY - timedelta(days=7)).delete()
    assert planting.plant(SUNDAY) == planting.Planted(ended=2)
    assert not ShopTree.objects.exists()
    with time_machine.travel(datetime.combine(SUNDAY + timedelta(days=1), time(12), tzinfo=UTC)):
        assert tree_of(STEADY).cause
        guide = advising.guide(STEADY)
        assert (guide.findings, guide.advices, guide.is_ended) == ((), (), True)


def test_the_cube_shows_the_weeks_until_the_last_day(bob: int) -> None:
    shop = goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")
    client = Client()
    client.force_login(get_user_model().objects.get(pk=bob))
    final = timezone.localdate() - timedelta(days=40)
    fill(shop.id, final, 200)
    page = client.get("/console/bobs/cube/?on=income").content.decode()
    assert f"{final} 以后没有人来，也没有订单。看的是到那天为止的四周。" in page
    assert f'name="last" value="{final}"' in page
    asked = client.get(f"/console/bobs/cube/?on=income&last={final - timedelta(days=1)}")
    assert "以后没有人来" not in asked.content.decode()
