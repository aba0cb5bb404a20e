"""The planted truths, imported and then looked for where the consoles look."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from PIL import Image

from grapevine.campaigns import facade as campaigns
from grapevine.cases import facade as cases
from grapevine.front.demo import addresses, carts, facade as demo, living, offers
from grapevine.front.demo.plans import FEW_OPENED, MANY_OPENED
from grapevine.front.demo.world import build
from grapevine.front.interchange import facade as interchange
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.insight import facade as insight
from grapevine.insight.contracts import State
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade

pytestmark = [pytest.mark.django_db, pytest.mark.walk]
PEOPLE = 500
WEEK = 7
CARTS = 90
AUC_LEAST = 0.65
"""Of first orders, most of which nothing foretells: those of circles and at the planted shops."""
price_rows, inbox, case_counts, addresses_of, count_influence, influenced, shop_stage, models, customers, likely_people, rule = (
    import_string(f"grapevine.{page}")
    for page in (
        "insight.queries.prices.price_rows", "reach.queries.inbox", "trade.queries.aftersales.case_counts",
        "trade.queries.toship.addresses_of", "insight.influencing.build", "insight.models.InfluencedOrder",
        "insight.queries.stages.stage_of", "insight.models.PeopleModel", "insight.models.Customer",
        "insight.queries.customers.people_of", "insight.rules.customers.segments.Rule",
    )
)  # fmt: skip
"""What the pages read."""


def _paint(folder: Path) -> None:
    """A plain square for every picture that a row names."""
    tile = folder / "pictures"
    tile.mkdir()
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for column in ("avatar", "logo", "pictures"):
                    for path in filter(None, (row.get(column) or "").split("|")):
                        if not (folder / path).exists():
                            Image.new("RGB", (8, 8), "#a05236").save(folder / path)


@pytest.fixture
def truths(tmp_path: Path) -> dict[str, Any]:
    """A small world, imported as it is today."""
    now = timezone.localtime(clock.now()).replace(second=0, microsecond=0)
    folder = tmp_path / "world"
    found: dict[str, Any] = build(people=PEOPLE, seed=7, now=now, target=folder, cache=None)
    _paint(folder)
    assert interchange.import_folder(folder) == 0
    return found


def test_the_consoles_find_what_was_planted(
    truths: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(living, "VOLUNTEERS", 0)  # the verdict hangs on nobody chance made
    _falling(truths["falling_shop"])
    _calm(truths["flat_shop"], truths["small_shop"])
    _fans(truths["supporting_fans"])
    _regions(truths)
    _influences(truths["influences"])
    _courting(truths["courting"])
    _stages(truths)
    _cast()
    _young()
    _offers()
    _living()
    _addresses()
    _carts()
    import_string("grapevine.trade.jobs.send_refunds")()
    assert ledger.verify()["ok"]
    assert [minor for _, minor in ledger.clearing_accounts() if minor] == []


def _falling(truth: dict[str, Any]) -> None:
    """Payments fell because one channel's visitors did, in a week and in four; the night's tree says so too."""
    shop = goods.shop_by_slug(truth["slug"])
    assert insight.tree_of(shop.id).built_at is not None
    for days in (None, WEEK, 28):
        tree = insight.tree_of(shop.id, days)
        assert tree.root.state is State.DOWN
        assert tree.cause == ("payment", "buyers", "visitors", f"channel:{truth['channel']}")
        before = truth["four_weeks_before_7" if tree.days == WEEK else "before_28"]["orders"]
        if not tree.left_out:  # else some days of the world's last weeks do not count
            assert tree.orders == truth[f"last_{tree.days}"]["orders"] + before
        nodes = {node.name: node for buyers in tree.root.children for node in buyers.children}
        assert nodes["conversion"].state is not State.DOWN


def _calm(flat: dict[str, Any], small: dict[str, Any]) -> None:
    for truth in (flat, small):
        shop = goods.shop_by_slug(truth["slug"])
        assert insight.tree_of(shop.id, 28).cause == ()
    shop = goods.shop_by_slug(small["slug"])
    assert insight.tree_of(shop.id, 28).root.state is State.UNKNOWN


def _influences(truths: list[dict[str, Any]]) -> None:
    """What met the buyers last is found within two points; of whose circle talk was is told apart by who shares with whom.

    Counted without what a page hides: of whose circle the few are changes with the day.
    """
    assert count_influence() > 0
    assert [len(truth["orders"]) >= 4 for truth in truths] == [True] * 3
    for truth in truths:
        shop = goods.shop_by_slug(truth["slug"])
        mains = influenced.objects.filter(shop_id=shop.id).exclude(main="unseen")
        found = Counter(mains.values_list("main", flat=True))
        found["talk"] = found.pop("circle", 0) + found.pop("crowd", 0)
        whole = sum(truth["orders"].values())
        kinds = found.keys() | truth["orders"]
        share = {kind: found[kind] / found.total() for kind in kinds}
        planted = {kind: truth["orders"].get(kind, 0) / whole for kind in kinds}
        assert share == pytest.approx(planted, abs=0.02), truth["slug"]


def _courting(truth: dict[str, Any]) -> None:
    """The night's model of first orders is proven, its chances hold in every tenth, and who looks now stands among the likely.

    In a small world a tenth may miss by what chance does to so few, besides five points.
    """
    card = models.objects.get(name="hazard", scope="house").card
    assert card["proven"], card
    assert card["proof"]["auc"] > AUC_LEAST, card["proof"]
    for told, came, rows in card["proof"]["table"]:
        assert abs(told - came) <= 0.05 + (told * (1 - told) / rows) ** 0.5, card["proof"]
    found: Counter[tuple[bool, bool]] = Counter()
    for slug, handles in truth["looking"].items():
        shop = goods.shop_by_slug(slug)
        ids = {people.card_by_handle(handle).id for handle in handles}
        rows_here = customers.objects.filter(shop_id=shop.id, orders=0).exclude(place=None)
        for row in rows_here:
            found[row.person_id in ids, row.is_likely] += 1
        page = likely_people(shop.id, rule(bought="never", likely=True))
        assert all("goods" in row.reasons for row in page[:5]), slug
    looking = found[True, True] / (found[True, True] + found[True, False])
    others = found[False, True] / (found[False, True] + found[False, False])
    assert looking > 3 * others, found


def _stages(truths: dict[str, Any]) -> None:
    """Imported shops are lived in: none is taken to leave, and at the falling one somebody was seen ever less."""
    insight.count_shop_weeks()
    insight.judge_shops(is_counted=True)
    rows = {row.slug: row for row in insight.stage_rows()}
    assert {row.stage for row in rows.values()} <= {"start", "operate"}
    assert sum(row.stage == "operate" for row in rows.values()) >= 20
    falling = shop_stage(truths["falling_shop"]["slug"]).signals
    assert falling["seen_days"] <= falling["seen_days_before"] * 0.7
    flat = shop_stage(truths["flat_shop"]["slug"]).signals
    assert flat["seen_days"] >= flat["seen_days_before"] * 0.75


def _fans(truth: dict[str, Any]) -> None:
    """Every supporting fan, with the number of buyers each brought."""
    shop = goods.shop_by_slug(truth["slug"])
    network = spread.network_of_shop(shop.id)
    cards = people.cards([fan.person_id for fan in network])
    found = {cards[fan.person_id].handle: fan.brought for fan in network if fan.supporting}
    assert found == {fan["handle"]: fan["brought"] for fan in truth["all"]}


def _regions(truths: dict[str, Any]) -> None:
    counts = truths["regions"]["counts"]
    opened: dict[str, int] = {}
    for shop in goods.shops_page(limit=100).items:
        for group in campaigns.groups_of_shop(shop.id, limit=100):
            opened[group.region] = opened.get(group.region, 0) + 1
    for region in (*MANY_OPENED, *FEW_OPENED):
        assert opened[region] == counts[region]["opened"], region


def _cast() -> None:
    for phone in ("13800000001", "13800000005"):
        assert people.authenticate(phone, demo.PASSWORD)
    assert people.is_operator(people.card_by_handle("xiaoteng").id)
    assert goods.shop_by_slug("halfday").owner_id == people.card_by_handle("aban").id


def _young() -> None:
    """The lake is built day by day, so the world must not be older than it needs to be."""
    start = clock.now() - timedelta(days=115)
    assert all(card.opened_at > start for card in goods.shops_page(limit=100).items)


def _offers() -> None:
    """The first shops cut prices, and a run that was cut off does not arrange it twice."""
    assert (offers.offer(), offers.offer()) == (3, 0)
    shopper = people.card_by_handle("xiaoman")
    owner = people.card_by_handle("aban")
    shop = goods.shops_of(owner.id)[0]
    card = goods.goods_of_shop(shop.id, limit=1).items[0]
    sku = goods.goods_detail(card.public_id).skus[0]
    seen = trade.quote(buyer_id=shopper.id, lines=[(sku.sku_id, 1)])
    assert seen.total_minor == sku.price_minor * 3 // 4


def _living() -> None:
    """Every kind of suggested price, a case in every state somebody waits in, a verdict, money taken out; told day by day."""
    assert (living.live(), living.live()) == (9, 0)
    signals.drain(as_then=True)
    shop = goods.shop_by_slug("halfday")
    kinds = {row.suggestion.kind for row in price_rows(shop.id)}
    assert kinds == {"demand", "others", "needs_cost", "needs_changes"}
    counts = case_counts(shop.id)
    waiting = ("requested", "rejected", "platform", "returning", "sent", "received", "replaced")
    assert [counts[state] for state in waiting] == [1] * 7
    assert [(jury.outcome, jury.drawn) for jury in cases.closed_juries().items] == [
        ("buyer", settings.JURY_QUORUM)
    ]
    picked = [goods.picked_goods(one.id) for one in goods.shops_page(limit=2).items]
    assert [len(one) for one in picked] == [2, 2]
    desk = goods.shop_for_staff(shop.owner_id, shop.slug, Right.INSIGHT)
    days = _told_on(shop.owner_id, desk)
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 3


def _addresses() -> None:
    """Every order that waits has an address, in the province and city that came with it; nobody is asked twice."""
    shops = goods.shops_page(limit=100).items
    asked = {shop.id: trade.unaddressed(shop.id) for shop in shops}
    assert (addresses.add(7), addresses.add(7)) == (sum(map(len, asked.values())), 0)
    wanted = {order.number: (order.province, order.city) for one in asked.values() for order in one}
    found = {
        number: (one.province, one.city)
        for shop in shops
        for number, one in addresses_of(shop.id, list(wanted)).items()
    }
    assert found == wanted != {}
    assert ("", "") not in found.values()


def _carts() -> None:
    """Some people have something in their cart, the shopper what a flash sale makes cheaper; told once."""
    assert (carts.fill(7), carts.fill(7)) == (CARTS, 0)
    assert trade.cart_count(people.card_by_handle("xiaoman").id) == 3


def _told_on(owner_id: int, shop: ShopCard) -> list[date]:
    """The days of all notices to a shop, page by page."""
    page = inbox(owner_id, shop, limit=50)
    days = [one.at.date() for one in page.items]
    while page.next_cursor:
        page = inbox(owner_id, shop, limit=50, cursor=page.next_cursor)
        days += [one.at.date() for one in page.items]
    return days


def test_without_a_demo_world_nobody_is_introduced(tmp_path: Path) -> None:
    kept = settings.HOME
    settings.HOME = tmp_path
    try:
        assert demo.introductions() == []
        (tmp_path / "demo").mkdir()
        (tmp_path / "demo" / "summary.json").write_text('{"cast": [], "password": "x"}')
        assert demo.introductions() == []
    finally:
        settings.HOME = kept
