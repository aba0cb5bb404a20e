from django.apps import AppConfig

from grapevine.kit.text import marked

PERIODIC = (
    ("build", 15, "build"),
    ("keep", 6 * 3600, "keep"),
    ("forget", 60, "forget_people"),
    ("cube", 15, "cube"),
    ("cube_whole", 86_400, "cube_whole"),
    ("reports", 3600, "make_reports"),
    ("train", 6 * 3600, "train"),
    ("heads", 86_400, "train_heads"),
    ("channels", 86_400, "adapt_channels"),
    ("goods_channels", 86_400, "adapt_goods_channels"),
    ("shops", 6 * 3600, "care_for_shops"),
    ("shops_train", 7 * 86_400, "train_shop_leaving"),
    ("journeys", 6 * 3600, "journeys"),
    ("influence", 6 * 3600, "influence"),
    ("trees", 3600, "trees"),
    ("people", 86_400, "count_people"),
    ("advice", 3600, "judge_advice"),
    ("trials", 3600, "read_trials"),
    ("trial_proof", 7 * 86_400, "prove_trials"),
    ("communities", 86_400, "count_communities"),
)
"""Name, seconds between two runs, and the job."""
PAGES = (
    ("fans", marked("粉丝"), "fans", 40, "fans"),
    ("segments", marked("人群"), "users", 41, "fans"),
    ("portrait", marked("粉丝画像"), "smile", 42, "fans"),
    ("tree", marked("决策树"), "data", 70, "data"),
    ("cube", marked("数据魔方"), "columns", 71, "data"),
    ("goods_report", marked("商品分析"), "goods", 72, "data"),
    ("hits", marked("爆款"), "flag", 73, "data"),
    ("funnels", marked("漏斗"), "filter", 74, "data"),
    ("paths", marked("路径与停留"), "link", 75, "data"),
    ("sources", marked("流量来源"), "share", 76, "data"),
    ("influence", marked("社交影响"), "users", 77, "data"),
    ("shop_trials", marked("实验"), "columns", 78, "data"),
    ("pricing", marked("定价"), "tag", 35, "goods"),
    ("slow", marked("选品与滞销"), "leaf", 36, "goods"),
)
"""Of the shop's console: name, label, icon, order, heading."""

ACTIONS = {
    "prices.change": marked("改价格"),
    "prices.undo": marked("撤销调价"),
    "cube.schedule": marked("定期导出数据"),
    "cube.stop": marked("停掉定期导出"),
    "shops.manager": marked("定商家经理的容量"),
    "shops.follow": marked("开一件商家跟进"),
    "shops.assign": marked("分派商家跟进"),
    "shops.contact": marked("记下和商家的联系"),
    "shops.served": marked("记下给商家的服务做完了"),
    "segments.save": marked("存人群"),
    "segments.drop": marked("删人群或草稿"),
    "segments.export": marked("导出人群"),
    "segments.draft": marked("起草给人群的券或消息"),
    "segments.carry": marked("发给人群"),
    "advice.adopt": marked("照建议拟草稿"),
    "advice.carry": marked("照建议去做"),
    "advice.undo": marked("收回照建议做的"),
    "advice.dismiss": marked("放下建议"),
}
"""What the audit trail calls what is done here."""


class InsightConfig(AppConfig):
    name = "grapevine.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.goods.contracts import SalesWithheld
        from grapevine.guard import facade as guard
        from grapevine.insight import facade, handlers
        from grapevine.insight.web import own_asset, panels as pieces, trialwords
        from grapevine.kit import panels
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals

        guard.name_actions(ACTIONS)
        people.register_keeper("customers", read=facade.own_customer, erase=facade.forget_customer)
        people.register_keeper(
            "traffic_asset", read=facade.own_asset, erase=facade.forget_own_asset
        )
        people.register_keeper("log", read=facade.own_log, erase=signals.forget)
        signals.subscribe(
            SalesWithheld, handlers.on_sales_withheld, name="insight.closed_shop_forgets"
        )
        for name, seconds, job in PERIODIC:
            path = f"grapevine.insight.jobs.{job}"
            signals.every(f"insight.{name}", seconds=seconds, job=path, is_long=True)
        _care_pages()
        guard.name_actions(trialwords.MOVED)
        panels.register_nav(
            "operator", "trials", label=marked("实验"), icon="columns", url_name="insight:trials",
            order=75, group="marketing",
        )  # fmt: skip
        panels.register_nav(
            "operator", "influence", label=marked("社交影响"), icon="users",
            url_name="insight:operator_influence", order=76, group="marketing",
        )  # fmt: skip
        panels.register("today.advices", pieces.today_advices)
        panels.register("income.asset", own_asset.panel)
        panels.register_nav(
            "operator", "advices", label=marked("建议的成效"), icon="data",
            url_name="insight:advice_kinds", order=70, group="marketing",
        )  # fmt: skip
        for name, label, icon, order, group in PAGES:
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
        panels.register_nav(
            "operator",
            "hits",
            label=marked("爆款"),
            icon="flag",
            url_name="insight:operator_hits",
            order=25,
            group="goods",
        )


def _care_pages() -> None:
    """Shops' stages and follow-ups for operators; the next step for a shop."""
    from grapevine.insight.queries import followups, services
    from grapevine.insight.web import lifecycle
    from grapevine.kit import panels

    panels.register("today.todos", lifecycle.next_step_panel, order=90)
    for name, label, icon, url_name, order, count in (
        ("stages", marked("商家阶段"), "shop", "shop_stages", 21, None),
        ("follow_ups", marked("商家跟进"), "headset", "follow_ups", 22, followups.overdue),
        ("services", marked("按阶段的服务"), "check", "services", 23, services.overdue),
    ):
        panels.register_nav(
            "operator", name, label=label, icon=icon, url_name=f"insight:{url_name}", order=order,
            group="people", count=count,
        )  # fmt: skip
    panels.register_nav(
        "shop", "steps", label=marked("该做什么"), icon="flag", url_name="insight:steps", order=11,
        right="today", group="today",
    )  # fmt: skip
