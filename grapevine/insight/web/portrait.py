"""Who a shop's people are, in parts of ten and more: where orders go, what they buy and like, since when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight.queries.customers import as_of
from grapevine.insight.queries.portraits import Share, portrait_of
from grapevine.kit.pages import me, signed_in_page


@require_GET
@signed_in_page
def portrait(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/portrait/"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = portrait_of(shop.id)
    words = _words()
    tables = (
        (_("买过没有"), _("来自订单"), _named(found.bought, words)),
        (_("一共花了"), _("来自订单"), _named(found.spending, words)),
        (_("认识多久"), _("来自订单、浏览和分享"), _named(found.known, words)),
        (_("订单寄到"), _("来自订单，只到省"), _named(found.regions, words)),
        (_("寄到的城市"), _("来自订单，只到市；不到 10 位的不列"), _named(found.cities, words)),
        (_("城市多大"), _("来自订单，按市区常住人口"), _named(found.sizes, words)),
        (_("常买的类目"), _("来自订单"), _named(found.categories, words)),
    )  # fmt: skip
    context = {
        "shop": shop, "nav": "portrait", "as_of": as_of(shop.id), "portrait": found,
        "tables": [one for one in tables if one[2]], "most": _most(found.bought),
        "tags": [(name, words.get(source, source), people) for name, source, people in found.tags],
    }  # fmt: skip
    return render(request, "insight/portrait.html", context)


def _most(bought: tuple[Share, ...]) -> tuple[str, str, str] | None:
    """The largest part of them in words, the crowd to begin with, and what to do; None where no part may be told."""
    people = {one.name: one.people for one in bought if one.people}
    if not people:
        return None
    return {
        "never": (
            _("最多的是没买过的人。"), "bought=never&views_least=3", _("看了三次还没买的，给一张券"),
        ),
        "once": (
            _("最多的是只买过一次的人。"), "bought=once&quiet_least=60", _("很久没来的，请他们再来"),
        ),
        "more": (
            _("最多的是回头客。"), "bought=more&r_most=2&f_least=3", _("看谁快走了，留住他们"),
        ),
    }[max(people, key=lambda name: people[name])]  # fmt: skip


def _named(parts: tuple[Share, ...], words: dict[str, str]) -> list[tuple[str, int | None, int]]:
    """(name, people, width of the bar in percent of the widest)"""
    widest = max((one.people or 0 for one in parts), default=0) or 1
    return [
        (words.get(one.name, one.name), one.people, (one.people or 0) * 100 // widest)
        for one in parts
    ]


def _words() -> dict[str, str]:
    return {
        "never": _("没买过"), "once": _("买过一次"), "more": _("买过两次以上"),
        "under_100": _("100 元以下"), "under_500": _("100–500 元"), "under_2000": _("500–2000 元"),
        "over_2000": _("2000 元以上"), "days_14": _("两周内"), "days_90": _("三个月内"),
        "days_365": _("一年内"), "longer": _("一年以上"), "said": _("自己说的"), "bought": _("买过"),
        "huge": _("超大城市（1000 万人以上）"), "large": _("特大城市（500–1000 万人）"), "other": _("其他城市"),
        "liked": _("赞过、收藏过或评论过"), "browsed": _("看过"),
    }  # fmt: skip
