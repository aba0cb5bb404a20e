"""What the rest of the house may call."""

from grapevine.trade.actions.cart import add_to_cart, save_address
from grapevine.trade.actions.contacts import see_contacts
from grapevine.trade.actions.importing import import_paid_orders
from grapevine.trade.actions.moving import (
    cancel_order,
    escrow,
    receive_order,
    refund_order,
    release_waiting,
)
from grapevine.trade.actions.placing import place_order, placed_before
from grapevine.trade.actions.shipping import ship_order
from grapevine.trade.actions.starting import start_payment
from grapevine.trade.ports import register_offerer, register_redeemer
from grapevine.trade.queries.checkout import checkout_context, read_address, read_wishes
from grapevine.trade.queries.checkout import step_of as checkout_step
from grapevine.trade.queries.history import sku_days
from grapevine.trade.queries.reading import (
    addresses,
    has_paid,
    live_orders,
    offer_amount,
    order_counts,
    order_for,
    order_for_shop,
    order_pieces,
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
    "checkout_step",
    "escrow",
    "has_paid",
    "import_paid_orders",
    "live_orders",
    "offer_amount",
    "order_counts",
    "order_for",
    "order_for_shop",
    "order_pieces",
    "orders_of",
    "orders_of_shop",
    "payment",
    "place_order",
    "placed_before",
    "quote",
    "read_address",
    "read_wishes",
    "receive_order",
    "refund_order",
    "register_offerer",
    "register_redeemer",
    "release_waiting",
    "save_address",
    "see_contacts",
    "ship_order",
    "shop_order_counts",
    "sku_days",
    "start_payment",
]
