from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "grapevine.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.loyalty import actions, handlers, offers
        from grapevine.loyalty.web import panels as pieces
        from grapevine.signals import facade as signals
        from grapevine.trade import contracts, facade as trade

        guard.name_actions(
            {
                "members.levels": marked("改会员等级"),
                "members.price": marked("改会员价"),
            }
        )

        trade.register_offerer(offers.member_prices)
        trade.register_offerer(offers.points)
        trade.register_redeemer(offers.POINTS, actions.hold_points)
        signals.subscribe(contracts.OrderPaid, handlers.on_order_paid, name="loyalty.points_spent")
        signals.subscribe(
            contracts.OrderCancelled, handlers.on_order_cancelled, name="loyalty.points_free"
        )
        signals.subscribe(
            contracts.OrderRefunded, handlers.on_order_refunded, name="loyalty.points_back"
        )
        signals.subscribe(
            contracts.PiecesRefunded, handlers.on_pieces_refunded, name="loyalty.points_part_back"
        )
        signals.subscribe(
            contracts.OrderSettled, handlers.on_order_settled, name="loyalty.order_counts"
        )
        panels.register("shop.below", pieces.membership, order=10)
        panels.register("goods.groups", pieces.member_price, order=10)
        panels.register("checkout.wishes", pieces.checkout_points)
        panels.register_nav(
            "shop",
            "members",
            label=marked("会员"),
            icon="star",
            url_name="loyalty:desk",
            order=45,
            right="marketing",
            group="fans",
        )
