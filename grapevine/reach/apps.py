from django.apps import AppConfig


class ReachConfig(AppConfig):
    name = "grapevine.reach"
    label = "reach"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.kit import panels
        from grapevine.people import facade as people
        from grapevine.reach import actions, handlers
        from grapevine.reach.web import panels as own
        from grapevine.signals import facade as signals

        handlers.subscribe()
        people.register_keeper("notices", read=actions.own_notices, erase=actions.erase)
        signals.every("reach.letters", seconds=600, job="grapevine.reach.jobs.send_letters")
        signals.every("reach.forget", seconds=86_400, job="grapevine.reach.jobs.forget_old")
        panels.register("bar.notices", own.bell)
        panels.register("me.notices", own.line)
