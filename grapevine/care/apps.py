from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "grapevine.care"
    label = "care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        self._measure_shops()
        self._keep_pictures()
        self._let_ratings_count()
        self._follow_the_house()
        self._fill_pages()

    def _measure_shops(self) -> None:
        from grapevine.care import factors, ports

        for name in (
            "ship_time",
            "refund_speed",
            "refund_rate",
            "dispute_rate",
            "after_sales",
            "reviews",
            "violations",
            "inspections",
        ):
            ports.register_factor(name, getattr(factors, name))

    def _keep_pictures(self) -> None:
        from grapevine.care.queries.pictures import pictures_among
        from grapevine.media import facade as media

        columns = ("care.revision.picture_ids", "care.certificate.picture_id")
        media.register_use(columns, pictures_among)

    def _let_ratings_count(self) -> None:
        from grapevine.care.queries import effects
        from grapevine.goods import facade as goods
        from grapevine.trade import facade as trade

        goods.register_deposit_scale(effects.deposit_bps)
        trade.register_fee_scale(effects.fee_bps)

    def _follow_the_house(self) -> None:
        from grapevine.care import handlers
        from grapevine.care.contracts import ReviewWritten
        from grapevine.scene.contracts import NotePublished
        from grapevine.signals import facade as signals
        from grapevine.trade.contracts import OrderPaid, OrderRefunded

        signals.subscribe(ReviewWritten, handlers.on_review_written, name="care.screens")
        signals.subscribe(OrderRefunded, handlers.on_order_refunded, name="care.refunded")
        signals.subscribe(NotePublished, handlers.on_note_published, name="care.shown")
        signals.subscribe(OrderPaid, handlers.on_order_paid, name="care.shown_sells")
        signals.every("care.rate_shops", seconds=3600, job="grapevine.care.jobs.rate_shops")
        signals.every("care.forget", seconds=86_400, job="grapevine.care.jobs.forget_traces")

    def _fill_pages(self) -> None:
        from grapevine.care.queries import waiting
        from grapevine.care.web import panels as pieces
        from grapevine.goods import facade as goods
        from grapevine.kit import panels
        from grapevine.kit.text import marked

        for page in ("care:credit", "care:reviews"):
            goods.register_page(page, goods.shop_of_page)
        panels.register("goods.reviews", pieces.goods_reviews)
        panels.register("goods.reviews", pieces.goods_shown, order=60)
        panels.register("shop.above", pieces.shop_credit, order=10)
        panels.register("order.below", pieces.order_lines, order=5)
        panels.register("note.meta", pieces.verified)
        panels.register("profile.tabs", pieces.my_link, order=6)
        panels.register_batch("goods.chip", pieces.chips)
        for console, name, label, icon, page, order, right, group in (
            ("shop", "reviews", marked("评价"), "star", "desk", 30, "reviews", "service"),
            (
                "shop",
                "rating",
                marked("信用评级"),
                "check",
                "desk_rating",
                60,
                "reviews",
                "service",
            ),
            ("operator", "reviews", marked("评价监管"), "star", "oversight", 50, "", "content"),
            (
                "operator",
                "certificates",
                marked("证书审核"),
                "check",
                "certificates",
                55,
                "",
                "goods",
            ),
        ):
            panels.register_nav(
                console, name, label=label, icon=icon, url_name=f"care:{page}", order=order,
                right=right, group=group, count=waiting.COUNTS.get((console, name)),
            )  # fmt: skip
