from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "grapevine.gateway"
    label = "gateway"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.gateway.actions import keys, oauth
        from grapevine.gateway.handlers import teller
        from grapevine.gateway.rules.catalogue import MAPPED
        from grapevine.kit import api, panels
        from grapevine.kit.text import marked
        from grapevine.signals import facade as signals

        api.use_program_reader(keys.KIND, keys.person_for_key)
        api.use_program_reader(oauth.ACCESS, oauth.person_for_access)
        for event, kind, body in MAPPED:
            signals.subscribe(event, teller(kind.name, body), name=f"gateway.{kind.name}")
        signals.every("gateway.tidy", seconds=3600, job="grapevine.gateway.jobs.tidy")
        panels.register_nav(
            "shop", "open", label=marked("开放接口"), icon="link", url_name="gateway:desk",
            order=95, right="settings", group="shop",
        )  # fmt: skip
