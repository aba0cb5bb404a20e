from django.apps import AppConfig

from grapevine.kit.text import marked

JOBS = {
    "send_callbacks": 1, "send_refunds": 1, "complete_payments": 10, "close_attempts": 10,
    "expire_payments": 5, "run_timers": 60, "end_refunded": 10, "receive_overdue": 600,
    "settle_final": 600, "watch_payments": 60, "reconcile_days": 1800, "make_batches": 86_400,
    "charge_plans": 21_600, "make_invoices": 21_600, "send_payouts": 10, "subscribe_parcels": 5,
    "query_parcels": 600, "watch_parcels": 300, "run_batches": 2, "assess_shops": 3600,
    "forget_orders": 3600,
}  # fmt: skip
"""Every how many seconds."""
ACTIONS = {
    "order.ship": marked("发货"), "order.address": marked("补收货地址"),
    "trade.plan_chosen": marked("换套餐"), "order.refund": marked("退款"),
    "contacts.unmask": marked("看买家完整电话和地址"), "trade.retry_refund": marked("重试退款"),
    "trade.see_alert": marked("看过账目提醒"), "trade.appeal": marked("对裁定提出申诉"),
    "trade.appeal_upheld": marked("维持裁定"), "trade.appeal_overturned": marked("改判"),
    "trade.rule_case": marked("裁定售后纠纷"),
}  # fmt: skip
NAV = (
    ("shop", "orders", marked("订单"), "order", "desk", 20, "orders", "trade"),
    ("shop", "shipping", marked("发货"), "truck", "shipping", 22, "shipping", "trade"),
    (
        "shop",
        "aftersales",
        marked("售后"),
        "refund",
        "aftersales_desk",
        23,
        "after_sales",
        "service",
    ),
    ("shop", "pickup", marked("自提"), "pin", "pickup", 24, "shipping", "trade"),
    ("shop", "finance", marked("财务"), "wallet", "finance_home", 55, "finance", "finance"),
    ("shop", "pool_sales", marked("选品收入"), "money", "pool_sales", 56, "finance", "finance"),
    ("operator", "money", marked("收款核对"), "check", "money", 40, "", "finance"),
    ("operator", "disputes", marked("纠纷"), "scale", "disputes", 42, "", "service"),
    ("operator", "settlements", marked("结算"), "money", "settlements", 45, "", "finance"),
)
OWN_PAGES = (
    "cart", "add", "change", "checkout", "cashier", "sandbox", "orders", "order", "cancellation",
    "refund", "receipt", "address", "again", "addresses", "address_new", "address_edit",
    "address_removal",
)  # fmt: skip
"""Pages that a shop's own domain has too."""


class TradeConfig(AppConfig):
    name = "grapevine.trade"
    label = "trade"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.goods import facade as goods
        from grapevine.goods.contracts import GoodsFailedInspection
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.media import facade as media
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals
        from grapevine.trade import handlers, personal
        from grapevine.trade.queries import pictures, pool, waiting
        from grapevine.trade.web import assessing, panels as own

        people.register_keeper("trade", read=personal.own_trade, erase=personal.erase_trade)
        media.register_use(("trade.casepicture.picture_id",), pictures.pictures_among)
        guard.name_actions(ACTIONS)
        for job, seconds in JOBS.items():
            signals.every(f"trade.{job}", seconds=seconds, job=f"grapevine.trade.jobs.{job}")
        signals.subscribe(GoodsFailedInspection, handlers.on_goods_failed, name="trade.warn_buyers")
        for name in OWN_PAGES:
            goods.register_page(f"trade:{name}")
        goods.register_page("trade:shop_aftersales", goods.shop_of_page)
        goods.register_sold(pool.sold_for_others)
        panels.register("goods.buy", own.buy, order=10)
        panels.register("badge.cart", own.cart_badge)
        panels.register("today.todos", own.shipping_todos)
        panels.register("today.todos", assessing.missed_todo)
        for console, name, label, icon, page, order, right, group in NAV:
            panels.register_nav(
                console, name, label=label, icon=icon, url_name=f"trade:{page}", order=order,
                right=right, group=group, count=waiting.COUNTS.get((console, name)),
            )  # fmt: skip
