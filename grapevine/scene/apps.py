from django.apps import AppConfig


class SceneConfig(AppConfig):
    name = "grapevine.scene"
    label = "scene"
    default_auto_field = "django.db.models.BigAutoField"
