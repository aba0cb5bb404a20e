"""The data cube over the API: the same questions as on the page, for a shop's own staff."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.cubes import Answer, Line, Question, Versus
from grapevine.insight.measures import ASPECTS, TIMES
from grapevine.kit.api import signed_in
from grapevine.kit.pages import me

router = Router(tags=["insight"])
Body = dict[str, Any]


@router.get("/shops/{slug}/cube", response=Body, auth=signed_in)
def cube(
    request: HttpRequest, slug: str, on: str = "orders", by: str = "day", across: str = "",
    show: str = "", first: date | None = None, last: date | None = None,
    where: list[str] = Query([]),  # type: ignore[type-arg]  # noqa: B008  the framework's way
    vs: Versus = Versus.NOTHING, sort: str = "", up: bool = False,  # noqa: FBT001, FBT002
) -> Any:  # fmt: skip
    """Measures of one aspect (`on`) by a dimension (`by`), spread over another (`across`).

    `show` names measures, separated by commas; `where` is `dimension:value` and may be repeated; `vs` compares with
    `previous` or `year`; `sort` is a measure or `key`, `up=true` turns it round. Money is in minor units. People are
    told in fives; fewer than ten are `null` and named in `hidden`. So is everything of an answer that names cities,
    amounts as coarsely as what is counted behind them.
    """
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    pairs = [text.partition(":") for text in where]
    question = Question(
        on, by, across, tuple(name for name in show.split(",") if name), first, last,
        tuple((name, value) for name, _, value in pairs), vs, sort, up,
    )  # fmt: skip
    return _answer(facade.ask(shop.id, question))


@router.get("/shops/{slug}/cube/measures", response=Body, auth=signed_in)
def measures(request: HttpRequest, slug: str) -> Any:
    """What can be asked: every aspect with its dimensions, and its measures with their units."""
    goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return {
        "aspects": [
            {
                "name": aspect.name, "dimensions": [*TIMES, *aspect.dimensions],
                "measures": [
                    {"name": one.name, "unit": str(one.unit), "additive": one.is_additive}
                    for one in aspect.shown
                ],
            }
            for aspect in ASPECTS.values()
        ]
    }  # fmt: skip


def _answer(answer: Answer) -> Body:
    return {
        "on": answer.question.aspect, "by": answer.question.by, "across": answer.question.across,
        "measures": list(answer.measures), "columns": list(answer.columns),
        "first": str(answer.first), "last": str(answer.last),
        "before_first": str(answer.before_first or ""), "before_last": str(answer.before_last or ""),
        "totals": _line(answer.totals), "rows": [_line(line) for line in answer.lines],
        "truncated": answer.is_cut, "rounded": answer.is_rounded or answer.is_placed,
        "fresh_at": answer.fresh_at.isoformat() if answer.fresh_at else "",
    }  # fmt: skip


def _line(line: Line) -> Body:
    return {
        "key": line.key,
        "values": {name: value.number for name, value in line.values.items()},
        "before": {name: value.number for name, value in line.before.items()},
        "across": [value.number for value in line.across],
        "hidden": sorted(name for name, value in line.values.items() if value.is_hidden),
    }
