"""What the rest of the house may call."""

from grapevine.trade.actions.cart import add_to_cart, save_address
from grapevine.trade.actions.importing import import_paid_orders
from grapevine.trade.actions.moving import (
    cancel_order,
    escrow,
    receive_order,
    refund_order,
    release_waiting,
    ship_order,
)
from grapevine.trade.actions.paying import start_payment
from grapevine.trade.actions.placing import place_order, placed_before
from grapevine.trade.ports import register_offerer
from grapevine.trade.queries.checkout import checkout_context, read_address
from grapevine.trade.queries.reading import (
    addresses,
    order_counts,
    order_for,
    order_for_shop,
    orders_of,
    orders_of_shop,
    payment,
    quote,
    shop_order_counts,
)

__all__ = [
    "add_to_cart",
    "addresses",
    "cancel_order",
    "checkout_context",
    "escrow",
    "import_paid_orders",
    "order_counts",
    "order_for",
    "order_for_shop",
    "orders_of",
    "orders_of_shop",
    "payment",
    "place_order",
    "placed_before",
    "quote",
    "read_address",
    "receive_order",
    "refund_order",
    "register_offerer",
    "release_waiting",
    "save_address",
    "ship_order",
    "shop_order_counts",
    "start_payment",
]
