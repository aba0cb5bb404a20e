"""What the demo world's buyers say about what they received, by the planted quality of each goods."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from random import Random

from grapevine.care import facade as care
from grapevine.care.contracts import NewCertificate, Opinion, Trace
from grapevine.front.demo.cast import CAST
from grapevine.front.demo.words import opinions as said
from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard
from grapevine.kit import clock
from grapevine.media import facade as media
from grapevine.people import facade as people
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OrderView

SHARE = 0.3
"""How many of those who received something say so."""
MOST = 40
"""Reviews a shop."""
RING = 7
"""How many of the newest shop's reviews come from one device on one day: something for the operator to look at."""


def quality(seed: int, slug: str, title: str) -> float:
    """The planted quality of goods, in stars from 2.6 to 4.9; most are good."""
    drawn: float = Random(f"{seed}:quality:{slug}:{title}").random() ** 0.6  # noqa: S311  a made-up world
    return 2.6 + 2.3 * drawn


def stars(chance: Random, mean: float) -> int:
    return max(1, min(5, round(chance.gauss(mean, 0.8))))


def give(seed: int) -> int:
    """Reviews, answers, ratings and a certificate, by the same actions as on the pages; how many reviews."""
    shops = goods.shops_page(limit=100).items
    written = sum(_review_shop(shop, seed, is_last=shop is shops[0]) for shop in shops)
    if written:
        care.rate_shops()
        _certify(
            next(one for one in shops if one.owner_id == people.card_by_handle(CAST[1].handle).id)
        )
    return written


def _received(shop: ShopCard) -> Iterator[OrderView]:
    return trade.orders_streamed(shop.id, trade.order_filter({"state": "received"}))


def _review_shop(shop: ShopCard, seed: int, *, is_last: bool) -> int:
    """A share of the shop's received orders. Nothing where a run that was cut off had begun."""
    if care.shop_score(shop.id).reviews:
        return 0
    chance = Random(f"{seed}:opinions:{shop.slug}")  # noqa: S311  a made-up world
    done = 0
    for order in _received(shop):
        if done == MOST:
            break
        if order.buyer_id == shop.owner_id or chance.random() > SHARE:
            continue
        in_ring = is_last and done < RING
        mean = quality(seed, shop.slug, order.lines[0].title)
        given = 5 if in_ring else stars(chance, mean)
        _write(order, shop, chance, given, Trace("demo-ring" if in_ring else ""))
        done += 1
    return done


def _write(order: OrderView, shop: ShopCard, chance: Random, given: int, trace: Trace) -> None:
    assert order.received_at is not None
    soon = order.received_at + timedelta(hours=chance.randrange(1, 72))
    lately = clock.now() - timedelta(minutes=chance.randrange(10, 1440))
    at = lately if trace.device else min(clock.now(), soon)
    tags = chance.sample(said.TAGS[given], k=min(len(said.TAGS[given]), chance.randrange(0, 3)))
    opinion = Opinion(
        given, min(5, given + chance.randrange(0, 2)), stars(chance, 4.4),
        chance.choice(said.WORDS[given]), tags, anonymous=chance.random() < 0.25,
    )  # fmt: skip
    with clock.at(at):
        public_id = care.write_review(
            buyer_id=order.buyer_id, number=order.number, position=1, opinion=opinion, trace=trace,
            at=at,
        )  # fmt: skip
    if given <= 2 and chance.random() < 0.6:
        with clock.at(min(clock.now(), at + timedelta(hours=chance.randrange(1, 30)))):
            care.reply(
                shop_id=shop.id, public_id=public_id, words=chance.choice(said.REPLIES),
                actor_id=shop.owner_id,
            )  # fmt: skip


def _certify(shop: ShopCard) -> None:
    """A certificate of the cast's shop, checked by the cast's operator."""
    if shop.logo is None or care.certificates_of(shop.id):
        return
    today = clock.now().date()
    new = NewCertificate(
        "环境管理体系认证", "演示认证机构", "DEMO-0001", today - timedelta(days=90), today + timedelta(days=640)
    )  # fmt: skip
    public_id = care.hand_in_certificate(
        shop_id=shop.id, new=new, file=BytesIO(media.picture_bytes(shop.logo.id)),
        actor_id=shop.owner_id,
    )  # fmt: skip
    operator = next(one for one in CAST if one.part == "operator")
    care.decide_certificate(
        operator_id=people.card_by_handle(operator.handle).id, public_id=public_id, is_genuine=True
    )
