"""Seeing a buyer's name, telephone and address whole: for a reason, one order at a time, written down first.

Personal Information Protection Law of the PRC, articles 6 and 51: access is limited to what the purpose needs, by
role, and recorded. The buyer and the shop's owner read each look in their own pages.
"""

from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.trade import access
from grapevine.trade.contracts import OrderView
from grapevine.trade.queries import reading

LOOKS_PER_MINUTE = 30
REASON_MAX = 60
REASONS = (
    marked("打包发货"),
    marked("联系买家确认地址"),
    marked("处理售后"),
    marked("处理投诉"),
)


@transaction.atomic
def see_contacts(*, shop_id: int, number: str, actor_id: int, reason: str) -> OrderView:
    """The order with nothing hidden. The caller has asked for Right.CONTACTS. Raises BadInput without a reason."""
    told = reason.strip()
    if not 2 <= len(told) <= REASON_MAX:
        raise BadInput(fields={"reason": marked("写明为什么要看")})
    guard.limit(f"contacts:{actor_id}", per_minute=LOOKS_PER_MINUTE)
    order = access.order_of_shop(shop_id, number)
    guard.audit(
        actor_id=actor_id, action="contacts.unmask", object=f"order:{number}", shop_id=shop_id,
        subject_id=order.buyer_id,
        after={"reason": told, "shop": goods.shops([shop_id])[shop_id].name},
    )  # fmt: skip
    return reading.whole_order_for_shop(shop_id, number)
