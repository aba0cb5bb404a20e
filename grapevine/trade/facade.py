"""What the rest of the house may call."""

from grapevine.trade.actions.addressing import add_address
from grapevine.trade.actions.aftersales import (
    approve_case,
    escalate_case,
    open_case,
    receive_return,
    reject_case,
    rule_by_jury,
    rule_case,
    send_replacement,
    send_return,
)
from grapevine.trade.actions.banking import add_bank_account
from grapevine.trade.actions.cart import add_to_cart, save_address
from grapevine.trade.actions.charging import charge_advertising
from grapevine.trade.actions.clawing import claw_back_person
from grapevine.trade.actions.contacts import see_contacts
from grapevine.trade.actions.importing import import_paid_orders
from grapevine.trade.actions.moving import (
    cancel_order,
    escrow,
    receive_order,
    refund_order,
    refund_pieces,
    release_waiting,
    settle_final,
)
from grapevine.trade.actions.placing import place_order, placed_before
from grapevine.trade.actions.rehearsing import pay_in_sandbox
from grapevine.trade.actions.settling import book_earning, keep_in_escrow, make_batches
from grapevine.trade.actions.shipping import ship_order
from grapevine.trade.actions.starting import start_payment
from grapevine.trade.actions.withdrawing import send_payouts, withdraw
from grapevine.trade.ports import (
    Shortened,
    register_fee_scale,
    register_offerer,
    register_redeemer,
    register_sharer,
)
from grapevine.trade.queries.aftersales import (
    cases_to_answer,
    disputed_case,
    disputed_picture,
    lock_dispute,
)
from grapevine.trade.queries.assessing import aftersales_conduct
from grapevine.trade.queries.bought import bought_in_regions, bought_part, buyers_again
from grapevine.trade.queries.buyers import (
    Buyer,
    Purchase,
    bought_within,
    buyer_goods,
    buyer_places,
    buyers_of,
    buyers_of_goods,
    net_totals,
    purchases_of,
    shops_with_buyers,
)
from grapevine.trade.queries.checkout import (
    checkout_context,
    read_address,
    read_wishes,
    step_of as checkout_step,
)
from grapevine.trade.queries.desk import orders_of_shop, orders_streamed, shop_order_counts
from grapevine.trade.queries.facts import (
    fact_days,
    line_rows,
    offer_rows,
    parcel_rows,
    pieces_sold,
    sale_rows,
)
from grapevine.trade.queries.history import pieces_by_sku, sku_days
from grapevine.trade.queries.pool import commission_room, pool_parts_of, sold_by_ways
from grapevine.trade.queries.reading import (
    addresses,
    cart_count,
    has_paid,
    live_orders,
    offer_amount,
    order_counts,
    order_for,
    order_for_shop,
    order_pieces,
    orders_of,
    payment,
    quote,
)
from grapevine.trade.queries.received import received_orders, shop_conduct
from grapevine.trade.queries.relations import (
    had_cases_with,
    received_counts,
    sharing_contact,
)
from grapevine.trade.queries.toship import unaddressed
from grapevine.trade.rules.address import province_of
from grapevine.trade.rules.order_filter import order_filter
from grapevine.trade.rules.regions import cities, districts

__all__ = [
    "Buyer",
    "Purchase",
    "Shortened",
    "add_address",
    "add_bank_account",
    "add_to_cart",
    "addresses",
    "aftersales_conduct",
    "approve_case",
    "book_earning",
    "bought_in_regions",
    "bought_part",
    "bought_within",
    "buyer_goods",
    "buyer_places",
    "buyers_again",
    "buyers_of",
    "buyers_of_goods",
    "cancel_order",
    "cart_count",
    "cases_to_answer",
    "charge_advertising",
    "checkout_context",
    "checkout_step",
    "cities",
    "claw_back_person",
    "commission_room",
    "disputed_case",
    "disputed_picture",
    "districts",
    "escalate_case",
    "escrow",
    "fact_days",
    "had_cases_with",
    "has_paid",
    "import_paid_orders",
    "keep_in_escrow",
    "line_rows",
    "live_orders",
    "lock_dispute",
    "make_batches",
    "net_totals",
    "offer_amount",
    "offer_rows",
    "open_case",
    "order_counts",
    "order_filter",
    "order_for",
    "order_for_shop",
    "order_pieces",
    "orders_of",
    "orders_of_shop",
    "orders_streamed",
    "parcel_rows",
    "pay_in_sandbox",
    "payment",
    "pieces_by_sku",
    "pieces_sold",
    "place_order",
    "placed_before",
    "pool_parts_of",
    "province_of",
    "purchases_of",
    "quote",
    "read_address",
    "read_wishes",
    "receive_order",
    "receive_return",
    "received_counts",
    "received_orders",
    "refund_order",
    "refund_pieces",
    "register_fee_scale",
    "register_offerer",
    "register_redeemer",
    "register_sharer",
    "reject_case",
    "release_waiting",
    "rule_by_jury",
    "rule_case",
    "sale_rows",
    "save_address",
    "see_contacts",
    "send_payouts",
    "send_replacement",
    "send_return",
    "settle_final",
    "sharing_contact",
    "ship_order",
    "shop_conduct",
    "shop_order_counts",
    "shops_with_buyers",
    "sku_days",
    "sold_by_ways",
    "start_payment",
    "unaddressed",
    "withdraw",
]
