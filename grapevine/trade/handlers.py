"""What happens here when goods below move. Each may run twice."""

from grapevine.goods.contracts import GoodsFailedInspection
from grapevine.trade.actions.recalling import warn_buyers


def on_goods_failed(event: GoodsFailedInspection) -> None:
    warn_buyers(event)
