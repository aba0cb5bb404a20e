from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "grapevine.signals"
    label = "signals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.signals import facade

        facade.every("signals.tidy", seconds=300, job="grapevine.signals.jobs.tidy")
        facade.every(
            "signals.experiments", seconds=300, job="grapevine.signals.jobs.tidy_experiments"
        )
