from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "grapevine.trade"
    label = "trade"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.goods import facade as goods
        from grapevine.goods.contracts import GoodsFailedInspection
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals
        from grapevine.trade import handlers, personal
        from grapevine.trade.web import panels as own

        people.register_keeper("trade", read=personal.own_trade, erase=personal.erase_trade)
        guard.name_actions(
            {
                "order.ship": marked("发货"),
                "order.refund": marked("退款"),
                "contacts.unmask": marked("看买家完整电话和地址"),
                "trade.retry_refund": marked("重试退款"),
                "trade.see_alert": marked("看过账目提醒"),
            }
        )

        for job, seconds in (
            ("send_callbacks", 1),
            ("send_refunds", 1),
            ("complete_payments", 10),
            ("close_attempts", 10),
            ("expire_payments", 5),
            ("run_timers", 60),
            ("end_refunded", 10),
            ("receive_overdue", 600),
            ("settle_final", 600),
            ("watch_payments", 60),
            ("reconcile_days", 1800),
            ("make_batches", 86_400),
            ("charge_plans", 21_600),
            ("make_invoices", 21_600),
            ("send_payouts", 10),
            ("subscribe_parcels", 5),
            ("query_parcels", 600),
            ("watch_parcels", 300),
            ("run_batches", 2),
        ):
            signals.every(f"trade.{job}", seconds=seconds, job=f"grapevine.trade.jobs.{job}")
        signals.subscribe(GoodsFailedInspection, handlers.on_goods_failed, name="trade.warn_buyers")
        for name in ("cart", "add", "change", "checkout", "cashier", "sandbox", "orders", "order",
                     "cancellation", "refund", "receipt", "address", "again", "addresses",
                     "address_new", "address_edit", "address_removal"):  # fmt: skip
            goods.register_page(f"trade:{name}")
        panels.register("goods.buy", own.buy, order=10)
        panels.register("badge.cart", own.cart_badge)
        panels.register("today.todos", own.shipping_todos)
        panels.register_nav(
            "shop", "shipping", label=marked("发货"), icon="truck", url_name="trade:shipping",
            order=22, right="shipping",
        )  # fmt: skip
        panels.register_nav(
            "shop", "pickup", label=marked("自提"), icon="pin", url_name="trade:pickup", order=24,
            right="shipping",
        )  # fmt: skip
        panels.register_nav(
            "operator", "money", label=marked("收款核对"), icon="check", url_name="trade:money",
            order=40,
        )  # fmt: skip
        panels.register_nav(
            "operator", "settlements", label=marked("结算"), icon="money",
            url_name="trade:settlements", order=45,
        )  # fmt: skip
        panels.register_nav(
            "shop", "finance", label=marked("财务"), icon="wallet", url_name="trade:finance_home",
            order=55, right="finance",
        )  # fmt: skip
        panels.register_nav(
            "shop",
            "orders",
            label=marked("订单"),
            icon="order",
            url_name="trade:desk",
            order=20,
            right="orders",
        )
        panels.register_nav(
            "shop", "aftersales", label=marked("售后"), icon="refund", url_name="trade:aftersales_desk",
            order=22, right="after_sales",
        )  # fmt: skip
        panels.register_nav(
            "operator", "disputes", label=marked("纠纷"), icon="scale", url_name="trade:disputes",
            order=42,
        )  # fmt: skip
