"""How a coupon is said in a few words."""

from django import template
from django.utils.translation import gettext as _

from grapevine.campaigns.contracts import CouponPlanView, Scope
from grapevine.kit.templatetags.kit import money_filter

register = template.Library()


@register.filter
def worth(plan: CouponPlanView) -> str:
    """¥10, or 8.5 折."""
    if plan.rate_bps:
        return _("%(tenths)s 折") % {"tenths": plan.tenths, "percent": plan.percent}
    return money_filter(plan.worth_minor)


@register.filter
def condition(plan: CouponPlanView) -> str:
    """From when on it cuts, and for a percentage how much at most."""
    over = (
        _("满 %(amount)s 可用") % {"amount": money_filter(plan.threshold_minor)}
        if plan.threshold_minor
        else _("无门槛")
    )
    if not plan.rate_bps:
        return over
    return f"{over} · {_('最多减 %(amount)s') % {'amount': money_filter(plan.worth_minor)}}"


@register.filter
def audience(plan: CouponPlanView) -> str:
    """For whom it is, "" for everybody."""
    names = {"new": _("新客"), "fans": _("粉丝"), "named": _("专属")}
    return names.get(plan.audience, "")


@register.filter
def covered(scope: Scope) -> str:
    """What an offer cuts, "" for everything."""
    said = list(scope.categories)
    named = len(scope.goods) + len(scope.skus)
    if named:
        said.append(_("指定商品 %(n)s 种") % {"n": named})
    return "、".join(said)
