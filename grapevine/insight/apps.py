from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "grapevine.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.signals import facade as signals

        guard.name_actions(
            {
                "prices.change": marked("改价格"),
                "prices.undo": marked("撤销调价"),
            }
        )

        signals.every("insight.build", seconds=15, job="grapevine.insight.jobs.build")
        signals.every("insight.cube", seconds=15, job="grapevine.insight.jobs.cube")
        signals.every("insight.cube_whole", seconds=86_400, job="grapevine.insight.jobs.cube_whole")
        signals.every("insight.reports", seconds=3600, job="grapevine.insight.jobs.make_reports")
        signals.every("insight.train", seconds=6 * 3600, job="grapevine.insight.jobs.train")
        for name, label, icon, order in (
            ("fans", marked("粉丝"), "fans", 60),
            ("tree", marked("决策树"), "data", 70),
            ("cube", marked("数据魔方"), "columns", 71),
            ("pricing", marked("定价"), "tag", 35),
            ("slow", marked("选品与滞销"), "leaf", 36),
        ):
            panels.register_nav(
                "shop",
                name,
                label=label,
                icon=icon,
                url_name=f"insight:{name}",
                order=order,
                right="prices" if name in ("pricing", "slow") else "insight",
            )
