from django.apps import AppConfig


class GoodsConfig(AppConfig):
    name = "grapevine.goods"
    label = "goods"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.goods.staffing import ACTION_WORDS
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.signals import facade as signals

        guard.name_actions(ACTION_WORDS)
        signals.every("goods.expire_holds", seconds=30, job="grapevine.goods.jobs.expire_holds")
        panels.register_nav(
            "shop",
            "goods",
            label=marked("商品"),
            icon="goods",
            url_name="goods:desk",
            order=30,
            right="goods",
        )
        for name, label, icon, url_name, order, right in (
            ("staff", marked("员工"), "users", "goods:staff", 80, "staff"),
            ("audit", marked("操作记录"), "log", "goods:audit", 85, "staff"),
            ("role", marked("我的角色"), "user", "goods:own_role", 90, ""),
        ):
            panels.register_nav(
                "shop", name, label=label, icon=icon, url_name=url_name, order=order, right=right
            )
        panels.register_nav(
            "operator",
            "audit",
            label=marked("操作记录"),
            icon="log",
            url_name="goods:operator_audit",
            order=80,
        )
