from django.apps import AppConfig


class GoodsConfig(AppConfig):
    name = "grapevine.goods"
    label = "goods"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.signals import facade as signals

        signals.every("goods.expire_holds", seconds=30, job="grapevine.goods.jobs.expire_holds")
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
