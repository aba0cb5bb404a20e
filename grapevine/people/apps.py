from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "grapevine.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.kit import api, panels
        from grapevine.media import facade as media
        from grapevine.people.actions import use_token
        from grapevine.people.queries import avatars_among
        from grapevine.people.web import panels as pieces
        from grapevine.signals import facade as signals

        signals.every("people.sessions", seconds=3600, job="grapevine.people.jobs.forget_sessions")
        media.register_use(("people.person.avatar_id",), avatars_among)
        api.use_token_reader(use_token)
        panels.register("bar.me", pieces.face)
        panels.register("list.views", pieces.views)
