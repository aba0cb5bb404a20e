from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "grapevine.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.guard import facade as guard
        from grapevine.kit.text import marked

        guard.name_actions(
            {
                "coupons.create": marked("发券"),
                "coupons.stop": marked("停止发券"),
                "coupons.give": marked("送券"),
                "reduction.create": marked("设满减"),
                "reduction.stop": marked("停止满减"),
                "flash.create": marked("排秒杀"),
                "flash.stop": marked("停止秒杀"),
                "group.plan": marked("设拼团"),
                "group.stop": marked("停止拼团"),
            }
        )
        self._cut_prices()
        self._follow_orders()
        self._fill_pages()
        self._be_tried()

    def _cut_prices(self) -> None:
        from grapevine.campaigns import contracts, offers
        from grapevine.campaigns.actions import redeeming
        from grapevine.trade import facade as trade

        trade.register_offerer(offers.group_price)
        trade.register_offerer(offers.standing)
        trade.register_redeemer(contracts.COUPON, redeeming.use_coupon)
        trade.register_redeemer(contracts.FLASH, redeeming.take_flash)

    def _follow_orders(self) -> None:
        from grapevine.campaigns import contracts as own, handlers
        from grapevine.signals import facade as signals
        from grapevine.trade.contracts import OrderCancelled, OrderPaid, OrderRefunded

        signals.subscribe(OrderPaid, handlers.on_order_paid, name="campaigns.seat_paid")
        signals.subscribe(OrderCancelled, handlers.on_order_cancelled, name="campaigns.seat_free")
        signals.subscribe(OrderRefunded, handlers.on_order_refunded, name="campaigns.seat_refunded")
        signals.subscribe(
            OrderCancelled, handlers.give_back_after_cancelling, name="campaigns.back_cancelled"
        )
        signals.subscribe(
            OrderRefunded, handlers.give_back_after_refunding, name="campaigns.back_refunded"
        )
        signals.subscribe(own.GroupExpired, handlers.on_group_expired, name="campaigns.refunds")
        signals.subscribe(own.SeatLost, handlers.on_seat_lost, name="campaigns.refund")
        signals.every("campaigns.expire", seconds=5, job="grapevine.campaigns.jobs.expire_groups")
        signals.every("campaigns.sizes", seconds=60, job="grapevine.campaigns.jobs.size_plans")
        signals.every("campaigns.flash", seconds=10, job="grapevine.campaigns.jobs.spread_stock")

    def _be_tried(self) -> None:
        from grapevine.campaigns import handlers
        from grapevine.campaigns.actions.sizes import SIZE
        from grapevine.signals import facade as signals

        signals.register_knob(SIZE)
        signals.subscribe(
            signals.ExperimentStopped, handlers.on_experiment_stopped, name="campaigns.sizes_back"
        )

    def _fill_pages(self) -> None:
        from grapevine.campaigns.web import panels as pieces
        from grapevine.goods import facade as goods
        from grapevine.kit import panels
        from grapevine.kit.text import marked

        goods.register_page("campaigns:open")
        for page in ("campaigns:group", "campaigns:join"):
            goods.register_page(page, pieces.shop_of_group)
        goods.register_page("campaigns:take", pieces.shop_of_coupon)
        panels.register("goods.buy", pieces.goods_buy, order=20)
        panels.register("goods.groups", pieces.goods_flash, order=10)
        panels.register("goods.groups", pieces.goods_offers, order=20)
        panels.register("goods.groups", pieces.goods_groups)
        panels.register("shop.above", pieces.shop_offers)
        panels.register("profile.tabs", pieces.profile_wallet, order=5)
        panels.register("note.goods", pieces.note_goods)
        panels.register("order.below", pieces.order_below, order=10)
        panels.register_batch("card.chip", pieces.chips)
        for console, name, label, icon, page, order in (
            ("shop", "groups", marked("拼团"), "users", "desk", 40),
            ("shop", "promotions", marked("优惠活动"), "ticket", "promotions", 45),
            ("operator", "promotions", marked("平台券"), "ticket", "platform_coupons", 40),
        ):
            panels.register_nav(
                console,
                name,
                label=label,
                icon=icon,
                url_name=f"campaigns:{page}",
                order=order,
                right="marketing" if console == "shop" else "",
                group="marketing",
            )
