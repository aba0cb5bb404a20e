from django.apps import AppConfig

from grapevine.kit.text import marked

JOBS = {
    "expire_holds": 30, "watch_documents": 3600, "watch_limits": 600, "import_goods": 1,
    "import_pictures": 2, "turn_shelves": 20, "watch_pool": 60, "forget_invites": 86_400,
    "forget_papers": 86_400,
}  # fmt: skip
"""Every how many seconds."""
NAV = (
    ("shop", "goods", marked("商品"), "goods", "desk", 30, "goods", "goods"),
    ("shop", "picks", marked("选品"), "bag", "picks", 31, "goods", "goods"),
    ("shop", "supply", marked("供货"), "truck", "supply", 32, "prices", "goods"),
    ("shop", "brand", marked("店铺装修"), "pen", "brand", 80, "settings", "shop"),
    ("shop", "staff", marked("员工"), "users", "staff", 82, "staff", "shop"),
    ("shop", "standing", marked("资质与保证金"), "shield", "application", 85, "closing", "shop"),
    ("shop", "audit", marked("操作记录"), "log", "audit", 87, "staff", "shop"),
    ("shop", "role", marked("我的角色"), "user", "own_role", 90, "", "shop"),
    ("operator", "applications", marked("开店审核"), "shield", "applications", 22, "", "people"),
    ("operator", "goods", marked("商品审核"), "goods", "queue", 23, "", "goods"),
    ("operator", "inspections", marked("定期抽查"), "scan", "inspections", 23, "", "goods"),
    ("operator", "categories", marked("类目规则"), "book", "categories", 24, "", "goods"),
    ("operator", "audit", marked("操作记录"), "log", "operator_audit", 80, "", "house"),
)


class GoodsConfig(AppConfig):
    name = "grapevine.goods"
    label = "goods"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.goods import pool
        from grapevine.goods.queries import pictures, waiting
        from grapevine.goods.staffing import ACTION_WORDS
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.media import facade as media
        from grapevine.signals import facade as signals

        guard.name_actions(ACTION_WORDS | pool.ACTION_WORDS)
        media.register_use(pictures.COLUMNS, pictures.pictures_among)
        media.register_video_use(pictures.VIDEO_COLUMNS, pictures.videos_among)
        for job, seconds in JOBS.items():
            signals.every(f"goods.{job}", seconds=seconds, job=f"grapevine.goods.jobs.{job}")
        for console, name, label, icon, page, order, right, group in NAV:
            panels.register_nav(
                console, name, label=label, icon=icon, url_name=f"goods:{page}", order=order,
                right=right, group=group, count=waiting.COUNTS.get((console, name)),
            )  # fmt: skip
