from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    name = "grapevine.discovery"
    label = "discovery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.discovery import facade, handlers
        from grapevine.discovery.queries.slots import SLOT
        from grapevine.discovery.web import panels as own
        from grapevine.kit import panels
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals

        handlers.subscribe()
        signals.register_knob(SLOT)
        people.register_keeper("tags", read=facade.own_tags, erase=facade.erase_words)
        panels.register("shop.below", own.below_shop, order=10)
        panels.register("goods.notes", own.below_goods, order=60)
        panels.register("settings.taste", own.settings_taste)
        panels.register("note.below", own.below_note, order=10)
        signals.every("discovery.popular", seconds=60, job="grapevine.discovery.jobs.popular")
        signals.every("discovery.tidy", seconds=3600, job="grapevine.discovery.jobs.tidy")
