from django.apps import AppConfig

from grapevine.kit.text import marked

GROUPS = (
    ("shop", "today", marked("今日"), "today", 10),
    ("shop", "trade", marked("交易"), "order", 20),
    ("shop", "goods", marked("商品"), "goods", 30),
    ("shop", "service", marked("售后与评价"), "refund", 40),
    ("shop", "marketing", marked("营销"), "promo", 50),
    ("shop", "fans", marked("粉丝与内容"), "fans", 60),
    ("shop", "data", marked("数据"), "data", 70),
    ("shop", "finance", marked("财务"), "wallet", 80),
    ("shop", "shop", marked("店铺"), "shop", 90),
    ("operator", "people", marked("用户与店铺"), "users", 10),
    ("operator", "goods", marked("商品"), "goods", 20),
    ("operator", "content", marked("内容与评价"), "note", 30),
    ("operator", "service", marked("纠纷"), "scale", 40),
    ("operator", "marketing", marked("营销"), "promo", 50),
    ("operator", "finance", marked("财务"), "wallet", 60),
    ("operator", "house", marked("平台"), "gear", 70),
)
"""The headings of the two consoles; each module names the heading its entries stand under."""


class FrontConfig(AppConfig):
    name = "grapevine.front"
    label = "front"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.care.contracts import ShowOrderPublished
        from grapevine.cases.contracts import JuryOpened
        from grapevine.front import rewarding, sharing, telling
        from grapevine.gateway.contracts import WebhookSwitchedOff
        from grapevine.kit import panels
        from grapevine.signals import facade as signals
        from grapevine.spread import facade as spread

        signals.subscribe(
            ShowOrderPublished, rewarding.on_show_order_published, name="front.shown_points"
        )
        signals.subscribe(
            WebhookSwitchedOff, telling.on_webhook_switched_off, name="front.webhook_off"
        )
        signals.subscribe(JuryOpened, telling.on_jury_opened, name="front.jury_seats")
        spread.register_object("group", sharing.group)
        signals.every("ledger.seal", seconds=60, job="grapevine.ledger.jobs.seal")
        signals.every("ledger.holds", seconds=30, job="grapevine.ledger.jobs.expire_holds")
        for console, name, label, icon, order in GROUPS:
            panels.register_nav_group(console, name, label=label, icon=icon, order=order)
        for console, name, label, icon, url_name, order, group in (
            ("shop", "today", marked("今日"), "today", "front:console", 10, "today"),
            ("operator", "people", marked("用户"), "users", "front:operator", 10, "people"),
            ("operator", "shops", marked("店铺"), "shop", "front:operator_shops", 20, "people"),
            (
                "operator",
                "reports",
                marked("账目"),
                "wallet",
                "front:operator_reports",
                30,
                "finance",
            ),
        ):
            panels.register_nav(
                console, name, label=label, icon=icon, url_name=url_name, order=order, group=group
            )
