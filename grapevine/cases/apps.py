from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "grapevine.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grapevine.cases import handlers, personal
        from grapevine.cases.web import panels as pieces
        from grapevine.guard import facade as guard
        from grapevine.kit import panels
        from grapevine.kit.text import marked
        from grapevine.people import facade as people
        from grapevine.signals import facade as signals
        from grapevine.trade.contracts import AfterSalesMoved

        people.register_keeper("cases", read=personal.own_cases, erase=personal.erase_cases)
        guard.name_actions(
            {
                "cases.offer": marked("提议请大家评审"),
                "cases.agree": marked("同意请大家评审"),
                "cases.decline": marked("不同意请大家评审"),
            }
        )
        signals.subscribe(AfterSalesMoved, handlers.on_case_moved, name="cases.void")
        signals.every("cases.close_juries", seconds=60, job="grapevine.cases.jobs.close_juries")
        panels.register("case.below", pieces.jury_of_case, order=10)
        panels.register("profile.tabs", pieces.my_link, order=8)
