from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "grapevine.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.campaigns import contracts as own
        from grapevine.campaigns import handlers, offers
        from grapevine.campaigns.actions import redeeming
        from grapevine.campaigns.web import panels as pieces
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.signals import facade as signals
        from grapevine.trade import contracts
        from grapevine.trade import facade as trade

        trade.register_offerer(offers.group_price)
        trade.register_offerer(offers.standing)
        trade.register_redeemer(own.COUPON, redeeming.use_coupon)
        trade.register_redeemer(own.FLASH, redeeming.take_flash)
        signals.subscribe(contracts.OrderPaid, handlers.on_order_paid, name="campaigns.seat_paid")
        signals.subscribe(
            contracts.OrderCancelled, handlers.on_order_cancelled, name="campaigns.seat_free"
        )
        signals.subscribe(
            contracts.OrderRefunded, handlers.on_order_refunded, name="campaigns.seat_refunded"
        )
        signals.subscribe(
            contracts.OrderCancelled, handlers.give_back_after_cancelling,
            name="campaigns.give_back_cancelled",
        )  # fmt: skip
        signals.subscribe(
            contracts.OrderRefunded, handlers.give_back_after_refunding,
            name="campaigns.give_back_refunded",
        )  # fmt: skip
        signals.subscribe(own.GroupExpired, handlers.on_group_expired, name="campaigns.refunds")
        signals.every("campaigns.expire", seconds=5, job="grapevine.campaigns.jobs.expire_groups")
        signals.every("campaigns.flash", seconds=10, job="grapevine.campaigns.jobs.spread_stock")
        panels.register("goods.buy", pieces.goods_buy, order=20)
        panels.register("goods.groups", pieces.goods_flash, order=10)
        panels.register("goods.groups", pieces.goods_offers, order=20)
        panels.register("goods.groups", pieces.goods_groups)
        panels.register("shop.above", pieces.shop_offers)
        panels.register("profile.tabs", pieces.profile_wallet, order=5)
        panels.register("note.goods", pieces.note_goods)
        panels.register("order.below", pieces.order_below, order=10)
        panels.register_batch("card.chip", pieces.chips)
        panels.register_nav(
            "shop",
            "groups",
            label=marked("拼团"),
            icon="users",
            url_name="campaigns:desk",
            order=40,
        )
        panels.register_nav(
            "shop",
            "promotions",
            label=marked("优惠"),
            icon="ticket",
            url_name="campaigns:promotions",
            order=45,
        )
        panels.register_nav(
            "operator",
            "promotions",
            label=marked("平台券"),
            icon="ticket",
            url_name="campaigns:platform_coupons",
            order=40,
        )
