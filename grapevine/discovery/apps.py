from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    name = "grapevine.discovery"
    label = "discovery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.discovery import facade, handlers
        from grapevine.discovery.queries.slots import SLOT
        from grapevine.discovery.web import panels as own
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals

        handlers.subscribe()
        signals.register_knob(SLOT)
        guard.name_actions(
            {"models.choose": marked("选定模型的版本"), "models.let_in": marked("放行模型的新版")}
        )
        panels.register_nav(
            "operator", "models", label=marked("模型"), icon="data", url_name="discovery:models",
            order=40, group="house",
        )  # fmt: skip
        people.register_keeper("tags", read=facade.own_tags, erase=facade.erase_words)
        people.register_keeper("feed", read=facade.own_feed, erase=facade.forget_person)
        signals.watch_cards(facade.note_seen)
        signals.watch_cards(facade.note_opened)
        panels.register("shop.below", own.below_shop, order=10)
        panels.register("goods.notes", own.below_goods, order=60)
        panels.register("settings.taste", own.settings_taste)
        panels.register("note.below", own.below_note, order=10)
        panels.register_nav(
            "operator", "feed", label=marked("信息流"), icon="note", url_name="discovery:operator_feed",
            order=35, group="content",
        )  # fmt: skip
        guard.name_actions({
            "discovery.set_channel": marked("改信息流的渠道"),
            "discovery.look_at_feed": marked("看一个人的信息流"),
        })  # fmt: skip
        signals.every("discovery.popular", seconds=60, job="grapevine.discovery.jobs.popular")
        signals.every("discovery.seen", seconds=20, job="grapevine.discovery.jobs.seen")
        signals.every("discovery.habits", seconds=21_600, job="grapevine.discovery.jobs.habits")
        signals.every("discovery.tidy", seconds=3600, job="grapevine.discovery.jobs.tidy")
