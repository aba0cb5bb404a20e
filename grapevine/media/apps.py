from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "grapevine.media"
    label = "media"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.signals import facade as signals

        signals.every("media.unused", seconds=3600, job="grapevine.media.jobs.forget_unused")
