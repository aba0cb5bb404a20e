from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "grapevine.trade"
    label = "trade"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals
        from grapevine.trade import personal
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
            ("receive_overdue", 600),
            ("settle_final", 600),
            ("watch_payments", 60),
            ("reconcile_days", 1800),
        ):
            signals.every(f"trade.{job}", seconds=seconds, job=f"grapevine.trade.jobs.{job}")
        panels.register("goods.buy", own.buy, order=10)
        panels.register("badge.cart", own.cart_badge)
        panels.register_nav(
            "operator", "money", label=marked("收款核对"), icon="check", url_name="trade:money",
            order=40,
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
