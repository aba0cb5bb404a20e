from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "grapevine.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
