from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "grapevine.front"
    label = "front"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.care.contracts import ShowOrderPublished
        from grapevine.front import rewarding, sharing
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.signals import facade as signals
        from grapevine.spread import facade as spread

        signals.subscribe(
            ShowOrderPublished, rewarding.on_show_order_published, name="front.shown_points"
        )
        spread.register_object("group", sharing.group)
        signals.every("ledger.seal", seconds=60, job="grapevine.ledger.jobs.seal")
        signals.every("ledger.holds", seconds=30, job="grapevine.ledger.jobs.expire_holds")
        for console, name, label, icon, url_name, order in (
            ("shop", "today", marked("今日"), "today", "front:console", 10),
            ("operator", "people", marked("用户"), "users", "front:operator", 10),
            ("operator", "shops", marked("店铺"), "shop", "front:operator_shops", 20),
            ("operator", "reports", marked("账目"), "wallet", "front:operator_reports", 30),
        ):
            panels.register_nav(
                console, name, label=label, icon=icon, url_name=url_name, order=order
            )
