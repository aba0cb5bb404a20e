"""What happens here when shops below close. Each may run twice."""

from grapevine.goods.contracts import Cause, SalesWithheld
from grapevine.insight.actions.erasing import forget_shops_people


def on_sales_withheld(event: SalesWithheld) -> None:
    """A shop that its owner closed has no people any more."""
    if event.cause == Cause.CLOSED and not event.goods_id:
        forget_shops_people(event.shop_id)
