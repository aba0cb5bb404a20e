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
        signals.every(
            "goods.watch_documents", seconds=3600, job="grapevine.goods.jobs.watch_documents"
        )
        signals.every("goods.watch_limits", seconds=600, job="grapevine.goods.jobs.watch_limits")
        signals.every("goods.import_goods", seconds=1, job="grapevine.goods.jobs.import_goods")
        signals.every(
            "goods.import_pictures", seconds=2, job="grapevine.goods.jobs.import_pictures"
        )
        signals.every("goods.turn_shelves", seconds=20, job="grapevine.goods.jobs.turn_shelves")
        panels.register_nav(
            "shop",
            "goods",
            label=marked("商品"),
            icon="goods",
            url_name="goods:desk",
            order=30,
            right="goods",
        )
        for console, name, label, icon, url_name, order, right in (
            ("shop", "brand", marked("店铺装修"), "pen", "goods:brand", 80, "settings"),
            (
                "shop",
                "standing",
                marked("资质与保证金"),
                "shield",
                "goods:application",
                85,
                "closing",
            ),
            (
                "operator",
                "applications",
                marked("开店审核"),
                "shield",
                "goods:applications",
                22,
                "",
            ),
            ("operator", "goods", marked("商品审核"), "goods", "goods:queue", 23, ""),
            ("operator", "inspections", marked("定期抽查"), "scan", "goods:inspections", 23, ""),
            ("operator", "categories", marked("类目规则"), "book", "goods:categories", 24, ""),
        ):
            panels.register_nav(
                console, name, label=label, icon=icon, url_name=url_name, order=order, right=right
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
