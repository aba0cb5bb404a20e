"""Goods saved as their page shows them: what they are, how they look and how they are sold, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from grapevine.goods import access
from grapevine.goods.actions import auditing, desk, parts, schedule, shipping
from grapevine.goods.actions.stock import lock_stock
from grapevine.goods.contracts import NO_CLIP, Clip, Facts, GoodsCard, NewSku, Returns
from grapevine.goods.models import Goods, GoodsPicture, Sku
from grapevine.goods.queries import cards
from grapevine.goods.queries.desk import terms_of
from grapevine.goods.queries.sheets import free_of
from grapevine.goods.rules import listing as rules
from grapevine.goods.rules.shipping import check_limit
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput


@dataclass(frozen=True, slots=True)
class WholeSku:
    """A row of the page: `was` is the free count it was shown with, so that sales meanwhile count; None: `stock` is meant as it is.

    -1 is not a number.
    """

    code: str
    option: str
    price_minor: int
    stock: int
    was: int | None = None
    picture_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewOptions:
    """Combinations or times to be added, each with this price and stock."""

    axes: str
    options: Sequence[str]
    price_minor: int
    stock: int


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything the page says. `away` are codes of SKUs to take away; `alts` what pictures show, by id."""

    title: str
    category: str
    body: str
    axes: str
    skus: Sequence[WholeSku]
    picture_ids: Sequence[int]
    facts: Facts
    limit_per_person: int = 0
    shipping: str = ""
    returns: str = Returns.SEVEN_DAYS
    on_from: datetime | None = None
    on_until: datetime | None = None
    away: frozenset[str] = frozenset()
    alts: Mapping[int, str] | None = None
    clip: Clip = NO_CLIP


@transaction.atomic
def make_whole(
    *, shop_id: int, whole: Whole, actor_id: int, wrong: Mapping[str, str] | None = None
) -> GoodsCard:
    """List goods with all their parts. Raises BadInput with every field that is wrong, `wrong` among them."""
    found = dict(wrong or {})
    _gather(found, lambda: rules.check_facts(whole.facts))
    _gather(found, lambda: check_limit(whole.limit_per_person))
    rows = [NewSku(one.option, one.price_minor, one.stock, picture_id=one.picture_id) for one in whole.skus]  # fmt: skip
    made: list[GoodsCard] = []
    _gather(
        found,
        lambda: made.append(
            auditing.submit_goods(
                shop_id=shop_id, title=whole.title, category=whole.category, body=whole.body,
                skus=rows, picture_ids=whole.picture_ids, axes=whole.axes, facts=whole.facts,
                clip=whole.clip, actor_id=actor_id,
            )
        ),
    )  # fmt: skip
    if made:
        _terms(shop_id, made[0].public_id, whole, actor_id, found)
    if found:
        raise BadInput(fields=found)
    _describe(access.goods_for_shop(shop_id, made[0].public_id), whole.alts or {})
    return cards.goods_by_public_id(made[0].public_id)


@transaction.atomic
def save_whole(
    *, shop_id: int, public_id: str, whole: Whole, actor_id: int,
    more: NewOptions | None = None, wrong: Mapping[str, str] | None = None,
) -> bool:  # fmt: skip
    """Save goods with all their parts, then add `more` options; whether all of it holds already.

    What waits for an operator is as `submit_change` says. Raises BadInput with every field that is wrong, `wrong`
    among them, and what the parts raise; then nothing is saved.
    """
    found = dict(wrong or {})
    goods = access.goods_for_shop(shop_id, public_id)
    for code in sorted(whole.away & set(Sku.objects.filter(goods=goods).values_list("code", flat=True))):  # fmt: skip
        parts.remove_sku(shop_id=shop_id, code=code)
    now = Facts(
        goods.kind, goods.origin, goods.supplier, tuple((a, b) for a, b in goods.attributes)
    )
    if whole.facts != now:
        mine: dict[str, Any] = {"shop_id": shop_id, "public_id": public_id, "actor_id": actor_id}
        _gather(found, lambda: desk.set_facts(facts=whole.facts, **mine))
    _terms(shop_id, public_id, whole, actor_id, found)
    live: list[bool] = []
    _gather(
        found,
        lambda: live.append(
            auditing.submit_change(
                shop_id=shop_id, public_id=public_id, title=whole.title, category=whole.category,
                body=whole.body, axes=whole.axes, skus=_rows(goods, whole),
                picture_ids=whole.picture_ids, clip=whole.clip, actor_id=actor_id,
            )
        ),
    )  # fmt: skip
    if more is not None and not found:
        _gather(
            found,
            lambda: parts.add_options(
                shop_id=shop_id, public_id=public_id, axes=more.axes, options=more.options,
                price_minor=more.price_minor, stock=more.stock,
            ),
        )  # fmt: skip
    if found:
        raise BadInput(fields=found)
    _describe(goods, whole.alts or {})
    return live[0]


def _gather(wrong: dict[str, str], act: Callable[[], object]) -> None:
    """Do it, or keep what it says is wrong, so that all of it can be told at once."""
    try:
        with transaction.atomic():
            act()
    except BadInput as refused:
        wrong.update(refused.fields)


def _rows(goods: Goods, whole: Whole) -> list[tuple[str, NewSku]]:
    """The rows as `submit_change` wants them: stock moved by the difference typed."""
    known = dict(Sku.objects.filter(goods=goods).values_list("code", "pk"))
    lock_stock(known.values())
    free = free_of([goods.pk])
    found = []
    for one in whole.skus:
        if one.code in whole.away:
            continue
        stock = one.stock
        if one.code in known and one.was is not None and stock >= 0:
            stock = max(0, free.get(known[one.code], 0) + stock - one.was)
        sku = NewSku(one.option, one.price_minor, stock, picture_id=one.picture_id)
        found.append((one.code if one.code in known else "", sku))
    return found


def _terms(
    shop_id: int, public_id: str, whole: Whole, actor_id: int, wrong: dict[str, str]
) -> None:
    """Limit, shipping, the way back and the clock, where they changed."""
    now = terms_of(shop_id, public_id)
    mine: dict[str, Any] = {"shop_id": shop_id, "public_id": public_id}
    told: dict[str, object] = {}
    if (now.limit_per_person, now.shipping) != (whole.limit_per_person, whole.shipping):
        _gather(
            wrong,
            lambda: shipping.set_terms(
                limit_per_person=whole.limit_per_person, shipping=whole.shipping, **mine
            ),
        )
        told |= {"limit_per_person": whole.limit_per_person, "shipping": whole.shipping}
    if now.returns != whole.returns:
        _gather(wrong, lambda: shipping.set_returns(returns=whole.returns, **mine))
        told["returns"] = str(whole.returns)
    times = [_minute(at) for at in (now.on_sale_from, now.on_sale_until)]
    if times != [_minute(at) for at in (whole.on_from, whole.on_until)]:
        _gather(
            wrong,
            lambda: schedule.set_schedule(on_from=whole.on_from, on_until=whole.on_until, **mine),
        )
    if told:
        guard.note(
            actor_id=actor_id, action="goods.terms", object=f"goods:{public_id}", shop_id=shop_id,
            before={name: str(getattr(now, name)) for name in told}, after=told,
        )  # fmt: skip


def _minute(at: datetime | None) -> datetime | None:
    """As precise as the page shows it."""
    return at.replace(second=0, microsecond=0) if at else None


def _describe(goods: Goods, alts: Mapping[int, str]) -> None:
    own = GoodsPicture.objects.filter(goods=goods).values_list("picture_id", flat=True)
    for picture_id in own:
        if picture_id in alts:
            parts.describe_picture(
                shop_id=goods.shop_id, public_id=goods.public_id, picture_id=picture_id,
                alt=alts[picture_id],
            )  # fmt: skip
