"""The card of one fan: what a shop knows of them by itself, and what was done for them. By code, never by name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight.crowds import PersonRow
from grapevine.insight.queries.customers import as_of
from grapevine.insight.queries.fancard import SHOWN, FanCard, fan_card
from grapevine.insight.web import crowdwords
from grapevine.kit.pages import me, signed_in_page
from grapevine.signals import facade as signals


@require_GET
@signed_in_page
def card(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """GET /console/<slug>/fans/<code>/"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = fan_card(shop.id, code)
    context = {
        "shop": shop, "nav": "fans", "card": found, "one": found.person, "as_of": as_of(shop.id),
        "came_by": _came_by(found), "tags": _tags(found.person),
        "total_minor": sum(one.paid_minor for one in found.purchases),
        "purchases": [(one, _channel(one.channel)) for one in found.purchases[:SHOWN]],
        "brought": found.brought[:SHOWN],
    }  # fmt: skip
    return render(request, "insight/fan_card.html", context)


def _channel(name: str) -> str:
    return str(signals.channel_label(name)) if name else ""


def _came_by(found: FanCard) -> str:
    """The channel of the first order; "" where nothing was bought or it is not known."""
    return _channel(found.purchases[-1].channel) if found.purchases else ""


def _tags(one: PersonRow) -> list[tuple[str, str]]:
    """(tag, where it is from)"""
    told = [
        (one.is_supporting, _("支撑粉丝"), _("来自订单和分享")),
        (one.category, _("常买%(name)s") % {"name": one.category}, _("来自订单")),
        (one.region, _("订单多寄到%(name)s") % {"name": one.region}, _("来自订单，只到省")),
        (one.is_following, _("关注了店主"), _("来自关注")),
    ]
    why = [(text, _("来自 28 天的浏览")) for text in crowdwords.signal_words(one.reasons)]
    return [(tag, source) for is_so, tag, source in told if is_so] + why
