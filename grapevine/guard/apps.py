from django.apps import AppConfig


class GuardConfig(AppConfig):
    name = "grapevine.guard"
    label = "guard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.signals import facade as signals

        signals.every("guard.tidy", seconds=3600, job="grapevine.guard.jobs.tidy")
