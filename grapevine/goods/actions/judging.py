"""What checks say of goods: of one that is typed in as of many that come in a file, and how it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from grapevine.goods.actions.shelves import withhold
from grapevine.goods.models import Goods, GoodsReview, Shop
from grapevine.goods.onboarding import Cause, RuleView
from grapevine.goods.oversight import Finding, GoodsJudged, Level, Listing
from grapevine.goods.queries import onboarding as reads
from grapevine.goods.rules import auditing as rules
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.signals import facade as signals

OTHERS_MAX = 400
NEW_SHOP = timedelta(days=30)
BATCH = 500
WITHHELD_FOR = {"rejected": Cause.REJECTED, "waiting": Cause.REVIEW}


@dataclass(frozen=True, slots=True)
class Judgement:
    found: list[Finding]
    rule: RuleView | None

    @property
    def state(self) -> str:
        """refused, rejected, waiting or passed."""
        levels = {one.level for one in self.found}
        if Level.REFUSE in levels:
            return "refused"
        if Level.MEND in levels:
            return "rejected"
        return "waiting" if levels else "passed"

    @property
    def fields(self) -> dict[str, str]:
        """The input that is the matter, where it is not what is written but what was chosen."""
        is_category = any(one.code == "forbidden" for one in self.found)
        return {"category": rules.FINDINGS["forbidden"]} if is_category else {}

    @property
    def hits(self) -> str:
        """What makes that nobody may sell it here."""
        return "、".join(one.detail for one in self.found if one.level == Level.REFUSE)


def is_asked() -> bool:
    """Whether goods are checked here before they are sold."""
    return bool(settings.LISTING_REVIEW != "off")


def judge(listings: Sequence[Listing], shop: Shop, *more: Finding) -> list[Judgement]:
    """What is found of each listing, `more` added to what may be sold. One query, and one a category."""
    categories = {one.category for one in listings}
    ruled = reads.rules_in_force(categories)
    others = {name: _prices_elsewhere(name, shop) for name in categories if name}
    return [
        _judgement(one, ruled.get(one.category), others.get(one.category, ()), more)
        for one in listings
    ]


def _prices_elsewhere(category: str, shop: Shop) -> tuple[int, ...]:
    """Prices of a category in other shops, lowest first."""
    rows = Goods.objects.filter(category=category, on_sale=True).exclude(shop=shop)
    return tuple(rows.order_by("price_minor").values_list("price_minor", flat=True)[:OTHERS_MAX])


def _judgement(
    one: Listing, rule: RuleView | None, others: tuple[int, ...], more: Sequence[Finding]
) -> Judgement:
    priced = Listing(
        one.title, one.body, one.category, one.pictures, one.price_minor, one.attributes, others,
        is_coming=one.is_coming,
    )  # fmt: skip
    quoted = [(hit.rule, hit.text) for hit in guard.screen_goods(f"{one.title} {one.body}").hits]
    found = rules.findings(
        priced, rule=rule, prohibited=[text for kind, text in quoted if kind == "prohibited"],
        absolute=[text for kind, text in quoted if kind == "absolute"],
    )  # fmt: skip
    found += more
    if settings.LISTING_REVIEW == "all" and not found:
        found.append(Finding("all", Level.LOOK))
    return Judgement(found, rule)


def note(goods_id: int, shop: Shop, judged: Judgement, change: dict[str, Any]) -> None:
    """Write down what was found of goods, or of a `change` of them, in place of what still waited."""
    replace_waiting([goods_id])
    note_many({goods_id: judged}, shop, change)


def note_many(
    found: dict[int, Judgement], shop: Shop, change: dict[str, Any] | None = None
) -> None:
    """As `note`, of goods of which nothing waits."""
    now = clock.now()
    is_new = shop.opened_at > now - NEW_SHOP
    GoodsReview.objects.bulk_create(
        [
            GoodsReview(
                public_id=new_id(), goods_id=goods_id, state=judged.state, change=change or {},
                findings=[[one.code, one.detail] for one in judged.found],
                risk=rules.risk_of(judged.found, rule=judged.rule, is_new_shop=is_new),
                created_at=now, decided_at=None if judged.state == "waiting" else now,
            )
            for goods_id, judged in found.items()
        ],
        batch_size=BATCH,
    )  # fmt: skip
    at = now.isoformat()
    signals.emit(
        *(
            GoodsJudged(shop.pk, shop.owner_id, goods_id, judged.state, bool(change), at)
            for goods_id, judged in found.items()
        )
    )


def replace_waiting(goods_ids: Sequence[int]) -> int:
    """What still waits of these goods is no longer wanted; how many did."""
    return GoodsReview.objects.filter(goods_id__in=goods_ids, state="waiting").update(
        state="replaced", decided_at=clock.now()
    )


def hold_many(found: dict[int, Judgement], shop: Shop) -> None:
    """Withhold new goods as their state asks."""
    for state, cause in WITHHELD_FOR.items():
        ids = [goods_id for goods_id, judged in found.items() if judged.state == state]
        if ids:
            withhold(shop_id=shop.pk, cause=cause, goods_ids=ids, quietly=True)
