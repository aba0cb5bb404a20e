"""The eleven ways in which somebody is too close to a dispute to judge it, each brought about by the real actions."""

from datetime import timedelta

from django.contrib.auth import get_user_model

from grapevine.campaigns import facade as campaigns
from grapevine.care.tests.cast import HOME, Cast, arrived
from grapevine.cases.models import Volunteer
from grapevine.goods.models import Staff
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.spread import facade as spread
from grapevine.spread.actions import tie
from grapevine.trade.actions import aftersales
from grapevine.trade.actions.cart import save_address
from grapevine.trade.contracts import AddressView
from grapevine.trade.models import Line, Order


def plan_of(cast: Cast) -> str:
    """A plan for Carol's tea."""
    return campaigns.create_plan(
        shop_id=cast.carols.id, goods_public_id=cast.tea.goods_public_id, size=2, price_minor=2000,
        hours=24, actor_id=cast.carol,
    ).public_id  # fmt: skip


def _works_there(cast: Cast, one: int) -> None:
    Staff.objects.create(shop_id=cast.bobs.id, person_id=one, role="service")


def _operates(_cast: Cast, one: int) -> None:
    get_user_model().objects.filter(pk=one).update(is_operator=True)


def _is_new(_cast: Cast, one: int) -> None:
    get_user_model().objects.filter(pk=one).update(joined_at=clock.now() - timedelta(days=89))


def _has_no_orders(_cast: Cast, one: int) -> None:
    Order.objects.filter(buyer_id=one).update(state="refunded")


def _is_followed(cast: Cast, one: int) -> None:
    people.follow(person_id=cast.bob, other_id=one)


def _was_invited(cast: Cast, one: int) -> None:
    tie(cast.alice, one, "invite", clock.now())


def _shares(cast: Cast, one: int) -> None:
    spread.share(person_id=one, object_type="goods", object_id=cast.cup.goods_public_id)


def _sat_with_alice(cast: Cast, one: int) -> None:
    tea, plan = cast.tea.sku_id, plan_of(cast)
    opened = campaigns.open_group(
        buyer_id=cast.alice, plan_id=plan, sku_id=tea, count=1, address=HOME
    )
    elsewhere = AddressView(
        "别人", f"1390000{one:04}", "北京市", "北京市", "东城区", f"某路 {one} 号"
    )
    campaigns.join_group(
        buyer_id=one, group_id=opened.group_public_id, sku_id=tea, count=1, address=elsewhere
    )


def _had_a_case(cast: Cast, one: int) -> None:
    number = arrived(cast.cup, [one])[0]
    line = Line.objects.get(order__number=number)
    aftersales.open_case(
        buyer_id=one, order_number=number, kind="return", reason="no_reason", pieces={line.pk: 1}
    )


def _has_alices_phone(_cast: Cast, one: int) -> None:
    home = AddressView("别人", "13800138000", "北京市", "北京市", "东城区", "某路 2 号")
    save_address(person_id=one, address=home)


def _has_her_device(_cast: Cast, one: int) -> None:
    Volunteer.objects.filter(person_id=one).update(device="buyer-device")


RELATED = {
    "party": _works_there, "operator": _operates, "young": _is_new, "orders": _has_no_orders,
    "follow": _is_followed, "tie": _was_invited, "sharer": _shares, "group": _sat_with_alice,
    "dispute": _had_a_case, "contact": _has_alices_phone, "device": _has_her_device,
}  # fmt: skip
