"""The real side of a setup: shops, goods, stock and plans, made by the product's own actions."""

from dataclasses import dataclass

from grapevine.campaigns import facade as campaigns
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, ShippingZone
from grapevine.kit import clock
from grapevine.loyalty import facade as loyalty
from grapevine.signals import facade as signals
from grapevine.spread import facade as spread
from grapevine.trade.contracts import Offer, OfferKind, OfferRequest
from grapevine.trade.models import BankAccount
from tests.simulation.facts import PROVINCES, GoodsSpec, SendingSpec, Setup, ShopSpec
from tests.simulation.names import Names, buyer_id, owner_id


@dataclass(slots=True)
class Offers:
    """What the shops and the platform cut, through trade's port."""

    offers: tuple[Offer, ...] = ()

    def __call__(self, _: OfferRequest) -> tuple[Offer, ...]:
        return self.offers


def open_all(setup: Setup) -> tuple[Names, Offers]:
    names = Names()
    for buyer in range(setup.buyers):
        loyalty.give_points(
            key=f"opening:{buyer}",
            person_id=buyer_id(buyer),
            points=setup.points,
            reference="opening",
        )
        _bank(names, "person", buyer, "0009")
    for number, spec in enumerate(setup.shops):
        _open(names, number, spec)
        _bank(names, "shop", number, spec.bank)
    signals.drain()
    return names, Offers(_offers(names, setup))


def _open(names: Names, number: int, spec: ShopSpec) -> None:
    shop = goods.open_shop(
        owner_id=owner_id(number), slug=f"shop-{number}", name=f"第{number}家", colour="#8d3b1f"
    )
    names.shops.append(shop.id)
    first = goods.warehouses(shop.id)[0]
    own = [(first.id, first.public_id)]
    for n, (province, priority) in enumerate(spec.warehouses[1:], start=1):
        made = goods.add_warehouse(
            shop_id=shop.id, name=f"仓{n}", priority=priority,
            province="" if province is None else PROVINCES[province],
        )  # fmt: skip
        own.append((made.id, made.public_id))
    names.warehouses += own
    if spec.sending is not None:
        _send(shop.id, spec.sending)
    if spec.commission_bps:
        spread.set_rate(
            actor_id=owner_id(number), slug=f"shop-{number}", rate_bps=spec.commission_bps
        )
    for one in spec.goods:
        _list(names, shop.id, own, one)


def _bank(names: Names, who: str, number: int, tail: str) -> None:
    """An account that was agreed to long ago."""
    now, owner = clock.now(), names.owner(who, number)
    names.banks[f"{who}:{number}"] = BankAccount.objects.create(
        owner=owner, holder="h", bank="b", number=f"6222{tail}", tail=tail, state="active", added_by=1,
        added_at=now, agreed_by=1, usable_at=now,
    ).pk  # fmt: skip


def _send(shop_id: int, spec: SendingSpec) -> None:
    zones = [ShippingZone((), 1000, spec.first, 1000, spec.step)]
    if spec.nowhere is not None:
        zones.insert(0, ShippingZone((PROVINCES[spec.nowhere],), sends=False))
    goods.save_shipping(
        shop_id=shop_id, name="快递", zones=zones, free_over_minor=spec.free_over, is_default=True
    )


def _list(names: Names, shop_id: int, own: list[tuple[int, str]], spec: GoodsSpec) -> None:
    first = [pk for pk, _ in own].index(goods.warehouses(shop_id)[0].id)
    new = [
        NewSku(f"款{n}", sku.price, sku.stock[first], grams=sku.grams)
        for n, sku in enumerate(spec.skus)
    ]
    card = goods.list_goods(
        shop_id=shop_id, title=f"货{len(names.goods)}", category="家居", body="手工。", skus=new
    )
    names.goods.append(card.public_id)
    names.goods_ids.append(card.id)
    lines = sorted(goods.goods_detail(card.public_id).skus, key=lambda line: line.sku_id)
    names.skus += [line.sku_id for line in lines]
    names.codes += [line.code for line in lines]
    for line, sku in zip(lines, spec.skus, strict=True):
        for n, (warehouse, _) in enumerate(own):
            if n != first:
                goods.adjust(sku_id=line.sku_id, change=sku.stock[n], warehouse_id=warehouse)
    if spec.limit:
        goods.set_terms(shop_id=shop_id, public_id=card.public_id, limit_per_person=spec.limit)
    if spec.plan is not None:
        plan = campaigns.create_plan(
            shop_id=shop_id, goods_public_id=card.public_id, size=spec.plan.size,
            price_minor=spec.plan.price, hours=spec.plan.hours, limit=spec.plan.limit,
        )  # fmt: skip
        names.plans.append(plan.public_id)


def _offers(names: Names, setup: Setup) -> tuple[Offer, ...]:
    found = [
        Offer(OfferKind.REDUCTION, "满减", f"simulated.reduction:{n}", names.shops[n], tiers=shop.reduction)
        for n, shop in enumerate(setup.shops)
        if shop.reduction
    ]  # fmt: skip
    if setup.percent is not None:
        own = setup.percent
        found.append(
            Offer(
                OfferKind.PLATFORM_COUPON, "折扣", "simulated.percent:1", rate_bps=own.rate_bps,
                threshold_minor=own.threshold, most_minor=own.most, by_platform=True,
            )
        )  # fmt: skip
    return tuple(found)
