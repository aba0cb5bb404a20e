from django.apps import AppConfig


class GoodsConfig(AppConfig):
    name = "grapevine.goods"
    label = "goods"
    default_auto_field = "django.db.models.BigAutoField"
