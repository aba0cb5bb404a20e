from django.apps import AppConfig


class SpreadConfig(AppConfig):
    name = "grapevine.spread"
    label = "spread"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.people import contracts as people
        from grapevine.signals import facade as signals
        from grapevine.spread import handlers, partners, thanking
        from grapevine.spread.partnership import ACTION_WORDS
        from grapevine.spread.web import panels as pieces
        from grapevine.trade import contracts as trade, facade as orders

        guard.name_actions({"commission.rate": marked("改佣金"), **ACTION_WORDS})
        orders.register_sharer(partners.terms_among)
        signals.register_knob(thanking.REWARD)

        signals.subscribe(people.PersonSignedUp, handlers.on_signed_up, name="spread.sign_up")
        signals.subscribe(people.PersonSignedIn, handlers.on_signed_in, name="spread.stitch")
        signals.subscribe(trade.OrderPaid, handlers.on_order_paid, name="spread.credit")
        signals.subscribe(trade.OrderRefunded, handlers.on_order_refunded, name="spread.reverse")
        signals.subscribe(
            trade.PiecesRefunded, handlers.on_pieces_refunded, name="spread.reverse_part"
        )
        signals.subscribe(trade.OrderSettled, handlers.on_order_settled, name="spread.release")
        panels.register("note.share", pieces.note)
        panels.register("goods.share", pieces.goods)
        panels.register("shop.share", pieces.shop)
        panels.register("group.invite", pieces.group)
        panels.register("order.below", pieces.order, order=20)
        panels.register("goods.groups", pieces.thanks, order=30)
        panels.register_nav(
            "shop", "promotion", label=marked("推广"), icon="promo", url_name="spread:promotion",
            order=50, right="marketing", group="marketing",
        )  # fmt: skip
        panels.register_nav(
            "shop", "partners", label=marked("合作"), icon="shop", url_name="spread:partners",
            order=52, right="marketing", group="marketing", count=partners.waiting_proposals,
        )  # fmt: skip
