from django.apps import AppConfig


class SceneConfig(AppConfig):
    name = "grapevine.scene"
    label = "scene"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.media import facade as media
        from grapevine.scene.queries import waiting
        from grapevine.scene.queries.pictures import pictures_among
        from grapevine.scene.web import panels as own

        media.register_use(("scene.notepicture.picture_id",), pictures_among)
        guard.name_actions(
            {
                "scene.release_note": marked("放行笔记"),
                "scene.return_note": marked("退回笔记"),
            }
        )

        panels.register("profile.tabs", own.notes_of_person, order=10)
        panels.register("goods.notes", own.notes_of_goods, order=10)
        panels.register_nav(
            "operator",
            "notes",
            label=marked("内容审核"),
            icon="note",
            url_name="scene:review",
            order=30,
            group="content",
            count=waiting.notes_waiting,
        )
