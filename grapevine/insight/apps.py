from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "grapevine.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.guard import facade as guard
        from grapevine.insight import facade
        from grapevine.insight.queries import followups
        from grapevine.insight.web import lifecycle, panels as pieces
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals

        guard.name_actions(
            {
                "prices.change": marked("改价格"),
                "prices.undo": marked("撤销调价"),
                "cube.schedule": marked("定期导出数据"),
                "cube.stop": marked("停掉定期导出"),
                "shops.manager": marked("定商家经理的容量"),
                "shops.follow": marked("开一件商家跟进"),
                "shops.assign": marked("分派商家跟进"),
                "shops.contact": marked("记下和商家的联系"),
                "advice.adopt": marked("照建议拟草稿"),
                "advice.carry": marked("照建议去做"),
                "advice.undo": marked("收回照建议做的"),
                "advice.dismiss": marked("放下建议"),
            }
        )

        signals.every("insight.build", seconds=15, job="grapevine.insight.jobs.build")
        signals.every("insight.keep", seconds=6 * 3600, job="grapevine.insight.jobs.keep")
        signals.every("insight.forget", seconds=60, job="grapevine.insight.jobs.forget_people")
        people.register_keeper("log", read=facade.own_log, erase=signals.forget)
        signals.every("insight.cube", seconds=15, job="grapevine.insight.jobs.cube")
        signals.every("insight.cube_whole", seconds=86_400, job="grapevine.insight.jobs.cube_whole")
        signals.every("insight.reports", seconds=3600, job="grapevine.insight.jobs.make_reports")
        signals.every("insight.train", seconds=6 * 3600, job="grapevine.insight.jobs.train")
        signals.every(
            "insight.shops", seconds=6 * 3600, job="grapevine.insight.jobs.care_for_shops"
        )
        signals.every(
            "insight.shops_train",
            seconds=7 * 86_400,
            job="grapevine.insight.jobs.train_shop_leaving",
        )
        panels.register("today.todos", lifecycle.next_step_panel, order=90)
        for name, label, icon, url_name, order, count in (
            ("stages", marked("商家阶段"), "shop", "insight:shop_stages", 21, None),
            (
                "follow_ups",
                marked("商家跟进"),
                "headset",
                "insight:follow_ups",
                22,
                followups.overdue,
            ),
        ):
            panels.register_nav(
                "operator", name, label=label, icon=icon, url_name=url_name, order=order,
                group="people", count=count,
            )  # fmt: skip
        panels.register_nav(
            "shop", "steps", label=marked("下一步做什么"), icon="flag", url_name="insight:steps", order=12,
            right="today", group="today",
        )  # fmt: skip
        signals.every("insight.advice", seconds=3600, job="grapevine.insight.jobs.judge_advice")
        panels.register("today.advices", pieces.today_advices)
        panels.register_nav(
            "operator", "advices", label=marked("建议的成效"), icon="data",
            url_name="insight:advice_kinds", order=70, group="marketing",
        )  # fmt: skip
        for name, label, icon, order, group in (
            ("advices", marked("建议"), "check", 11, "today"),
            ("fans", marked("粉丝"), "fans", 40, "fans"),
            ("tree", marked("决策树"), "data", 70, "data"),
            ("cube", marked("数据魔方"), "columns", 71, "data"),
            ("pricing", marked("定价"), "tag", 35, "goods"),
            ("slow", marked("选品与滞销"), "leaf", 36, "goods"),
        ):
            panels.register_nav(
                "shop",
                name,
                label=label,
                icon=icon,
                url_name=f"insight:{name}",
                order=order,
                right="prices" if name in ("pricing", "slow") else "insight",
                group=group,
            )
